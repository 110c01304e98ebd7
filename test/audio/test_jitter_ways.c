/* test_jitter_ways.c - the jitter buffer where the way becomes another one, and where packets begin
 * to come otherwise than before. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "jitter_play.h"
#include "support.h"

static int64_t detour_of_60_ms(uint32_t number, uint64_t *seed)
{
    (void)seed;
    return number >= 500 && number < 1000 ? 60000 : 0;
}

static void a_longer_way_is_followed_up_and_down(void **state)
{
    (void)state;
    struct play play = played(1500, detour_of_60_ms);
    assert_counts(&play, "received 1500 played 1497 late 3 lost 0 dropped 0 duplicates 0 concealed "
                         "180 ms restarts 0 target 2 delay 12 jitter 0");
    assert_true(play.delay_us <= 30000);
    end_play(&play);
}

/* Longer by more than any target: for a second it may be a stall, then the new way counts. */
static int64_t detour_of_400_ms(uint32_t number, uint64_t *seed)
{
    (void)seed;
    return number >= 500 && number < 1000 ? 400000 : 0;
}

static void a_way_longer_than_any_target_is_followed_after_a_second(void **state)
{
    (void)state;
    struct play play = played(1500, detour_of_400_ms);
    assert_counts(&play, "received 1500 played 1436 late 63 lost 0 dropped 1 duplicates 0 "
                         "concealed 1080 ms restarts 0 target 2 delay 13 jitter 0");
    assert_true(play.delay_us <= 30000);
    end_play(&play);
}

/* Timestamps begin anywhere: what is measured anew is compared with nothing. */
static void assert_counts_from_anywhere(size_t n, int64_t (*way_us)(uint32_t, uint64_t *),
                                        uint64_t seed, int64_t delay_most_us, const char *counts)
{
    for (uint32_t from = 0; from < 4; from++) {
        struct play play = begin_play(960);
        play.now_us = 3000;
        const size_t count = make(arrivals, n, 960, way_us, seed);
        for (size_t i = 0; i < count; i++)
            arrivals[i].timestamp += from << 30;
        run_play(&play, arrivals, count);
        tick_until(&play, (int64_t)(n + 4) * 20000);
        assert_int_equal(play.delay_most_us, delay_most_us);
        assert_counts(&play, counts);
        end_play(&play);
    }
}

static int64_t rough_detour_of_400_ms(uint32_t number, uint64_t *seed)
{
    return detour_of_400_ms(number, seed) + (int64_t)(random_part(seed) * 10000);
}

/* Where the new way begins to count the last packets may look like a queue that drains. */
static void a_longer_way_with_jitter_is_measured_anew(void **state)
{
    (void)state;
    assert_counts_from_anywhere(1500, rough_detour_of_400_ms, 3, 423000,
                                "received 1500 played 1439 late 60 lost 0 dropped 1 duplicates 0 "
                                "concealed 1000 ms restarts 0 target 11 delay 22 jitter 3");
}

/* After a stall of 2 s a line carries what has queued in 2 s. */
static int64_t two_seconds_in_two(uint32_t number, uint64_t *seed)
{
    (void)seed;
    const int64_t sent_us = (int64_t)number * 20000;
    const int64_t way_us = 7000000 + 10000 * ((int64_t)number - 249) - sent_us;
    return sent_us < 5000000 || way_us < 0 ? 0 : way_us;
}

static void a_queue_may_drain_for_longer_than_a_second(void **state)
{
    (void)state;
    assert_counts_from_anywhere(1500, two_seconds_in_two, 42, 2013000,
                                "received 1500 played 1439 late 0 lost 0 dropped 61 duplicates 0 "
                                "concealed 180 ms restarts 0 target 2 delay 12 jitter 0");
}

/* Of 600 ms, every three seconds, and from the fourth one on 400 ms later than before: silence does
 * not make the way another one. */
static void short_words_are_heard_on_a_longer_way(void **state)
{
    (void)state;
    struct play play = begin_play(960);
    play.now_us = 3000;
    for (uint32_t i = 0; i < 300; i++) {
        const uint32_t number = i / 30 * 150 + i % 30;
        const int64_t at_us = (int64_t)number * 20000 + (i < 90 ? 0 : 400000);
        arrivals[i] = (struct arrival){at_us, 1000 + i, 77777 + number * 960, number};
    }
    run_play(&play, arrivals, 300);
    assert_counts(&play, "received 300 played 274 late 25 lost 0 dropped 0 duplicates 0 concealed "
                         "1300 ms restarts 0 target 2 delay 3 jitter 0");
    end_play(&play);
}

static int64_t pairs_after_6_s(uint32_t number, uint64_t *seed)
{
    (void)seed;
    return number >= 100 && number % 2 == 0 ? 60000 : 0;
}

/* In the middle of speech the first one of each pair begins to come later by its length. */
static void the_first_pairs_are_heard(void **state)
{
    (void)state;
    struct play play = begin_play(2880);
    play.now_us = 3000;
    run_play(&play, arrivals, make(arrivals, 300, 2880, pairs_after_6_s, 42));
    assert_counts(&play, "received 300 played 298 late 0 lost 0 dropped 0 duplicates 0 concealed "
                         "120 ms restarts 0 target 62 delay 73 jitter 59");
    end_play(&play);
}

static int64_t seven_tenths_of_each_second(uint32_t number, uint64_t *seed)
{
    (void)seed;
    return number % 100 < 70 ? (70 - (int64_t)(number % 100)) * 10000 : 0;
}

/* The longest target of short packets is as long as there is room for them. */
static void what_waits_has_room(void **state)
{
    (void)state;
    struct play play = begin_play(480);
    play.now_us = 3000;
    cw_jitter_set_round_trip(play.jitter, 1000, true);
    run_play(&play, arrivals, make(arrivals, 3000, 480, seven_tenths_of_each_second, 42));
    assert_counts(&play, "received 3000 played 2523 late 0 lost 0 dropped 420 duplicates 0 "
                         "concealed 2900 ms restarts 0 target 560 delay 563 jitter 1");
    end_play(&play);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_longer_way_is_followed_up_and_down),
        cmocka_unit_test(a_way_longer_than_any_target_is_followed_after_a_second),
        cmocka_unit_test(a_longer_way_with_jitter_is_measured_anew),
        cmocka_unit_test(a_queue_may_drain_for_longer_than_a_second),
        cmocka_unit_test(short_words_are_heard_on_a_longer_way),
        cmocka_unit_test(the_first_pairs_are_heard),
        cmocka_unit_test(what_waits_has_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
