/* test_cli_wav.c - WAV files that the command reads and writes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cli/wav.h"
#include "cli_folder.h"

/* --- WAV ----------------------------------------------------------------------------- */

static void write_file(const char *name, const void *p, size_t n)
{
    FILE *file = fopen(path_of(name), "wb");
    assert_int_equal(fwrite(p, 1, n, file), n);
    fclose(file);
}

/* Mono, 8,000 Hz, two samples: 1 and -2. */
static const uint8_t good[] = "RIFF\x28\0\0\0WAVE"
                              "fmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x80\x3e\0\0\x02\0\x10\0"
                              "data\x04\0\0\0\x01\0\xfe\xff";

#define GOOD_N (sizeof good - 1)

static const char *read_changed(size_t at, int value, size_t n)
{
    uint8_t bytes[GOOD_N];
    struct wav wav;
    memcpy(bytes, good, GOOD_N);
    bytes[at] = (uint8_t)value;
    write_file("changed.wav", bytes, n);
    const char *wrong = wav_read(path_of("changed.wav"), &wav);
    free(wav.samples);
    return wrong;
}

static void test_wav_read(void **state)
{
    (void)state;
    struct wav wav;
    write_file("good.wav", good, GOOD_N);
    assert_null(wav_read(path_of("good.wav"), &wav));
    assert_int_equal(wav.channels, 1);
    assert_int_equal(wav.sample_rate, 8000);
    assert_int_equal(wav.count, 2);
    assert_int_equal(wav.samples[0], 1);
    assert_int_equal(wav.samples[1], -2);
    free(wav.samples);
}

static void test_wav_written_is_what_was_read(void **state)
{
    (void)state;
    static const int16_t samples[] = {1, -2};
    struct wav_writer writer;
    uint8_t bytes[GOOD_N + 1];
    assert_true(wav_writer_open(&writer, path_of("written.wav"), 1, 8000));
    wav_writer_append(&writer, samples, 1);
    wav_writer_append(&writer, samples + 1, 1);
    assert_true(wav_writer_close(&writer));
    FILE *file = fopen(path_of("written.wav"), "rb");
    assert_int_equal(fread(bytes, 1, sizeof bytes, file), GOOD_N);
    fclose(file);
    assert_memory_equal(bytes, good, GOOD_N);
}

static void test_wav_long_round_trip(void **state)
{
    (void)state;
    static int16_t samples[10000];
    for (int i = 0; i < 10000; i++)
        samples[i] = (int16_t)(i * 7919);
    struct wav_writer writer;
    struct wav wav;
    assert_true(wav_writer_open(&writer, path_of("long.wav"), 2, 48000));
    wav_writer_append(&writer, samples, 10000);
    assert_true(wav_writer_close(&writer));
    assert_null(wav_read(path_of("long.wav"), &wav));
    assert_int_equal(wav.channels, 2);
    assert_int_equal(wav.sample_rate, 48000);
    assert_int_equal(wav.count, 10000);
    assert_memory_equal(wav.samples, samples, sizeof samples);
    free(wav.samples);
}

static void test_wav_full_disk_is_told(void **state)
{
    (void)state;
    static const int16_t samples[10000] = {1};
    struct wav_writer writer;
    assert_false(wav_writer_open(&writer, path_of("no/such/folder.wav"), 1, 8000));
    assert_true(wav_writer_open(&writer, "/dev/full", 1, 8000));
    wav_writer_append(&writer, samples, 10000);
    assert_false(wav_writer_close(&writer));
}

static void test_wav_refusals(void **state)
{
    (void)state;
    struct wav wav;
    assert_non_null(wav_read(path_of("none.wav"), &wav));
    assert_null(read_changed(0, 'R', GOOD_N));
    assert_string_equal(read_changed(0, 'X', GOOD_N), "this is no WAV file");
    assert_string_equal(read_changed(8, 'X', GOOD_N), "this is no WAV file");
    assert_string_equal(read_changed(12, 'X', GOOD_N), "the file has no format chunk");
    assert_string_equal(read_changed(20, 3, GOOD_N), "the samples are not 16-bit PCM");
    assert_string_equal(read_changed(34, 24, GOOD_N), "the samples are not 16-bit PCM");
    assert_string_equal(read_changed(22, 3, GOOD_N), "the file has more than 2 channels");
    assert_string_equal(read_changed(36, 'X', GOOD_N), "there is no sound in it");
    assert_string_equal(read_changed(40, 1, GOOD_N), "there is no sound in it");
    /* Cut anywhere, it is refused or shorter, and nothing is read outside it. */
    for (size_t n = 0; n < GOOD_N - 2; n++)
        assert_non_null(read_changed(0, 'R', n));
    assert_null(read_changed(0, 'R', GOOD_N - 2));
    /* A length that nobody could have written: what a pipe's writer claims. */
    assert_null(read_changed(43, 0x7f, GOOD_N));
    /* A chunk that leads outside the file. */
    assert_non_null(read_changed(19, 0xff, GOOD_N));
}

/* Other chunks, one of odd length, come before; and the extensible format. */
static void test_wav_other_chunks(void **state)
{
    (void)state;
    static const uint8_t bytes[] =
        "RIFF\0\0\0\0WAVELIST\x03\0\0\0abc\0"
        "fmt \x28\0\0\0\xfe\xff\x02\0\x40\x1f\0\0\0\x7d\0\0\x04\0\x10\0"
        "\x16\0\x10\0\x03\0\0\0\x01\0\0\0\0\0\x10\0\x80\0\0\xaa\0\x38\x9b\x71"
        "data\x06\0\0\0\x01\0\x02\0\x03\0";
    struct wav wav;
    write_file("other.wav", bytes, sizeof bytes - 1);
    assert_null(wav_read(path_of("other.wav"), &wav));
    assert_int_equal(wav.channels, 2);
    assert_int_equal(wav.count, 2); /* half a frame is no frame */
    assert_int_equal(wav.samples[1], 2);
    free(wav.samples);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wav_read),
        cmocka_unit_test(test_wav_written_is_what_was_read),
        cmocka_unit_test(test_wav_long_round_trip),
        cmocka_unit_test(test_wav_full_disk_is_told),
        cmocka_unit_test(test_wav_refusals),
        cmocka_unit_test(test_wav_other_chunks),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
