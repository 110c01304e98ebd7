/* bucket.h - rate limits: token buckets, and counters of the last second. */
#ifndef CW_CORE_BUCKET_H
#define CW_CORE_BUCKET_H

#include <stdbool.h>
#include <stdint.h>

#include "base/limits.h"

/* A token bucket, stored as the time at which it is full again; a time in the past: it is full. */
struct bucket {
    uint64_t full_ns;
};

/* What happened in the last second: `n` of it, in slots of CW_RECENT_SLOT_MS. */
struct recent {
    uint64_t slot; /* the newest */
    uint32_t n;
    uint16_t slots[CW_RECENT_SLOTS];
};

/* The rates of a user, on all their connections; or of a connection that is not logged in. */
struct pace {
    struct bucket requests;
    struct bucket idle; /* refusals, and updates that were dropped */
    struct bucket bytes;
    struct bucket files; /* bytes of files, in both directions: at the same rate */
};

/* Takes `amount` from the bucket; false when it does not hold it. per_s == 0:
 * no limit. */
bool cw_bucket_take(struct bucket *bucket, uint64_t now_ms, double amount, double per_s,
                    unsigned burst);
/* Takes the amount even if the bucket does not hold it; returns after how many ms nothing is
 * missing. */
uint64_t cw_bucket_owe(struct bucket *bucket, uint64_t now_ms, double amount, double per_s,
                       unsigned burst);
/* Counts one more if there are less than `per_s` within the last second (0: no limit). */
bool cw_recent_take(struct recent *recent, uint64_t now_ms, unsigned per_s);
/* Gives back an amount that was taken and not used. */
void cw_bucket_give(struct bucket *bucket, double amount, double per_s);

#endif
