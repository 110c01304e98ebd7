/* fuzz_peer.c - connections of net/peer.c over socket pairs: what peers send, when they
 * read, what the server asks of them and what time brings, as a program says.
 *
 * The clock is the program's: libuv's is ours here, and stands still by itself. What is
 * promised, whatever a peer does:
 * - opened, ready, messages, closed: each in its place, and nothing after closed, or
 *   from a connection on hold;
 * - messages arrive whole and in their order, in what a client of ZMTP can read; live
 *   ones may be left out, others only when the connection ends;
 * - a probe is answered when what came before it has arrived;
 * - accounts have what is really held, and at the end nothing. */
#include <errno.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "peers.h"

#define STEPS_MAX 300

static uint64_t clock_ms;

/* libuv asks here: nothing else of this process needs to know how late it is. */
int clock_gettime(clockid_t id, struct timespec *now)
{
    if (id != CLOCK_MONOTONIC && id != CLOCK_MONOTONIC_COARSE)
        return (int)syscall(SYS_clock_gettime, id, now);
    now->tv_sec = (time_t)(clock_ms / 1000);
    now->tv_nsec = (long)(clock_ms % 1000) * 1000000;
    return 0;
}

static uint8_t take(void)
{
    if (peers.program.n == 0)
        return 0;
    peers.program.n--;
    return *peers.program.p++;
}

/* --- steps ----------------------------------------------------------------------------------- */

/* cw_net_check sees that all that is held is charged; here, that nothing else is. */
static void check_accounts(void)
{
    for (size_t i = 0; i < PEERS_CONNS; i++) {
        const struct conn *conn = &peers.conns[i];
        const struct cw_account *account = conn->open ? cw_net_account(peers.net, conn->id) : NULL;
        if (account == NULL)
            continue;
        const struct peer *peer = peers.net->slots[(uint32_t)conn->id];
        size_t kept = conn->kept == NULL ? 0 : conn->kept_charged;
        CHECK(account->held == peer->in_charged + peer->out_charged + kept);
    }
}

/* Only what is waited for wakes the loop, or it would never sleep. */
static void check_events(void)
{
    struct epoll_event ready[PEERS_CONNS];
    int n = epoll_wait(peers.net->epoll, ready, PEERS_CONNS, 0);
    for (int i = 0; i < n; i++) {
        const struct peer *peer = peers.net->slots[(uint32_t)ready[i].data.u64];
        CHECK(peer != NULL && peer->id == ready[i].data.u64 && peer->polled != 0);
    }
}

static void run(void)
{
    cw_net_flush(peers.net);
    uv_run(&peers.loop, UV_RUN_NOWAIT);
    cw_net_flush(peers.net);
    cw_net_check(peers.net);
    check_accounts();
    check_events();
}

static void say(struct conn *conn, const void *p, size_t n)
{
    if (conn->fd >= 0 && send(conn->fd, p, n, MSG_NOSIGNAL) < 0 && errno == EPIPE) {
        close(conn->fd);
        conn->fd = -1;
    }
}

static void open_conn(struct conn *conn, uint8_t from)
{
    static const struct cw_port port = {.plaintext = true};
    struct sockaddr_in address = {.sin_family = AF_INET};
    int fds[2];
    uint8_t bytes[4] = {127, 0, 0, (uint8_t)(1 + from % 2)};
    if (conn->open)
        return;
    if (conn->fd >= 0)
        close(conn->fd);
    cw_zmtp_finish(&conn->client);
    *conn = (struct conn){.fd = -1};
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds) != 0)
        return;
    memcpy(&address.sin_addr, bytes, 4);
    conn->fd = fds[1];
    cw_zmtp_init(&conn->client, CW_FRAMER_CLIENT, 2 * CW_VOICE_MESSAGE_MAX);
    peers.accepting = conn;
    cw_peer_accept(peers.net, &port, fds[0], (struct sockaddr *)&address);
    peers.accepting = NULL;
}

static void shake_hands(struct conn *conn, uint8_t how)
{
    static const char *const types[] = {"DEALER", "REQ", "DEALER", "SUB"};
    uint8_t greeting[64] = {0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0x7f, 3, 1, 'N', 'U', 'L', 'L'};
    const char *type = types[how % 4];
    uint8_t ready[64] = "\x04\0\5READY\x0bSocket-Type\0\0\0";
    size_t n = 2 + 6 + 12 + 4, type_n = strlen(type);
    greeting[11] = how % 8 < 4 ? 1 : 0;
    ready[n - 1] = (uint8_t)type_n;
    memcpy(ready + n, type, type_n);
    ready[1] = (uint8_t)(n - 2 + type_n);
    say(conn, greeting, sizeof greeting);
    say(conn, ready, n + type_n);
}

static void say_raw(struct conn *conn, size_t n)
{
    uint8_t bytes[64];
    for (size_t i = 0; i < n; i++)
        bytes[i] = take();
    say(conn, bytes, n);
}

/* A frame whose header claims `n` bytes, of which `part` follow. */
static void say_frame(struct conn *conn, uint8_t flags, uint64_t n, size_t part)
{
    static uint8_t bytes[9 + 65536];
    bytes[0] = flags | 2;
    for (size_t i = 0; i < 8; i++)
        bytes[1 + i] = (uint8_t)(n >> (8 * (7 - i)));
    memset(bytes + 9, 'x', part);
    say(conn, bytes, 9 + part);
}

static void client_frame(struct conn *conn, uint8_t choice)
{
    static const uint32_t sizes[] = {1, 100, 2000, 5000, 16385, 65535, 200000, 1u << 24};
    uint32_t n = sizes[choice % 8];
    uint8_t flags = choice / 64 == 3 ? 1 : 0;
    say_frame(conn, flags, n, choice / 8 % 4 == 0 ? (n < 512 ? n : 512) : n < 65536 ? n : 65536);
}

/* PING, PONG with one of our marks or another, a command that nobody knows. */
static void client_command(struct conn *conn, uint8_t choice)
{
    uint8_t pong[15] = "\x04\x0d\4PONG";
    uint64_t mark = choice < 128 ? conn->last_mark : choice;
    memcpy(pong + 7, &mark, sizeof mark);
    if (choice % 4 == 0)
        say(conn, "\x04\x09\4PING\0\1ab", 11);
    else if (choice % 4 == 1)
        say(conn, "\x04\4\3SUB", 6);
    else
        say(conn, pong, sizeof pong);
}

static struct cw_body *make_body(uint32_t number, size_t n, bool lent)
{
    if (!lent || n < 100) {
        struct cw_body *body = cw_body_create(cw_net_pools(peers.net), n);
        memset(body->bytes, (uint8_t)number, n);
        memcpy(body->bytes, &number, sizeof number);
        return body;
    }
    size_t rest_n = n - 50;
    uint8_t *memory = cw_alloc(rest_n);
    struct cw_owned owned = {cw_slice_of(memory, rest_n), memory};
    memset(memory, (uint8_t)number, rest_n);
    struct cw_body *rest[2] = {cw_body_lend(cw_net_pools(peers.net), owned.slice, owned), NULL};
    struct cw_body *body = cw_body_create_before(cw_net_pools(peers.net), 50, rest);
    memset(body->bytes, (uint8_t)number, 50);
    memcpy(body->bytes, &number, sizeof number);
    return body;
}

/* To one, or to all that are ready. */
static void server_sends(struct conn *conn, uint8_t choice)
{
    static const uint32_t sizes[] = {4, 20, 300, 4000, 30000, 70000, 300000, 100};
    cw_net_id ids[PEERS_CONNS];
    size_t count = 0, n = sizes[choice % 8];
    bool live = choice / 8 % 4 == 3, lent = choice / 32 % 2 != 0, all = choice >= 128;
    bool envelope = choice / 8 % 4 == 1;
    struct cw_body *body = make_body(++peers.number, n, lent && !live);
    for (size_t i = 0; i < PEERS_CONNS; i++) {
        struct conn *to = &peers.conns[i];
        if ((to != conn && !all) || !to->ready || to->sent_count == SENT_MAX)
            continue;
        to->sent[to->sent_count++] = (struct sent){peers.number, n, live, envelope};
        ids[count++] = to->id;
    }
    cw_net_send(peers.net, ids, count, body, envelope, live ? CW_NET_AUDIO : CW_NET_UPDATE);
    cw_body_release(body);
}

static void server_asks(struct conn *conn, uint8_t choice)
{
    switch (choice % 8) {
    case 0:
        cw_net_set_user(peers.net, conn->id, choice / 8 % 3u);
        break;
    case 1:
        if (conn->open && conn->ready)
            cw_net_probe(peers.net, conn->id, ++conn->last_mark);
        break;
    case 2:
    case 3:
        cw_net_read(peers.net, conn->id, choice % 8 == 3);
        break;
    case 4:
    case 5:
        if (conn->open && conn->on_hold) {
            conn->on_hold = false;
            peers_release_kept(conn);
            cw_net_hold(peers.net, conn->id, false);
        }
        break;
    case 6:
        cw_net_close(peers.net, conn->id, "the program says so");
        conn->closing = true;
        break;
    default:
        cw_net_drop(peers.net, conn->id, choice < 128 ? NULL : "its place is needed");
        conn->closing = true;
    }
}

static void pass_time(uint8_t choice)
{
    static const uint32_t steps_ms[] = {1, 5, 25, 250, 1000, 2000, 11000, 31000};
    clock_ms += steps_ms[choice % 8];
    run();
}

static void step(void)
{
    uint8_t what = take();
    struct conn *conn = &peers.conns[what / 16 % PEERS_CONNS];
    uint8_t choice = what % 16 == 15 ? 0 : take();
    switch (what % 16) {
    case 0:
        open_conn(conn, choice);
        break;
    case 1:
        open_conn(conn, 0);
        shake_hands(conn, choice % 64 < 48 ? 0 : choice);
        break;
    case 2:
        shake_hands(conn, choice);
        break;
    case 3:
        say_raw(conn, choice % 64);
        break;
    case 4:
    case 5:
        client_frame(conn, choice);
        break;
    case 6:
        client_command(conn, choice);
        break;
    case 7:
        peers_client_reads(conn, (size_t)choice * choice * 16);
        break;
    case 8:
        if (conn->fd >= 0 && choice < 128)
            shutdown(conn->fd, SHUT_WR);
        else if (conn->fd >= 0)
            close(conn->fd);
        conn->fd = choice < 128 ? conn->fd : -1;
        break;
    case 9:
    case 10:
        server_sends(conn, choice);
        break;
    case 11:
    case 12:
        server_asks(conn, choice);
        break;
    case 13:
        pass_time(choice);
        break;
    default:
        run();
    }
    if (what % 2 == 0)
        run();
}

/* --- beginning and end ----------------------------------------------------------------------- */

static void begin(const uint8_t *data, size_t size)
{
    static const uint64_t seed[2] = {1, 2};
    memset(&peers, 0, sizeof peers);
    peers.program = cw_slice_of(data, size);
    clock_ms = 100000;
    size_t memory = take() % 2 == 0 ? CW_MEMORY_MAX : 1024 * 1024;
    cw_ledger_init(&peers.ledger, memory, memory / 2, memory / 4, seed);
    uv_loop_init(&peers.loop);
    uv_update_time(&peers.loop);
    struct cw_net_options options = {.connections_max = PEERS_CONNS,
                                     .ledger = &peers.ledger,
                                     .frame_window_ms = 2000,
                                     .ping_idle_ms = CW_PING_IDLE_MS};
    peers.net = cw_net_create(&peers.loop, &options, &peers_handlers, &peers);
    for (size_t i = 0; i < PEERS_CONNS; i++)
        peers.conns[i].fd = -1;
}

/* Everybody reads all: what was sent, and not thrown away with its connection, has come. */
static void settle(void)
{
    for (size_t i = 0; i < PEERS_CONNS; i++)
        server_asks(&peers.conns[i], 4);
    for (int round = 0; round < 200; round++) {
        run();
        for (size_t i = 0; i < PEERS_CONNS; i++)
            peers_client_reads(&peers.conns[i], SIZE_MAX);
        clock_ms += 1;
    }
    for (size_t i = 0; i < PEERS_CONNS; i++) {
        struct conn *conn = &peers.conns[i];
        size_t messages = 0;
        for (size_t k = 0; k < conn->sent_count; k++)
            messages += !conn->sent[k].live;
        const struct peer *peer = conn->open ? peers.net->slots[(uint32_t)conn->id] : NULL;
        int unread = 0;
        CHECK(peer == NULL || cw_peer_stopped(peer) ||
              (ioctl(peer->fd, FIONREAD, &unread) == 0 && unread == 0));
        /* A peer whose client has gone is gone. */
        CHECK(peer == NULL || conn->fd >= 0 || cw_peer_stopped(peer));
        if (peer != NULL && peer->phase == PHASE_READY && conn->fd >= 0 && !conn->closing)
            CHECK(conn->read_messages == messages && cw_out_is_empty(&peer->out));
    }
}

static void end(void)
{
    settle();
    cw_net_destroy(peers.net);
    uv_run(&peers.loop, UV_RUN_DEFAULT);
    CHECK(uv_loop_close(&peers.loop) == 0);
    for (size_t i = 0; i < PEERS_CONNS; i++) {
        struct conn *conn = &peers.conns[i];
        peers_release_kept(conn);
        cw_zmtp_finish(&conn->client);
        if (conn->fd >= 0)
            close(conn->fd);
    }
    CHECK(peers.ledger.held == 0);
    cw_ledger_finish(&peers.ledger);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    begin(data, size);
    for (int i = 0; i < STEPS_MAX && peers.program.n != 0; i++)
        step();
    end();
    return 0;
}
