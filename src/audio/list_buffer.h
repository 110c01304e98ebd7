/* list_buffer.h - a plain speaker's live PCM arrays: 44,100 Hz mono in pieces of any length,
 * without numbers or times, played at 48 kHz in ticks. For receiver.c.
 *
 * Playing begins when a piece and the reserve are there, and after an underrun it begins again with
 * a greater reserve. Audio that has waited too long is dropped. */
#ifndef CW_AUDIO_LIST_BUFFER_H
#define CW_AUDIO_LIST_BUFFER_H

#include <stdbool.h>

#include "audio/audio.h"
#include "audio/resampler.h"

struct cw_list_buffer;

/* Never NULL; the caller destroys it. */
struct cw_list_buffer *cw_list_buffer_create(void);
void cw_list_buffer_destroy(struct cw_list_buffer *list);

/* Puts in n samples at CW_LIST_RATE. Returns the samples (48 kHz) that were dropped to make room;
 * of a piece longer than CW_LIST_BUFFER_MS_MAX the end is kept. */
size_t cw_list_buffer_put(struct cw_list_buffer *list, const int16_t *pcm, size_t n);

/* Writes the next tick. False: there is nothing to play, pcm is not set. */
bool cw_list_buffer_take(struct cw_list_buffer *list, int16_t pcm[CW_AUDIO_TICK]);

/* Nothing is played and nothing waits. */
bool cw_list_buffer_idle(const struct cw_list_buffer *list);

/* The audio that waits, ms. */
int cw_list_buffer_delay_ms(const struct cw_list_buffer *list);

/* The audio that playing waits for before it begins, ms. */
int cw_list_buffer_target_ms(const struct cw_list_buffer *list);

#endif
