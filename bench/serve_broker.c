/* serve_broker.c - a libzmq ROUTER and one loop, as the first server of this
 * protocol was built: a message goes to each member as [identity][frame]. */
#include "bench.h"

#ifdef BENCH_LIBZMQ
#include <stdio.h>
#include <string.h>
#include <zmq.h>

#include "base/alloc.h"
#include "limit_frame.h"

struct identity {
    int n;
    uint8_t bytes[12];
};
struct channel {
    struct identity *members;
    size_t count, capacity;
};

static struct channel channels[LIMIT_CHANNELS];

static void join(struct channel *channel, struct identity who)
{
    if (channel->count == channel->capacity) {
        channel->capacity = channel->capacity * 2 + 1;
        channel->members =
            cw_realloc(channel->members, channel->capacity * sizeof *channel->members);
    }
    channel->members[channel->count++] = who;
}

static void send_to(void *router, const struct identity *to, const uint8_t *p, size_t n)
{
    if (zmq_send(router, to->bytes, (size_t)to->n, ZMQ_SNDMORE) >= 0)
        zmq_send(router, p, n, 0);
}

static void take(void *router, const struct identity *from, const uint8_t *p, size_t n)
{
    uint32_t id = (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
    struct channel *channel = &channels[id % LIMIT_CHANNELS];
    if (p[0] == LIMIT_PUBLISH) {
        for (size_t i = 0; i < channel->count; i++)
            if (memcmp(&channel->members[i], from, sizeof *from) != 0)
                send_to(router, &channel->members[i], p, n);
        return;
    }
    if (p[0] == LIMIT_JOIN)
        join(channel, *from);
    send_to(router, from, p, n);
}

void serve_broker(uint16_t port)
{
    char address[64];
    int unlimited = 0, backlog = 1024;
    static uint8_t body[PAYLOAD_MAX + 64];
    void *context = zmq_ctx_new();
    zmq_ctx_set(context, ZMQ_MAX_SOCKETS, 65000);
    void *router = zmq_socket(context, ZMQ_ROUTER);
    snprintf(address, sizeof address, "tcp://127.0.0.1:%u", port);
    zmq_setsockopt(router, ZMQ_SNDHWM, &unlimited, sizeof unlimited);
    zmq_setsockopt(router, ZMQ_RCVHWM, &unlimited, sizeof unlimited);
    zmq_setsockopt(router, ZMQ_BACKLOG, &backlog, sizeof backlog);
    if (zmq_bind(router, address) != 0)
        die("the broker cannot listen");
    for (;;) {
        struct identity from = {0};
        from.n = zmq_recv(router, from.bytes, sizeof from.bytes, 0);
        int n = zmq_recv(router, body, sizeof body, 0);
        if (from.n > 0 && from.n <= (int)sizeof from.bytes && n >= 4)
            take(router, &from, body, (size_t)n);
    }
}
#else
void serve_broker(uint16_t port)
{
    die("built without libzmq: no broker at port %u", port);
}
#endif
