/* test_voice_parts.c - the parts of the command that deal with sound: rings, pipes, and a whole
 * call from file to file in a time of the test's own. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "cli/burst.h"
#include "cli/call_sound.h"
#include "cli/call_stats.h"
#include "cli/percentile.h"
#include "cli/recording.h"
#include "cli/ring.h"
#include "client/client.h"
#include "script.h"
#include "voice_files.h"

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

/* --- what is to be said ---------------------------------------------------------------- */

static void test_a_file_is_said(void **state)
{
    (void)state;
    int16_t samples[CW_AUDIO_TICK + 100], pcm[CW_AUDIO_TICK];
    struct sound_in in;
    for (int i = 0; i < CW_AUDIO_TICK + 100; i++)
        samples[i] = 1000;
    write_file(path_of("short.wav"), 1, CW_AUDIO_RATE, samples, CW_AUDIO_TICK + 100);
    assert_true(sound_in_open_file(&in, path_of("short.wav"), false));
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
    end->audio = call_audio_create(&end->cli, false, false, UINT32_MAX - 20);
}

static void close_end(struct end *end)
{
    assert_true(call_sound_close(&end->sound));
    call_audio_destroy(end->audio);
}

/* The next is how the listener hears the speaker. */
static bool takes_report(struct script *s)
{
    struct cw_msg msg;
    cw_msg_decode(CW_READER_SERVER, cw_buf_slice(&s->received[s->received_read]), &msg);
    if (msg.action == CW_CALL_REPORT)
        script_assert_slice(script_received(s, CW_CALL_REPORT).person, "bob");
    return msg.action == CW_CALL_REPORT;
}

/* What the client sent goes to the listener. */
static unsigned carry(struct script *s, struct call_audio *to, const char *sender, int64_t now_us)
{
    unsigned count = 0;
    script_pump(s);
    while (s->received_read < s->received_count) {
        if (takes_report(s))
            continue;
        count++;
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
    /* In packets of 40 ms: nothing is known of the network. */
    assert_in_range(lag, 40 * CW_AUDIO_PER_MS, 80 * CW_AUDIO_PER_MS);
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
    struct script s;
    script_start(&s, NULL);
    struct chinwag_client client = {.core = s.client, .fd = -1, .datagrams.fd = -1};
    struct recording heard;
    open_end(&ear, NULL, path_of("heard.wav"));
    call_sound_run(&ear.sound, ear.audio, &client, "cooks", 1000);
    call_sound_run(&ear.sound, ear.audio, &client, "cooks", 5000);
    call_sound_run(&ear.sound, ear.audio, &client, "cooks", 101000);
    close_end(&ear);
    assert_null(recording_read(&heard, path_of("heard.wav")));
    assert_int_equal(heard.count, 21 * CW_AUDIO_TICK);
    recording_finish(&heard);
    script_finish(&s);
}

/* A connection of 200 ms sends one packet of 50 again, 300 ms later, and with it comes what was
 * said meanwhile. Who only listens waits for it, too. */
static void test_a_far_connection_without_a_microphone(void **state)
{
    (void)state;
    struct end ear;
    struct script s;
    script_start(&s, NULL);
    struct chinwag_client client = {.core = s.client, .fd = -1, .datagrams.fd = -1};
    static const uint8_t packet[] = {0x48, 0, 1, 2};
    uint32_t next = 0;
    open_end(&ear, NULL, path_of("heard.wav"));
    call_audio_set_round_trip(ear.audio, 200);
    for (int64_t t = 0; next < 3000; t += 5000) {
        while (next * INT64_C(20000) + (next % 50 < 15 ? 15 - next % 50 : 0) * INT64_C(20000) <=
               t) {
            call_audio_take(ear.audio,
                            &(struct chinwag_event){.sender = "bob",
                                                    .packet = packet,
                                                    .packet_length = sizeof packet,
                                                    .sequence = next,
                                                    .timestamp = next * 960},
                            t);
            next++;
        }
        call_sound_run(&ear.sound, ear.audio, &client, "cooks", t);
    }
    struct cw_receiver_stats stats = call_audio_stats(ear.audio, 0);
    assert_in_range(stats.jitter.late + stats.jitter.dropped, 0, 29); /* 1 % */
    close_end(&ear);
    script_finish(&s);
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
    struct call_audio *audio = call_audio_create(&cli, false, false, 0);
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
    struct call_audio *audio = call_audio_create(&cli, false, false, 0);
    char name[16];
    for (int i = 0; i < (int)CW_CALL_MEMBERS_LIMIT; i++) {
        snprintf(name, sizeof name, "cook%d", i);
        say_list(audio, name, i);
    }
    say_list(audio, "cook0", 1000);
    say_list(audio, "bob", 1001);
    assert_int_equal(call_audio_count(audio), CW_CALL_MEMBERS_LIMIT);
    assert_string_equal(call_audio_name(audio, 0), "cook0");
    assert_string_equal(call_audio_name(audio, 1), "cook2");
    assert_string_equal(call_audio_name(audio, CW_CALL_MEMBERS_LIMIT - 1), "bob");
    call_audio_destroy(audio);
}

static void test_statistics(void **state)
{
    (void)state;
    struct cli cli = cli_of(NULL, NULL);
    struct call_audio *audio = call_audio_create(&cli, false, false, 0);
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
        "{\"type\":\"stats\",\"udp\":false,\"unheard\":0,\"sent\":0,\"unsent\":0,\"speakers\":[{"
        "\"name\":"
        "\"b\\u001b\","
        "\"speaking\":false,\"plain\":true,\"level\":-96.0,\"received\":0,\"lost\":0,\"late\":0,"
        "\"dropped\":0,\"duplicates\":0,\"garbage\":0,\"repaired\":0,\"concealed_ms\":0,\"jitter_"
        "ms\":0,"
        "\"buffer_ms\":99,\"target_ms\":119}]}\n"
        "round trip 1.2 ms, sent 0 packets, dropped 0\n"
        "by datagrams: 1 % lost to the server, 2 % behind it, 3 % from it\n"
        "the others miss 0 % of what you say\n"
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
        cmocka_unit_test(test_a_file_is_said),
        cmocka_unit_test(test_a_pipe_is_said),
        cmocka_unit_test(test_a_live_pipe_is_never_late),
        cmocka_unit_test(test_a_pipe_that_waits_is_said_whole),
        cmocka_unit_test(test_from_file_to_file),
        cmocka_unit_test(test_a_late_wake_up),
        cmocka_unit_test(test_a_far_connection_without_a_microphone),
        cmocka_unit_test(test_volumes),
        cmocka_unit_test(test_many_speakers),
        cmocka_unit_test(test_statistics),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
