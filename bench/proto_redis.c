/* proto_redis.c - RESP3, so that one connection can subscribe and publish. */
#include <stdio.h>
#include <string.h>

#include "bench.h"

static void hello(struct conn *conn)
{
    char line[64] = "";
    if (conn->channel_count != 0)
        snprintf(line, sizeof line, "SUBSCRIBE c%u\r\n", conn->channel);
    cw_buf_append(&conn->out, "HELLO 3\r\n", 9);
    cw_buf_append(&conn->out, line, strlen(line));
}

static void publish(struct conn *conn, uint32_t channel, struct cw_slice payload)
{
    char name[16], line[96];
    int name_n = snprintf(name, sizeof name, "c%u", channel);
    int n = snprintf(line, sizeof line, "*3\r\n$7\r\nPUBLISH\r\n$%d\r\n%s\r\n$%zu\r\n", name_n,
                     name, payload.n);
    cw_buf_append(&conn->out, line, (size_t)n);
    cw_buf_append(&conn->out, payload.p, payload.n);
    cw_buf_append(&conn->out, "\r\n", 2);
}

/* The size of one whole value, 0 when it is not all there; *last becomes the
 * last string in it. */
static size_t value(const uint8_t *p, size_t n, struct cw_slice *last)
{
    const uint8_t *newline = memchr(p, '\n', n);
    if (newline == NULL)
        return 0;
    size_t used = (size_t)(newline - p) + 1, count = 0;
    for (const uint8_t *q = p + 1; *q >= '0' && *q <= '9'; q++)
        count = count * 10 + (size_t)(*q - '0');
    if (p[0] == '-')
        die("redis says %.*s", (int)used, (const char *)p);
    if (p[0] == '$') {
        *last = cw_slice_of(p + used, count);
        return n < used + count + 2 ? 0 : used + count + 2;
    }
    if (p[0] == '%')
        count *= 2;
    else if (p[0] != '*' && p[0] != '>')
        count = 0;
    while (count-- > 0) {
        size_t one = value(p + used, n - used, last);
        if (one == 0)
            return 0;
        used += one;
    }
    return used;
}

static size_t parse(struct conn *conn, const uint8_t *p, size_t n, struct event *event)
{
    struct cw_slice last = {0};
    size_t used = value(p, n, &last);
    if (used == 0)
        return 0;
    if (p[0] == '>' && p[8] == 'm') { /* >3 $7 message */
        event->type = EVENT_MESSAGE;
        event->payload = last;
    } else if (p[0] == '>' || (p[0] == '%' && conn->channel_count == 0)) {
        event->type = EVENT_READY;
    }
    return used;
}

const struct protocol protocol_redis = {
    .echoes = true, .hello = hello, .publish = publish, .parse = parse};
