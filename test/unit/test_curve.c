/* test_curve.c - the handshake of CURVE: our server with our client and with a client written
 * from RFC 26 (curve_manual.h), and everything that a server refuses. Comments quote RFC 26
 * (CurveZMQ). After READY: test_curve_traffic.c. */
#include <malloc.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#include <sodium.h>

#include "curve_manual.h"
#include "curve_pair.h"
#include "frame/zmtp_curve.h"

#define ALL       SIZE_MAX
#define DEALER    "\x0bSocket-Type\0\0\0\6DEALER"
#define ROUTER    "\x0bSocket-Type\0\0\0\6ROUTER"
#define METADATA  cw_slice_of(DEALER, sizeof DEALER - 1)
#define GREETING  64
#define HELLO_AT  (GREETING + 2) /* where HELLO's body begins in a client's first bytes */
#define HELLO_BOX (HELLO_AT + 120)

/* --- what it costs --------------------------------------------------------------- */

static unsigned multiplied; /* multiplications on the curve: most of a handshake's cost */

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

/* --- secrets in freed memory ------------------------------------------------------- */

static uint8_t secrets[16][CW_CURVE_KEY_N]; /* secret keys since the last setup */
static size_t secret_count;
static unsigned left; /* how often freed memory contained a secret */

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

/* --- a server and bytes ----------------------------------------------------------- */

/* A server's side, and the bytes of a client for it. */
struct play {
    struct side server;
    struct manual client;
    struct cw_buf in;
};

static int setup(void **state)
{
    (void)state;
    make_keys();
    multiplied = left = 0;
    secret_count = 0;
    return 0;
}

static void begin(struct play *play)
{
    *play = (struct play){0};
    open_server(&play->server, false);
    manual_begin(&play->client, server_keys.key.public_key);
    manual_greeting(&play->in, "CURVE");
    manual_hello(&play->client, &play->in);
}

static void end(struct play *play)
{
    close_side(&play->server);
    cw_buf_finish(&play->in);
}

/* Gives the client's bytes to the server. */
static void tell(struct play *play)
{
    hear(&play->server, cw_buf_slice(&play->in), ALL);
    seal(&play->server);
    play->in.n = 0;
}

/* Runs the handshake up to INITIATE, which is not given to the server yet. */
static void begin_initiate(struct play *play)
{
    begin(play);
    tell(play);
    manual_welcome(&play->client,
                   cw_slice_of(play->server.wire.p + GREETING, play->server.wire.n - GREETING));
    play->server.wire.n = 0;
    manual_initiate(&play->client, METADATA, &play->in);
}

/* Asserts that the server fails with this reason and sends nothing more. */
static void refused(struct play *play, const char *reason)
{
    char events[200];
    snprintf(events, sizeof events, "FAILED %s\n", reason);
    play->server.wire.n = 0;
    tell(play);
    assert_heard(&play->server, events);
    assert_true(play->server.wire.n == 0 || play->server.wire.n == GREETING);
    end(play);
}

/* --- good handshakes --------------------------------------------------------------- */

static void as_rfc_26_has_it(void **state)
{
    (void)state;
    static const uint8_t greeting[GREETING] = {0xff, 0, 0, 0,   0,   0,   0,   0,   0,
                                               0x7f, 3, 1, 'C', 'U', 'R', 'V', 'E', [32] = 1};
    struct play play;
    struct cw_buf held = {0};
    begin(&play);
    hear(&play.server, cw_slice_of(play.in.p, 1), ALL);
    seal(&play.server);
    assert_int_equal(play.server.wire.n, 11);
    hear(&play.server, cw_slice_of(play.in.p + 1, GREETING - 1), ALL);
    seal(&play.server);
    assert_int_equal(play.server.wire.n, GREETING);
    assert_memory_equal(play.server.wire.p, greeting, GREETING);
    end(&play);
    begin_initiate(&play);
    tell(&play);
    assert_heard(&play.server, "READY\n");
    manual_ready(&play.client, cw_buf_slice(&play.server.wire), &held);
    assert_int_equal(held.n, sizeof ROUTER - 1);
    assert_memory_equal(held.p, ROUTER, held.n);
    cw_buf_finish(&held);
    end(&play);
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
    tell(&play);
    assert_heard(&play.server, "READY\n");
    assert_int_equal(multiplied, 4);
    end(&play);
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

/* --- HELLO ---------------------------------------------------------------------------- */

/* Sends a HELLO with one changed octet. */
static void flipped_hello(size_t at, const char *reason)
{
    struct play play;
    begin(&play);
    play.in.p[at] ^= 0x10;
    refused(&play, reason);
}

#define MALFORMED_HELLO "HELLO is malformed"
#define CLOSED_HELLO    "HELLO does not open: the peer has another server key"

static void malformed_hellos_cost_nothing(void **state)
{
    (void)state;
    struct play play;
    for (size_t at = HELLO_AT; at < HELLO_AT + 80; at++) /* name, version, padding */
        flipped_hello(at, MALFORMED_HELLO);
    begin(&play); /* 199 octets */
    play.in.p[GREETING + 1]--;
    play.in.n--;
    refused(&play, MALFORMED_HELLO);
    begin(&play);
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
        begin(&play);
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
    begin(&play);
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
        begin(&play);
        refused(&play, "too many CURVE handshakes at once");
    }
    assert_int_equal(begun, 100);
    assert_int_equal(multiplied, 0);
    may_not_begin = false;
    begin_initiate(&play);
    tell(&play);
    assert_heard(&play.server, "READY\n");
    assert_int_equal(begun, 101); /* INITIATE does not call may_begin */
    end(&play);
}

static void only_the_awaited_command_may_come(void **state)
{
    (void)state;
    struct play play;
    begin(&play);
    play.in.n = GREETING;
    cw_buf_append(&play.in, "\4\x1c\5READY" DEALER, 30); /* as with NULL */
    refused(&play, MALFORMED_HELLO);
    begin_initiate(&play);
    play.in.n = 0;
    manual_hello(&play.client, &play.in); /* twice */
    refused(&play, "INITIATE is malformed");
    begin(&play);
    play.in.n = GREETING;
    cw_buf_append(&play.in, "\0\2hi", 4);
    refused(&play, "a message came before READY");
    begin(&play);
    play.in.n = GREETING;
    cw_buf_append(&play.in, "\6\0\0\0\0\0\0\4\1", 9); /* of 1,025 octets */
    refused(&play, "a command is too long");
    begin(&play);
    play.in.n = GREETING;
    cw_buf_append(&play.in, "\4\7\5ERROR", 8);
    cw_buf_append_byte(&play.in, 0);
    refused(&play, "the peer refused the connection with ERROR");
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
    begin(&play);
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

/* --- INITIATE --------------------------------------------------------------------------- */

#define INITIATE_AT 9 /* where its body begins in a long frame */

static void flipped_initiate(size_t at, const char *reason)
{
    struct play play;
    begin_initiate(&play);
    play.in.p[INITIATE_AT + at] ^= 0x10;
    refused(&play, reason);
}

#define FOREIGN_COOKIE "the cookie of INITIATE is not of this connection"
#define CLOSED_VOUCH   "the vouch of INITIATE is not for this connection"

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
    tell(&play);
    assert_heard(&play.server, "FAILED Socket-Type is missing\n");
    end(&play);
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
    tell(&play);
    assert_heard(&play.server, "FAILED Socket-Type must be DEALER or REQ\n");
    assert_int_equal(play.server.wire.n, 42);
    assert_memory_equal(play.server.wire.p, "\4\x28\5ERROR\x21Socket-Type_must_be_DEALER_or_REQ",
                        42);
    end(&play);
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
    tell(&first);
    assert_heard(&first.server, "READY\n");
    end(&first);
}

static void a_recorded_session_is_closed_before_ready(void **state)
{
    (void)state;
    struct play play;
    struct cw_buf record = {0};
    begin(&play);
    cw_buf_append(&record, play.in.p, play.in.n);
    tell(&play);
    manual_welcome(&play.client,
                   cw_slice_of(play.server.wire.p + GREETING, play.server.wire.n - GREETING));
    manual_initiate(&play.client, METADATA, &play.in);
    manual_message(&play.client, 0, cw_slice_str("a secret"), &play.in);
    cw_buf_append(&record, play.in.p, play.in.n);
    tell(&play);
    assert_heard(&play.server, "READY\nMESSAGE a secret\n");
    end(&play);
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
        cmocka_unit_test_setup(malformed_hellos_cost_nothing, setup),
        cmocka_unit_test_setup(hellos_that_do_not_open_cost_one_key, setup),
        cmocka_unit_test_setup(keys_of_low_order_are_none, setup),
        cmocka_unit_test_setup(the_box_of_hello_shall_contain_zeros, setup),
        cmocka_unit_test_setup(an_owner_bounds_handshakes, setup),
        cmocka_unit_test_setup(only_the_awaited_command_may_come, setup),
        cmocka_unit_test_setup(an_old_key_opens_until_it_is_revoked, setup),
        cmocka_unit_test_setup(a_handshake_ends_with_the_key_that_it_began_with, setup),
        cmocka_unit_test_setup(every_octet_of_initiate_counts, setup),
        cmocka_unit_test_setup(initiate_has_257_octets, setup),
        cmocka_unit_test_setup(a_nonce_shall_ascend, setup),
        cmocka_unit_test_setup(vouches_are_checked, setup),
        cmocka_unit_test_setup(bad_metadata_are_answered_with_error, setup),
        cmocka_unit_test_setup(a_cookie_is_good_on_its_connection_only, setup),
        cmocka_unit_test_setup(a_recorded_session_is_closed_before_ready, setup),
        cmocka_unit_test_setup(a_client_refuses_another_server, setup),
        cmocka_unit_test_setup(a_client_takes_no_ready_before_welcome, setup),
    };
    if (sodium_init() < 0)
        return 1;
    return cmocka_run_group_tests_name("curve", tests, NULL, NULL);
}
