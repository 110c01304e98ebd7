/* test_curve.c - the handshake of CURVE: our server with our client and with a client written
 * from RFC 26 (curve_manual.h), keys that change, and replays. Comments quote RFC 26
 * (CurveZMQ). What a server refuses: test_curve_refused.c. After READY: test_curve_traffic.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>
#include <sodium.h>

#include "curve_play.h"
#include "curve_watch.h"
#include "frame/zmtp_curve.h"

#define ROUTER "\x0bSocket-Type\0\0\0\6ROUTER"

/* --- secrets in freed memory ------------------------------------------------------- */

static void remember(const void *secret)
{
    assert_true(secret_count < sizeof secrets / sizeof secrets[0]);
    memcpy(secrets[secret_count++], secret, CW_CURVE_KEY_N);
}

/* Remembers each secret key: only keys are 32 random octets. */
static void remembering_random(void *bytes, size_t n)
{
    test_random(bytes, n);
    if (n == CW_CURVE_KEY_N)
        remember(bytes);
}

/* --- good handshakes --------------------------------------------------------------- */

static void as_rfc_26_has_it(void **state)
{
    (void)state;
    static const uint8_t greeting[GREETING] = {0xff, 0, 0, 0,   0,   0,   0,   0,   0,
                                               0x7f, 3, 1, 'C', 'U', 'R', 'V', 'E', [32] = 1};
    struct play play;
    struct cw_buf held = {0};
    begin_play(&play);
    hear(&play.server, cw_slice_of(play.in.p, 1), ALL);
    seal(&play.server);
    assert_int_equal(play.server.wire.n, 11);
    hear(&play.server, cw_slice_of(play.in.p + 1, GREETING - 1), ALL);
    seal(&play.server);
    assert_int_equal(play.server.wire.n, GREETING);
    assert_memory_equal(play.server.wire.p, greeting, GREETING);
    end_play(&play);
    begin_initiate(&play);
    tell_play(&play);
    assert_heard(&play.server, "READY\n");
    manual_ready(&play.client, cw_buf_slice(&play.server.wire), &held);
    assert_int_equal(held.n, sizeof ROUTER - 1);
    assert_memory_equal(held.p, ROUTER, held.n);
    cw_buf_finish(&held);
    end_play(&play);
}

static void every_cut_of_the_bytes_gives_the_same(void **state)
{
    (void)state;
    for (size_t piece = 1; piece < 400; piece += piece < 20 ? 1 : 7) {
        struct pair p;
        open_pair(&p);
        talk(&p, piece);
        assert_heard(&p.server, "READY\n");
        assert_heard(&p.client, "READY\n");
        say_text(&p.client, "hello");
        say_text(&p.server, "world");
        cw_framer_probe(p.server.framer, 5, &p.server.out);
        talk(&p, piece);
        assert_heard(&p.server, "MESSAGE hello\nPONG 5\n");
        assert_heard(&p.client, "MESSAGE world\nPING\n");
        close_pair(&p);
    }
}

static void a_handshake_multiplies_four_times(void **state)
{
    (void)state;
    struct play play;
    multiplied = 0;
    begin_initiate(&play);
    tell_play(&play);
    assert_heard(&play.server, "READY\n");
    assert_int_equal(multiplied, 4);
    end_play(&play);
}

static void a_connection_costs_little(void **state)
{
    (void)state;
    assert_true(sizeof(struct cw_zmtp_curve) <= 104);
    struct pair p;
    open_ready(&p);
    assert_null(((struct cw_zmtp *)p.server.framer)->curve->handshake);
    assert_null(((struct cw_zmtp *)p.client.framer)->curve->handshake);
    close_pair(&p);
}

static void move(struct side *from, struct side *to)
{
    seal(from);
    hear(to, cw_buf_slice(&from->wire), ALL);
    from->wire.n = 0;
}

/* "It SHALL discard this key pair when it closes the connection." */
static void no_secret_is_left_in_memory(void **state)
{
    (void)state;
    struct pair p;
    server_keys.random = client_keys.random = remembering_random;
    open_pair(&p);
    talk(&p, ALL);
    assert_heard(&p.server, "READY\n");
    assert_int_equal(secret_count, 2); /* s' and c' */
    remember(((struct cw_zmtp *)p.server.framer)->curve->traffic.shared);
    remember(server_keys.key.secret_key);
    close_pair(&p);
    open_pair(&p);
    for (int i = 0; i < 2; i++) { /* greetings; HELLO and WELCOME */
        move(&p.client, &p.server);
        move(&p.server, &p.client);
    }
    assert_int_equal(secret_count, 6);
    close_pair(&p);
    assert_int_equal(left, 0);
    struct cw_buf seen = {0}; /* the check itself finds a secret */
    cw_buf_append(&seen, secrets[0], CW_CURVE_KEY_N);
    cw_buf_finish(&seen);
    assert_int_equal(left, 1);
}

/* --- which mechanism ------------------------------------------------------------------- */

static void assert_says_mechanism(struct side *side, const char *mechanism)
{
    seal(side);
    assert_true(side->wire.n >= GREETING);
    assert_string_equal((const char *)side->wire.p + 12, mechanism);
}

static void what_a_server_does_not_offer_is_told_curve(void **state)
{
    (void)state;
    static const char *const wanted[] = {"NULL", "PLAIN", "CURVES", "curve", ""};
    for (size_t i = 0; i < 2 * sizeof wanted / sizeof wanted[0]; i++) {
        struct side server;
        struct cw_buf in = {0};
        open_server(&server, i % 2);
        manual_greeting(&in, wanted[i / 2]);
        hear(&server, cw_buf_slice(&in), 5);
        if (i == 1) { /* NULL, if the server accepts it */
            assert_says_mechanism(&server, "NULL");
            assert_heard(&server, "");
        } else {
            assert_says_mechanism(&server, "CURVE");
            assert_heard(&server, "FAILED the peer wants another security mechanism than CURVE\n");
            assert_int_equal(server.wire.n, GREETING);
        }
        cw_buf_finish(&in);
        close_side(&server);
    }
}

static void where_both_are_offered_null_is_spoken_plain(void **state)
{
    (void)state;
    struct side server;
    struct cw_buf in = {0};
    open_server(&server, true);
    assert_true(cw_framer_seals(server.framer));
    manual_greeting(&in, "NULL");
    cw_buf_append(&in, "\4\x1c\5READY" DEALER "\0\2hi", 34);
    hear(&server, cw_buf_slice(&in), 3);
    assert_heard(&server, "READY\nMESSAGE hi\n");
    assert_false(cw_framer_seals(server.framer));
    assert_null(((struct cw_zmtp *)server.framer)->curve);
    assert_int_equal(server.framer->sealing, CW_FRAMER_PLAIN);
    assert_memory_equal(server.out.p + GREETING, "\4\x1c\5READY" ROUTER, 30);
    cw_buf_finish(&in);
    close_side(&server);
}

/* --- keys that change ------------------------------------------------------------------- */

static void change_key(void)
{
    server_keys.old_key = server_keys.key;
    server_keys.old_key_opens = true;
    cw_curve_key_make(&server_keys.key, test_random);
}

static void ready_with(const uint8_t *server_key, enum cw_framer_sealing sealing)
{
    struct pair p;
    memcpy(client_keys.server_key, server_key, CW_CURVE_KEY_N);
    open_ready(&p);
    assert_int_equal(p.server.framer->sealing, sealing);
    assert_int_equal(p.client.framer->sealing, CW_FRAMER_SEALED);
    close_pair(&p);
}

static void an_old_key_opens_until_it_is_revoked(void **state)
{
    (void)state;
    struct play play;
    ready_with(server_keys.key.public_key, CW_FRAMER_SEALED);
    change_key();
    ready_with(server_keys.old_key.public_key, CW_FRAMER_SEALED_BY_OLD_KEY);
    ready_with(server_keys.key.public_key, CW_FRAMER_SEALED);
    server_keys.old_key_opens = false;
    begin_play(&play);
    play.in.n = 0;
    manual_begin(&play.client, server_keys.old_key.public_key);
    manual_greeting(&play.in, "CURVE");
    manual_hello(&play.client, &play.in);
    refused(&play, CLOSED_HELLO);
}

static void a_handshake_ends_with_the_key_that_it_began_with(void **state)
{
    (void)state;
    struct play play;
    begin_initiate(&play);
    change_key();
    refused(&play, "the vouch of INITIATE is not for this connection");
}

/* --- replays ------------------------------------------------------------------------------ */

static void a_cookie_is_good_on_its_connection_only(void **state)
{
    (void)state;
    struct play first, second;
    begin_initiate(&first);
    begin_initiate(&second);
    memcpy(second.in.p + INITIATE_AT + 9, first.client.cookie, sizeof first.client.cookie);
    refused(&second, FOREIGN_COOKIE);
    tell_play(&first);
    assert_heard(&first.server, "READY\n");
    end_play(&first);
}

static void a_recorded_session_is_closed_before_ready(void **state)
{
    (void)state;
    struct play play;
    struct cw_buf record = {0};
    begin_play(&play);
    cw_buf_append(&record, play.in.p, play.in.n);
    tell_play(&play);
    manual_welcome(&play.client,
                   cw_slice_of(play.server.wire.p + GREETING, play.server.wire.n - GREETING));
    manual_initiate(&play.client, METADATA, &play.in);
    manual_message(&play.client, 0, cw_slice_str("a secret"), &play.in);
    cw_buf_append(&record, play.in.p, play.in.n);
    tell_play(&play);
    assert_heard(&play.server, "READY\nMESSAGE a secret\n");
    end_play(&play);
    for (size_t piece = 1; piece < 700; piece += 100) {
        struct side server;
        open_server(&server, true);
        hear(&server, cw_buf_slice(&record), piece);
        assert_heard(&server, "FAILED " FOREIGN_COOKIE "\n");
        close_side(&server);
    }
    cw_buf_finish(&record);
}

/* --- the client --------------------------------------------------------------------------- */

/* The client refuses the server's answer number `step` with one changed octet. */
static void client_refuses(int step, size_t at, const char *reason)
{
    struct pair p;
    char events[200];
    snprintf(events, sizeof events, "FAILED %s\n", reason);
    open_pair(&p);
    for (int i = 0; i <= step; i++) {
        move(&p.client, &p.server);
        if (i < step)
            move(&p.server, &p.client);
    }
    seal(&p.server);
    assert_true(at < p.server.wire.n);
    p.server.wire.p[at] ^= 0x10;
    hear(&p.client, cw_buf_slice(&p.server.wire), ALL);
    assert_heard(&p.client, events);
    close_pair(&p);
}

static void a_client_refuses_another_server(void **state)
{
    (void)state;
    client_refuses(0, 12, "the peer wants another security mechanism than CURVE");
    client_refuses(1, 3, "WELCOME is malformed");
    for (size_t at = 10; at < 170; at += 9)
        client_refuses(1, at, "WELCOME does not open: the server has another key");
    client_refuses(2, 3, "READY is malformed");
    for (size_t at = 8; at < 54; at += 3)
        client_refuses(2, at, "READY does not open");
}

/* READY without WELCOME: the client has no shared key yet. */
static void a_client_takes_no_ready_before_welcome(void **state)
{
    (void)state;
    struct side client;
    struct cw_buf in = {0};
    uint8_t nonce[24] = "CurveZMQREADY---\0\0\0\0\0\0\0\1", key[32] = {0}, box[16 + 22];
    crypto_secretbox_easy(box, (const uint8_t *)ROUTER, 22, nonce, key);
    open_client(&client);
    manual_greeting(&in, "CURVE");
    cw_buf_append(&in, "\4\x34\5READY\0\0\0\0\0\0\0\1", 16);
    cw_buf_append(&in, box, sizeof box);
    hear(&client, cw_buf_slice(&in), ALL);
    assert_heard(&client, "FAILED WELCOME is malformed\n");
    cw_buf_finish(&in);
    close_side(&client);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(as_rfc_26_has_it, setup),
        cmocka_unit_test_setup(every_cut_of_the_bytes_gives_the_same, setup),
        cmocka_unit_test_setup(a_handshake_multiplies_four_times, setup),
        cmocka_unit_test_setup(a_connection_costs_little, setup),
        cmocka_unit_test_setup(no_secret_is_left_in_memory, setup),
        cmocka_unit_test_setup(what_a_server_does_not_offer_is_told_curve, setup),
        cmocka_unit_test_setup(where_both_are_offered_null_is_spoken_plain, setup),
        cmocka_unit_test_setup(an_old_key_opens_until_it_is_revoked, setup),
        cmocka_unit_test_setup(a_handshake_ends_with_the_key_that_it_began_with, setup),
        cmocka_unit_test_setup(a_cookie_is_good_on_its_connection_only, setup),
        cmocka_unit_test_setup(a_recorded_session_is_closed_before_ready, setup),
        cmocka_unit_test_setup(a_client_refuses_another_server, setup),
        cmocka_unit_test_setup(a_client_takes_no_ready_before_welcome, setup),
    };
    if (sodium_init() < 0)
        return 1;
    return cmocka_run_group_tests_name("curve", tests, NULL, NULL);
}
