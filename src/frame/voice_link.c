/* voice_link.c - see voice_link.h. */
#include "frame/voice_link.h"

#include <string.h>

#include "frame/voice_numbers.h"

void cw_voice_link_begin(struct cw_voice_link *link, const uint8_t secret[CW_DATAGRAM_SECRET_N],
                         uint64_t now_ms)
{
    *link = (struct cw_voice_link){.due_ms = now_ms};
    cw_datagram_begin(&link->end, false, secret);
}

void cw_voice_link_finish(struct cw_voice_link *link)
{
    cw_datagram_finish(&link->end);
}

bool cw_voice_link_is_live(const struct cw_voice_link *link, uint64_t now_ms)
{
    return cw_voice_is_recent(link->probe, link->answered) &&
           now_ms - link->answered_ms <= CW_VOICE_LIVE_MS;
}

static uint64_t *time_of(struct cw_voice_link *link, uint32_t probe)
{
    return &link->probed_ms[probe % (CW_VOICE_PROBES_LOST_MAX + 1)];
}

/* --- audio twice ----------------------------------------------------------------------------- */

static bool is_longer_way(struct cw_voice_link *link)
{
    if (link->rtt_ms + CW_VOICE_SAME_MS >= link->same_ms &&
        link->rtt_ms <= link->same_ms + CW_VOICE_SAME_MS)
        return ++link->same >= CW_VOICE_SAME_ANSWERS;
    link->same_ms = link->rtt_ms;
    link->same = 0;
    return false;
}

static void note_rtt(struct cw_voice_link *link, unsigned rtt_ms)
{
    unsigned risen_ms = link->least_rtt_ms + CW_VOICE_LEAST_RTT_RISE_MS;
    link->rtt_ms = rtt_ms == 0 ? 1 : rtt_ms;
    if (is_longer_way(link) || link->least_rtt_ms == 0 || link->rtt_ms < risen_ms)
        risen_ms = link->rtt_ms;
    link->least_rtt_ms = risen_ms;
    bool slow = link->rtt_ms > risen_ms + CW_VOICE_CROWDED_MS;
    link->slow = slow ? link->slow + 1 : 0;
}

bool cw_voice_link_is_slow(const struct cw_voice_link *link)
{
    return link->slow >= CW_VOICE_CROWDED_ANSWERS;
}

static bool is_crowded(const struct cw_voice_link *link)
{
    return cw_voice_link_is_slow(link) || link->up.permille >= CW_VOICE_CROWDED_PERMILLE ||
           link->down.permille >= CW_VOICE_CROWDED_PERMILLE;
}

static bool is_lossy(const struct cw_voice_loss *loss, bool before)
{
    return loss->permille >= (before ? CW_VOICE_TWICE_TO_PERMILLE : CW_VOICE_TWICE_FROM_PERMILLE);
}

static void choose_twice(struct cw_voice_link *link, uint64_t now_ms)
{
    if (is_crowded(link))
        link->crowded_until_ms = now_ms + CW_VOICE_CROWDED_HOLD_MS;
    bool room = now_ms >= link->crowded_until_ms;
    link->twice = room && is_lossy(&link->up, link->twice);
    link->wants_twice = room && is_lossy(&link->down, link->wants_twice);
}

/* --- probes ---------------------------------------------------------------------------------- */

size_t cw_voice_link_probe(struct cw_voice_link *link, uint64_t now_ms,
                           uint8_t datagram[CW_DATAGRAM_MAX])
{
    uint8_t content[CW_VOICE_PROBE_N] = {CW_VOICE_PROBE};
    if (now_ms < link->due_ms)
        return 0;
    bool patient = !cw_voice_link_is_live(link, now_ms) && link->probe >= CW_VOICE_PROBES_EAGER;
    link->due_ms = now_ms + (patient ? CW_VOICE_PROBE_SLOWLY_MS : CW_VOICE_PROBE_MS);
    cw_voice_write(content + 1, ++link->probe);
    cw_voice_write(content + 5, link->answered);
    cw_voice_write(content + 9, (uint32_t)link->end.highest);
    cw_voice_write(content + 13, (uint32_t)link->end.received);
    cw_voice_loss_note(&link->down, (uint32_t)link->end.highest, (uint32_t)link->end.received);
    choose_twice(link, now_ms);
    content[17] = (uint8_t)((link->wants_twice ? CW_VOICE_WANTS_TWICE : 0) |
                            (cw_voice_link_is_slow(link) ? CW_VOICE_SEES_SLOW : 0));
    *time_of(link, link->probe) = now_ms;
    return cw_datagram_seal(&link->end, cw_slice_of(content, sizeof content), datagram);
}

size_t cw_voice_link_seal(struct cw_voice_link *link, struct cw_slice packet,
                          uint8_t datagram[CW_DATAGRAM_MAX])
{
    size_t n = packet.n <= CW_CALL_PACKET_MAX ? packet.n : CW_CALL_PACKET_MAX;
    return cw_voice_copy_seal(&link->copy, &link->end, link->twice, cw_slice_of(packet.p, n),
                              datagram);
}

static bool take_answer(struct cw_voice_link *link, struct cw_slice content, uint64_t now_ms)
{
    uint32_t number = content.n == CW_VOICE_ANSWER_N ? cw_voice_read(content.p + 1) : 0;
    if (number == 0 || number > link->probe || number < link->answered)
        return false;
    if (number == link->answered)
        return true;
    const bool was_live = cw_voice_link_is_live(link, now_ms);
    link->answered = number;
    link->answered_ms = now_ms;
    /* The server waits for the probe that says this answer has come, and audio of both for the
     * steady pace. Not for one that is too old to count: each would cause another one, and they
     * would fill the line that has made them late. */
    if (!was_live && cw_voice_link_is_live(link, now_ms))
        link->due_ms = now_ms;
    if (cw_voice_is_recent(link->probe, number))
        note_rtt(link, (unsigned)(now_ms - *time_of(link, number)));
    link->heard_permille = content.p[13] > 100 ? 1000 : content.p[13] * 10u;
    if (cw_voice_read(content.p + 5) <= link->end.sent)
        cw_voice_loss_note(&link->up, cw_voice_read(content.p + 5), cw_voice_read(content.p + 9));
    return true;
}

/* It was answered, so the next probe finds out at once whether this address is heard. */
static bool take_challenge(struct cw_voice_link *link, struct cw_slice content, uint64_t now_ms,
                           struct cw_voice_heard *heard)
{
    uint8_t proof[CW_VOICE_MEETING_N] = {CW_VOICE_PROOF};
    if (content.n != CW_VOICE_MEETING_N)
        return false;
    memcpy(proof + 1, content.p + 1, CW_VOICE_NONCE_N);
    heard->reply_n = cw_datagram_seal(&link->end, cw_slice_of(proof, sizeof proof), heard->reply);
    link->due_ms = now_ms;
    return true;
}

static bool read_said(struct cw_slice audio, struct cw_voice_said *said)
{
    size_t n = audio.n == 0 ? 0 : audio.p[0] % CW_VOICE_AGAIN;
    if (n == 0 || audio.n <= 1 + n + CW_CALL_PACKET_HEADER)
        return false;
    said->again = (audio.p[0] & CW_VOICE_AGAIN) != 0;
    said->speaker = cw_slice_of(audio.p + 1, n);
    said->packet = cw_slice_of(audio.p + 1 + n, audio.n - 1 - n);
    return true;
}

static bool take_audio(struct cw_voice_link *link, uint64_t counter, struct cw_slice content,
                       struct cw_voice_heard *heard)
{
    struct cw_slice audio[2];
    size_t count = cw_voice_copy_open(&link->end, counter, content, audio);
    for (size_t i = 0; i < count; i++) {
        struct cw_voice_said *said = &heard->said[heard->said_count];
        bool good = read_said(audio[i], said);
        said->again |= i + 1 < count;
        heard->said_count += good;
    }
    return heard->said_count != 0;
}

bool cw_voice_link_take(struct cw_voice_link *link, struct cw_slice datagram, uint64_t now_ms,
                        struct cw_voice_heard *heard)
{
    size_t n;
    bool newest;
    heard->said_count = 0;
    heard->reply_n = 0;
    if (!cw_datagram_open(&link->end, datagram, heard->content, &n, &newest) || n == 0)
        return false;
    struct cw_slice content = cw_slice_of(heard->content, n);
    switch (heard->content[0]) {
    case CW_VOICE_AUDIO:
    case CW_VOICE_TWICE:
        return take_audio(link, cw_datagram_counter(datagram), content, heard);
    case CW_VOICE_ANSWER:
        return take_answer(link, content, now_ms);
    case CW_VOICE_CHALLENGE:
        return take_challenge(link, content, now_ms, heard);
    default:
        return false;
    }
}
