/* stretch.c - see stretch.h. The period is found by normalised correlation. */
#include "audio/stretch.h"

#include <math.h>
#include <string.h>

#define OVERLAP 120
/* Only every third lag and sample is compared: 16 kHz are enough to find the period. */
#define STRIDE 3

static float similarity(const int16_t *pcm, size_t lag)
{
    float product = 0, energy = 1;
    for (size_t i = 0; i < OVERLAP; i += STRIDE) {
        product += (float)pcm[i] * pcm[i + lag];
        energy += (float)pcm[i + lag] * pcm[i + lag];
    }
    return product / sqrtf(energy);
}

/* The lag, up to `longest`, at which the beginning repeats best. */
static size_t period(const int16_t *pcm, size_t longest)
{
    size_t best = longest;
    float best_similarity = similarity(pcm, longest);
    for (size_t lag = CW_STRETCH_MIN; lag < longest; lag += STRIDE) {
        float now = similarity(pcm, lag);
        if (now > best_similarity) {
            best = lag;
            best_similarity = now;
        }
    }
    return best;
}

static size_t longest_for(size_t n, size_t most)
{
    size_t longest = n - OVERLAP < CW_STRETCH_MAX ? n - OVERLAP : CW_STRETCH_MAX;
    return longest < most ? longest : most;
}

void cw_crossfade(const int16_t *from, int16_t *to, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        float part = ((float)i + 0.5f) / (float)n;
        to[i] = cw_audio_clip((float)from[i] * (1 - part) + (float)to[i] * part);
    }
}

/* a b c -> a/b c: the first period is faded into the second. */
size_t cw_stretch_shorten(int16_t *pcm, size_t n, size_t most)
{
    if (n < CW_STRETCH_LEAST || most < CW_STRETCH_MIN)
        return n;
    size_t lag = period(pcm, longest_for(n, most));
    cw_crossfade(pcm, pcm + lag, OVERLAP);
    memmove(pcm, pcm + lag, (n - lag) * sizeof *pcm);
    return n - lag;
}

size_t cw_stretch_speed(int16_t *pcm, size_t n, unsigned percent, size_t *debt)
{
    *debt += n - n * 100 / percent;
    /* With less than the most a period of a deep voice would be cut. */
    for (size_t before = 0; *debt >= CW_STRETCH_MAX && before != n;) {
        before = n;
        n = cw_stretch_shorten(pcm, n, CW_STRETCH_MAX);
        *debt -= before - n;
    }
    return n;
}

/* a b c -> a b/a b c: after the first period its beginning comes again. */
size_t cw_stretch_lengthen(int16_t *pcm, size_t n)
{
    int16_t second[OVERLAP];
    if (n < CW_STRETCH_LEAST)
        return n;
    size_t lag = period(pcm, longest_for(n, CW_STRETCH_MAX));
    memcpy(second, pcm + lag, sizeof second);
    memmove(pcm + lag, pcm, n * sizeof *pcm);
    cw_crossfade(second, pcm + lag, OVERLAP);
    return n + lag;
}
