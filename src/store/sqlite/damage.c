/* damage.c - checksums of messages, and the replacement of a damaged message.
 *
 * A row has in its last column a sum over id, mailbox, seq, sender, time, kind and the
 * sum of its body; NULL in rows of version 0.1.0, which are not checked: to read all
 * bodies of a large database would take minutes at its first start. It is compared
 * wherever a body is read. A damaged message is delivered without its body, so that later messages
 * are delivered, too. */
#include "store/sqlite/damage.h"
#include "base/checksum.h"
#include "store/blob.h"
#include "store/sqlite/message.h"
#include "store/sqlite/operator.h"
#include "store/sqlite/state.h"

#define LOST_RATE 44100 /* of a recording that does not even say its own */

uint64_t cw_store_body_sum(struct cw_slice body)
{
    return cw_checksum(body);
}

uint64_t cw_sqlite_sum(const struct cw_sqlite_summed *summed)
{
    const uint64_t numbers[] = {summed->message_id, summed->mailbox, summed->seq,
                                summed->sender_id,  summed->time_ms, summed->kind,
                                summed->body_sum};
    return cw_checksum_numbers(numbers);
}

uint64_t cw_sqlite_sum_with(const struct cw_store_message *m, uint64_t body_sum)
{
    const struct cw_sqlite_summed summed = {.message_id = m->message_id,
                                            .mailbox = m->mailbox,
                                            .seq = m->seq,
                                            .sender_id = m->sender_id,
                                            .time_ms = m->time_ms,
                                            .kind = m->kind,
                                            .body_sum = body_sum};
    return cw_sqlite_sum(&summed);
}

void cw_sqlite_check(struct cw_sqlite *s, struct cw_sqlite_message *message, uint64_t body_sum)
{
    bool good = !message->has_sum || message->m.damaged ||
                cw_sqlite_sum_with(&message->m, body_sum) == message->sum;
    if (good && message->m.kind <= CW_KIND_CALL)
        return;
    cw_sqlite_spoil(s, message,
                    message->blob[0] != '\0' ? "its recording is damaged" : "its row is damaged");
}

/* --- what is left of it ---------------------------------------------------------------- */

static struct cw_slice no_samples(void)
{
    static const uint8_t empty_array[] = {0x90};
    return cw_slice_of(empty_array, sizeof empty_array);
}

void cw_sqlite_spoil(struct cw_sqlite *s, struct cw_sqlite_message *message, const char *why)
{
    struct cw_store_message *m = &message->m;
    if (m->message_id != 0)
        cw_sqlite_note_damage(s, m->message_id, message->blob, why);
    if (m->kind > CW_KIND_CALL)
        m->kind = CW_KIND_TEXT;
    if (m->deleted_ms != 0)
        return;
    m->voice = m->kind == CW_KIND_VOICE;
    m->damaged = true;
    m->body_owner = NULL;
    if (!m->voice) {
        m->body = m->kind == CW_KIND_DELETE ? cw_slice_of("", 0) : cw_slice_str(CW_DAMAGED_TEXT);
        m->size = m->body.n;
        return;
    }
    m->body = no_samples();
    m->waveform = cw_slice_of("", 0);
    m->duration_ms = 0;
    if (m->channels < 1 || m->channels > 2)
        m->channels = 1;
    if (m->sample_rate == 0)
        m->sample_rate = LOST_RATE;
}

/* --- notes ------------------------------------------------------------------------------ */
