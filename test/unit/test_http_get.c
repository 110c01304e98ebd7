/* test_http_get.c - a client's one GET: its bytes, and what it makes of answers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/limits.h"
#include "frame/http_get.h"

#define BODY_MAX 20

/* What an answer that comes in pieces becomes: "MESSAGE ...", "FAILED ..." or "". */
static void hear_answer(const char *answer, size_t piece, char *heard, size_t size)
{
    struct cw_framer *get =
        cw_http_get_create(cw_slice_str("chat.example:1"), cw_slice_str("/a"), BODY_MAX);
    struct cw_buf out = {0};
    struct cw_framer_event event = {.type = CW_FRAMER_NEED_MORE};
    size_t n = strlen(answer);
    cw_framer_start(get, &out);
    heard[0] = 0;
    for (size_t at = 0; at < n && event.type == CW_FRAMER_NEED_MORE; at += piece) {
        struct cw_slice in = cw_slice_of(answer + at, n - at < piece ? n - at : piece);
        struct cw_slice nothing = {0};
        event = cw_framer_input(get, &in, &out);
        assert_int_equal(in.n, 0);
        if (event.type == CW_FRAMER_NEED_MORE) /* as from TLS */
            assert_int_equal(cw_framer_input(get, &nothing, &out).type, CW_FRAMER_NEED_MORE);
    }
    if (event.type == CW_FRAMER_MESSAGE)
        snprintf(heard, size, "MESSAGE %.*s", (int)event.body.n, (const char *)event.body.p);
    if (event.type == CW_FRAMER_FAILED)
        snprintf(heard, size, "FAILED %s", event.reason);
    if (event.type != CW_FRAMER_NEED_MORE) {
        struct cw_slice more = cw_slice_str("more");
        assert_int_equal(cw_framer_input(get, &more, &out).type, CW_FRAMER_CLOSED);
    }
    cw_buf_finish(&out);
    cw_framer_destroy(get);
}

static void the_request(void **state)
{
    (void)state;
    static const char expected[] =
        "GET /a HTTP/1.1\r\nHost: chat.example:1\r\nConnection: close\r\n\r\n";
    struct cw_framer *get =
        cw_http_get_create(cw_slice_str("chat.example:1"), cw_slice_str("/a"), BODY_MAX);
    struct cw_buf out = {0};
    cw_framer_start(get, &out);
    assert_int_equal(out.n, sizeof expected - 1);
    assert_memory_equal(out.p, expected, out.n);
    cw_buf_finish(&out);
    cw_framer_destroy(get);
}

static void answers(void **state)
{
    (void)state;
    static const struct {
        const char *answer, *heard;
    } cases[] = {
        {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", "MESSAGE hello"},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n",
         "MESSAGE hello"},
        {"HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n01234567890123456789",
         "MESSAGE 01234567890123456789"},
        {"HTTP/1.1 200 OK\r\nContent-Length: 21\r\n\r\n012345678901234567890",
         "FAILED the server does not answer in HTTP/1.1"},
        {"HTTP/1.1 421 Misdirected Request\r\nContent-Length: 0\r\n\r\n",
         "FAILED the server does not serve this name, but one that its operator has set (HTTP "
         "status 421)"},
        {"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n",
         "FAILED the server answered with HTTP status 404"},
        {"HTTP/1.1 308 Moved\r\nLocation: /b\r\nContent-Length: 0\r\n\r\n",
         "FAILED the server answered with HTTP status 308"},
        {"SSH-2.0-OpenSSH\r\n", "FAILED the server does not answer in HTTP/1.1"},
        {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell", ""},
    };
    char heard[128];
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        for (size_t piece = 1; piece < 100; piece += 33) {
            hear_answer(cases[i].answer, piece, heard, sizeof heard);
            assert_string_equal(heard, cases[i].heard);
        }
}

static void a_head_without_end(void **state)
{
    (void)state;
    size_t n = CW_HTTP_HEAD_MAX + BODY_MAX + 100;
    char *answer = malloc(n + 1), heard[128];
    assert_non_null(answer);
    memset(answer, 'x', n);
    memcpy(answer, "HTTP/1.1 200 OK\r\nX: ", 20);
    answer[n] = 0;
    hear_answer(answer, 1000, heard, sizeof heard);
    assert_string_equal(heard, "FAILED the server's HTTP answer is too long");
    free(answer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_request),
        cmocka_unit_test(answers),
        cmocka_unit_test(a_head_without_end),
    };
    return cmocka_run_group_tests_name("http_get", tests, NULL, NULL);
}
