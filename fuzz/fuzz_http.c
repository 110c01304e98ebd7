/* fuzz_http.c - gives any bytes to the framer of HTTP, with the site of src/web, and WebSocket
 * after an upgrade.
 *
 * The first octet has options: bit 0, the site has moved; bit 1, it is behind a proxy; bits 2 to 6,
 * the size of the pieces. Checks that the output does not depend on the pieces, is valid HTTP for
 * any input, and has one answer for each request; those for files are made here. */
#include "base/limits.h"
#include "frame/http_file.h"
#include "framer_run.h"
#include "web/web.h"

#define MESSAGE_MAX 2000
/* The longest header of a frame, and the largest answer. */
#define HEADER_MAX 14
#define ANSWER_MAX 8192
/* Of the one file that there is. */
#define FILE_SIZE 1000

struct answers {
    size_t http_n;  /* bytes of `out` before it was a WebSocket */
    unsigned count; /* that were reported */
    size_t out_n;   /* bytes of `out` at the last event */
};

static bool read_challenge(void *context, struct cw_slice token, struct cw_buf *to)
{
    CHECK(context == NULL && token.n >= 1 && token.n <= CW_ACME_TOKEN_MAX);
    for (size_t i = 0; i < token.n; i++)
        CHECK(token.p[i] != '.' && token.p[i] != '/' && token.p[i] != 0);
    cw_buf_append(to, token.p, token.n);
    return token.p[0] != 'n';
}

static void answer_file(struct framer_run *run, const struct cw_http_asked *asked)
{
    const struct cw_http_file file = {.site = asked->site,
                                      .closes = asked->closes,
                                      .id = 7,
                                      .size = FILE_SIZE,
                                      .name = asked->target, /* any characters */
                                      .type = cw_slice_str("image/png"),
                                      .range = asked->range,
                                      .if_range = asked->if_range};
    uint64_t begin, end;
    if (!cw_http_put_file(&run->out, &file, &begin, &end))
        return;
    CHECK(begin < end && end <= FILE_SIZE);
    if (asked->wants_head)
        return;
    memset(cw_buf_reserve(&run->out, FILE_SIZE), 'x', (size_t)(end - begin));
    run->out.n += (size_t)(end - begin);
}

/* What the owner of the framer does. */
static void answer_asked(struct framer_run *run, const struct cw_http_asked *asked)
{
    uint64_t begin, size;
    CHECK(asked->target.n > 2 && memcmp(asked->target.p, "/f/", 3) == 0);
    CHECK((asked->length != 0) == asked->puts && !(asked->puts && asked->wants_head));
    if (!asked->puts && asked->target.n % 2 == 0)
        answer_file(run, asked);
    else if (!asked->puts)
        cw_http_put_no_file(&run->out, asked, 404, "none\n");
    else if (!cw_http_read_place(asked, &begin, &size))
        cw_http_put_no_file(&run->out, asked, 409, "not here\n");
    else {
        CHECK(begin < size && asked->length <= size - begin);
        cw_http_put_no_file(&run->out, asked, 200, "good\n");
    }
}

static void check_event(struct framer_run *run, const struct cw_framer_event *event)
{
    struct answers *answers = run->context;
    CHECK(run->ready || event->type == CW_FRAMER_READY || event->type == CW_FRAMER_ANSWERED ||
          event->type == CW_FRAMER_CLOSED || event->type == CW_FRAMER_POSTED ||
          event->type == CW_FRAMER_FAILED || event->type == CW_FRAMER_ASKED ||
          event->type == CW_FRAMER_PIECE);
    if (event->type == CW_FRAMER_PIECE) {
        CHECK(!run->ready && event->body.n >= 1 && event->body.n <= CW_FILE_CHUNK_MAX);
        CHECK(run->out.n == answers->out_n);
        return;
    }
    if (event->type == CW_FRAMER_ASKED)
        answer_asked(run, event->asked);
    CHECK(run->out.n - answers->out_n <= ANSWER_MAX);
    answers->out_n = run->out.n;
    if (run->ready)
        return;
    answers->count++;
    answers->http_n = run->out.n;
}

static void check_memory(struct framer_run *run)
{
    bool posts = run->framer->whole != 0; /* a head, and a body that has been announced */
    CHECK(run->framer->partial.capacity <= (run->ready ? MESSAGE_MAX + HEADER_MAX
                                            : posts    ? 2 * (CW_HTTP_HEAD_MAX + CW_HOOK_BODY_MAX)
                                                       : CW_FILE_CHUNK_MAX));
}

static void play(struct framer_run *run, const struct cw_web *web, unsigned cuts,
                 struct answers *answers, struct cw_slice in)
{
    framer_run_begin(run, cw_http_create(cw_web_site(web), MESSAGE_MAX), cuts);
    run->on_event = check_event;
    run->on_piece = check_memory;
    run->context = answers;
    framer_run_feed(run, in);
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

static void check_answers(const struct framer_run *run, const struct answers *answers)
{
    struct cw_slice out = cw_slice_of(run->out.p, answers->http_n);
    unsigned count = 0;
    for (; out.n != 0; count++)
        read_answer(&out);
    CHECK(count == answers->count);
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
    struct framer_run whole, cut;
    struct answers of_whole = {0}, of_cut = {0};
    struct cw_slice in = cw_slice_of(data + 1, size - 1);
    play(&whole, web, 0, &of_whole, in);
    play(&cut, web, 1 + (data[0] >> 2 & 31), &of_cut, in);
    check_answers(&whole, &of_whole);
    CHECK(whole.ready == cut.ready);
    framer_run_compare(&whole, &cut);
    framer_run_finish(&whole);
    framer_run_finish(&cut);
    cw_web_destroy(web);
    return 0;
}
