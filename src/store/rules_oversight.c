/* rules_oversight.c - the rules about groups in the hands of administrators that all back ends
 * share. Pure, as rules.c: it has no storage; facts are parameters, or come from struct
 * cw_store_facts. Called by the back ends only. */
#include "store/rules_oversight.h"

#include "store/rules.h"
#include "store/rules_admin.h"

enum cw_store_status cw_store_may_close(struct cw_store *store,
                                        const struct cw_store_request *request, uint64_t group_id)
{
    enum cw_store_status status = cw_store_may_administer(store, request->user_id);
    return status == CW_STORE_OK && group_id == 0 ? CW_STORE_NOT_FOUND : status;
}

static bool is_orphan(const struct cw_store_request *request, const struct cw_store_taking *taking)
{
    /* Who has just come was not seen yet. */
    if (taking->owner_seen_ms == 0 && taking->owner_has_session)
        return taking->owner_barred;
    uint64_t gone_ms = taking->owner_seen_ms + CW_ORPHAN_DAYS * UINT64_C(86400000);
    return taking->owner_barred || cw_store_is_over(request, gone_ms);
}

enum cw_store_status cw_store_may_take(struct cw_store *store,
                                       const struct cw_store_request *request,
                                       const struct cw_store_taking *taking)
{
    const struct cw_store_facts *facts = &store->backend->facts;
    enum cw_store_status status = cw_store_may_close(store, request, taking->group_id);
    if (status != CW_STORE_OK)
        return status;
    if (!facts->user_exists(store, request->other_id) || cw_store_is_bot(store, request->other_id))
        return CW_STORE_NOT_FOUND;
    if (taking->owner_id == request->other_id)
        return CW_STORE_EXISTS;
    if (!is_orphan(request, taking))
        return CW_STORE_MISMATCH;
    if (facts->role_of(store, request->other_id, taking->group_id) != CW_ROLE_NONE)
        return CW_STORE_OK;
    if (taking->member_count >= CW_GROUP_MEMBERS_MAX)
        return CW_STORE_GROUP_FULL;
    bool room = facts->group_count(store, request->other_id) < CW_GROUPS_PER_USER;
    return room ? CW_STORE_OK : CW_STORE_FULL;
}
