/* net_play.c - see net_play.h. */
#include "net_play.h"

#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

static uint64_t clock_ms;

/* Replaces the C library's function, so that libuv reads the test's clock. */
int clock_gettime(clockid_t id, struct timespec *now)
{
    if (id != CLOCK_MONOTONIC && id != CLOCK_MONOTONIC_COARSE)
        return (int)syscall(SYS_clock_gettime, id, now);
    now->tv_sec = (time_t)(clock_ms / 1000);
    now->tv_nsec = (long)(clock_ms % 1000) * 1000000;
    return 0;
}

/* --- what the net reports ------------------------------------------------------------- */

static void report(struct net_play *play, const char *what, cw_net_id id, const char *more)
{
    size_t used = strlen(play->reports), room = sizeof play->reports - used;
    char name = (char)cw_net_label(play->net, id);
    int n = snprintf(play->reports + used, room, "%s %c%s; ", what, name, more);
    assert_true(n > 0 && (size_t)n < room);
}

static void report_number(struct net_play *play, const char *what, cw_net_id id, uint64_t number)
{
    char text[24];
    snprintf(text, sizeof text, " %llu", (unsigned long long)number);
    report(play, what, id, text);
}

static cw_net_id opened_last;

static void on_opened(void *context, cw_net_id id, const struct cw_net_peer *peer)
{
    (void)context;
    (void)peer;
    opened_last = id;
}

static void on_crowded(void *context)
{
    (void)context;
    fail();
}

static void on_answered(void *context, cw_net_id id)
{
    report(context, "answered", id, "");
}

static void on_ready(void *context, cw_net_id id, const struct cw_net_peer *peer)
{
    (void)peer;
    report(context, "ready", id, "");
}

static void on_message(void *context, cw_net_id id, struct cw_slice body, bool envelope)
{
    (void)envelope;
    report_number(context, "message", id, body.n);
}

static void on_head(void *context, cw_net_id id, struct cw_slice head, bool envelope)
{
    (void)head;
    (void)envelope;
    report(context, "head", id, "");
}

static void on_refused(void *context, cw_net_id id)
{
    report(context, "refused", id, "");
}

static void on_closed(void *context, cw_net_id id)
{
    report(context, "closed", id, "");
}

static void on_received(void *context, cw_net_id id, uint64_t mark)
{
    report_number(context, "received", id, mark);
}

static void on_queue_full(void *context, cw_net_id id)
{
    report(context, "full", id, "");
}

static void on_queue_empty(void *context, cw_net_id id)
{
    report(context, "empty", id, "");
}

static void on_log(void *context, const char *host, const char *reason)
{
    struct net_play *play = context;
    size_t used = strlen(play->reports);
    assert_string_equal(host, "127.0.0.1");
    snprintf(play->reports + used, sizeof play->reports - used, "log: %s; ", reason);
}

/* --- steps ------------------------------------------------------------------------------ */

static void run(struct net_play *play)
{
    cw_net_flush(play->net);
    uv_run(&play->loop, UV_RUN_NOWAIT);
    cw_net_flush(play->net);
    cw_net_check(play->net);
}

void net_play_pass(struct net_play *play, unsigned ms)
{
    clock_ms += ms;
    run(play);
}

void net_play_bytes(const struct net_play_client *client, const void *p, size_t n)
{
    assert_int_equal(send(client->fd, p, n, MSG_NOSIGNAL), n);
}

static void shake_hands(struct net_play *play, const struct net_play_client *client,
                        enum net_play_version version)
{
    uint8_t greeting[64] = {0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0x7f, 3, 0, 'N', 'U', 'L', 'L'};
    static const char ready[] = "\x04\x1c\5READY\x0bSocket-Type\0\0\0\6DEALER";
    greeting[11] = version == NET_PLAY_ZMTP_3_1 ? 1 : 0;
    net_play_bytes(client, greeting, sizeof greeting);
    net_play_bytes(client, ready, sizeof ready - 1);
    run(play);
}

void net_play_accept(struct net_play *play, struct net_play_client *client, char name,
                     const struct cw_port *port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    int fds[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds), 0);
    cw_peer_accept(play->net, port, fds[0], (struct sockaddr *)&address);
    *client = (struct net_play_client){.fd = fds[1], .id = opened_last};
    cw_net_set_label(play->net, client->id, (uint8_t)name);
    run(play);
}

void net_play_connect(struct net_play *play, struct net_play_client *client, char name,
                      enum net_play_version version)
{
    static const struct cw_port port = {.plaintext = true};
    char ready[] = "ready ?; ";
    net_play_accept(play, client, name, &port);
    shake_hands(play, client, version);
    net_play_read(client);
    ready[6] = name;
    net_play_expect(play, ready);
}

struct peer *net_play_peer(const struct net_play *play, const struct net_play_client *client)
{
    struct peer *peer = play->net->slots[(uint32_t)client->id];
    return peer != NULL && peer->id == client->id ? peer : NULL;
}

void net_play_say(const struct net_play_client *client, size_t whole, size_t n)
{
    uint8_t header[9] = {2};
    for (size_t i = 0; i < 8; i++)
        header[1 + i] = (uint8_t)(whole >> (8 * (7 - i)));
    net_play_bytes(client, header, sizeof header);
    net_play_go_on(client, n);
}

void net_play_go_on(const struct net_play_client *client, size_t n)
{
    static const uint8_t bytes[64 * 1024];
    assert_true(n <= sizeof bytes);
    if (n != 0)
        net_play_bytes(client, bytes, n);
}

void net_play_read(const struct net_play_client *client)
{
    uint8_t bytes[16 * 1024];
    while (recv(client->fd, bytes, sizeof bytes, 0) > 0)
        ;
}

void net_play_hang_up(struct net_play_client *client)
{
    close(client->fd);
    client->fd = -1;
}

void net_play_send(struct net_play *play, const struct net_play_client *client, size_t n)
{
    struct cw_body *body = cw_body_create(cw_net_pools(play->net), n);
    memset(body->bytes, 'x', n);
    cw_net_send(play->net, &client->id, 1, body, false, CW_NET_UPDATE);
    cw_body_release(body);
}

void net_play_expect_at(struct net_play *play, const char *text, const char *file, int line)
{
    _assert_string_equal(play->reports, text, file, line);
    play->reports[0] = '\0';
}

/* --- beginning and end --------------------------------------------------------------------- */

void net_play_begin(struct net_play *play, size_t memory)
{
    static const struct cw_net_handlers handlers = {.opened = on_opened,
                                                    .crowded = on_crowded,
                                                    .answered = on_answered,
                                                    .ready = on_ready,
                                                    .message = on_message,
                                                    .head = on_head,
                                                    .refused = on_refused,
                                                    .closed = on_closed,
                                                    .received = on_received,
                                                    .queue_full = on_queue_full,
                                                    .queue_empty = on_queue_empty,
                                                    .log = on_log};
    static const uint64_t seed[2] = {1, 2};
    *play = (struct net_play){0};
    clock_ms = 100000;
    cw_ledger_init(&play->ledger, memory, memory, memory, seed);
    uv_loop_init(&play->loop);
    uv_update_time(&play->loop);
    struct cw_net_options options = {.connections_max = 16,
                                     .ledger = &play->ledger,
                                     .frame_window_ms = CW_FRAME_WINDOW_MS,
                                     .ping_idle_ms = CW_PING_IDLE_MS};
    play->net = cw_net_create(&play->loop, &options, &handlers, play);
}

void net_play_end(struct net_play *play)
{
    net_play_expect(play, "");
    cw_net_destroy(play->net);
    uv_run(&play->loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&play->loop), 0);
    assert_int_equal(play->ledger.held, 0);
    cw_ledger_finish(&play->ledger);
}
