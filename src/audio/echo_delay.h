/* echo_delay.h - where in what the loudspeaker played is that which the microphone hears now? Finds
 * the delay between them, up to CW_ECHO_DELAY_MS_MAX, and how much faster the one clock runs than
 * the other, by correlating them. Not the canceller, which is echo.c, its caller.
 *
 * Both sides are numbered in samples since the beginning, each by its own clock; how they are
 * interleaved does not matter. Pure. One object, one thread at a time. */
#ifndef CW_AUDIO_ECHO_DELAY_H
#define CW_AUDIO_ECHO_DELAY_H

#include <stdbool.h>

#include "audio/audio.h"

#define CW_ECHO_DELAY_MS_MAX 500

struct cw_echo_delay;

/* As cw_echo_create. */
struct cw_echo_delay *cw_echo_delay_create(void);
void cw_echo_delay_destroy(struct cw_echo_delay *delay);

/* A tick that the loudspeaker is given. */
void cw_echo_delay_played(struct cw_echo_delay *delay, const int16_t pcm[CW_AUDIO_TICK]);

/* A tick of the microphone. True: there is a new estimate. */
bool cw_echo_delay_heard(struct cw_echo_delay *delay, const int16_t pcm[CW_AUDIO_TICK]);

/* Which played sample is heard as sample `heard` of the microphone; false: not known. *rate: played
 * samples in one of the microphone. */
bool cw_echo_delay_at(const struct cw_echo_delay *delay, double heard, double *played,
                      double *rate);

#endif
