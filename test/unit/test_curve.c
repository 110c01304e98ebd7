/* test_curve.c - CURVE between our own server and client: the handshake, messages, and what
 * each side refuses. Names and comments quote RFC 26 (CurveZMQ). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#include <sodium.h>

#include "curve_pair.h"

#define ALL SIZE_MAX

static int setup(void **state)
{
    (void)state;
    make_keys();
    return 0;
}

/* --- the handshake ----------------------------------------------------------------- */

static void every_cut_of_the_bytes_gives_the_same(void **state)
{
    (void)state;
    for (size_t piece = 1; piece < 600; piece++) {
        struct pair p;
        open_pair(&p);
        talk(&p, piece);
        assert_heard(&p.server, "READY\n");
        close_pair(&p);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(every_cut_of_the_bytes_gives_the_same, setup),
    };
    if (sodium_init() < 0)
        return 1;
    return cmocka_run_group_tests_name("curve", tests, NULL, NULL);
}
