/* test_websocket_client.c - a client's opening handshake of WebSocket, byte for byte.
 *
 * The nonce and its answer are those of RFC 6455, 1.3. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/limits.h"
#include "frame/websocket_client.h"
#include "framer_play.h"

#define NO_UPGRADE "FAILED the server did not upgrade to WebSocket with chinwag.1\n"
#define MALFORMED  "FAILED the server does not answer in HTTP/1.1\n"
#define SWITCHING  "HTTP/1.1 101 Switching Protocols\r\n"
#define UPGRADE    "Upgrade: websocket\r\n"
#define CONNECTION "Connection: Upgrade\r\n"
#define ACCEPT     "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"
#define PROTOCOL   "Sec-WebSocket-Protocol: chinwag.1\r\n"
#define GOOD       SWITCHING UPGRADE CONNECTION ACCEPT PROTOCOL "\r\n"

struct run {
    struct cw_framer *framer;
    struct cw_buf out, events;
};

static void give_sample(void *bytes, size_t n)
{
    memcpy(bytes, "the sample nonce", n);
}

static void start(struct run *run)
{
    *run =
        (struct run){.framer = cw_websocket_client_create(cw_slice_str("chat.example:4242"),
                                                          cw_slice_str("/ws"), 300, give_sample)};
    run->framer->judged_max = 400;
    cw_framer_start(run->framer, &run->out);
}

static void stop(struct run *run)
{
    cw_framer_destroy(run->framer);
    cw_buf_finish(&run->out);
    cw_buf_finish(&run->events);
}

static void feed(struct run *run, const char *p, size_t n)
{
    play_bytes(run->framer, (const uint8_t *)p, n, &run->out, &run->events);
}

/* Plays an answer of n bytes cut in two at every place, and octet by octet. */
static void expect_bytes(const char *answer, size_t n, const char *events)
{
    for (size_t cut = 0; cut <= n; cut++) {
        struct run run;
        start(&run);
        feed(&run, answer, cut);
        if (run.events.n < strlen(events))
            feed(&run, answer + cut, n - cut);
        assert_noted(&run.events, events);
        stop(&run);
    }
    struct run run;
    start(&run);
    for (size_t i = 0; i < n && run.events.n < strlen(events); i++)
        feed(&run, answer + i, 1);
    assert_noted(&run.events, events);
    stop(&run);
}

static void expect(const char *answer, const char *events)
{
    expect_bytes(answer, strlen(answer), events);
}

static void the_request(void **state)
{
    (void)state;
    struct run run;
    start(&run);
    cw_buf_append_byte(&run.out, 0);
    assert_string_equal((const char *)run.out.p, "GET /ws HTTP/1.1\r\n"
                                                 "Host: chat.example:4242\r\n"
                                                 "Upgrade: websocket\r\n"
                                                 "Connection: Upgrade\r\n"
                                                 "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                                                 "Sec-WebSocket-Version: 13\r\n"
                                                 "Sec-WebSocket-Protocol: chinwag.1\r\n\r\n");
    stop(&run);
}

static void a_word_that_would_break_the_request_is_none(void **state)
{
    (void)state;
    static const char *const words[] = {"", "a b", "a\r\nX: y", "a\t", "\x7f", "\xc3\xa9"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        assert_null(cw_websocket_client_create(cw_slice_str(words[i]), cw_slice_str("/ws"), 1,
                                               give_sample));
        char path[32];
        snprintf(path, sizeof path, "%s%s", i == 0 ? "" : "/", words[i]);
        assert_null(
            cw_websocket_client_create(cw_slice_str("host"), cw_slice_str(path), 1, give_sample));
    }
    assert_null(
        cw_websocket_client_create(cw_slice_str("host"), cw_slice_str("ws"), 1, give_sample));
}

static void a_right_answer_upgrades(void **state)
{
    (void)state;
    expect(GOOD, "READY\n");
    expect_bytes(GOOD "\x82\x02hi\x81\x01t\x89\0", sizeof GOOD - 1 + 4 + 3 + 2,
                 "READY\nMESSAGE 6869\nMESSAGE text 74\nPING\n");
    expect("HTTP/1.1 101\r\nServer: x\r\nuPGRADE:\tWebSocket \r\n"
           "CONNECTION: keep-alive,  upgrade\r\nConnection: x\r\n" ACCEPT
           "sec-websocket-protocol:chinwag.1\r\nX:\r\n\r\n",
           "READY\n");
}

static void what_is_sealed(void **state)
{
    (void)state;
    struct run run;
    struct cw_buf sealed = {0};
    start(&run);
    assert_true(cw_framer_seals(run.framer));
    struct cw_slice request = cw_buf_slice(&run.out);
    cw_framer_seal(run.framer, &request, 1, &sealed);
    assert_true(cw_slice_eq(cw_buf_slice(&sealed), request));
    sealed.n = run.out.n = 0;
    feed(&run, GOOD, sizeof GOOD - 1);
    assert_noted(&run.events, "READY\n");
    assert_true(run.framer->message_max == 300 && run.framer->judged_max == 400);
    assert_true(run.framer->proves_receipt && run.framer->takes_updates);
    cw_framer_put(run.framer, cw_slice_str("hi"), &run.out);
    struct cw_slice plain = cw_buf_slice(&run.out);
    cw_framer_seal(run.framer, &plain, 1, &sealed);
    assert_answered(&sealed, "82 82 'the ' 1c01");
    cw_buf_finish(&sealed);
    stop(&run);
}

static void another_status_is_told(void **state)
{
    (void)state;
    expect("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n",
           "FAILED the server answered with HTTP status 403\n");
    expect("HTTP/1.1 421\r\n\r\n", "FAILED the server does not serve this name, but one that "
                                   "its operator has set (HTTP status 421)\n");
    expect("HTTP/1.1 200 OK\r\n" UPGRADE CONNECTION ACCEPT PROTOCOL "\r\n",
           "FAILED the server answered with HTTP status 200\n");
}

static void what_is_no_http_fails_at_its_first_octet(void **state)
{
    (void)state;
    expect("\xff", MALFORMED);
    expect("HTTP/1.0", MALFORMED);
    expect("HTTP/2 101\r\n\r\n", MALFORMED);
    expect("HTTP/1.1 1010\r\n\r\n", MALFORMED);
    expect("HTTP/1.1 10\r\n\r\n", MALFORMED);
    expect("HTTP/1.1 1x1 \r\n\r\n", MALFORMED);
    expect("HTTP/1.1 101 x\n", MALFORMED);
}

static void lines_are_strict(void **state)
{
    (void)state;
    static const char *const lines[] = {"X : y\r\n",   " x: y\r\n",   ": y\r\n", "X y\r\n",
                                        "X: a\rb\r\n", "X: \x01\r\n", "X\r\n"};
    char answer[512];
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        snprintf(answer, sizeof answer, "%s%s%s", SWITCHING UPGRADE CONNECTION, lines[i],
                 ACCEPT PROTOCOL "\r\n");
        expect(answer, MALFORMED);
    }
}

static void each_field_is_needed_once(void **state)
{
    (void)state;
    expect(SWITCHING "\r\n", NO_UPGRADE);
    expect(SWITCHING CONNECTION ACCEPT PROTOCOL "\r\n", NO_UPGRADE);
    expect(SWITCHING UPGRADE ACCEPT PROTOCOL "\r\n", NO_UPGRADE);
    expect(SWITCHING UPGRADE CONNECTION PROTOCOL "\r\n", NO_UPGRADE);
    expect(SWITCHING UPGRADE CONNECTION ACCEPT "\r\n", NO_UPGRADE);
    expect(SWITCHING UPGRADE CONNECTION ACCEPT ACCEPT PROTOCOL "\r\n", NO_UPGRADE);
    expect(SWITCHING UPGRADE UPGRADE CONNECTION ACCEPT PROTOCOL "\r\n", NO_UPGRADE);
    expect(SWITCHING UPGRADE CONNECTION ACCEPT PROTOCOL PROTOCOL "\r\n", NO_UPGRADE);
}

static void each_field_has_its_value(void **state)
{
    (void)state;
    expect(SWITCHING "Upgrade: h2c\r\n" CONNECTION ACCEPT PROTOCOL "\r\n", NO_UPGRADE);
    expect(SWITCHING UPGRADE "Connection: close\r\n" ACCEPT PROTOCOL "\r\n", NO_UPGRADE);
    expect(SWITCHING UPGRADE CONNECTION
           "Sec-WebSocket-Accept: S3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n" PROTOCOL "\r\n",
           NO_UPGRADE);
    expect(SWITCHING UPGRADE CONNECTION ACCEPT "Sec-WebSocket-Protocol: chat\r\n\r\n", NO_UPGRADE);
    expect(SWITCHING UPGRADE CONNECTION ACCEPT PROTOCOL
           "Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n",
           NO_UPGRADE);
}

static void a_head_is_bounded(void **state)
{
    (void)state;
    struct run run;
    static char filler[CW_HTTP_HEAD_MAX];
    memset(filler, 'x', sizeof filler);
    start(&run);
    feed(&run, SWITCHING "X: ", sizeof SWITCHING "X: " - 1);
    feed(&run, filler, CW_HTTP_HEAD_MAX - (sizeof SWITCHING "X: " - 1) - 1);
    assert_noted(&run.events, "");
    assert_true(run.framer->partial.capacity <= CW_HTTP_HEAD_MAX);
    feed(&run, "x", 1);
    assert_noted(&run.events, "FAILED the server's HTTP answer has a head that is too long\n");
    assert_int_equal(run.framer->partial.capacity, 0);
    feed(&run, GOOD, sizeof GOOD - 1);
    assert_noted(&run.events, "FAILED the connection has failed\n");
    stop(&run);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_request),
        cmocka_unit_test(a_word_that_would_break_the_request_is_none),
        cmocka_unit_test(a_right_answer_upgrades),
        cmocka_unit_test(what_is_sealed),
        cmocka_unit_test(another_status_is_told),
        cmocka_unit_test(what_is_no_http_fails_at_its_first_octet),
        cmocka_unit_test(lines_are_strict),
        cmocka_unit_test(each_field_is_needed_once),
        cmocka_unit_test(each_field_has_its_value),
        cmocka_unit_test(a_head_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
