/* test_gate.c - what of real voices is lost when they begin to speak, and how much of a room goes
 * out when nobody does: through the whole sender, with its usual options.
 *
 * The voices are those of the Debian packages alsa-utils and pocketsphinx-testdata; without them
 * the tests are skipped. An onset is where the level above 200 Hz (below is no speech) comes within
 * 30 dB of the voice's loudest after 300 ms without: the weakest consonants do, breath does not. */
#include <dirent.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "audio/sender.h"
#include "support.h"
#include "voices.h"

#define RATE      CW_AUDIO_RATE
#define MOST      (60 * RATE)
#define TICKS_MAX (MOST / CW_AUDIO_TICK)
#define SKIPPED   77
#define ONSET_DB  30

static float sound[MOST]; /* full scale is 1 */
static size_t length;
static float level[TICKS_MAX]; /* above 200 Hz, dBFS */
static bool sent[TICKS_MAX];
static size_t ticks;

/* --- sounds -------------------------------------------------------------------------- */

static void append_folder(const char *folder)
{
    length = voices_append(folder, sound, length, MOST);
}

static void set_peak(double dbfs)
{
    float peak = 0;
    for (size_t i = 0; i < length; i++)
        peak = fmaxf(peak, fabsf(sound[i]));
    for (size_t i = 0; i < length; i++)
        sound[i] *= (float)pow(10, dbfs / 20) / peak;
}

static void scale_to_rms(float *pcm, size_t n, double dbfs)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += (double)pcm[i] * pcm[i];
    float by = (float)(pow(10, dbfs / 20) / sqrt(sum / (double)n));
    for (size_t i = 0; i < n; i++)
        pcm[i] *= by;
}

/* White noise through three poles (Paul Kellet): 3 dB an octave from 10 Hz on. */
static void make_pink(float *pcm, size_t n, double dbfs)
{
    uint64_t seed = 7;
    float a = 0, b = 0, c = 0;
    for (size_t i = 0; i < n; i++) {
        float white = (float)random_part(&seed) - 0.5f;
        a = 0.99765f * a + white * 0.0990460f;
        b = 0.96300f * b + white * 0.2965164f;
        c = 0.57000f * c + white * 1.0526913f;
        pcm[i] = a + b + c + white * 0.1848f;
    }
    scale_to_rms(pcm, n, dbfs);
}

/* All voices at once, six times, from different places: a television next door. */
static void make_babble(size_t n, double dbfs)
{
    static float all[MOST];
    length = 0;
    append_folder(VOICES_LIBRIVOX);
    append_folder(VOICES_CARDS);
    append_folder(VOICES_ALSA);
    size_t from = length;
    memcpy(all, sound, from * sizeof all[0]);
    for (size_t i = 0; i < n; i++) {
        float sum = 0;
        for (size_t voice = 0; voice < 6; voice++)
            sum += all[(i + voice * (from / 6 + 1234)) % from];
        sound[i] = sum;
    }
    length = n;
    scale_to_rms(sound, length, dbfs);
}

/* --- what goes out -------------------------------------------------------------------- */

/* A high pass of second order (Butterworth) at 200 Hz. */
static void measure_levels(void)
{
    const float b = 0.981658f, a1 = -1.962978f, a2 = 0.963655f;
    float x1 = 0, x2 = 0, y1 = 0, y2 = 0;
    ticks = length / CW_AUDIO_TICK;
    for (size_t i = 0; i < ticks; i++) {
        float sum = 0;
        for (size_t k = 0; k < CW_AUDIO_TICK; k++) {
            float x = sound[i * CW_AUDIO_TICK + k];
            float y = b * (x - 2 * x1 + x2) - a1 * y1 - a2 * y2;
            x2 = x1, x1 = x, y2 = y1, y1 = y;
            sum += y * y;
        }
        level[i] = 10 * log10f(sum / CW_AUDIO_TICK + 1e-10f);
    }
}

/* Plays the sound and a room to a sender, and marks the ticks that its packets have. */
static void send_all(double room_dbfs, const struct cw_sender_options *options)
{
    static float room[MOST];
    uint8_t payload[CW_CALL_PACKET_MAX];
    struct cw_sender *sender = cw_sender_create(options, 0, 0);
    memset(sent, 0, sizeof sent);
    make_pink(room, length, room_dbfs);
    for (size_t i = 0; i < ticks; i++) {
        int16_t pcm[CW_AUDIO_TICK];
        struct cw_call_packet packet;
        for (size_t k = 0; k < CW_AUDIO_TICK; k++)
            pcm[k] = (int16_t)lrintf(
                fmaxf(-1, fminf(1, sound[i * CW_AUDIO_TICK + k] + room[i * CW_AUDIO_TICK + k])) *
                32767);
        size_t n = cw_sender_push(sender, pcm, NULL, payload);
        if (n <= CW_CALL_PACKET_HEADER + 2)
            continue;
        assert_int_equal(cw_call_packet_take(cw_slice_of(payload, n), &packet), CW_OPUS_GOOD);
        for (size_t k = 0; k < packet.samples / CW_AUDIO_TICK; k++)
            sent[packet.timestamp / CW_AUDIO_TICK + k] = true;
    }
    cw_sender_destroy(sender);
}

static double share_sent(void)
{
    size_t n = 0;
    for (size_t i = 0; i < ticks; i++)
        n += sent[i];
    return 100.0 * (double)n / (double)ticks;
}

static int compare(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;
    return x < y ? -1 : x > y;
}

/* The level that one tick in 200 is louder than. */
static float loudest(void)
{
    static float sorted[TICKS_MAX];
    memcpy(sorted, level, ticks * sizeof level[0]);
    qsort(sorted, ticks, sizeof sorted[0], compare);
    return sorted[ticks - 1 - ticks / 200];
}

static bool becomes_loud(size_t at, float above)
{
    for (size_t i = at; i < at + 60 && i < ticks; i++)
        if (level[i] > above)
            return true;
    return false;
}

/* Milliseconds of each onset that were not sent; returns how many there are. */
static size_t find_onsets(float lost[], size_t most)
{
    float threshold = loudest() - ONSET_DB;
    size_t n = 0, quiet = 60;
    for (size_t i = 0; i < ticks; i++) {
        if (level[i] < threshold) {
            quiet++;
            continue;
        }
        size_t at = i;
        while (quiet >= 60 && at < ticks && !sent[at])
            at++;
        if (quiet >= 60 && n < most && becomes_loud(i, threshold + 20))
            lost[n++] = (float)((at - i) * CW_AUDIO_TICK_MS);
        quiet = 0;
    }
    return n;
}

/* Of the ticks of speech, those that did not go out: per cent. */
static double share_cut(void)
{
    float threshold = loudest() - 20;
    size_t speech = 0, cut = 0;
    for (size_t i = 0; i < ticks; i++) {
        speech += level[i] > threshold;
        cut += level[i] > threshold && !sent[i];
    }
    return 100.0 * (double)cut / (double)speech;
}

/* --- aims ----------------------------------------------------------------------------- */

static struct cw_sender_options usual(void)
{
    struct cw_sender_options options = cw_sender_options_default;
    options.echo_cancelling = false; /* nothing is played */
    return options;
}

static void voice_is_whole(const char *folder, double peak_dbfs, float lost_most, double cut_most)
{
    float lost[200];
    struct cw_sender_options options = usual();
    length = 0;
    append_folder(folder);
    set_peak(peak_dbfs);
    measure_levels();
    send_all(-78, &options);
    size_t n = find_onsets(lost, 200);
    assert_in_range(n, 4, 199);
    qsort(lost, n, sizeof lost[0], compare);
    float late = lost[(n * 9 + 9) / 10 - 1];
    double cut = share_cut();
    print_message(
        "%s, peak %.0f dBFS: of %zu onsets half lose %.0f ms or less, 90 %% %.0f, all %.0f; "
        "%.1f %% of speech is cut, %.0f %% of the time goes out\n",
        strrchr(folder, '/') + 1, peak_dbfs, n, (double)lost[n / 2], (double)late,
        (double)lost[n - 1], cut, share_sent());
    assert_true(late <= lost_most);
    assert_true(cut <= cut_most);
}

static void words_begin_whole_at_any_level(void **state)
{
    (void)state;
    static const char *const folders[] = {VOICES_ALSA, VOICES_LIBRIVOX, VOICES_CARDS};
    for (int i = 0; i < 3; i++) {
        voice_is_whole(folders[i], -24, 10, 0);
        voice_is_whole(folders[i], -30, 120, 0.5);
    }
}

static void room_stays_out(const char *what, double most)
{
    struct cw_sender_options options = usual();
    measure_levels();
    send_all(-90, &options);
    print_message("%s: %.1f %% of the packets leave\n", what, share_sent());
    assert_true(share_sent() < most);
}

static void a_room_is_not_sent(void **state)
{
    (void)state;
    static const int levels[] = {-70, -60, -55};
    for (int i = 0; i < 3; i++) {
        char what[64];
        length = 20 * RATE;
        make_pink(sound, length, levels[i]);
        snprintf(what, sizeof what, "pink noise, %d dBFS", levels[i]);
        room_stays_out(what, 5);
        make_babble(20 * RATE, levels[i]);
        snprintf(what, sizeof what, "six voices, %d dBFS", levels[i]);
        room_stays_out(what, levels[i] == -60 ? 5 : 20);
    }
}

/* The gain of a voice does not go up while nobody speaks. */
static void the_gain_is_still_in_silence(void **state)
{
    (void)state;
    struct cw_sender_options options = usual();
    uint8_t payload[CW_CALL_PACKET_MAX];
    int16_t pcm[CW_AUDIO_TICK];
    static float room[20 * RATE];
    options.noise_suppression = false;
    struct cw_sender *sender = cw_sender_create(&options, 0, 0);
    make_pink(room, 20 * RATE, -60);
    double first = 0, last = 0;
    for (size_t i = 0; i < 20 * RATE / CW_AUDIO_TICK; i++) {
        for (size_t k = 0; k < CW_AUDIO_TICK; k++)
            pcm[k] = (int16_t)lrintf(room[i * CW_AUDIO_TICK + k] * 32767);
        cw_sender_push(sender, pcm, NULL, payload);
        double gain = (double)(cw_sender_level(sender).rms - cw_level_of(pcm, CW_AUDIO_TICK).rms);
        first += i < 200 ? gain / 200 : 0;
        last += i >= 3800 ? gain / 200 : 0;
    }
    cw_sender_destroy(sender);
    print_message("gain in the first second %.1f dB, in the last %.1f dB\n", first, last);
    assert_true(last < first + 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_begin_whole_at_any_level),
        cmocka_unit_test(a_room_is_not_sent),
        cmocka_unit_test(the_gain_is_still_in_silence),
    };
    DIR *alsa = opendir(VOICES_ALSA), *cards = opendir(VOICES_CARDS);
    if (alsa == NULL || cards == NULL) {
        fprintf(stderr, "no voices: install alsa-utils and pocketsphinx-testdata\n");
        return SKIPPED;
    }
    closedir(alsa);
    closedir(cards);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
