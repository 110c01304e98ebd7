/* test_bell.c - one thread wakes another one's loop. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <pthread.h>
#include <stdatomic.h>

#include "server/bell.h"

#define RINGS 10000

struct world {
    uv_loop_t loop;
    struct cw_bell bell;
    unsigned heard;
    atomic_uint rung; /* by the ringer */
    unsigned seen;    /* of it, when the bell was last heard */
};

static void on_heard(void *context)
{
    struct world *w = context;
    w->heard++;
    w->seen = atomic_load(&w->rung);
}

static void begin(struct world *w)
{
    memset(w, 0, sizeof *w);
    uv_loop_init(&w->loop);
    cw_bell_init(&w->bell, &w->loop, on_heard, w);
}

static void end(struct world *w)
{
    cw_bell_finish(&w->bell);
    uv_run(&w->loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&w->loop), 0);
}

static void rings_that_were_not_heard_yet_count_as_one(void **state)
{
    struct world w;
    (void)state;
    begin(&w);
    uv_run(&w.loop, UV_RUN_NOWAIT);
    assert_int_equal(w.heard, 0);
    cw_bell_ring(&w.bell);
    cw_bell_ring(&w.bell);
    uv_run(&w.loop, UV_RUN_ONCE);
    uv_run(&w.loop, UV_RUN_NOWAIT);
    assert_int_equal(w.heard, 1);
    cw_bell_ring(&w.bell);
    uv_run(&w.loop, UV_RUN_ONCE);
    assert_int_equal(w.heard, 2);
    end(&w);
}

static void *ring_on(void *context)
{
    struct world *w = context;
    for (unsigned i = 0; i < RINGS; i++) {
        atomic_fetch_add(&w->rung, 1);
        cw_bell_ring(&w->bell);
    }
    return NULL;
}

static void what_came_before_a_ring_is_seen_when_it_is_heard(void **state)
{
    struct world w;
    pthread_t ringer;
    (void)state;
    begin(&w);
    assert_int_equal(pthread_create(&ringer, NULL, ring_on, &w), 0);
    while (w.seen != RINGS)
        uv_run(&w.loop, UV_RUN_ONCE);
    pthread_join(ringer, NULL);
    assert_true(w.heard >= 1 && w.heard <= RINGS);
    end(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rings_that_were_not_heard_yet_count_as_one),
        cmocka_unit_test(what_came_before_a_ring_is_seen_when_it_is_heard),
    };
    return cmocka_run_group_tests_name("bell", tests, NULL, NULL);
}
