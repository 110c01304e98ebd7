/* late_run.h - packets in a row that come later and later: no exceptions, but a queue that grows.
 * Private to jitter.c. */
#ifndef CW_AUDIO_LATE_RUN_H
#define CW_AUDIO_LATE_RUN_H

#include <stdint.h>

/* So many, each later than the target and than the first of them. */
#define CW_LATE_RUN_PACKETS 3

/* A zeroed struct. */
struct cw_late_run {
    unsigned packets;
    int64_t first_us; /* so late was the first of them, and ... */
    int64_t next_us;  /* ... so late the next one will be */
};

static inline void cw_late_run_note(struct cw_late_run *run, int64_t late_us, int64_t target_us)
{
    if (late_us <= target_us || (run->packets > 0 && late_us < run->first_us)) {
        run->packets = 0;
        return;
    }
    if (run->packets++ == 0)
        run->first_us = late_us;
    run->next_us = late_us + (late_us - run->first_us);
}

/* 0: no queue grows. */
static inline int64_t cw_late_run_next(const struct cw_late_run *run)
{
    return run->packets >= CW_LATE_RUN_PACKETS ? run->next_us : 0;
}

#endif
