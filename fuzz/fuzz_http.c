/* fuzz_http.c - gives any bytes to the framer of HTTP, with the site of src/web, and WebSocket
 * after an upgrade.
 *
 * The first octet has options: bit 0, the site has moved; bit 1, it is behind a proxy; bits 2 to 6,
 * the size of the pieces. Checks that the output does not depend on the pieces, is valid HTTP for
 * any input, and has one answer for each request. */
#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "web/web.h"

#define MESSAGE_MAX 2000
/* The longest header of a frame, and the largest answer. */
#define HEADER_MAX 14
#define ANSWER_MAX 8192

#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition);                \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct run {
    struct cw_framer *framer;
    struct cw_buf out;
    struct cw_buf events;
    size_t http_n;    /* bytes of `out` before it was a WebSocket */
    unsigned answers; /* that were reported */
    bool upgraded, over;
};

static bool read_challenge(void *context, struct cw_slice token, struct cw_buf *to)
{
    CHECK(context == NULL && token.n >= 1 && token.n <= CW_ACME_TOKEN_MAX);
    for (size_t i = 0; i < token.n; i++)
        CHECK(token.p[i] != '.' && token.p[i] != '/' && token.p[i] != 0);
    cw_buf_append(to, token.p, token.n);
    return token.p[0] != 'n';
}

static void note(struct run *run, const struct cw_framer_event *event)
{
    uint64_t n = event->body.n;
    cw_buf_append_byte(&run->events, (uint8_t)event->type);
    cw_buf_append(&run->events, &n, sizeof n);
    cw_buf_append(&run->events, event->body.p, event->body.n);
    if (event->reason != NULL)
        cw_buf_append(&run->events, event->reason, strlen(event->reason));
}

static void take_event(struct run *run, const struct cw_framer_event *event)
{
    CHECK((event->type == CW_FRAMER_FAILED) == (event->reason != NULL));
    CHECK(run->upgraded || event->type == CW_FRAMER_READY || event->type == CW_FRAMER_ANSWERED ||
          event->type == CW_FRAMER_CLOSED || event->type == CW_FRAMER_FAILED);
    note(run, event);
    run->over = event->type == CW_FRAMER_CLOSED || event->type == CW_FRAMER_FAILED;
    if (!run->upgraded) {
        run->answers++;
        run->http_n = run->out.n;
    }
    run->upgraded = run->upgraded || event->type == CW_FRAMER_READY;
}

static void feed(struct run *run, const uint8_t *p, size_t n)
{
    uint8_t *piece = cw_alloc(n); /* freed after the call: the framer must not keep it */
    memcpy(piece, p, n);
    struct cw_slice in = cw_slice_of(piece, n);
    while (!run->over) {
        size_t before = run->out.n;
        struct cw_framer_event event = cw_framer_input(run->framer, &in, &run->out);
        CHECK(run->out.n - before <= ANSWER_MAX);
        if (event.type == CW_FRAMER_NEED_MORE)
            break;
        take_event(run, &event);
    }
    CHECK(in.n == 0);
    const struct cw_buf *partial = &run->framer->partial;
    CHECK(partial->capacity <= (run->upgraded ? MESSAGE_MAX + HEADER_MAX : CW_HTTP_HEAD_MAX));
    CHECK(partial->n != 0 || partial->capacity == 0);
    free(piece);
}

/* `cuts` 0: in one piece. */
static void play(struct run *run, const struct cw_web *web, unsigned cuts, struct cw_slice in)
{
    *run = (struct run){.framer = cw_http_create(cw_web_site(web), MESSAGE_MAX)};
    uint32_t random = cuts;
    while (in.n > 0 && !run->over) {
        random = random * 1664525u + 1013904223u;
        size_t n = cuts == 0 ? in.n : 1 + (random >> 16) % cuts;
        if (n > in.n)
            n = in.n;
        feed(run, in.p, n);
        in = cw_slice_of(in.p + n, in.n - n);
    }
}

/* --- a reader of the answers ------------------------------------------------------------------ */

/* Takes a line that ends with CRLF and contains no other control character. */
static struct cw_slice take_line(struct cw_slice *s)
{
    size_t n = 0;
    while (n < s->n && s->p[n] >= ' ')
        n++;
    CHECK(s->n - n >= 2 && s->p[n] == '\r' && s->p[n + 1] == '\n');
    struct cw_slice line = cw_slice_of(s->p, n);
    *s = cw_slice_of(s->p + n + 2, s->n - n - 2);
    return line;
}

static bool begins(struct cw_slice s, const char *with)
{
    return s.n >= strlen(with) && memcmp(s.p, with, strlen(with)) == 0;
}

/* An answer to HEAD has no body, but looks the same: the bytes that follow tell which it is. */
static void read_answer(struct cw_slice *s)
{
    unsigned lengths = 0;
    size_t length = 0;
    struct cw_slice line = take_line(s);
    CHECK(begins(line, "HTTP/1.1 ") && line.n > strlen("HTTP/1.1 200 "));
    bool has_none = begins(line, "HTTP/1.1 101") || begins(line, "HTTP/1.1 304");
    while ((line = take_line(s)).n != 0) {
        CHECK(memchr(line.p, ':', line.n) != NULL && !begins(line, "Set-Cookie"));
        if (begins(line, "Content-Length: ")) {
            lengths++;
            for (size_t i = strlen("Content-Length: "); i < line.n; i++)
                length = length * 10 + (size_t)(line.p[i] - '0');
        }
    }
    CHECK(lengths == (has_none ? 0 : 1));
    if (s->n != 0 && begins(*s, "HTTP/1.1 "))
        return; /* no body of the site begins like an answer */
    CHECK(s->n == 0 || s->n >= length);
    if (s->n != 0)
        *s = cw_slice_of(s->p + length, s->n - length);
}

static void check_answers(const struct run *run)
{
    struct cw_slice out = cw_slice_of(run->out.p, run->http_n);
    unsigned answers = 0;
    for (; out.n != 0; answers++)
        read_answer(&out);
    CHECK(answers == run->answers);
}

static void stop(struct run *run)
{
    cw_framer_destroy(run->framer);
    cw_buf_finish(&run->out);
    cw_buf_finish(&run->events);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const hosts[] = {"h", "localhost:1"};
    static const char *const origins[] = {"https://h"};
    if (size < 2)
        return 0;
    struct cw_web_options options = {.hosts = hosts,
                                     .host_count = 2,
                                     .origins = origins,
                                     .origin_count = 1,
                                     .forwarded_header = (data[0] & 2) != 0 ? "F" : NULL,
                                     .moved_to = (data[0] & 1) != 0 ? "https://h" : NULL,
                                     .read_challenge = read_challenge};
    struct cw_web *web = cw_web_create(&options);
    struct run whole, cut;
    struct cw_slice in = cw_slice_of(data + 1, size - 1);
    play(&whole, web, 0, in);
    play(&cut, web, 1 + (data[0] >> 2 & 31), in);
    check_answers(&whole);
    CHECK(whole.over == cut.over && whole.upgraded == cut.upgraded);
    CHECK(cw_slice_eq(cw_buf_slice(&whole.out), cw_buf_slice(&cut.out)));
    CHECK(cw_slice_eq(cw_buf_slice(&whole.events), cw_buf_slice(&cut.events)));
    stop(&whole);
    stop(&cut);
    cw_web_destroy(web);
    return 0;
}
