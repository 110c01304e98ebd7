/* test_hearing.c - what a speaker is told of how they are heard: what is missed, and that a queue
 * grows, in simulated time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "audio/hearing.h"
#include "base/limits.h"

#define FRAME_US 20000

struct way {
    struct cw_hearing hearing;
    int64_t now_us, late_us;
    uint32_t timestamp;
    uint64_t came, missed;
    unsigned told, last;
};

/* Packets of 20 ms, `late_us` later than the first, and by `more_us` more with each. */
static void hear(struct way *way, unsigned packets, int64_t more_us)
{
    way->told = 0;
    for (unsigned i = 0; i < packets; i++) {
        way->late_us += more_us;
        way->came++;
        cw_hearing_note(&way->hearing, way->timestamp, 960, way->now_us + way->late_us);
        way->told += cw_hearing_is_due(&way->hearing, way->came, way->missed,
                                       way->now_us + way->late_us, &way->last);
        way->timestamp += 960;
        way->now_us += FRAME_US;
    }
}

/* The clock begins anywhere, and the timestamps wrap. */
static struct way begin(void)
{
    return (struct way){.now_us = INT64_C(777000000), .timestamp = UINT32_MAX - 5000, .last = 101};
}

static void what_is_missed_is_told_after_two_seconds(void **state)
{
    struct way way = begin();
    (void)state;
    hear(&way, 1000, 0);
    assert_in_range(way.told, 4, 5); /* while it is well, after five */
    assert_int_equal(way.last, 0);
    hear(&way, 100, 0);
    way.missed += 25;
    way.came += 25;
    hear(&way, 100, 0);
    assert_int_equal(way.told, 1);
    assert_int_equal(way.last, 20);
    way.missed -= 25; /* they have come after all */
    hear(&way, 100, 0);
    assert_int_equal(way.last, 0);
}

static void a_queue_that_grows_is_told_before_it_drops(void **state)
{
    struct way way = begin();
    (void)state;
    hear(&way, 200, 0);
    assert_int_equal(way.last, 0);
    hear(&way, 100, 2000); /* 0.2 s in 2 s */
    assert_int_equal(way.last, 20);
    hear(&way, 100, 0); /* it stays */
    assert_int_equal(way.last, 20);
    assert_in_range(way.told, 2, 3);
    hear(&way, 100, -2000);
    hear(&way, 100, 0);
    assert_int_equal(way.last, 0);
    way.missed += 60;
    hear(&way, 100, 2000);
    assert_in_range(way.last, 20, 100);
}

static void a_way_that_has_become_longer_is_no_queue(void **state)
{
    struct way way = begin();
    (void)state;
    hear(&way, 200, 0);
    way.late_us = 400000;
    hear(&way, 100, 0);
    assert_int_equal(way.last, 20); /* it may be one */
    hear(&way, 250, 0);
    assert_int_equal(way.last, 0);
    hear(&way, 1000, 0);
    assert_int_equal(way.last, 0);
    hear(&way, 100, 2000); /* that is one again */
    assert_int_equal(way.last, 20);
    hear(&way, 100, -6000);
    hear(&way, 500, 0); /* shorter again, too */
    assert_int_equal(way.last, 0);
}

static void single_packets_that_are_late_are_no_queue(void **state)
{
    struct way way = begin();
    (void)state;
    hear(&way, 100, 0);
    for (unsigned i = 0; i < 100; i++) {
        way.late_us = i % 10 == 0 ? 200000 : 0;
        hear(&way, 1, 0);
    }
    assert_int_equal(way.last, 0);
}

static void who_comes_again_is_another_stream(void **state)
{
    struct way way = begin();
    (void)state;
    hear(&way, 100, 0);
    way.timestamp += 1u << 30;
    hear(&way, 200, 0);
    assert_int_equal(way.last, 0);
    assert_in_range(way.told, 1, 3);
}

/* Whoever leaps with each packet, half around, is not counted on without end. */
static void timestamps_that_leap_do_not_add_up(void **state)
{
    struct way way = begin();
    (void)state;
    for (int i = 0; i < 1000; i++) {
        way.timestamp += (1u << 31) - 2000;
        hear(&way, 1, 0);
        assert_int_equal(way.hearing.position, 0);
    }
    hear(&way, 100, 2000);
    assert_int_equal(way.last, 20);
}

static void nobody_is_told_before_the_others(void **state)
{
    struct cw_hearing_turns turns = {0};
    unsigned told[50] = {0}, most = 0;
    (void)state;
    for (int64_t now_us = 0; now_us < 8000000; now_us += 5000)
        if (cw_hearing_turn(&turns, 50, now_us) != 0) {
            told[cw_hearing_next(&turns, 50)]++;
            most++;
        }
    assert_in_range(most, 99, 8 * CW_CALL_REPORTS_PER_S);
    for (size_t i = 0; i < 50; i++)
        assert_in_range(told[i], 1, 2);
    assert_int_equal(cw_hearing_turn(&turns, 2, 9000000), 2);
    assert_true(cw_hearing_next(&turns, 2) < 2); /* the others have left */
    assert_int_equal(cw_hearing_turn(&turns, 0, 10000000), 0);
}

static void silence_is_not_told(void **state)
{
    struct way way = begin();
    unsigned lost, told = 0;
    (void)state;
    hear(&way, 150, 0);
    for (int i = 0; i < 1000; i++) /* once of what came last */
        told += cw_hearing_is_due(&way.hearing, way.came, way.missed,
                                  way.now_us + i * INT64_C(20000), &lost);
    assert_int_equal(told, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_missed_is_told_after_two_seconds),
        cmocka_unit_test(a_queue_that_grows_is_told_before_it_drops),
        cmocka_unit_test(a_way_that_has_become_longer_is_no_queue),
        cmocka_unit_test(single_packets_that_are_late_are_no_queue),
        cmocka_unit_test(who_comes_again_is_another_stream),
        cmocka_unit_test(timestamps_that_leap_do_not_add_up),
        cmocka_unit_test(nobody_is_told_before_the_others),
        cmocka_unit_test(silence_is_not_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
