/* list_buffer.h - a plain speaker's live lists: 44,100 Hz mono in pieces of any
 * length, without numbers or times, played as 48 kHz in ticks. For receiver.c.
 *
 * Playing begins when a piece and a reserve are there, and begins anew after it
 * ran dry, with a greater reserve; what waits too long is dropped. */
#ifndef CW_AUDIO_LIST_BUFFER_H
#define CW_AUDIO_LIST_BUFFER_H

#include <stdbool.h>

#include "audio/audio.h"
#include "audio/resampler.h"

struct cw_list_buffer;

/* Never NULL; the caller destroys it. */
struct cw_list_buffer *cw_list_buffer_create(void);
void cw_list_buffer_destroy(struct cw_list_buffer *list);

/* Puts in n samples at CW_LIST_RATE. Returns the samples (48 kHz) that were
 * dropped for it; of a piece longer than CW_LIST_BUFFER_MS_MAX the end stays. */
size_t cw_list_buffer_put(struct cw_list_buffer *list, const int16_t *pcm, size_t n);

/* Writes the next tick. False: there is nothing to play, pcm is not set. */
bool cw_list_buffer_take(struct cw_list_buffer *list, int16_t pcm[CW_AUDIO_TICK]);

/* The audio that waits, ms. */
int cw_list_buffer_delay_ms(const struct cw_list_buffer *list);

/* The audio that is to be there before playing begins, ms. */
int cw_list_buffer_target_ms(const struct cw_list_buffer *list);

#endif
