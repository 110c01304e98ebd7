/* proto_limit.c - client of the limit server: a length, an operation, a channel. */
#include <string.h>

#include "bench.h"
#include "limit_frame.h"

static void put(struct conn *conn, unsigned op, uint32_t channel, struct cw_slice payload)
{
    struct limit_frame frame = {(uint32_t)payload.n, op << 24 | channel};
    cw_buf_append(&conn->out, &frame, sizeof frame);
    if (payload.n != 0)
        cw_buf_append(&conn->out, payload.p, payload.n);
}

static void hello(struct conn *conn)
{
    struct cw_slice none = {0};
    const uint32_t *channels = conn->channels != NULL ? conn->channels : &conn->channel;
    for (unsigned i = 0; i < conn->channel_count; i++)
        put(conn, LIMIT_JOIN, channels[i], none);
    if (conn->channel_count == 0)
        put(conn, LIMIT_HELLO, 0, none);
}

static void publish(struct conn *conn, uint32_t channel, struct cw_slice payload)
{
    put(conn, LIMIT_PUBLISH, channel, payload);
}

static size_t parse(struct conn *conn, const uint8_t *p, size_t n, struct event *event)
{
    struct limit_frame frame;
    if (n < sizeof frame)
        return 0;
    memcpy(&frame, p, sizeof frame);
    if (n < sizeof frame + frame.size)
        return 0;
    if (frame.op_channel >> 24 == LIMIT_PUBLISH) {
        event->type = EVENT_MESSAGE;
        event->payload = cw_slice_of(p + sizeof frame, frame.size);
    } else if (++conn->confirmed >= conn->channel_count) {
        event->type = EVENT_READY;
    }
    return sizeof frame + frame.size;
}

const struct protocol protocol_limit = {.hello = hello, .publish = publish, .parse = parse};
