/* test_near.c - where the network is near delay counts for more than bits: which packets a sender
 * makes then, and how many milliseconds each part of the way from mouth to ear takes. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "audio/receiver.h"
#include "audio/sender.h"
#include "support.h"

#define SECONDS 6
#define SAMPLES (SECONDS * 48000)
#define TICKS   (SAMPLES / CW_AUDIO_TICK)
#define TICK_US ((int64_t)CW_AUDIO_TICK_MS * 1000)

static int16_t said[SAMPLES], heard[SAMPLES];

/* --- packets ------------------------------------------------------------------------------ */

static struct cw_sender *bare(enum cw_sender_gate gate, int frame_ms, bool fixed)
{
    struct cw_sender_options options = cw_sender_options_default;
    options.echo_cancelling = options.noise_suppression = options.gain_control = false;
    options.gate = gate;
    options.opus.frame_ms = frame_ms;
    options.fixed_length = fixed;
    return cw_sender_create(&options, 0, 0);
}

/* The lengths, in ms, of the packets of so many ticks, from `timestamp` on without a gap; silence
 * is 0. Returns how many there are. */
static size_t lengths(struct cw_sender *sender, size_t ticks, uint32_t *timestamp,
                      unsigned length[])
{
    uint8_t payload[CW_CALL_PACKET_MAX];
    struct cw_call_packet packet;
    size_t n = 0;
    for (size_t i = 0; i < ticks; i++) {
        size_t bytes = cw_sender_push(sender, said + i * CW_AUDIO_TICK, NULL, payload);
        if (bytes == 0)
            continue;
        assert_int_equal(cw_call_packet_take(cw_slice_of(payload, bytes), &packet), CW_OPUS_GOOD);
        assert_int_equal(packet.timestamp, *timestamp);
        *timestamp += packet.samples;
        length[n++] = packet.samples / CW_AUDIO_PER_MS;
    }
    return n;
}

static void assert_lengths(struct cw_sender *sender, size_t ticks, uint32_t *timestamp, size_t n,
                           unsigned ms)
{
    unsigned length[100];
    assert_int_equal(lengths(sender, ticks, timestamp, length), n);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(length[i], ms);
}

static void packets_are_short_while_the_network_is_near(void **state)
{
    (void)state;
    uint32_t timestamp = 0;
    make_tone(said, SAMPLES, 300, 8000, 48000, 0);
    struct cw_sender *sender = bare(CW_GATE_OPEN, 20, false);
    assert_lengths(sender, 42, &timestamp, 10, 20);
    cw_sender_set_near(sender, true); /* the one that has begun stays as long */
    assert_lengths(sender, 2, &timestamp, 1, 20);
    assert_lengths(sender, 21, &timestamp, 10, 10);
    cw_sender_set_near(sender, false);
    assert_lengths(sender, 1, &timestamp, 1, 10);
    assert_lengths(sender, 40, &timestamp, 10, 20);
    cw_sender_destroy(sender);
}

static void a_length_that_was_chosen_stays(void **state)
{
    (void)state;
    static const int chosen[] = {10, 20};
    make_tone(said, SAMPLES, 300, 8000, 48000, 0);
    for (int i = 0; i < 2; i++) {
        uint32_t timestamp = 0;
        struct cw_sender *sender = bare(CW_GATE_OPEN, chosen[i], true);
        cw_sender_set_near(sender, true);
        assert_lengths(sender, 40, &timestamp, (size_t)(200 / chosen[i]), (unsigned)chosen[i]);
        cw_sender_destroy(sender);
    }
}

/* As much is kept from before the gate opened, in packets of either length. */
static void as_much_is_looked_back_at(void **state)
{
    (void)state;
    for (int near = 0; near < 2; near++) {
        uint8_t payload[CW_CALL_PACKET_MAX];
        struct cw_call_packet packet;
        struct cw_sender *sender = bare(CW_GATE_VOICE, 20, false);
        const size_t from = 400; /* ticks */
        make_tone(said, from * CW_AUDIO_TICK, 2000, 10, 48000, 0);
        make_tone(said + (from - 8) * CW_AUDIO_TICK, 8 * CW_AUDIO_TICK, 2000, 35, 48000, 0);
        make_tone(said + from * CW_AUDIO_TICK, 48000, 2000, 8000, 48000, 0);
        cw_sender_set_near(sender, near != 0);
        size_t n = 0, at = 0;
        while (n == 0)
            n = cw_sender_push(sender, said + at++ * CW_AUDIO_TICK, NULL, payload);
        assert_int_equal(cw_call_packet_take(cw_slice_of(payload, n), &packet), CW_OPUS_GOOD);
        assert_int_equal(at - 1, from); /* it opens at once */
        assert_int_equal(packet.timestamp, (from - 8) * CW_AUDIO_TICK);
        cw_sender_destroy(sender);
    }
}

/* --- milliseconds ------------------------------------------------------------------------- */

/* A rising tone of 40 ms, twice a second. */
static void make_sweeps(size_t from)
{
    const double pi = 3.14159265358979;
    memset(said, 0, sizeof said);
    for (size_t i = from; i < SAMPLES; i++) {
        double t = (double)((i - from) % 24000) / 48000, phase = 2 * pi * (500 * t + 31250 * t * t);
        said[i] = t < 0.04 ? (int16_t)(12000 * sin(pi * t / 0.04) * sin(phase)) : 0;
    }
}

/* Ticks of the listener are `late_us` after those of the speaker, whose packets arrive at once.
 * Returns how much later than said the last sweep is heard, samples. */
static size_t delay_of(struct cw_sender *sender, size_t from, int64_t late_us)
{
    struct cw_receiver *receiver = cw_receiver_create();
    double alike;
    for (size_t i = 0; i < TICKS; i++) {
        uint8_t payload[CW_CALL_PACKET_MAX];
        int64_t now_us = ((int64_t)i + 1) * TICK_US; /* the microphone has all 5 ms then */
        size_t n = cw_sender_push(sender, said + i * CW_AUDIO_TICK, NULL, payload);
        if (n > 0)
            cw_receiver_put_packet(receiver, 1, cw_slice_of(payload, n), now_us);
        cw_receiver_tick(receiver, now_us + late_us, heard + i * CW_AUDIO_TICK);
    }
    cw_receiver_destroy(receiver);
    cw_sender_destroy(sender);
    size_t at = from + (SECONDS - 1) * 48000;
    size_t lag = best_lag(said + at, heard + at, 1920, 4800, &alike);
    assert_true(alike > 0.9);
    return lag + CW_AUDIO_TICK + (size_t)(late_us * 48 / 1000);
}

static struct cw_sender *caller(bool near, bool suppression)
{
    struct cw_sender_options options = cw_sender_options_default;
    options.echo_cancelling = options.gain_control = false;
    options.noise_suppression = suppression;
    struct cw_sender *sender = cw_sender_create(&options, 0, 0);
    cw_sender_set_near(sender, near);
    return sender;
}

/* Each part of the way, and nothing but them: packet, codec, suppressor, and a buffer of the time
 * until the listener's second tick (the first is too soon to be sure of the next packet). */
static void each_millisecond_is_accounted_for(void **state)
{
    (void)state;
    static const struct {
        bool near, suppression;
        double ms; /* without the buffer */
    } ways[] = {{false, false, 26.5}, {false, true, 31.5}, {true, false, 12.5}, {true, true, 17.5}};
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++)
        for (size_t phase = 0; phase < 4; phase++) {
            const size_t from = phase * CW_AUDIO_TICK;
            make_sweeps(from);
            size_t delay = delay_of(caller(ways[i].near, ways[i].suppression), from, 3000);
            print_message("near %d, suppressor %d, begun %zu ms into a packet: %.2f ms\n",
                          ways[i].near, ways[i].suppression, 5 * phase, (double)delay / 48);
            assert_float_equal((double)delay / 48, ways[i].ms + 3, 0.2);
        }
}

/* A listener who plays what comes between ticks, too: what is heard goes on without a gap, and a
 * tick begins when the one before it is over. Returns as delay_of. */
static size_t delay_with_pauses(struct cw_sender *sender, size_t from, int64_t late_us)
{
    static const int16_t plain[441];
    struct cw_receiver *receiver = cw_receiver_create();
    uint8_t payload[CW_CALL_PACKET_MAX];
    double alike;
    size_t n = 0, played = 0;
    cw_receiver_put_list(receiver, 2, plain, 441); /* another, who then has nothing more to say */
    for (int64_t i = -20; i < 0; i++)
        cw_receiver_tick(receiver, i * TICK_US, heard);
    for (size_t i = 0; i < TICKS && played + 2 * CW_AUDIO_TICK <= SAMPLES; i++) {
        const int64_t now_us = ((int64_t)i + 1) * TICK_US;
        if ((n = cw_sender_push(sender, said + i * CW_AUDIO_TICK, NULL, payload)) > 0)
            cw_receiver_put_packet(receiver, 1, cw_slice_of(payload, n), now_us);
        for (int64_t at_us; (at_us = late_us + (int64_t)played * 125 / 6) < now_us + TICK_US &&
                            played + 2 * CW_AUDIO_TICK <= SAMPLES;) {
            if (at_us < now_us)
                at_us = now_us;
            size_t pause = cw_receiver_pause(receiver, at_us, heard + played);
            assert_true(pause < CW_AUDIO_TICK);
            played += pause;
            cw_receiver_tick(receiver, at_us + (int64_t)pause * 125 / 6, heard + played);
            played += CW_AUDIO_TICK;
        }
    }
    assert_int_equal(cw_receiver_stats(receiver, 0).jitter.late, 0);
    assert_int_equal(cw_receiver_stats(receiver, 0).jitter.target_ms, 2);
    cw_receiver_destroy(receiver);
    cw_sender_destroy(sender);
    size_t at = from + (SECONDS - 1) * 48000;
    size_t lag = best_lag(said + at, heard + at, 1920, 4800, &alike);
    assert_true(alike > 0.9);
    return lag + (size_t)(late_us * 48 / 1000);
}

/* Wherever the listener's ticks fell when the call began: in the first silence they are moved to
 * where packets are due, and what is said is heard after the target of 2 ms, not of up to 7. */
static void ticks_are_where_packets_are_due(void **state)
{
    (void)state;
    for (int64_t late_us = 0; late_us < TICK_US; late_us += 500)
        for (size_t phase = 0; phase < 2; phase++) {
            const size_t from = phase * CW_AUDIO_TICK;
            make_sweeps(from);
            size_t delay = delay_with_pauses(caller(true, true), from, late_us);
            print_message("ticks %d us after packets: %.2f ms\n", (int)late_us, (double)delay / 48);
            assert_float_equal((double)delay / 48, 17.5 + 2, 0.2);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(packets_are_short_while_the_network_is_near),
        cmocka_unit_test(a_length_that_was_chosen_stays),
        cmocka_unit_test(as_much_is_looked_back_at),
        cmocka_unit_test(each_millisecond_is_accounted_for),
        cmocka_unit_test(ticks_are_where_packets_are_due),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
