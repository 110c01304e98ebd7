/* calendar.h - the server's clocks, read together, and the date in the store.
 *
 * base/clock.h explains the two times that are computed from them. Loop thread only. */
#ifndef CW_SERVER_CALENDAR_H
#define CW_SERVER_CALENDAR_H

#include <uv.h>

#include "base/clock.h"
#include "store/store.h"

struct cw_calendar {
    struct cw_clock clock;
    uv_timer_t timer;
    uint64_t read_ms; /* of the loop */
    uint64_t kept_ms; /* the date that the store has */
    void (*keep)(void *context, const struct cw_store_request *request);
    void *context;
};

/* One reading, for callers without a loop. */
void cw_calendar_read(struct cw_clock *clock, const struct cw_store *store);

/* `keep` gives a request to the store; no result is awaited. The timer is
 * closed by the caller. */
void cw_calendar_start(struct cw_calendar *calendar, uv_loop_t *loop, const struct cw_store *store,
                       void (*keep)(void *context, const struct cw_store_request *request),
                       void *context);

/* The times of this loop iteration: the clocks are read once for all its events. */
const struct cw_clock *cw_calendar_now(struct cw_calendar *calendar);

/* Gives the date to the store, at the end; before that the timer does it. */
void cw_calendar_keep(struct cw_calendar *calendar);

#endif
