/* test_clock.c - which time is believed: two clocks, simulated. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/limits.h"

#define SECOND   UINT64_C(1000)
#define MINUTE   (60 * SECOND)
#define HOUR     (60 * MINUTE)
#define DAY      (24 * HOUR)
#define YEAR     (365 * DAY)
#define EARLIEST (20000 * DAY)
#define TODAY    (20500 * DAY)

/* A machine: its wall clock is off by so much. */
static struct cw_clock clock;
static uint64_t steady, real;
static int64_t off;

static void look(void)
{
    cw_clock_read(&clock, (uint64_t)((int64_t)real + off), steady);
}

/* The server starts, after the date was kept as it was. */
static void restart(void)
{
    cw_clock_init(&clock, EARLIEST, clock.date_ms);
    steady = 12345; /* of another boot */
    look();
}

static int begin(void **state)
{
    (void)state;
    off = 0;
    real = TODAY;
    clock.date_ms = 0;
    restart();
    return 0;
}

static void pass(uint64_t ms, uint64_t step)
{
    for (uint64_t passed = 0; passed < ms; passed += step) {
        steady += step;
        real += step;
        look();
    }
}

/* A server that ran for a while with a clock that was right. */
static void run_well(void)
{
    pass(HOUR, MINUTE);
    assert_true(clock.time_ms == real && clock.date_ms == real);
}

static void a_right_clock_is_followed(void **state)
{
    (void)state;
    assert_true(clock.time_ms == TODAY && clock.date_ms == TODAY);
    pass(5 * MINUTE, SECOND);
    assert_true(clock.time_ms == real);
    assert_true(clock.date_ms == TODAY); /* not believed yet */
    pass(5 * MINUTE, SECOND);
    assert_true(clock.date_ms == real);
    pass(30 * DAY, MINUTE);
    assert_true(clock.time_ms == real && clock.date_ms == real);
    pass(DAY, 6 * HOUR); /* nobody came */
    assert_true(clock.time_ms == real && clock.date_ms == real);
}

/* What clock-jumps did to 0.1.0: two years ahead for 3 s, and back. */
static void a_jump_for_a_moment_is_not_seen(void **state)
{
    static const int64_t jumps[] = {2 * (int64_t)YEAR, -(int64_t)HOUR, -56 * (int64_t)YEAR,
                                    31 * (int64_t)DAY, -(int64_t)(2 * MINUTE)};
    (void)state;
    run_well();
    for (size_t i = 0; i < sizeof jumps / sizeof jumps[0]; i++) {
        off = jumps[i];
        look();
        pass(9 * MINUTE, SECOND);
        assert_true(clock.time_ms == real);
        assert_true(clock.date_ms == real - 9 * MINUTE);
        off = 0;
        look();
        pass(9 * MINUTE, SECOND);
        assert_true(clock.time_ms == real);
        pass(MINUTE, SECOND);
        assert_true(clock.date_ms == real);
    }
}

static void a_clock_that_goes_on_as_it_jumped_is_believed(void **state)
{
    (void)state;
    run_well();
    off = -(int64_t)HOUR;
    look();
    pass(10 * MINUTE - SECOND, SECOND);
    assert_true(clock.time_ms == real);
    pass(SECOND, SECOND);
    assert_true(clock.time_ms == real - HOUR);
}

static void a_clock_that_keeps_jumping_is_never_believed(void **state)
{
    (void)state;
    run_well();
    uint64_t date_ms = clock.date_ms;
    for (int i = 0; i < 1000; i++) {
        off += 5 * (int64_t)MINUTE;
        pass(9 * MINUTE, MINUTE);
        assert_true(clock.time_ms == real && clock.date_ms == date_ms);
    }
}

static void a_small_step_back_stops_the_time(void **state)
{
    (void)state;
    run_well();
    uint64_t before = clock.time_ms;
    off = -30 * (int64_t)SECOND;
    look();
    assert_true(clock.time_ms == before);
    pass(20 * SECOND, SECOND);
    assert_true(clock.time_ms == before);
    pass(20 * SECOND, SECOND);
    assert_true(clock.time_ms == real - 30 * SECOND);
    off = 20 * (int64_t)SECOND; /* and a small one ahead is there at once */
    look();
    assert_true(clock.time_ms == real + 20 * SECOND);
}

static void a_slewed_clock_agrees(void **state)
{
    (void)state;
    run_well();
    for (int i = 0; i < 24 * 60; i++) { /* 500 ppm, for a day */
        off += 30;
        pass(MINUTE, MINUTE);
        assert_true(clock.time_ms == real + (uint64_t)off);
        assert_true(clock.date_ms == clock.time_ms);
    }
}

static void ahead_at_a_start_the_date_goes_twice_as_fast(void **state)
{
    (void)state;
    run_well();
    uint64_t kept = clock.date_ms;
    off = 2 * (int64_t)YEAR;
    restart();
    assert_true(clock.time_ms == real + 2 * YEAR); /* it may have been off so long */
    assert_true(clock.date_ms == kept);
    pass(10 * MINUTE - SECOND, SECOND);
    assert_true(clock.date_ms == kept);
    pass(SECOND, SECOND);
    assert_true(clock.date_ms == kept + 20 * MINUTE);
    pass(3 * DAY, MINUTE);
    assert_true(clock.date_ms == kept + 20 * MINUTE + 6 * DAY);
    off = 0; /* put right: the date waits no longer than it was wrong */
    look();
    pass(10 * MINUTE, SECOND);
    assert_true(clock.time_ms == real);
    pass(DAY + HOUR, MINUTE);
    assert_true(clock.time_ms == real && clock.date_ms == real);
}

static void after_a_month_off_the_date_is_right_in_a_month(void **state)
{
    (void)state;
    run_well();
    uint64_t kept = clock.date_ms;
    real += 30 * DAY;
    restart();
    assert_true(clock.time_ms == real);
    pass(DAY, MINUTE);
    assert_true(clock.date_ms == kept + 2 * DAY);
    pass(28 * DAY, MINUTE);
    assert_true(clock.date_ms == kept + 58 * DAY);
    pass(DAY, MINUTE);
    assert_true(clock.date_ms == real && clock.time_ms == real);
}

static void restarted_every_quarter_of_an_hour_it_still_gets_on(void **state)
{
    (void)state;
    run_well();
    for (int i = 0; i < 4 * 24 * 30; i++) {
        pass(15 * MINUTE, MINUTE);
        real += 10 * SECOND;
        restart();
    }
    assert_true(clock.date_ms + MINUTE >= real);
}

static void a_clock_without_a_battery_stands_in_1970(void **state)
{
    (void)state;
    run_well();
    uint64_t kept = clock.date_ms;
    off = -(int64_t)real;
    restart();
    assert_true(clock.time_ms == kept && clock.date_ms == kept);
    pass(DAY, MINUTE); /* it is never believed, and nothing grows old */
    assert_true(clock.time_ms == kept + DAY && clock.date_ms == kept);
    off = 0;
    look();
    pass(10 * MINUTE, SECOND);
    assert_true(clock.time_ms == real && clock.date_ms == real);
}

static void the_first_start_of_all_in_1970(void **state)
{
    (void)state;
    off = -(int64_t)real;
    clock.date_ms = 0;
    restart();
    assert_true(clock.time_ms == EARLIEST && clock.date_ms == EARLIEST);
    off = 0;
    pass(MINUTE, SECOND);
    assert_true(clock.time_ms == EARLIEST + MINUTE);
    pass(10 * MINUTE, SECOND);
    assert_true(clock.time_ms == real);
    assert_true(clock.date_ms < EARLIEST + 23 * MINUTE); /* who registered stays logged in */
}

static void behind_at_a_start_it_is_believed_later(void **state)
{
    (void)state;
    run_well();
    uint64_t kept = clock.date_ms;
    off = -(int64_t)(8 * HOUR); /* the time of the last shutdown */
    restart();
    assert_true(clock.time_ms == kept);
    pass(9 * MINUTE, SECOND);
    assert_true(clock.time_ms == kept + 9 * MINUTE && clock.date_ms == kept);
    off = 0;
    look();
    pass(10 * MINUTE, SECOND);
    assert_true(clock.time_ms == real && clock.date_ms == real);
}

/* It is never ahead of the time by more than it went wrong, and goes back slowly, too. */
static void behind_for_long_the_date_goes_back_slowly(void **state)
{
    (void)state;
    run_well();
    off = -100 * (int64_t)DAY;
    look();
    pass(DAY, MINUTE);
    assert_true(clock.time_ms == real - 100 * DAY);
    assert_true(clock.date_ms >= real - 3 * DAY - HOUR);
}

static void a_steady_clock_that_is_not_steady_does_no_harm(void **state)
{
    (void)state;
    run_well();
    uint64_t date_ms = clock.date_ms, time_ms = clock.time_ms;
    cw_clock_read(&clock, real, 0);
    assert_true(clock.time_ms == time_ms && clock.date_ms == date_ms);
    cw_clock_read(&clock, 0, 0);
    assert_true(clock.time_ms == time_ms && clock.date_ms == date_ms);
    cw_clock_read(&clock, UINT64_MAX, steady);
    assert_true(clock.time_ms == time_ms && clock.date_ms == date_ms);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup(name, begin)
    const struct CMUnitTest tests[] = {
        T(a_right_clock_is_followed),
        T(a_jump_for_a_moment_is_not_seen),
        T(a_clock_that_goes_on_as_it_jumped_is_believed),
        T(a_clock_that_keeps_jumping_is_never_believed),
        T(a_small_step_back_stops_the_time),
        T(a_slewed_clock_agrees),
        T(ahead_at_a_start_the_date_goes_twice_as_fast),
        T(after_a_month_off_the_date_is_right_in_a_month),
        T(restarted_every_quarter_of_an_hour_it_still_gets_on),
        T(a_clock_without_a_battery_stands_in_1970),
        T(the_first_start_of_all_in_1970),
        T(behind_at_a_start_it_is_believed_later),
        T(behind_for_long_the_date_goes_back_slowly),
        T(a_steady_clock_that_is_not_steady_does_no_harm),
    };
    return cmocka_run_group_tests_name("clock", tests, NULL, NULL);
}
