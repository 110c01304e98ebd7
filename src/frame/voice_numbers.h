/* voice_numbers.h - the numbers in probes and answers. Private to src/frame. */
#ifndef CW_FRAME_VOICE_NUMBERS_H
#define CW_FRAME_VOICE_NUMBERS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/limits.h"

/* 4 bytes, big-endian. */
static inline void cw_voice_write(uint8_t p[4], uint32_t value)
{
    for (int i = 0; i < 4; i++)
        p[i] = (uint8_t)(value >> (24 - 8 * i));
}

static inline uint32_t cw_voice_read(const uint8_t p[4])
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* Bits of the last byte of a probe: what the client wishes, and sees. */
#define CW_VOICE_WANTS_TWICE 1
#define CW_VOICE_SEES_SLOW   2

/* The last answer is for one of the newest probes; 0 is for none. */
static inline bool cw_voice_is_recent(uint32_t probe, uint32_t answered)
{
    return answered != 0 && answered <= probe && probe - answered <= CW_VOICE_PROBES_LOST_MAX;
}

#endif
