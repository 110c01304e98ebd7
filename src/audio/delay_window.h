/* delay_window.h - how long packets were on their way, of late: the fastest of
 * them and the slow ones. For jitter.c alone.
 *
 * A delay is arrival minus timestamp, in microseconds from any zero that both
 * share: only differences mean something. The window slides, so a drifting
 * clock moves it along. */
#ifndef CW_AUDIO_DELAY_WINDOW_H
#define CW_AUDIO_DELAY_WINDOW_H

#include "audio/audio.h"

struct cw_delay_window {
    unsigned n;    /* in use */
    unsigned next; /* where the oldest is, once the window is full */
    int64_t by_age[CW_JITTER_WINDOW];
    int64_t by_size[CW_JITTER_WINDOW]; /* the same, ascending */
};

/* Empty. */
void cw_delay_window_init(struct cw_delay_window *window);

/* Takes in a delay; the oldest goes when the window is full. */
void cw_delay_window_add(struct cw_delay_window *window, int64_t delay_us);

/* The shortest delay; 0 when empty. */
int64_t cw_delay_window_base(const struct cw_delay_window *window);

/* What must be waited beyond the shortest delay for all packets but one in 40
 * to be there; 0 when empty. */
int64_t cw_delay_window_spread(const struct cw_delay_window *window);

#endif
