/* delay_window.h - the delays of the newest packets: the shortest, and a quantile of the long ones.
 * For jitter.c alone.
 *
 * A delay is arrival minus timestamp, in microseconds; the two clocks have different zeros, so only
 * differences of delays have a meaning. The window slides, and so follows a drifting clock. */
#ifndef CW_AUDIO_DELAY_WINDOW_H
#define CW_AUDIO_DELAY_WINDOW_H

#include <stdbool.h>

#include "audio/audio.h"

struct cw_delay_window {
    unsigned n;           /* in use */
    unsigned next;        /* index of the next one in by_age, behind the newest */
    int64_t audio_us;     /* the lengths of all */
    int64_t most_us;      /* the most that a target may be */
    int64_t trip_us;      /* the round trip, of datagrams; 0: unknown, or by a connection */
    int64_t least_us;     /* ... as it was before it became longer; rises to it in some seconds */
    unsigned late_one_in; /* packets may be later than cw_delay_window_spread */
    int64_t by_age[CW_JITTER_WINDOW];
    int64_t lengths[CW_JITTER_WINDOW]; /* of the packets in by_age, us */
    int64_t by_size[CW_JITTER_WINDOW]; /* the same, ascending */
};

/* Makes the window empty. The round trip stays; it must be set once. */
void cw_delay_window_init(struct cw_delay_window *window);

/* Adds the delay of a packet of `length_us` of audio, in place of the oldest when the window is
 * full: of CW_JITTER_WINDOW_MS of audio, or of packets. */
void cw_delay_window_add(struct cw_delay_window *window, int64_t delay_us, int64_t length_us);

/* The shortest delay; 0 when empty. */
int64_t cw_delay_window_base(const struct cw_delay_window *window);

/* The wait beyond the shortest delay within which all packets but a few arrive, and one as long as
 * the longest of late, which comes later by what it is longer; 0 when empty. */
int64_t cw_delay_window_spread(const struct cw_delay_window *window);

/* What the round trip allows: see cw_jitter_set_round_trip. */
void cw_delay_window_set_round_trip(struct cw_delay_window *window, int ms, bool resent);

#endif
