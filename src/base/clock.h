/* clock.h - what time it is, for a server whose wall clock may be wrong.
 *
 * A wall clock jumps: it is set by hand or by NTP, it stands in 1970 at the start of
 * a machine without a battery, or years ahead. The steady clock never does, but it
 * does not know the date. Two times are made of both:
 *
 * `time_ms` is the present as people are shown it: the wall clock. When that jumps by
 * more than a minute, the steady clock carries the time on until both have agreed for
 * CW_CLOCK_AGREE_MS; a smaller step back stops it for as long.
 *
 * `date_ms` is what age is judged by, where a mistake destroys something. It follows
 * `time_ms` while the clocks agree, in either direction by at most CW_DATE_RATE times
 * the time that has passed on the steady clock. The caller keeps it over restarts, and
 * time when nobody ran counts as none: so a clock that is years ahead at a start makes
 * things two days older each day, and the date of a server that was off for a month
 * is right a month later.
 *
 * Pure: the caller reads the clocks. */
#ifndef CW_BASE_CLOCK_H
#define CW_BASE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

struct cw_clock {
    uint64_t time_ms, date_ms;
    /* Private. */
    uint64_t steady_ms;             /* when it was read last */
    uint64_t date_steady_ms;        /* when the date was moved last */
    uint64_t base_wall_ms, base_ms; /* the clocks since they agree: wall, steady */
    uint64_t earliest_ms;           /* a wall clock before it has not been set */
    bool started, agreed;
};

/* `date_ms` is the one that was kept; before `earliest_ms`: none was. */
void cw_clock_init(struct cw_clock *clock, uint64_t earliest_ms, uint64_t date_ms);

/* Both clocks, read at one moment. */
void cw_clock_read(struct cw_clock *clock, uint64_t wall_ms, uint64_t steady_ms);

#endif
