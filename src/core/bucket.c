/* bucket.c - how much of something may be done in a time: buckets that fill by the
 * second, and what happened within any second. Pure arithmetic. */
#include "core/bucket.h"

#include "base/limits.h"

static void refill(struct bucket *bucket, uint64_t now_ms, double per_s, unsigned burst)
{
    if (bucket->at_ms == 0) {
        bucket->level = burst;
    } else {
        bucket->level += (double)(now_ms - bucket->at_ms) * per_s / 1000.0;
        if (bucket->level > burst)
            bucket->level = burst;
    }
    bucket->at_ms = now_ms == 0 ? 1 : now_ms;
}

bool cw_bucket_take(struct bucket *bucket, uint64_t now_ms, double amount, double per_s,
                    unsigned burst)
{
    if (per_s == 0)
        return true;
    refill(bucket, now_ms, per_s, burst);
    if (bucket->level < amount)
        return false;
    bucket->level -= amount;
    return true;
}

double cw_bucket_owe(struct bucket *bucket, uint64_t now_ms, double amount, double per_s,
                     unsigned burst)
{
    refill(bucket, now_ms, per_s, burst);
    bucket->level -= amount;
    return bucket->level < 0 ? -bucket->level : 0;
}

void cw_bucket_give(struct bucket *bucket, double amount, unsigned burst)
{
    if (bucket->at_ms == 0)
        return;
    bucket->level += amount;
    if (bucket->level > burst)
        bucket->level = burst;
}

/* Slots reach back a little more than a second, never less. */
bool cw_recent_take(struct recent *recent, uint64_t now_ms, unsigned per_s)
{
    uint64_t slot = now_ms / CW_RECENT_SLOT_MS;
    if (per_s == 0)
        return true;
    for (int i = 0; i < CW_RECENT_SLOTS && recent->slot < slot; i++) {
        uint16_t *oldest = &recent->slots[++recent->slot % CW_RECENT_SLOTS];
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
