/* mixer.h - mixes speakers into one frame. A limiter reduces the gain of the whole mix before a
 * peak and raises it slowly after, so that nothing wraps and little is distorted. */
#ifndef CW_AUDIO_MIXER_H
#define CW_AUDIO_MIXER_H

#include <stdbool.h>

#include "audio/audio.h"

/* Volume of a speaker, per cent. */
#define CW_VOLUME_MAX 200

struct cw_mixer {
    float gain;               /* the limiter's, 0 to 1 */
    float sum[CW_AUDIO_TICK]; /* of the frame that is being mixed */
};

/* `mixer` is the caller's memory; nothing is allocated. */
void cw_mixer_init(struct cw_mixer *mixer);

/* Adds one speaker's frame, at `volume` per cent, clamped to CW_VOLUME_MAX. The
 * caller does not add muted speakers. */
void cw_mixer_add(struct cw_mixer *mixer, const int16_t pcm[CW_AUDIO_TICK], unsigned volume);

/* The same with a gain, which nothing limits but the mix as a whole. */
void cw_mixer_add_scaled(struct cw_mixer *mixer, const int16_t pcm[CW_AUDIO_TICK], float gain);

/* Writes the mix, silence if nobody was added, and begins the next frame. */
void cw_mixer_take(struct cw_mixer *mixer, int16_t pcm[CW_AUDIO_TICK]);

#endif
