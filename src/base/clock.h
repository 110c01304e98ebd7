/* clock.h - the time, for a server whose wall clock may be wrong.
 *
 * A wall clock jumps: it is set by hand or by NTP, it stands in 1970 at the start of a machine
 * without a battery, or years ahead. The steady clock never does, but it does not know the date.
 * Two times are made of both:
 *
 * `time_ms` is the time that people are shown: the wall clock. When that jumps by more than a
 * minute, the time follows the steady clock until both have agreed for CW_CLOCK_AGREE_MS. After a
 * smaller step back it stands still until the wall clock has caught up.
 *
 * `date_ms` decides the age of things, where a mistake would destroy something. It follows
 * `time_ms` while the clocks agree, in either direction by at most CW_DATE_RATE times the time that
 * has passed on the steady clock. The caller stores it over restarts, and the time while the server
 * was off does not count: so a clock that is years ahead at a start makes things two days older
 * each day, and the date of a server that was off for a month is right a month later.
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
    uint64_t earliest_ms;           /* an earlier wall clock has not been set */
    bool started, agreed;
};

/* `date_ms` is the stored date; before `earliest_ms`: there is none. */
void cw_clock_init(struct cw_clock *clock, uint64_t earliest_ms, uint64_t date_ms);

/* Both clocks, read at one moment. */
void cw_clock_read(struct cw_clock *clock, uint64_t wall_ms, uint64_t steady_ms);

#endif
