/* notices.c - notices of a kick, ban or mute, until the user has been told, in
 * memory. */
#include "store/memory/memory.h"

static struct cw_memory_notice *notice_at(const struct cw_memory_user *user, size_t i)
{
    return user->notices.items[i];
}

void cw_memory_notice_remove(struct cw_memory_user *user, uint64_t group_id,
                             enum cw_store_notice_kind highest)
{
    for (size_t i = user->notices.count; i-- > 0;)
        if (notice_at(user, i)->group_id == group_id && notice_at(user, i)->shown.kind <= highest)
            cw_memory_remove(&user->notices, i);
}

void cw_memory_notice_add(struct cw_memory *m, const struct cw_store_request *request,
                          enum cw_store_notice_kind kind, struct cw_store_result *result)
{
    struct cw_memory_user *user = cw_memory_at(&m->users, request->other_id);
    const struct cw_memory_user *by = cw_memory_at(&m->users, request->user_id);
    const struct cw_memory_group *group = cw_memory_at(&m->groups, request->group_id);
    struct cw_memory_notice *notice = cw_memory_keep(m, sizeof *notice);
    cw_memory_notice_remove(user, group->id, CW_NOTICE_BANNED);
    notice->group_id = group->id;
    notice->shown = (struct cw_store_notice){.id = ++m->last_notice_id,
                                             .group = group->name,
                                             .by = by == NULL ? (struct cw_slice){0} : by->name,
                                             .kind = kind,
                                             .time_ms = request->time_ms};
    if (kind == CW_NOTICE_MUTED)
        notice->shown.until_ms = request->until_ms;
    cw_memory_add(&user->notices, notice);
    if (user->notices.count > CW_NOTICES_MAX)
        cw_memory_remove(&user->notices, 0);
    result->notice_id = notice->shown.id;
}

void cw_memory_notice_unbanned(struct cw_memory_user *user, uint64_t group_id)
{
    for (size_t i = 0; i < user->notices.count; i++)
        if (notice_at(user, i)->group_id == group_id &&
            notice_at(user, i)->shown.kind == CW_NOTICE_BANNED)
            notice_at(user, i)->shown.kind = CW_NOTICE_KICKED;
}

uint64_t cw_memory_notice_newest(const struct cw_memory_user *user)
{
    return user->notices.count == 0 ? 0 : notice_at(user, user->notices.count - 1)->shown.id;
}

void cw_memory_notice_list(struct cw_memory *m, const struct cw_store_request *request,
                           struct cw_store_result *result)
{
    const struct cw_memory_user *user = cw_memory_at(&m->users, request->user_id);
    if (user == NULL)
        return;
    result->notice_count = user->notices.count;
    result->notices = cw_memory_out_array(m, result->notice_count, sizeof result->notices[0]);
    for (size_t i = 0; i < result->notice_count; i++) {
        struct cw_store_notice *notice = &result->notices[i];
        *notice = notice_at(user, i)->shown;
        notice->group = cw_memory_out(m, notice->group);
        notice->by = cw_memory_out(m, notice->by);
    }
}

void cw_memory_notice_drop(struct cw_memory *m, const struct cw_store_request *request,
                           struct cw_store_result *result)
{
    (void)result;
    struct cw_memory_user *user = cw_memory_at(&m->users, request->user_id);
    while (user != NULL && user->notices.count != 0 &&
           notice_at(user, 0)->shown.id <= request->notice_id)
        cw_memory_remove(&user->notices, 0);
}
