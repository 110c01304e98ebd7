/* level.c - see level.h. */
#include "audio/level.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* -40 dBFS: what is never louder is drawn as a soft one, and silence as silence. */
#define QUIET 328

static float dbfs(float amplitude)
{
    float level = amplitude <= 0 ? CW_LEVEL_FLOOR : 20 * log10f(amplitude / 32768.0f);
    return level < CW_LEVEL_FLOOR ? CW_LEVEL_FLOOR : level;
}

static int peak_of_pcm(const int16_t *pcm, size_t n)
{
    int peak = 0;
    for (size_t i = 0; i < n; i++)
        if (abs(pcm[i]) > peak)
            peak = abs(pcm[i]);
    return peak;
}

struct cw_level cw_level_of(const int16_t *pcm, size_t n)
{
    int64_t sum = 0; /* 2^31 full-scale samples fit */
    for (size_t i = 0; i < n; i++)
        sum += (int32_t)pcm[i] * pcm[i];
    return (struct cw_level){.rms = n == 0 ? CW_LEVEL_FLOOR
                                           : dbfs((float)sqrt((double)sum / (double)n)),
                             .peak = dbfs((float)peak_of_pcm(pcm, n))};
}

void cw_waveform(const int16_t *pcm, size_t n, unsigned channels,
                 uint8_t levels[CW_WAVEFORM_LEVELS])
{
    int loudest = peak_of_pcm(pcm, n * channels);
    if (loudest < QUIET)
        loudest = QUIET;
    memset(levels, 0, CW_WAVEFORM_LEVELS);
    for (size_t i = 0; i < CW_WAVEFORM_LEVELS && n > 0; i++) {
        size_t from = i * n / CW_WAVEFORM_LEVELS, to = (i + 1) * n / CW_WAVEFORM_LEVELS;
        size_t frames = to > from ? to - from : 1;
        levels[i] =
            (uint8_t)(peak_of_pcm(pcm + from * channels, frames * channels) * 255 / loudest);
    }
}

uint32_t cw_duration_ms(uint64_t n, unsigned rate)
{
    return (uint32_t)((n * 1000 + rate / 2) / rate);
}
