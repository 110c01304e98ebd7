/* echo_delay.c - see echo_delay.h. Both sides are correlated at 8 kHz by the phases of their common
 * spectrum (GCC-PHAT: Knapp and Carter 1976), which neither the spectrum of speech nor the room
 * blurs. The places of the peaks lie on a line, whose slope is the difference of the clocks. */
#include "audio/echo_delay.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

#define BY     6            /* from 48 to 8 kHz */
#define LENGTH 8192         /* of the transform, a power of two */
#define BLOCK  (LENGTH / 2) /* what of the microphone is compared: 0.5 s */
#define LAGS   (CW_ECHO_DELAY_MS_MAX * 8)
#define EVERY  (250 / CW_AUDIO_TICK_MS) /* ticks between two looks */
/* One pole at 3 kHz. */
#define POLE 0.325f
/* What is compared: 200 Hz to 3.4 kHz. */
#define BIN_FIRST (200 * LENGTH / 8000)
#define BIN_LAST  (3400 * LENGTH / 8000)
/* What a look counts beside the one before. */
#define MEMORY 0.5f
/* Quieter is no voice that could be heard again: the mean square, -55 dBFS. */
#define QUIET 3400.0f
/* A peak is so much higher than the correlation is elsewhere (RMS). */
#define CLEAR 9.0f
/* Peaks so near to where the line leads belong to it, in samples at 48 kHz; so many in a row
 * elsewhere begin a new one, and so many make one that counts. */
#define NEAR   48.0
#define ASTRAY 3
#define KNOWN  3
/* Places that the line goes through, those of 12 s, and the time that shows a slope. */
#define PLACES      48
#define SLOPE_AFTER (3.0 * CW_AUDIO_RATE)
#define SLOPE_MOST  500e-6

struct place {
    double heard, played;
};

/* The last LENGTH samples of one side, at 8 kHz. */
struct side {
    float passed[4]; /* the filter's */
    float ring[LENGTH];
    double count; /* samples so far, at 48 kHz */
};

struct complex {
    float re, im;
};

struct cw_echo_delay {
    struct side far, near;
    unsigned ticks;
    struct complex turn[LENGTH / 2], work[LENGTH], spectrum[BIN_LAST + 1];
    struct place places[PLACES];
    size_t count;
    double astray; /* how far off the line the last peak was, when it was not near */
    unsigned astray_count;
    /* The line: played - heard is `offset` at the time `middle`, and changes by `slope`. */
    double middle, offset, slope;
};

struct cw_echo_delay *cw_echo_delay_create(void)
{
    struct cw_echo_delay *delay = cw_alloc_zero(sizeof *delay);
    const float step = 2 * 3.14159265f / LENGTH;
    for (int i = 0; delay != NULL && i < LENGTH / 2; i++)
        delay->turn[i] = (struct complex){cosf(step * (float)i), -sinf(step * (float)i)};
    return delay;
}

void cw_echo_delay_destroy(struct cw_echo_delay *delay)
{
    free(delay);
}

/* --- the transform ----------------------------------------------------------------- */

static struct complex times(struct complex a, struct complex b)
{
    return (struct complex){a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re};
}

static void swap_bits(struct complex *x)
{
    for (unsigned i = 1, j = 0; i < LENGTH; i++) {
        unsigned bit = LENGTH >> 1;
        for (; j & bit; bit >>= 1)
            j ^= bit;
        j ^= bit;
        if (i >= j)
            continue;
        struct complex kept = x[i];
        x[i] = x[j];
        x[j] = kept;
    }
}

/* The Fourier transform, in place. */
static void transform(struct cw_echo_delay *delay)
{
    struct complex *x = delay->work;
    swap_bits(x);
    for (unsigned half = 1; half < LENGTH; half *= 2)
        for (unsigned from = 0; from < LENGTH; from += 2 * half)
            for (unsigned i = from; i < from + half; i++) {
                struct complex b =
                    times(x[i + half], delay->turn[(i - from) * (LENGTH / 2 / half)]);
                x[i + half] = (struct complex){x[i].re - b.re, x[i].im - b.im};
                x[i] = (struct complex){x[i].re + b.re, x[i].im + b.im};
            }
}

/* --- correlation ------------------------------------------------------------------- */

/* Four poles at 3 kHz and every sixth sample. */
static void take_side(struct side *side, const int16_t *pcm)
{
    for (int i = 0; i < CW_AUDIO_TICK; i++) {
        float sample = pcm[i];
        for (int pole = 0; pole < 4; pole++)
            sample = side->passed[pole] += POLE * (sample - side->passed[pole]);
        if (i % BY == BY - 1)
            side->ring[((size_t)side->count / BY + (size_t)(i / BY)) % LENGTH] = sample;
    }
    side->count += CW_AUDIO_TICK;
}

/* The sample `i` of the last LENGTH, the oldest being 0. */
static float sample_at(const struct side *side, size_t i)
{
    return side->ring[((size_t)side->count / BY + i) % LENGTH];
}

static bool is_heard(const struct side *side)
{
    float sum = 0;
    for (size_t i = 0; i < LENGTH; i++)
        sum += side->ring[i] * side->ring[i];
    return sum / LENGTH > QUIET;
}

/* Two real signals are transformed as one complex one. */
static void add_to_spectrum(struct cw_echo_delay *delay)
{
    for (size_t i = 0; i < LENGTH; i++)
        delay->work[i] =
            (struct complex){sample_at(&delay->far, i), i < BLOCK ? 0 : sample_at(&delay->near, i)};
    transform(delay);
    for (size_t k = BIN_FIRST; k <= BIN_LAST; k++) {
        struct complex a = delay->work[k], b = delay->work[LENGTH - k];
        struct complex far = {a.re + b.re, a.im - b.im}, near = {a.im + b.im, b.re - a.re};
        struct complex both = times(far, (struct complex){near.re, -near.im});
        struct complex *sum = &delay->spectrum[k];
        *sum = (struct complex){MEMORY * sum->re + both.re, MEMORY * sum->im + both.im};
    }
}

/* Leaves the correlation at each lag in work[].re. */
static void correlate(struct cw_echo_delay *delay)
{
    memset(delay->work, 0, sizeof delay->work);
    for (size_t k = BIN_FIRST; k <= BIN_LAST; k++) {
        struct complex sum = delay->spectrum[k];
        float size = sqrtf(sum.re * sum.re + sum.im * sum.im) + 1e-9f;
        delay->work[k] = (struct complex){sum.re / size, sum.im / size};
    }
    transform(delay);
}

/* The lag of the highest peak, in samples at 48 kHz; negative: it is not clear. */
static double find_peak(const struct cw_echo_delay *delay)
{
    float best = 0, sum = 0;
    int at = 0;
    for (int i = 1; i < LAGS; i++) {
        float value = delay->work[i].re;
        sum += value * value;
        if (value > best) {
            best = value;
            at = i;
        }
    }
    if (at == 0 || best < CLEAR * sqrtf(sum / LAGS))
        return -1;
    double left = delay->work[at - 1].re, right = delay->work[at + 1].re;
    return BY * (at + (left - right) / (2 * (left + right - 2 * (double)best)));
}

/* --- the line through the peaks ---------------------------------------------------- */

static double offset_at(const struct cw_echo_delay *delay, double heard)
{
    return delay->offset + delay->slope * (heard - delay->middle);
}

static void fit_line(struct cw_echo_delay *delay)
{
    double heard = 0, offset = 0, square = 0, product = 0;
    const double n = (double)delay->count;
    for (size_t i = 0; i < delay->count; i++) {
        heard += delay->places[i].heard / n;
        offset += (delay->places[i].played - delay->places[i].heard) / n;
    }
    for (size_t i = 0; i < delay->count; i++) {
        double from = delay->places[i].heard - heard;
        square += from * from;
        product += from * (delay->places[i].played - delay->places[i].heard - offset);
    }
    delay->middle = heard;
    delay->offset = offset;
    double span = delay->places[delay->count - 1].heard - delay->places[0].heard;
    if (span >= SLOPE_AFTER)
        delay->slope = fmax(-SLOPE_MOST, fmin(product / square, SLOPE_MOST));
}

/* A peak elsewhere counts when others follow it there; then the line begins anew. */
static bool is_astray(struct cw_echo_delay *delay, double off)
{
    if (delay->count == 0 || fabs(off) < NEAR) {
        delay->astray_count = 0;
        return false;
    }
    bool again = delay->astray_count > 0 && fabs(off - delay->astray) < NEAR;
    delay->astray_count = again ? delay->astray_count + 1 : 1;
    delay->astray = off;
    if (delay->astray_count < ASTRAY)
        return true;
    delay->astray_count = 0;
    delay->count = 0;
    return false;
}

static bool add_place(struct cw_echo_delay *delay, struct place place)
{
    if (is_astray(delay, place.played - place.heard - offset_at(delay, place.heard)))
        return false;
    if (delay->count == PLACES)
        memmove(&delay->places[0], &delay->places[1], --delay->count * sizeof place);
    delay->places[delay->count++] = place;
    fit_line(delay);
    return true;
}

void cw_echo_delay_played(struct cw_echo_delay *delay, const int16_t pcm[CW_AUDIO_TICK])
{
    take_side(&delay->far, pcm);
}

bool cw_echo_delay_heard(struct cw_echo_delay *delay, const int16_t pcm[CW_AUDIO_TICK])
{
    take_side(&delay->near, pcm);
    if (++delay->ticks % EVERY != 0 || !is_heard(&delay->far))
        return false;
    add_to_spectrum(delay);
    correlate(delay);
    double lag = find_peak(delay);
    return lag >= 0 && add_place(delay, (struct place){delay->near.count, delay->far.count - lag});
}

bool cw_echo_delay_at(const struct cw_echo_delay *delay, double heard, double *played, double *rate)
{
    *played = heard + offset_at(delay, heard);
    *rate = 1 + delay->slope;
    return delay->count >= KNOWN;
}
