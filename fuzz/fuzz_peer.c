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
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "frame/zmtp.h"
#include "net/net_internal.h"

#define CONNS     4
#define STEPS_MAX 300
#define SENT_MAX  512
#define KEPT_N    3000 /* a message of so many bytes is worked on elsewhere */

#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition);                \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct sent {
    uint32_t number;
    size_t n;
    bool live, envelope;
};

struct conn {
    int fd; /* the client's end; -1: none, or closed by it */
    cw_net_id id;
    bool open, ready, closing;
    bool on_hold;
    struct cw_account *kept_account; /* of the message that is worked on */
    void *kept;
    size_t kept_charged;
    struct cw_zmtp client; /* reads what the server says */
    bool failed;
    struct sent sent[SENT_MAX];
    size_t sent_count, read_messages; /* how far the client is among those not live */
    uint32_t last_live;
    uint64_t last_mark, answered_mark;
    size_t sent_before_mark; /* that are not live */
};

struct play {
    struct cw_slice program;
    uv_loop_t loop;
    struct cw_net *net;
    struct cw_ledger ledger;
    struct conn conns[CONNS];
    uint32_t number;
    unsigned heads;
};

static struct play play;
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
    if (play.program.n == 0)
        return 0;
    play.program.n--;
    return *play.program.p++;
}

static struct conn *conn_of(cw_net_id id)
{
    for (size_t i = 0; i < CONNS; i++)
        if (play.conns[i].open && play.conns[i].id == id)
            return &play.conns[i];
    return NULL;
}

/* --- what the server hears --------------------------------------------------------------- */

static struct conn *accepting;

static void on_opened(void *context, cw_net_id id, const struct cw_net_peer *peer)
{
    CHECK(context == &play && accepting != NULL && peer->account != NULL);
    accepting->id = id;
    accepting->open = true;
}

static void on_crowded(void *context)
{
    CHECK(context == &play);
}

static void on_ready(void *context, cw_net_id id, const struct cw_net_peer *peer)
{
    struct conn *conn = conn_of(id);
    CHECK(context == &play && conn != NULL && !conn->ready);
    CHECK(peer->account == cw_net_account(play.net, id));
    conn->ready = true;
}

static void release_kept(struct conn *conn)
{
    if (conn->kept == NULL)
        return;
    free(conn->kept);
    conn->kept = NULL;
    cw_account_give(conn->kept_account, conn->kept_charged);
    cw_account_release(conn->kept_account);
}

static void on_message(void *context, cw_net_id id, struct cw_slice body, bool envelope)
{
    struct conn *conn = conn_of(id);
    unsigned sum = envelope;
    CHECK(context == &play && conn != NULL && conn->ready && !conn->on_hold);
    CHECK(body.n <= CW_VOICE_MESSAGE_MAX);
    for (size_t i = 0; i < body.n; i++)
        sum += body.p[i];
    if (body.n < KEPT_N || sum % 2 == 0)
        return;
    CHECK(conn->kept == NULL);
    conn->on_hold = true;
    cw_net_hold(play.net, id, true);
    conn->kept = cw_net_keep(play.net, id, body).memory;
    conn->kept_account = cw_account_refer(cw_net_account(play.net, id));
    conn->kept_charged = cw_account_size(body.n);
    cw_account_charge(conn->kept_account, conn->kept_charged);
}

static void on_head(void *context, cw_net_id id, struct cw_slice head, bool envelope)
{
    struct conn *conn = conn_of(id);
    CHECK(context == &play && conn != NULL && conn->ready && !conn->on_hold);
    CHECK(head.n == CW_FRAMER_JUDGED_N);
    if (play.heads++ % 2 == 0)
        cw_net_set_user(play.net, id, 1 + envelope);
}

static void on_refused(void *context, cw_net_id id)
{
    struct conn *conn = conn_of(id);
    CHECK(context == &play && conn != NULL && conn->ready && !conn->on_hold);
}

static void on_closed(void *context, cw_net_id id)
{
    struct conn *conn = conn_of(id);
    CHECK(context == &play && conn != NULL);
    conn->open = false;
    release_kept(conn);
}

static void on_received(void *context, cw_net_id id, uint64_t mark)
{
    struct conn *conn = conn_of(id);
    CHECK(context == &play && conn != NULL && conn->ready);
    if (mark > conn->last_mark) /* a PONG to what nobody asked */
        return;
    conn->answered_mark = mark;
}

static void on_queue(void *context, cw_net_id id)
{
    CHECK(context == &play && conn_of(id) != NULL && conn_of(id)->ready);
}

static void on_log(void *context, const char *peer, const char *reason)
{
    CHECK(context == &play && peer[0] != 0 && reason[0] != 0);
}

/* --- what a client hears ------------------------------------------------------------------- */

static void hear(struct conn *conn, const struct cw_framer_event *event)
{
    uint32_t number;
    CHECK(event->body.n >= sizeof number);
    memcpy(&number, event->body.p, sizeof number);
    size_t i = 0;
    while (i < conn->sent_count && conn->sent[i].number != number)
        i++;
    CHECK(i < conn->sent_count);
    const struct sent *sent = &conn->sent[i];
    CHECK(event->body.n == sent->n && event->envelope == sent->envelope);
    for (size_t at = sizeof number; at < event->body.n; at++)
        CHECK(event->body.p[at] == (uint8_t)number);
    if (sent->live) {
        CHECK(number > conn->last_live);
        conn->last_live = number;
        return;
    }
    size_t before = 0;
    for (size_t other = 0; other < i; other++)
        before += !conn->sent[other].live;
    CHECK(before == conn->read_messages);
    conn->read_messages++;
}

static void listen_to(struct conn *conn, struct cw_slice in)
{
    struct cw_buf out = {0};
    while (!conn->failed) {
        struct cw_framer_event event = cw_framer_input(&conn->client.framer, &in, &out);
        if (event.type == CW_FRAMER_NEED_MORE)
            break;
        if (event.type == CW_FRAMER_MESSAGE)
            hear(conn, &event);
        conn->failed = event.type == CW_FRAMER_FAILED;
        /* A peer that sends an invalid handshake may get an error first. */
        CHECK(!conn->failed || !conn->ready);
    }
    cw_buf_finish(&out);
}

static void client_reads(struct conn *conn, size_t most)
{
    uint8_t piece[16384];
    while (conn->fd >= 0 && most > 0) {
        ssize_t n = recv(conn->fd, piece, most < sizeof piece ? most : sizeof piece, 0);
        if (n <= 0)
            return;
        listen_to(conn, cw_slice_of(piece, (size_t)n));
        most -= (size_t)n;
    }
}

/* --- steps ----------------------------------------------------------------------------------- */

/* cw_net_check sees that all that is held is charged; here, that nothing else is. */
static void check_accounts(void)
{
    for (size_t i = 0; i < CONNS; i++) {
        const struct conn *conn = &play.conns[i];
        const struct cw_account *account = conn->open ? cw_net_account(play.net, conn->id) : NULL;
        if (account == NULL)
            continue;
        const struct peer *peer = play.net->slots[(uint32_t)conn->id];
        size_t kept = conn->kept == NULL ? 0 : conn->kept_charged;
        CHECK(account->held == peer->in_charged + peer->out_charged + kept);
    }
}

/* Only what is waited for wakes the loop, or it would never sleep. */
static void check_events(void)
{
    struct epoll_event ready[CONNS];
    int n = epoll_wait(play.net->epoll, ready, CONNS, 0);
    for (int i = 0; i < n; i++) {
        const struct peer *peer = play.net->slots[(uint32_t)ready[i].data.u64];
        CHECK(peer != NULL && peer->id == ready[i].data.u64 && peer->polled != 0);
    }
}

static void run(void)
{
    cw_net_flush(play.net);
    uv_run(&play.loop, UV_RUN_NOWAIT);
    cw_net_flush(play.net);
    cw_net_check(play.net);
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
    accepting = conn;
    cw_peer_accept(play.net, &port, fds[0], (struct sockaddr *)&address);
    accepting = NULL;
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
        struct cw_body *body = cw_body_create(cw_net_pools(play.net), n);
        memset(body->bytes, (uint8_t)number, n);
        memcpy(body->bytes, &number, sizeof number);
        return body;
    }
    size_t rest_n = n - 50;
    uint8_t *memory = cw_alloc(rest_n);
    struct cw_owned owned = {cw_slice_of(memory, rest_n), memory};
    memset(memory, (uint8_t)number, rest_n);
    struct cw_body *rest[2] = {cw_body_lend(cw_net_pools(play.net), owned.slice, owned), NULL};
    struct cw_body *body = cw_body_create_before(cw_net_pools(play.net), 50, rest);
    memset(body->bytes, (uint8_t)number, 50);
    memcpy(body->bytes, &number, sizeof number);
    return body;
}

/* To one, or to all that are ready. */
static void server_sends(struct conn *conn, uint8_t choice)
{
    static const uint32_t sizes[] = {4, 20, 300, 4000, 30000, 70000, 300000, 100};
    cw_net_id ids[CONNS];
    size_t count = 0, n = sizes[choice % 8];
    bool live = choice / 8 % 4 == 3, lent = choice / 32 % 2 != 0, all = choice >= 128;
    bool envelope = choice / 8 % 4 == 1;
    struct cw_body *body = make_body(++play.number, n, lent && !live);
    for (size_t i = 0; i < CONNS; i++) {
        struct conn *to = &play.conns[i];
        if ((to != conn && !all) || !to->ready || to->sent_count == SENT_MAX)
            continue;
        to->sent[to->sent_count++] = (struct sent){play.number, n, live, envelope};
        ids[count++] = to->id;
    }
    cw_net_send(play.net, ids, count, body, envelope, live ? CW_NET_AUDIO : CW_NET_MESSAGE);
    cw_body_release(body);
}

static void server_asks(struct conn *conn, uint8_t choice)
{
    switch (choice % 8) {
    case 0:
        cw_net_set_user(play.net, conn->id, choice / 8 % 3u);
        break;
    case 1:
        if (conn->open && conn->ready)
            cw_net_probe(play.net, conn->id, ++conn->last_mark);
        break;
    case 2:
    case 3:
        cw_net_read(play.net, conn->id, choice % 8 == 3);
        break;
    case 4:
    case 5:
        if (conn->open && conn->on_hold) {
            conn->on_hold = false;
            release_kept(conn);
            cw_net_hold(play.net, conn->id, false);
        }
        break;
    case 6:
        cw_net_close(play.net, conn->id, "the program says so");
        conn->closing = true;
        break;
    default:
        cw_net_drop(play.net, conn->id, choice < 128 ? NULL : "its place is needed");
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
    struct conn *conn = &play.conns[what / 16 % CONNS];
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
        client_reads(conn, (size_t)choice * choice * 16);
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
    static const struct cw_net_handlers handlers = {.opened = on_opened,
                                                    .crowded = on_crowded,
                                                    .ready = on_ready,
                                                    .message = on_message,
                                                    .head = on_head,
                                                    .refused = on_refused,
                                                    .closed = on_closed,
                                                    .received = on_received,
                                                    .queue_full = on_queue,
                                                    .queue_empty = on_queue,
                                                    .log = on_log};
    static const uint64_t seed[2] = {1, 2};
    memset(&play, 0, sizeof play);
    play.program = cw_slice_of(data, size);
    clock_ms = 100000;
    size_t memory = take() % 2 == 0 ? CW_MEMORY_MAX : 1024 * 1024;
    cw_ledger_init(&play.ledger, memory, memory / 2, memory / 4, seed);
    uv_loop_init(&play.loop);
    uv_update_time(&play.loop);
    struct cw_net_options options = {.connections_max = CONNS,
                                     .ledger = &play.ledger,
                                     .frame_window_ms = 2000,
                                     .ping_idle_ms = CW_PING_IDLE_MS};
    play.net = cw_net_create(&play.loop, &options, &handlers, &play);
    for (size_t i = 0; i < CONNS; i++)
        play.conns[i].fd = -1;
}

/* Everybody reads all: what was sent, and not thrown away with its connection, has come. */
static void settle(void)
{
    for (size_t i = 0; i < CONNS; i++)
        server_asks(&play.conns[i], 4);
    for (int round = 0; round < 200; round++) {
        run();
        for (size_t i = 0; i < CONNS; i++)
            client_reads(&play.conns[i], SIZE_MAX);
        clock_ms += 1;
    }
    for (size_t i = 0; i < CONNS; i++) {
        struct conn *conn = &play.conns[i];
        size_t messages = 0;
        for (size_t k = 0; k < conn->sent_count; k++)
            messages += !conn->sent[k].live;
        const struct peer *peer = conn->open ? play.net->slots[(uint32_t)conn->id] : NULL;
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
    cw_net_destroy(play.net);
    uv_run(&play.loop, UV_RUN_DEFAULT);
    CHECK(uv_loop_close(&play.loop) == 0);
    for (size_t i = 0; i < CONNS; i++) {
        struct conn *conn = &play.conns[i];
        release_kept(conn);
        cw_zmtp_finish(&conn->client);
        if (conn->fd >= 0)
            close(conn->fd);
    }
    CHECK(play.ledger.held == 0);
    cw_ledger_finish(&play.ledger);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    begin(data, size);
    for (int i = 0; i < STEPS_MAX && play.program.n != 0; i++)
        step();
    end();
    return 0;
}
