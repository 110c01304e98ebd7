/* test_wakeup.c - one thread wakes another one's loop. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <pthread.h>
#include <stdatomic.h>

#include "server/wakeup.h"

#define WAKEUPS 10000

struct world {
    uv_loop_t loop;
    struct cw_wakeup wakeup;
    unsigned woken;
    atomic_uint sent; /* by the sender */
    unsigned seen;    /* of it, at the last wakeup */
};

static void on_wakeup(void *context)
{
    struct world *w = context;
    w->woken++;
    w->seen = atomic_load(&w->sent);
}

static void begin(struct world *w)
{
    memset(w, 0, sizeof *w);
    uv_loop_init(&w->loop);
    cw_wakeup_init(&w->wakeup, &w->loop, on_wakeup, w);
}

static void end(struct world *w)
{
    cw_wakeup_finish(&w->wakeup);
    uv_run(&w->loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&w->loop), 0);
}

static void wakeups_that_were_not_seen_yet_count_as_one(void **state)
{
    struct world w;
    (void)state;
    begin(&w);
    uv_run(&w.loop, UV_RUN_NOWAIT);
    assert_int_equal(w.woken, 0);
    cw_wakeup_send(&w.wakeup);
    cw_wakeup_send(&w.wakeup);
    uv_run(&w.loop, UV_RUN_ONCE);
    uv_run(&w.loop, UV_RUN_NOWAIT);
    assert_int_equal(w.woken, 1);
    cw_wakeup_send(&w.wakeup);
    uv_run(&w.loop, UV_RUN_ONCE);
    assert_int_equal(w.woken, 2);
    end(&w);
}

static void *send_all(void *context)
{
    struct world *w = context;
    for (unsigned i = 0; i < WAKEUPS; i++) {
        atomic_fetch_add(&w->sent, 1);
        cw_wakeup_send(&w->wakeup);
    }
    return NULL;
}

static void what_came_before_a_wakeup_is_seen_by_its_callback(void **state)
{
    struct world w;
    pthread_t sender;
    (void)state;
    begin(&w);
    assert_int_equal(pthread_create(&sender, NULL, send_all, &w), 0);
    while (w.seen != WAKEUPS)
        uv_run(&w.loop, UV_RUN_ONCE);
    pthread_join(sender, NULL);
    assert_true(w.woken >= 1 && w.woken <= WAKEUPS);
    end(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wakeups_that_were_not_seen_yet_count_as_one),
        cmocka_unit_test(what_came_before_a_wakeup_is_seen_by_its_callback),
    };
    return cmocka_run_group_tests_name("wakeup", tests, NULL, NULL);
}
