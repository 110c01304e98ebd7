/* bus_voices.c - see bus_voices.h. */
#include "server/bus_voices.h"

#include <string.h>

#include "base/limits.h"

/* The number of the call, in front of each body. */
#define CALL_N 8

static bool is_for(const struct cw_bus_voices_batch *batch, unsigned to, struct cw_slice body)
{
    return batch->to == to && memcmp(batch->body.p, body.p, CALL_N) == 0;
}

static void send_one(const struct cw_bus_voices *voices, struct cw_bus_voices_batch *batch)
{
    voices->send(voices->context, batch->to, cw_buf_slice(&batch->body));
    batch->body.n = 0;
}

void cw_bus_voices_flush(struct cw_bus_voices *voices)
{
    for (size_t i = 0; i < voices->count; i++)
        send_one(voices, &voices->batches[i]);
    voices->count = 0;
}

static void begin_batch(struct cw_bus_voices *voices, unsigned to, struct cw_slice body)
{
    if (voices->count == CW_BUS_VOICES_MAX)
        cw_bus_voices_flush(voices);
    struct cw_bus_voices_batch *batch = &voices->batches[voices->count++];
    batch->to = to;
    cw_buf_append(&batch->body, body.p, body.n);
}

void cw_bus_voices_add(struct cw_bus_voices *voices, unsigned to, struct cw_slice body)
{
    for (size_t i = 0; i < voices->count; i++) {
        struct cw_bus_voices_batch *batch = &voices->batches[i];
        if (!is_for(batch, to, body))
            continue;
        if (batch->body.n + body.n > CW_FAR_VOICES_BYTES) {
            cw_bus_voices_flush(voices);
            break;
        }
        cw_buf_append(&batch->body, body.p + CALL_N, body.n - CALL_N);
        return;
    }
    begin_batch(voices, to, body);
}

void cw_bus_voices_finish(struct cw_bus_voices *voices)
{
    for (size_t i = 0; i < CW_BUS_VOICES_MAX; i++)
        cw_buf_finish(&voices->batches[i].body);
}
