/* rules_admin.c - the rules about administrators of the server that all back ends share. Pure, as
 * rules.c: it has no storage; facts are parameters, or come from struct cw_store_facts. Called by
 * the back ends, and by rules.c.
 *
 * Nobody becomes an administrator by coming first where others can come, too: it takes a set-up
 * link, which the server prints at its start, or another administrator. A set-up link is an
 * invitation that the server itself has made (user 0). */
#include "store/rules_admin.h"

enum cw_store_status cw_store_may_administer(struct cw_store *store, uint64_t user_id)
{
    bool operator= user_id == 0;
    bool may = operator|| store->backend->facts.is_admin(store, user_id);
    return may ? CW_STORE_OK : CW_STORE_FORBIDDEN;
}

enum cw_store_status cw_store_may_bar(struct cw_store *store,
                                      const struct cw_store_request *request)
{
    const struct cw_store_facts *facts = &store->backend->facts;
    enum cw_store_status status = cw_store_may_administer(store, request->user_id);
    if (status != CW_STORE_OK || request->network.n != 0)
        return status;
    if (!facts->user_exists(store, request->other_id))
        return CW_STORE_NOT_FOUND;
    return facts->is_admin(store, request->other_id) ? CW_STORE_MISMATCH : CW_STORE_OK;
}

enum cw_store_status cw_store_may_act_on(struct cw_store *store,
                                         const struct cw_store_request *request)
{
    enum cw_store_status status = cw_store_may_administer(store, request->user_id);
    if (status == CW_STORE_OK && !store->backend->facts.user_exists(store, request->other_id))
        return CW_STORE_NOT_FOUND;
    return status;
}

enum cw_store_status cw_store_may_reset(struct cw_store *store,
                                        const struct cw_store_request *request)
{
    enum cw_store_status status = cw_store_may_act_on(store, request);
    bool bot = status == CW_STORE_OK && cw_store_is_bot(store, request->other_id);
    return bot ? CW_STORE_MISMATCH : status;
}

bool cw_store_needs_setup(struct cw_store *store, const struct cw_store_options *options)
{
    const struct cw_store_facts *facts = &store->backend->facts;
    bool first_comes = options->first_is_admin && !facts->user_known(store, 1);
    return !first_comes && facts->admin_count(store) == 0;
}

enum cw_store_status cw_store_may_register(struct cw_store *store,
                                           const struct cw_store_request *request)
{
    const struct cw_store_facts *facts = &store->backend->facts;
    if (request->invitation.n == 0)
        return CW_STORE_OK;
    bool good = request->setup ? facts->setup_good(store, request)
                               : facts->invitation_good(store, 0, request);
    return good ? CW_STORE_OK : CW_STORE_FORBIDDEN;
}

bool cw_store_registers_admin(struct cw_store *store, const struct cw_store_options *options,
                              const struct cw_store_request *request, uint64_t user_id)
{
    bool by_link = request->invitation.n != 0 && store->backend->facts.setup_good(store, request);
    return by_link || (options->first_is_admin && user_id == 1);
}

enum cw_store_status cw_store_may_set_up(struct cw_store *store,
                                         const struct cw_store_request *request)
{
    const struct cw_store_facts *facts = &store->backend->facts;
    if (!facts->user_exists(store, request->user_id))
        return CW_STORE_NOT_FOUND;
    return facts->setup_good(store, request) ? CW_STORE_OK : CW_STORE_FORBIDDEN;
}

enum cw_store_status cw_store_may_set_admin(struct cw_store *store,
                                            const struct cw_store_request *request)
{
    const struct cw_store_facts *facts = &store->backend->facts;
    enum cw_store_status status = cw_store_may_administer(store, request->user_id);
    if (status != CW_STORE_OK)
        return status;
    if (!facts->user_exists(store, request->other_id) || cw_store_is_bot(store, request->other_id))
        return CW_STORE_NOT_FOUND;
    if (facts->is_admin(store, request->other_id) == request->admin)
        return CW_STORE_EXISTS;
    bool last = !request->admin && facts->admin_count(store) == 1;
    return last ? CW_STORE_FULL : CW_STORE_OK;
}
