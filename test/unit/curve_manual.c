/* curve_manual.c - see curve_manual.h. */
#include "curve_manual.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>
#include <sodium.h>

void manual_begin(struct manual *m, const uint8_t server_key[32])
{
    *m = (struct manual){0};
    memcpy(m->server_key, server_key, 32);
    crypto_box_keypair(m->long_public, m->long_secret);
    crypto_box_keypair(m->short_public, m->short_secret);
    memcpy(m->vouch_short, m->short_public, 32);
    memcpy(m->vouch_server, server_key, 32);
}

static void put_text(struct cw_buf *to, const char *text)
{
    cw_buf_append(to, text, strlen(text));
}

static void put_zeros(struct cw_buf *to, size_t n)
{
    for (size_t i = 0; i < n; i++)
        cw_buf_append_byte(to, 0);
}

/* "frame-size = short-size | long-size" of a frame with these flags, then its body. */
static void put_frame(struct cw_buf *to, uint8_t flags, struct cw_slice body)
{
    if (body.n < 256) {
        cw_buf_append_byte(to, flags);
    } else {
        cw_buf_append_byte(to, flags | 2);
        for (int i = 7; i > 0; i--)
            cw_buf_append_byte(to, (uint8_t)((uint64_t)body.n >> (8 * i)));
    }
    cw_buf_append_byte(to, (uint8_t)body.n);
    cw_buf_append(to, body.p, body.n);
}

static void put_number(struct cw_buf *to, uint64_t number)
{
    for (int i = 7; i >= 0; i--)
        cw_buf_append_byte(to, (uint8_t)(number >> (8 * i)));
}

static void short_nonce(uint8_t nonce[24], const char *prefix, uint64_t number)
{
    struct cw_buf octets = {0};
    put_text(&octets, prefix);
    put_number(&octets, number);
    assert_int_equal(octets.n, 24);
    memcpy(nonce, octets.p, 24);
    cw_buf_finish(&octets);
}

static void put_box(struct cw_buf *to, struct cw_slice plain, const uint8_t nonce[24],
                    const uint8_t public_key[32], const uint8_t secret_key[32])
{
    uint8_t *box = cw_buf_reserve(to, plain.n + 16);
    assert_int_equal(crypto_box_easy(box, plain.p, plain.n, nonce, public_key, secret_key), 0);
    to->n += plain.n + 16;
}

void manual_greeting(struct cw_buf *to, const char *mechanism)
{
    size_t begin = to->n;
    cw_buf_append_byte(to, 0xff);
    put_zeros(to, 8);
    put_text(to, "\x7f\3\1");
    put_text(to, mechanism);
    put_zeros(to, begin + 64 - to->n);
}

void manual_hello(struct manual *m, struct cw_buf *to)
{
    static const uint8_t zeros[64];
    struct cw_buf hello = {0};
    uint8_t nonce[24];
    short_nonce(nonce, "CurveZMQHELLO---", ++m->nonce);
    put_text(&hello, "\x05HELLO\1");
    put_zeros(&hello, 1 + 72);
    cw_buf_append(&hello, m->short_public, 32);
    put_number(&hello, m->nonce);
    put_box(&hello, cw_slice_of(zeros, 64), nonce, m->server_key, m->short_secret);
    assert_int_equal(hello.n, 200);
    put_frame(to, 4, cw_buf_slice(&hello));
    cw_buf_finish(&hello);
}

void manual_welcome(struct manual *m, struct cw_slice frame)
{
    uint8_t nonce[24], held[128];
    assert_int_equal(frame.n, 170);
    assert_memory_equal(frame.p, "\4\xa8\7WELCOME", 10);
    memcpy(nonce, "WELCOME-", 8);
    memcpy(nonce + 8, frame.p + 10, 16);
    assert_int_equal(
        crypto_box_open_easy(held, frame.p + 26, 144, nonce, m->server_key, m->short_secret), 0);
    memcpy(m->server_short, held, 32);
    memcpy(m->cookie, held + 32, 96);
}

void manual_initiate(struct manual *m, struct cw_slice metadata, struct cw_buf *to)
{
    struct cw_buf initiate = {0}, held = {0};
    uint8_t nonce[24], keys[64];
    memcpy(nonce, "VOUCH---", 8);
    randombytes_buf(nonce + 8, 16);
    memcpy(keys, m->vouch_short, 32);
    memcpy(keys + 32, m->vouch_server, 32);
    cw_buf_append(&held, m->long_public, 32);
    cw_buf_append(&held, nonce + 8, 16);
    put_box(&held, cw_slice_of(keys, 64), nonce, m->server_short, m->long_secret);
    cw_buf_append(&held, metadata.p, metadata.n);
    short_nonce(nonce, "CurveZMQINITIATE", ++m->nonce);
    put_text(&initiate, "\x08INITIATE");
    cw_buf_append(&initiate, m->cookie, 96);
    put_number(&initiate, m->nonce);
    put_box(&initiate, cw_buf_slice(&held), nonce, m->server_short, m->short_secret);
    assert_int_equal(initiate.n, 257 + metadata.n);
    put_frame(to, 4, cw_buf_slice(&initiate));
    cw_buf_finish(&initiate);
    cw_buf_finish(&held);
}

/* Opens the box at the end of a command, whose short nonce begins after `named_n` octets. */
static void read_box(struct manual *m, const char *prefix, uint64_t number, struct cw_slice body,
                     size_t named_n, struct cw_buf *to)
{
    uint8_t nonce[24];
    struct cw_buf wanted = {0};
    put_number(&wanted, number);
    assert_memory_equal(body.p + named_n, wanted.p, 8);
    short_nonce(nonce, prefix, number);
    size_t n = body.n - named_n - 8;
    uint8_t *held = cw_buf_reserve(to, n - 16);
    assert_int_equal(crypto_box_open_easy(held, body.p + named_n + 8, n, nonce, m->server_short,
                                          m->short_secret),
                     0);
    to->n += n - 16;
    cw_buf_finish(&wanted);
}

void manual_ready(struct manual *m, struct cw_slice frame, struct cw_buf *to)
{
    assert_int_equal(frame.p[0], 4);
    assert_int_equal(frame.p[1], frame.n - 2);
    assert_memory_equal(frame.p + 2, "\5READY", 6);
    read_box(m, "CurveZMQREADY---", 1, cw_slice_of(frame.p + 2, frame.n - 2), 6, to);
}

void manual_read(struct manual *m, uint64_t nonce, struct cw_slice frame, struct cw_buf *to)
{
    size_t header = frame.p[0] == 2 ? 9 : 2;
    assert_true(frame.p[0] == 0 || frame.p[0] == 2);
    assert_memory_equal(frame.p + header, "\7MESSAGE", 8);
    read_box(m, "CurveZMQMESSAGES", nonce, cw_slice_of(frame.p + header, frame.n - header), 8, to);
}

void manual_message(struct manual *m, uint8_t flags, struct cw_slice body, struct cw_buf *to)
{
    struct cw_buf message = {0}, held = {0};
    uint8_t nonce[24];
    short_nonce(nonce, "CurveZMQMESSAGEC", ++m->nonce);
    cw_buf_append_byte(&held, flags);
    cw_buf_append(&held, body.p, body.n);
    put_text(&message, "\x07MESSAGE");
    put_number(&message, m->nonce);
    put_box(&message, cw_buf_slice(&held), nonce, m->server_short, m->short_secret);
    put_frame(to, 0, cw_buf_slice(&message));
    cw_buf_finish(&message);
    cw_buf_finish(&held);
}
