/* comfort.c - see comfort.h. */
#include "audio/comfort.h"

#include <math.h>

#include "audio/level.h"

/* A room of this level is heard. Below there is digital silence; above it is no room. */
#define ROOM_LEAST (-80.0f)
#define ROOM_MOST  (-50.0f)
/* Quieter sound is the room at once, louder sound slowly. */
#define FALL 0.2f
#define RISE 0.002f
/* How long it lasts, and the fade at its end, samples. */
#define LASTS ((size_t)5 * CW_AUDIO_RATE)
#define FADE  ((size_t)1 * CW_AUDIO_RATE)
/* White noise (uniform) through a low pass of one pole at 1.7 kHz has this RMS. */
#define POLE      0.8f
#define NOISE_RMS 0.1925f
/* A little quieter than the room. */
#define BELOW 2.0f

void cw_comfort_learn(struct cw_comfort *comfort, const int16_t *pcm, size_t n)
{
    for (size_t i = 0; i + CW_AUDIO_TICK <= n; i += CW_AUDIO_TICK) {
        float away = cw_level_of(pcm + i, CW_AUDIO_TICK).rms - comfort->room;
        comfort->room += away * (away < 0 ? FALL : RISE);
    }
    comfort->left = LASTS;
}

bool cw_comfort_sounds(const struct cw_comfort *comfort)
{
    return comfort->left > 0 && comfort->room > ROOM_LEAST && comfort->room < ROOM_MOST;
}

/* Between -1 and 1 (Numerical Recipes, "quick and dirty"). */
static float random_sample(struct cw_comfort *comfort)
{
    comfort->random = comfort->random * 1664525 + 1013904223;
    return (float)(int32_t)comfort->random / 2147483648.0f;
}

void cw_comfort_fill(struct cw_comfort *comfort, int16_t *pcm, size_t n)
{
    bool sounds = cw_comfort_sounds(comfort);
    float scale = 32768 * powf(10, (comfort->room - BELOW) / 20) / NOISE_RMS;
    for (size_t i = 0; i < n; i++) {
        comfort->low = POLE * comfort->low + (1 - POLE) * random_sample(comfort);
        float part = comfort->left < FADE ? (float)comfort->left / (float)FADE : 1;
        pcm[i] = sounds ? cw_audio_clip(comfort->low * scale * part) : 0;
        comfort->left -= comfort->left > 0;
    }
}
