/* test_resampler.c - a tone in is a tone out, as long as it was, in its place,
 * however it was cut; and the trim for clocks that drift. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "audio/resampler.h"
#include "support.h"

#define ROOM 200000

static int16_t in[ROOM], out[ROOM], other[ROOM];

/* Pushes n frames in pieces of at most `piece`, then flushes. */
static size_t resample(unsigned from, unsigned to, unsigned channels, size_t n, size_t piece,
                       int16_t *result)
{
    struct cw_resampler *resampler = cw_resampler_create(from, to, channels, CW_RESAMPLER_GOOD);
    size_t written = 0;
    uint64_t seed = 42;
    for (size_t used = 0, now; used < n; used += now) {
        now = piece == n ? n : 1 + random_next(&seed) % piece;
        now = now < n - used ? now : n - used;
        size_t room = cw_resampler_room(resampler, now);
        size_t got =
            cw_resampler_push(resampler, in + used * channels, now, result + written * channels);
        assert_true(got <= room);
        written += got;
    }
    written += cw_resampler_flush(resampler, result + written * channels);
    cw_resampler_destroy(resampler);
    return written;
}

static const unsigned rates[][2] = {
    {44100, 48000}, {48000, 44100}, {8000, 48000},  {48000, 8000},  {16000, 48000}, {48000, 48000},
    {22050, 48000}, {96000, 48000}, {11025, 44100}, {12345, 48000}, {48000, 47999},
};
#define RATES (sizeof rates / sizeof rates[0])

static void a_tone_is_a_tone_of_the_same_length_in_its_place(void **state)
{
    (void)state;
    for (size_t i = 0; i < RATES; i++) {
        unsigned from = rates[i][0], to = rates[i][1];
        make_tone(in, from, 997, 12000, from, 0);
        size_t n = resample(from, to, 1, from, from, out); /* 1 s */
        assert_int_equal(n, to);
        make_tone(other, n, 997, 12000, to, 0);
        double snr = snr_db(other + n / 10, out + n / 10, n * 8 / 10);
        if (snr < 60)
            fail_msg("%u to %u: %.1f dB", from, to, snr);
    }
}

static void the_length_is_exact_for_every_length(void **state)
{
    (void)state;
    for (size_t i = 0; i < RATES; i++)
        for (size_t n = 0; n < 200; n += 1 + n / 7) {
            size_t expected = (n * rates[i][1] + rates[i][0] - 1) / rates[i][0];
            assert_int_equal(resample(rates[i][0], rates[i][1], 1, n, 50, out), expected);
        }
}

static void however_it_is_cut_the_same_comes_out(void **state)
{
    (void)state;
    uint64_t seed = 1;
    for (size_t i = 0; i < RATES; i++)
        for (unsigned channels = 1; channels <= 2; channels++) {
            make_noise(in, 8000 * channels, 20000, &seed);
            size_t n = resample(rates[i][0], rates[i][1], channels, 8000, 8000, out);
            assert_int_equal(resample(rates[i][0], rates[i][1], channels, 8000, 700, other), n);
            assert_memory_equal(out, other, n * channels * sizeof out[0]);
        }
}

static void what_is_out_of_range_is_refused(void **state)
{
    (void)state;
    assert_null(cw_resampler_create(7999, 48000, 1, CW_RESAMPLER_FAST));
    assert_null(cw_resampler_create(192001, 48000, 1, CW_RESAMPLER_FAST));
    assert_null(cw_resampler_create(44100, 96000, 1, CW_RESAMPLER_FAST));
    assert_null(cw_resampler_create(44100, 48000, 0, CW_RESAMPLER_FAST));
    assert_null(cw_resampler_create(44100, 48000, 3, CW_RESAMPLER_FAST));
    cw_resampler_destroy(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_tone_is_a_tone_of_the_same_length_in_its_place),
        cmocka_unit_test(the_length_is_exact_for_every_length),
        cmocka_unit_test(however_it_is_cut_the_same_comes_out),
        cmocka_unit_test(what_is_out_of_range_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
