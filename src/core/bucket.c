/* bucket.c - rate limits: token buckets, and counters of the last second. Pure arithmetic. */
#include "core/bucket.h"

#include <assert.h>

#include "base/limits.h"

#define NS_PER_MS UINT64_C(1000000)

/* The time until this amount is available again. */
static uint64_t time_of(double amount, double per_s)
{
    assert(amount >= 0 && per_s > 0);
    return (uint64_t)(amount * 1e9 / per_s);
}

/* The time from which the bucket is full if nothing more is taken. */
static uint64_t full_from(const struct bucket *bucket, uint64_t now_ns)
{
    return bucket->full_ns > now_ns ? bucket->full_ns : now_ns;
}

bool cw_bucket_take(struct bucket *bucket, uint64_t now_ms, double amount, double per_s,
                    unsigned burst)
{
    assert(per_s == 0 || burst > 0);
    if (per_s == 0)
        return true;
    uint64_t now_ns = now_ms * NS_PER_MS;
    uint64_t full_ns = full_from(bucket, now_ns) + time_of(amount, per_s);
    if (full_ns > now_ns + time_of(burst, per_s))
        return false;
    bucket->full_ns = full_ns;
    return true;
}

uint64_t cw_bucket_owe(struct bucket *bucket, uint64_t now_ms, double amount, double per_s,
                       unsigned burst)
{
    assert(burst > 0);
    uint64_t now_ns = now_ms * NS_PER_MS, empty_ns = now_ns + time_of(burst, per_s);
    bucket->full_ns = full_from(bucket, now_ns) + time_of(amount, per_s);
    return bucket->full_ns > empty_ns ? (bucket->full_ns - empty_ns) / NS_PER_MS + 1 : 0;
}

void cw_bucket_give(struct bucket *bucket, double amount, double per_s)
{
    uint64_t given_ns = per_s == 0 ? 0 : time_of(amount, per_s);
    bucket->full_ns -= given_ns < bucket->full_ns ? given_ns : bucket->full_ns;
}

/* Slots reach back a little more than a second, never less. */
bool cw_recent_take(struct recent *recent, uint64_t now_ms, unsigned per_s)
{
    uint64_t slot = now_ms / CW_RECENT_SLOT_MS;
    if (per_s == 0)
        return true;
    for (int i = 0; i < CW_RECENT_SLOTS && recent->slot < slot; i++) {
        uint16_t *oldest = &recent->slots[++recent->slot % CW_RECENT_SLOTS];
        assert(recent->n >= *oldest);
        recent->n -= *oldest;
        *oldest = 0;
    }
    recent->slot = slot;
    if (recent->n >= per_s)
        return false;
    recent->slots[slot % CW_RECENT_SLOTS]++;
    recent->n++;
    return true;
}
