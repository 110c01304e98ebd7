/* posting.c - who may write in a group, and how often, in memory. */
#include "store/memory/posting.h"

#include <stdlib.h>

#include "store/memory/memory.h"

static struct cw_memory_mute *written_by(const struct cw_memory_group *group, uint64_t user_id)
{
    for (size_t i = 0; i < group->written.count; i++) {
        struct cw_memory_mute *written = group->written.items[i];
        if (written->user_id == user_id)
            return written;
    }
    return NULL;
}

uint64_t cw_memory_written_ms(struct cw_store *store, uint64_t user_id, uint64_t group_id)
{
    const struct cw_memory_group *group =
        cw_memory_at(&((struct cw_memory *)store)->groups, group_id);
    const struct cw_memory_mute *written = group == NULL ? NULL : written_by(group, user_id);
    return written == NULL ? 0 : written->until_ms;
}

void cw_memory_written(struct cw_memory *m, const struct cw_store_request *request)
{
    if (!cw_store_is_slow(&m->store, request->user_id, request->mailbox))
        return;
    struct cw_memory_group *group = cw_memory_at(&m->groups, request->mailbox >> 1);
    struct cw_memory_mute *written = written_by(group, request->user_id);
    if (written == NULL) {
        written = cw_memory_keep(m, sizeof *written);
        written->user_id = request->user_id;
        cw_memory_add(&group->written, written);
    }
    written->until_ms = request->time_ms;
}

void cw_memory_group_writers(struct cw_memory *m, const struct cw_store_request *request,
                             struct cw_store_result *result)
{
    struct cw_memory_group *group = cw_memory_at(&m->groups, request->group_id);
    result->status = cw_store_may_change_group(&m->store, request, request->group_id);
    if (result->status == CW_STORE_OK)
        group->announcements = request->announcements;
}

void cw_memory_group_here(struct cw_memory *m, const struct cw_store_request *request,
                          struct cw_store_result *result)
{
    struct cw_memory_group *group = cw_memory_at(&m->groups, request->group_id);
    result->status = cw_store_may_change_group(&m->store, request, request->group_id);
    if (result->status == CW_STORE_OK)
        group->here = request->here;
}

void cw_memory_group_slow(struct cw_memory *m, const struct cw_store_request *request,
                          struct cw_store_result *result)
{
    struct cw_memory_group *group = cw_memory_at(&m->groups, request->group_id);
    result->status = cw_store_may_change_group(&m->store, request, request->group_id);
    if (result->status != CW_STORE_OK)
        return;
    group->slow_s = request->slow_s;
    if (request->slow_s == 0)
        group->written.count = 0;
}
