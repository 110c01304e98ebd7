/* test_http_peer.c - a connection of net/peer.c with the framer of HTTP: how many answers wait in
 * the queue, how the connection ends, and its line in the log; and answers by the net's owner. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#include <errno.h>
#include <netinet/in.h>
#include <unistd.h>

#include "frame/http.h"
#include "net/net_internal.h"

#define GET    "GET / HTTP/1.1\r\nHost: h\r\n\r\n"
#define BODY_N 1000

struct test {
    uv_loop_t loop;
    struct cw_ledger ledger;
    struct cw_net *net;
    cw_net_id id;
    int client;
    unsigned asked, answered, closed, ready;
    unsigned files, drained; /* that the owner was asked for; that it may go on */
    char pieces[64];
    char log[64];
};

/* --- the site, and what the net tells ----------------------------------------------------- */

static void answer_thousand(void *context, const struct cw_http_request *request,
                            struct cw_http_answer *answer)
{
    struct test *test = context;
    (void)request;
    memset(cw_buf_reserve(&answer->memory, BODY_N), (char)('a' + test->asked++ % 26), BODY_N);
    answer->memory.n = BODY_N;
    answer->status = 200;
    answer->body = cw_buf_slice(&answer->memory);
}

static void on_opened(void *context, cw_net_id id, const struct cw_net_peer *peer)
{
    struct test *test = context;
    (void)peer;
    test->id = id;
}

static void on_answered(void *context, cw_net_id id)
{
    struct test *test = context;
    assert_int_equal(id, test->id);
    test->answered++;
}

static void on_asked(void *context, cw_net_id id, const struct cw_http_asked *asked)
{
    struct test *test = context;
    assert_int_equal(id, test->id);
    assert_true(asked->target.n == 4 && memcmp(asked->target.p, "/f/1", 4) == 0);
    test->files++;
}

static void on_piece(void *context, cw_net_id id, struct cw_slice bytes)
{
    struct test *test = context;
    size_t n = strlen(test->pieces);
    assert_int_equal(id, test->id);
    snprintf(test->pieces + n, sizeof test->pieces - n, "%.*s;", (int)bytes.n, bytes.p);
}

static void on_drained(void *context, cw_net_id id)
{
    struct test *test = context;
    assert_int_equal(id, test->id);
    test->drained++;
}

static void on_ready(void *context, cw_net_id id, const struct cw_net_peer *peer)
{
    struct test *test = context;
    (void)id;
    (void)peer;
    test->ready++;
}

static void on_closed(void *context, cw_net_id id)
{
    struct test *test = context;
    assert_int_equal(id, test->id);
    test->closed++;
}

static void on_log(void *context, const char *peer, const char *reason)
{
    struct test *test = context;
    assert_string_equal(peer, "127.0.0.1");
    assert_string_equal(test->log, "");
    snprintf(test->log, sizeof test->log, "%s", reason);
}

/* --- a connection --------------------------------------------------------------------------- */

static struct cw_http_site site;

static struct peer *peer_of(struct test *test)
{
    return test->net->slots[(uint32_t)test->id];
}

static void start(struct test *test)
{
    static const struct cw_net_handlers handlers = {.opened = on_opened,
                                                    .answered = on_answered,
                                                    .asked = on_asked,
                                                    .piece = on_piece,
                                                    .drained = on_drained,
                                                    .ready = on_ready,
                                                    .closed = on_closed,
                                                    .log = on_log};
    static const char *const hosts[] = {"h"};
    static const uint64_t seed[2] = {1, 2};
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(0x7f000001)};
    int fds[2];
    *test = (struct test){0};
    site = (struct cw_http_site){.context = test,
                                 .answer = answer_thousand,
                                 .hosts = hosts,
                                 .host_count = 1,
                                 .upgrades = true,
                                 .file_headers = "",
                                 .headers = ""};
    cw_ledger_init(&test->ledger, 1 << 24, 1 << 24, 1 << 24, seed);
    static const struct cw_port port = {.plaintext = true};
    assert_int_equal(uv_loop_init(&test->loop), 0);
    struct cw_net_options options = {.connections_max = 1,
                                     .ledger = &test->ledger,
                                     .frame_window_ms = CW_FRAME_WINDOW_MS,
                                     .ping_idle_ms = CW_PING_IDLE_MS};
    test->net = cw_net_create(&test->loop, &options, &handlers, test);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds), 0);
    test->client = fds[1];
    cw_peer_accept(test->net, &port, fds[0], (const struct sockaddr *)(const void *)&address);
    cw_framer_destroy(peer_of(test)->framer);
    peer_of(test)->framer = cw_http_create(&site, CW_UNAUTHENTICATED_MESSAGE_MAX);
}

static void run(struct test *test)
{
    for (int i = 0; i < 20; i++) {
        uv_run(&test->loop, UV_RUN_NOWAIT);
        cw_net_flush(test->net);
    }
}

static void stop(struct test *test)
{
    cw_net_destroy(test->net);
    uv_run(&test->loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&test->loop), 0);
    assert_int_equal(test->ledger.held, 0);
    cw_ledger_finish(&test->ledger);
    close(test->client);
}

static void say(struct test *test, const char *text)
{
    assert_int_equal(send(test->client, text, strlen(text), MSG_NOSIGNAL), strlen(text));
    run(test);
}

/* The bytes received so far; *ended: the server has closed its side. */
static struct cw_buf hear(struct test *test, bool *ended)
{
    struct cw_buf heard = {0};
    ssize_t n;
    while ((n = recv(test->client, cw_buf_reserve(&heard, 4096), 4096, 0)) > 0)
        heard.n += (size_t)n;
    *ended = n == 0;
    assert_true(n == 0 || errno == EAGAIN);
    return heard;
}

static void assert_heard(struct test *test, const char *begin, bool ended)
{
    bool is_ended;
    struct cw_buf heard = hear(test, &is_ended);
    assert_true(heard.n >= strlen(begin));
    assert_memory_equal(heard.p, begin, strlen(begin));
    assert_int_equal(is_ended, ended);
    cw_buf_finish(&heard);
}

/* --- tests --------------------------------------------------------------------------------- */

static void an_answer_is_followed_by_a_close_without_a_word(void **state)
{
    (void)state;
    struct test test;
    start(&test);
    say(&test, GET);
    assert_heard(&test, "HTTP/1.1 200 OK\r\n", false);
    assert_int_equal(test.closed, 0);
    say(&test, "GET / HTTP/1.0\r\nHost: h\r\n\r\n");
    assert_heard(&test, "HTTP/1.1 200 OK\r\nConnection: close\r\n", true);
    assert_int_equal(test.closed, 1);
    assert_string_equal(test.log, "");
    stop(&test);
}

static void a_refusal_is_answered_and_logged(void **state)
{
    (void)state;
    struct test test;
    start(&test);
    say(&test, "GET / HTTP/1.1\n");
    assert_heard(&test, "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n", true);
    assert_int_equal(test.closed, 1);
    assert_string_equal(test.log, "an HTTP request has a malformed line");
    stop(&test);
}

/* The answers are 36 times as long as the requests: each is made when the queue has room. */
static void a_peer_that_does_not_read_its_answers_is_not_read(void **state)
{
    (void)state;
    enum { REQUESTS = 2000 };
    struct test test;
    start(&test);
    struct cw_buf requests = {0};
    for (int i = 0; i < REQUESTS; i++)
        cw_buf_append(&requests, GET, strlen(GET));
    cw_buf_append_byte(&requests, 0);
    say(&test, (const char *)requests.p);
    cw_buf_finish(&requests);
    assert_true(test.asked < REQUESTS / 2);
    assert_true(cw_out_unread(&peer_of(&test)->out) <=
                CW_UNAUTHENTICATED_OUT_MAX + 2 * (BODY_N + 200));
    const char *head = "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\nAccept-Ranges: bytes\r\n"
                       "Cache-Control: no-cache\r\n\r\n";
    size_t wanted_n = REQUESTS * (strlen(head) + BODY_N), read_n = 0;
    for (int round = 0; round < 1000 && read_n < wanted_n; round++) {
        bool ended;
        struct cw_buf heard = hear(&test, &ended);
        read_n += heard.n;
        cw_buf_finish(&heard);
        run(&test);
    }
    assert_int_equal(test.asked, REQUESTS);
    assert_int_equal(test.answered, 1); /* it is reported once */
    assert_int_equal(read_n, wanted_n);
    assert_int_equal(test.closed, 0);
    stop(&test);
}

static void an_upgrade_is_a_handshake(void **state)
{
    (void)state;
    struct test test;
    start(&test);
    say(&test, "GET /ws HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
               "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
               "Sec-WebSocket-Protocol: chinwag.1\r\n\r\n");
    assert_heard(&test, "HTTP/1.1 101 Switching Protocols\r\n", false);
    assert_int_equal(test.ready, 1);
    assert_int_equal(peer_of(&test)->phase, PHASE_READY);
    stop(&test);
}

#define GET_FILE "GET /f/1 HTTP/1.1\r\nHost: h\r\n\r\n"

static void the_owner_answers_before_the_next_request_is_read(void **state)
{
    (void)state;
    struct test test;
    start(&test);
    say(&test, GET_FILE GET GET_FILE);
    assert_int_equal(test.files, 1);
    assert_int_equal(test.asked, 0);
    assert_int_equal(test.answered, 1); /* from here on it has the deadlines of HTTP */
    unsigned before = test.drained;
    cw_net_put(test.net, test.id, cw_slice_str("one"));
    run(&test);
    assert_int_equal(test.drained, before + 1);
    assert_int_equal(test.files, 1);
    assert_heard(&test, "one", false);
    cw_net_put(test.net, test.id, cw_slice_str("two"));
    cw_net_answered(test.net, test.id, false);
    run(&test);
    assert_heard(&test, "twoHTTP/1.1 200 OK\r\n", false);
    assert_int_equal(test.files, 2);
    cw_net_put(test.net, test.id, cw_slice_str("three"));
    cw_net_answered(test.net, test.id, true);
    run(&test);
    assert_heard(&test, "three", true);
    assert_int_equal(test.closed, 1);
    assert_string_equal(test.log, "");
    stop(&test);
}

static void a_body_is_read_when_the_owner_wants_it(void **state)
{
    (void)state;
    struct test test;
    start(&test);
    say(&test, "PUT /f/1 HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nso");
    say(&test, "up" GET);
    assert_int_equal(test.files, 1);
    assert_string_equal(test.pieces, "");
    cw_net_hold(test.net, test.id, false);
    run(&test);
    assert_string_equal(test.pieces, "soup;");
    assert_int_equal(test.asked, 0);
    cw_net_answered(test.net, test.id, false);
    run(&test);
    assert_heard(&test, "HTTP/1.1 200 OK\r\n", false);
    stop(&test);
}

static void check_at(struct test *test, uint64_t now_ms)
{
    if (test->closed == 0)
        cw_peer_check(peer_of(test), now_ms);
    run(test);
}

static void a_body_must_come_at_the_least_rate(void **state)
{
    (void)state;
    struct test test;
    start(&test);
    say(&test, "PUT /f/1 HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\n");
    uint64_t now_ms = cw_net_now_ms(test.net);
    for (int i = 0; i < 10; i++) /* the owner takes its time */
        check_at(&test, now_ms += CW_FRAME_WINDOW_MS);
    assert_int_equal(test.closed, 0);
    cw_net_hold(test.net, test.id, false);
    say(&test, "so");
    check_at(&test, now_ms);
    check_at(&test, now_ms + CW_FRAME_WINDOW_MS - 1);
    assert_int_equal(test.closed, 0);
    check_at(&test, now_ms + CW_FRAME_WINDOW_MS);
    assert_int_equal(test.closed, 1);
    assert_string_equal(test.log, "sends a file too slowly");
    stop(&test);
}

/* The owner is not asked to go on while the peer must not be read. */
static void who_is_paused_gets_no_next_piece(void **state)
{
    (void)state;
    struct test test;
    start(&test);
    say(&test, GET_FILE);
    cw_net_read(test.net, test.id, false);
    unsigned before = test.drained;
    cw_net_put(test.net, test.id, cw_slice_str("one"));
    run(&test);
    assert_heard(&test, "one", false);
    assert_int_equal(test.drained, before);
    cw_net_read(test.net, test.id, true);
    run(&test);
    assert_int_equal(test.drained, before + 1);
    stop(&test);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_answer_is_followed_by_a_close_without_a_word),
        cmocka_unit_test(a_refusal_is_answered_and_logged),
        cmocka_unit_test(a_peer_that_does_not_read_its_answers_is_not_read),
        cmocka_unit_test(an_upgrade_is_a_handshake),
        cmocka_unit_test(the_owner_answers_before_the_next_request_is_read),
        cmocka_unit_test(a_body_is_read_when_the_owner_wants_it),
        cmocka_unit_test(a_body_must_come_at_the_least_rate),
        cmocka_unit_test(who_is_paused_gets_no_next_piece),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
