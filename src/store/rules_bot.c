/* rules_bot.c - the rules about bots and hooks that all back ends share. Pure, as rules.c: it has
 * no storage; facts are parameters, or come from struct cw_store_facts. Called by the back ends
 * only. */
#include "store/rules_bot.h"

enum cw_store_status cw_store_may_create_bot(struct cw_store *store,
                                             const struct cw_store_request *request, uint64_t count)
{
    if (!store->backend->facts.user_exists(store, request->user_id))
        return CW_STORE_NOT_FOUND;
    if (cw_store_is_bot(store, request->user_id))
        return CW_STORE_FORBIDDEN;
    return count < CW_BOTS_MAX ? CW_STORE_OK : CW_STORE_FULL;
}

enum cw_store_status cw_store_may_change_bot(struct cw_store *store,
                                             const struct cw_store_request *request)
{
    uint64_t owner_id;
    bool own = store->backend->facts.is_bot(store, request->other_id, &owner_id) &&
               owner_id == request->user_id;
    return own ? CW_STORE_OK : CW_STORE_MISMATCH;
}

/* By a moderator of the group, about a bot of theirs. */
static enum cw_store_status may_use_there(struct cw_store *store,
                                          const struct cw_store_request *request)
{
    enum cw_store_status status = cw_store_may_change_group(store, request, request->group_id);
    return status == CW_STORE_OK ? cw_store_may_change_bot(store, request) : status;
}

enum cw_store_status cw_store_may_add_bot(struct cw_store *store,
                                          const struct cw_store_request *request,
                                          uint64_t member_count)
{
    const struct cw_store_facts *facts = &store->backend->facts;
    uint64_t bot_id = request->other_id, group_id = request->group_id;
    enum cw_store_status status = may_use_there(store, request);
    if (status != CW_STORE_OK)
        return status;
    if (facts->role_of(store, bot_id, group_id) != CW_ROLE_NONE)
        return CW_STORE_EXISTS;
    if (facts->is_banned(store, bot_id, group_id))
        return CW_STORE_BANNED;
    if (member_count >= CW_GROUP_MEMBERS_MAX)
        return CW_STORE_GROUP_FULL;
    return facts->group_count(store, bot_id) < CW_GROUPS_PER_USER ? CW_STORE_OK : CW_STORE_FULL;
}

enum cw_store_status cw_store_may_create_hook(struct cw_store *store,
                                              const struct cw_store_request *request,
                                              uint64_t count)
{
    enum cw_store_status status = may_use_there(store, request);
    if (status != CW_STORE_OK)
        return status;
    if (store->backend->facts.role_of(store, request->other_id, request->group_id) == CW_ROLE_NONE)
        return CW_STORE_NOT_MEMBER;
    return count < CW_HOOKS_MAX ? CW_STORE_OK : CW_STORE_FULL;
}

enum cw_store_status cw_store_may_delete_hook(struct cw_store *store,
                                              const struct cw_store_request *request,
                                              uint64_t group_id)
{
    bool may = group_id != 0 && cw_store_may_change_group(store, request, group_id) == CW_STORE_OK;
    return may ? CW_STORE_OK : CW_STORE_NOT_FOUND;
}
