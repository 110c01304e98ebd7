/* bots.c - bots and hooks, in memory. */
#include "store/memory/bots.h"

#include "store/memory/members.h"

bool cw_memory_is_bot(struct cw_store *store, uint64_t user_id, uint64_t *owner_id)
{
    const struct cw_memory_user *user = cw_memory_at(&((struct cw_memory *)store)->users, user_id);
    *owner_id = user == NULL ? 0 : user->owner_id;
    return user != NULL && user->bot;
}

/* --- making and ending them ---------------------------------------------------------- */

static bool is_of(const struct cw_memory_user *user, uint64_t owner_id)
{
    return user->bot && user->owner_id == owner_id;
}

void cw_memory_bot_create(struct cw_memory *m, const struct cw_store_request *request,
                          struct cw_store_result *result)
{
    uint64_t count = 0;
    for (size_t i = 0; i < m->users.count; i++)
        count += is_of(m->users.items[i], request->user_id);
    result->status = cw_store_may_create_bot(&m->store, request, count);
    if (result->status != CW_STORE_OK)
        return;
    struct cw_memory_user *bot = cw_memory_user_insert(m, request, result);
    if (bot == NULL) {
        result->status = CW_STORE_EXISTS;
        return;
    }
    bot->bot = true;
    bot->owner_id = request->user_id;
    result->other_id = bot->id;
}

void cw_memory_bot_list(struct cw_memory *m, const struct cw_store_request *request,
                        struct cw_store_result *result)
{
    result->people = cw_memory_out_array(m, CW_BOTS_MAX, sizeof result->people[0]);
    for (size_t i = 0; i < m->users.count; i++) {
        const struct cw_memory_user *user = m->users.items[i];
        if (is_of(user, request->user_id))
            result->people[result->person_count++] =
                (struct cw_store_person){.user_id = user->id,
                                         .name = cw_memory_out(m, user->name),
                                         .seen_ms = user->seen_ms,
                                         .bot = true};
    }
}

static void set_secret(struct cw_memory *m, struct cw_memory_user *bot, struct cw_slice secret)
{
    bot->secret = cw_arena_copy(&m->arena, secret);
    bot->renewed_from = (struct cw_slice){0};
    cw_memory_sessions_drop(m, bot, 0);
}

void cw_memory_bot_renew(struct cw_memory *m, const struct cw_store_request *request,
                         struct cw_store_result *result)
{
    result->status = cw_store_may_change_bot(&m->store, request);
    if (result->status == CW_STORE_OK)
        set_secret(m, cw_memory_at(&m->users, request->other_id), request->secret);
}

void cw_memory_bot_end(struct cw_memory *m, struct cw_memory_user *bot,
                       struct cw_store_result *result)
{
    result->group_count = bot->memberships.count;
    result->groups = cw_memory_out_array(m, result->group_count, sizeof result->groups[0]);
    for (size_t i = 0; i < result->group_count; i++)
        result->groups[i] = cw_memory_show_group(m, bot->memberships.items[i], false);
    while (bot->memberships.count != 0)
        cw_memory_member_remove(m, bot->memberships.items[0]);
    set_secret(m, bot, cw_slice_str(""));
    bot->owner_id = 0;
}

struct cw_memory_user *cw_memory_bot_of(struct cw_memory *m, uint64_t owner_id)
{
    for (size_t i = 0; i < m->users.count; i++)
        if (is_of(m->users.items[i], owner_id))
            return m->users.items[i];
    return NULL;
}

void cw_memory_bot_delete(struct cw_memory *m, const struct cw_store_request *request,
                          struct cw_store_result *result)
{
    result->status = cw_store_may_change_bot(&m->store, request);
    if (result->status == CW_STORE_OK)
        cw_memory_bot_end(m, cw_memory_at(&m->users, request->other_id), result);
}

/* --- in groups ------------------------------------------------------------------------- */

void cw_memory_bot_join(struct cw_memory *m, const struct cw_store_request *request,
                        struct cw_store_result *result)
{
    struct cw_memory_group *group = cw_memory_at(&m->groups, request->group_id);
    result->status =
        cw_store_may_add_bot(&m->store, request, group == NULL ? 0 : group->members.count);
    if (result->status != CW_STORE_OK)
        return;
    cw_memory_member_add(m, cw_memory_at(&m->users, request->other_id), group);
    result->muted_until_ms = cw_memory_mute_of(group, request->other_id);
}

/* --- hooks ------------------------------------------------------------------------------- */

static struct cw_memory_hook *hook_at(const struct cw_memory *m, size_t i)
{
    return m->hooks.items[i];
}

static struct cw_memory_hook *find_hook(const struct cw_memory *m, struct cw_slice hash)
{
    for (size_t i = 0; i < m->hooks.count; i++)
        if (cw_slice_eq(hook_at(m, i)->hash, hash))
            return hook_at(m, i);
    return NULL;
}

void cw_memory_hook_create(struct cw_memory *m, const struct cw_store_request *request,
                           struct cw_store_result *result)
{
    uint64_t count = 0;
    for (size_t i = 0; i < m->hooks.count; i++)
        count += hook_at(m, i)->group_id == request->group_id;
    result->status = cw_store_may_create_hook(&m->store, request, count);
    if (result->status == CW_STORE_OK && find_hook(m, request->secret) != NULL)
        result->status = CW_STORE_EXISTS;
    if (result->status != CW_STORE_OK)
        return;
    struct cw_memory_hook *hook = cw_memory_keep(m, sizeof *hook);
    *hook = (struct cw_memory_hook){.hash = cw_arena_copy(&m->arena, request->secret),
                                    .id = ++m->last_hook_id,
                                    .group_id = request->group_id,
                                    .created_ms = request->time_ms,
                                    .bot = cw_memory_at(&m->users, request->other_id)};
    cw_memory_add(&m->hooks, hook);
    result->hook_id = hook->id;
}

void cw_memory_hook_list(struct cw_memory *m, const struct cw_store_request *request,
                         struct cw_store_result *result)
{
    result->status = cw_store_may_change_group(&m->store, request, request->group_id);
    if (result->status != CW_STORE_OK)
        return;
    result->hooks = cw_memory_out_array(m, CW_HOOKS_MAX, sizeof result->hooks[0]);
    for (size_t i = 0; i < m->hooks.count; i++) {
        const struct cw_memory_hook *hook = hook_at(m, i);
        if (hook->group_id == request->group_id)
            result->hooks[result->hook_count++] =
                (struct cw_store_hook){.id = hook->id,
                                       .bot = cw_memory_out(m, hook->bot->name),
                                       .created_ms = hook->created_ms};
    }
}

void cw_memory_hook_delete(struct cw_memory *m, const struct cw_store_request *request,
                           struct cw_store_result *result)
{
    size_t i = 0;
    while (i < m->hooks.count && hook_at(m, i)->id != request->hook_id)
        i++;
    result->status = cw_store_may_delete_hook(&m->store, request,
                                              i == m->hooks.count ? 0 : hook_at(m, i)->group_id);
    if (result->status == CW_STORE_OK)
        cw_memory_remove(&m->hooks, i);
}

void cw_memory_hook_find(struct cw_memory *m, const struct cw_store_request *request,
                         struct cw_store_result *result)
{
    const struct cw_memory_hook *hook = find_hook(m, request->secret);
    if (hook == NULL) {
        result->status = CW_STORE_NOT_FOUND;
        return;
    }
    result->hook_id = hook->id;
    result->group_id = hook->group_id;
    result->user_id = hook->bot->id;
    result->name = cw_memory_out(m, hook->bot->name);
    result->bot = true;
    cw_memory_list_blocked(m, hook->bot, result);
}
