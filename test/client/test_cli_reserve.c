/* test_cli_reserve.c - how much sound a loudspeaker keeps waiting, in simulated time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "reserve.h"

#define SECOND INT64_C(1000000)

struct ear {
    struct reserve reserve;
    int64_t now_us;
};

static struct ear begin(void)
{
    struct ear ear = {.now_us = 7 * SECOND};
    reserve_begin(&ear.reserve, 120, 120, 480, ear.now_us);
    return ear;
}

/* Nothing happens for so long; returns how often the reserve has changed. */
static unsigned calm(struct ear *ear, int64_t us)
{
    unsigned changes = 0;
    for (int64_t i = 0; i < us; i += 10000) {
        ear->now_us += 10000;
        changes += reserve_note(&ear->reserve, false, ear->now_us);
    }
    return changes;
}

static bool runs_dry(struct ear *ear)
{
    return reserve_note(&ear->reserve, true, ear->now_us);
}

static void it_grows_with_each_gap_up_to_the_most(void **state)
{
    (void)state;
    struct ear ear = begin();
    assert_int_equal(calm(&ear, SECOND), 0);
    for (size_t i = 2; i <= 4; i++) {
        assert_true(runs_dry(&ear));
        assert_int_equal(ear.reserve.samples, i * 120);
    }
    assert_false(runs_dry(&ear));
    assert_int_equal(ear.reserve.samples, 480);
}

static void its_first_moments_do_not_count(void **state)
{
    (void)state;
    struct ear ear = begin();
    calm(&ear, SECOND / 2 - 10000);
    assert_false(runs_dry(&ear));
    calm(&ear, 10000);
    assert_true(runs_dry(&ear));
}

static void it_shrinks_after_five_seconds_each_and_not_below_the_least(void **state)
{
    (void)state;
    struct ear ear = begin();
    calm(&ear, SECOND);
    runs_dry(&ear);
    runs_dry(&ear);
    assert_int_equal(calm(&ear, 5 * SECOND), 0);
    assert_int_equal(calm(&ear, 10000), 1);
    assert_int_equal(ear.reserve.samples, 240);
    assert_int_equal(calm(&ear, 60 * SECOND), 1);
    assert_int_equal(ear.reserve.samples, 120);
}

/* Each time that less is tried it runs dry at once. */
static void less_is_tried_ever_more_seldom(void **state)
{
    (void)state;
    static const unsigned seconds[] = {5, 10, 20, 40, 80, 160, 320, 320, 320};
    struct ear ear = begin();
    calm(&ear, SECOND);
    runs_dry(&ear);
    for (size_t i = 0; i < sizeof seconds / sizeof seconds[0]; i++) {
        assert_int_equal(calm(&ear, seconds[i] * SECOND), 0);
        assert_int_equal(calm(&ear, 10000), 1);
        assert_int_equal(ear.reserve.samples, 120);
        assert_true(runs_dry(&ear));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_grows_with_each_gap_up_to_the_most),
        cmocka_unit_test(its_first_moments_do_not_count),
        cmocka_unit_test(it_shrinks_after_five_seconds_each_and_not_below_the_least),
        cmocka_unit_test(less_is_tried_ever_more_seldom),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
