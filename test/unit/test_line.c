/* test_line.c - the rate of a line by a simulated clock, and what follows from it: bytes of a slice
 * and bytes under way. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/limits.h"
#include "base/line.h"

#define MS     UINT64_C(1000)
#define SECOND (1000 * MS)
#define BEGIN  (77 * SECOND)
#define MBIT   UINT64_C(125000) /* bytes a second */

/* `count` slices, one behind the other, on a line of so many bytes a second. */
static uint64_t pass_slices(struct cw_line *line, uint64_t now_us, uint64_t rate, int count)
{
    for (int i = 0; i < count; i++) {
        size_t n = cw_line_slice(line);
        now_us += n * SECOND / rate;
        cw_line_passed(line, n, now_us);
    }
    return now_us;
}

static size_t slice_at(uint64_t rate)
{
    struct cw_line line = {0};
    cw_line_passed(&line, 0, BEGIN);
    pass_slices(&line, BEGIN, rate, 100000);
    return cw_line_slice(&line);
}

static void a_slice_takes_20_ms_of_the_line(void **state)
{
    (void)state;
    assert_int_equal(slice_at(56 * 1000 / 8), 2048);
    assert_in_range(slice_at(1 * MBIT), 2490, 2500);
    assert_in_range(slice_at(4 * MBIT), 9990, 10000);
    assert_in_range(slice_at(10 * MBIT), 24980, 25000);
    assert_int_equal(slice_at(20 * MBIT), 49152);
    assert_int_equal(slice_at(10000 * MBIT), 49152);
}

static void of_an_unknown_line_a_slice_is_short(void **state)
{
    (void)state;
    struct cw_line line = {0};
    assert_int_equal(cw_line_slice(&line), 2048);
    assert_int_equal(cw_line_window(&line), 16384);
    cw_line_passed(&line, 1000000, BEGIN); /* since when it was on its way is not known */
    cw_line_passed(&line, 100000, BEGIN + 99 * MS);
    assert_int_equal(line.rate, 0);
    cw_line_passed(&line, 100000, BEGIN + 100 * MS);
    assert_int_equal(line.rate, 2000000);
}

static void a_pause_costs_one_half(void **state)
{
    (void)state;
    struct cw_line line = {0};
    cw_line_passed(&line, 0, BEGIN);
    cw_line_passed(&line, 100000, BEGIN + 100 * MS);
    assert_int_equal(line.rate, 1000000);
    cw_line_passed(&line, 4096, BEGIN + 900 * SECOND);
    assert_int_equal(line.rate, 500000);
    cw_line_passed(&line, 80000, BEGIN + 900 * SECOND + 100 * MS);
    assert_int_equal(line.rate, 800000);
}

static void a_rate_falls_by_halves_and_rises_at_once(void **state)
{
    (void)state;
    struct cw_line line = {0};
    cw_line_passed(&line, 0, BEGIN);
    cw_line_passed(&line, 1000000, BEGIN + 100 * MS);
    assert_int_equal(line.rate, 10000000);
    cw_line_passed(&line, 0, BEGIN + 200 * MS);
    assert_int_equal(line.rate, 5000000);
    cw_line_passed(&line, 12500, BEGIN + 300 * MS);
    assert_int_equal(line.rate, 2500000);
    cw_line_passed(&line, 1000000, BEGIN + 400 * MS);
    assert_int_equal(line.rate, 10000000);
}

static void what_is_under_way_fills_the_line(void **state)
{
    (void)state;
    struct cw_line line = {.rate = 4 * MBIT};
    cw_line_answered(&line, 130 * MS);
    cw_line_answered(&line, 100 * MS);
    cw_line_answered(&line, 400 * MS);
    assert_int_equal(line.trip_us, 100 * MS);
    assert_int_equal(cw_line_window(&line), 110000); /* 220 ms of it */
    line.rate = 1 * MBIT;
    assert_int_equal(cw_line_window(&line), 27500);
    cw_line_answered(&line, 0);
    assert_int_equal(line.trip_us, 1);
    assert_int_equal(cw_line_window(&line), 8 * 2500);
    assert_int_equal(cw_line_reserve(&line), 32 * 2500);
    line.rate = 1000 * MBIT;
    assert_int_equal(cw_line_window(&line), 384 * 1024);
    assert_int_equal(cw_line_reserve(&line), 384 * 1024);
}

/* The line delays by 50 ms each way and takes one slice after the other. What is sent is what the
 * window allows. The window must open until the line is full, and not beyond what was said. */
static void a_window_opens_to_the_rate_of_the_line(void **state)
{
    (void)state;
    const uint64_t rates[] = {1 * MBIT, 4 * MBIT, 16 * MBIT};
    for (size_t r = 0; r < sizeof rates / sizeof *rates; r++) {
        struct cw_line line = {0};
        struct under_way {
            size_t n;
            uint64_t sent_us, answered_us;
        } ring[128];
        size_t first = 0, count = 0, under_way = 0, most_later = 0;
        uint64_t now_us = BEGIN, free_us = BEGIN, bytes = 0;
        while (now_us < BEGIN + 10 * SECOND) {
            while (count < 128 && under_way < cw_line_window(&line)) {
                size_t n = cw_line_slice(&line);
                free_us = (free_us > now_us ? free_us : now_us) + n * SECOND / rates[r];
                ring[(first + count++) % 128] = (struct under_way){n, now_us, free_us + 100 * MS};
                under_way += n;
            }
            struct under_way *next = &ring[first];
            first = (first + 1) % 128;
            count--;
            now_us = next->answered_us;
            under_way -= next->n;
            cw_line_passed(&line, next->n, now_us);
            cw_line_answered(&line, now_us - next->sent_us);
            if (now_us > BEGIN + 5 * SECOND) {
                bytes += next->n;
                most_later = under_way > most_later ? under_way : most_later;
            }
        }
        assert_in_range(bytes, rates[r] * 5 * 90 / 100, rates[r] * 5 * 101 / 100);
        /* 100 ms fill it; the rest is what waits. */
        size_t slice = cw_line_slice(&line);
        assert_true(most_later <= rates[r] / 5 + 3 * slice);
    }
}

/* Answers take 100 ms once, and 150 ms from then on: the line is not taken for a slower one. */
static void late_answers_do_not_close_the_window(void **state)
{
    (void)state;
    struct cw_line line = {.rate = 10 * MBIT};
    uint64_t now_us = BEGIN;
    cw_line_answered(&line, 100 * MS);
    for (int i = 0; i < 100; i++) {
        size_t window = cw_line_window(&line);
        uint64_t took_us = window * SECOND / (10 * MBIT);
        now_us += took_us > 150 * MS ? took_us : 150 * MS;
        cw_line_passed(&line, window, now_us);
        cw_line_answered(&line, 150 * MS);
    }
    assert_int_equal(line.rate, 10 * MBIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_slice_takes_20_ms_of_the_line),
        cmocka_unit_test(of_an_unknown_line_a_slice_is_short),
        cmocka_unit_test(a_pause_costs_one_half),
        cmocka_unit_test(a_rate_falls_by_halves_and_rises_at_once),
        cmocka_unit_test(what_is_under_way_fills_the_line),
        cmocka_unit_test(a_window_opens_to_the_rate_of_the_line),
        cmocka_unit_test(late_answers_do_not_close_the_window),
    };
    return cmocka_run_group_tests_name("line", tests, NULL, NULL);
}
