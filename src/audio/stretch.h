/* stretch.h - makes audio a little longer or shorter without changing the pitch: a period of the
 * signal (mostly a pitch period) is left out or played twice, with a cross-fade. For the receiver,
 * to change its delay during speech. */
#ifndef CW_AUDIO_STRETCH_H
#define CW_AUDIO_STRETCH_H

#include <stddef.h>

#include "audio/audio.h"

/* The most by which a call changes the length, samples: 10 ms. */
#define CW_STRETCH_MAX 480
/* Audio shorter than this stays as it is, samples. */
#define CW_STRETCH_LEAST 480

/* The least change, 2.5 ms. */
#define CW_STRETCH_MIN 120

/* Shortens n samples in place by `most` or less; returns how many are left. */
size_t cw_stretch_shorten(int16_t *pcm, size_t n, size_t most);

/* Lengthens n samples in place; pcm has room for n + CW_STRETCH_MAX. Returns
 * how many there are now. */
size_t cw_stretch_lengthen(int16_t *pcm, size_t n);

/* A piece for cw_stretch_speed: 20 ms. */
#define CW_STRETCH_PIECE (20 * CW_AUDIO_PER_MS)

/* Shortens n samples, CW_STRETCH_PIECE or fewer, in place, so that they are played at `percent`
 * (100 to 200) of their speed; returns how many are left. *debt, 0 at first, is what earlier pieces
 * left too many. */
size_t cw_stretch_speed(int16_t *pcm, size_t n, unsigned percent, size_t *debt);

/* Fades from `from` to `to` over n samples into `to`. */
void cw_crossfade(const int16_t *from, int16_t *to, size_t n);

#endif
