/* test_http_refused.c - HTTP requests that are refused: what two programs may read in two ways,
 * what is too long, and what is not for this server. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "http_play.h"

/* --- what is refused ------------------------------------------------------------------------- */

static void lines_that_others_read_in_two_ways_are_refused(void **state)
{
    (void)state;
    static const char *const requests[] = {
        "GET / HTTP/1.1\nHost: chat.example.org\n\n",
        GET("/") "\n",
        GET("/") "\r\r\n",
        GET("/") "X: a\rb\r\n\r\n",
        GET("/") "X: a\r\n folded\r\n\r\n",
        GET("/") "X: a\r\n\tfolded\r\n\r\n",
        GET("/") " X: a\r\n\r\n",
        GET("/") "X: \x01\r\n\r\n",
        GET("/") "X: \x7f\r\n\r\n",
        "\r\n GET / HTTP/1.1\r\n",
        "\n",
        "\x01",
    };
    for (size_t i = 0; i < sizeof requests / sizeof requests[0]; i++)
        expect_refusal(requests[i], BAD_REQUEST, "an HTTP request has a malformed line");
}

static void a_zero_octet_is_refused(void **state)
{
    (void)state;
    static const char request[] = GET("/") "X: a\0b\r\n\r\n";
    for (size_t cut = 1; cut < sizeof request; cut++)
        play(cw_slice_of(request, sizeof request - 1), cut, sizeof request,
             "FAILED an HTTP request has a malformed line\n",
             CLOSING(BAD_REQUEST, "37", "an HTTP request has a malformed line"));
}

static void headers_must_be_clear(void **state)
{
    (void)state;
    expect_refusal(GET("/") "Host: chat.example.org\r\n\r\n", BAD_REQUEST,
                   "an HTTP request has a header twice");
    expect_refusal(GET("/") "Origin: a\r\nOrigin:\r\n\r\n", BAD_REQUEST,
                   "an HTTP request has a header twice");
    expect_refusal(GET("/") "A b: c\r\n\r\n", BAD_REQUEST,
                   "an HTTP request has a malformed header name");
    expect_refusal(GET("/") "Host : chat.example.org\r\n\r\n", BAD_REQUEST,
                   "an HTTP request has a malformed header name");
    expect_refusal(GET("/") "no colon\r\n\r\n", BAD_REQUEST, "an HTTP request is malformed");
    expect_refusal("GET / HTTP/1.1\r\n\r\n", BAD_REQUEST, "an HTTP request has no Host header");
    expect_refusal("GET / HTTP/1.0\r\n\r\n", BAD_REQUEST, "an HTTP request has no Host header");
}

static void other_hosts_are_refused_for_every_path(void **state)
{
    (void)state;
    static const char *const others[] = {"",
                                         "evil.example",
                                         "chat.example.org.",
                                         "chat.example.org:443",
                                         "xchat.example.org",
                                         "localhost",
                                         "localhost:4243",
                                         "127.0.0.1:4242",
                                         "[::1]"};
    static const char *const paths[] = {"/", "/ws", "/.well-known/acme-challenge/x"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        char request[128];
        snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: %s\r\n\r\n", paths[i % 3],
                 others[i]);
        expect_refusal(
            request, "421 Misdirected Request",
            "this host name is not configured: whoever runs the server adds it as public_name");
    }
}

static void bodies_are_refused(void **state)
{
    (void)state;
    expect_refusal(GET("/") "Content-Length: 1\r\n\r\n", "413 Content Too Large",
                   "an HTTP request of GET or HEAD has a body");
    expect_refusal(GET("/") "Transfer-Encoding: chunked\r\n\r\n", "413 Content Too Large",
                   "an HTTP request of GET or HEAD has a body");
    static const char *const unclear[] = {
        "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n",
        "Content-Length: 1\r\nContent-Length: 2\r\n\r\n",
        "Content-Length: -1\r\n\r\n",
        "Content-Length: 99999999999999999999\r\n\r\n",
        "Content-Length: 1,2\r\n\r\n",
    };
    for (size_t i = 0; i < sizeof unclear / sizeof unclear[0]; i++) {
        char request[256];
        snprintf(request, sizeof request, GET("/") "%s", unclear[i]);
        expect_refusal(request, BAD_REQUEST, "an HTTP request has a body of unclear length");
    }
}

static void other_methods_are_refused(void **state)
{
    (void)state;
    static const char allowed[] = TEXT("405 Method Not Allowed", "35", "Allow: GET, HEAD\r\n",
                                       "only GET and HEAD are allowed here");
    static const char closing[] =
        TEXT("405 Method Not Allowed\r\nConnection: close", "35", "Allow: GET, HEAD\r\n",
             "only GET and HEAD are allowed here");
    expect_answer("OPTIONS * HTTP/1.1\r\nHost: localhost:4242\r\n\r\n", allowed);
    expect_answer("POST /ws HTTP/1.1\r\nHost: localhost:4242\r\nContent-Length: 0\r\n\r\n",
                  allowed);
    expect_answer("CONNECT localhost:4242 HTTP/1.1\r\nHost: localhost:4242\r\n\r\n", allowed);
    expect_http("PUT / HTTP/1.1\r\nHost: localhost:4242\r\nContent-Length: 3\r\n\r\nabc",
                "CLOSED\n", closing);
    expect_refusal("SAVE / HTTP/1.1\r\nHost: localhost:4242\r\n\r\n", "501 Not Implemented",
                   "an HTTP request has an unknown method");
}

static void other_versions_are_refused(void **state)
{
    (void)state;
    static const char *const requests[] = {
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "GET / HTTP/2.0\r\nHost: localhost:4242\r\n\r\n",
        "GET / HTTP/0.9\r\nHost: localhost:4242\r\n\r\n", "GET /\r\n\r\n"};
    for (size_t i = 0; i < sizeof requests / sizeof requests[0]; i++)
        expect_refusal(requests[i], "505 HTTP Version Not Supported",
                       "an HTTP request is not of HTTP/1.1");
}

static void targets_must_be_urls(void **state)
{
    (void)state;
    static const char *const targets[] = {"*",         "x",     "/%",    "/%2", "/%g0", "/?%4",
                                          "/\xc3\xa4", "/a\"b", "/a\\b", "/#a", "/{a}"};
    for (size_t i = 0; i < sizeof targets / sizeof targets[0]; i++) {
        char request[128];
        struct run run;
        snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: localhost:4242\r\n\r\n",
                 targets[i]);
        start_http(&run);
        feed_http(&run, cw_slice_str(request));
        assert_memory_equal(run.out.p, "HTTP/1.1 400 ", 13);
        assert_memory_equal(run.events.p, "FAILED", 6);
        stop_http(&run);
    }
}

/* A head of n bytes in all, with padding in the target or in a header. */
static char *long_head(size_t n, bool in_target)
{
    const char *begin = in_target ? "GET /" : GET("/none") "X: ";
    const char *end = in_target ? " HTTP/1.1\r\nHost: localhost:4242\r\n\r\n" : "\r\n\r\n";
    char *head = cw_alloc(n + 1);
    memset(head, 'x', n);
    memcpy(head, begin, strlen(begin));
    memcpy(head + n - strlen(end), end, strlen(end) + 1);
    return head;
}

static void play_long(size_t n, bool in_target, const char *events, const char *out)
{
    char *head = long_head(n, in_target);
    play(cw_slice_str(head), n, n, events, out);
    play(cw_slice_str(head), 1, 1, events, out);
    play(cw_slice_str(head), 4000, 1000, events, out);
    free(head);
}

static void a_head_has_8_kib(void **state)
{
    (void)state;
    play_long(CW_HTTP_HEAD_MAX, false, "ANSWERED\n", NOT_FOUND);
    play_long(CW_HTTP_HEAD_MAX, true, "ANSWERED\n", NOT_FOUND);
    play_long(CW_HTTP_HEAD_MAX + 1, false, "FAILED the head of an HTTP request is too long\n",
              CLOSING("431 Request Header Fields Too Large", "40",
                      "the head of an HTTP request is too long"));
    play_long(CW_HTTP_HEAD_MAX + 100, true, "FAILED the target of an HTTP request is too long\n",
              CLOSING("414 URI Too Long", "42", "the target of an HTTP request is too long"));
}

static void a_head_has_64_headers(void **state)
{
    (void)state;
    char request[1024] = GET("/none");
    for (unsigned i = 1; i < CW_HTTP_HEADERS_MAX; i++)
        strcat(request, "X: 1\r\n");
    size_t n = strlen(request);
    strcpy(request + n, "\r\n");
    play(cw_slice_str(request), 1, 1, "ANSWERED\n", NOT_FOUND);
    strcpy(request + n, "X: 1\r\n\r\n");
    play(cw_slice_str(request), 1, 1, "FAILED an HTTP request has too many headers\n",
         CLOSING("431 Request Header Fields Too Large", "37",
                 "an HTTP request has too many headers"));
}

static void what_is_over_stays_over(void **state)
{
    (void)state;
    struct run run;
    start_http(&run);
    feed_http(&run, cw_slice_str(GET("/none") "Connection: close\r\n\r\n"));
    run.out.n = run.events.n = 0;
    feed_http(&run, cw_slice_str(GET("/") "\r\n"));
    assert_noted(&run.events, "FAILED the connection is over\n");
    assert_int_equal(run.out.n, 0);
    stop_http(&run);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_that_others_read_in_two_ways_are_refused),
        cmocka_unit_test(a_zero_octet_is_refused),
        cmocka_unit_test(headers_must_be_clear),
        cmocka_unit_test(other_hosts_are_refused_for_every_path),
        cmocka_unit_test(bodies_are_refused),
        cmocka_unit_test(other_methods_are_refused),
        cmocka_unit_test(other_versions_are_refused),
        cmocka_unit_test(targets_must_be_urls),
        cmocka_unit_test(a_head_has_8_kib),
        cmocka_unit_test(a_head_has_64_headers),
        cmocka_unit_test(what_is_over_stays_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
