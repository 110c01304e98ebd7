/* echo.c - see echo.h. test_echo.c has what it must achieve. */
#include "audio/echo.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "audio/echo_delay.h"
#include "base/alloc.h"

/* What the canceller learns: the room, and what the estimate of the delay is off. */
#define TAIL (150 * CW_AUDIO_PER_MS)
/* The echo is to be so far behind what the canceller is given; it is moved when it is not between
 * these. */
#define BEHIND       (5.0 * CW_AUDIO_PER_MS)
#define BEHIND_LEAST (1.0 * CW_AUDIO_PER_MS)
#define BEHIND_MOST  (50.0 * CW_AUDIO_PER_MS)
/* An error of the place is made good in a second. */
#define CORRECTION (1.0 / CW_AUDIO_RATE)
/* What was played, in samples: a power of two, over a second. */
#define RING 65536

/* Between two samples: a sinc of so many, under a window, and so many places between. */
#define TAPS   16
#define PHASES 128

/* What is louder than what the canceller leaves of an echo comes from near: 8 dB. */
#define LOUDER 6.3f
/* Echo of less power is no echo, and less is no voice: -65 and -60 dBFS, full scale being 1. */
#define ECHO_LEAST 3e-7f
#define NEAR_LEAST 1e-6f
/* So long after it was played it may be heard: the delay, and the room. */
#define HEARD_TICKS ((CW_ECHO_DELAY_MS_MAX + 300) / CW_AUDIO_TICK_MS)
/* How fast echo fades in a room, each tick: 60 dB in half a second. */
#define FADE 0.871f
/* What is left of the echo, by power: at first all. It is followed by 12 dB a second up, 1.5 while
 * somebody near speaks, and 4.4 down. */
#define LEFT_LEAST     1e-3f
#define LEFT_RISE      1.0138f
#define LEFT_RISE_NEAR 1.0017f
#define LEFT_FALL      0.995f
/* That much above it is no echo, so that nothing is learnt from it: 12 dB. */
#define NO_ECHO 16.0f
/* The near voice goes on for a while. */
#define NEAR_TICKS (150 / CW_AUDIO_TICK_MS)
/* The echo alone is turned down by 30 dB, in about 50 ms. */
#define DOWN      0.0316f
#define DOWN_STEP 0.7f

struct cw_echo {
    struct cw_echo_delay *delay;
    SpeexEchoState *canceller;
    int16_t ring[RING];
    double played, heard; /* samples so far */
    unsigned may_hear;    /* ticks for which what was played may be heard */
    double from;          /* of what was played: what the canceller is given next */
    double rate;          /* played samples in one of the microphone */
    double behind;        /* where the echo is to be behind that */
    bool placed;
    float between[PHASES + 1][TAPS];
    float loud, predicted; /* power of what is left, and of the echo as it fades */
    float left;            /* the usual ratio of both */
    unsigned near;         /* ticks for which somebody near still speaks */
    float gain;
};

static void make_table(struct cw_echo *echo)
{
    for (int phase = 0; phase <= PHASES; phase++)
        for (int tap = 0; tap < TAPS; tap++) {
            float x = 3.14159265f * ((float)(tap - TAPS / 2 + 1) - (float)phase / PHASES);
            float window = 0.5f + 0.5f * cosf(x / (TAPS / 2));
            echo->between[phase][tap] = fabsf(x) < 1e-4f ? 1 : window * sinf(x) / x;
        }
}

struct cw_echo *cw_echo_create(void)
{
    int rate = CW_AUDIO_RATE;
    struct cw_echo *echo = cw_alloc_zero(sizeof *echo);
    struct cw_echo_delay *delay = echo != NULL ? cw_echo_delay_create() : NULL;
    if (delay == NULL) {
        free(echo);
        return NULL;
    }
    echo->delay = delay;
    echo->canceller = speex_echo_state_init(CW_AUDIO_TICK, TAIL);
    speex_echo_ctl(echo->canceller, SPEEX_ECHO_SET_SAMPLING_RATE, &rate);
    echo->rate = 1;
    echo->left = 1;
    echo->gain = 1;
    make_table(echo);
    return echo;
}

void cw_echo_destroy(struct cw_echo *echo)
{
    if (echo == NULL)
        return;
    speex_echo_state_destroy(echo->canceller);
    cw_echo_delay_destroy(echo->delay);
    free(echo);
}

void cw_echo_reset(struct cw_echo *echo)
{
    speex_echo_state_reset(echo->canceller);
    echo->left = 1;
    echo->predicted = 0;
}

SpeexEchoState *cw_echo_state(struct cw_echo *echo)
{
    return echo->canceller;
}

/* The mean square, full scale being 1. */
static float mean_square(const int16_t *pcm)
{
    float sum = 0;
    for (int i = 0; i < CW_AUDIO_TICK; i++)
        sum += (float)pcm[i] * (float)pcm[i];
    return sum / (CW_AUDIO_TICK * 32768.0f * 32768.0f);
}

/* --- what the microphone hears now ---------------------------------------------------- */

void cw_echo_played(struct cw_echo *echo, const int16_t pcm[CW_AUDIO_TICK])
{
    cw_echo_delay_played(echo->delay, pcm);
    for (size_t i = 0; i < CW_AUDIO_TICK; i++)
        echo->ring[((size_t)echo->played + i) % RING] = pcm[i];
    echo->played += CW_AUDIO_TICK;
    if (mean_square(pcm) > NEAR_LEAST)
        echo->may_hear = HEARD_TICKS;
}

/* Nothing was played before the beginning, nor yet after the end, nor so long ago that it is gone.
 */
static float played_at(const struct cw_echo *echo, double i)
{
    if (i < 0 || i >= echo->played || i < echo->played - RING)
        return 0;
    return echo->ring[(size_t)i % RING];
}

static int16_t sample_between(const struct cw_echo *echo, double at)
{
    double whole = floor(at);
    float phase = (float)(at - whole) * PHASES;
    int low = (int)phase;
    float part = phase - (float)low, sum = 0;
    if (low == PHASES)
        return (int16_t)played_at(echo, whole + 1);
    for (int tap = 0; tap < TAPS; tap++) {
        float weight = echo->between[low][tap] * (1 - part) + echo->between[low + 1][tap] * part;
        sum += weight * played_at(echo, whole + (tap - TAPS / 2 + 1));
    }
    return cw_audio_clip(sum);
}

/* A tick from there on has been played, and the samples around it. */
static bool is_played(const struct cw_echo *echo, double from)
{
    return from + CW_AUDIO_TICK + TAPS <= echo->played;
}

/* Before the delay is known, what is played is taken to be heard soon. */
static void guess(struct cw_echo *echo)
{
    if (is_played(echo, echo->from) && echo->from > echo->played - RING / 2)
        return;
    echo->from = fmax(echo->played - 2 * CW_AUDIO_TICK - TAPS, 0);
}

static bool is_out_of_place(const struct cw_echo *echo, double behind)
{
    return behind < BEHIND_LEAST || behind > BEHIND_MOST ||
           (behind > BEHIND + CW_AUDIO_TICK && !is_played(echo, echo->from));
}

/* Moves as little as it can: the canceller must learn anew after a jump. */
static void place(struct cw_echo *echo)
{
    double source, rate;
    if (!cw_echo_delay_at(echo->delay, echo->heard, &source, &rate)) {
        if (!echo->placed)
            guess(echo);
        return;
    }
    if (is_out_of_place(echo, echo->from - source)) {
        echo->from = source + BEHIND;
        echo->placed = false;
        cw_echo_reset(echo);
    }
    if (!echo->placed)
        echo->behind = echo->from - source;
    echo->placed = true;
    echo->rate = rate + (source + echo->behind - echo->from) * CORRECTION;
}

static void read_far(struct cw_echo *echo, int16_t far[CW_AUDIO_TICK])
{
    place(echo);
    for (int i = 0; i < CW_AUDIO_TICK; i++)
        far[i] = sample_between(echo, echo->from + i * echo->rate);
    echo->from += CW_AUDIO_TICK * echo->rate;
}

/* --- who speaks ----------------------------------------------------------------------- */

/* The canceller's idea of the echo, and what it leaves. */
static void compare(struct cw_echo *echo, const int16_t *mic, const int16_t *out)
{
    float taken = 0;
    for (int i = 0; i < CW_AUDIO_TICK; i++)
        taken += (float)(mic[i] - out[i]) * (float)(mic[i] - out[i]);
    taken /= CW_AUDIO_TICK * 32768.0f * 32768.0f;
    echo->predicted = fmaxf(echo->predicted * FADE, taken);
    echo->loud = (echo->loud + mean_square(out)) / 2;
}

static void learn_left(struct cw_echo *echo)
{
    float left = echo->loud / echo->predicted;
    if (left > echo->left * NO_ECHO)
        return;
    float rise = echo->near > 0 ? LEFT_RISE_NEAR : LEFT_RISE;
    echo->left *= left > echo->left ? rise : LEFT_FALL;
    echo->left = fmaxf(LEFT_LEAST, fminf(echo->left, 1));
}

/* With a headset there is no echo, so that its place is not known, and nothing is turned down. */
static void weigh(struct cw_echo *echo)
{
    bool echoes = echo->placed && echo->predicted > ECHO_LEAST;
    if (echo->loud > NEAR_LEAST && echo->loud > LOUDER * echo->left * echo->predicted)
        echo->near = NEAR_TICKS;
    else if (echo->near > 0)
        echo->near--;
    if (echoes)
        learn_left(echo);
    bool alone = echoes && echo->near == 0;
    echo->gain = alone ? fmaxf(echo->gain * DOWN_STEP, DOWN) : 1;
}

float cw_echo_cancel(struct cw_echo *echo, const int16_t mic[CW_AUDIO_TICK],
                     int16_t out[CW_AUDIO_TICK])
{
    int16_t far[CW_AUDIO_TICK];
    read_far(echo, far);
    speex_echo_cancellation(echo->canceller, mic, far, out);
    echo->heard += CW_AUDIO_TICK;
    echo->may_hear -= echo->may_hear > 0;
    cw_echo_delay_heard(echo->delay, mic);
    compare(echo, mic, out);
    weigh(echo);
    return echo->gain;
}

bool cw_echo_may_be(const struct cw_echo *echo)
{
    return echo->may_hear > 0;
}
