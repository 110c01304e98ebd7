/* burst.c - see burst.h. */
#include "burst.h"

#include <math.h>

#define PI 3.14159265358979
/* The least correlation with a burst, 1 being a perfect match. */
#define LIKENESS_MIN 0.5

static double burst_at(size_t i)
{
    double t = (double)i / CW_AUDIO_RATE, length = (double)BURST_N / CW_AUDIO_RATE;
    double phase = 2 * PI * (500 * t + (3000 - 500) / (2 * length) * t * t);
    return sin(PI * t / length) * sin(phase); /* fades in and out */
}

void burst_tick(size_t at, int16_t pcm[CW_AUDIO_TICK])
{
    for (size_t i = 0; i < CW_AUDIO_TICK; i++) {
        size_t in = (at + i) % BURST_EVERY;
        pcm[i] = at + i >= BURST_EVERY && in < BURST_N ? (int16_t)(12000 * burst_at(in)) : 0;
    }
}

static double likeness(const double *burst, double burst_power, const int16_t *heard)
{
    double product = 0, power = 1;
    for (size_t i = 0; i < BURST_N; i++) {
        product += burst[i] * heard[i];
        power += (double)heard[i] * heard[i];
    }
    return product / sqrt(power * burst_power);
}

int burst_find(const int16_t *heard, size_t n, size_t said)
{
    double burst[BURST_N], burst_power = 0, best = LIKENESS_MIN;
    int found = -1;
    for (size_t i = 0; i < BURST_N; i++) {
        burst[i] = burst_at(i);
        burst_power += burst[i] * burst[i];
    }
    for (size_t lag = 0; lag + BURST_N <= BURST_EVERY && said + lag + BURST_N <= n; lag++) {
        double alike = likeness(burst, burst_power, heard + said + lag);
        if (alike > best) {
            best = alike;
            found = (int)lag;
        }
    }
    return found;
}
