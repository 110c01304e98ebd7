/* far_body.c - see far_body.h. */
#include "core/far_body.h"

#include "core/state.h"

enum { VOICE_AGAIN = 1 << 0, VOICE_LOUD = 1 << 1, VOICE_LIST = 1 << 2 };
/* The longest head of an ext of MessagePack. */
#define EXT_HEAD_MAX 6

static struct cw_buf *begin(struct cw_core *core, uint64_t call)
{
    core->far_body.n = 0;
    cw_packed_put_u64(&core->far_body, call);
    return &core->far_body;
}

void cw_far_pack_here(struct cw_core *core, const struct far_here *here)
{
    struct cw_buf *to = begin(core, here->call);
    cw_packed_put_u64(to, here->version);
    cw_packed_put_u64(to, here->epoch);
    cw_packed_put_u64(to, here->rings);
    cw_packed_put_u64(to, here->ring);
    cw_packed_put_u8(to, (uint8_t)here->ring_end);
    cw_packed_put_u32(to, (uint32_t)here->count);
    for (size_t i = 0; i < here->count; i++) {
        cw_packed_put_u64(to, here->seats[i].user_id);
        cw_packed_put_u64(to, here->seats[i].rank);
        cw_packed_put_u8(to, here->seats[i].flags);
        cw_packed_put_bytes(to, cw_far_name(&here->seats[i]));
    }
}

static void read_seat(struct cw_packed *from, struct far_seat *seat)
{
    *seat = (struct far_seat){.user_id = cw_packed_take_u64(from)};
    seat->rank = cw_packed_take_u64(from);
    seat->flags = cw_packed_take_u8(from);
    struct cw_slice name = cw_packed_take_bytes(from);
    from->bad |= name.n == 0 || name.n > CW_NAME_MAX;
    if (from->bad)
        return;
    seat->name_n = (uint8_t)name.n;
    memcpy(seat->name, name.p, name.n);
}

bool cw_far_read_here(struct cw_slice body, struct far_here *here)
{
    struct cw_packed from = cw_packed_begin(body);
    here->call = cw_packed_take_u64(&from);
    here->version = cw_packed_take_u64(&from);
    here->epoch = cw_packed_take_u64(&from);
    here->rings = cw_packed_take_u64(&from);
    here->ring = cw_packed_take_u64(&from);
    uint8_t end = cw_packed_take_u8(&from);
    here->ring_end = (enum far_ring_end)end;
    here->count = cw_packed_take_count(&from, 8 + 8 + 1 + 4);
    if (here->count > CW_CALL_MEMBERS_LIMIT || end >= CW_RING_ENDS)
        return false;
    for (size_t i = 0; i < here->count; i++)
        read_seat(&from, &here->seats[i]);
    return cw_packed_end(&from);
}

void cw_far_pack_refuse(struct cw_core *core, uint64_t call, uint64_t ring)
{
    cw_packed_put_u64(begin(core, call), ring);
}

bool cw_far_read_refuse(struct cw_slice body, uint64_t *call, uint64_t *ring)
{
    struct cw_packed from = cw_packed_begin(body);
    *call = cw_packed_take_u64(&from);
    *ring = cw_packed_take_u64(&from);
    return cw_packed_end(&from);
}

void cw_far_pack_ask(struct cw_core *core, const struct far_ask *ask)
{
    struct cw_buf *to = begin(core, ask->call);
    cw_packed_put_u64(to, ask->n);
    cw_packed_put_u64(to, ask->user_id);
    cw_packed_put_u8(to, ask->flags);
}

bool cw_far_read_ask(struct cw_slice body, struct far_ask *ask)
{
    struct cw_packed from = cw_packed_begin(body);
    ask->call = cw_packed_take_u64(&from);
    ask->n = cw_packed_take_u64(&from);
    ask->user_id = cw_packed_take_u64(&from);
    ask->flags = cw_packed_take_u8(&from);
    return cw_packed_end(&from);
}

void cw_far_pack_verdict(struct cw_core *core, const struct far_verdict *verdict)
{
    struct cw_buf *to = begin(core, verdict->call);
    cw_packed_put_u64(to, verdict->n);
    cw_packed_put_u64(to, verdict->epoch);
    cw_packed_put_u8(to, (uint8_t)verdict->verdict);
    cw_packed_put_u64(to, verdict->rank);
}

bool cw_far_read_verdict(struct cw_slice body, struct far_verdict *verdict)
{
    struct cw_packed from = cw_packed_begin(body);
    verdict->call = cw_packed_take_u64(&from);
    verdict->n = cw_packed_take_u64(&from);
    verdict->epoch = cw_packed_take_u64(&from);
    uint8_t number = cw_packed_take_u8(&from);
    verdict->rank = cw_packed_take_u64(&from);
    verdict->verdict = (enum call_verdict)number;
    return cw_packed_end(&from) && number <= CALL_HAS_USER;
}

void cw_far_pack_report(struct cw_core *core, const struct far_report *report)
{
    struct cw_buf *to = begin(core, report->call);
    cw_packed_put_u64(to, report->rank);
    cw_packed_put_u8(to, report->lost);
    cw_packed_put_bytes(to, report->name);
}

bool cw_far_read_report(struct cw_slice body, struct far_report *report)
{
    struct cw_packed from = cw_packed_begin(body);
    report->call = cw_packed_take_u64(&from);
    report->rank = cw_packed_take_u64(&from);
    report->lost = cw_packed_take_u8(&from);
    report->name = cw_packed_take_bytes(&from);
    return cw_packed_end(&from) && report->lost <= 100 && report->name.n <= CW_NAME_MAX;
}

void cw_far_pack_voice(struct cw_core *core, uint64_t call, uint64_t rank,
                       const struct cw_samples *samples)
{
    struct cw_buf *to = begin(core, call);
    bool list = samples->form == CW_SAMPLES_LIST;
    cw_packed_put_u64(to, rank);
    cw_packed_put_u8(to, (uint8_t)((samples->again ? VOICE_AGAIN : 0) |
                                   (samples->loud ? VOICE_LOUD : 0) | (list ? VOICE_LIST : 0)));
    cw_packed_put_u32(to,
                      list ? samples->count : (uint32_t)(samples->encoded.n - samples->payload.n));
    cw_packed_put_bytes(to, samples->encoded);
}

/* `number`: of a list its samples, of a packet the bytes before it. */
static bool samples_good(struct cw_samples *samples, uint32_t number)
{
    struct cw_slice encoded = samples->encoded;
    if (samples->form == CW_SAMPLES_LIST) {
        samples->count = number;
        return number != 0 && number <= encoded.n && encoded.n <= CW_CALL_DATA_MAX;
    }
    if (number > EXT_HEAD_MAX || encoded.n < number)
        return false;
    samples->payload = cw_slice_of(encoded.p + number, encoded.n - number);
    return samples->payload.n > CW_CALL_PACKET_HEADER && samples->payload.n <= CW_CALL_PACKET_MAX;
}

bool cw_far_read_voice(struct cw_packed *from, uint64_t *rank, struct cw_samples *samples)
{
    if (from->bad || from->left.n == 0)
        return false;
    *rank = cw_packed_take_u64(from);
    uint8_t flags = cw_packed_take_u8(from);
    uint32_t number = cw_packed_take_u32(from);
    *samples =
        (struct cw_samples){.again = (flags & VOICE_AGAIN) != 0, .loud = (flags & VOICE_LOUD) != 0};
    samples->form = (flags & VOICE_LIST) != 0 ? CW_SAMPLES_LIST : CW_SAMPLES_PACKET;
    samples->encoded = cw_packed_take_bytes(from);
    return !from->bad && samples_good(samples, number);
}
