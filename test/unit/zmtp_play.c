/* zmtp_play.c - see zmtp_play.h. */
#include "zmtp_play.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
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

void feed(struct run *run, const uint8_t *p, size_t n)
{
    play_bytes(&run->z.framer, p, n, &run->out, &run->events);
}

void feed_hex(struct run *run, const char *vector)
{
    struct cw_buf bytes = parse(vector);
    feed(run, bytes.p, bytes.n);
    cw_buf_finish(&bytes);
}

void assert_events(struct run *run, const char *events)
{
    assert_noted(&run->events, events);
}

void assert_out(struct run *run, const char *vector)
{
    assert_answered(&run->out, vector);
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
