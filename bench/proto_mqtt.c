/* proto_mqtt.c - MQTT 3.1.1, QoS 0. */
#include <stdio.h>
#include <string.h>

#include "bench.h"

static void put_string(struct cw_buf *out, const char *s, size_t n)
{
    uint8_t head[2] = {(uint8_t)(n >> 8), (uint8_t)n};
    cw_buf_append(out, head, 2);
    cw_buf_append(out, s, n);
}

static void put_head(struct cw_buf *out, uint8_t type, size_t n)
{
    cw_buf_append_byte(out, type);
    for (; n > 127; n >>= 7)
        cw_buf_append_byte(out, (uint8_t)(n | 128));
    cw_buf_append_byte(out, (uint8_t)n);
}

static void hello(struct conn *conn)
{
    static const uint8_t rest[4] = {4, 2, 0, 0}; /* level, clean session, no keepalive */
    char text[24];
    size_t n = (size_t)snprintf(text, sizeof text, "u%u", conn->id);
    put_head(&conn->out, 0x10, 6 + sizeof rest + 2 + n);
    put_string(&conn->out, "MQTT", 4);
    cw_buf_append(&conn->out, rest, sizeof rest);
    put_string(&conn->out, text, n);
    if (conn->channel_count == 0)
        return;
    n = (size_t)snprintf(text, sizeof text, "c%u", conn->channel);
    put_head(&conn->out, 0x82, 2 + 2 + n + 1);
    cw_buf_append(&conn->out, "\0\1", 2);
    put_string(&conn->out, text, n);
    cw_buf_append_byte(&conn->out, 0);
}

static void publish(struct conn *conn, uint32_t channel, struct cw_slice payload)
{
    char topic[24];
    size_t n = (size_t)snprintf(topic, sizeof topic, "c%u", channel);
    put_head(&conn->out, 0x30, 2 + n + payload.n);
    put_string(&conn->out, topic, n);
    cw_buf_append(&conn->out, payload.p, payload.n);
}

static void take(const struct conn *conn, const uint8_t *p, size_t n, uint8_t type,
                 struct event *event)
{
    if (type == 2 && p[1] != 0)
        die("mosquitto refuses with %d", p[1]);
    if (type == 9 || (type == 2 && conn->channel_count == 0)) { /* SUBACK, CONNACK */
        event->type = EVENT_READY;
    } else if (type == 3) { /* PUBLISH */
        size_t skip = 2 + ((size_t)p[0] << 8 | p[1]);
        event->type = EVENT_MESSAGE;
        event->payload = cw_slice_of(p + skip, n - skip);
    }
}

static size_t parse(struct conn *conn, const uint8_t *p, size_t n, struct event *event)
{
    size_t size = 0, head = 1;
    for (unsigned shift = 0;; shift += 7) {
        if (n <= head)
            return 0;
        size |= (size_t)(p[head] & 127) << shift;
        if (!(p[head++] & 128))
            break;
    }
    if (n < head + size)
        return 0;
    take(conn, p + head, size, p[0] >> 4, event);
    return head + size;
}

const struct protocol protocol_mqtt = {
    .echoes = true, .hello = hello, .publish = publish, .parse = parse};
