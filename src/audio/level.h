/* level.h - loudness: meters, and the waveform of a voice message. */
#ifndef CW_AUDIO_LEVEL_H
#define CW_AUDIO_LEVEL_H

#include <stddef.h>

#include "audio/audio.h"

/* The level of silence, dBFS. */
#define CW_LEVEL_FLOOR (-96.0f)

struct cw_level {
    float rms;  /* dBFS: 0 is a full-scale square wave; CW_LEVEL_FLOOR or more */
    float peak; /* dBFS */
};

/* The level of n samples; the floor when n is 0. */
struct cw_level cw_level_of(const int16_t *pcm, size_t n);

/* The peaks of CW_WAVEFORM_LEVELS equal parts of a recording of n frames of 1 or 2 interleaved
 * channels, 255 being the loudest of them, or -40 dBFS: a soft voice has a picture, too. In a
 * recording of fewer than CW_WAVEFORM_LEVELS frames, a part without a frame has the value of its
 * neighbour. */
void cw_waveform(const int16_t *pcm, size_t n, unsigned channels,
                 uint8_t levels[CW_WAVEFORM_LEVELS]);

/* Whole milliseconds in n frames at `rate`, rounded to the nearest. */
uint32_t cw_duration_ms(uint64_t n, unsigned rate);

#endif
