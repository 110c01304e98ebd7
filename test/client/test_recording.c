/* test_recording.c - voice messages as the command reads, levels, plays and writes them. */
#include <dirent.h>
#include <ebur128.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "audio/ogg_opus_write.h"
#include "audio/stretch.h"
#include "cli/recording.h"
#include "voice_files.h"

static void test_a_recording_travels(void **state)
{
    (void)state;
    struct recording recording, other;
    int16_t *samples = bursts(2);
    write_file(path_of("in.wav"), 1, CW_AUDIO_RATE, samples, 2 * CW_AUDIO_RATE);
    assert_null(recording_read(&recording, path_of("in.wav")));
    assert_null(recording.file);
    assert_null(recording_write(&recording, path_of("out.opus"), false));
    assert_memory_equal(recording.file, "OggS", 4);

    struct chinwag_event event = {
        .file = recording.file, .file_length = recording.file_n, .channels = 1};
    assert_null(recording_take(&other, &event));
    assert_ptr_not_equal(other.file, recording.file);
    assert_null(recording_write(&other, path_of("out.wav"), false));
    assert_int_equal(other.count, 2 * CW_AUDIO_RATE);
    assert_int_equal(burst_find(other.samples, other.count, BURST_EVERY), 0);
    recording_finish(&other);

    assert_null(recording_read(&other, path_of("out.opus")));
    assert_in_range(other.file_n, 1, recording.file_n); /* without the name of the program */
    assert_null(recording_decode(&other));
    assert_int_equal(other.count, 2 * CW_AUDIO_RATE);
    recording_finish(&other);
    recording_finish(&recording);
    test_free(samples);
}

static void test_a_recording_of_samples(void **state)
{
    (void)state;
    struct recording recording;
    int16_t samples[8] = {1000, 3000, -4, -8};
    struct chinwag_event event = {
        .samples = samples, .sample_count = 8, .channels = 2, .sample_rate = 8000};
    assert_null(recording_take(&recording, &event));
    assert_null(recording_write(&recording, path_of("stereo.wav"), false));
    recording_finish(&recording);
    assert_null(recording_read(&recording, path_of("stereo.wav")));
    assert_int_equal(recording.channels, 2);
    assert_int_equal(recording.sample_rate, 8000);
    assert_memory_equal(recording.samples, samples, sizeof samples);
    assert_null(recording_make_playable(&recording));
    assert_int_equal(recording.channels, 1);
    assert_int_equal(recording.count, 4 * 6);
    assert_in_range(recording.samples[0], 1000, 3000);
    recording_finish(&recording);
}

static void test_what_is_no_recording(void **state)
{
    (void)state;
    struct recording recording;
    FILE *file = fopen(path_of("bad.opus"), "wb");
    fputs("OggS and then nothing", file);
    fclose(file);
    assert_string_equal(recording_read(&recording, path_of("bad.opus")),
                        "it is damaged, not Ogg Opus, or its length is wrong");
    recording_finish(&recording);
    assert_string_equal(recording_read(&recording, path_of("none")), "No such file or directory");
    recording_finish(&recording);
    struct chinwag_event liar = {.file = (const uint8_t *)"OggS", .file_length = 4};
    assert_null(recording_take(&recording, &liar));
    assert_non_null(recording_write(&recording, path_of("liar.wav"), false));
    recording_finish(&recording);
    int16_t sample = 1;
    write_file(path_of("slow.wav"), 1, 7999, &sample, 1);
    assert_null(recording_read(&recording, path_of("slow.wav")));
    assert_string_equal(recording_encode(&recording),
                        "its sample rate is not between 8,000 and 48,000 Hz");
    recording_finish(&recording);
    recording = (struct recording){
        .channels = 2, .sample_rate = 8000, .count = 2 * (120 * 8000 + 1), .samples = NULL};
    assert_string_equal(recording_encode(&recording), "it is longer than 120 seconds");
}

/* Sun's format, which ffmpeg reads: mu-law, 8,000 Hz. */
static void write_au(const char *path, uint8_t channels, unsigned seconds)
{
    const uint8_t head[24] = {'.', 's', 'n', 'd', 0, 0, 0,    24,   0xff, 0xff, 0xff, 0xff,
                              0,   0,   0,   1,   0, 0, 0x1f, 0x40, 0,    0,    0,    channels};
    static const uint8_t second[8000];
    FILE *file = fopen(path, "wb");
    fwrite(head, 1, sizeof head, file);
    for (seconds *= channels; seconds > 0; seconds--)
        fwrite(second, 1, sizeof second, file);
    fclose(file);
}

/* A call is longer than a voice message; what is not read is not left out in silence. */
static void test_a_long_file_of_another_format(void **state)
{
    (void)state;
    struct recording recording;
    write_au(path_of("song.au"), 1, 200);
    assert_null(recording_read(&recording, path_of("song.au")));
    assert_string_equal(recording_encode(&recording), "it is longer than 120 seconds");
    assert_null(recording_make_playable(&recording));
    assert_int_equal(recording.count, 200 * CW_AUDIO_RATE);
    recording_finish(&recording);
    write_au(path_of("film.au"), 6, 240); /* surround, which is mixed down before it is read */
    assert_null(recording_read(&recording, path_of("film.au")));
    assert_int_equal(recording.channels, 2);
    assert_null(recording_make_playable(&recording));
    assert_int_equal(recording.count, 240 * CW_AUDIO_RATE);
    recording_finish(&recording);
    write_au(path_of("opera.au"), 1, 700);
    assert_null(recording_read(&recording, path_of("opera.au")));
    assert_string_equal(recording_encode(&recording), "it is longer than 120 seconds");
    assert_string_equal(recording_make_music(&recording),
                        "it is too long: what is no WAV is read up to 10 minutes");
    recording_finish(&recording);
}

static void write_opus(const char *path, unsigned seconds)
{
    static const int16_t second[8000];
    struct cw_ogg_writer *writer = cw_ogg_writer_create(8000, 1, 1);
    cw_ogg_writer_set_endless(writer);
    for (; seconds > 0; seconds--)
        assert_int_equal(cw_ogg_writer_push(writer, second, 8000), 8000);
    assert_true(cw_ogg_writer_finish(writer));
    const struct cw_buf *output = cw_ogg_writer_output(writer);
    FILE *file = fopen(path, "wb");
    assert_int_equal(fwrite(output->p, 1, output->n, file), output->n);
    assert_int_equal(fclose(file), 0);
    cw_ogg_writer_destroy(writer);
}

/* As long as one of any other format. */
static void test_a_long_file_of_opus(void **state)
{
    (void)state;
    struct recording recording;
    write_opus(path_of("song.opus"), 130);
    assert_null(recording_read(&recording, path_of("song.opus")));
    assert_string_equal(recording_encode(&recording), "it is longer than 120 seconds");
    assert_null(recording_make_playable(&recording));
    assert_in_range(recording.count, 129.9 * CW_AUDIO_RATE, 130.1 * CW_AUDIO_RATE);
    recording_finish(&recording);
}

static int files_of(const char *name)
{
    int n = 0;
    DIR *entries = opendir(path_of(""));
    for (const struct dirent *entry; (entry = readdir(entries)) != NULL;)
        n += strncmp(entry->d_name, name, strlen(name)) == 0;
    closedir(entries);
    return n;
}

static const char *write_limited(struct recording *recording, const char *name, bool replace)
{
    struct rlimit before, small;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    small = before;
    small.rlim_cur = 50000;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    const char *wrong = recording_write(recording, path_of(name), replace);
    setrlimit(RLIMIT_FSIZE, &before);
    return wrong;
}

/* What was there stays, and nothing is there in part. */
static void test_no_room_for_a_recording(void **state)
{
    (void)state;
    struct recording recording;
    struct stat about;
    int16_t *samples = bursts(1);
    signal(SIGXFSZ, SIG_IGN);
    write_file(path_of("room.wav"), 1, CW_AUDIO_RATE, samples, CW_AUDIO_RATE / 2);
    write_file(path_of("long.wav"), 1, CW_AUDIO_RATE, samples, CW_AUDIO_RATE);
    test_free(samples);
    assert_null(recording_read(&recording, path_of("long.wav")));
    assert_string_equal(write_limited(&recording, "room.wav", true), "File too large");
    assert_int_equal(stat(path_of("room.wav"), &about), 0);
    assert_int_equal(about.st_size, 44 + CW_AUDIO_RATE);
    assert_string_equal(write_limited(&recording, "room2.wav", false), "File too large");
    assert_int_equal(files_of("room"), 1);
    assert_int_equal(symlink("/dev/full", path_of("full.wav")), 0);
    assert_string_equal(recording_write(&recording, path_of("full.wav"), true),
                        "No space left on device");
    assert_int_equal(files_of("full"), 1);
    assert_null(recording_write(&recording, path_of("room.wav"), true));
    assert_int_equal(stat(path_of("room.wav"), &about), 0);
    assert_int_equal(about.st_size, 44 + 2 * CW_AUDIO_RATE);
    assert_int_equal(files_of("room"), 1);
    recording_finish(&recording);
}

/* No file is lost, none has another format than its name says, and a pipe is one, too. */
static void test_where_a_recording_goes(void **state)
{
    (void)state;
    struct recording recording, other;
    int16_t *samples = bursts(1);
    write_file(path_of("mine.wav"), 1, CW_AUDIO_RATE, samples, CW_AUDIO_RATE);
    test_free(samples);
    assert_null(recording_read(&recording, path_of("mine.wav")));
    assert_string_equal(recording_write(&recording, path_of("mine.wav"), false),
                        "it is there already; --yes replaces it");
    assert_null(recording_write(&recording, path_of("mine.wav"), true));
    assert_string_equal(recording_write(&recording, path_of("mine.mp3"), true),
                        "a voice message is written as FILE.opus or FILE.wav");
    assert_int_equal(access(path_of("mine.mp3"), F_OK), -1);
    assert_null(recording_write(&recording, path_of("no_ending"), false));
    assert_null(recording_read(&other, path_of("no_ending")));
    assert_non_null(other.file);
    recording_finish(&other);
    assert_int_equal(mkfifo(path_of("fifo.wav"), 0600), 0);
    int fd = open(path_of("fifo.wav"), O_RDWR | O_NONBLOCK);
    recording.count = 4800;
    assert_null(recording_write(&recording, path_of("fifo.wav"), false));
    uint8_t bytes[20000];
    ssize_t n = read(fd, bytes, sizeof bytes);
    close(fd);
    assert_int_equal(n, 44 + 2 * 4800);
    struct wav wav;
    assert_null(wav_read(bytes, (size_t)n, &wav));
    assert_int_equal(wav.count, 4800);
    free(wav.samples);
    recording_finish(&recording);
}

/* Within half a decibel of -18 LUFS, however it was recorded, and no sample is cut. */
static void test_a_recording_is_as_loud_as_speech(void **state)
{
    (void)state;
    static const int divisors[] = {1, 8, 20};
    for (int i = 0; i < 3; i++) {
        int16_t *samples = bursts(4), most = 0;
        struct recording recording = {.channels = 1,
                                      .sample_rate = CW_AUDIO_RATE,
                                      .samples = malloc(4 * CW_AUDIO_RATE * sizeof *samples),
                                      .count = 4 * CW_AUDIO_RATE};
        for (size_t k = 0; k < recording.count; k++)
            recording.samples[k] =
                (int16_t)((samples[k] + samples[(k + 12000) % recording.count]) / divisors[i]);
        test_free(samples);
        recording_level(&recording);
        for (size_t k = 0; k < recording.count; k++)
            most = (int16_t)abs(recording.samples[k]) > most ? (int16_t)abs(recording.samples[k])
                                                             : most;
        assert_true(most < 32767);
        ebur128_state *loudness = ebur128_init(1, CW_AUDIO_RATE, EBUR128_MODE_I);
        double lufs;
        ebur128_add_frames_short(loudness, recording.samples, recording.count);
        ebur128_loudness_global(loudness, &lufs);
        ebur128_destroy(&loudness);
        print_message("1/%d: %.1f LUFS\n", divisors[i], lufs);
        assert_float_equal(lufs, -18, 0.5);
        recording_finish(&recording);
    }
    struct recording silence = {
        .channels = 1, .sample_rate = CW_AUDIO_RATE, .samples = calloc(48000, 2), .count = 48000};
    recording_level(&silence);
    assert_int_equal(silence.samples[47999], 0);
    recording_finish(&silence);
}

/* Faster, but not higher: the same number of periods in the same time. */
static void test_faster_and_not_higher(void **state)
{
    (void)state;
    static const unsigned percents[] = {100, 150, 200};
    for (int i = 0; i < 3; i++) {
        size_t out = 0, crossings = 0, debt = 0;
        int16_t last = 0;
        for (size_t at = 0; at < 10 * CW_AUDIO_RATE; at += CW_STRETCH_PIECE) {
            int16_t piece[CW_STRETCH_PIECE];
            for (size_t k = 0; k < CW_STRETCH_PIECE; k++)
                piece[k] = (at + k) % 240 < 120 ? 8000 : -8000; /* 200 Hz */
            size_t n = cw_stretch_speed(piece, CW_STRETCH_PIECE, percents[i], &debt);
            for (size_t k = 0; k < n; last = piece[k++])
                crossings += last < 0 && piece[k] >= 0;
            out += n;
        }
        assert_in_range(out, 9.9 * CW_AUDIO_RATE * 100 / percents[i],
                        10.1 * CW_AUDIO_RATE * 100 / percents[i]);
        assert_in_range(crossings * CW_AUDIO_RATE / out, 195, 205);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_recording_travels),
        cmocka_unit_test(test_a_recording_of_samples),
        cmocka_unit_test(test_what_is_no_recording),
        cmocka_unit_test(test_a_long_file_of_another_format),
        cmocka_unit_test(test_a_long_file_of_opus),
        cmocka_unit_test(test_no_room_for_a_recording),
        cmocka_unit_test(test_where_a_recording_goes),
        cmocka_unit_test(test_a_recording_is_as_loud_as_speech),
        cmocka_unit_test(test_faster_and_not_higher),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
