/* stall.h - a stall of the network, and what comes after it: which packets say nothing of the next
 * ones, for how late they are. Private to jitter.c.
 *
 * A stall ends with a packet that is later than any target. What has queued behind it follows: at
 * once, as a burst, or as fast as a narrow line carries it, each packet less late than those
 * before. Neither predicts what comes when the queue is gone. When packets are that slow for longer
 * than CW_STALL_END_US, the way has become longer, and all that follow count. Silence is part of
 * that time: else short words on a longer way would be lost for ever. */
#ifndef CW_AUDIO_STALL_H
#define CW_AUDIO_STALL_H

#include <stdbool.h>
#include <stdint.h>

/* Less late than the last two by this part of its own length: a line that stood still carries what
 * has queued. */
#define CW_STALL_DRAIN_PART 16
/* What has queued comes in pieces, the first of each later than the last of the one before. */
#define CW_STALL_END_US 1000000

/* A zeroed struct. */
struct cw_stall {
    bool stalled;     /* the last packet came out of a stall */
    bool heals;       /* the delay may be reduced faster than after jitter */
    bool other;       /* the way has become longer or shorter by more than any target: what was
                         before this packet says nothing of the next ones */
    int64_t drain_us; /* a queue drains: so late the last packet was, and the next one is not later;
                         0: none does */
    int64_t since_us; /* when it ended */
    int64_t fast_us;  /* when the last packet came that was not later than any target */
    int64_t late_us, late_before_us; /* so late the last two packets were */
};

/* A packet of `length_us` is `late_us` beyond the fastest, where a target can be `most_us`; the one
 * before it came at `before_us`. True: it says nothing of the next ones. */
static inline bool cw_stall_note(struct cw_stall *stall, int64_t late_us, int64_t most_us,
                                 int64_t length_us, int64_t before_us, int64_t now_us)
{
    const bool late = late_us > most_us, burst = now_us - before_us < length_us / 2;
    const int64_t last =
        stall->late_us > stall->late_before_us ? stall->late_us : stall->late_before_us;
    const bool drains = stall->stalled && late_us + length_us / CW_STALL_DRAIN_PART < last;
    if (late && !stall->stalled)
        stall->since_us = now_us;
    const bool ends = late && now_us - stall->since_us < CW_STALL_END_US;
    stall->fast_us = late ? stall->fast_us : now_us;
    const bool farther = late && !ends && now_us - stall->fast_us >= CW_STALL_END_US;
    stall->other = farther || late_us < -most_us;
    const bool skipped = !stall->other && (ends || (stall->stalled && (burst || drains)));
    stall->stalled = skipped || (late && !stall->other);
    stall->heals |= skipped;
    stall->drain_us = skipped && drains && !burst ? late_us : 0;
    stall->late_before_us = stall->late_us;
    stall->late_us = stall->other ? 0 : late_us;
    return skipped;
}

#endif
