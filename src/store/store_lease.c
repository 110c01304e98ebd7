/* store_lease.c - the clock of leases: see store_lease.h. */
#include "store/store_lease.h"

#include <time.h>

uint64_t cw_store_lease_clock_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_BOOTTIME, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}
