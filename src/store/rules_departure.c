/* rules_departure.c - the rules about deleted accounts and their names that all back ends share.
 * Pure, as rules.c. Called by the back ends only. */
#include "store/rules_departure.h"

#include <stdio.h>

#include "store/rules_admin.h"

struct cw_slice cw_store_deleted_name(uint64_t user_id, bool taken, char name[CW_DELETED_NAME_MAX])
{
    int n = snprintf(name, CW_DELETED_NAME_MAX, "deleted%s%llu", taken ? "//" : "/",
                     (unsigned long long)user_id);
    return cw_slice_of(name, (size_t)n);
}

enum cw_store_status cw_store_may_depart(struct cw_store *store,
                                         const struct cw_store_request *request,
                                         const struct cw_store_password *password, bool alone)
{
    const struct cw_store_facts *facts = &store->backend->facts;
    enum cw_store_status status = cw_store_may_set_password(store, request, password);
    bool last = facts->is_admin(store, request->user_id) && facts->admin_count(store) == 1;
    return status == CW_STORE_OK && last && !alone ? CW_STORE_FULL : status;
}

/* The array is as long as the next power of two. */
void cw_store_add_bot_gone(struct cw_store_result *result, uint64_t bot_id, uint64_t group_id,
                           struct cw_arena *arena)
{
    size_t n = result->bot_gone_count;
    if ((n & (n - 1)) == 0) {
        struct cw_store_bot_gone *longer =
            cw_arena_alloc(arena, (n == 0 ? 1 : 2 * n) * sizeof longer[0]);
        if (n != 0)
            memcpy(longer, result->bots_gone, n * sizeof longer[0]);
        result->bots_gone = longer;
    }
    result->bots_gone[n] = (struct cw_store_bot_gone){bot_id, group_id};
    result->bot_gone_count = n + 1;
}

void cw_store_add_bots_left(struct cw_store_result *result, const struct cw_store_result *left,
                            uint64_t group_id, struct cw_arena *arena)
{
    for (size_t i = 0; i < left->person_count; i++)
        cw_store_add_bot_gone(result, left->people[i].user_id, group_id, arena);
}

bool cw_store_is_retired(struct cw_store_moment now, uint64_t deleted_ms)
{
    return cw_store_age(now, deleted_ms, CW_NAME_RETIRED_DAYS) != CW_AGE_OLD;
}
