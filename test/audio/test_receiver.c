/* test_receiver.c - from payloads to the ear: whole calls in simulated time,
 * with senders, bad networks, plain speakers, volumes and who is speaking. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "audio/mixer.h"
#include "audio/receiver.h"
#include "audio/sender.h"
#include "support.h"

#define SECONDS 10
#define TICK_US ((int64_t)CW_AUDIO_TICK_MS * 1000)
#define TICKS   (SECONDS * 1000 / CW_AUDIO_TICK_MS)
#define SAMPLES ((size_t)TICKS * CW_AUDIO_TICK)

static int16_t said[SAMPLES + 48000];
static int16_t heard[SAMPLES + 48000];

/* --- a network --------------------------------------------------------------------- */

#define ON_THE_WAY_MAX 64

struct network {
    uint64_t seed;
    double loss;       /* part of the packets */
    int64_t jitter_us; /* uniform, from 0 */
    int64_t stall_from_us, stall_to_us;
    size_t n;
    struct {
        int64_t at_us;
        size_t n;
        uint8_t payload[CW_CALL_PACKET_MAX];
    } way[ON_THE_WAY_MAX];
};

static void post(struct network *network, const uint8_t *payload, size_t n, int64_t now_us)
{
    int64_t at_us = now_us + (int64_t)(random_part(&network->seed) * (double)network->jitter_us);
    if (random_part(&network->seed) < network->loss)
        return;
    if (at_us >= network->stall_from_us && at_us < network->stall_to_us)
        at_us = network->stall_to_us;
    assert_true(network->n < ON_THE_WAY_MAX);
    network->way[network->n].at_us = at_us;
    network->way[network->n].n = n;
    memcpy(network->way[network->n++].payload, payload, n);
}

static void deliver(struct network *network, struct cw_receiver *receiver, uint64_t speaker,
                    int64_t now_us)
{
    size_t kept = 0;
    for (size_t i = 0; i < network->n; i++)
        if (network->way[i].at_us > now_us)
            network->way[kept++] = network->way[i];
        else
            assert_true(cw_receiver_put_packet(
                receiver, speaker, cw_slice_of(network->way[i].payload, network->way[i].n),
                network->way[i].at_us));
    network->n = kept;
}

static struct cw_sender *open_sender(enum cw_sender_gate gate)
{
    struct cw_sender_options options = cw_sender_options_default;
    options.echo_cancelling = options.noise_suppression = options.gain_control = false;
    options.gate = gate;
    return cw_sender_create(&options, 4294967290u, 4294960000u);
}

/* `said` through sender (which it destroys), network and receiver into `heard`. */
static struct cw_receiver_stats call_with(struct cw_sender *sender, struct network *network)
{
    struct cw_receiver *receiver = cw_receiver_create();
    for (int i = 0; i < TICKS; i++) {
        uint8_t payload[CW_CALL_PACKET_MAX];
        int64_t now_us = i * TICK_US;
        size_t n = cw_sender_push(sender, said + (size_t)i * CW_AUDIO_TICK, NULL, payload);
        if (n > 0)
            post(network, payload, n, now_us);
        deliver(network, receiver, 1, now_us);
        cw_receiver_tick(receiver, now_us, heard + (size_t)i * CW_AUDIO_TICK);
    }
    struct cw_receiver_stats stats = cw_receiver_stats(receiver, 0);
    cw_sender_destroy(sender);
    cw_receiver_destroy(receiver);
    return stats;
}

static struct cw_receiver_stats call(struct network *network)
{
    return call_with(open_sender(CW_GATE_OPEN), network);
}

/* How alike `heard` is to `said`, piece by piece (100 ms, 4 a second), each at
 * its own delay; the mean correlation of those with sound in them. *lag is the
 * delay of the last piece, samples. */
static double likeness(size_t from_second, size_t *lag)
{
    double sum = 0, correlation;
    size_t pieces = 0, centre = 0;
    for (size_t at = from_second * 48000; at + 12000 + 14400 < SAMPLES; at += 12000) {
        size_t first = centre > 300 ? centre - 300 : 0, range = centre > 0 ? 600 : 12000;
        if (power_db(said + at, 4800) < -50)
            continue;
        size_t found = first + best_lag(said + at, heard + at + first, 4800, range, &correlation);
        if (correlation < 0.6) /* changed too much meanwhile, or lost */
            found = best_lag(said + at, heard + at, 4800, 12000, &correlation);
        centre = found;
        sum += correlation;
        pieces++;
    }
    *lag = centre;
    return sum / (double)pieces;
}

/* --- calls ------------------------------------------------------------------------- */

static void on_a_good_network_all_is_heard_within_50_ms(void **state)
{
    (void)state;
    struct network network = {.seed = 42};
    size_t lag;
    make_speech(said, SAMPLES);
    struct cw_receiver_stats stats = call(&network);
    double alike = likeness(1, &lag);
    print_message("alike %.3f, %.1f ms behind\n", alike, (double)lag / 48);
    assert_true(alike > 0.95);
    assert_in_range(lag, 20 * 48, 50 * 48); /* a packet, the lookahead, the buffer */
    assert_int_equal(stats.jitter.concealed_ms, 0);
    assert_int_equal(stats.jitter.late + stats.jitter.lost + stats.jitter.dropped, 0);
}

static void with_loss_and_jitter_speech_stays_speech(void **state)
{
    (void)state;
    struct network network = {.seed = 42, .loss = 0.05, .jitter_us = 30000};
    size_t lag;
    make_speech(said, SAMPLES);
    struct cw_receiver_stats stats = call(&network);
    double alike = likeness(1, &lag);
    print_message("alike %.3f, %.1f ms behind, %d lost, %d ms concealed\n", alike, (double)lag / 48,
                  (int)stats.jitter.lost, (int)stats.jitter.concealed_ms);
    assert_true(alike > 0.9);
    assert_true(lag <= 90 * 48);
    assert_true(stats.jitter.lost > 10);
    assert_true(stats.jitter.concealed_ms <= 900);
}

static void a_second_after_a_stall_nothing_is_left_of_it(void **state)
{
    (void)state;
    struct network calm = {.seed = 42};
    struct network network = {.seed = 42, .stall_from_us = 4100000, .stall_to_us = 4400000};
    size_t before, after;
    make_speech(said, SAMPLES);
    call(&calm);
    likeness(5, &before);
    struct cw_receiver_stats stats = call(&network);
    double alike = likeness(5, &after);
    assert_true(after <= before + 480);
    assert_true(alike > 0.95);
    assert_true(stats.jitter.dropped >= 12 && stats.jitter.dropped <= 15);
    assert_true(stats.jitter.concealed_ms <= 100);
}

/* What is heard is silence, but for the comfort that libopus makes of it. */
static void silence_comes_back_as_silence(void **state)
{
    (void)state;
    struct network network = {.seed = 42};
    memset(said, 0, sizeof said);
    make_speech(said, 48000);
    call(&network);
    assert_true(power_db(heard + 24000, 12000) > -40);
    assert_true(power_db(heard + 3 * 48000, 6 * 48000) < -75);
}

/* A rising tone of 40 ms, twice a second: a codec that remembers the spurt before
 * makes a noise of it. */
static void make_sweeps(int16_t *pcm, size_t n)
{
    const double pi = 3.14159265358979;
    for (size_t i = 0; i < n; i++) {
        double t = (double)(i % 24000) / 48000, phase = 2 * pi * (500 * t + 31250 * t * t);
        pcm[i] = t < 0.04 ? (int16_t)(12000 * sin(pi * t / 0.04) * sin(phase)) : 0;
    }
}

static void each_spurt_is_as_clean_as_the_first(void **state)
{
    (void)state;
    struct network network = {.seed = 42};
    make_sweeps(said, SAMPLES);
    call_with(open_sender(CW_GATE_VOICE), &network);
    for (size_t at = 0; at + 48000 < SAMPLES; at += 24000) {
        double correlation;
        best_lag(said + at, heard + at, 1920, 4800, &correlation);
        assert_true(correlation > 0.9);
    }
}

/* Wherever in a packet a sound begins: what was before the gate opened leaves at once, and is no
 * reason for more delay. */
static void a_spurt_is_not_later_for_its_look_back(void **state)
{
    (void)state;
    static int16_t sweeps[SAMPLES];
    make_sweeps(sweeps, SAMPLES);
    for (size_t phase = 0; phase < 4; phase++) {
        struct network network = {.seed = 42};
        const size_t from = phase * CW_AUDIO_TICK;
        double correlation;
        memset(said, 0, sizeof said);
        memcpy(said + from, sweeps, (SAMPLES - from) * sizeof sweeps[0]);
        struct cw_receiver_stats stats = call_with(open_sender(CW_GATE_VOICE), &network);
        size_t at = from + 9 * 48000;
        size_t lag = best_lag(said + at, heard + at, 1920, 4800, &correlation);
        print_message("begun %zu ms into a packet: %.1f ms behind, target %d ms\n", 5 * phase,
                      (double)lag / 48, stats.jitter.target_ms);
        assert_int_equal(stats.jitter.target_ms, 2);
        assert_true(lag <= 29 * 48);
    }
}

/* Speech of half a second in each, in a room. */
static void make_spurts(int16_t *pcm, size_t n, double room)
{
    uint64_t seed = 3;
    make_noise(heard, n, room, &seed);
    make_speech(pcm, n);
    for (size_t i = 0; i < n; i++)
        pcm[i] = cw_audio_clip((float)(i % 48000 < 24000 ? pcm[i] : 0) + heard[i]);
}

/* A spurt begins with what its sender has kept; that is played, and no reason for more delay. */
static void what_was_said_before_the_gate_opened_is_played(void **state)
{
    (void)state;
    struct network network = {.seed = 42};
    make_spurts(said, SAMPLES, 5);
    struct cw_receiver_stats stats = call_with(open_sender(CW_GATE_VOICE), &network);
    assert_in_range(stats.jitter.received, 300, 480);
    assert_int_equal(stats.jitter.played, stats.jitter.received);
    assert_int_equal(stats.jitter.late + stats.jitter.lost + stats.jitter.dropped, 0);
    assert_in_range(stats.jitter.target_ms, 2, 3);
    assert_in_range(stats.jitter.delay_ms, 0, 25);
}

/* Between spurts one hears the room, as loud as it is; seconds later nothing. */
static void between_words_the_room_is_heard(void **state)
{
    (void)state;
    struct network network = {.seed = 42};
    make_spurts(said, SAMPLES, 60);
    memset(said + SAMPLES / 10, 0, (SAMPLES - SAMPLES / 10) * sizeof said[0]);
    double room = power_db(said + 40000, 4800);
    call_with(open_sender(CW_GATE_VOICE), &network);
    for (size_t at = 60000; at < 4 * 48000; at += 24000)
        assert_float_equal(power_db(heard + at, 24000), room, 8);
    assert_true(power_db(heard + 8 * 48000, 48000) < -99);
}

/* --- many -------------------------------------------------------------------------- */

/* Payloads of a tone of 20 ms each, from their own sender. */
struct talker {
    struct cw_sender *sender;
    double hertz;
    size_t at;
};

static void talk(struct talker *talker, struct cw_receiver *receiver, uint64_t number,
                 int64_t now_us)
{
    uint8_t payload[CW_CALL_PACKET_MAX];
    int16_t pcm[CW_AUDIO_TICK];
    if (talker->sender == NULL)
        talker->sender = open_sender(CW_GATE_OPEN);
    make_tone(pcm, CW_AUDIO_TICK, talker->hertz, 8000, 48000, talker->at);
    talker->at += CW_AUDIO_TICK;
    size_t n = cw_sender_push(talker->sender, pcm, NULL, payload);
    if (n > 0)
        assert_true(cw_receiver_put_packet(receiver, number, cw_slice_of(payload, n), now_us));
}

/* Two talk, of 25; from..to is what was heard. */
static void two_talk(struct cw_receiver *receiver, struct talker talkers[2], int from, int to)
{
    for (int i = from; i < to; i++) {
        for (uint64_t k = 0; k < 2; k++)
            talk(&talkers[k], receiver, k * 7, i * TICK_US);
        cw_receiver_tick(receiver, i * TICK_US, heard + (size_t)i * CW_AUDIO_TICK);
    }
}

static void volume_mute_and_deafen_are_each_by_themselves(void **state)
{
    (void)state;
    struct cw_receiver *receiver = cw_receiver_create();
    struct talker talkers[2] = {{.hertz = 400}, {.hertz = 900}};
    two_talk(receiver, talkers, 0, 400);
    double low = tone_db(heard, 48000, 48000, 400), high = tone_db(heard, 48000, 48000, 900);
    assert_float_equal(low, -12.2, 2);
    assert_float_equal(high, -12.2, 2);
    cw_receiver_set_volume(receiver, 0, 50);
    cw_receiver_set_muted(receiver, 7, true);
    two_talk(receiver, talkers, 400, 800);
    assert_float_equal(tone_db(heard, 144000, 48000, 400), low - 6, 1);
    assert_true(tone_db(heard, 144000, 48000, 900) < -60);
    assert_true(cw_receiver_stats(receiver, 1).speaking); /* he does, nobody hears him */
    assert_true(cw_receiver_stats(receiver, 1).muted);
    assert_int_equal(cw_receiver_stats(receiver, 0).volume, 50);
    cw_receiver_set_deafened(receiver, true);
    two_talk(receiver, talkers, 800, 1000);
    assert_true(power_db(heard + 810 * CW_AUDIO_TICK, 180 * CW_AUDIO_TICK) < -100);
    cw_receiver_set_deafened(receiver, false);
    cw_receiver_set_muted(receiver, 7, false);
    two_talk(receiver, talkers, 1000, 1400);
    assert_float_equal(tone_db(heard, 6 * 48000, 48000, 900), high, 1);
    cw_receiver_destroy(receiver);
    cw_sender_destroy(talkers[0].sender);
    cw_sender_destroy(talkers[1].sender);
}

static void who_speaks_is_known_and_for_200_ms_longer(void **state)
{
    (void)state;
    struct cw_receiver *receiver = cw_receiver_create();
    struct talker talker = {.hertz = 500};
    int64_t now_us = 0;
    int16_t pcm[CW_AUDIO_TICK];
    int last_loud = 0, last_speaking = 0;
    for (int i = 0; i < 400; i++, now_us += TICK_US) {
        if (i < 200)
            talk(&talker, receiver, 3, now_us);
        cw_receiver_tick(receiver, now_us, pcm);
        if (i < 4)
            continue; /* he is known since his first packet */
        struct cw_receiver_stats stats = cw_receiver_stats(receiver, 0);
        last_loud = stats.level.rms > -50 ? i : last_loud;
        last_speaking = stats.speaking ? i : last_speaking;
        if (i >= 40 && i < 200)
            assert_true(stats.speaking);
    }
    assert_in_range(last_loud, 200, 230);
    assert_int_equal(last_speaking, last_loud + 39);
    assert_false(cw_receiver_stats(receiver, 0).speaking);
    assert_float_equal(cw_receiver_stats(receiver, 0).level.rms, CW_LEVEL_FLOOR, 0);
    cw_receiver_destroy(receiver);
    cw_sender_destroy(talker.sender);
}

static void a_call_has_so_many_speakers_and_no_more(void **state)
{
    (void)state;
    struct cw_receiver *receiver = cw_receiver_create();
    static const uint8_t payload[] = {0, 0, 0, 1, 0, 0, 0, 1, 0x48};
    const struct cw_slice slice = {payload, sizeof payload};
    for (uint64_t i = 0; i < CW_CALL_MEMBERS_LIMIT; i++)
        assert_true(cw_receiver_put_packet(receiver, 100 - i, slice, 0));
    assert_false(cw_receiver_put_packet(receiver, 1000, slice, 0));
    assert_false(cw_receiver_put_list(receiver, 1000, said, 10));
    assert_false(cw_receiver_set_volume(receiver, 1000, 10));
    assert_false(cw_receiver_set_muted(receiver, 1000, true));
    assert_int_equal(cw_receiver_refused(receiver), 4);
    assert_int_equal(cw_receiver_count(receiver), CW_CALL_MEMBERS_LIMIT);
    for (size_t i = 0; i < CW_CALL_MEMBERS_LIMIT; i++)
        assert_int_equal(cw_receiver_stats(receiver, i).speaker, 51 + i);
    cw_receiver_remove(receiver, 1000); /* nobody */
    cw_receiver_remove(receiver, 80);
    assert_true(cw_receiver_put_packet(receiver, 1000, slice, 0));
    assert_int_equal(cw_receiver_stats(receiver, 49).speaker, 1000);
    assert_int_equal(cw_receiver_stats(receiver, 29).speaker, 81);
    cw_receiver_destroy(receiver);
    cw_receiver_destroy(NULL);
}

static void garbage_is_counted_and_the_others_go_on(void **state)
{
    (void)state;
    struct cw_receiver *receiver = cw_receiver_create();
    struct talker talker = {.hertz = 500};
    uint64_t seed = 42;
    for (int i = 0; i < 300; i++) {
        uint8_t payload[CW_CALL_PACKET_MAX + 1];
        size_t n = random_next(&seed) % sizeof payload;
        for (size_t k = 0; k < n; k++)
            payload[k] = (uint8_t)random_next(&seed);
        cw_receiver_put_packet(receiver, 2, cw_slice_of(payload, n), i * TICK_US);
        talk(&talker, receiver, 1, i * TICK_US);
        cw_receiver_tick(receiver, i * TICK_US, heard + (size_t)i * CW_AUDIO_TICK);
    }
    struct cw_receiver_stats bad = cw_receiver_stats(receiver, 1);
    assert_true(bad.garbage > 100);
    assert_int_equal(bad.garbage + bad.jitter.received, 300);
    assert_int_equal(cw_receiver_stats(receiver, 0).jitter.concealed_ms, 0);
    assert_false(cw_receiver_put_packet(receiver, 1, cw_slice_of(NULL, 0), 3000000));
    assert_int_equal(cw_receiver_stats(receiver, 0).garbage, 1);
    cw_receiver_destroy(receiver);
    cw_sender_destroy(talker.sender);
}

/* Ticks that come late make the buffer too full: what it drops is not a click. */
static void a_cut_is_not_a_click(void **state)
{
    (void)state;
    for (int held = 14; held <= 50; held++) {
        struct cw_receiver *receiver = cw_receiver_create();
        struct talker talker = {.hertz = 190};
        for (int i = 0; i < 300 + held; i++) {
            talk(&talker, receiver, 1, i * TICK_US);
            if (i < 200 || i >= 200 + held)
                cw_receiver_tick(receiver, i * TICK_US,
                                 heard + (size_t)(i < 200 ? i : i - held) * CW_AUDIO_TICK);
        }
        assert_true(steepest(heard, 48000, 20000) <= 2 * steepest(heard, 24000, 20000));
        cw_receiver_destroy(receiver);
        cw_sender_destroy(talker.sender);
    }
}

/* A packet of silence with this number, 20 ms each. */
static void put_numbered(struct cw_receiver *receiver, uint32_t number)
{
    uint8_t payload[CW_CALL_PACKET_HEADER + 1] = {0};
    cw_call_packet_put(payload, 100 + number, 960 * number);
    payload[CW_CALL_PACKET_HEADER] = 0x78;
    assert_true(cw_receiver_put_packet(receiver, 1, cw_slice_of(payload, sizeof payload),
                                       (int64_t)number * 20000));
}

static void assert_missed(const struct cw_receiver *receiver, uint64_t came, uint64_t missed)
{
    uint64_t all, unheard;
    struct cw_receiver_stats stats = cw_receiver_stats(receiver, 0);
    assert_true(cw_receiver_missed(&stats, &all, &unheard));
    assert_int_equal(all, came);
    assert_int_equal(unheard, missed);
}

static void what_was_not_heard_is_counted(void **state)
{
    (void)state;
    uint64_t all, unheard;
    struct cw_receiver *receiver = cw_receiver_create();
    cw_receiver_set_volume(receiver, 1, 50);
    assert_missed(receiver, 0, 0);
    put_numbered(receiver, 0);
    for (uint32_t i = 1; i <= 20; i++)
        if (i % 5 != 0 || i == 20)
            put_numbered(receiver, i);
    assert_missed(receiver, 21, 3);
    put_numbered(receiver, 15); /* it was overtaken */
    put_numbered(receiver, 20); /* twice */
    put_numbered(receiver, 21);
    assert_missed(receiver, 22, 2);
    cw_receiver_put_list(receiver, 2, said, 882);
    struct cw_receiver_stats stats = cw_receiver_stats(receiver, 1);
    assert_false(cw_receiver_missed(&stats, &all, &unheard)); /* PCM has no numbers */
    cw_receiver_destroy(receiver);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(on_a_good_network_all_is_heard_within_50_ms),
        cmocka_unit_test(with_loss_and_jitter_speech_stays_speech),
        cmocka_unit_test(a_second_after_a_stall_nothing_is_left_of_it),
        cmocka_unit_test(silence_comes_back_as_silence),
        cmocka_unit_test(each_spurt_is_as_clean_as_the_first),
        cmocka_unit_test(a_spurt_is_not_later_for_its_look_back),
        cmocka_unit_test(what_was_said_before_the_gate_opened_is_played),
        cmocka_unit_test(between_words_the_room_is_heard),
        cmocka_unit_test(volume_mute_and_deafen_are_each_by_themselves),
        cmocka_unit_test(who_speaks_is_known_and_for_200_ms_longer),
        cmocka_unit_test(a_call_has_so_many_speakers_and_no_more),
        cmocka_unit_test(garbage_is_counted_and_the_others_go_on),
        cmocka_unit_test(a_cut_is_not_a_click),
        cmocka_unit_test(what_was_not_heard_is_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
