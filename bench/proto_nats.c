/* proto_nats.c - core NATS. */
#include <stdio.h>
#include <string.h>

#include "bench.h"

static void hello(struct conn *conn)
{
    static const char connect[] = "CONNECT {\"verbose\":false,\"pedantic\":false,"
                                  "\"tls_required\":false,\"echo\":false,\"lang\":\"c\","
                                  "\"version\":\"1\",\"protocol\":1}\r\n";
    char line[64];
    int n = 0;
    if (conn->channel_count != 0)
        n = snprintf(line, sizeof line, "SUB c.%u 1\r\n", conn->channel);
    cw_buf_append(&conn->out, connect, sizeof connect - 1);
    cw_buf_append(&conn->out, line, (size_t)n);
    cw_buf_append(&conn->out, "PING\r\n", 6);
}

static void publish(struct conn *conn, uint32_t channel, struct cw_slice payload)
{
    char line[64];
    int n = snprintf(line, sizeof line, "PUB c.%u %zu\r\n", channel, payload.n);
    cw_buf_append(&conn->out, line, (size_t)n);
    cw_buf_append(&conn->out, payload.p, payload.n);
    cw_buf_append(&conn->out, "\r\n", 2);
}

/* MSG subject sid bytes */
static size_t take_message(const uint8_t *p, size_t n, size_t line, struct event *event)
{
    size_t size = 0, unit = 1;
    for (const uint8_t *q = p + line - 3; *q != ' '; q--, unit *= 10)
        size += (size_t)(*q - '0') * unit;
    if (n < line + size + 2)
        return 0;
    event->type = EVENT_MESSAGE;
    event->payload = cw_slice_of(p + line, size);
    return line + size + 2;
}

static size_t parse(struct conn *conn, const uint8_t *p, size_t n, struct event *event)
{
    const uint8_t *newline = memchr(p, '\n', n);
    if (newline == NULL)
        return 0;
    size_t line = (size_t)(newline - p) + 1;
    if (p[0] == 'M')
        return take_message(p, n, line, event);
    if (p[0] == 'P' && p[1] == 'O')
        event->type = EVENT_READY;
    else if (p[0] == 'P')
        cw_buf_append(&conn->out, "PONG\r\n", 6);
    else if (p[0] == '-')
        die("nats-server says %.*s", (int)line, (const char *)p);
    return line;
}

const struct protocol protocol_nats = {.hello = hello, .publish = publish, .parse = parse};
