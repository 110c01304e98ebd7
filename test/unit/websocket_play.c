/* websocket_play.c - see websocket_play.h. */
#include "websocket_play.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

/* Not random: 37fa213d, 37fa213e, ... */
static uint8_t key_last;

static void take_key(void *bytes, size_t n)
{
    uint8_t key[4] = {0x37, 0xfa, 0x21, key_last++};
    assert_int_equal(n, sizeof key);
    memcpy(bytes, key, sizeof key);
}

void start(struct run *run, enum cw_framer_role role)
{
    *run = (struct run){.framer = cw_websocket_create(role, MESSAGE_MAX, take_key)};
    key_last = 0x3d;
    cw_framer_start(run->framer, &run->out);
}

void stop(struct run *run)
{
    cw_framer_destroy(run->framer);
    cw_buf_finish(&run->out);
    cw_buf_finish(&run->events);
}

void feed(struct run *run, const uint8_t *p, size_t n)
{
    play_bytes(run->framer, p, n, &run->out, &run->events);
}

void feed_hex(struct run *run, const char *vector)
{
    struct cw_buf bytes = parse(vector);
    feed(run, bytes.p, bytes.n);
    cw_buf_finish(&bytes);
}

void feed_zeros(struct run *run, size_t n)
{
    uint8_t *zeros = calloc(1, n);
    assert_non_null(zeros);
    feed(run, zeros, n);
    free(zeros);
}

void start_traffic(struct run *run)
{
    start(run, CW_FRAMER_SERVER);
    feed(run, NULL, 0);
    assert_noted(&run->events, "READY\n");
}

/* The first piece has `first` octets, the others at most `rest`. */
static void play(enum cw_framer_role role, struct cw_slice in, size_t first, size_t rest,
                 const char *events, const char *out)
{
    struct run run;
    size_t told = strlen("READY\n") + strlen(events);
    start(&run, role);
    feed(&run, NULL, 0);
    for (size_t at = 0, n = first; at < in.n; at += n, n = rest) {
        if (n > in.n - at)
            n = in.n - at;
        feed(&run, in.p + at, n);
        if (run.framer->partial.capacity != 0)
            assert_true(run.framer->partial.capacity <= 2 * run.framer->partial.n + 64);
        bool ends = strstr(events, "FAILED") != NULL || strstr(events, "CLOSED") != NULL;
        if (ends && run.events.n == told)
            break; /* final: no more input */
    }
    run.events.n -= strlen("READY\n");
    memmove(run.events.p, run.events.p + strlen("READY\n"), run.events.n);
    assert_noted(&run.events, events);
    assert_answered(&run.out, out);
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
