/* begun.c - see begun.h. */
#include "net/begun.h"

#include "base/limits.h"
#include "base/map.h"

bool cw_begun_add(struct cw_begun *begun, const uint64_t seed[2], struct cw_slice address,
                  uint64_t second)
{
    if (begun->second != second)
        memset(begun->counts, 0, sizeof begun->counts);
    begun->second = second;
    uint16_t *count = &begun->counts[cw_hash_keyed(seed, address) % CW_BEGUN_COUNTERS];
    if (*count == CW_CONNECTIONS_PER_ADDRESS_S)
        return false;
    ++*count;
    return true;
}
