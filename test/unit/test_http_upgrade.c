/* test_http_upgrade.c - the upgrade from HTTP to WebSocket, and what is no upgrade. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "frame/http.h"
#include "http_play.h"

/* --- the upgrade ----------------------------------------------------------------------------- */

#define WS_VERSION  "Sec-WebSocket-Version: 13\r\n"
#define WS_KEY      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
#define WS_PROTOCOL "Sec-WebSocket-Protocol: chinwag.1\r\n"
#define WS_WANTED   "Connection: Upgrade\r\nUpgrade: websocket\r\n"
#define WS_ORIGIN   "Origin: https://chat.example.org\r\n"
#define UPGRADE     GET("/ws") WS_WANTED WS_VERSION WS_KEY WS_PROTOCOL

/* The key and its answer are RFC 6455's example (1.3). */
#define SWITCHING                                                                                  \
    "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"            \
    "Sec-WebSocket-Protocol: chinwag.1\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"  \
    "X-Site: toy\r\n\r\n"

static void an_upgrade_makes_a_websocket(void **state)
{
    (void)state;
    expect_http(UPGRADE "\r\n", "READY\n", SWITCHING);
    expect_http(UPGRADE WS_ORIGIN "\r\n", "READY\n", SWITCHING);
    expect_http(GET("/ws?x") "connection: keep-alive, upgrade\r\nUPGRADE: h2c, WebSocket\r\n"
                             "Sec-WebSocket-Protocol: other, chinwag.1\r\n" WS_VERSION WS_KEY
                             "Sec-WebSocket-Extensions: permessage-deflate\r\n"
                             "Origin: http://localhost:4242\r\n\r\n",
                "READY\n", SWITCHING);
    /* A frame may follow at once: "Hello" in a masked binary frame. */
    expect_http(UPGRADE "\r\n\x82\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58",
                "READY\nMESSAGE 48656c6c6f\n", SWITCHING);
    expect_http(GET("/none") "\r\n" UPGRADE "\r\n", "ANSWERED\nREADY\n", NOT_FOUND SWITCHING);
}

static void the_owner_keeps_its_framer_and_its_limits(void **state)
{
    (void)state;
    struct run run;
    start_http(&run);
    struct cw_framer *framer = run.framer;
    framer->judged_max = 5000;
    framer->message_max = 4;
    assert_false(framer->proves_receipt || framer->takes_updates);
    feed_http(&run, cw_slice_str(UPGRADE "\r\n"));
    assert_int_equal(framer->judged_max, 5000);
    assert_int_equal(framer->message_max, 4);
    assert_true(framer->proves_receipt);
    assert_int_equal(framer->partial.capacity, 0);
    uint8_t header[CW_FRAMER_HEADER_MAX];
    assert_int_equal(cw_framer_header(framer, header + sizeof header, 5, false), 2);
    run.out.n = 0;
    cw_framer_probe(framer, 1, &run.out);
    assert_int_not_equal(run.out.n, 0);
    stop_http(&run);
}

static void before_an_upgrade_it_says_nothing_by_itself(void **state)
{
    (void)state;
    struct run run;
    start_http(&run);
    uint8_t header[CW_FRAMER_HEADER_MAX];
    assert_int_equal(cw_framer_header(run.framer, header + sizeof header, 5, false), 0);
    cw_framer_probe(run.framer, 1, &run.out);
    cw_framer_close(run.framer, &run.out);
    assert_int_equal(run.out.n, 0);
    assert_false(cw_framer_seals(run.framer));
    stop_http(&run);
}

static void what_is_no_upgrade_is_told_what_is_wanted(void **state)
{
    (void)state;
    static const char wanted[] =
        TEXT("426 Upgrade Required", "34",
             "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n",
             "this is a WebSocket of version 13");
    expect_answer(GET("/ws") "\r\n", wanted);
    expect_answer(GET("/ws") "Upgrade: websocket\r\n" WS_VERSION WS_KEY WS_PROTOCOL "\r\n", wanted);
    expect_answer(GET("/ws") "Connection: Upgrade\r\n" WS_VERSION WS_KEY WS_PROTOCOL "\r\n",
                  wanted);
    expect_answer(GET("/ws") WS_WANTED WS_KEY WS_PROTOCOL "\r\n", wanted);
    expect_answer(GET("/ws") WS_WANTED "Sec-WebSocket-Version: 8\r\n" WS_KEY WS_PROTOCOL "\r\n",
                  wanted);
    expect_answer(
        "HEAD /ws HTTP/1.1\r\nHost: localhost:4242\r\n" WS_WANTED WS_VERSION WS_KEY WS_PROTOCOL
        "\r\n",
        "HTTP/1.1 426 Upgrade Required\r\nContent-Type: text/plain; charset=utf-8\r\n"
        "Content-Length: 34\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        "Sec-WebSocket-Version: 13\r\nCache-Control: no-cache\r\nX-Site: toy\r\n\r\n");
}

/* HTTP/1.0 has no upgrade, and a connection that closes cannot be upgraded. */
static void what_closes_is_not_upgraded(void **state)
{
    (void)state;
    static const char wanted[] =
        TEXT("426 Upgrade Required\r\nConnection: close", "34",
             "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n",
             "this is a WebSocket of version 13");
    expect_http(
        "GET /ws HTTP/1.0\r\nHost: localhost:4242\r\n" WS_WANTED WS_VERSION WS_KEY WS_PROTOCOL
        "\r\n",
        "CLOSED\n", wanted);
    expect_http(UPGRADE "Connection: close\r\n\r\n", "CLOSED\n", wanted);
}

static void only_configured_origins_may_upgrade(void **state)
{
    (void)state;
    static const char *const others[] = {"null",
                                         "",
                                         "https://evil.example",
                                         "http://chat.example.org",
                                         "https://chat.example.org:443",
                                         "https://chat.example.org/",
                                         "https://chat.example.org.evil.example",
                                         "https://xchat.example.org",
                                         "https://localhost:4242",
                                         "http://localhost:4243",
                                         "http://localhost",
                                         "https://chat.example.org, https://chat.example.org"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        char request[512];
        snprintf(request, sizeof request, "%sOrigin: %s\r\n\r\n", UPGRADE, others[i]);
        expect_refusal(request, "403 Forbidden",
                       "a WebSocket upgrade comes from a page of another site");
    }
}

static void a_bad_upgrade_is_refused(void **state)
{
    (void)state;
    static const char *const keys[] = {"",
                                       "Sec-WebSocket-Key:\r\n",
                                       "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=\r\n",
                                       "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ===\r\n",
                                       "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZR==\r\n",
                                       "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZ===\r\n",
                                       "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25j-Q==\r\n"};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        char request[512];
        snprintf(request, sizeof request, "%s%s\r\n", GET("/ws") WS_WANTED WS_VERSION WS_PROTOCOL,
                 keys[i]);
        expect_refusal(request, BAD_REQUEST, "a WebSocket upgrade has a malformed key");
    }
    static const char other[] = "a WebSocket upgrade does not offer the subprotocol chinwag.1";
    expect_refusal(GET("/ws") WS_WANTED WS_VERSION WS_KEY "\r\n", BAD_REQUEST, other);
    expect_refusal(GET("/ws") WS_WANTED WS_VERSION WS_KEY
                   "Sec-WebSocket-Protocol: chinwag.2, chinwag\r\n\r\n",
                   BAD_REQUEST, other);
    expect_refusal(UPGRADE WS_KEY "\r\n", BAD_REQUEST, "an HTTP request has a header twice");
}

/* The request is cut at every place: the value may be in the input or in `partial`. */
static void a_proxy_says_for_whom_an_upgrade_is(void **state)
{
    (void)state;
    struct cw_http_site behind_proxy = site;
    behind_proxy.forwarded_header = "X-Forwarded-For";
    played_site = &behind_proxy;
    expect_http(UPGRADE "x-forwarded-for: 1.2.3.4 , 5\r\n\r\n", "READY312e322e332e34202c2035\n",
                SWITCHING);
    expect_http(UPGRADE "X-Forwarded-For: 1\r\nX-Forwarded-For: 2\r\n\r\n"
                        "\x82\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58",
                "READY312c2032\nMESSAGE 48656c6c6f\n", SWITCHING);
    expect_http(UPGRADE "X-Forwarded-For: 1\r\nX-Forwarded-For: \r\nX-Forwarded-For: 2\r\n"
                        "X-Forwarded-For: 3\r\nX-Forwarded-For: 4\r\nX-Forwarded-For: 5\r\n"
                        "X-Forwarded-For: 6\r\nX-Forwarded-For: 7\r\nX-Forwarded-For: 8\r\n"
                        "X-Forwarded-For: 9\r\n\r\n",
                "READY322c20332c20342c20352c20362c20372c20382c2039\n", SWITCHING);
    expect_refusal(UPGRADE "\r\n", BAD_REQUEST,
                   "a WebSocket upgrade through a proxy has no client address");
    expect_refusal(UPGRADE "X-Forwarded-For:\r\n\r\n", BAD_REQUEST,
                   "a WebSocket upgrade through a proxy has no client address");
    expect_answer(GET("/") "\r\n", HELLO);
    played_site = &site;
    expect_http(UPGRADE "X-Forwarded-For: 1\r\n\r\n", "READY\n", SWITCHING);
}

static void a_site_may_have_no_websocket(void **state)
{
    (void)state;
    struct cw_http_site plain = site;
    plain.upgrades = false;
    played_site = &plain;
    expect_answer(UPGRADE "\r\n", NOT_FOUND);
    played_site = &site;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_upgrade_makes_a_websocket),
        cmocka_unit_test(the_owner_keeps_its_framer_and_its_limits),
        cmocka_unit_test(before_an_upgrade_it_says_nothing_by_itself),
        cmocka_unit_test(what_is_no_upgrade_is_told_what_is_wanted),
        cmocka_unit_test(what_closes_is_not_upgraded),
        cmocka_unit_test(only_configured_origins_may_upgrade),
        cmocka_unit_test(a_bad_upgrade_is_refused),
        cmocka_unit_test(a_proxy_says_for_whom_an_upgrade_is),
        cmocka_unit_test(a_site_may_have_no_websocket),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
