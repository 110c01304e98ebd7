/* test_tls.c - the framer of TLS: our client and our server with ZMTP inside, with the bytes
 * between them in pieces of all sizes. Other tests: test_tls_trust.c, test_tls_hostile.c, and with
 * other implementations test/e2e/test_tls_peers.py. */
#include <malloc.h>
#include <openssl/ssl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "tls_pair.h"

#define ALL    SIZE_MAX
#define LONG_N (1000u * 1000)

static struct tls_identity identity;
static const struct tls_wish plain_wish;

static void begin_ready(struct tls_pair *pair, int version)
{
    tls_pair_begin(pair, &identity, &(struct tls_wish){.version = version});
    tls_pair_run(pair, ALL);
    assert_true(pair->client.ready && pair->server.ready);
}

/* --- messages ------------------------------------------------------------------------- */

static void both_are_ready_and_hear_each_other(size_t piece, int version)
{
    struct tls_pair pair;
    tls_pair_begin(&pair, &identity, &(struct tls_wish){.version = version});
    tls_pair_run(&pair, piece);
    assert_true(pair.client.ready && pair.server.ready);
    tls_end_say(&pair.client, "to the server", 13);
    tls_end_say(&pair.client, "", 0);
    tls_end_say(&pair.server, "to the client", 13);
    tls_pair_run(&pair, piece);
    assert_int_equal(pair.server.messages, 2);
    assert_int_equal(pair.server.heard.n, 13);
    assert_memory_equal(pair.server.heard.p, "to the server", 13);
    assert_int_equal(pair.client.messages, 1);
    assert_memory_equal(pair.client.heard.p, "to the client", 13);
    assert_null(pair.client.reason);
    assert_null(pair.server.reason);
    tls_pair_finish(&pair);
}

static void messages_come_through_any_cut(void **state)
{
    (void)state;
    for (size_t piece = 1; piece < 40; piece++) {
        both_are_ready_and_hear_each_other(piece, TLS1_2_VERSION);
        both_are_ready_and_hear_each_other(piece, TLS1_3_VERSION);
    }
    both_are_ready_and_hear_each_other(1000, TLS1_3_VERSION);
    both_are_ready_and_hear_each_other(ALL, TLS1_2_VERSION);
    both_are_ready_and_hear_each_other(ALL, TLS1_3_VERSION);
}

/* All frames of a tick are one record: 5 bytes of header, a type and a tag of 16. */
static void frames_are_sealed_in_one_record(void **state)
{
    (void)state;
    struct tls_pair pair;
    begin_ready(&pair, 0);
    for (int i = 0; i < 10; i++)
        tls_end_say(&pair.server, "message", 7);
    tls_end_seal(&pair.server);
    assert_int_equal(pair.server.wire.n, 5 + 10 * 9 + 1 + 16);
    tls_pair_finish(&pair);
}

static void a_long_message_is_kept_without_a_copy(void **state)
{
    (void)state;
    static const size_t pieces[] = {1, 1000, 70000, ALL};
    uint8_t *body = cw_alloc(LONG_N);
    for (size_t i = 0; i < LONG_N; i++)
        body[i] = (uint8_t)(i * i >> 8);
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
        struct tls_pair pair;
        begin_ready(&pair, 0);
        pair.server.framer->message_max = LONG_N; /* at any time */
        pair.server.keeps = true;
        tls_end_say(&pair.client, body, LONG_N);
        tls_end_say(&pair.client, "behind it", 9);
        tls_pair_run(&pair, pieces[i]);
        assert_int_equal(pair.server.messages, 2);
        assert_int_equal(pair.server.heard.n, LONG_N + 9);
        assert_memory_equal(pair.server.heard.p, body, LONG_N);
        assert_null(pair.server.framer->partial.p);
        tls_pair_finish(&pair);
    }
    free(body);
}

/* --- the fields that the owner sets and reads -------------------------------------------- */

static void what_the_owner_sees_is_that_of_the_inner_framer(void **state)
{
    (void)state;
    struct tls_pair pair;
    uint8_t body[40000] = {0};
    begin_ready(&pair, 0);
    assert_true(pair.server.framer->takes_updates && pair.client.framer->takes_updates);
    assert_true(pair.server.framer->proves_receipt && pair.client.framer->proves_receipt);
    tls_end_say(&pair.client, body, sizeof body);
    tls_end_seal(&pair.client);
    tls_end_take(&pair.server, cw_slice_of(pair.client.wire.p, 20000), ALL);
    assert_int_equal(pair.server.framer->whole, 9 + sizeof body);
    assert_int_equal(pair.server.framer->partial.n, 16384);
    tls_end_take(&pair.server, cw_slice_of(pair.client.wire.p + 20000, pair.client.wire.n - 20000),
                 ALL);
    assert_int_equal(pair.server.framer->whole, 0);
    assert_int_equal(pair.server.heard.n, sizeof body);
    tls_pair_finish(&pair);
}

static void a_longer_message_is_judged_by_its_head(void **state)
{
    (void)state;
    struct tls_pair pair;
    uint8_t body[3000] = {0};
    begin_ready(&pair, 0);
    pair.server.framer->message_max = 2000;
    pair.server.framer->judged_max = 4000;
    tls_end_say(&pair.client, body, sizeof body);
    tls_pair_run(&pair, ALL);
    assert_int_equal(pair.server.heads, 1);
    assert_int_equal(pair.server.messages, 0);
    pair.server.lets = 3000;
    tls_end_say(&pair.client, body, sizeof body);
    tls_pair_run(&pair, ALL);
    assert_int_equal(pair.server.heads, 2);
    assert_int_equal(pair.server.heard.n, 3000);
    pair.server.framer->judged_max = 0;
    pair.server.framer->message_max = 2999;
    tls_end_say(&pair.client, body, sizeof body);
    tls_pair_run(&pair, ALL);
    assert_string_equal(pair.server.reason, "a message is too long");
    tls_pair_finish(&pair);
}

static void a_probe_is_answered(void **state)
{
    (void)state;
    struct tls_pair pair;
    begin_ready(&pair, 0);
    cw_framer_probe(pair.server.framer, 4242, &pair.server.out);
    tls_pair_run(&pair, ALL);
    assert_int_equal(pair.server.mark, 4242);
    tls_pair_finish(&pair);
}

/* --- the end ------------------------------------------------------------------------------- */

static void an_end_says_so_behind_everything_else(void **state)
{
    (void)state;
    struct tls_pair pair;
    begin_ready(&pair, 0);
    tls_end_say(&pair.server, "the last", 8);
    cw_framer_close(pair.server.framer, &pair.server.out);
    tls_end_seal(&pair.server);
    size_t before = pair.server.wire.n;
    cw_framer_seal(pair.server.framer, NULL, 0, &pair.server.wire);
    assert_int_equal(pair.server.wire.n, before + 5 + 2 + 1 + 16);
    tls_end_take(&pair.client, cw_buf_slice(&pair.server.wire), ALL);
    assert_memory_equal(pair.client.heard.p, "the last", 8);
    assert_true(pair.client.done);
    assert_null(pair.client.reason);
    tls_pair_finish(&pair);
}

static void the_end_of_an_unfinished_handshake_says_nothing(void **state)
{
    (void)state;
    struct tls_pair pair;
    tls_pair_begin(&pair, &identity, &plain_wish);
    cw_framer_close(pair.server.framer, &pair.server.out);
    cw_framer_seal(pair.server.framer, NULL, 0, &pair.server.wire);
    assert_int_equal(pair.server.out.n + pair.server.wire.n, 0);
    tls_pair_finish(&pair);
}

/* --- a new certificate -------------------------------------------------------------------- */

static void connections_keep_the_certificate_that_they_began_with(void **state)
{
    (void)state;
    struct tls_identity old, new;
    struct tls_pair pair, later;
    tls_identity_make(&old);
    tls_identity_make(&new);
    assert_memory_not_equal(old.pin.hash, new.pin.hash, sizeof old.pin.hash);
    tls_pair_begin(&pair, &old, &plain_wish);
    cw_tls_server_destroy(old.server); /* in the middle of the handshake */
    old.server = NULL;
    tls_pair_begin(&later, &new, &(struct tls_wish){.pin = &new.pin});
    tls_pair_run(&pair, ALL);
    tls_pair_run(&later, ALL);
    assert_true(pair.client.ready && later.client.ready);
    tls_end_say(&pair.client, "still here", 10);
    tls_pair_run(&pair, ALL);
    assert_memory_equal(pair.server.heard.p, "still here", 10);
    tls_pair_finish(&pair);
    tls_pair_finish(&later);
    tls_identity_finish(&old);
    tls_identity_finish(&new);
}

/* --- memory ----------------------------------------------------------------------------------- */

/* The budget of an idle connection over TLS is 17 KiB, with what net has for it. */
#define IDLE_MAX (15u * 1024)
#define MANY     50

static size_t heap(void)
{
    return mallinfo2().uordblks + mallinfo2().hblkhd;
}

static void idle_connections_hold_little_and_say_how_much(int version)
{
    struct tls_pair *pairs = cw_alloc(MANY * sizeof *pairs);
    struct tls_pair warm;
    begin_ready(&warm, version);
    tls_pair_finish(&warm);
    for (int i = 0; i < MANY; i++)
        begin_ready(&pairs[i], version);
    for (int i = 0; i < MANY; i++) {
        tls_end_say(&pairs[i].client, "one", 3);
        tls_end_say(&pairs[i].server, "two", 3);
        tls_pair_run(&pairs[i], ALL);
        tls_end_finish(&pairs[i].client);
        cw_buf_finish(&pairs[i].server.out);
        cw_buf_finish(&pairs[i].server.heard);
    }
    size_t with = heap();
    size_t said = pairs[0].server.framer->held_kib * 1024u;
    for (int i = 0; i < MANY; i++)
        tls_end_finish(&pairs[i].server);
    size_t each = (with - heap()) / MANY;
    print_message("an idle connection: %zu bytes, charged %zu\n", each, said);
    assert_true(each <= IDLE_MAX);
    assert_true(each <= said + 1024);
    free(pairs);
}

static void an_idle_connection_holds_little(void **state)
{
    (void)state;
    idle_connections_hold_little_and_say_how_much(TLS1_2_VERSION);
    idle_connections_hold_little_and_say_how_much(TLS1_3_VERSION);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(messages_come_through_any_cut),
        cmocka_unit_test(frames_are_sealed_in_one_record),
        cmocka_unit_test(a_long_message_is_kept_without_a_copy),
        cmocka_unit_test(what_the_owner_sees_is_that_of_the_inner_framer),
        cmocka_unit_test(a_longer_message_is_judged_by_its_head),
        cmocka_unit_test(a_probe_is_answered),
        cmocka_unit_test(an_end_says_so_behind_everything_else),
        cmocka_unit_test(the_end_of_an_unfinished_handshake_says_nothing),
        cmocka_unit_test(connections_keep_the_certificate_that_they_began_with),
        cmocka_unit_test(an_idle_connection_holds_little),
    };
    tls_identity_make(&identity);
    int failed = cmocka_run_group_tests_name("tls", tests, NULL, NULL);
    tls_identity_finish(&identity);
    return failed;
}
