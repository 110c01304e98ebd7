/* test_curve_refused.c - each octet of HELLO and INITIATE that is not as RFC 26 (CurveZMQ) has it
 * is refused, and what the refusal costs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <sodium.h>

#include "curve_play.h"
#include "curve_watch.h"

#define HELLO_AT  (GREETING + 2) /* where HELLO's body begins in a client's first bytes */
#define HELLO_BOX (HELLO_AT + 120)

/* --- HELLO ---------------------------------------------------------------------------- */

/* Sends a HELLO with one changed octet. */
static void flipped_hello(size_t at, const char *reason)
{
    struct play play;
    begin_play(&play);
    play.in.p[at] ^= 0x10;
    refused(&play, reason);
}

#define MALFORMED_HELLO "HELLO is malformed"

static void malformed_hellos_cost_nothing(void **state)
{
    (void)state;
    struct play play;
    for (size_t at = HELLO_AT; at < HELLO_AT + 80; at++) /* name, version, padding */
        flipped_hello(at, MALFORMED_HELLO);
    begin_play(&play); /* 199 octets */
    play.in.p[GREETING + 1]--;
    play.in.n--;
    refused(&play, MALFORMED_HELLO);
    begin_play(&play);
    play.in.p[GREETING + 1]++;
    cw_buf_append_byte(&play.in, 0);
    refused(&play, MALFORMED_HELLO);
    assert_int_equal(begun, 0);
    assert_int_equal(multiplied, 0);
}

static void hellos_that_do_not_open_cost_one_key(void **state)
{
    (void)state;
    static const size_t octets[] = {HELLO_AT + 80,  HELLO_AT + 100, HELLO_AT + 111, HELLO_AT + 112,
                                    HELLO_AT + 119, HELLO_AT + 120, HELLO_AT + 199};
    for (size_t i = 0; i < sizeof octets / sizeof octets[0]; i++)
        flipped_hello(octets[i], CLOSED_HELLO);
    assert_int_equal(begun, sizeof octets / sizeof octets[0]);
    assert_int_equal(multiplied, sizeof octets / sizeof octets[0]);
    server_keys.old_key = client_keys.key;
    server_keys.old_key_opens = true;
    flipped_hello(HELLO_BOX, CLOSED_HELLO);
    assert_int_equal(multiplied, sizeof octets / sizeof octets[0] + 2);
}

/* A shared key with a key of low order is known to everybody. */
static void keys_of_low_order_are_none(void **state)
{
    (void)state;
    static const uint8_t lows[][32] = {
        {0}, {1}, {0xec, [1 ... 30] = 0xff, 0x7f}, {0xed, [1 ... 30] = 0xff, 0x7f}};
    static const uint8_t zeros[64], nobody[32];
    for (size_t i = 0; i < 4; i++) {
        struct play play;
        uint8_t nonce[24] = "CurveZMQHELLO---\0\0\0\0\0\0\0\1", key[32], subkey[32];
        begin_play(&play);
        memcpy(play.in.p + HELLO_AT + 80, lows[i], 32);
        crypto_core_hsalsa20(subkey, zeros, nobody, NULL);
        memcpy(key, subkey, 32);
        crypto_secretbox_easy(play.in.p + HELLO_BOX, zeros, 64, nonce, key);
        refused(&play, CLOSED_HELLO);
    }
}

static void the_box_of_hello_shall_contain_zeros(void **state)
{
    (void)state;
    static const uint8_t ones[64] = {[63] = 1};
    uint8_t nonce[24] = "CurveZMQHELLO---\0\0\0\0\0\0\0\1";
    struct play play;
    begin_play(&play);
    assert_int_equal(crypto_box_easy(play.in.p + HELLO_BOX, ones, 64, nonce,
                                     server_keys.key.public_key, play.client.short_secret),
                     0);
    refused(&play, CLOSED_HELLO);
}

static void an_owner_bounds_handshakes(void **state)
{
    (void)state;
    struct play play;
    may_not_begin = true;
    for (int i = 0; i < 100; i++) {
        begin_play(&play);
        refused(&play, "too many CURVE handshakes at once");
    }
    assert_int_equal(begun, 100);
    assert_int_equal(multiplied, 0);
    may_not_begin = false;
    begin_initiate(&play);
    tell_play(&play);
    assert_heard(&play.server, "READY\n");
    assert_int_equal(begun, 101); /* INITIATE does not call may_begin */
    end_play(&play);
}

static void only_the_awaited_command_may_come(void **state)
{
    (void)state;
    struct play play;
    begin_play(&play);
    play.in.n = GREETING;
    cw_buf_append(&play.in, "\4\x1c\5READY" DEALER, 30); /* as with NULL */
    refused(&play, MALFORMED_HELLO);
    begin_initiate(&play);
    play.in.n = 0;
    manual_hello(&play.client, &play.in); /* twice */
    refused(&play, "INITIATE is malformed");
    begin_play(&play);
    play.in.n = GREETING;
    cw_buf_append(&play.in, "\0\2hi", 4);
    refused(&play, "a message came before READY");
    begin_play(&play);
    play.in.n = GREETING;
    cw_buf_append(&play.in, "\6\0\0\0\0\0\0\4\1", 9); /* of 1,025 octets */
    refused(&play, "a command is too long");
    begin_play(&play);
    play.in.n = GREETING;
    cw_buf_append(&play.in, "\4\7\5ERROR", 8);
    cw_buf_append_byte(&play.in, 0);
    refused(&play, "the peer refused the connection with ERROR");
}

/* --- INITIATE --------------------------------------------------------------------------- */

static void flipped_initiate(size_t at, const char *reason)
{
    struct play play;
    begin_initiate(&play);
    play.in.p[INITIATE_AT + at] ^= 0x10;
    refused(&play, reason);
}

#define CLOSED_VOUCH "the vouch of INITIATE is not for this connection"

static void every_octet_of_initiate_counts(void **state)
{
    (void)state;
    for (size_t at = 0; at < 9; at++)
        flipped_initiate(at, "INITIATE is malformed");
    for (size_t at = 9; at < 105; at++)
        flipped_initiate(at, FOREIGN_COOKIE);
    for (size_t at = 105; at < 257 + sizeof DEALER - 1; at++)
        flipped_initiate(at, "INITIATE does not open");
}

static void initiate_has_257_octets(void **state)
{
    (void)state;
    struct play play;
    begin_initiate(&play);
    play.in.p[INITIATE_AT - 1] = 0; /* of a length of 0x11d */
    play.in.n = INITIATE_AT + 256;
    refused(&play, "INITIATE is malformed");
    begin_initiate(&play);
    play.in.n = 0;
    manual_initiate(&play.client, cw_slice_of("", 0), &play.in);
    tell_play(&play);
    assert_heard(&play.server, "FAILED Socket-Type is missing\n");
    end_play(&play);
}

static void a_nonce_shall_ascend(void **state)
{
    (void)state;
    struct play play;
    begin_initiate(&play);
    play.in.n = 0;
    play.client.nonce = 0; /* 1, again */
    manual_initiate(&play.client, METADATA, &play.in);
    refused(&play, "the nonce of INITIATE does not ascend");
}

static void vouches_are_checked(void **state)
{
    (void)state;
    struct play play;
    begin_initiate(&play); /* a vouch for another connection */
    play.in.n = 0;
    play.client.vouch_short[31] ^= 1;
    manual_initiate(&play.client, METADATA, &play.in);
    refused(&play, CLOSED_VOUCH);
    begin_initiate(&play); /* a vouch for another server */
    play.in.n = 0;
    memcpy(play.client.vouch_server, client_keys.key.public_key, 32);
    manual_initiate(&play.client, METADATA, &play.in);
    refused(&play, CLOSED_VOUCH);
    begin_initiate(&play); /* a vouch of another long-term key */
    play.in.n = 0;
    memcpy(play.client.long_public, client_keys.key.public_key, 32);
    manual_initiate(&play.client, METADATA, &play.in);
    refused(&play, CLOSED_VOUCH);
    begin_initiate(&play); /* a long-term key of low order */
    play.in.n = 0;
    memset(play.client.long_public, 0, 32);
    manual_initiate(&play.client, METADATA, &play.in);
    refused(&play, CLOSED_VOUCH);
}

/* "errors by returning an ERROR command, and then disconnecting the peer" */
static void bad_metadata_are_answered_with_error(void **state)
{
    (void)state;
    static const char pub[] = "\x0bSocket-Type\0\0\0\3PUB";
    struct play play;
    begin_initiate(&play);
    play.in.n = play.server.wire.n = 0;
    manual_initiate(&play.client, cw_slice_of(pub, sizeof pub - 1), &play.in);
    tell_play(&play);
    assert_heard(&play.server, "FAILED Socket-Type must be DEALER or REQ\n");
    assert_int_equal(play.server.wire.n, 42);
    assert_memory_equal(play.server.wire.p, "\4\x28\5ERROR\x21Socket-Type_must_be_DEALER_or_REQ",
                        42);
    end_play(&play);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(malformed_hellos_cost_nothing, setup),
        cmocka_unit_test_setup(hellos_that_do_not_open_cost_one_key, setup),
        cmocka_unit_test_setup(keys_of_low_order_are_none, setup),
        cmocka_unit_test_setup(the_box_of_hello_shall_contain_zeros, setup),
        cmocka_unit_test_setup(an_owner_bounds_handshakes, setup),
        cmocka_unit_test_setup(only_the_awaited_command_may_come, setup),
        cmocka_unit_test_setup(every_octet_of_initiate_counts, setup),
        cmocka_unit_test_setup(initiate_has_257_octets, setup),
        cmocka_unit_test_setup(a_nonce_shall_ascend, setup),
        cmocka_unit_test_setup(vouches_are_checked, setup),
        cmocka_unit_test_setup(bad_metadata_are_answered_with_error, setup),
    };
    if (sodium_init() < 0)
        return 1;
    return cmocka_run_group_tests_name("CURVE refused", tests, NULL, NULL);
}
