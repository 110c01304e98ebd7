/* curve_play.c - see curve_play.h. */
#include "curve_play.h"

#include <malloc.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

unsigned multiplied;

bool __real_cw_box_shared_key(uint8_t *shared, const uint8_t *public_key, const uint8_t *secret);

bool __wrap_cw_box_shared_key(uint8_t *shared, const uint8_t *public_key, const uint8_t *secret);

void __real_cw_box_public_key(uint8_t *public_key, const uint8_t *secret_key);

void __wrap_cw_box_public_key(uint8_t *public_key, const uint8_t *secret_key);

bool __wrap_cw_box_shared_key(uint8_t *shared, const uint8_t *public_key, const uint8_t *secret)
{
    multiplied++;
    return __real_cw_box_shared_key(shared, public_key, secret);
}

void __wrap_cw_box_public_key(uint8_t *public_key, const uint8_t *secret_key)
{
    multiplied++;
    __real_cw_box_public_key(public_key, secret_key);
}

uint8_t secrets[16][CW_CURVE_KEY_N];
size_t secret_count;
unsigned left;

void __real_free(void *p);

void __wrap_free(void *p);

void __wrap_free(void *p)
{
    size_t n = p == NULL ? 0 : malloc_usable_size(p);
    for (size_t i = 0; i < secret_count; i++)
        for (size_t at = 0; at + CW_CURVE_KEY_N <= n; at++)
            left += memcmp((uint8_t *)p + at, secrets[i], CW_CURVE_KEY_N) == 0;
    __real_free(p);
}

int setup(void **state)
{
    (void)state;
    make_keys();
    multiplied = left = 0;
    secret_count = 0;
    return 0;
}

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

void tell_play(struct play *play)
{
    hear(&play->server, cw_buf_slice(&play->in), ALL);
    seal(&play->server);
    play->in.n = 0;
}

void begin_initiate(struct play *play)
{
    begin_play(play);
    tell_play(play);
    manual_welcome(&play->client,
                   cw_slice_of(play->server.wire.p + GREETING, play->server.wire.n - GREETING));
    play->server.wire.n = 0;
    manual_initiate(&play->client, METADATA, &play->in);
}

void refused(struct play *play, const char *reason)
{
    char events[200];
    snprintf(events, sizeof events, "FAILED %s\n", reason);
    play->server.wire.n = 0;
    tell_play(play);
    assert_heard(&play->server, events);
    assert_true(play->server.wire.n == 0 || play->server.wire.n == GREETING);
    end_play(play);
}
