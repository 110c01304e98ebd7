/* test_jitter.c - arrival patterns through the jitter buffer, in simulated time:
 * what it plays, what it counts, and how much delay it adds. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "audio/jitter.h"
#include "support.h"

/* A packet of 20 ms: SILK, wide band, one frame. What is in it says which it is. */
#define PACKET_BYTES 20

struct arrival {
    int64_t at_us;
    uint32_t sequence, timestamp;
    uint32_t number;
};

/* A path: arrivals sorted by time, and a listener who plays a tick at a time. */
struct play {
    struct cw_jitter *jitter;
    uint32_t frame;  /* samples a packet */
    int64_t now_us;  /* of the next tick */
    int ppm;         /* the sender's clock is slower by so much */
    int64_t tick_us; /* between ticks: 5,000 when the listener's clock is right */
    uint32_t queued;
    uint32_t timestamp_zero;
    unsigned played, lost, silent, nothing, with_fec, cuts, stretched;
    int64_t delay_us;      /* of the last packet, beyond the fastest */
    int64_t delay_most_us; /* since it was last reset */
    int64_t last_number;
    bool in_order;
};

static struct play begin(uint32_t frame)
{
    return (struct play){.jitter = cw_jitter_create(),
                         .frame = frame,
                         .tick_us = CW_AUDIO_TICK_MS * 1000,
                         .last_number = -1,
                         .in_order = true};
}

static void end(struct play *play)
{
    cw_jitter_destroy(play->jitter);
}

static enum cw_jitter_put put(struct play *play, const struct arrival *arrival)
{
    uint8_t bytes[PACKET_BYTES] = {play->frame == 960 ? 0x48 : 0x40};
    memcpy(bytes + 1, &arrival->number, sizeof arrival->number);
    struct cw_call_packet packet = {arrival->sequence, arrival->timestamp,
                                    cw_slice_of(bytes, sizeof bytes), play->frame};
    return cw_jitter_put(play->jitter, &packet, arrival->at_us);
}

static enum cw_jitter_put put_silence(struct play *play, uint32_t sequence, uint32_t timestamp,
                                      int64_t at_us)
{
    const struct cw_call_packet packet = {sequence, timestamp, cw_slice_str("\x48"), play->frame};
    return cw_jitter_put(play->jitter, &packet, at_us);
}

static void hear(struct play *play, const struct cw_jitter_item *item)
{
    uint32_t number;
    memcpy(&number, item->packet.p + 1, sizeof number);
    int64_t position = (int64_t)number * play->frame;
    play->played++;
    play->cuts += item->cut;
    play->in_order = play->in_order && (int64_t)number > play->last_number;
    play->last_number = number;
    int64_t sent_us = position * 125 / 6;
    sent_us += sent_us * play->ppm / 1000000;
    play->delay_us = play->now_us + play->queued * 125 / 6 - sent_us;
    if (play->delay_us > play->delay_most_us)
        play->delay_most_us = play->delay_us;
    play->queued += item->samples;
    if (item->stretch == CW_JITTER_SHORTEN || item->stretch == CW_JITTER_LENGTHEN) {
        int by = item->stretch == CW_JITTER_LENGTHEN ? 240 : item->spare < 240 ? 0 : -240;
        play->stretched++;
        play->queued += (uint32_t)by;
        cw_jitter_stretched(play->jitter, by);
    }
}

static void tick(struct play *play)
{
    while (play->queued < CW_AUDIO_TICK) {
        struct cw_jitter_item item = cw_jitter_next(play->jitter, play->now_us, play->queued);
        assert_true(item.samples >= 120 && item.samples <= CW_AUDIO_PACKET_MAX);
        if (item.kind == CW_JITTER_PACKET && item.packet.n == PACKET_BYTES) {
            hear(play, &item);
            continue;
        }
        play->queued += item.samples;
        play->lost += item.kind == CW_JITTER_LOST;
        play->with_fec += item.kind == CW_JITTER_LOST && item.packet.n > 0;
        play->silent += item.kind == CW_JITTER_SILENCE;
        play->nothing += item.kind == CW_JITTER_NOTHING;
    }
    play->queued -= CW_AUDIO_TICK;
    play->now_us += play->tick_us;
}

static void tick_until(struct play *play, int64_t us)
{
    while (play->now_us < us)
        tick(play);
}

static int by_time(const void *a, const void *b)
{
    const struct arrival *x = a, *y = b;
    if (x->at_us != y->at_us)
        return x->at_us < y->at_us ? -1 : 1;
    return x->number < y->number ? -1 : x->number > y->number;
}

/* Plays arrivals in the order of their times. */
static void run(struct play *play, struct arrival *arrivals, size_t n)
{
    qsort(arrivals, n, sizeof *arrivals, by_time);
    for (size_t i = 0; i < n; i++) {
        tick_until(play, arrivals[i].at_us);
        put(play, &arrivals[i]);
    }
}

/* n packets sent on time that take `way_us(number)` to arrive; negative: lost. */
static size_t make(struct arrival *arrivals, size_t n, uint32_t frame,
                   int64_t (*way_us)(uint32_t number, uint64_t *seed), uint64_t seed)
{
    size_t count = 0;
    for (uint32_t i = 0; i < n; i++) {
        int64_t way = way_us(i, &seed);
        if (way >= 0)
            arrivals[count++] = (struct arrival){(int64_t)i * frame * 125 / 6 + way, 1000 + i,
                                                 77777 + i * frame, i};
    }
    return count;
}

#define MOST 32000
static struct arrival arrivals[MOST];

/* What the buffer counted and did, in one line. */
static void assert_counts(struct play *play, const char *expected)
{
    const struct cw_jitter_stats s = cw_jitter_stats(play->jitter);
    char got[200];
    snprintf(got, sizeof got,
             "received %d played %d late %d lost %d dropped %d duplicates %d concealed %d ms "
             "restarts %d target %d delay %d jitter %d",
             (int)s.received, (int)s.played, (int)s.late, (int)s.lost, (int)s.dropped,
             (int)s.duplicates, (int)s.concealed_ms, (int)s.restarts, s.target_ms, s.delay_ms,
             s.jitter_ms);
    assert_string_equal(got, expected);
    assert_true(play->in_order);
}

/* n packets of 20 ms on this way, heard to the last. */
static struct play played(size_t n, int64_t (*way_us)(uint32_t number, uint64_t *seed))
{
    struct play play = begin(960);
    play.now_us = 3000; /* ticks and packets do not fall together */
    run(&play, arrivals, make(arrivals, n, 960, way_us, 42));
    tick_until(&play, (int64_t)(n + 4) * 20000);
    return play;
}

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
                         "80 ms restarts 0 target 5 delay 18 jitter 0");
    assert_int_equal(play.delay_most_us, 23000);
    assert_int_equal(play.cuts, 0);
    end(&play);
}

static void frames_of_10_ms_do_as_well(void **state)
{
    (void)state;
    struct play play = begin(480);
    play.now_us = 3000;
    run(&play, arrivals, make(arrivals, 2000, 480, at_once, 42));
    assert_counts(&play, "received 2000 played 1998 late 0 lost 0 dropped 0 duplicates 0 concealed "
                         "0 ms restarts 0 target 5 delay 18 jitter 0");
    assert_int_equal(play.delay_most_us, 23000);
    end(&play);
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
                         "40 ms restarts 0 target 40 delay 47 jitter 16");
    assert_true(play.delay_most_us <= 50000);
    end(&play);
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
    assert_counts(&play, "received 3000 played 2956 late 44 lost 0 dropped 0 duplicates 0 "
                         "concealed 940 ms restarts 0 target 24 delay 35 jitter 4");
    assert_true(play.delay_us <= 40000);
    end(&play);
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
    struct play play = begin(960);
    play.now_us = 3000;
    size_t n = make(arrivals, 500, 960, stall_of_300_ms, 42);
    run(&play, arrivals, 250);
    assert_int_equal(play.delay_us, 18000);
    run(&play, arrivals + 250, 16); /* the burst */
    tick_until(&play, 5330000);
    assert_int_equal(play.delay_us, 18000);
    run(&play, arrivals + 266, n - 266);
    assert_counts(&play, "received 500 played 485 late 0 lost 0 dropped 14 duplicates 0 concealed "
                         "100 ms restarts 0 target 5 delay 18 jitter 0");
    assert_int_equal(play.delay_most_us, 23000);
    assert_int_equal(play.cuts, 1);
    end(&play);
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
    assert_counts(&play, "received 999 played 999 late 0 lost 0 dropped 0 duplicates 0 concealed "
                         "40 ms restarts 0 target 42 delay 43 jitter 26");
    assert_int_equal(play.delay_us, 43000);
    end(&play);
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
    end(&play);
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
    end(&play);
}

static void twenty_in_a_hundred_too(void **state)
{
    (void)state;
    struct play play = played(2000, loss_of_20);
    assert_counts(&play, "received 1605 played 1605 late 0 lost 395 dropped 0 duplicates 0 "
                         "concealed 7940 ms restarts 0 target 25 delay 27 jitter 1");
    assert_true(play.with_fec * 10 >= play.lost * 7);
    assert_true(play.delay_most_us <= 45000);
    end(&play);
}

static int64_t detour_of_60_ms(uint32_t number, uint64_t *seed)
{
    (void)seed;
    return number >= 500 && number < 1000 ? 60000 : 0;
}

static void a_longer_way_is_followed_up_and_down(void **state)
{
    (void)state;
    struct play play = played(1500, detour_of_60_ms);
    assert_counts(&play, "received 1500 played 1494 late 6 lost 0 dropped 0 duplicates 0 concealed "
                         "260 ms restarts 0 target 5 delay 17 jitter 0");
    assert_true(play.delay_us <= 30000);
    end(&play);
}

/* --- clocks ----------------------------------------------------------------------- */

static void drift(int ppm, const char *counts)
{
    struct play play = begin(960);
    size_t n = make(arrivals, 30000, 960, up_to_40_ms, 42); /* 10 minutes */
    for (size_t i = 0; i < n; i++)
        arrivals[i].at_us += arrivals[i].at_us * ppm / 1000000;
    play.ppm = ppm;
    play.now_us = 3000;
    run(&play, arrivals, 3000);
    play.delay_most_us = 0;
    run(&play, arrivals + 3000, n - 3000);
    assert_counts(&play, counts);
    assert_true(play.delay_us > 30000 && play.delay_us <= 60000);
    assert_true(play.delay_most_us <= 75000);
    end(&play);
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
    drift(200, "received 30000 played 29836 late 162 lost 0 dropped 0 duplicates 0 concealed 3260 "
               "ms restarts 0 target 40 delay 38 jitter 14");
}

/* --- numbers ----------------------------------------------------------------------- */

/* n packets on time, numbers and timestamps from these on. */
static void put_row(struct play *play, uint32_t number, size_t n, uint32_t sequence,
                    uint32_t timestamp)
{
    for (uint32_t i = 0; i < n; i++) {
        struct arrival arrival = {(int64_t)(number + i) * 20000, sequence + i, timestamp + i * 960,
                                  number + i};
        tick_until(play, arrival.at_us);
        put(play, &arrival);
    }
}

static void sequence_and_timestamp_wrap(void **state)
{
    (void)state;
    struct play play = begin(960);
    put_row(&play, 0, 100, UINT32_MAX - 49, UINT32_MAX - 60 * 960);
    tick_until(&play, 2100000);
    assert_counts(&play, "received 100 played 100 late 0 lost 0 dropped 0 duplicates 0 concealed "
                         "80 ms restarts 0 target 5 delay 20 jitter 0");
    end(&play);
}

static void what_comes_twice_is_played_once(void **state)
{
    (void)state;
    struct play play = begin(960);
    struct arrival arrival = {0, 5, 500, 0};
    assert_int_equal(put(&play, &arrival), CW_JITTER_TAKEN);
    assert_int_equal(put(&play, &arrival), CW_JITTER_DUPLICATE);
    tick_until(&play, 60000);
    assert_int_equal(put(&play, &arrival), CW_JITTER_DUPLICATE);
    assert_int_equal(play.played, 1);
    assert_int_equal(cw_jitter_stats(play.jitter).duplicates, 2);
    end(&play);
}

static void one_strange_number_is_dropped_two_in_a_row_begin_anew(void **state)
{
    (void)state;
    struct play play = begin(960);
    put_row(&play, 0, 50, 1000, 0);
    struct arrival jump = {1000000, 1050 + (UINT32_C(1) << 31), 50 * 960, 50};
    assert_int_equal(put(&play, &jump), CW_JITTER_STRANGE);
    put_row(&play, 50, 50, 1050, 50 * 960);
    assert_int_equal(cw_jitter_stats(play.jitter).restarts, 0);
    /* The same speaker with a new client: other numbers, other times. */
    put_row(&play, 100, 50, 7, 123456789);
    tick_until(&play, 3100000);
    assert_counts(&play, "received 151 played 149 late 0 lost 0 dropped 2 duplicates 0 concealed "
                         "80 ms restarts 1 target 5 delay 20 jitter 0");
    end(&play);
}

static void a_jump_is_one_of_more_than_a_thousand(void **state)
{
    (void)state;
    static const struct {
        uint32_t step;
        enum cw_jitter_put result;
    } steps[] = {{CW_JITTER_SEQUENCE_JUMP_MAX, CW_JITTER_TAKEN},
                 {CW_JITTER_SEQUENCE_JUMP_MAX + 1, CW_JITTER_STRANGE},
                 {0u - CW_JITTER_SEQUENCE_JUMP_MAX, CW_JITTER_TAKEN},
                 {0u - CW_JITTER_SEQUENCE_JUMP_MAX - 1, CW_JITTER_STRANGE}};
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        struct play play = begin(960);
        put_row(&play, 0, 50, 1000, 0);
        struct arrival jump = {1000000, 1049 + steps[i].step, 50 * 960, 50};
        assert_int_equal(put(&play, &jump), steps[i].result);
        end(&play);
    }
}

static void a_timestamp_out_of_this_world_is_dropped(void **state)
{
    (void)state;
    struct play play = begin(960);
    put_row(&play, 0, 50, 1000, 0);
    struct arrival jump = {1000000, 1050, 50 * 960 + 48000 * 11, 50};
    assert_int_equal(put(&play, &jump), CW_JITTER_STRANGE);
    jump.timestamp = (uint32_t)(50 * 960 - 48000 * 11); /* before it began */
    assert_int_equal(put(&play, &jump), CW_JITTER_STRANGE);
    put_row(&play, 51, 50, 1051, 51 * 960);
    tick_until(&play, 2100000);
    assert_int_equal(cw_jitter_stats(play.jitter).restarts, 0);
    assert_int_equal(cw_jitter_stats(play.jitter).dropped, 2);
    end(&play);
}

static void the_buffer_holds_so_many_and_no_more(void **state)
{
    (void)state;
    struct play play = begin(960);
    for (uint32_t i = 0; i < CW_JITTER_PACKETS_MAX + 1; i++) {
        struct arrival arrival = {0, i, i * 960, i};
        assert_int_equal(put(&play, &arrival), CW_JITTER_TAKEN);
        assert_int_equal(cw_jitter_stats(play.jitter).dropped, i == CW_JITTER_PACKETS_MAX);
    }
    end(&play);
}

/* --- silence ------------------------------------------------------------------------ */

static void silence_is_no_loss_and_the_next_spurt_has_the_target(void **state)
{
    (void)state;
    struct play play = begin(960);
    play.now_us = 3000;
    put_row(&play, 0, 50, 0, 0);
    tick_until(&play, 1000000);
    assert_int_equal(put_silence(&play, 50, 50 * 960, 1000000), CW_JITTER_TAKEN);
    put_row(&play, 150, 50, 51, 150 * 960);
    assert_int_equal(play.lost, 0);
    assert_true(play.silent >= 380); /* ticks of the 2 s */
    assert_int_equal(play.delay_us, 8000);
    assert_counts(&play, "received 101 played 100 late 0 lost 0 dropped 0 duplicates 0 concealed 0 "
                         "ms restarts 0 target 5 delay 8 jitter 0");
    end(&play);
}

static void a_speaker_who_vanishes_is_concealed_for_100_ms(void **state)
{
    (void)state;
    struct play play = begin(960);
    put_row(&play, 0, 50, 0, 0);
    tick_until(&play, 3000000);
    assert_int_equal(play.lost, 5);
    assert_int_equal(cw_jitter_stats(play.jitter).concealed_ms, 100);
    assert_int_equal(cw_jitter_stats(play.jitter).lost, 0);
    assert_true(cw_jitter_idle(play.jitter));
    end(&play);
}

static void nothing_comes_of_nothing(void **state)
{
    (void)state;
    struct play play = begin(960);
    assert_true(cw_jitter_idle(play.jitter));
    tick_until(&play, 100000);
    assert_int_equal(play.nothing, 20);
    struct arrival first = {100000, 0, 0, 5};
    put(&play, &first);
    assert_false(cw_jitter_idle(play.jitter));
    tick(&play); /* 20 ms are waited for, before anything is known of the way */
    assert_int_equal(play.nothing, 21);
    tick_until(&play, 120000);
    assert_int_equal(play.played, 0);
    tick(&play);
    assert_int_equal(play.played, 1);
    end(&play);
}

static void after_an_hour_of_silence_the_clocks_are_compared_anew(void **state)
{
    (void)state;
    struct play play = begin(960);
    put_row(&play, 0, 50, 0, 0);
    tick_until(&play, 2000000);
    /* An hour, in which the sender's clock lost 720 ms. */
    struct arrival late = {3600720000, 50, UINT32_C(3600) * 48000, 180036};
    play.now_us = late.at_us;
    put(&play, &late);
    tick_until(&play, late.at_us + 30000);
    assert_int_equal(play.played, 51);
    assert_int_equal(cw_jitter_stats(play.jitter).delay_ms, 20);
    end(&play);
}

/* --- a real one: bench/voice/arrivals.py ------------------------------------------------ */

static const char *recorded;

/* Speech over some 20 ms of way, up to 10 more of jitter, and two stalls of 300 ms. */
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
    struct play play = begin(960);
    size_t n = read_recorded();
    assert_int_equal(n, 1259);
    play.now_us = 3000;
    run(&play, arrivals, n);
    tick_until(&play, arrivals[n - 1].at_us + 80000);
    /* What came in the stalls is dropped, 600 ms of it; the delay is what it was. */
    assert_counts(&play, "received 1259 played 1231 late 1 lost 0 dropped 27 duplicates 0 "
                         "concealed 400 ms restarts 0 target 12 delay 14 jitter 3");
    end(&play);
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
        cmocka_unit_test(bursts_of_three_need_two_frames_of_delay),
        cmocka_unit_test(what_was_overtaken_is_played_in_its_place),
        cmocka_unit_test(five_in_a_hundred_are_concealed_from_the_next),
        cmocka_unit_test(twenty_in_a_hundred_too),
        cmocka_unit_test(a_longer_way_is_followed_up_and_down),
        cmocka_unit_test(a_fast_sender_does_not_fill_the_buffer),
        cmocka_unit_test(a_slow_sender_does_not_empty_it),
        cmocka_unit_test(sequence_and_timestamp_wrap),
        cmocka_unit_test(what_comes_twice_is_played_once),
        cmocka_unit_test(one_strange_number_is_dropped_two_in_a_row_begin_anew),
        cmocka_unit_test(a_jump_is_one_of_more_than_a_thousand),
        cmocka_unit_test(a_timestamp_out_of_this_world_is_dropped),
        cmocka_unit_test(the_buffer_holds_so_many_and_no_more),
        cmocka_unit_test(silence_is_no_loss_and_the_next_spurt_has_the_target),
        cmocka_unit_test(a_speaker_who_vanishes_is_concealed_for_100_ms),
        cmocka_unit_test(nothing_comes_of_nothing),
        cmocka_unit_test(after_an_hour_of_silence_the_clocks_are_compared_anew),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
