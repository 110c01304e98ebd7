/* net.c - the generator's connections and its one epoll loop.
 *
 * Reading: one recv for each ready connection and turn, into a shared buffer;
 * only an incomplete tail is kept. Writing: what was queued in a turn goes out
 * in one send for each connection at its end. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "bench.h"
#include "frame/framer.h"

#define CHUNK       (1u << 20)
#define PER_ADDRESS 4000 /* from one loopback address, for whose memory chinwagd has a limit */
#define EVENTS      256
#define PATIENCE_NS (30ull * SECOND_NS)

struct conn *conns;
uint32_t conn_count;
void (*on_message)(struct conn *conn, struct cw_slice payload);

static int epoll = -1;
static uint32_t conns_max, ready_count;
static uint8_t *chunk;
static struct conn **dirty;
static uint32_t dirty_count;

void net_init(uint32_t max)
{
    conns_max = max;
    epoll = epoll_create1(EPOLL_CLOEXEC);
    chunk = cw_alloc(CHUNK);
    conns = cw_alloc_zero(max * sizeof *conns);
    dirty = cw_alloc(max * sizeof *dirty);
}

struct conn *net_add(uint32_t channel)
{
    if (conn_count == conns_max)
        die("too many connections");
    struct conn *conn = &conns[conn_count];
    conn->fd = -1;
    conn->id = conn_count++;
    conn->channel = channel;
    conn->channel_count = channel != NOBODY;
    return conn;
}

struct conn *net_add_person(void)
{
    return net_add(conn_count);
}

/* --- writing -------------------------------------------------------------------------- */

static void watch(struct conn *conn)
{
    struct epoll_event event = {.events = (conn->stalled ? 0u : (unsigned)EPOLLIN) |
                                          (conn->want_out ? (unsigned)EPOLLOUT : 0u),
                                .data.ptr = conn};
    epoll_ctl(epoll, EPOLL_CTL_MOD, conn->fd, &event);
}

void net_mark_dirty(struct conn *conn)
{
    if (!conn->dirty && conn->out.n > conn->sent) {
        conn->dirty = true;
        dirty[dirty_count++] = conn;
    }
}

static void flush_one(struct conn *conn)
{
    if (!conn->open)
        return;
    ssize_t n = send(conn->fd, conn->out.p + conn->sent, conn->out.n - conn->sent, MSG_NOSIGNAL);
    if (n < 0 && errno != EAGAIN)
        die("client %u: cannot send: %s", conn->id, strerror(errno));
    conn->sent += n > 0 ? (size_t)n : 0;
    if (conn->sent == conn->out.n)
        conn->sent = conn->out.n = 0;
    bool more = conn->out.n != 0;
    if (more != conn->want_out) {
        conn->want_out = more;
        watch(conn);
    }
}

void net_flush(void)
{
    for (uint32_t i = 0; i < dirty_count; i++) {
        dirty[i]->dirty = false;
        if (!dirty[i]->want_out)
            flush_one(dirty[i]);
    }
    dirty_count = 0;
}

void net_publish(struct conn *conn, uint32_t channel, struct cw_slice payload)
{
    run.protocol->publish(conn, channel, payload);
    net_mark_dirty(conn);
}

void net_publish_live(struct conn *conn, uint32_t channel, struct cw_slice payload)
{
    if (run.protocol->publish_live == NULL)
        run.protocol->publish(conn, channel, payload);
    else
        run.protocol->publish_live(conn, channel, payload);
    net_mark_dirty(conn);
}

/* --- reading -------------------------------------------------------------------------- */

/* The server's word for the sender must be the sender's own. */
static void check_sender(const struct event *event)
{
    if (event->sender.n != 0 && (event->sender.n != 9 || event->payload.n < PAYLOAD_HEAD ||
                                 memcmp(event->sender.p + 1, event->payload.p + 24, 8) != 0))
        die("a message came under the name of somebody else: %.*s", (int)event->sender.n,
            (const char *)event->sender.p);
}

void net_take(struct conn *conn, const struct event *event)
{
    if (event->type == EVENT_MESSAGE) {
        check_sender(event);
        on_message(conn, event->payload);
    } else if (event->type == EVENT_READY && !conn->ready) {
        conn->ready = true;
        ready_count++;
    }
}

/* Returns how many bytes were whole items. */
static size_t parse(struct conn *conn, const uint8_t *p, size_t n)
{
    size_t at = 0;
    while (at < n) {
        struct event event = {0};
        size_t used = run.protocol->parse(conn, p + at, n - at, &event);
        if (used == 0)
            break;
        net_take(conn, &event);
        at += used;
    }
    return at;
}

static size_t receive(struct conn *conn, uint8_t *to, size_t room)
{
    ssize_t n = recv(conn->fd, to, room, 0);
    if (n == 0 || (n < 0 && errno != EAGAIN))
        die("client %u: the server closed the connection (%s)", conn->id,
            n == 0 ? "end" : strerror(errno));
    return n < 0 ? 0 : (size_t)n;
}

/* A message that is larger than the chunk grows where it is kept. */
static void read_large(struct conn *conn)
{
    uint8_t *to = cw_buf_reserve(&conn->in, CHUNK);
    conn->in.n += receive(conn, to, CHUNK);
    cw_buf_consume(&conn->in, parse(conn, conn->in.p, conn->in.n));
}

static void read_one(struct conn *conn)
{
    size_t have = conn->in.n;
    if (have > CHUNK / 2) {
        read_large(conn);
        return;
    }
    if (have != 0)
        memcpy(chunk, conn->in.p, have);
    size_t n = have + receive(conn, chunk + have, CHUNK - have);
    size_t used = parse(conn, chunk, n);
    conn->in.n = 0;
    if (used < n)
        cw_buf_append(&conn->in, chunk + used, n - used);
}

void net_poll(int64_t timeout_ns)
{
    struct epoll_event events[EVENTS];
    struct timespec timeout = {timeout_ns / SECOND_NS, timeout_ns % SECOND_NS};
    net_flush();
    int n = epoll_pwait2(epoll, events, EVENTS, &timeout, NULL);
    for (int i = 0; i < n; i++) {
        struct conn *conn = events[i].data.ptr;
        if (conn->open && events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR))
            read_one(conn);
        if (events[i].events & EPOLLOUT)
            flush_one(conn);
        else
            net_mark_dirty(conn); /* answers that the parser queued */
    }
    net_flush();
}

void net_poll_until(uint64_t end_ns)
{
    for (uint64_t now; (now = now_ns()) < end_ns;)
        net_poll((int64_t)(end_ns - now));
}

void net_wait(bool (*done)(void), const char *what)
{
    uint64_t end_ns = now_ns() + PATIENCE_NS;
    while (!done()) {
        net_poll(SECOND_NS / 100);
        if (now_ns() > end_ns)
            die("waited in vain: %s", what);
    }
}

/* --- connecting ----------------------------------------------------------------------- */

static void set_options(const struct conn *conn)
{
    int one = 1, small = 4096;
    struct linger hard = {1, 0}; /* closing leaves no TIME_WAIT behind */
    setsockopt(conn->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
    setsockopt(conn->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    setsockopt(conn->fd, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
    if (conn->small_window)
        setsockopt(conn->fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
}

void net_connect(struct conn *conn)
{
    struct sockaddr_in from = {.sin_family = AF_INET};
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(run.port)};
    from.sin_addr.s_addr = htonl(INADDR_LOOPBACK + 1 + conn->id / PER_ADDRESS);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    conn->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (conn->fd < 0)
        die("no socket: %s", strerror(errno));
    set_options(conn);
    if (bind(conn->fd, (struct sockaddr *)&from, sizeof from) != 0 ||
        (connect(conn->fd, (struct sockaddr *)&to, sizeof to) != 0 && errno != EINPROGRESS))
        die("client %u: cannot connect: %s", conn->id, strerror(errno));
    /* Written once the socket is writable: it is connected then. */
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT, .data.ptr = conn};
    epoll_ctl(epoll, EPOLL_CTL_ADD, conn->fd, &event);
    conn->open = conn->want_out = true;
    conn->stage = 0;
    conn->confirmed = 0;
    conn->in.n = conn->out.n = conn->sent = 0;
    run.protocol->hello(conn);
}

/* One each period, so that no second, wherever it begins, has more. */
bool net_may_connect(void)
{
    static uint64_t next_ns;
    if (!transport_is_bounded())
        return true;
    if (now_ns() < next_ns)
        return false;
    next_ns = now_ns() + SECOND_NS / (CW_HANDSHAKES_PER_S * 9 / 10);
    return true;
}

void net_connect_all(unsigned window)
{
    uint64_t last_ns = now_ns();
    for (uint32_t started = 0, seen = 0; ready_count < conn_count;) {
        for (; started < conn_count && started < ready_count + window && net_may_connect();
             started++)
            if (!conns[started].open)
                net_connect(&conns[started]);
        net_poll(started < conn_count ? SECOND_NS / 1000 : SECOND_NS / 10);
        if (ready_count != seen) {
            seen = ready_count;
            last_ns = now_ns();
        }
        if (now_ns() - last_ns > PATIENCE_NS)
            die("%u of %u logged in, then nothing", ready_count, conn_count);
    }
}

void net_close(struct conn *conn)
{
    if (!conn->open)
        return;
    close(conn->fd);
    cw_framer_destroy(conn->framer);
    conn->framer = NULL;
    ready_count -= conn->ready;
    conn->open = conn->ready = conn->want_out = false;
}

void net_give_away(struct conn *conn)
{
    epoll_ctl(epoll, EPOLL_CTL_DEL, conn->fd, NULL);
}

void net_close_all(void)
{
    for (uint32_t i = 0; i < conn_count; i++)
        net_close(&conns[i]);
}

void net_stall(struct conn *conn, bool stalled)
{
    conn->stalled = stalled;
    watch(conn);
}
