/* burst.h - test sounds that are played at known times and found again in what was heard. For
 * `chinwag latency`. Pure. */
#ifndef CHINWAG_CLI_BURST_H
#define CHINWAG_CLI_BURST_H

#include "audio/audio.h"

#include <stddef.h>

/* One burst each 500 ms, the first after 500 ms; it rises from 500 to 3,000 Hz in 40 ms, which a
 * speech codec preserves. */
#define BURST_EVERY (500 * CW_AUDIO_PER_MS)
#define BURST_N     (40 * CW_AUDIO_PER_MS)

/* The tick of the signal that begins at sample `at`. */
void burst_tick(size_t at, int16_t pcm[CW_AUDIO_TICK]);

/* Finds the burst that begins at sample `said` in the n samples of `heard`. Returns how many
 * samples later it was heard, 0 to BURST_EVERY - BURST_N; -1: it was not. */
int burst_find(const int16_t *heard, size_t n, size_t said);

#endif
