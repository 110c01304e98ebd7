/* test_http_file.c - HTTP requests for files: which are reported to the owner, with what, the
 * bodies of PUTs, and the bytes of answers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "frame/http_file.h"
#include "http_play.h"

#define PUT(path) "PUT " path " HTTP/1.1\r\nHost: chat.example.org\r\n"

static struct cw_http_site files;

static int with_files(void **state)
{
    (void)state;
    files = site;
    files.file_headers = "X-File: toy\r\n";
    played_site = &files;
    return 0;
}

/* --- what is reported ---------------------------------------------------------------- */

/* The first event of a request. *run is the framer's, and keeps what the event points to. */
static const struct cw_http_asked *ask(struct run *run, struct cw_slice *in, const char *request)
{
    *in = cw_slice_str(request);
    start_http(run);
    struct cw_framer_event event = cw_framer_input(run->framer, in, &run->out);
    assert_int_equal(event.type, CW_FRAMER_ASKED);
    assert_int_equal(run->out.n, 0);
    return event.asked;
}

static void assert_is(struct cw_slice s, const char *text)
{
    assert_int_equal(s.n, strlen(text));
    assert_true(s.n == 0 || memcmp(s.p, text, s.n) == 0);
}

static void a_get_is_reported_with_what_it_wants(void **state)
{
    (void)state;
    struct run run;
    struct cw_slice in;
    const struct cw_http_asked *one =
        ask(&run, &in, GET("/f/7?a=1") "Range: bytes=0-1\r\nIf-Range: \"7\"\r\n\r\n");
    assert_is(one->target, "/f/7?a=1");
    assert_is(one->range, "bytes=0-1");
    assert_is(one->if_range, "\"7\"");
    assert_false(one->puts || one->wants_head || one->closes);
    stop_http(&run);
    one = ask(&run, &in, "HEAD /f/7 HTTP/1.0\r\nHost: chat.example.org\r\n\r\n");
    assert_true(one->wants_head && one->closes && !one->puts);
    stop_http(&run);
}

static void requests_follow_each_other(void **state)
{
    (void)state;
    expect_http(GET("/f/7") "\r\n" GET("/") "\r\n" GET("/f/8") "\r\n", "ASKED\nANSWERED\nASKED\n",
                HELLO);
}

static void not_for_every_use_of_a_browser(void **state)
{
    (void)state;
    expect_answer(GET("/f/7") "Sec-Fetch-Dest: script\r\n\r\n", NOT_FOUND);
    expect_answer(GET("/f/7") "Sec-Fetch-Dest: Image\r\n\r\n", NOT_FOUND);
    expect_http(GET("/f/7") "Sec-Fetch-Dest: image\r\n\r\n", "ASKED\n", "");
    expect_answer(GET("/f") "\r\n", NOT_FOUND);
    expect_answer(GET("/ff/7") "\r\n", NOT_FOUND);
    expect_refusal(GET("/f/7") "Content-Length: 1\r\n\r\nx", "413 Content Too Large",
                   "an HTTP request of GET or HEAD has a body");
}

static void without_files_the_path_is_like_others(void **state)
{
    (void)state;
    files.file_headers = NULL;
    expect_answer(GET("/f/7") "\r\n", NOT_FOUND);
    expect_http(PUT("/f/7") "\r\n", "ANSWERED\n",
                TEXT("405 Method Not Allowed", "35", "Allow: GET, HEAD\r\n",
                     "only GET and HEAD are allowed here"));
}

static void the_proxys_header_ends_the_connection(void **state)
{
    (void)state;
    struct run run;
    struct cw_slice in;
    files.forwarded_header = "X-Forwarded-For";
    const struct cw_http_asked *one =
        ask(&run, &in, GET("/f/7") "X-Forwarded-For: 1\r\nX-Forwarded-For: 2\r\n\r\n");
    assert_is(one->forwarded, "1, 2");
    assert_is(one->target, "/f/7");
    assert_true(one->closes);
    stop_http(&run);
}

/* --- bodies -------------------------------------------------------------------------- */

static void a_body_is_reported_in_pieces(void **state)
{
    (void)state;
    expect_http(PUT("/f/7") "Content-Length: 4\r\n\r\nsoup" GET("/") "\r\n",
                "ASKED\nPIECE 736f7570\nANSWERED\n", HELLO);
    enum { N = CW_FILE_CHUNK_MAX + 2 };
    struct run run;
    struct cw_slice in;
    struct cw_buf request = {0};
    cw_buf_append_str(&request, PUT("/f/7") "Content-Length: 49154\r\n\r\n");
    memset(cw_buf_reserve(&request, N), 'x', N);
    request.n += N;
    cw_buf_append_byte(&request, 0);
    const struct cw_http_asked *one = ask(&run, &in, (const char *)request.p);
    assert_true(one->puts && !one->awaits_continue);
    assert_int_equal(one->length, N);
    struct cw_framer_event event = cw_framer_input(run.framer, &in, &run.out);
    assert_int_equal(event.type, CW_FRAMER_PIECE);
    assert_int_equal(event.body.n, CW_FILE_CHUNK_MAX);
    event = cw_framer_input(run.framer, &in, &run.out);
    assert_int_equal(event.type, CW_FRAMER_PIECE);
    assert_int_equal(event.body.n, 2);
    assert_int_equal(cw_framer_input(run.framer, &in, &run.out).type, CW_FRAMER_NEED_MORE);
    stop_http(&run);
    cw_buf_finish(&request);
}

static void a_body_needs_its_length(void **state)
{
    (void)state;
    static const char reason[] = "a PUT needs a body, and its length";
    expect_refusal(PUT("/f/7") "Transfer-Encoding: chunked\r\n\r\n", "411 Length Required", reason);
    expect_refusal(PUT("/f/7") "\r\n", "411 Length Required", reason);
    expect_refusal(PUT("/f/7") "Content-Length: 0\r\n\r\n", "411 Length Required", reason);
    expect_refusal(PUT("/f/7") "Content-Length: 4\r\nContent-Length: 5\r\n\r\n", BAD_REQUEST,
                   "an HTTP request has a body of unclear length");
    expect_refusal(PUT("/f/7") "Content-Length: 4\r\nContent-Range: bytes 0-3/4\r\n"
                               "Content-Range: bytes 0-3/4\r\n\r\n",
                   BAD_REQUEST, "an HTTP request has a header twice");
}

static bool place(const char *range, uint64_t length, uint64_t *begin, uint64_t *size)
{
    struct cw_http_asked one = {.length = length, .content_range = cw_slice_str(range)};
    return cw_http_read_place(&one, begin, size);
}

static void the_place_of_a_body(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "bytes 4-7",   "bytes 4-7/7",   "bytes 4-8/12",  "bytes 7-4/12",
        "bytes */12",  "bytes 4-7/*",   "bytes4-7/12",   "items 4-7/12",
        "bytes -7/12", "bytes 4-7/12x", "bytes  4-7/12", "bytes 4-7/18446744073709551616x"};
    uint64_t begin, size;
    assert_true(place("", 4, &begin, &size) && begin == 0 && size == 4);
    assert_true(place("bytes 4-7/12", 4, &begin, &size) && begin == 4 && size == 12);
    assert_true(place("bytes 4-7/18446744073709551615", 4, &begin, &size) && size == UINT64_MAX);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_false(place(wrong[i], 4, &begin, &size));
}

/* --- answers ------------------------------------------------------------------------- */

static void expect_file(const char *range, const char *if_range, bool closes, bool any,
                        const char *wanted)
{
    struct cw_buf out = {0};
    struct cw_http_file file = {.site = &files,
                                .closes = closes,
                                .id = 7,
                                .size = 12,
                                .name = cw_slice_str("s\xc3\xbc \"x.bin"),
                                .type = cw_slice_str("image/png"),
                                .range = cw_slice_str(range),
                                .if_range = cw_slice_str(if_range)};
    uint64_t begin, end;
    assert_int_equal(cw_http_put_file(&out, &file, &begin, &end), any);
    cw_buf_append_byte(&out, 0);
    assert_string_equal((const char *)out.p, wanted);
    cw_buf_finish(&out);
}

#define ABOUT                                                                                      \
    "Accept-Ranges: bytes\r\nETag: \"7\"\r\nContent-Disposition: attachment; "                     \
    "filename=\"s__ _x.bin\"; filename*=UTF-8''s%C3%BC%20%22x.bin\r\nX-File: toy\r\n\r\n"
#define WHOLE "HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Length: 12\r\n" ABOUT

static void the_head_of_a_file(void **state)
{
    (void)state;
    expect_file("", "", false, true, WHOLE);
    expect_file("bytes=0-1", "\"8\"", false, true, WHOLE);
    expect_file("bytes=0-1,4-5", "", false, true, WHOLE);
    expect_file("bytes=3-", "\"7\"", true, true,
                "HTTP/1.1 206 Partial Content\r\nConnection: close\r\nContent-Range: bytes "
                "3-11/12\r\nContent-Type: image/png\r\nContent-Length: 9\r\n" ABOUT);
    expect_file("bytes=12-", "", false, false,
                "HTTP/1.1 416 Range Not Satisfiable\r\nContent-Range: bytes */12\r\n"
                "Content-Length: 0\r\n" ABOUT);
}

static void answers_without_a_file(void **state)
{
    (void)state;
    struct cw_buf out = {0};
    struct cw_http_asked one = {.site = &files};
    cw_http_put_no_file(&out, &one, 404, "no\n");
    one.wants_head = true;
    cw_http_put_no_file(&out, &one, 503, "no\n");
    one = (struct cw_http_asked){.site = &files, .puts = true, .closes = true};
    cw_http_put_continue(&out);
    cw_http_put_no_file(&out, &one, 204, "");
    cw_buf_append_byte(&out, 0);
    assert_string_equal(
        (const char *)out.p,
        "HTTP/1.1 404 Not Found\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 3\r\n"
        "X-File: toy\r\n\r\nno\n"
        "HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/plain; charset=utf-8\r\n"
        "Content-Length: 3\r\nX-File: toy\r\n\r\n"
        "HTTP/1.1 100 Continue\r\n\r\n"
        "HTTP/1.1 204 No Content\r\nConnection: close\r\nX-File: toy\r\n\r\n");
    cw_buf_finish(&out);
}

#define TEST_OF(function) cmocka_unit_test_setup(function, with_files)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_OF(a_get_is_reported_with_what_it_wants),
        TEST_OF(requests_follow_each_other),
        TEST_OF(not_for_every_use_of_a_browser),
        TEST_OF(without_files_the_path_is_like_others),
        TEST_OF(the_proxys_header_ends_the_connection),
        TEST_OF(a_body_is_reported_in_pieces),
        TEST_OF(a_body_needs_its_length),
        TEST_OF(the_place_of_a_body),
        TEST_OF(the_head_of_a_file),
        TEST_OF(answers_without_a_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
