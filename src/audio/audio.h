/* audio.h - the one format of live audio inside src/audio: signed 16-bit
 * samples, 48,000 a second, mono, in frames of 5 ms.
 *
 * All of src/audio is pure: no device, no file, no socket, no thread, no clock;
 * times are parameters. Nothing here is safe for two threads at once unless they
 * use different objects; there is no global state. */
#ifndef CW_AUDIO_AUDIO_H
#define CW_AUDIO_AUDIO_H

#include <stdint.h>

#include "base/limits.h"

/* Samples a second; the rate of RFC 6716 and of every timestamp. */
#define CW_AUDIO_RATE 48000
/* Samples in a millisecond. */
#define CW_AUDIO_PER_MS 48
/* One tick: capture, playout and mixing work in steps of 5 ms. With steps of 10 ms rounding added
 * 10 ms from mouth to ear. */
#define CW_AUDIO_TICK_MS 5
#define CW_AUDIO_TICK    (CW_AUDIO_TICK_MS * CW_AUDIO_PER_MS)
/* Samples of the longest live packet. */
#define CW_AUDIO_PACKET_MAX (CW_OPUS_PACKET_MS_MAX * CW_AUDIO_PER_MS)

static inline int16_t cw_audio_clip(float sample)
{
    if (sample >= 32767.0f)
        return 32767;
    if (sample <= -32768.0f)
        return -32768;
    return (int16_t)(sample < 0 ? sample - 0.5f : sample + 0.5f);
}

/* The lowest `bytes` bytes of the value, little-endian, as Ogg and Opus store numbers. */
static inline void cw_put_le(uint8_t *p, uint64_t value, int bytes)
{
    for (int i = 0; i < bytes; i++)
        p[i] = (uint8_t)(value >> (8 * i));
}

#endif
