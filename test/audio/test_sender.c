/* test_sender.c - from the microphone to payloads: the gate, silence, numbers;
 * and what speexdsp takes away. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "audio/sender.h"
#include "support.h"

#define SECONDS 12
static int16_t mic[SECONDS * 48000], far[SECONDS * 48000], near[SECONDS * 48000];
static int16_t processed[SECONDS * 48000];

/* The tests go by 10 ms. */
#define STEP (2 * CW_AUDIO_TICK)

/* Pushes 10 ms of the microphone; returns the payload, of which there is one at most. */
static size_t push(struct cw_sender *sender, size_t step, uint8_t payload[CW_CALL_PACKET_MAX])
{
    uint8_t first[CW_CALL_PACKET_MAX];
    assert_int_equal(cw_sender_push(sender, mic + step * STEP, NULL, first), 0);
    return cw_sender_push(sender, mic + step * STEP + CW_AUDIO_TICK, NULL, payload);
}

/* Everything off but the gate. */
static struct cw_sender_options bare(enum cw_sender_gate gate)
{
    struct cw_sender_options options = cw_sender_options_default;
    options.echo_cancelling = options.noise_suppression = options.gain_control = false;
    options.gate = gate;
    return options;
}

/* Sends steps [from, to) of the microphone and writes what came out as text: "P" a packet, "s" one
 * of silence, "." 20 ms with nothing. */
static void send(struct cw_sender *sender, int from, int to, char *text)
{
    uint8_t payload[CW_CALL_PACKET_MAX];
    bool none = true;
    for (int i = 2 * from; i < 2 * to; i++) {
        size_t n = cw_sender_push(sender, mic + (size_t)i * CW_AUDIO_TICK, NULL, payload);
        if (n != 0)
            *text++ = n <= CW_CALL_PACKET_HEADER + 2 ? 's' : 'P';
        none &= n == 0;
        if (i % 4 == 3 && none)
            *text++ = '.';
        none |= i % 4 == 3;
    }
    *text = 0;
}

/* Silence, speech-like loud noise in steps [from, to), silence. */
static void loud_between(int from, int to)
{
    uint64_t seed = 9;
    make_noise(mic, 48000, 20, &seed);
    make_noise(mic + from * STEP, (size_t)(to - from) * STEP, 8000, &seed);
}

static void the_voice_gate_opens_at_once_and_closes_after_a_while(void **state)
{
    (void)state;
    char text[60];
    struct cw_sender_options options = bare(CW_GATE_VOICE);
    options.hang_ms = 100;
    struct cw_sender *sender = cw_sender_create(&options, 1, 1);
    loud_between(21, 40); /* the second half of a packet suffices */
    send(sender, 0, 22, text);
    assert_string_equal(text, "..........P");
    assert_true(cw_sender_open(sender));
    assert_true(cw_sender_level(sender).rms > -20);
    send(sender, 22, 80, text); /* the silence before it was not sent */
    assert_string_equal(text, "PPPPPPPPPPPPPPPs.............");
    assert_false(cw_sender_open(sender));
    cw_sender_destroy(sender);
}

static void the_threshold_is_what_it_says(void **state)
{
    (void)state;
    char text[60];
    struct cw_sender_options options = bare(CW_GATE_VOICE);
    options.threshold = -45;
    struct cw_sender *sender = cw_sender_create(&options, 1, 1);
    double amplitude = 32768 * sqrt(2) * pow(10, -45.5 / 20);
    make_tone(mic, 48000, 500, amplitude, 48000, 0);
    send(sender, 0, 10, text);
    assert_string_equal(text, ".....");
    cw_sender_destroy(sender);
    options.threshold = -46;
    sender = cw_sender_create(&options, 1, 1);
    send(sender, 10, 20, text);
    assert_string_equal(text, "PPPPP");
    cw_sender_destroy(sender);
}

static void push_to_talk_is_the_key_and_nothing_else(void **state)
{
    (void)state;
    char text[60];
    struct cw_sender_options options = bare(CW_GATE_PUSH);
    options.hang_ms = 0;
    struct cw_sender *sender = cw_sender_create(&options, 1, 1);
    loud_between(0, 100);
    send(sender, 0, 10, text);
    assert_string_equal(text, ".....");
    cw_sender_set_pushed(sender, true);
    send(sender, 10, 20, text);
    assert_string_equal(text, "PPPPP");
    cw_sender_set_pushed(sender, false);
    send(sender, 20, 30, text);
    assert_string_equal(text, "s....");
    cw_sender_destroy(sender);
}

static void push_to_talk_begins_and_ends_in_a_call(void **state)
{
    (void)state;
    char text[60];
    struct cw_sender_options options = bare(CW_GATE_OPEN);
    options.hang_ms = 0;
    struct cw_sender *sender = cw_sender_create(&options, 1, 1);
    loud_between(0, 100);
    send(sender, 0, 10, text);
    assert_string_equal(text, "PPPPP");
    cw_sender_set_gate(sender, CW_GATE_PUSH);
    send(sender, 10, 20, text);
    assert_string_equal(text, "s....");
    cw_sender_set_pushed(sender, true);
    send(sender, 20, 30, text);
    assert_string_equal(text, "PPPPP");
    cw_sender_set_pushed(sender, false);
    cw_sender_set_gate(sender, CW_GATE_OPEN);
    send(sender, 30, 40, text);
    assert_string_equal(text, "PPPPP");
    cw_sender_destroy(sender);
}

static void muted_is_muted_whatever_the_gate(void **state)
{
    (void)state;
    static const enum cw_sender_gate gates[] = {CW_GATE_OPEN, CW_GATE_VOICE, CW_GATE_PUSH};
    char text[60];
    loud_between(0, 100);
    for (int i = 0; i < 3; i++) {
        struct cw_sender_options options = bare(gates[i]);
        struct cw_sender *sender = cw_sender_create(&options, 1, 1);
        cw_sender_set_pushed(sender, true);
        send(sender, 0, 11, text);
        assert_string_equal(text, "PPPPP");
        cw_sender_set_muted(sender, true); /* in the middle of a packet */
        send(sender, 11, 20, text);
        assert_string_equal(text, "s....");
        cw_sender_set_muted(sender, false);
        send(sender, 20, 30, text);
        assert_string_equal(text, "PPPPP");
        cw_sender_destroy(sender);
    }
}

/* What the gate keeps goes out with the times at which it was said. */
static void numbers_go_by_packets_and_times_by_the_clock(void **state)
{
    (void)state;
    struct cw_sender_options options = bare(CW_GATE_VOICE);
    options.hang_ms = 0;
    struct cw_sender *sender = cw_sender_create(&options, UINT32_MAX, UINT32_MAX - 959);
    uint8_t payload[CW_CALL_PACKET_MAX];
    uint32_t times[60];
    char text[60], *end = text;
    uint32_t count = 0;
    loud_between(0, 4);
    make_noise(mic + 50 * STEP, 4 * STEP, 8000, &(uint64_t){3});
    mic[49 * STEP] = 1500; /* something in the frame before opens nothing, and is sent */
    for (int i = 0; i < 120; i++) {
        struct cw_call_packet packet;
        size_t n = cw_sender_push(sender, mic + i * CW_AUDIO_TICK, NULL, payload);
        if (n == 0)
            continue;
        assert_int_equal(cw_call_packet_take(cw_slice_of(payload, n), &packet), CW_OPUS_GOOD);
        assert_int_equal(packet.samples, 960);
        assert_int_equal(packet.sequence, UINT32_MAX + count);
        times[count++] = (packet.timestamp - (UINT32_MAX - 959)) / 960;
        *end++ = n <= CW_CALL_PACKET_HEADER + 2 ? 's' : 'P';
    }
    *end = 0;
    /* The level is that of 10 ms, so 5 ms more are sent. */
    static const uint32_t expected[] = {0, 1, 2, 3, 24, 25, 26, 27, 28};
    assert_string_equal(text, "PPPsPPPPs");
    assert_memory_equal(times, expected, sizeof expected);
    cw_sender_destroy(sender);
}

static void nothing_from_before_the_key_or_the_mute_is_sent(void **state)
{
    (void)state;
    char text[60];
    struct cw_sender_options options = bare(CW_GATE_VOICE);
    struct cw_sender *sender = cw_sender_create(&options, 1, 1);
    loud_between(20, 100);
    mic[19 * STEP] = 1100;
    send(sender, 0, 18, text);
    assert_string_equal(text, ".........");
    cw_sender_set_muted(sender, true);
    cw_sender_set_muted(sender, false);
    send(sender, 18, 24, text); /* one packet from before the voice, and not two */
    assert_string_equal(text, ".PPP");
    cw_sender_destroy(sender);
}

static void frames_of_10_ms_are_an_option(void **state)
{
    (void)state;
    struct cw_sender_options options = bare(CW_GATE_OPEN);
    uint8_t payload[CW_CALL_PACKET_MAX];
    struct cw_call_packet packet;
    options.opus.frame_ms = 10;
    struct cw_sender *sender = cw_sender_create(&options, 0, 0);
    loud_between(0, 100);
    for (uint32_t i = 0; i < 10; i++) {
        size_t n = push(sender, (size_t)i, payload);
        assert_int_equal(cw_call_packet_take(cw_slice_of(payload, n), &packet), CW_OPUS_GOOD);
        assert_int_equal(packet.sequence, i);
        assert_int_equal(packet.timestamp, i * 480);
        assert_int_equal(packet.samples, 480);
    }
    cw_sender_destroy(sender);
}

static void an_open_gate_leaves_silence_to_dtx(void **state)
{
    (void)state;
    struct cw_sender_options options = bare(CW_GATE_OPEN);
    struct cw_sender *sender = cw_sender_create(&options, 0, 0);
    uint8_t payload[CW_CALL_PACKET_MAX];
    size_t bytes = 0, packets = 0;
    memset(mic, 0, sizeof mic);
    make_speech(mic, 48000);
    for (int i = 0; i < 500; i++) {
        size_t n = push(sender, (size_t)i, payload);
        bytes += i >= 200 ? n : 0;
        packets += i >= 200 && n > 0;
    }
    assert_true(packets <= 20); /* of 150 */
    assert_true(bytes <= 500);  /* of some 12,000 */
    cw_sender_destroy(sender);
}

/* --- speexdsp -------------------------------------------------------------------------- */

/* The microphone hears the loudspeaker 30 ms later through a small room, 6 dB
 * down. What goes on is in `processed`. */
static void through_a_room(struct cw_sender *sender, bool with_far)
{
    uint8_t payload[CW_CALL_PACKET_MAX];
    static const struct {
        size_t delay;
        double gain;
    } ways[] = {{1440, 0.35}, {1500, 0.15}, {1777, -0.1},
                {2345, 0.08}, {3210, 0.05}, {4000, -0.03}};
    size_t n = sizeof mic / sizeof mic[0];
    for (size_t i = 0; i < n; i++) {
        double sum = near[i];
        for (size_t k = 0; k < sizeof ways / sizeof ways[0]; k++)
            sum += i >= ways[k].delay ? ways[k].gain * far[i - ways[k].delay] : 0;
        mic[i] = (int16_t)lrint(sum);
    }
    for (size_t i = 0; i < n; i += CW_AUDIO_TICK) {
        cw_sender_push(sender, mic + i, with_far ? far + i : NULL, payload);
        memcpy(processed + i, cw_sender_processed(sender), CW_AUDIO_TICK * 2);
    }
}

static double echo_left_db(bool cancelling)
{
    struct cw_sender_options options = bare(CW_GATE_OPEN);
    const size_t last = (SECONDS - 3) * 48000, n = 3 * 48000;
    uint64_t seed = 5;
    options.echo_cancelling = cancelling;
    make_speech(far, sizeof far / sizeof far[0]);
    make_noise(near, sizeof near / sizeof near[0], 10, &seed);
    struct cw_sender *sender = cw_sender_create(&options, 0, 0);
    through_a_room(sender, true);
    cw_sender_destroy(sender);
    return power_db(mic + last, n) - power_db(processed + last, n);
}

static void the_echo_is_gone_by_25_db(void **state)
{
    (void)state;
    double with = echo_left_db(true), without = echo_left_db(false);
    print_message("echo reduced by %.1f dB, without the canceller by %.1f dB\n", with, without);
    assert_true(with >= 25);
    assert_float_equal(without, 0, 0.001);
}

static void who_speaks_against_the_echo_is_still_heard(void **state)
{
    (void)state;
    struct cw_sender_options options = bare(CW_GATE_OPEN);
    const size_t from = 9 * 48000, n = 48000 / 2;
    double correlation;
    options.echo_cancelling = true;
    memset(near, 0, sizeof near);
    make_speech(far, sizeof far / sizeof far[0]);
    make_speech(processed, 3 * 48000); /* another one, from 8.5 s on */
    for (size_t i = 0; i < 3 * 48000; i++)
        near[8 * 48000 + 24000 + i] = (int16_t)(processed[(i * 5 / 4) % (3 * 48000)]);
    struct cw_sender *sender = cw_sender_create(&options, 0, 0);
    through_a_room(sender, true);
    cw_sender_destroy(sender);
    best_lag(near + from, processed + from, n, 960, &correlation);
    print_message("correlation with who is near: %.2f\n", correlation);
    assert_true(correlation > 0.8);
}

static void noise_is_taken_down_by_10_db(void **state)
{
    (void)state;
    struct cw_sender_options options = bare(CW_GATE_OPEN);
    uint64_t seed = 5;
    options.noise_suppression = true;
    memset(far, 0, sizeof far);
    make_noise(near, sizeof near / sizeof near[0], 500, &seed);
    struct cw_sender *sender = cw_sender_create(&options, 0, 0);
    through_a_room(sender, false);
    double by = power_db(mic + 96000, 480000) - power_db(processed + 96000, 480000);
    print_message("noise reduced by %.1f dB\n", by);
    assert_true(by > 10);
    cw_sender_set_noise_suppression(sender, false);
    through_a_room(sender, false);
    by = power_db(mic + 96000, 480000) - power_db(processed + 96000, 480000);
    assert_float_equal(by, 0, 0.001);
    cw_sender_destroy(sender);
}

static void a_soft_voice_is_brought_nearer_to_a_loud_one(void **state)
{
    (void)state;
    double level[2];
    for (int loud = 0; loud < 2; loud++) {
        struct cw_sender_options options = bare(CW_GATE_OPEN);
        options.gain_control = true;
        memset(far, 0, sizeof far);
        make_speech(near, sizeof near / sizeof near[0]);
        for (size_t i = 0; i < sizeof near / sizeof near[0]; i++)
            near[i] = (int16_t)(near[i] / (loud ? 1 : 8)); /* 18 dB apart */
        struct cw_sender *sender = cw_sender_create(&options, 0, 0);
        through_a_room(sender, false);
        level[loud] = power_db(processed + 8 * 48000, 4 * 48000);
        cw_sender_destroy(sender);
    }
    print_message("soft %.1f dBFS, loud %.1f dBFS\n", level[0], level[1]);
    assert_true(level[1] - level[0] < 9);
}

/* Left a tone, right another: both are in the packet, and mixed for who plays mono. */
static void stereo_is_sent_as_it_is(void **state)
{
    (void)state;
    struct cw_sender_options options = bare(CW_GATE_OPEN);
    static int16_t both[2 * 48000], left[48000], right[48000], heard[48000 + CW_AUDIO_PACKET_MAX];
    uint8_t payload[CW_CALL_PACKET_MAX];
    size_t n, at = 0;
    make_tone(left, 48000, 440, 8000, 48000, 0);
    make_tone(right, 48000, 1500, 4000, 48000, 0);
    for (size_t i = 0; i < 48000; i++) {
        both[2 * i] = left[i];
        both[2 * i + 1] = right[i];
    }
    options.opus.stereo = true;
    options.opus.bitrate = 96000;
    struct cw_sender *sender = cw_sender_create(&options, 1, 1);
    struct cw_opus_decoder *decoder = cw_opus_decoder_create();
    for (size_t i = 0; i < 48000; i += CW_AUDIO_TICK) {
        n = cw_sender_push(sender, both + 2 * i, NULL, payload);
        assert_int_equal(n != 0, (i / CW_AUDIO_TICK) % 4 == 3);
        if (n == 0)
            continue;
        assert_int_equal(payload[CW_CALL_PACKET_HEADER] & 4, 4); /* RFC 6716 3.1: stereo */
        struct cw_slice packet =
            cw_slice_of(payload + CW_CALL_PACKET_HEADER, n - CW_CALL_PACKET_HEADER);
        assert_int_equal(cw_opus_decode(decoder, packet, heard + at), 960);
        at += 960;
    }
    assert_int_equal(at, 48000);
    double down[] = {tone_db(left, 24000, 19200, 440) - tone_db(heard, 24000, 19200, 440),
                     tone_db(right, 24000, 19200, 1500) - tone_db(heard, 24000, 19200, 1500)};
    assert_true(fabs(down[0] - 6.02) < 0.5); /* the mean of both channels */
    assert_true(fabs(down[1] - 6.02) < 0.5);
    assert_memory_equal(cw_sender_processed(sender), both + 2 * (48000 - CW_AUDIO_TICK),
                        4 * CW_AUDIO_TICK);
    cw_opus_decoder_destroy(decoder);
    cw_sender_destroy(sender);
    options.noise_suppression = true;
    assert_null(cw_sender_create(&options, 1, 1));
    options.noise_suppression = false;
    options.gate = CW_GATE_VOICE;
    assert_null(cw_sender_create(&options, 1, 1));
}

static void options_out_of_range_are_refused(void **state)
{
    (void)state;
    struct cw_sender_options options = cw_sender_options_default;
    options.hang_ms = 2001;
    assert_null(cw_sender_create(&options, 0, 0));
    options.hang_ms = -1;
    assert_null(cw_sender_create(&options, 0, 0));
    options = cw_sender_options_default;
    options.opus.frame_ms = 40;
    assert_null(cw_sender_create(&options, 0, 0));
    cw_sender_destroy(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_voice_gate_opens_at_once_and_closes_after_a_while),
        cmocka_unit_test(the_threshold_is_what_it_says),
        cmocka_unit_test(push_to_talk_is_the_key_and_nothing_else),
        cmocka_unit_test(push_to_talk_begins_and_ends_in_a_call),
        cmocka_unit_test(muted_is_muted_whatever_the_gate),
        cmocka_unit_test(numbers_go_by_packets_and_times_by_the_clock),
        cmocka_unit_test(nothing_from_before_the_key_or_the_mute_is_sent),
        cmocka_unit_test(frames_of_10_ms_are_an_option),
        cmocka_unit_test(an_open_gate_leaves_silence_to_dtx),
        cmocka_unit_test(the_echo_is_gone_by_25_db),
        cmocka_unit_test(who_speaks_against_the_echo_is_still_heard),
        cmocka_unit_test(noise_is_taken_down_by_10_db),
        cmocka_unit_test(a_soft_voice_is_brought_nearer_to_a_loud_one),
        cmocka_unit_test(stereo_is_sent_as_it_is),
        cmocka_unit_test(options_out_of_range_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
