/* http_play.c - see http_play.h. */
#include "http_play.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/limits.h"
#include "frame/http.h"

#define MESSAGE_MAX 300

unsigned asked;
char asked_for[CW_HTTP_HEAD_MAX];

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
const struct cw_http_site site = {.context = &asked,
                                  .answer = answer_of_toy,
                                  .hosts = hosts,
                                  .host_count = 3,
                                  .origins = origins,
                                  .origin_count = 2,
                                  .upgrades = true,
                                  .headers = "X-Site: toy\r\n"};
const struct cw_http_site *played_site = &site;

void start_http(struct run *run)
{
    *run = (struct run){.framer = cw_http_create(played_site, MESSAGE_MAX)};
    cw_framer_start(run->framer, &run->out);
    assert_int_equal(run->out.n, 0);
}

void stop_http(struct run *run)
{
    cw_framer_destroy(run->framer);
    cw_buf_finish(&run->out);
    cw_buf_finish(&run->events);
}

void feed_http(struct run *run, struct cw_slice bytes)
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

void play(struct cw_slice in, size_t first, size_t rest, const char *events, const char *out)
{
    struct run run;
    start_http(&run);
    for (size_t at = 0, n = first; at < in.n && !is_over(&run); at += n, n = rest) {
        if (n > in.n - at)
            n = in.n - at;
        feed_http(&run, cw_slice_of(in.p + at, n));
        assert_true(run.framer->partial.capacity <= 2 * CW_HTTP_HEAD_MAX);
    }
    assert_noted(&run.events, events);
    assert_noted(&run.out, out);
    stop_http(&run);
}

void expect_http(const char *request, const char *events, const char *out)
{
    struct cw_slice in = cw_slice_str(request);
    for (size_t cut = 1; cut <= in.n; cut++)
        play(in, cut, in.n, events, out);
    play(in, 1, 1, events, out);
    play(in, 5, 3, events, out);
}

void expect_answer(const char *request, const char *out)
{
    expect_http(request, "ANSWERED\n", out);
}

void expect_refusal(const char *request, const char *status, const char *reason)
{
    char events[128], out[512];
    snprintf(events, sizeof events, "FAILED %s\n", reason);
    snprintf(out, sizeof out,
             "HTTP/1.1 %s\r\nConnection: close\r\nContent-Type: text/plain; charset=utf-8\r\n"
             "Content-Length: %zu\r\nCache-Control: no-cache\r\nX-Site: toy\r\n\r\n%s\n",
             status, strlen(reason) + 1, reason);
    expect_http(request, events, out);
}
