/* zmtp_play.c - see zmtp_play.h. */
#include "zmtp_play.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

void start(struct run *run, enum cw_framer_role role)
{
    *run = (struct run){0};
    cw_zmtp_init(&run->z, role, MESSAGE_MAX);
    cw_framer_start(&run->z.framer, &run->out);
}

void stop(struct run *run)
{
    cw_zmtp_finish(&run->z);
    cw_buf_finish(&run->out);
    cw_buf_finish(&run->events);
}

static unsigned digit(char c)
{
    assert_true((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'));
    return c <= '9' ? (unsigned)(c - '0') : (unsigned)(c - 'a' + 10);
}

struct cw_buf parse(const char *vector)
{
    struct cw_buf bytes = {0};
    bool text = false;
    for (const char *c = vector; *c != '\0'; c++) {
        if (*c == '\'')
            text = !text;
        else if (text)
            cw_buf_append_byte(&bytes, (uint8_t)*c);
        else if (*c != ' ') {
            cw_buf_append_byte(&bytes, (uint8_t)(digit(c[0]) << 4 | digit(c[1])));
            c++;
        }
    }
    return bytes;
}

static void put_text(struct cw_buf *to, const char *text)
{
    cw_buf_append(to, text, strlen(text));
}

static void put_hex(struct cw_buf *to, struct cw_slice bytes)
{
    char pair[3];
    for (size_t i = 0; i < bytes.n; i++) {
        snprintf(pair, sizeof pair, "%02x", bytes.p[i]);
        put_text(to, pair);
    }
}

static void note(struct run *run, const struct cw_framer_event *event)
{
    static const char *const names[] = {
        [CW_FRAMER_READY] = "READY",     [CW_FRAMER_MESSAGE] = "MESSAGE ",
        [CW_FRAMER_REFUSED] = "REFUSED", [CW_FRAMER_PING] = "PING",
        [CW_FRAMER_PONG] = "PONG ",      [CW_FRAMER_FAILED] = "FAILED ",
        [CW_FRAMER_IGNORED] = "IGNORED", [CW_FRAMER_HEAD] = "HEAD ",
    };
    put_text(&run->events, names[event->type]);
    if (event->envelope)
        put_text(&run->events, "delimiter ");
    put_hex(&run->events, event->body);
    if (event->reason != NULL)
        put_text(&run->events, event->reason);
    put_text(&run->events, "\n");
}

/* Plays a piece from a block of just its size, so that reading past its end or
 * after its time is seen. */
void feed(struct run *run, const uint8_t *p, size_t n)
{
    uint8_t *block = malloc(n == 0 ? 1 : n);
    assert_non_null(block);
    if (n != 0)
        memcpy(block, p, n);
    struct cw_slice in = cw_slice_of(block, n);
    for (;;) {
        struct cw_framer_event event = cw_framer_input(&run->z.framer, &in, &run->out);
        if (event.type == CW_FRAMER_NEED_MORE)
            break;
        note(run, &event);
        if (event.type == CW_FRAMER_FAILED)
            break;
    }
    assert_int_equal(in.n, 0);
    assert_true(run->z.framer.partial.n != 0 || run->z.framer.partial.capacity == 0);
    free(block);
}

void feed_hex(struct run *run, const char *vector)
{
    struct cw_buf bytes = parse(vector);
    feed(run, bytes.p, bytes.n);
    cw_buf_finish(&bytes);
}

void assert_events(struct run *run, const char *events)
{
    cw_buf_append_byte(&run->events, 0);
    assert_string_equal((const char *)run->events.p, events);
    run->events.n = 0;
}

void assert_out(struct run *run, const char *vector)
{
    struct cw_buf expected = parse(vector), wanted = {0}, is = {0};
    put_hex(&wanted, cw_buf_slice(&expected));
    put_hex(&is, cw_buf_slice(&run->out));
    cw_buf_append_byte(&wanted, 0);
    cw_buf_append_byte(&is, 0);
    assert_string_equal((const char *)is.p, (const char *)wanted.p);
    cw_buf_finish(&expected);
    cw_buf_finish(&wanted);
    cw_buf_finish(&is);
    run->out.n = 0;
}

/* The first piece has `first` octets, the others at most `rest`. */
static void play(enum cw_framer_role role, struct cw_slice in, size_t first, size_t rest,
                 const char *events, const char *out)
{
    struct run run;
    start(&run, role);
    for (size_t at = 0, n = first; at < in.n; at += n, n = rest) {
        if (n > in.n - at)
            n = in.n - at;
        feed(&run, in.p + at, n);
        if (run.z.framer.partial.capacity != 0)
            assert_true(run.z.framer.partial.capacity <= 2 * run.z.framer.partial.n + 64);
        if (strstr(events, "FAILED") != NULL && run.events.n == strlen(events))
            break; /* FAILED is final: nobody feeds it more */
    }
    assert_events(&run, events);
    assert_out(&run, out);
    stop(&run);
}

void expect(enum cw_framer_role role, const char *vector, const char *events, const char *out)
{
    struct cw_buf in = parse(vector);
    for (size_t cut = 1; cut <= in.n; cut++)
        play(role, cw_buf_slice(&in), cut, in.n, events, out);
    play(role, cw_buf_slice(&in), 1, 1, events, out);
    play(role, cw_buf_slice(&in), 5, 3, events, out);
    cw_buf_finish(&in);
}

void start_traffic(struct run *run)
{
    start(run, CW_FRAMER_SERVER);
    feed_hex(run, PEER_GREETING READY_DEALER);
    assert_events(run, "READY\n");
    run->out.n = 0;
}

void feed_zeros(struct run *run, size_t n)
{
    uint8_t *zeros = calloc(1, n);
    assert_non_null(zeros);
    feed(run, zeros, n);
    free(zeros);
}
