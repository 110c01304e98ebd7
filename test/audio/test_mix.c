/* test_mix.c - the mixer and its limiter, level meters, and stretching. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "audio/level.h"
#include "audio/mixer.h"
#include "audio/stretch.h"
#include "support.h"

static int16_t a[48000], b[48000], out[48000], expected[48000];

/* --- mixer ------------------------------------------------------------------------- */

static void nobody_is_silence_and_one_is_himself(void **state)
{
    (void)state;
    struct cw_mixer mixer;
    uint64_t seed = 1;
    cw_mixer_init(&mixer);
    memset(expected, 0, sizeof expected);
    memset(out, 1, sizeof out);
    cw_mixer_take(&mixer, out);
    assert_memory_equal(out, expected, CW_AUDIO_TICK * 2);
    make_noise(a, CW_AUDIO_TICK, 31999, &seed);
    cw_mixer_add(&mixer, a, 100);
    cw_mixer_take(&mixer, out);
    assert_memory_equal(out, a, CW_AUDIO_TICK * 2);
    cw_mixer_take(&mixer, out); /* nothing of it stays */
    assert_memory_equal(out, expected, CW_AUDIO_TICK * 2);
}

static void speakers_add_up_by_their_volume(void **state)
{
    (void)state;
    struct cw_mixer mixer;
    cw_mixer_init(&mixer);
    for (int i = 0; i < CW_AUDIO_TICK; i++) {
        a[i] = 1000;
        b[i] = (int16_t)(-10 * i);
        expected[i] = (int16_t)(2000 - 5 * i + 250);
    }
    cw_mixer_add(&mixer, a, 200);
    cw_mixer_add(&mixer, b, 50);
    cw_mixer_add(&mixer, a, 25);
    cw_mixer_add(&mixer, a, 0);
    cw_mixer_take(&mixer, out);
    assert_memory_equal(out, expected, CW_AUDIO_TICK * 2);
    cw_mixer_add(&mixer, a, 100000); /* clamped */
    cw_mixer_take(&mixer, out);
    assert_int_equal(out[7], 2000);
}

static void twenty_five_who_shout_do_not_wrap(void **state)
{
    (void)state;
    struct cw_mixer mixer;
    cw_mixer_init(&mixer);
    for (int frame = 0; frame < 50; frame++) {
        make_tone(a, CW_AUDIO_TICK, 440, 32767, 48000, (size_t)frame * CW_AUDIO_TICK);
        for (int speaker = 0; speaker < 25; speaker++)
            cw_mixer_add(&mixer, a, CW_VOLUME_MAX);
        cw_mixer_take(&mixer, out + frame * CW_AUDIO_TICK);
    }
    int most = 0;
    for (int i = 0; i < 50 * CW_AUDIO_TICK; i++)
        most = abs(out[i]) > most ? abs(out[i]) : most;
    assert_in_range(most, 31990, 32001);
    /* Still the tone: turned down, not cut off. */
    make_tone(expected, 50 * CW_AUDIO_TICK, 440, 32000, 48000, 0);
    assert_true(snr_db(expected + 960, out + 960, 49 * CW_AUDIO_TICK - 960) > 40);
}

static void the_limiter_lets_go_within_300_ms(void **state)
{
    (void)state;
    struct cw_mixer mixer;
    cw_mixer_init(&mixer);
    for (int i = 0; i < CW_AUDIO_TICK; i++)
        a[i] = 32000, b[i] = 1000;
    cw_mixer_add(&mixer, a, 200);
    cw_mixer_add(&mixer, a, 200);
    cw_mixer_take(&mixer, out);
    int before = 0;
    for (int frame = 0; frame < 300 / CW_AUDIO_TICK_MS; frame++) {
        cw_mixer_add(&mixer, b, 100);
        cw_mixer_take(&mixer, out);
        for (int i = 0; i < CW_AUDIO_TICK; i++) {
            assert_true(out[i] >= before && out[i] <= 1000); /* up, without a step */
            assert_true(before == 0 || out[i] - before <= 2);
            before = out[i];
        }
    }
    assert_int_equal(before, 1000);
}

/* --- levels -------------------------------------------------------------------------- */

static void levels_are_dbfs(void **state)
{
    (void)state;
    make_tone(a, 48000, 1000, 16384, 48000, 0);
    struct cw_level level = cw_level_of(a, 48000);
    assert_float_equal(level.rms, -9.03, 0.02);
    assert_float_equal(level.peak, -6.02, 0.02);
    for (int i = 0; i < 480; i++)
        a[i] = -32768;
    level = cw_level_of(a, 480);
    assert_float_equal(level.rms, 0, 0.001);
    assert_float_equal(level.peak, 0, 0.001);
    memset(a, 0, sizeof a);
    assert_float_equal(cw_level_of(a, 480).rms, CW_LEVEL_FLOOR, 0);
    assert_float_equal(cw_level_of(NULL, 0).peak, CW_LEVEL_FLOOR, 0);
}

/* --- stretching ------------------------------------------------------------------------ */

/* No step is steeper than the signal's own by more than a fifth. */
static void assert_smooth(const int16_t *pcm, size_t n, double steepest)
{
    for (size_t i = 1; i < n; i++)
        assert_true(abs(pcm[i] - pcm[i - 1]) <= steepest * 1.2);
}

static void a_tone_is_shortened_and_lengthened_by_whole_periods(void **state)
{
    (void)state;
    static const size_t lengths[] = {480, 960, 1920, 2880};
    double steepest = 12000 * 2 * 3.14159265 * 200 / 48000;
    for (size_t i = 0; i < 4; i++) {
        size_t n = lengths[i];
        make_tone(a, n, 200, 12000, 48000, 0); /* a period is 240 */
        memcpy(b, a, n * 2);
        size_t shorter = cw_stretch_shorten(a, n, CW_STRETCH_MAX),
               longer = cw_stretch_lengthen(b, n);
        assert_true(shorter == n - 240 || shorter == n - 480);
        assert_true(longer == n + 240 || longer == n + 480);
        assert_smooth(a, shorter, steepest);
        assert_smooth(b, longer, steepest);
        make_tone(expected, longer, 200, 12000, 48000, 0);
        assert_true(snr_db(expected, a, shorter) > 60);
        assert_true(snr_db(expected, b, longer) > 60);
    }
}

static void speech_in_and_out_of_stretching_has_no_steps(void **state)
{
    (void)state;
    make_speech(a, 48000);
    int steepest = 0;
    for (int i = 1; i < 48000; i++)
        steepest = abs(a[i] - a[i - 1]) > steepest ? abs(a[i] - a[i - 1]) : steepest;
    for (size_t at = 0; at + 960 <= 38000; at += 960) {
        memcpy(b, a + at, 960 * 2);
        size_t n = cw_stretch_shorten(b, 960, CW_STRETCH_MAX);
        assert_in_range(n, 480, 840);
        assert_smooth(b, n, steepest);
        assert_int_equal(b[n - 1], a[at + 959]); /* the end fits to what follows */
        memcpy(b, a + at, 960 * 2);
        n = cw_stretch_lengthen(b, 960);
        assert_in_range(n, 1080, 1440);
        assert_smooth(b, n, steepest);
        assert_int_equal(b[n - 1], a[at + 959]);
        assert_int_equal(b[0], a[at]);
    }
}

static void no_more_is_left_out_than_is_asked_for(void **state)
{
    (void)state;
    for (size_t most = CW_STRETCH_MIN; most <= 1000; most += 40) {
        make_tone(a, 960, 200, 12000, 48000, 0);
        size_t by = 960 - cw_stretch_shorten(a, 960, most);
        assert_in_range(by, CW_STRETCH_MIN, most < CW_STRETCH_MAX ? most : CW_STRETCH_MAX);
    }
}

static void what_is_too_short_stays(void **state)
{
    (void)state;
    make_tone(a, 480, 200, 12000, 48000, 0);
    memcpy(b, a, 480 * 2);
    assert_int_equal(cw_stretch_shorten(b, 479, 480), 479);
    assert_int_equal(cw_stretch_shorten(b, 480, 119), 480);
    assert_int_equal(cw_stretch_lengthen(b, 120), 120);
    assert_memory_equal(a, b, 480 * 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nobody_is_silence_and_one_is_himself),
        cmocka_unit_test(speakers_add_up_by_their_volume),
        cmocka_unit_test(twenty_five_who_shout_do_not_wrap),
        cmocka_unit_test(the_limiter_lets_go_within_300_ms),
        cmocka_unit_test(levels_are_dbfs),
        cmocka_unit_test(a_tone_is_shortened_and_lengthened_by_whole_periods),
        cmocka_unit_test(speech_in_and_out_of_stretching_has_no_steps),
        cmocka_unit_test(no_more_is_left_out_than_is_asked_for),
        cmocka_unit_test(what_is_too_short_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
