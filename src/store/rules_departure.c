/* rules_departure.c - the rules about deleted accounts and their names that all back ends share.
 * Pure, as rules.c. Called by the back ends only. */
#include "store/rules_departure.h"

#include <stdio.h>

struct cw_slice cw_store_deleted_name(uint64_t user_id, bool taken, char name[CW_DELETED_NAME_MAX])
{
    int n = snprintf(name, CW_DELETED_NAME_MAX, "deleted%s%llu", taken ? "//" : "/",
                     (unsigned long long)user_id);
    return cw_slice_of(name, (size_t)n);
}

bool cw_store_is_retired(struct cw_store_moment now, uint64_t deleted_ms)
{
    return cw_store_age(now, deleted_ms, CW_NAME_RETIRED_DAYS) != CW_AGE_OLD;
}
