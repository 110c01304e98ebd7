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

/* Mono, 8,000 Hz, two samples: 1 and -2. */
static const uint8_t good[] = "RIFF\x28\0\0\0WAVE"
                              "fmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x80\x3e\0\0\x02\0\x10\0"
                              "data\x04\0\0\0\x01\0\xfe\xff";

#define GOOD_N (sizeof good - 1)

static const char *read_file(const char *name, struct wav *wav)
{
    static uint8_t bytes[64 * 1024];
    FILE *file = fopen(path_of(name), "rb");
    size_t n = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    return wav_read(bytes, n, wav);
}

static const char *read_changed(size_t at, int value, size_t n)
{
    uint8_t bytes[GOOD_N];
    struct wav wav;
    memcpy(bytes, good, GOOD_N);
    bytes[at] = (uint8_t)value;
    const char *wrong = wav_read(bytes, n, &wav);
    free(wav.samples);
    return wrong;
}

static void test_wav_read(void **state)
{
    (void)state;
    struct wav wav;
    assert_null(wav_read(good, GOOD_N, &wav));
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
    assert_null(read_file("long.wav", &wav));
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
    assert_null(read_changed(0, 'R', GOOD_N));
    assert_string_equal(read_changed(0, 'X', GOOD_N), "this is no WAV file");
    assert_string_equal(read_changed(8, 'X', GOOD_N), "this is no WAV file");
    assert_string_equal(read_changed(12, 'X', GOOD_N), "the file has no format chunk");
    assert_string_equal(read_changed(20, 2, GOOD_N),
                        "its samples are compressed, or of a kind that is not known");
    assert_string_equal(read_changed(20, 3, GOOD_N),
                        "its samples are compressed, or of a kind that is not known");
    assert_string_equal(read_changed(22, 9, GOOD_N), "it has no channel, or more than 8");
    assert_string_equal(read_changed(22, 0, GOOD_N), "it has no channel, or more than 8");
    assert_string_equal(read_changed(36, 'X', GOOD_N), "there is no sound in it");
    assert_string_equal(read_changed(40, 1, GOOD_N), "there is no sound in it");
    /* Cut anywhere, it is refused, and nothing is read outside it. */
    for (size_t n = 0; n < GOOD_N; n++)
        assert_non_null(read_changed(0, 'R', n));
    assert_string_equal(read_changed(0, 'R', GOOD_N - 2), "it is cut off: its end is missing");
    /* A length that nobody could have written, or none: what a pipe's writer claims. */
    assert_null(read_changed(43, 0x7f, GOOD_N));
    assert_null(read_changed(40, 0, GOOD_N));
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
    assert_null(wav_read(bytes, sizeof bytes - 1, &wav));
    assert_int_equal(wav.channels, 2);
    assert_int_equal(wav.count, 2); /* half a frame is no frame */
    assert_int_equal(wav.samples[1], 2);
    free(wav.samples);
}

/* A file with these samples. */
static void read_kind(unsigned code, unsigned channels, unsigned bits, const void *samples,
                      size_t n, struct wav *wav)
{
    uint8_t bytes[GOOD_N + 64];
    memcpy(bytes, good, GOOD_N);
    bytes[20] = (uint8_t)code;
    bytes[22] = (uint8_t)channels;
    bytes[34] = (uint8_t)bits;
    bytes[40] = (uint8_t)n;
    memcpy(bytes + 44, samples, n);
    assert_null(wav_read(bytes, 44 + n, wav));
}

/* Each kind of sample against what others make of it. */
static void test_wav_kinds(void **state)
{
    (void)state;
    static const struct {
        unsigned code, bits;
        const char *samples;
        size_t n;
        int16_t expected[3];
    } kinds[] = {
        {1, 8, "\x80\xff\0", 3, {0, 32512, -32768}},
        {1, 24, "\0\1\0\xff\xff\x7f\0\0\x80", 9, {1, 32767, -32768}},
        {1, 32, "\0\0\1\0\xff\xff\xff\x7f\0\0\0\x80", 12, {1, 32767, -32768}},
        {3, 32, "\0\0\0\x3f\0\0\0\xbf\0\0\xc0\x7f", 12, {16384, -16384, 0}},
        {3,
         64,
         "\0\0\0\0\0\0\xe0\x3f\0\0\0\0\0\0\0\xc0\0\0\0\0\0\0\xf0\x7f",
         24,
         {16384, -32768, 0}},
        {6, 8, "\xd5\xaa\x2a", 3, {8, 32256, -32256}},
        {7, 8, "\xff\x80\0", 3, {0, 32124, -32124}},
    };
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        struct wav wav;
        read_kind(kinds[i].code, 1, kinds[i].bits, kinds[i].samples, kinds[i].n, &wav);
        assert_int_equal(wav.count, 3);
        assert_memory_equal(wav.samples, kinds[i].expected, sizeof kinds[i].expected);
        free(wav.samples);
    }
}

/* The channels of 5.1 without that of the deep tones. */
static void test_wav_many_channels(void **state)
{
    (void)state;
    static const int16_t frame[] = {100, 200, 300, 32000, 400, 500};
    struct wav wav;
    read_kind(1, 6, 16, frame, sizeof frame, &wav);
    assert_int_equal(wav.channels, 1);
    assert_int_equal(wav.count, 1);
    assert_int_equal(wav.samples[0], 300);
    free(wav.samples);
    read_kind(1, 3, 16, frame, 6, &wav);
    assert_int_equal(wav.samples[0], 200);
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
        cmocka_unit_test(test_wav_kinds),
        cmocka_unit_test(test_wav_many_channels),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
