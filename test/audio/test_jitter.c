/* test_jitter.c - the jitter buffer on simulated networks, between clocks that differ, and with a
 * recorded call. Numbers and silence: test_jitter_numbers.c; other ways: test_jitter_ways.c.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "jitter_play.h"
#include "support.h"

/* --- networks ------------------------------------------------------------------------ */

static int64_t at_once(uint32_t number, uint64_t *seed)
{
    (void)number;
    (void)seed;
    return 0;
}

static void a_calm_network_adds_one_tick_and_loses_nothing(void **state)
{
    (void)state;
    struct play play = played(1000, at_once);
    assert_counts(&play, "received 1000 played 1000 late 0 lost 0 dropped 0 duplicates 0 concealed "
                         "80 ms restarts 0 target 2 delay 13 jitter 0");
    assert_int_equal(play.delay_most_us, 23000);
    assert_int_equal(play.cuts, 0);
    end_play(&play);
}

static void frames_of_10_ms_do_as_well(void **state)
{
    (void)state;
    struct play play = begin_play(480);
    play.now_us = 3000;
    run_play(&play, arrivals, make(arrivals, 2000, 480, at_once, 42));
    assert_counts(&play, "received 2000 played 1998 late 0 lost 0 dropped 0 duplicates 0 concealed "
                         "0 ms restarts 0 target 2 delay 13 jitter 0");
    assert_int_equal(play.delay_most_us, 23000);
    end_play(&play);
}

static int64_t up_to_40_ms(uint32_t number, uint64_t *seed)
{
    (void)number;
    return (int64_t)(random_part(seed) * 40000);
}

static void uniform_jitter_is_covered_by_as_much_delay(void **state)
{
    (void)state;
    struct play play = played(3000, up_to_40_ms);
    assert_counts(&play, "received 3000 played 3000 late 0 lost 0 dropped 0 duplicates 0 concealed "
                         "40 ms restarts 0 target 40 delay 52 jitter 16");
    assert_true(play.delay_most_us <= 55000);
    end_play(&play);
}

/* Mostly 2 to 5 ms; one in 130 over 60 ms, one in 800 over 200 ms. */
static int64_t pareto(uint32_t number, uint64_t *seed)
{
    (void)number;
    double way = 2000 / pow(1 - random_part(seed), 0.7);
    return way < 400000 ? (int64_t)way : 400000;
}

static void rare_spikes_are_concealed_and_do_not_become_delay(void **state)
{
    (void)state;
    struct play play = played(3000, pareto);
    assert_counts(&play, "received 3000 played 2961 late 39 lost 0 dropped 0 duplicates 0 "
                         "concealed 840 ms restarts 0 target 24 delay 35 jitter 4");
    assert_true(play.delay_us <= 40000);
    end_play(&play);
}

/* As TCP does it: what was held up comes all at once. */
static int64_t stall_of_300_ms(uint32_t number, uint64_t *seed)
{
    (void)seed;
    int64_t sent_us = (int64_t)number * 20000;
    return sent_us >= 5000000 && sent_us < 5300000 ? 5300000 - sent_us : 0;
}

static void after_a_stall_the_delay_is_at_once_what_it_was(void **state)
{
    (void)state;
    struct play play = begin_play(960);
    play.now_us = 3000;
    size_t n = make(arrivals, 500, 960, stall_of_300_ms, 42);
    run_play(&play, arrivals, 250);
    assert_int_equal(play.delay_us, 13000);
    run_play(&play, arrivals + 250, 16); /* the burst */
    tick_until(&play, 5330000);
    assert_int_equal(play.delay_us, 3000);
    run_play(&play, arrivals + 266, n - 266);
    assert_counts(&play, "received 500 played 483 late 1 lost 0 dropped 15 duplicates 0 concealed "
                         "120 ms restarts 0 target 2 delay 3 jitter 0");
    assert_int_equal(play.delay_most_us, 23000);
    assert_int_equal(play.cuts, 1);
    end_play(&play);
}

/* By datagrams nothing is sent again: a stall on a long way is none the less over when it is. */
static void a_long_way_of_datagrams_is_not_waited_for(void **state)
{
    (void)state;
    struct play play = begin_play(960);
    play.now_us = 3000;
    cw_jitter_set_round_trip(play.jitter, 300, false);
    run_play(&play, arrivals, make(arrivals, 500, 960, stall_of_300_ms, 42));
    assert_counts(&play, "received 500 played 484 late 0 lost 0 dropped 15 duplicates 0 concealed "
                         "100 ms restarts 0 target 2 delay 3 jitter 0");
    end_play(&play);
}

/* Within half a second after the queue has gone; what is left of it waits for what repairs gaps. A
 * line of 128 kbit/s stands still for 3 s with a second of packets in it; after it each takes 11
 * ms, until what has queued is gone: 1.25 s later. */
static int64_t slow_after_3_s(uint32_t number, uint64_t *seed)
{
    (void)seed;
    int64_t sent_us = (int64_t)number * 20000, place = (int64_t)number - 250;
    if (sent_us < 5000000)
        return 0;
    if (sent_us >= 6000000 && sent_us < 8000000)
        return -1;
    int64_t before = sent_us < 6000000 ? place : place - 100;
    int64_t way_us = 8000000 + 11000 * (before + 1) - sent_us;
    return way_us > 0 ? way_us : 0;
}

static void after_a_long_stall_the_delay_is_soon_what_it_was(void **state)
{
    (void)state;
    struct play play = begin_play(960);
    play.now_us = 3000;
    size_t n = make(arrivals, 750, 960, slow_after_3_s, 42), at = 0;
    static const struct {
        int64_t until_us, delay_most_us;
    } steps[] = {{5000000, 13000}, {9300000, 160000}, {9800000, 40000}, {14000000, 20000}};
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        size_t first = at;
        while (at < n && arrivals[at].at_us < steps[i].until_us)
            at++;
        run_play(&play, arrivals + first, at - first);
        assert_true(play.delay_us <= steps[i].delay_most_us);
    }
    run_play(&play, arrivals + at, n - at);
    assert_counts(&play,
                  "received 650 played 627 late 0 lost 100 dropped 22 duplicates 0 concealed "
                  "100 ms restarts 0 target 2 delay 13 jitter 0");
    end_play(&play);
}

static int64_t three_at_a_time(uint32_t number, uint64_t *seed)
{
    (void)seed;
    return (2 - number % 3) * 20000;
}

static void bursts_of_three_need_two_frames_of_delay(void **state)
{
    (void)state;
    struct play play = played(999, three_at_a_time);
    assert_counts(&play, "received 999 played 998 late 1 lost 0 dropped 0 duplicates 0 concealed "
                         "60 ms restarts 0 target 42 delay 43 jitter 26");
    assert_int_equal(play.delay_us, 43000);
    end_play(&play);
}

static int64_t every_tenth_overtaken(uint32_t number, uint64_t *seed)
{
    (void)seed;
    return number % 10 == 3 ? 25000 : 0;
}

static void what_was_overtaken_is_played_in_its_place(void **state)
{
    (void)state;
    struct play play = played(1000, every_tenth_overtaken);
    assert_counts(&play, "received 1000 played 999 late 1 lost 0 dropped 0 duplicates 0 concealed "
                         "80 ms restarts 0 target 27 delay 28 jitter 4");
    end_play(&play);
}

static int64_t loss_of_5(uint32_t number, uint64_t *seed)
{
    (void)number;
    return random_part(seed) < 0.05 ? -1 : 0;
}

static int64_t loss_of_20(uint32_t number, uint64_t *seed)
{
    (void)number;
    return random_part(seed) < 0.2 ? -1 : (int64_t)(random_part(seed) * 5000);
}

static void five_in_a_hundred_are_concealed_from_the_next(void **state)
{
    (void)state;
    struct play play = played(2000, loss_of_5);
    assert_counts(&play, "received 1906 played 1906 late 0 lost 94 dropped 0 duplicates 0 "
                         "concealed 1940 ms restarts 0 target 25 delay 23 jitter 0");
    assert_true(play.with_fec * 10 >= play.lost * 8);
    assert_true(play.delay_most_us <= 35000);
    end_play(&play);
}

static void twenty_in_a_hundred_too(void **state)
{
    (void)state;
    struct play play = played(2000, loss_of_20);
    assert_counts(&play, "received 1605 played 1605 late 0 lost 395 dropped 0 duplicates 0 "
                         "concealed 7940 ms restarts 0 target 26 delay 27 jitter 1");
    assert_true(play.with_fec * 10 >= play.lost * 7);
    assert_true(play.delay_most_us <= 45000);
    end_play(&play);
}

static int64_t loss_of_4_with_jitter(uint32_t number, uint64_t *seed)
{
    (void)number;
    double lost = random_part(seed), way = random_part(seed);
    return lost < 0.04 ? -1 : (int64_t)(way * 25000);
}

/* The packet behind a gap is as late as any other. */
static void what_repairs_a_gap_is_waited_for_where_there_is_jitter(void **state)
{
    (void)state;
    struct play play = played(3000, loss_of_4_with_jitter);
    assert_counts(&play, "received 2879 played 2879 late 0 lost 121 dropped 0 duplicates 0 "
                         "concealed 2460 ms restarts 0 target 46 delay 47 jitter 8");
    assert_true(play.with_fec * 100 >= play.lost * 90); /* the others: two in a row */
    end_play(&play);
}

/* Those that are lost come with the next one: lost for good are two in a row. The copies are late
 * by a frame, and the rare ones do not look like jitter. */
static void copies_are_played_in_their_place(double loss, const char *counts)
{
    struct play play = begin_play(960);
    uint64_t seed = 42;
    bool before = false;
    play.now_us = 3000;
    for (uint32_t i = 0; i < 3000; i++) {
        int64_t at_us = i * INT64_C(20000) + (int64_t)(random_part(&seed) * 5000);
        bool lost = random_part(&seed) < loss;
        tick_until(&play, at_us);
        if (before && !lost)
            put_again(&play, &(struct arrival){at_us, 999 + i, 77777 + (i - 1) * 960, i - 1});
        if (!lost)
            put(&play, &(struct arrival){at_us, 1000 + i, 77777 + i * 960, i});
        before = lost;
    }
    tick_until(&play, 3004 * 20000);
    assert_counts(&play, counts);
    assert_true(play.delay_most_us <= 45000);
    end_play(&play);
}

static void copies_of_lost_packets_are_in_time(void **state)
{
    (void)state;
    copies_are_played_in_their_place(
        0.04, "received 2998 played 2998 late 0 lost 2 dropped 0 duplicates 0 concealed 100 ms "
              "restarts 0 target 26 delay 27 jitter 1");
    copies_are_played_in_their_place(
        0.01, "received 2999 played 2996 late 3 lost 1 dropped 0 duplicates 0 concealed 140 ms "
              "restarts 0 target 26 delay 27 jitter 1");
}

/* A connection with a round trip of 200 ms sends one packet of 50 again, 300 ms later: what was
 * sent meanwhile comes with it. */
static int64_t sent_again(uint32_t number, uint64_t *seed)
{
    (void)seed;
    return number % 50 < 15 ? (15 - (int64_t)(number % 50)) * 20000 : 0;
}

static unsigned late_with_round_trip(int ms)
{
    struct play play = begin_play(960);
    cw_jitter_set_round_trip(play.jitter, ms, true);
    size_t n = make(arrivals, 3000, 960, sent_again, 42);
    run_play(&play, arrivals, n);
    struct cw_jitter_stats stats = cw_jitter_stats(play.jitter);
    unsigned late = (unsigned)(stats.late + stats.dropped);
    assert_int_equal(cw_jitter_stats(play.jitter).restarts, 0);
    end_play(&play);
    return late;
}

static void a_far_connection_gets_the_time_to_send_again(void **state)
{
    (void)state;
    assert_int_equal(late_with_round_trip(0), 772);
    assert_int_equal(late_with_round_trip(99), 61);
    assert_int_equal(late_with_round_trip(200), 3);
    assert_int_equal(late_with_round_trip(1000), 3);
}

/* --- windows ---------------------------------------------------------------------- */

/* In the seventh second what was sent comes each 100 ms, up to 50 ms late; or each other packet is
 * lost. */
static bool is_rough(int64_t sent_us)
{
    return sent_us >= 6000000 && sent_us < 7000000;
}

static int64_t rough_arrival(int64_t sent_us)
{
    int64_t together_us = sent_us - sent_us % 100000 + 50000;
    return together_us > sent_us ? together_us : sent_us;
}

static void put_one(struct play *play, uint32_t i, int64_t sent_us, bool lost)
{
    bool rough = is_rough(sent_us);
    struct arrival arrival = {rough && !lost ? rough_arrival(sent_us) : sent_us, i, i * play->frame,
                              i};
    tick_until(play, arrival.at_us);
    if (!rough || !lost || i % 2 == 0)
        put(play, &arrival);
}

/* How long that is remembered in packets of `frame` samples: until the target falls, ms. */
static int remembered_ms(uint32_t frame, bool lost)
{
    struct play play = begin_play(frame);
    int target_ms = 0, most_ms = 0;
    int64_t sent_us = 0;
    for (uint32_t i = 0; sent_us < 30000000 && target_ms >= most_ms; i++) {
        sent_us = (int64_t)i * frame * 125 / 6;
        put_one(&play, i, sent_us, lost);
        target_ms = cw_jitter_stats(play.jitter).target_ms;
        if (sent_us < 7100000)
            most_ms = target_ms;
    }
    end_play(&play);
    return (int)(sent_us / 1000) - 7000;
}

/* In packets of any length. */
static void what_was_is_remembered_for_five_seconds(void **state)
{
    (void)state;
    static const uint32_t frames[] = {240, 480, 960, 1920, 2880};
    for (size_t i = 0; i < sizeof frames / sizeof frames[0]; i++) {
        int late_ms = remembered_ms(frames[i], false), lost_ms = remembered_ms(frames[i], true);
        print_message("packets of %u ms: %d, %d ms\n", frames[i] / 48, late_ms, lost_ms);
        assert_in_range(late_ms, 4000, 6500);
        assert_in_range(lost_ms, 5000, 6500);
    }
}

/* --- clocks ----------------------------------------------------------------------- */

static void drift(int ppm, const char *counts)
{
    struct play play = begin_play(960);
    size_t n = make(arrivals, 30000, 960, up_to_40_ms, 42); /* 10 minutes */
    for (size_t i = 0; i < n; i++)
        arrivals[i].at_us += arrivals[i].at_us * ppm / 1000000;
    play.ppm = ppm;
    play.now_us = 3000;
    run_play(&play, arrivals, 3000);
    play.delay_most_us = 0;
    run_play(&play, arrivals + 3000, n - 3000);
    assert_counts(&play, counts);
    assert_true(play.delay_us > 30000 && play.delay_us <= 60000);
    assert_true(play.delay_most_us <= 75000);
    end_play(&play);
}

static void a_fast_sender_does_not_fill_the_buffer(void **state)
{
    (void)state;
    drift(-200, "received 30000 played 29997 late 0 lost 0 dropped 0 duplicates 0 concealed 0 ms "
                "restarts 0 target 41 delay 52 jitter 14");
}

static void a_slow_sender_does_not_empty_it(void **state)
{
    (void)state;
    drift(200, "received 30000 played 29843 late 155 lost 0 dropped 0 duplicates 0 concealed 3120 "
               "ms restarts 0 target 40 delay 38 jitter 14");
}

/* --- a real one: bench/voice/arrivals.py ------------------------------------------------ */

/* Speech over some 20 ms of way, up to 10 more of jitter, and two stalls of 300 ms. */
static const char *recorded; /* the file */

static size_t read_recorded(void)
{
    unsigned long at_us, sequence, timestamp, first = 0;
    size_t n = 0;
    FILE *file = fopen(recorded, "r");
    assert_non_null(file);
    while (n < MOST && fscanf(file, "%lu %lu %lu", &at_us, &sequence, &timestamp) == 3) {
        first = n == 0 ? timestamp : first;
        arrivals[n++] = (struct arrival){.at_us = (int64_t)at_us,
                                         .sequence = (uint32_t)sequence,
                                         .timestamp = (uint32_t)timestamp,
                                         .number = (uint32_t)(timestamp - first) / 960};
    }
    fclose(file);
    return n;
}

static void a_recorded_call_is_heard(void **state)
{
    (void)state;
    struct play play = begin_play(960);
    size_t n = read_recorded();
    assert_int_equal(n, 1259);
    play.now_us = 3000;
    run_play(&play, arrivals, n);
    tick_until(&play, arrivals[n - 1].at_us + 80000);
    /* What came in the stalls is dropped, 600 ms of it; the delay is what it was. */
    assert_counts(&play, "received 1259 played 1231 late 1 lost 0 dropped 27 duplicates 0 "
                         "concealed 400 ms restarts 0 target 12 delay 14 jitter 3");
    end_play(&play);
}

int main(int argc, char **argv)
{
    assert_int_equal(argc, 2);
    recorded = argv[1];
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_recorded_call_is_heard),
        cmocka_unit_test(a_calm_network_adds_one_tick_and_loses_nothing),
        cmocka_unit_test(frames_of_10_ms_do_as_well),
        cmocka_unit_test(uniform_jitter_is_covered_by_as_much_delay),
        cmocka_unit_test(rare_spikes_are_concealed_and_do_not_become_delay),
        cmocka_unit_test(after_a_stall_the_delay_is_at_once_what_it_was),
        cmocka_unit_test(a_long_way_of_datagrams_is_not_waited_for),
        cmocka_unit_test(after_a_long_stall_the_delay_is_soon_what_it_was),
        cmocka_unit_test(bursts_of_three_need_two_frames_of_delay),
        cmocka_unit_test(what_was_overtaken_is_played_in_its_place),
        cmocka_unit_test(five_in_a_hundred_are_concealed_from_the_next),
        cmocka_unit_test(twenty_in_a_hundred_too),
        cmocka_unit_test(what_repairs_a_gap_is_waited_for_where_there_is_jitter),
        cmocka_unit_test(copies_of_lost_packets_are_in_time),
        cmocka_unit_test(a_far_connection_gets_the_time_to_send_again),
        cmocka_unit_test(what_was_is_remembered_for_five_seconds),
        cmocka_unit_test(a_fast_sender_does_not_fill_the_buffer),
        cmocka_unit_test(a_slow_sender_does_not_empty_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
