/* proto_broker.c - client of the libzmq broker: a DEALER of ZMTP 3.0 whose
 * messages are an operation, three bytes of channel, and the payload. */
#include <string.h>

#include "bench.h"
#include "limit_frame.h"

enum { GREETING, HANDSHAKE };

static const char greeting[64] = "\xff\0\0\0\0\0\0\0\1\x7f\3\0NULL";
static const char ready[] = "\4\x29\5READY\x0bSocket-Type\0\0\0\6DEALER\x08Identity\0\0\0";

static void put(struct conn *conn, unsigned op, uint32_t channel, struct cw_slice payload)
{
    size_t n = payload.n + 4;
    uint8_t head[9] = {0, (uint8_t)n};
    uint8_t what[4] = {(uint8_t)op, (uint8_t)(channel >> 16), (uint8_t)(channel >> 8),
                       (uint8_t)channel};
    if (n > 255)
        die("the broker's client sends short frames only");
    cw_buf_append(&conn->out, head, 2);
    cw_buf_append(&conn->out, what, sizeof what);
    if (payload.n != 0)
        cw_buf_append(&conn->out, payload.p, payload.n);
}

static void hello(struct conn *conn)
{
    cw_buf_append(&conn->out, greeting, sizeof greeting);
}

static void publish(struct conn *conn, uint32_t channel, struct cw_slice payload)
{
    put(conn, LIMIT_PUBLISH, channel, payload);
}

static size_t parse(struct conn *conn, const uint8_t *p, size_t n, struct event *event)
{
    if (conn->stage == GREETING) {
        if (n < sizeof greeting)
            return 0;
        conn->stage = HANDSHAKE;
        cw_buf_append(&conn->out, ready, sizeof ready);
        return sizeof greeting;
    }
    if (n < 2 || n < 2 + (size_t)p[1])
        return 0;
    if (p[0] & 4) { /* its READY */
        put(conn, conn->channel_count != 0 ? LIMIT_JOIN : LIMIT_HELLO, conn->channel,
            (struct cw_slice){0});
    } else if (p[2] == LIMIT_PUBLISH) {
        event->type = EVENT_MESSAGE;
        event->payload = cw_slice_of(p + 6, (size_t)p[1] - 4);
    } else {
        event->type = EVENT_READY;
    }
    return 2 + (size_t)p[1];
}

const struct protocol protocol_broker = {.hello = hello, .publish = publish, .parse = parse};
