/* test_tls.c - the framer of TLS: our client and our server, through all cuts of the bytes
 * between them; who is trusted and who is not; rubbish; memory. Real counterparts are in
 * test/e2e/test_tls_peers.py. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "frame/zmtp.h"
#include "tls_pair.h"

#define ALL SIZE_MAX

static struct tls_identity identity;

/* --- the way of messages -------------------------------------------------------------- */

static void both_are_ready_and_hear_each_other(size_t piece)
{
    struct tls_pair pair;
    tls_pair_begin(&pair, &identity, "localhost", NULL);
    tls_pair_run(&pair, piece);
    assert_true(pair.client.ready && pair.server.ready);
    tls_end_say(&pair.client, "to the server", 13);
    tls_end_say(&pair.client, "", 0);
    tls_end_say(&pair.server, "to the client", 13);
    tls_pair_run(&pair, piece);
    assert_int_equal(pair.server.messages, 2);
    assert_memory_equal(pair.server.heard.p, "to the server", 13);
    assert_int_equal(pair.client.messages, 1);
    assert_memory_equal(pair.client.heard.p, "to the client", 13);
    tls_pair_finish(&pair);
}

static void messages_come_through_any_cut(void **state)
{
    (void)state;
    for (size_t piece = 1; piece < 40; piece++)
        both_are_ready_and_hear_each_other(piece);
    both_are_ready_and_hear_each_other(1000);
    both_are_ready_and_hear_each_other(ALL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(messages_come_through_any_cut),
    };
    tls_identity_make(&identity);
    int failed = cmocka_run_group_tests_name("tls", tests, NULL, NULL);
    tls_identity_finish(&identity);
    return failed;
}
