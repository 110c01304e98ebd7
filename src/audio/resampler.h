/* resampler.h - changes the sample rate, in pieces of any size: the output does not depend on how
 * the input was cut. speexdsp's resampler inside.
 *
 * The output is aligned with the input: the filter's delay is removed, and what the filter holds
 * comes out later, or with the flush. One object, one thread at a time. */
#ifndef CW_AUDIO_RESAMPLER_H
#define CW_AUDIO_RESAMPLER_H

#include "audio/audio.h"

#include <stddef.h>

/* The filter's length: a longer one is purer, and adds delay and cost. */
enum cw_resampler_quality {
    CW_RESAMPLER_FAST = 3, /* live audio: about 1 ms of delay */
    CW_RESAMPLER_GOOD = 8  /* files */
};

struct cw_resampler;

/* The highest rate of a file that is read; none is written. */
#define CW_RESAMPLER_RATE_MAX 192000u

/* From a rate of CW_VOICE_RATE_MIN to CW_RESAMPLER_RATE_MAX, to one up to CW_VOICE_RATE_MAX, 1 or 2
 * channels, interleaved. NULL when something is out of range. The caller destroys it. */
struct cw_resampler *cw_resampler_create(unsigned from, unsigned to, unsigned channels,
                                         enum cw_resampler_quality quality);
void cw_resampler_destroy(struct cw_resampler *resampler);

/* The most frames (samples of each channel) that a push of n frames or, with n = 0, a flush can
 * write. */
size_t cw_resampler_room(const struct cw_resampler *resampler, size_t n);

/* Takes in all n frames; `out` has room for cw_resampler_room() frames. Returns the frames
 * written. */
size_t cw_resampler_push(struct cw_resampler *resampler, const int16_t *in, size_t n, int16_t *out);

/* Ends the stream: writes what the filter holds, so that for n frames of input n * to / from
 * frames, rounded up, have come out in all. Returns the frames written. Nothing may be pushed after
 * it. */
size_t cw_resampler_flush(struct cw_resampler *resampler, int16_t *out);

#endif
