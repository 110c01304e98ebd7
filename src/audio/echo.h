/* echo.h - takes what the loudspeaker plays out of what the microphone hears: whatever lies between
 * them (up to CW_ECHO_DELAY_MS_MAX), and if each runs by a clock of its own. Not the noise nor the
 * gain, which are the sender's.
 *
 * Three steps: echo_delay.h finds what of the played sound is heard now, which is read from a ring
 * at the rate of the microphone's clock; speexdsp's canceller learns the room and subtracts; and
 * while only the far end speaks, what is left is to be turned down by the caller, after its noise
 * suppression. Pure. One object, one thread at a time. Caller: sender.c. */
#ifndef CW_AUDIO_ECHO_H
#define CW_AUDIO_ECHO_H

#include <speex/speex_echo.h>
#include <stdbool.h>

#include "audio/audio.h"

struct cw_echo;

/* The caller destroys it. NULL: there is no memory, and the caller can do without (base/alloc.h).
 */
struct cw_echo *cw_echo_create(void);
void cw_echo_destroy(struct cw_echo *echo);

/* Forgets the room; not the delay. */
void cw_echo_reset(struct cw_echo *echo);

/* A tick that the loudspeaker is given, before it is heard. */
void cw_echo_played(struct cw_echo *echo, const int16_t pcm[CW_AUDIO_TICK]);

/* A tick of the microphone, and what is left of it. Returns the gain by which that is to be turned
 * down: 1, or less while only the far end speaks. */
float cw_echo_cancel(struct cw_echo *echo, const int16_t mic[CW_AUDIO_TICK],
                     int16_t out[CW_AUDIO_TICK]);

/* May there be echo in this tick, since something was played not long ago? Then the microphone
 * tells nothing about the near voice's loudness. */
bool cw_echo_may_be(const struct cw_echo *echo);

/* For speexdsp's preprocessor, which suppresses what is left at each frequency. */
SpeexEchoState *cw_echo_state(struct cw_echo *echo);

#endif
