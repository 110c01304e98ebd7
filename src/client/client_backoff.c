/* client_backoff.c - see client_backoff.h. */
#include "client/client_backoff.h"

#include "base/limits.h"

/* SplitMix64 (Steele, Lea, Flood 2014): enough for jitter. */
static uint64_t next_random(struct cw_backoff *backoff)
{
    uint64_t z = backoff->random += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

/* A random time between half and all of a time that doubles, so that the clients of a restarted
 * server do not come all at once; the first one is shorter. */
uint32_t cw_backoff_next(struct cw_backoff *backoff)
{
    const uint64_t max_ms = backoff->max_ms != 0 ? backoff->max_ms : CW_RECONNECT_MAX_MS;
    uint64_t most = backoff->failures == 0 ? 2 * CW_RECONNECT_FIRST_MS : 2 * CW_RECONNECT_MIN_MS;
    for (unsigned i = 1; i < backoff->failures && most < max_ms; i++)
        most *= 2;
    if (most > max_ms)
        most = max_ms;
    backoff->failures++;
    return (uint32_t)(most / 2 + next_random(backoff) % (most / 2 + 1));
}
