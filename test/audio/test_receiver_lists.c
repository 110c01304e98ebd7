/* test_receiver_lists.c - speakers without Opus, whose PCM arrays are heard in time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "audio/receiver.h"
#include "support.h"

#define SECONDS 10
#define TICK_US ((int64_t)CW_AUDIO_TICK_MS * 1000)
#define TICKS   (SECONDS * 1000 / CW_AUDIO_TICK_MS)

static int16_t heard[SECONDS * 48000];

/* A list of n samples of a tone at 44,100 Hz, going on from *at. */
static void say_list(struct cw_receiver *receiver, size_t n, size_t *at)
{
    static int16_t pcm[44100], periods[441]; /* five periods, computed once */
    if (periods[1] == 0)
        make_tone(periods, 441, 500, 8000, 44100, 0);
    for (size_t i = 0; i < n; i++)
        pcm[i] = periods[(*at + i) % 441];
    *at += n;
    assert_true(cw_receiver_put_list(receiver, 5, pcm, n));
}

/* Lists of `n` samples for as long as they sound, from tick to tick; less the
 * `missing` ones from `gap` on, which come all at once after it. */
static void plain_call(struct cw_receiver *receiver, size_t n, int ticks, int gap, int missing,
                       int drift_ppm)
{
    size_t at = 0;
    for (int i = 0; i < ticks; i++) {
        double due = (double)i * 220.5 * (1 + drift_ppm / 1e6);
        while ((i < gap || i >= gap + missing) && (double)at <= due)
            say_list(receiver, n, &at);
        cw_receiver_tick(receiver, i * TICK_US, heard + (size_t)i % TICKS * CW_AUDIO_TICK);
    }
}

static void plain_lists_of_any_length_are_heard_whole(void **state)
{
    (void)state;
    static const size_t lengths[] = {1, 100, 441, 882, 1024, 4410};
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        struct cw_receiver *receiver = cw_receiver_create();
        plain_call(receiver, lengths[i], TICKS, TICKS, 0, 0);
        double level = tone_db(heard, 2 * 48000, 7 * 48000, 500);
        struct cw_receiver_stats stats = cw_receiver_stats(receiver, 0);
        assert_float_equal(level, -12.2, 0.3); /* in phase for 7 s: nothing lost */
        assert_true(steepest(heard, 2 * 48000, 7 * 48000) <= 540);
        assert_true(stats.plain && stats.speaking);
        assert_int_equal(stats.jitter.dropped, 0);
        assert_true(stats.jitter.delay_ms <= 30 + (int)(lengths[i] / 44));
        cw_receiver_destroy(receiver);
    }
}

static void after_a_stall_a_plain_speaker_is_not_late_for_ever(void **state)
{
    (void)state;
    struct cw_receiver *receiver = cw_receiver_create();
    plain_call(receiver, 882, TICKS, 800, 100, 0); /* half a second */
    struct cw_receiver_stats stats = cw_receiver_stats(receiver, 0);
    assert_true(stats.jitter.delay_ms <= 80);
    assert_true(stats.jitter.dropped >= 200 && stats.jitter.dropped <= 500);
    assert_float_equal(tone_db(heard, 8 * 48000, 48000, 500), -12.2, 0.5);
    cw_receiver_destroy(receiver);
}

static void a_plain_speakers_clock_may_drift(void **state)
{
    (void)state;
    for (int ppm = -200; ppm <= 200; ppm += 400) {
        struct cw_receiver *receiver = cw_receiver_create();
        plain_call(receiver, 882, 120000, 120000, 0, ppm); /* 10 minutes */
        struct cw_receiver_stats stats = cw_receiver_stats(receiver, 0);
        assert_true(stats.jitter.delay_ms <= 120);
        assert_int_equal(stats.jitter.dropped, 0);
        assert_float_equal(tone_db(heard, 8 * 48000, 24000, 500), -12.2, 1);
        cw_receiver_destroy(receiver);
    }
}

static void ten_million_samples_take_no_more_room(void **state)
{
    (void)state;
    struct cw_receiver *receiver = cw_receiver_create();
    static const int16_t zeros[100000];
    for (int i = 0; i < 100; i++)
        assert_true(cw_receiver_put_list(receiver, 5, zeros, 100000));
    assert_true(cw_receiver_stats(receiver, 0).jitter.delay_ms <= (int)CW_LIST_BUFFER_MS_MAX);
    assert_true(cw_receiver_put_list(receiver, 5, NULL, 0));
    cw_receiver_destroy(receiver);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_lists_of_any_length_are_heard_whole),
        cmocka_unit_test(after_a_stall_a_plain_speaker_is_not_late_for_ever),
        cmocka_unit_test(a_plain_speakers_clock_may_drift),
        cmocka_unit_test(ten_million_samples_take_no_more_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
