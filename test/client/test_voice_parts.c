/* test_voice_parts.c - the parts of the command that deal with sound: rings,
 * recordings, and a whole call from file to file in a time of the test's own. */
#include <ebur128.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "audio/stretch.h"
#include "cli/burst.h"
#include "cli/call_sound.h"
#include "cli/call_stats.h"
#include "cli/percentile.h"
#include "cli/recording.h"
#include "cli/ring.h"
#include "client/client.h"
#include "script.h"

static char folder[] = "/tmp/chinwag-test-XXXXXX";

static const char *path_of(const char *name)
{
    static char paths[4][64];
    static unsigned next;
    char *path = paths[next++ % 4];
    snprintf(path, sizeof paths[0], "%s/%s", folder, name);
    return path;
}

static void write_file(const char *path, unsigned channels, unsigned rate, const int16_t *samples,
                       size_t count)
{
    struct wav_writer writer;
    assert_true(wav_writer_open(&writer, path, channels, rate));
    wav_writer_append(&writer, samples, count);
    assert_true(wav_writer_close(&writer));
}

static int16_t *bursts(size_t seconds)
{
    int16_t *samples = test_malloc(seconds * CW_AUDIO_RATE * sizeof *samples);
    for (size_t at = 0; at < seconds * CW_AUDIO_RATE; at += CW_AUDIO_TICK)
        burst_tick(at, samples + at);
    return samples;
}

/* --- small things -------------------------------------------------------------------- */

static void test_ring(void **state)
{
    (void)state;
    static struct ring ring;
    static int16_t in[RING_SIZE + 1], out[RING_SIZE + 1];
    for (size_t i = 0; i <= RING_SIZE; i++)
        in[i] = (int16_t)i;
    ring.written = ring.read = UINT32_MAX - 100; /* it wraps */
    assert_int_equal(ring_read(&ring, out, 1), 0);
    assert_int_equal(ring_write(&ring, in, 1000), 1000);
    assert_int_equal(ring_read(&ring, out, 400), 400);
    assert_memory_equal(out, in, 400 * sizeof *in);
    assert_int_equal(ring_count(&ring), 600);
    assert_int_equal(ring_write(&ring, in, RING_SIZE), RING_SIZE - 600);
    assert_int_equal(ring_write(&ring, in, 1), 0);
    assert_int_equal(ring_read(&ring, out, RING_SIZE + 1), RING_SIZE);
    assert_memory_equal(out, in + 400, 600 * sizeof *in);
    assert_memory_equal(out + 600, in, (RING_SIZE - 600) * sizeof *in);
    assert_int_equal(ring_count(&ring), 0);
}

static void test_percentile(void **state)
{
    (void)state;
    struct percentile p = {.values = NULL};
    assert_true(percentile_of(&p, 50) == 0);
    for (int i = 100; i > 0; i--)
        percentile_add(&p, i);
    assert_true(percentile_of(&p, 50) == 50);
    assert_true(percentile_of(&p, 95) == 95);
    assert_true(percentile_of(&p, 100) == 100);
    percentile_finish(&p);
}

static void test_burst(void **state)
{
    (void)state;
    int16_t *said = bursts(2);
    int16_t *heard = test_calloc(2 * CW_AUDIO_RATE, sizeof *heard);
    for (size_t i = 0; i + 1234 < (size_t)2 * CW_AUDIO_RATE; i++)
        heard[i + 1234] = (int16_t)(said[i] / 3);
    assert_int_equal(burst_find(heard, 2 * CW_AUDIO_RATE, BURST_EVERY), 1234);
    assert_int_equal(burst_find(said, 2 * CW_AUDIO_RATE, 2 * BURST_EVERY), 0);
    memset(heard, 0, 2 * CW_AUDIO_RATE * sizeof *heard);
    assert_int_equal(burst_find(heard, 2 * CW_AUDIO_RATE, BURST_EVERY), -1);
    test_free(said);
    test_free(heard);
}

/* --- recordings ---------------------------------------------------------------------- */

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

/* --- what is to be said ---------------------------------------------------------------- */

static void test_a_file_is_said(void **state)
{
    (void)state;
    int16_t samples[CW_AUDIO_TICK + 100], pcm[CW_AUDIO_TICK];
    struct sound_in in;
    for (int i = 0; i < CW_AUDIO_TICK + 100; i++)
        samples[i] = 1000;
    write_file(path_of("short.wav"), 1, CW_AUDIO_RATE, samples, CW_AUDIO_TICK + 100);
    assert_true(sound_in_open_file(&in, path_of("short.wav")));
    assert_true(sound_in_frame(&in, pcm));
    assert_true(sound_in_frame(&in, pcm));
    assert_int_equal(pcm[100], 0); /* the rest of the frame is silence */
    assert_false(sound_in_frame(&in, pcm));
    sound_in_close(&in);
}

static void test_a_pipe_is_said(void **state)
{
    (void)state;
    int fds[2];
    int16_t pcm[CW_AUDIO_TICK];
    uint8_t bytes[CW_AUDIO_TICK * 2];
    struct sound_in in;
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = i % 2 == 0 ? 0x34 : 0x92;
    assert_int_equal(pipe(fds), 0);
    sound_in_open_raw(&in, fds[0]);
    assert_true(sound_in_frame(&in, pcm)); /* nothing is there yet */
    assert_int_equal(pcm[0], 0);
    assert_int_equal(write(fds[1], bytes, 251), 251);
    assert_true(sound_in_frame(&in, pcm)); /* half a frame waits */
    assert_int_equal(pcm[0], 0);
    assert_int_equal(write(fds[1], bytes + 251, sizeof bytes - 251), sizeof bytes - 251);
    assert_true(sound_in_frame(&in, pcm));
    for (int i = 0; i < CW_AUDIO_TICK; i++)
        assert_int_equal(pcm[i], (int16_t)0x9234);
    assert_int_equal(write(fds[1], bytes, 10), 10);
    close(fds[1]);
    assert_true(sound_in_frame(&in, pcm)); /* what there is, as nothing follows */
    assert_int_equal(pcm[4], (int16_t)0x9234);
    assert_int_equal(pcm[5], 0);
    assert_false(sound_in_frame(&in, pcm));
    sound_in_close(&in);
    close(fds[0]);
}

/* Samples that say which they are, as a program writes them that began before the call. */
static size_t write_numbered(int fd, size_t from, size_t n)
{
    static uint8_t bytes[1 << 16];
    for (size_t i = 0; i < n && i < sizeof bytes / 2; i++) {
        bytes[2 * i] = (uint8_t)((from + i) / 100);
        bytes[2 * i + 1] = (uint8_t)((from + i) / 25600);
    }
    ssize_t wrote = write(fd, bytes, 2 * n < sizeof bytes ? 2 * n : sizeof bytes);
    return wrote > 0 ? (size_t)wrote / 2 : 0;
}

/* 48,000 samples in a second and `ahead` at once: how late is what is said after some seconds? */
static void a_live_source_is_late_by(size_t ahead, int faster, size_t least, size_t most)
{
    int fds[2];
    int16_t pcm[CW_AUDIO_TICK];
    struct sound_in in;
    assert_int_equal(pipe(fds), 0);
    sound_in_open_raw(&in, fds[0]);
    size_t written = write_numbered(fds[1], 0, ahead);
    assert_int_equal(written, ahead);
    for (int i = 0; i < 2000; i++) {
        written += write_numbered(fds[1], written, (size_t)(CW_AUDIO_TICK + (i % 4 == 0) * faster));
        assert_true(sound_in_frame(&in, pcm));
    }
    size_t late = (written - (size_t)(uint16_t)pcm[0] * 100) / CW_AUDIO_PER_MS;
    assert_in_range(late, least, most);
    sound_in_close(&in);
    close(fds[0]);
    close(fds[1]);
}

static void test_a_live_pipe_is_never_late(void **state)
{
    (void)state;
    a_live_source_is_late_by(0, 0, 5, 10);
    a_live_source_is_late_by(28800, 0, 5, 65); /* 600 ms */
    a_live_source_is_late_by(4800, 0, 5, 65);
    a_live_source_is_late_by(0, 5, 5, 65); /* its clock is 0.5 % fast */
}

/* A program that has all at once waits for the pipe: nothing is left out. */
static void test_a_pipe_that_waits_is_said_whole(void **state)
{
    (void)state;
    int fds[2];
    int16_t pcm[CW_AUDIO_TICK];
    struct sound_in in;
    size_t written = 0;
    assert_int_equal(pipe(fds), 0);
    assert_int_equal(fcntl(fds[1], F_SETFL, O_NONBLOCK), 0);
    sound_in_open_raw(&in, fds[0]);
    for (size_t i = 0; i < 2000; i++) {
        for (size_t n = 1; n != 0; written += n)
            n = write_numbered(fds[1], written, 32768);
        assert_true(sound_in_frame(&in, pcm));
        assert_int_equal((uint16_t)pcm[0], (uint16_t)(i * CW_AUDIO_TICK / 100));
    }
    sound_in_close(&in);
    close(fds[0]);
    close(fds[1]);
}

/* --- a call ---------------------------------------------------------------------------- */

static struct cli cli_of(const char *wav, const char *out)
{
    return (struct cli){.wav = wav,
                        .out = out,
                        .frame_ms = 20,
                        .bitrate = 32,
                        .seconds = -1,
                        .no_noise = true,
                        .no_gain = true,
                        .no_echo = true};
}

struct end {
    struct cli cli;
    struct call_sound sound;
    struct call_audio *audio;
};

static void open_end(struct end *end, const char *wav, const char *out)
{
    end->cli = cli_of(wav, out);
    assert_true(call_sound_open(&end->sound, &end->cli));
    assert_true(call_sound_start(&end->sound));
    end->audio = call_audio_create(&end->cli, false, UINT32_MAX - 20);
}

static void close_end(struct end *end)
{
    assert_true(call_sound_close(&end->sound));
    call_audio_destroy(end->audio);
}

/* What the client sent goes to the listener. */
static unsigned carry(struct script *s, struct call_audio *to, const char *sender, int64_t now_us)
{
    unsigned count = 0;
    script_pump(s);
    for (; s->received_read < s->received_count; count++) {
        struct cw_msg msg = script_received(s, CW_CALL_DATA);
        struct cw_call_packet packet;
        assert_int_equal(cw_call_packet_take(msg.samples.payload, &packet), CW_OPUS_GOOD);
        struct chinwag_event event = {.type = CHINWAG_CALL_DATA,
                                      .sender = sender,
                                      .sequence = packet.sequence,
                                      .timestamp = packet.timestamp,
                                      .packet = packet.packet.p,
                                      .packet_length = packet.packet.n};
        call_audio_take(to, &event, now_us);
    }
    return count;
}

static void test_from_file_to_file(void **state)
{
    (void)state;
    struct script s;
    struct end mouth, ear;
    int16_t *samples = bursts(3);
    write_file(path_of("said.wav"), 1, CW_AUDIO_RATE, samples, 3 * CW_AUDIO_RATE);
    test_free(samples);
    script_start(&s, NULL);
    script_logged_in(&s);
    struct chinwag_client client = {.core = s.client, .fd = -1, .datagrams.fd = -1};
    open_end(&mouth, path_of("said.wav"), NULL);
    open_end(&ear, NULL, path_of("heard.wav"));
    const int64_t start = 77000000;
    unsigned packets = 0;
    for (int64_t t = start; t < start + 3500000; t += 5000) {
        call_sound_run(&mouth.sound, mouth.audio, &client, "cooks", t);
        packets += carry(&s, ear.audio, "bob", t + 1500);
        call_sound_run(&ear.sound, ear.audio, &client, "cooks", t + 2500);
        assert_int_equal(call_sound_due_us(&mouth.sound), t + 5000);
    }
    assert_true(call_sound_said_all(&mouth.sound));
    assert_int_equal(call_audio_sent(mouth.audio), packets);
    assert_in_range(packets, 50, 150); /* and not in the silence between */
    struct cw_receiver_stats stats = call_audio_stats(ear.audio, 0);
    assert_int_equal(stats.jitter.lost + stats.jitter.late + stats.jitter.concealed_ms, 0);
    close_end(&mouth);
    close_end(&ear);
    script_finish(&s);

    struct recording heard;
    assert_null(recording_read(&heard, path_of("heard.wav")));
    assert_int_equal(heard.count, 700 * CW_AUDIO_TICK);
    int lag = burst_find(heard.samples, heard.count, BURST_EVERY);
    assert_in_range(lag, 20 * CW_AUDIO_PER_MS, 60 * CW_AUDIO_PER_MS);
    /* The jitter buffer begins with 20 ms, and comes down to 5. */
    for (size_t said = 2 * BURST_EVERY; said < 3 * CW_AUDIO_RATE; said += BURST_EVERY)
        assert_in_range(burst_find(heard.samples, heard.count, said), lag - 800, lag + 100);
    recording_finish(&heard);
}

/* Woken late, all the ticks that were missed are made up for. */
static void test_a_late_wake_up(void **state)
{
    (void)state;
    struct end ear;
    struct recording heard;
    open_end(&ear, NULL, path_of("heard.wav"));
    call_sound_run(&ear.sound, ear.audio, NULL, "cooks", 1000);
    call_sound_run(&ear.sound, ear.audio, NULL, "cooks", 5000);
    call_sound_run(&ear.sound, ear.audio, NULL, "cooks", 101000);
    close_end(&ear);
    assert_null(recording_read(&heard, path_of("heard.wav")));
    assert_int_equal(heard.count, 21 * CW_AUDIO_TICK);
    recording_finish(&heard);
}

static void say_list(struct call_audio *audio, const char *sender, int64_t now_us)
{
    static int16_t samples[4410];
    for (size_t i = 0; i < 4410; i++)
        samples[i] = i % 100 < 50 ? 8000 : -8000;
    call_audio_take(
        audio,
        &(struct chinwag_event){
            .type = CHINWAG_CALL_DATA, .sender = sender, .samples = samples, .sample_count = 4410},
        now_us);
}

static int loudest(struct call_audio *audio, int64_t now_us)
{
    int16_t pcm[CW_AUDIO_TICK];
    int most = 0;
    for (int tick = 0; tick < 5; tick++) {
        call_audio_hear(audio, now_us + 10000 * tick, pcm);
        for (int i = 0; i < CW_AUDIO_TICK; i++)
            most = abs(pcm[i]) > most ? abs(pcm[i]) : most;
    }
    return most;
}

static void test_volumes(void **state)
{
    (void)state;
    struct cli cli = cli_of(NULL, NULL);
    cli.volumes[0] = (struct cli_volume){"bob=50", 3, 50};
    cli.volumes[1] = (struct cli_volume){"mallory=0", 7, 0};
    cli.volume_count = 2;
    struct call_audio *audio = call_audio_create(&cli, false, 0);
    call_audio_toggle_muted(audio, "eve"); /* before she says anything */
    say_list(audio, "eve", 0);
    say_list(audio, "mallory", 0);
    assert_int_equal(loudest(audio, 0), 0);
    say_list(audio, "bob", 1000000);
    assert_in_range(loudest(audio, 1000000), 3500, 6000);
    call_audio_toggle_muted(audio, "bob");
    say_list(audio, "bob", 1200000);
    assert_int_equal(loudest(audio, 1200000), 0);
    call_audio_toggle_muted(audio, "bob");
    say_list(audio, "bob", 1600000);
    assert_in_range(loudest(audio, 1600000), 3500, 6000);
    call_audio_change_volume(audio, 1000); /* 200 % of 50 % */
    assert_int_equal(call_audio_volume(audio), 200);
    say_list(audio, "bob", 2000000);
    assert_in_range(loudest(audio, 2000000), 7000, 12000);
    call_audio_change_volume(audio, -1000);
    say_list(audio, "bob", 3000000);
    assert_int_equal(loudest(audio, 3000000), 0);
    call_audio_change_volume(audio, 100);
    call_audio_set_deafened(audio, true);
    say_list(audio, "bob", 4000000);
    assert_int_equal(loudest(audio, 4000000), 0);
    call_audio_destroy(audio);
}

/* More names than a call has people: who was heard longest ago makes room. */
static void test_many_speakers(void **state)
{
    (void)state;
    struct cli cli = cli_of(NULL, NULL);
    struct call_audio *audio = call_audio_create(&cli, false, 0);
    char name[16];
    for (int i = 0; i < (int)CW_CALL_MEMBERS_MAX; i++) {
        snprintf(name, sizeof name, "cook%d", i);
        say_list(audio, name, i);
    }
    say_list(audio, "cook0", 1000);
    say_list(audio, "bob", 1001);
    assert_int_equal(call_audio_count(audio), CW_CALL_MEMBERS_MAX);
    assert_string_equal(call_audio_name(audio, 0), "cook0");
    assert_string_equal(call_audio_name(audio, 1), "cook2");
    assert_string_equal(call_audio_name(audio, CW_CALL_MEMBERS_MAX - 1), "bob");
    call_audio_destroy(audio);
}

static void test_statistics(void **state)
{
    (void)state;
    struct cli cli = cli_of(NULL, NULL);
    struct call_audio *audio = call_audio_create(&cli, false, 0);
    char *text = NULL;
    size_t n;
    say_list(audio, "b\x1b", 0);
    FILE *out = open_memstream(&text, &n);
    struct chinwag_call_way way = {.udp = true, .lost_to = 1, .lost_behind = 2, .lost_from = 3};
    call_stats_print_json(out, audio, -1, (struct chinwag_call_way){.udp = false});
    call_stats_print(out, audio, 1.25, way);
    fclose(out);
    assert_string_equal(
        text,
        "{\"type\":\"stats\",\"udp\":false,\"sent\":0,\"unsent\":0,\"speakers\":[{\"name\":"
        "\"b\\u001b\","
        "\"speaking\":false,\"plain\":true,\"level\":-96.0,\"received\":0,\"lost\":0,\"late\":0,"
        "\"dropped\":0,\"duplicates\":0,\"garbage\":0,\"repaired\":0,\"concealed_ms\":0,\"jitter_"
        "ms\":0,"
        "\"buffer_ms\":99,\"target_ms\":119}]}\n"
        "round trip 1.2 ms, sent 0 packets, dropped 0\n"
        "by datagrams: 1 % lost to the server, 2 % behind it, 3 % from it\n"
        "received   lost   late  dropped  concealed   jitter   buffer  from\n"
        "    list      -      -        -          -        -    99 ms  b\\x1b\n");
    free(text);
    call_audio_destroy(audio);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ring),
        cmocka_unit_test(test_percentile),
        cmocka_unit_test(test_burst),
        cmocka_unit_test(test_a_recording_travels),
        cmocka_unit_test(test_a_recording_of_samples),
        cmocka_unit_test(test_what_is_no_recording),
        cmocka_unit_test(test_where_a_recording_goes),
        cmocka_unit_test(test_a_recording_is_as_loud_as_speech),
        cmocka_unit_test(test_faster_and_not_higher),
        cmocka_unit_test(test_a_file_is_said),
        cmocka_unit_test(test_a_pipe_is_said),
        cmocka_unit_test(test_a_live_pipe_is_never_late),
        cmocka_unit_test(test_a_pipe_that_waits_is_said_whole),
        cmocka_unit_test(test_from_file_to_file),
        cmocka_unit_test(test_a_late_wake_up),
        cmocka_unit_test(test_volumes),
        cmocka_unit_test(test_many_speakers),
        cmocka_unit_test(test_statistics),
    };
    if (mkdtemp(folder) == NULL)
        return 1;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    char command[64];
    snprintf(command, sizeof command, "rm -r %s", folder);
    return system(command) != 0 || failed;
}
