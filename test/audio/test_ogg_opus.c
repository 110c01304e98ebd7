/* test_ogg_opus.c - Ogg Opus files as we write them, and bytes that are none. Pages of others:
 * test_ogg_opus_others.c; pages that lie: test_ogg_opus_forged.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <opusfile.h>

#include "audio/level.h"
#include "audio/ogg_opus_read.h"
#include "audio/ogg_opus_write.h"
#include "base/alloc.h"
#include "ogg_play.h"
#include "support.h"

/* --- what we write ------------------------------------------------------------------- */

static void a_file_is_as_long_as_the_recording_at_any_rate(void **state)
{
    (void)state;
    static const unsigned rates[] = {8000, 11025, 16000, 22050, 44100, 47999, 48000};
    make_speech(pcm, 2 * SECOND);
    for (size_t i = 0; i < sizeof rates / sizeof rates[0]; i++)
        for (unsigned channels = 1; channels <= 2; channels++)
            for (size_t n = 1; n < 48000; n = n * 7 + 3) {
                struct cw_buf file = written(rates[i], channels, n, 441);
                struct cw_ogg_info info;
                uint64_t frames = (n * SECOND + rates[i] - 1) / rates[i];
                assert_int_equal(info_of(&file, &info), CW_OGG_GOOD);
                assert_int_equal(info.frames, frames);
                assert_int_equal(info.channels, channels);
                assert_int_equal(info.input_rate, rates[i]);
                assert_int_equal(info.pre_skip, 312);
                assert_int_equal(info.duration_ms, (frames + 24) / 48);
                assert_others_play(&file, channels, frames);
                cw_buf_finish(&file);
            }
}

static void speech_sounds_as_it_was_and_where_it_was(void **state)
{
    (void)state;
    struct cw_ogg_info info;
    double correlation;
    make_speech(pcm, 5 * SECOND);
    struct cw_buf file = written(48000, 1, 5 * SECOND, 480);
    assert_int_equal(cw_ogg_opus_decode(cw_buf_slice(&file), decoded, ROOM, &info), CW_OGG_GOOD);
    assert_int_equal(info.frames, 5 * SECOND);
    size_t lag = best_lag(pcm + SECOND, decoded + SECOND, SECOND / 4, 100, &correlation);
    assert_true(lag <= 40);
    assert_true(correlation > 0.95);
    assert_in_range(file.n, 5 * 3000, 5 * 5000);
    cw_buf_finish(&file);
}

static void our_decoder_and_opusfile_hear_the_same(void **state)
{
    (void)state;
    struct cw_ogg_info info;
    int16_t *ours = cw_alloc(sizeof *ours * 3 * SECOND);
    make_speech(pcm, 3 * SECOND);
    struct cw_buf file = written(44100, 2, 50000, 1000);
    assert_int_equal(cw_ogg_opus_decode(cw_buf_slice(&file), ours, 3 * SECOND, &info), CW_OGG_GOOD);
    assert_others_play(&file, 2, info.frames);
    OggOpusFile *other = op_open_memory(file.p, file.n, NULL);
    op_set_dither_enabled(other, 0);
    size_t at = 0;
    for (int n; (n = op_read(other, decoded + at * 2, (int)(ROOM - at * 2), NULL)) > 0;)
        at += (size_t)n;
    assert_int_equal(at, info.frames);
    assert_true(snr_db(decoded, ours, at * 2) > 60); /* float and integer rounding */
    op_free(other);
    free(ours);
    cw_buf_finish(&file);
}

static void pages_come_while_it_is_spoken(void **state)
{
    (void)state;
    struct cw_ogg_writer *writer = cw_ogg_writer_create(48000, 1, 1);
    struct cw_buf *out = cw_ogg_writer_output(writer), file = {0};
    make_speech(pcm, 5 * SECOND);
    size_t most = 0;
    for (int i = 0; i < 500; i++) { /* 10 ms at a time; what is there is taken away */
        cw_ogg_writer_push(writer, pcm + i * 480, 480);
        most = out->n > most ? out->n : most;
        cw_buf_append(&file, out->p, out->n);
        cw_buf_consume(out, out->n);
    }
    assert_int_equal(cw_ogg_writer_frames(writer), 5 * SECOND);
    assert_true(cw_ogg_writer_finish(writer));
    cw_buf_append(&file, out->p, out->n);
    struct cw_buf at_once = written(48000, 1, 5 * SECOND, 5 * SECOND);
    assert_int_equal(file.n, at_once.n);
    assert_true(most <= 6000); /* a page holds 1 s */
    struct cw_ogg_info info;
    assert_int_equal(info_of(&file, &info), CW_OGG_GOOD);
    cw_buf_finish(&file);
    cw_buf_finish(&at_once);
    cw_ogg_writer_destroy(writer);
}

static void the_writer_stops_at_two_minutes(void **state)
{
    (void)state;
    struct cw_ogg_info info;
    struct cw_ogg_writer *writer = cw_ogg_writer_create(8000, 1, 1);
    make_tone(pcm, 121 * 8000, 440, 8000, 8000, 0);
    assert_int_equal(cw_ogg_writer_push(writer, pcm, 119 * 8000), 119 * 8000);
    assert_int_equal(cw_ogg_writer_push(writer, pcm, 2 * 8000), 8000);
    assert_int_equal(cw_ogg_writer_push(writer, pcm, 1), 0);
    assert_true(cw_ogg_writer_finish(writer));
    assert_int_equal(info_of(cw_ogg_writer_output(writer), &info), CW_OGG_GOOD);
    assert_int_equal(info.duration_ms, 120000);
    cw_ogg_writer_destroy(writer);
}

static void the_longest_recordings_fit_into_a_message(void **state)
{
    (void)state;
    uint64_t seed = 3;
    struct cw_ogg_info info;
    make_noise(pcm, 120 * SECOND, 20000, &seed); /* the worst there is to encode */
    struct cw_buf file = written(24000, 2, 60 * SECOND, 60 * SECOND);
    assert_true(file.n < CW_OGG_OPUS_FILE_MAX);
    assert_int_equal(info_of(&file, &info), CW_OGG_GOOD);
    assert_int_equal(info.duration_ms, 120000);
    cw_buf_finish(&file);
}

static void bad_recordings_are_refused(void **state)
{
    (void)state;
    assert_null(cw_ogg_writer_create(7999, 1, 1));
    assert_null(cw_ogg_writer_create(48001, 1, 1));
    assert_null(cw_ogg_writer_create(48000, 0, 1));
    assert_null(cw_ogg_writer_create(48000, 3, 1));
    struct cw_ogg_writer *writer = cw_ogg_writer_create(48000, 1, 1);
    assert_false(cw_ogg_writer_finish(writer)); /* nothing was said */
    cw_ogg_writer_destroy(writer);
    cw_ogg_writer_destroy(NULL);
}

/* --- pictures ----------------------------------------------------------------------------- */

static void a_waveform_has_the_peak_of_each_part(void **state)
{
    (void)state;
    uint8_t levels[CW_WAVEFORM_LEVELS];
    memset(pcm, 0, sizeof pcm);
    pcm[0] = 32767;
    pcm[2 * 1000 + 1] = -32768; /* frame 1000 of 6400, right: part 10 */
    pcm[2 * 6399] = 12900;
    cw_waveform(pcm, 6400, 2, levels);
    for (size_t i = 0; i < CW_WAVEFORM_LEVELS; i++)
        assert_int_equal(levels[i], i == 0 ? 254 : i == 10 ? 255 : i == 63 ? 100 : 0);
    for (size_t i = 0; i < 2 * 6400; i++)
        pcm[i] = (int16_t)(pcm[i] / 90); /* the same, said softly */
    cw_waveform(pcm, 6400, 2, levels);
    for (size_t i = 0; i < CW_WAVEFORM_LEVELS; i++)
        assert_int_equal(levels[i], i == 0 || i == 10 ? 255 : i == 63 ? 100 : 0);
    cw_waveform(pcm, 1, 1, levels);
    assert_int_equal(levels[0], 255);
    assert_int_equal(levels[63], 255);
    cw_waveform(NULL, 0, 1, levels);
    assert_int_equal(levels[0], 0);
    assert_int_equal(cw_duration_ms(44100, 44100), 1000);
    assert_int_equal(cw_duration_ms(23, 48000), 0);
    assert_int_equal(cw_duration_ms(24, 48000), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_is_as_long_as_the_recording_at_any_rate),
        cmocka_unit_test(speech_sounds_as_it_was_and_where_it_was),
        cmocka_unit_test(our_decoder_and_opusfile_hear_the_same),
        cmocka_unit_test(pages_come_while_it_is_spoken),
        cmocka_unit_test(the_writer_stops_at_two_minutes),
        cmocka_unit_test(the_longest_recordings_fit_into_a_message),
        cmocka_unit_test(bad_recordings_are_refused),
        cmocka_unit_test(a_waveform_has_the_peak_of_each_part),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
