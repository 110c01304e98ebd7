/* test_http_post.c - POST: where a site takes it, it is reported with its whole body, and answered
 * by the owner; what is refused before a body is read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "frame/http_head.h"
#include "http_play.h"

static struct cw_http_site posting;

static int set_up(void **state)
{
    (void)state;
    posting = site;
    posting.post_path = "/hook";
    posting.post_max = 10;
    played_site = &posting;
    return 0;
}

#define POST(path) "POST " path " HTTP/1.1\r\nHost: chat.example.org\r\n"

/* Feeds in pieces until a POST is reported. */
static const struct cw_http_post *post(struct run *run, struct cw_slice *in, size_t piece)
{
    struct cw_framer_event event = {.type = CW_FRAMER_NEED_MORE};
    while (in->n != 0 && event.type == CW_FRAMER_NEED_MORE) {
        struct cw_slice some = cw_slice_of(in->p, in->n < piece ? in->n : piece);
        size_t n = some.n;
        event = cw_framer_input(run->framer, &some, &run->out);
        n -= some.n;
        *in = cw_slice_of(in->p + n, in->n - n);
    }
    assert_int_equal(event.type, CW_FRAMER_POSTED);
    return event.post;
}

static void assert_text(struct cw_slice s, const char *expected)
{
    assert_int_equal(s.n, strlen(expected));
    assert_memory_equal(s.p, expected, s.n);
}

static void a_post_is_reported_with_its_body(void **state)
{
    (void)state;
    static const char two[] =
        POST("/hook/x?y") "Content-Length: 5\r\nAuthorization: Bearer z\r\n\r\n"
                          "12345" POST("/hook") "Content-Length: 0\r\n\r\n";
    for (size_t piece = 1; piece < sizeof two; piece++) {
        struct run run;
        struct cw_slice in = cw_slice_str(two);
        struct cw_http_answer answer = {.status = 429, .type = "a/b", .body = cw_slice_str("c")};
        start_http(&run);
        const struct cw_http_post *first = post(&run, &in, piece);
        assert_text(first->path, "/hook/x");
        assert_text(first->authorization, "Bearer z");
        assert_text(first->body, "12345");
        assert_int_equal(run.out.n, 0);
        assert_false(cw_framer_answer(run.framer, &answer, &run.out));
        assert_text(cw_buf_slice(&run.out),
                    "HTTP/1.1 429 Too Many Requests\r\nContent-Type: a/b\r\n"
                    "Content-Length: 1\r\nCache-Control: no-cache\r\nX-Site: toy\r\n\r\nc");
        const struct cw_http_post *second = post(&run, &in, piece);
        assert_text(second->path, "/hook");
        assert_int_equal(second->body.n, 0);
        assert_int_equal(in.n, 0);
        stop_http(&run);
    }
}

static void the_body_is_asked_for(void **state)
{
    (void)state;
    struct run run;
    struct cw_slice in = cw_slice_str(POST("/hook/x") "Connection: close\r\nContent-Length: 1\r\n"
                                                      "Expect: 100-continue\r\n\r\n"),
                    body = cw_slice_str("1");
    struct cw_http_answer answer = {.status = 200};
    start_http(&run);
    assert_int_equal(cw_framer_input(run.framer, &in, &run.out).type, CW_FRAMER_NEED_MORE);
    assert_text(cw_buf_slice(&run.out), "HTTP/1.1 100 Continue\r\n\r\n");
    assert_text(post(&run, &body, 1)->body, "1");
    assert_true(cw_framer_answer(run.framer, &answer, &run.out));
    stop_http(&run);
}

/* A proxy may send requests of several clients by one connection. */
static void a_post_through_a_proxy_names_its_client(void **state)
{
    (void)state;
    struct run run;
    struct cw_slice in = cw_slice_str(POST("/hook/x") "X-Forwarded-For: 192.0.2.7\r\n"
                                                      "X-Forwarded-For: 192.0.2.8\r\n"
                                                      "Content-Length: 1\r\n\r\n1");
    struct cw_http_answer answer = {.status = 200};
    posting.forwarded_header = "X-Forwarded-For";
    start_http(&run);
    assert_text(post(&run, &in, 7)->forwarded, "192.0.2.7, 192.0.2.8");
    assert_true(cw_framer_answer(run.framer, &answer, &run.out));
    stop_http(&run);
    expect_refusal(POST("/hook/x") "Content-Length: 1\r\n\r\n", "400 Bad Request",
                   "an HTTP POST through a proxy has no client address");
}

static void what_is_no_post_here(void **state)
{
    (void)state;
    expect_refusal(POST("/hook/x") "Content-Length: 11\r\n\r\n", "413 Content Too Large",
                   "the body of an HTTP POST is too long");
    expect_refusal(POST("/hook/x") "Content-Length: 4294967297\r\n\r\n", "413 Content Too Large",
                   "the body of an HTTP POST is too long");
    expect_refusal(POST("/hook/x") "Transfer-Encoding: chunked\r\n\r\n", "411 Length Required",
                   "an HTTP POST does not tell the length of its body");
    expect_refusal(POST("/hook/x") "Origin: https://evil.example\r\nContent-Length: 1\r\n\r\n",
                   "403 Forbidden", "an HTTP POST comes from a page of another site");
    expect_refusal(POST("/hook/x") "Origin: null\r\nContent-Length: 1\r\n\r\n", "403 Forbidden",
                   "an HTTP POST comes from a page of another site");
    expect_refusal(
        "POST /hook/x HTTP/1.1\r\nHost: evil.example\r\nContent-Length: 1\r\n\r\n",
        "421 Misdirected Request",
        "this host name is not configured: whoever runs the server adds it as public_name");
    expect_http(
        POST("/hooks") "Content-Length: 0\r\n\r\n", "ANSWERED\n",
        "HTTP/1.1 405 Method Not Allowed\r\nContent-Type: text/plain; charset=utf-8\r\n"
        "Content-Length: 35\r\nAllow: GET, HEAD\r\nCache-Control: no-cache\r\nX-Site: toy\r\n\r\n"
        "only GET and HEAD are allowed here\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_post_is_reported_with_its_body, set_up),
        cmocka_unit_test_setup(the_body_is_asked_for, set_up),
        cmocka_unit_test_setup(a_post_through_a_proxy_names_its_client, set_up),
        cmocka_unit_test_setup(what_is_no_post_here, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
