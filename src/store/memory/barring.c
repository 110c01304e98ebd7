/* barring.c - see barring.h. */
#include "store/memory/barring.h"

#include "store/rules.h"

size_t cw_memory_place_of_ban(const struct cw_memory *m, uint64_t user_id, struct cw_slice network)
{
    for (size_t i = 0; i < m->barred.count; i++) {
        const struct cw_memory_barred *ban = m->barred.items[i];
        if (ban->user_id == user_id && cw_slice_eq(ban->network, network))
            return i;
    }
    return m->barred.count;
}

bool cw_memory_is_barred(struct cw_memory *m, const struct cw_store_request *request,
                         uint64_t user_id, struct cw_store_result *result)
{
    size_t place = cw_memory_place_of_ban(m, user_id, (struct cw_slice){0});
    if (place == m->barred.count)
        return false;
    const struct cw_memory_barred *ban = m->barred.items[place];
    if (cw_store_is_over(request, ban->until_ms))
        return false;
    result->until_ms = ban->until_ms;
    result->other_name = cw_memory_out(m, ban->reason);
    return true;
}
