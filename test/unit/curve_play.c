/* curve_play.c - see curve_play.h. */
#include "curve_play.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

void begin_play(struct play *play)
{
    *play = (struct play){0};
    open_server(&play->server, false);
    manual_begin(&play->client, server_keys.key.public_key);
    manual_greeting(&play->in, "CURVE");
    manual_hello(&play->client, &play->in);
}

void end_play(struct play *play)
{
    close_side(&play->server);
    cw_buf_finish(&play->in);
}

void tell_in_pieces(struct play *play, size_t piece)
{
    hear(&play->server, cw_buf_slice(&play->in), piece);
    seal(&play->server);
    play->in.n = 0;
}

void tell_play(struct play *play)
{
    tell_in_pieces(play, ALL);
}

static void begin_initiate_of(struct play *play, struct cw_slice metadata)
{
    begin_play(play);
    tell_play(play);
    manual_welcome(&play->client,
                   cw_slice_of(play->server.wire.p + GREETING, play->server.wire.n - GREETING));
    play->server.wire.n = 0;
    manual_initiate(&play->client, metadata, &play->in);
}

void begin_initiate(struct play *play)
{
    begin_initiate_of(play, METADATA);
}

void begin_ready(struct play *play, struct cw_slice metadata)
{
    begin_initiate_of(play, metadata);
    tell_play(play);
    assert_heard(&play->server, "READY\n");
    play->server.wire.n = 0;
    play->nonce = 1;
}

void refused(struct play *play, const char *reason)
{
    char events[200];
    snprintf(events, sizeof events, "FAILED %s\n", reason);
    play->server.wire.n = 0;
    tell_play(play);
    assert_heard(&play->server, events);
    assert_true(play->server.wire.n == 0 || (play->nonce == 0 && play->server.wire.n == GREETING));
    end_play(play);
}

void assert_says(struct play *play, uint8_t flags, struct cw_slice body)
{
    struct cw_buf held = {0}, *wire = &play->server.wire;
    size_t n = body.n + 33, whole = n + (n < 256 ? 2 : 9);
    assert_true(wire->n >= whole);
    manual_read(&play->client, ++play->nonce, cw_slice_of(wire->p, whole), &held);
    assert_int_equal(held.n, 1 + body.n);
    assert_int_equal(held.p[0], flags);
    assert_memory_equal(held.p + 1, body.p, body.n);
    cw_buf_consume(wire, whole);
    cw_buf_finish(&held);
}
