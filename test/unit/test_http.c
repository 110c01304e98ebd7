/* test_http.c - the framer of HTTP, byte for byte. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "frame/http.h"
#include "frame/websocket.h"
#include "framer_play.h"

#define MESSAGE_MAX 300
#define GET(path)   "GET " path " HTTP/1.1\r\nHost: chat.example.org\r\n"

/* --- a site of two pages ------------------------------------------------------------------ */

static unsigned asked;
static char asked_for[CW_HTTP_HEAD_MAX];

static void answer_of_toy(void *context, const struct cw_http_request *request,
                          struct cw_http_answer *answer)
{
    assert_ptr_equal(context, &asked);
    asked++;
    snprintf(asked_for, sizeof asked_for, "%.*s %.*s", (int)request->path.n, request->path.p,
             (int)request->target.n, request->target.p);
    if (cw_slice_eq(request->path, cw_slice_str("/"))) {
        answer->status = 200;
        answer->type = "text/html";
        answer->etag = "v1";
        answer->body = cw_slice_str("hello, world");
        answer->gzip = cw_slice_str("gzip");
    } else if (cw_slice_eq(request->path, cw_slice_str("/made"))) {
        answer->status = 200;
        cw_buf_append(&answer->headers, "X-Made: 1\r\n", 11);
        cw_buf_append(&answer->memory, "made", 4);
        answer->body = cw_buf_slice(&answer->memory);
    } else {
        answer->etag = cw_slice_eq(request->path, cw_slice_str("/gone")) ? "v1" : NULL;
        cw_http_answer_text(answer, 404, "no such page\n");
    }
}

static const char *const hosts[] = {"chat.example.org", "localhost:4242", "[::1]:4242"};
static const char *const origins[] = {"https://chat.example.org", "http://localhost:4242"};
static const struct cw_http_site site = {.context = &asked,
                                         .answer = answer_of_toy,
                                         .hosts = hosts,
                                         .host_count = 3,
                                         .origins = origins,
                                         .origin_count = 2,
                                         .upgrades = true,
                                         .headers = "X-Site: toy\r\n"};

static const struct cw_http_site *played_site = &site;

#define HELLO                                                                                      \
    "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 12\r\nAccept-Ranges: bytes\r\n" \
    "Vary: Accept-Encoding\r\nETag: \"v1\"\r\nX-Site: toy\r\n\r\nhello, world"
#define TEXT(status, length, more, sentence)                                                       \
    "HTTP/1.1 " status "\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: " length    \
    "\r\n" more "X-Site: toy\r\n\r\n" sentence "\n"
#define NOT_FOUND                         TEXT("404 Not Found", "13", "", "no such page")
#define CLOSING(status, length, sentence) TEXT(status "\r\nConnection: close", length, "", sentence)

/* --- playing -------------------------------------------------------------------------------- */

struct run {
    struct cw_framer *framer;
    struct cw_buf out, events;
};

static void start(struct run *run)
{
    *run = (struct run){.framer = cw_http_create(played_site, MESSAGE_MAX)};
    cw_framer_start(run->framer, &run->out);
    assert_int_equal(run->out.n, 0);
}

static void stop(struct run *run)
{
    cw_framer_destroy(run->framer);
    cw_buf_finish(&run->out);
    cw_buf_finish(&run->events);
}

static void feed(struct run *run, struct cw_slice bytes)
{
    play_bytes(run->framer, bytes.p, bytes.n, &run->out, &run->events);
}

static bool is_over(struct run *run)
{
    cw_buf_append_byte(&run->events, 0);
    run->events.n--;
    const char *events = (const char *)run->events.p;
    return strstr(events, "FAILED") != NULL || strstr(events, "CLOSED") != NULL;
}

static void assert_text(struct cw_buf *is, const char *text)
{
    cw_buf_append_byte(is, 0);
    assert_string_equal((const char *)is->p, text);
    is->n = 0;
}

/* The first piece has `first` octets, the others at most `rest`. */
static void play(struct cw_slice in, size_t first, size_t rest, const char *events, const char *out)
{
    struct run run;
    start(&run);
    for (size_t at = 0, n = first; at < in.n && !is_over(&run); at += n, n = rest) {
        if (n > in.n - at)
            n = in.n - at;
        feed(&run, cw_slice_of(in.p + at, n));
        assert_true(run.framer->partial.capacity <= 2 * CW_HTTP_HEAD_MAX);
    }
    assert_text(&run.events, events);
    assert_text(&run.out, out);
    stop(&run);
}

/* Cut in two at every place, octet by octet, and in small pieces: the same. */
static void expect(const char *request, const char *events, const char *out)
{
    struct cw_slice in = cw_slice_str(request);
    for (size_t cut = 1; cut <= in.n; cut++)
        play(in, cut, in.n, events, out);
    play(in, 1, 1, events, out);
    play(in, 5, 3, events, out);
}

/* Asserts an answer after which the connection stays open. */
static void expect_answer(const char *request, const char *out)
{
    expect(request, "ANSWERED\n", out);
}

/* --- requests --------------------------------------------------------------------------------- */

static void a_get_is_answered(void **state)
{
    (void)state;
    expect_answer(GET("/") "\r\n", HELLO);
    expect_answer(GET("/none") "\r\n", NOT_FOUND);
    expect_answer(GET("/made") "\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n"
                                       "Accept-Ranges: bytes\r\nX-Made: 1\r\n"
                                       "X-Site: toy\r\n\r\nmade");
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
    expect(GET("/") "\r\n" GET("/none") "\r\n\r\n\r\n" GET("/") "\r\n",
           "ANSWERED\nANSWERED\nANSWERED\n", HELLO NOT_FOUND HELLO);
}

static void one_at_a_time(void **state)
{
    (void)state;
    struct run run;
    struct cw_slice in = cw_slice_str(GET("/") "\r\n" GET("/none") "\r\n");
    size_t whole = in.n;
    start(&run);
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
    stop(&run);
}

static void the_connection_ends_when_the_peer_says_so(void **state)
{
    (void)state;
    static const char closing[] = CLOSING("404 Not Found", "13", "no such page");
    expect(GET("/none") "Connection: close\r\n\r\n" GET("/") "\r\n", "CLOSED\n", closing);
    expect(GET("/none") "Connection: x, Close\r\n\r\n", "CLOSED\n", closing);
    expect("GET /none HTTP/1.0\r\nHost: chat.example.org\r\n\r\n", "CLOSED\n", closing);
    expect("GET /none HTTP/1.0\r\nHost: chat.example.org\r\nConnection: keep-alive\r\n\r\n",
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
    static const char misdirected[] = CLOSING(
        "421 Misdirected Request", "53", "an HTTP request is for a host that is not configured");
    static const char event[] = "FAILED an HTTP request is for a host that is not configured\n";
    expect("GET http://other/ HTTP/1.1\r\nHost: chat.example.org\r\n\r\n", event, misdirected);
    expect("GET http://a@chat.example.org/ HTTP/1.1\r\nHost: chat.example.org\r\n\r\n", event,
           misdirected);
}

/* --- what is refused ------------------------------------------------------------------------- */

/* Asserts a refusal: this status, this reason for the peer and for the log, and the end of the
 * connection. */
static void expect_refusal(const char *request, const char *status, const char *reason)
{
    char events[128], out[512];
    snprintf(events, sizeof events, "FAILED %s\n", reason);
    snprintf(out, sizeof out,
             "HTTP/1.1 %s\r\nConnection: close\r\nContent-Type: text/plain; charset=utf-8\r\n"
             "Content-Length: %zu\r\nX-Site: toy\r\n\r\n%s\n",
             status, strlen(reason) + 1, reason);
    expect(request, events, out);
}

#define BAD_REQUEST "400 Bad Request"

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
        expect_refusal(request, "421 Misdirected Request",
                       "an HTTP request is for a host that is not configured");
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
    expect("PUT / HTTP/1.1\r\nHost: localhost:4242\r\nContent-Length: 3\r\n\r\nabc", "CLOSED\n",
           closing);
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
        start(&run);
        feed(&run, cw_slice_str(request));
        assert_memory_equal(run.out.p, "HTTP/1.1 400 ", 13);
        assert_memory_equal(run.events.p, "FAILED", 6);
        stop(&run);
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
    start(&run);
    feed(&run, cw_slice_str(GET("/none") "Connection: close\r\n\r\n"));
    run.out.n = run.events.n = 0;
    feed(&run, cw_slice_str(GET("/") "\r\n"));
    assert_text(&run.events, "FAILED the connection is over\n");
    assert_int_equal(run.out.n, 0);
    stop(&run);
}

/* --- what the peer has already ---------------------------------------------------------------- */

#define NOT_MODIFIED(tag)                                                                          \
    "HTTP/1.1 304 Not Modified\r\nAccept-Ranges: bytes\r\nVary: Accept-Encoding\r\nETag: " tag     \
    "\r\nX-Site: toy\r\n\r\n"

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
        "ETag: \"v1-gzip\"\r\nX-Site: toy\r\n\r\ngzip";
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
    "ETag: \"v1\"\r\nX-Site: toy\r\n\r\n" body
#define NO_PART                                                                                    \
    "HTTP/1.1 416 Range Not Satisfiable\r\nContent-Range: bytes */12\r\nContent-Length: 0\r\n"     \
    "Accept-Ranges: bytes\r\nVary: Accept-Encoding\r\nETag: \"v1\"\r\nX-Site: toy\r\n\r\n"

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
    expect(UPGRADE "\r\n", "READY\n", SWITCHING);
    expect(UPGRADE WS_ORIGIN "\r\n", "READY\n", SWITCHING);
    expect(GET("/ws?x") "connection: keep-alive, upgrade\r\nUPGRADE: h2c, WebSocket\r\n"
                        "Sec-WebSocket-Protocol: other, chinwag.1\r\n" WS_VERSION WS_KEY
                        "Sec-WebSocket-Extensions: permessage-deflate\r\n"
                        "Origin: http://localhost:4242\r\n\r\n",
           "READY\n", SWITCHING);
    /* A frame may follow at once: "Hello" in a masked binary frame. */
    expect(UPGRADE "\r\n\x82\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58",
           "READY\nMESSAGE 48656c6c6f\n", SWITCHING);
    expect(GET("/none") "\r\n" UPGRADE "\r\n", "ANSWERED\nREADY\n", NOT_FOUND SWITCHING);
}

static void the_owner_keeps_its_framer_and_its_limits(void **state)
{
    (void)state;
    struct run run;
    start(&run);
    struct cw_framer *framer = run.framer;
    framer->judged_max = 5000;
    framer->message_max = 4;
    assert_false(framer->proves_receipt || framer->takes_updates);
    feed(&run, cw_slice_str(UPGRADE "\r\n"));
    assert_int_equal(framer->judged_max, 5000);
    assert_int_equal(framer->message_max, 4);
    assert_true(framer->proves_receipt);
    assert_int_equal(framer->partial.capacity, 0);
    uint8_t header[CW_FRAMER_HEADER_MAX];
    assert_int_equal(cw_framer_header(framer, header + sizeof header, 5, false), 2);
    run.out.n = 0;
    cw_framer_probe(framer, 1, &run.out);
    assert_int_not_equal(run.out.n, 0);
    stop(&run);
}

static void before_an_upgrade_it_says_nothing_by_itself(void **state)
{
    (void)state;
    struct run run;
    start(&run);
    uint8_t header[CW_FRAMER_HEADER_MAX];
    assert_int_equal(cw_framer_header(run.framer, header + sizeof header, 5, false), 0);
    cw_framer_probe(run.framer, 1, &run.out);
    cw_framer_close(run.framer, &run.out);
    assert_int_equal(run.out.n, 0);
    assert_false(cw_framer_seals(run.framer));
    stop(&run);
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
        "Sec-WebSocket-Version: 13\r\nX-Site: toy\r\n\r\n");
}

/* HTTP/1.0 has no upgrade, and a connection that closes cannot be upgraded. */
static void what_closes_is_not_upgraded(void **state)
{
    (void)state;
    static const char wanted[] =
        TEXT("426 Upgrade Required\r\nConnection: close", "34",
             "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n",
             "this is a WebSocket of version 13");
    expect("GET /ws HTTP/1.0\r\nHost: localhost:4242\r\n" WS_WANTED WS_VERSION WS_KEY WS_PROTOCOL
           "\r\n",
           "CLOSED\n", wanted);
    expect(UPGRADE "Connection: close\r\n\r\n", "CLOSED\n", wanted);
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
    expect(UPGRADE "x-forwarded-for: 1.2.3.4 , 5\r\n\r\n", "READY312e322e332e34202c2035\n",
           SWITCHING);
    expect(UPGRADE "X-Forwarded-For: 1\r\nX-Forwarded-For: 2\r\n\r\n"
                   "\x82\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58",
           "READY312c2032\nMESSAGE 48656c6c6f\n", SWITCHING);
    expect(UPGRADE "X-Forwarded-For: 1\r\nX-Forwarded-For: \r\nX-Forwarded-For: 2\r\n"
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
    expect(UPGRADE "X-Forwarded-For: 1\r\n\r\n", "READY\n", SWITCHING);
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
        cmocka_unit_test(a_get_is_answered),
        cmocka_unit_test(a_head_is_answered_without_its_body),
        cmocka_unit_test(requests_are_answered_in_their_order),
        cmocka_unit_test(one_at_a_time),
        cmocka_unit_test(the_connection_ends_when_the_peer_says_so),
        cmocka_unit_test(the_site_sees_what_came),
        cmocka_unit_test(an_absolute_target_names_the_host),
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
        cmocka_unit_test(what_the_peer_has_is_not_sent_again),
        cmocka_unit_test(compressed_where_it_is_wanted),
        cmocka_unit_test(a_part_is_sent),
        cmocka_unit_test(what_is_no_range_is_ignored),
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
