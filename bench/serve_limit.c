/* serve_limit.c - the least that a fan-out server of one thread can do: the
 * limit that the others are measured against.
 *
 * In a turn of the loop: epoll_wait, one recv for each readable connection,
 * each frame copied to the buffer of every receiver, then one send for each
 * connection that has something. No accounts, no names, no checks, no disk.
 * What it allocates it keeps: it lives for one run. */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/alloc.h"
#include "bench.h"
#include "limit_frame.h"

#define CHUNK     (256u * 1024)
#define FRAME_MAX 65536
#define EVENTS    1024

struct client {
    int fd;
    bool dirty, want_out, gone;
    struct cw_buf out, in;
    struct client *next_dirty;
};
struct channel {
    struct client **members;
    uint32_t count, capacity;
};

static int epoll;
static struct channel channels[LIMIT_CHANNELS];
static struct client *dirty;
static uint8_t chunk[CHUNK];

static void put(struct client *client, const uint8_t *p, size_t n)
{
    cw_buf_append(&client->out, p, n);
    if (client->dirty)
        return;
    client->dirty = true;
    client->next_dirty = dirty;
    dirty = client;
}

static void join(struct channel *channel, struct client *client)
{
    if (channel->count == channel->capacity) {
        channel->capacity = channel->capacity * 2 + 1;
        channel->members =
            cw_realloc(channel->members, channel->capacity * sizeof(struct client *));
    }
    channel->members[channel->count++] = client;
}

static void take(struct client *from, const uint8_t *p, size_t n, uint32_t op_channel)
{
    struct channel *channel = &channels[(op_channel & 0xffffff) % LIMIT_CHANNELS];
    if (op_channel >> 24 == LIMIT_PUBLISH) {
        for (uint32_t i = 0; i < channel->count; i++)
            if (channel->members[i] != from)
                put(channel->members[i], p, n);
        return;
    }
    if (op_channel >> 24 == LIMIT_JOIN)
        join(channel, from);
    put(from, p, n); /* the request is its own answer */
}

static void leave(struct client *client)
{
    close(client->fd);
    client->gone = true;
}

static void read_client(struct client *client)
{
    size_t have = client->in.n, at = 0;
    if (have != 0)
        memcpy(chunk, client->in.p, have);
    ssize_t got = recv(client->fd, chunk + have, CHUNK - have, 0);
    if (got <= 0) {
        if (got == 0 || errno != EAGAIN)
            leave(client);
        return;
    }
    size_t n = have + (size_t)got;
    struct limit_frame frame;
    while (n - at >= sizeof frame) {
        memcpy(&frame, chunk + at, sizeof frame);
        size_t size = sizeof frame + frame.size;
        if (size > FRAME_MAX)
            die("the limit server was sent a frame of %zu bytes", size);
        if (n - at < size)
            break;
        take(client, chunk + at, size, frame.op_channel);
        at += size;
    }
    client->in.n = 0;
    if (at < n)
        cw_buf_append(&client->in, chunk + at, n - at);
}

static void write_client(struct client *client)
{
    ssize_t n = client->gone ? (ssize_t)client->out.n
                             : send(client->fd, client->out.p, client->out.n, MSG_NOSIGNAL);
    if (n > 0)
        cw_buf_consume(&client->out, (size_t)n);
    bool want = client->out.n != 0;
    if (want != client->want_out) {
        struct epoll_event event = {.events = EPOLLIN | (want ? (unsigned)EPOLLOUT : 0u),
                                    .data.ptr = client};
        epoll_ctl(epoll, EPOLL_CTL_MOD, client->fd, &event);
        client->want_out = want;
    }
}

static void flush(void)
{
    for (struct client *client = dirty; client != NULL; client = client->next_dirty) {
        client->dirty = false;
        if (!client->want_out)
            write_client(client);
    }
    dirty = NULL;
}

static void accept_all(int listening)
{
    int one = 1;
    for (int fd; (fd = accept4(listening, NULL, NULL, SOCK_NONBLOCK)) >= 0;) {
        struct client *client = cw_alloc_zero(sizeof *client);
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = client};
        client->fd = fd;
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
    }
}

static int listen_at(uint16_t port)
{
    int one = 1;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(fd, (struct sockaddr *)&address, sizeof address) != 0 || listen(fd, 4096) != 0)
        die("the limit server cannot listen: %s", strerror(errno));
    return fd;
}

void serve_limit(uint16_t port)
{
    struct epoll_event events[EVENTS], event = {.events = EPOLLIN};
    int listening = listen_at(port);
    epoll = epoll_create1(0);
    epoll_ctl(epoll, EPOLL_CTL_ADD, listening, &event);
    for (;;) {
        int n = epoll_wait(epoll, events, EVENTS, -1);
        for (int i = 0; i < n; i++) {
            struct client *client = events[i].data.ptr;
            if (client == NULL) {
                accept_all(listening);
                continue;
            }
            if (events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR))
                read_client(client);
            if (events[i].events & EPOLLOUT && !client->gone)
                write_client(client);
        }
        flush();
    }
}
