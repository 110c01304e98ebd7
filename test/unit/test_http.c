/* test_http.c - HTTP requests that are answered: one at a time and in their order, parts of pages,
 * and pages that the peer has already. What is refused: test_http_refused.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "http_play.h"

/* --- requests --------------------------------------------------------------------------------- */

static void a_get_is_answered(void **state)
{
    (void)state;
    expect_answer(GET("/") "\r\n", HELLO);
    expect_answer(GET("/none") "\r\n", NOT_FOUND);
    expect_answer(GET("/made") "\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n"
                                       "Accept-Ranges: bytes\r\nX-Made: 1\r\n"
                                       "Cache-Control: no-cache\r\nX-Site: toy\r\n\r\nmade");
    expect_answer(GET("/") "Content-Length: 0\r\n\r\n", HELLO);
    expect_answer("GET / HTTP/1.1\r\nhOST:\tCHAT.example.org \t\r\n\r\n", HELLO);
    expect_answer("GET / HTTP/1.1\r\nHost: [::1]:4242\r\nX-Empty:\r\nX-Text: \xe4\r\n\r\n", HELLO);
}

static void a_head_is_answered_without_its_body(void **state)
{
    (void)state;
    char headers[sizeof HELLO];
    snprintf(headers, sizeof headers, "%.*s", (int)(sizeof HELLO - 1 - 12), HELLO);
    expect_answer("HEAD / HTTP/1.1\r\nHost: localhost:4242\r\n\r\n", headers);
    expect_answer("HEAD / HTTP/1.1\r\nHost: localhost:4242\r\nRange: bytes=0-1\r\n\r\n", headers);
}

static void requests_are_answered_in_their_order(void **state)
{
    (void)state;
    expect_http(GET("/") "\r\n" GET("/none") "\r\n\r\n\r\n" GET("/") "\r\n",
                "ANSWERED\nANSWERED\nANSWERED\n", HELLO NOT_FOUND HELLO);
}

static void one_at_a_time(void **state)
{
    (void)state;
    struct run run;
    struct cw_slice in = cw_slice_str(GET("/") "\r\n" GET("/none") "\r\n");
    size_t whole = in.n;
    start_http(&run);
    asked = 0;
    struct cw_framer_event event = cw_framer_input(run.framer, &in, &run.out);
    assert_int_equal(event.type, CW_FRAMER_ANSWERED);
    assert_int_equal(whole - in.n, strlen(GET("/") "\r\n"));
    assert_int_equal(asked, 1);
    event = cw_framer_input(run.framer, &in, &run.out);
    assert_int_equal(event.type, CW_FRAMER_ANSWERED);
    event = cw_framer_input(run.framer, &in, &run.out);
    assert_int_equal(event.type, CW_FRAMER_NEED_MORE);
    assert_int_equal(asked, 2);
    stop_http(&run);
}

static void the_connection_ends_when_the_peer_says_so(void **state)
{
    (void)state;
    static const char closing[] = CLOSING("404 Not Found", "13", "no such page");
    expect_http(GET("/none") "Connection: close\r\n\r\n" GET("/") "\r\n", "CLOSED\n", closing);
    expect_http(GET("/none") "Connection: x, Close\r\n\r\n", "CLOSED\n", closing);
    expect_http("GET /none HTTP/1.0\r\nHost: chat.example.org\r\n\r\n", "CLOSED\n", closing);
    expect_http("GET /none HTTP/1.0\r\nHost: chat.example.org\r\nConnection: keep-alive\r\n\r\n",
                "CLOSED\n", closing);
}

static void the_site_sees_what_came(void **state)
{
    (void)state;
    expect_answer(GET("/a/../b%2e?x=%00&y") "\r\n", NOT_FOUND);
    assert_string_equal(asked_for, "/a/../b%2e /a/../b%2e?x=%00&y");
    expect_answer(GET("//evil.example/") "\r\n", NOT_FOUND);
    assert_string_equal(asked_for, "//evil.example/ //evil.example/");
}

static void an_absolute_target_names_the_host(void **state)
{
    (void)state;
    expect_answer("GET http://chat.example.org/none?x HTTP/1.1\r\nHost: other\r\n\r\n", NOT_FOUND);
    assert_string_equal(asked_for, "/none /none?x");
    expect_answer("GET HTTPS://LOCALHOST:4242 HTTP/1.1\r\nHost: other\r\n\r\n", HELLO);
    static const char misdirected[] =
        CLOSING("421 Misdirected Request", "81",
                "this host name is not configured: whoever runs the server adds it as public_name");
    static const char event[] =
        "FAILED this host name is not configured: whoever runs the server adds it as public_name\n";
    expect_http("GET http://other/ HTTP/1.1\r\nHost: chat.example.org\r\n\r\n", event, misdirected);
    expect_http("GET http://a@chat.example.org/ HTTP/1.1\r\nHost: chat.example.org\r\n\r\n", event,
                misdirected);
}

/* --- what the peer has already ---------------------------------------------------------------- */

#define NOT_MODIFIED(tag)                                                                          \
    "HTTP/1.1 304 Not Modified\r\nAccept-Ranges: bytes\r\nVary: Accept-Encoding\r\nETag: " tag     \
    "\r\nCache-Control: no-cache\r\nX-Site: toy\r\n\r\n"

static void what_the_peer_has_is_not_sent_again(void **state)
{
    (void)state;
    expect_answer(GET("/") "If-None-Match: \"v1\"\r\n\r\n", NOT_MODIFIED("\"v1\""));
    expect_answer(GET("/") "If-None-Match: \"v0\", W/\"v1\"\r\n\r\n", NOT_MODIFIED("\"v1\""));
    expect_answer(GET("/") "If-None-Match: *\r\n\r\n", NOT_MODIFIED("\"v1\""));
    expect_answer(GET("/") "If-None-Match: \"v1-gzip\"\r\nAccept-Encoding: gzip\r\n\r\n",
                  NOT_MODIFIED("\"v1-gzip\""));
    expect_answer(GET("/") "If-None-Match: \"v0\"\r\n\r\n", HELLO);
    expect_answer(GET("/") "If-None-Match: v1\r\n\r\n", HELLO);
    expect_answer(GET("/none") "If-None-Match: *\r\n\r\n", NOT_FOUND);
    expect_answer(GET("/gone") "If-None-Match: \"v1\"\r\n\r\n",
                  TEXT("404 Not Found", "13", "ETag: \"v1\"\r\n", "no such page"));
}

static void compressed_where_it_is_wanted(void **state)
{
    (void)state;
    static const char compressed[] =
        "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\n"
        "Content-Length: 4\r\nAccept-Ranges: bytes\r\nVary: Accept-Encoding\r\n"
        "ETag: \"v1-gzip\"\r\nCache-Control: no-cache\r\nX-Site: toy\r\n\r\ngzip";
    expect_answer(GET("/") "Accept-Encoding: gzip\r\n\r\n", compressed);
    expect_answer(GET("/") "Accept-Encoding: br, GZIP ; q=0.5, x\r\n\r\n", compressed);
    expect_answer(GET("/") "Accept-Encoding: br\r\nAccept-Encoding: gzip\r\n\r\n", compressed);
    expect_answer(GET("/") "Accept-Encoding: gzip;q=0\r\n\r\n", HELLO);
    expect_answer(GET("/") "Accept-Encoding: gzip; q=0.000\r\n\r\n", HELLO);
    expect_answer(GET("/") "Accept-Encoding: *, xgzip\r\n\r\n", HELLO);
    expect_answer(GET("/none") "Accept-Encoding: gzip\r\n\r\n", NOT_FOUND);
}

#define PART(range, length, body)                                                                  \
    "HTTP/1.1 206 Partial Content\r\nContent-Type: text/html\r\nContent-Range: bytes " range       \
    "/12\r\nContent-Length: " length "\r\nAccept-Ranges: bytes\r\nVary: Accept-Encoding\r\n"       \
    "ETag: \"v1\"\r\nCache-Control: no-cache\r\nX-Site: toy\r\n\r\n" body

#define NO_PART                                                                                    \
    "HTTP/1.1 416 Range Not Satisfiable\r\nContent-Range: bytes */12\r\nContent-Length: 0\r\n"     \
    "Accept-Ranges: bytes\r\nVary: Accept-Encoding\r\nETag: \"v1\"\r\nCache-Control: "             \
    "no-cache\r\nX-Site: toy\r\n\r\n"

static void a_part_is_sent(void **state)
{
    (void)state;
    expect_answer(GET("/") "Range: bytes=0-0\r\n\r\n", PART("0-0", "1", "h"));
    expect_answer(GET("/") "Range: bytes=7-\r\n\r\n", PART("7-11", "5", "world"));
    expect_answer(GET("/") "Range: bytes=7-99999999999999999999\r\n\r\n",
                  PART("7-11", "5", "world"));
    expect_answer(GET("/") "Range: bytes=7-18446744073709551624\r\n\r\n", /* 2^64 + 8 */
                  PART("7-11", "5", "world"));
    expect_answer(GET("/") "Range: bytes=-5\r\n\r\n", PART("7-11", "5", "world"));
    expect_answer(GET("/") "Range: bytes=-13\r\n\r\n", PART("0-11", "12", "hello, world"));
    expect_answer(GET("/") "Range: Bytes=0-1\r\nAccept-Encoding: gzip\r\n\r\n",
                  PART("0-1", "2", "he"));
    expect_answer(GET("/") "Range: bytes=0-1\r\nIf-Range: \"v1\"\r\n\r\n", PART("0-1", "2", "he"));
    expect_answer(GET("/") "Range: bytes=12-\r\n\r\n", NO_PART);
    expect_answer(GET("/") "Range: bytes=18446744073709551615-18446744073709551615\r\n\r\n",
                  NO_PART);
    expect_answer(GET("/") "Range: bytes=-0\r\n\r\n", NO_PART);
}

static void what_is_no_range_is_ignored(void **state)
{
    (void)state;
    static const char *const ranges[] = {"bytes=", "bytes=-",    "bytes=2-1", "bytes=0-1,3-4",
                                         "0-1",    "lines=0-1",  "bytes=a-b", "bytes=0-1x",
                                         "bytes",  "bytes= 0-1", "bytes=--1", "bytes=0"};
    for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++) {
        char request[128];
        snprintf(request, sizeof request, GET("/") "Range: %s\r\n\r\n", ranges[i]);
        expect_answer(request, HELLO);
    }
    expect_answer(GET("/") "Range: bytes=0-1\r\nIf-Range: \"v0\"\r\n\r\n", HELLO);
    expect_answer(GET("/") "Range: bytes=0-1\r\nIf-Range: W/\"v1\"\r\n\r\n", HELLO);
    expect_answer(GET("/none") "Range: bytes=0-1\r\n\r\n", NOT_FOUND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_get_is_answered),
        cmocka_unit_test(a_head_is_answered_without_its_body),
        cmocka_unit_test(requests_are_answered_in_their_order),
        cmocka_unit_test(one_at_a_time),
        cmocka_unit_test(the_connection_ends_when_the_peer_says_so),
        cmocka_unit_test(the_site_sees_what_came),
        cmocka_unit_test(an_absolute_target_names_the_host),
        cmocka_unit_test(what_the_peer_has_is_not_sent_again),
        cmocka_unit_test(compressed_where_it_is_wanted),
        cmocka_unit_test(a_part_is_sent),
        cmocka_unit_test(what_is_no_range_is_ignored),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
