/* test_echo.c - what of the far voice comes back: through the whole sender, with its usual options,
 * in rooms and with devices that are simulated. What is late, off in its clock, or moves, is found.
 *
 * Also with real voices, where the Debian package pocketsphinx-testdata is installed.
 *
 * With the argument "short" one way of each kind is taken, with all that makes it hard: for a
 * second compiler and the sanitizers. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "audio/echo_delay.h"
#include "audio/sender.h"
#include "support.h"
#include "voices.h"

#define RATE    CW_AUDIO_RATE
#define SECONDS 24
#define TOTAL   (SECONDS * RATE)
/* 20 ms. */
#define PIECE  960
#define PIECES (TOTAL / PIECE)

static float far_voice[TOTAL], near_voice[TOTAL], in_room[TOTAL];
static int16_t far[TOTAL], mic[TOTAL], out[TOTAL];
static bool is_short;

struct way {
    double delay_ms, ppm;
    double later_ms; /* the delay after half of the time; 0: the same */
    bool room;       /* reverberates for 0.3 s */
    double gain;     /* of the echo, dB */
};

/* --- the room ------------------------------------------------------------------------ */

static void make_reverberation(void)
{
    uint64_t seed = 3;
    memcpy(in_room, far_voice, sizeof in_room);
    for (int tap = 100; tap < RATE / 5; tap += 1 + (int)(random_part(&seed) * 60)) {
        float gain = (float)((random_part(&seed) - 0.5) * pow(10, -3.0 * tap / RATE / 0.3));
        for (int i = tap; i < TOTAL; i++)
            in_room[i] += gain * far_voice[i - tap];
    }
}

/* The sample between samples: a sinc of 32, whose sines differ only by their sign. */
static double between(const float *x, double at)
{
    long whole = (long)floor(at);
    double part = at - (double)whole, sine = sin(3.14159265358979 * part), sum = 0;
    if (whole < 16 || whole + 17 >= TOTAL || part < 1e-9)
        return whole < 0 || whole >= TOTAL ? 0 : (double)x[whole];
    for (int i = -15; i <= 16; i++) {
        double from = i - part, window = 1 - from * from / (17 * 17);
        sum += (double)x[whole + i] * window * (i % 2 == 0 ? -sine : sine) / from;
    }
    return sum / 3.14159265358979;
}

static double source_of(const struct way *way, int i)
{
    bool later = way->later_ms > 0 && i >= TOTAL / 2;
    return i * (1 + way->ppm * 1e-6) - (later ? way->later_ms : way->delay_ms) * CW_AUDIO_PER_MS;
}

/* What the microphone hears: echo, a little hiss, and who is near from `from` seconds on. */
static void make_mic(const struct way *way, double from)
{
    uint64_t seed = 9;
    if (way->room)
        make_reverberation();
    for (int i = 0; i < TOTAL; i++) {
        double echo = between(way->room ? in_room : far_voice, source_of(way, i));
        double near = i < from * RATE ? 0 : (double)near_voice[i];
        double sum = pow(10, way->gain / 20) * echo + near;
        mic[i] = cw_audio_clip((float)(32768 * sum + 40 * (random_part(&seed) - 0.5)));
        far[i] = cw_audio_clip(32768 * far_voice[i]);
    }
}

/* --- the voices ---------------------------------------------------------------------- */

static void set_peak(float *sound, double dbfs)
{
    float peak = 0;
    for (int i = 0; i < TOTAL; i++)
        peak = fmaxf(peak, fabsf(sound[i]));
    for (int i = 0; i < TOTAL; i++)
        sound[i] *= (float)pow(10, dbfs / 20) / peak;
}

/* Repeats the first n samples. */
static void fill(float *sound, size_t n)
{
    for (size_t i = n; i < TOTAL; i++)
        sound[i] = sound[i - n];
}

static void make_voices(void)
{
    static int16_t made[TOTAL];
    make_speech(made, TOTAL);
    for (size_t i = 0; i < TOTAL; i++) {
        far_voice[i] = made[i] / 32768.0f;
        near_voice[i] = made[(i * 5 / 4 + 30000) % TOTAL] / 32768.0f; /* another one */
    }
    set_peak(far_voice, -6);
    set_peak(near_voice, -12);
}

static bool take_real_voices(void)
{
    if (access(VOICES_LIBRIVOX, R_OK) != 0 || access(VOICES_CARDS, R_OK) != 0)
        return false;
    fill(far_voice, voices_append(VOICES_LIBRIVOX, far_voice, 0, TOTAL));
    fill(near_voice, voices_append(VOICES_CARDS, near_voice, 0, TOTAL));
    set_peak(far_voice, -6);
    set_peak(near_voice, -12);
    return true;
}

/* --- what is left -------------------------------------------------------------------- */

static unsigned run(void)
{
    uint8_t payload[CW_CALL_PACKET_MAX];
    unsigned packets = 0;
    struct cw_sender *sender = cw_sender_create(&cw_sender_options_default, 1, 1);
    for (int i = 0; i < TOTAL; i += CW_AUDIO_TICK) {
        cw_sender_played(sender, far + i);
        size_t n = cw_sender_push(sender, mic + i, NULL, payload);
        packets += i >= 10 * RATE && n > CW_CALL_PACKET_HEADER + 2;
        memcpy(out + i, cw_sender_processed(sender), CW_AUDIO_TICK * sizeof out[0]);
    }
    cw_sender_destroy(sender);
    return packets;
}

static void assert_quiet(const char *what, int from, int to, unsigned packets)
{
    size_t n = (size_t)(to - from) * RATE;
    double in = power_db(mic + from * RATE, n), left = power_db(out + from * RATE, n);
    print_message("%s: %d to %d s: %.1f dBFS of echo, %.1f left, %u packets leave after 10 s\n",
                  what, from, to, in, left, packets);
    assert_true(left < -55);
}

static void the_echo_is_gone(const char *voice)
{
    static const struct {
        const char *what;
        struct way way;
    } ways[] = {
        {"250 ms", {.delay_ms = 250, .gain = -12}},
        {"30 ms, 50 ppm", {.delay_ms = 30, .ppm = 50, .gain = -12}},
        {"450 ms, -50 ppm", {.delay_ms = 450, .ppm = -50, .gain = -12}},
        {"250 ms, 50 ppm, a room", {.delay_ms = 250, .ppm = 50, .room = true, .gain = -12}},
    };
    const size_t n = sizeof ways / sizeof ways[0];
    for (size_t i = is_short ? n - 1 : 0; i < n; i++) {
        make_mic(&ways[i].way, SECONDS);
        unsigned packets = run();
        print_message("%s: ", voice);
        assert_quiet(ways[i].what, 10, 17, packets);
        print_message("%s: ", voice);
        assert_quiet(ways[i].what, 17, 24, packets);
    }
}

static void echo_is_gone_after_ten_seconds(void **state)
{
    (void)state;
    make_voices();
    the_echo_is_gone("made");
}

static void echo_of_real_voices_is_gone_after_ten_seconds(void **state)
{
    (void)state;
    if (!take_real_voices())
        skip();
    the_echo_is_gone("real");
}

/* Another loudspeaker, or a headset that is put on the table. */
static void an_echo_that_moves_is_found_again(void **state)
{
    (void)state;
    make_voices();
    make_mic(&(struct way){.delay_ms = 60, .later_ms = 300, .gain = -12}, SECONDS);
    unsigned packets = run();
    assert_quiet("60 ms", 9, 12, packets);
    assert_quiet("300 ms from second 12 on", 22, 24, packets);
}

/* --- who is near ----------------------------------------------------------------------- */

static int by_value(const void *a, const void *b)
{
    double difference = *(const double *)a - *(const double *)b;
    return difference < 0 ? -1 : difference > 0;
}

/* Above 250 Hz: what the canceller filters below is no part of it. */
static void high_pass(const float *in, float *to)
{
    float pole = 0.9678f, last = 0, passed = 0;
    for (int i = 0; i < TOTAL; i++) {
        passed = pole * (passed + in[i] - last);
        last = in[i];
        to[i] = passed;
    }
}

/* The gain with which the near voice leaves, in pieces of 20 ms in which it speaks from `from`
 * seconds on, dB: the median and what a tenth is below. */
static void near_gain(double from, double *median, double *tenth)
{
    static float near[TOTAL], left[TOTAL], raw[TOTAL];
    static double gains[PIECES];
    size_t count = 0;
    for (int i = 0; i + CW_AUDIO_TICK < TOTAL; i++) /* noise suppression takes a tick */
        raw[i] = out[i + CW_AUDIO_TICK] / 32768.0f;
    high_pass(near_voice, near);
    high_pass(raw, left);
    for (int i = (int)(from * RATE); i + PIECE < TOTAL; i += PIECE) {
        double square = 0, product = 0;
        for (int k = i; k < i + PIECE; k++) {
            square += (double)near[k] * (double)near[k];
            product += (double)near[k] * (double)left[k];
        }
        if (square / PIECE > 1e-4) /* -40 dBFS */
            gains[count++] = 20 * log10(fmax(product / square, 1e-3));
    }
    assert_true(count > 100);
    qsort(gains, count, sizeof gains[0], by_value);
    *median = gains[count / 2];
    *tenth = gains[count / 10];
}

static void near_voice_stays(const char *voice)
{
    static const struct way ways[] = {
        {.delay_ms = 80, .room = true, .gain = -12},
        {.delay_ms = 80, .gain = -200}, /* a headset: there is no echo */
        {.delay_ms = 250, .ppm = 50, .room = true, .gain = -12},
    };
    const size_t n = sizeof ways / sizeof ways[0];
    double median, tenth;
    for (size_t i = is_short ? n - 1 : 0; i < n; i++) {
        make_mic(&ways[i], 10);
        run();
        near_gain(10, &median, &tenth);
        print_message("%s, %.0f ms, %.0f ppm, echo %.0f dB: gain %.1f dB, a tenth below %.1f dB\n",
                      voice, ways[i].delay_ms, ways[i].ppm, ways[i].gain, median, tenth);
        assert_true(median > -1.5);
        assert_true(tenth > -4);
    }
}

static void who_speaks_against_the_far_voice_is_heard(void **state)
{
    (void)state;
    make_voices();
    near_voice_stays("made");
    if (take_real_voices())
        near_voice_stays("real");
}

/* --- the delay --------------------------------------------------------------------------- */

static void delay_and_clocks_are_found(void **state)
{
    (void)state;
    static const struct way ways[] = {{.delay_ms = 10, .gain = -12},
                                      {.delay_ms = 250, .ppm = 50, .gain = -12},
                                      {.delay_ms = 495, .ppm = -200, .gain = -30}};
    double played = 0, rate = 0;
    make_voices();
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        struct cw_echo_delay *delay = cw_echo_delay_create();
        make_mic(&ways[i], SECONDS);
        assert_false(cw_echo_delay_at(delay, 0, &played, &rate));
        for (int k = 0; k < TOTAL; k += CW_AUDIO_TICK) {
            cw_echo_delay_played(delay, far + k);
            cw_echo_delay_heard(delay, mic + k);
        }
        assert_true(cw_echo_delay_at(delay, TOTAL, &played, &rate));
        cw_echo_delay_destroy(delay);
        double off = played - source_of(&ways[i], TOTAL), ppm = (rate - 1) * 1e6;
        print_message("%.0f ms, %.0f ppm: off by %.2f samples, %.1f ppm\n", ways[i].delay_ms,
                      ways[i].ppm, off, ppm - ways[i].ppm);
        assert_true(fabs(off) < 5);
        assert_true(fabs(ppm - ways[i].ppm) < 3);
    }
}

/* Without an echo there is nothing to be found. */
static void another_voice_is_no_echo(void **state)
{
    (void)state;
    double played, rate;
    make_voices();
    make_mic(&(struct way){.delay_ms = 80, .gain = -200}, 0);
    struct cw_echo_delay *delay = cw_echo_delay_create();
    for (int k = 0; k < TOTAL; k += CW_AUDIO_TICK) {
        cw_echo_delay_played(delay, far + k);
        cw_echo_delay_heard(delay, mic + k);
        assert_false(cw_echo_delay_at(delay, k, &played, &rate));
    }
    cw_echo_delay_destroy(delay);
}

int main(int argc, char **argv)
{
    is_short = argc > 1 && strcmp(argv[1], "short") == 0;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(delay_and_clocks_are_found),
        cmocka_unit_test(another_voice_is_no_echo),
        cmocka_unit_test(echo_is_gone_after_ten_seconds),
        cmocka_unit_test(echo_of_real_voices_is_gone_after_ten_seconds),
        cmocka_unit_test(an_echo_that_moves_is_found_again),
        cmocka_unit_test(who_speaks_against_the_far_voice_is_heard),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
