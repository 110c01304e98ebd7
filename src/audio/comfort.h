/* comfort.h - comfort noise: what a speaker's room sounds like, quietly, for some seconds after
 * each talk spurt, so that the room does not go on and off with the words. The room is learnt from
 * the quietest of what comes, mostly the end of a spurt; without any there is silence.
 *
 * Pure; nothing is allocated; the same noise at every run. Caller: receiver.c. */
#ifndef CW_AUDIO_COMFORT_H
#define CW_AUDIO_COMFORT_H

#include <stdbool.h>
#include <stddef.h>

#include "audio/audio.h"

struct cw_comfort {
    float room;      /* dBFS (RMS); 0: not known */
    size_t left;     /* samples of noise until there is silence */
    uint32_t random; /* the state of the generator */
    float low;       /* of the low pass */
};

/* A zeroed struct knows no room. Takes in n samples that were heard, in ticks. */
void cw_comfort_learn(struct cw_comfort *comfort, const int16_t *pcm, size_t n);

/* Writes n samples of noise, or of silence when the room is not known, is no quiet one, or the
 * noise is over. */
void cw_comfort_fill(struct cw_comfort *comfort, int16_t *pcm, size_t n);

/* Is there noise to come? */
bool cw_comfort_sounds(const struct cw_comfort *comfort);

#endif
