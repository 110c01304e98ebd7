/* resets.c - what administrators do to accounts, in memory: a password is set anew by a link, a
 * user gets another name. */
#include "store/memory/audit.h"
#include "store/memory/factors.h"
#include "store/memory/retired.h"
#include "store/rules.h"
#include "store/rules_admin.h"

/* --- a password, by a link ------------------------------------------------------------------- */

void cw_memory_reset_create(struct cw_memory *m, const struct cw_store_request *request,
                            struct cw_store_result *result)
{
    result->status = cw_store_may_reset(&m->store, request);
    if (result->status != CW_STORE_OK)
        return;
    struct cw_memory_user *user = cw_memory_at(&m->users, request->other_id);
    user->reset = cw_arena_copy(&m->arena, request->secret);
    user->reset_expires_ms = request->expires_ms;
    user->reset_ends_factor = request->on;
    user->secret = user->renewed_from = (struct cw_slice){0};
    cw_memory_sessions_drop(m, user, 0);
    cw_memory_devices_end(user);
    cw_memory_audit(m, request, CW_AUDIT_RESET_PASSWORD, request->other_id, (struct cw_slice){0});
}

static struct cw_memory_user *find_reset(struct cw_memory *m,
                                         const struct cw_store_request *request,
                                         struct cw_slice hash, struct cw_store_result *result)
{
    for (size_t i = 0; i < m->users.count; i++) {
        struct cw_memory_user *user = m->users.items[i];
        if (user->reset_expires_ms == 0 || !cw_slice_eq(user->reset, hash) ||
            cw_store_is_over(request, user->reset_expires_ms))
            continue;
        result->user_id = user->id;
        result->name = cw_memory_out(m, user->name);
        return user;
    }
    result->status = CW_STORE_NOT_FOUND;
    return NULL;
}

void cw_memory_reset_find(struct cw_memory *m, const struct cw_store_request *request,
                          struct cw_store_result *result)
{
    find_reset(m, request, request->secret, result);
}

void cw_memory_reset_use(struct cw_memory *m, const struct cw_store_request *request,
                         struct cw_store_result *result)
{
    struct cw_memory_user *user = find_reset(m, request, request->expected, result);
    if (user == NULL)
        return;
    user->secret = cw_arena_copy(&m->arena, request->secret);
    user->renewed_from = (struct cw_slice){0};
    user->reset_expires_ms = 0;
    if (user->reset_ends_factor)
        user->factor = (struct cw_store_factor){0};
    struct cw_store_request by_user = *request;
    by_user.user_id = user->id;
    cw_memory_audit(m, &by_user, CW_AUDIT_USE_RESET, user->id, (struct cw_slice){0});
}

/* --- a name ---------------------------------------------------------------------------------- */

/* The user's own name is no hindrance: its spelling may change. */
static bool is_free(struct cw_memory *m, const struct cw_store_request *request,
                    struct cw_store_result *result)
{
    const struct cw_memory_user *holder = cw_map_get(&m->user_keys, request->key);
    if (holder != NULL)
        return holder->id == request->other_id;
    if (cw_memory_name_retired(m, request))
        return false;
    for (size_t i = 0; i < m->users.count; i++) {
        const struct cw_memory_user *user = m->users.items[i];
        if (user->id == request->other_id || !cw_memory_look_alike(request->looks, user->looks))
            continue;
        result->other_name = cw_memory_out(m, user->name);
        return false;
    }
    return true;
}

void cw_memory_user_rename(struct cw_memory *m, const struct cw_store_request *request,
                           struct cw_store_result *result)
{
    result->status = cw_store_may_act_on(&m->store, request);
    if (result->status == CW_STORE_OK && !is_free(m, request, result))
        result->status = CW_STORE_EXISTS;
    if (result->status != CW_STORE_OK)
        return;
    struct cw_memory_user *user = cw_memory_at(&m->users, request->other_id);
    if (!cw_slice_eq(user->key, request->key))
        cw_memory_retire_name(m, user);
    cw_map_remove(&m->user_keys, user->key);
    user->name = cw_arena_copy(&m->arena, request->name);
    user->key = cw_memory_key_behind(user->renamed_key, request->key); /* where the map wants it */
    user->looks = cw_arena_copy(&m->arena, request->looks);
    cw_map_put(&m->user_keys, user->key, user);
    cw_memory_sessions_drop(m, user, 0);
    cw_memory_audit(m, request, CW_AUDIT_RENAME_USER, request->other_id, (struct cw_slice){0});
}
