/* rules_account.c - the rules about a user's password, sessions, contacts and blocked users that
 * all back ends share. Pure, as rules.c: it has no storage; facts are parameters, or come from
 * struct cw_store_facts. Called by the back ends only. */
#include "store/rules.h"

/* --- passwords ------------------------------------------------------------------------------ */

enum cw_store_status cw_store_password_status(const struct cw_store_request *request,
                                              const struct cw_store_password *password)
{
    if (!password->found)
        return CW_STORE_NOT_FOUND;
    bool expected = request->expected.n == 0 || cw_slice_eq(password->hash, request->expected) ||
                    password->replaced_expected;
    return expected ? CW_STORE_OK : CW_STORE_MISMATCH;
}

enum cw_store_status cw_store_may_set_password(struct cw_store *store,
                                               const struct cw_store_request *request,
                                               const struct cw_store_password *password)
{
    const struct cw_store_facts *facts = &store->backend->facts;
    enum cw_store_status status = cw_store_password_status(request, password);
    if (status == CW_STORE_OK &&
        !facts->session_exists(store, request->session_id, request->user_id))
        return CW_STORE_NOT_FOUND;
    return status;
}

enum cw_store_status cw_store_may_confirm(struct cw_store *store,
                                          const struct cw_store_request *request)
{
    bool good = !request->linked ||
                store->backend->facts.session_exists(store, request->session_id, request->user_id);
    return good ? CW_STORE_OK : CW_STORE_NOT_FOUND;
}

bool cw_store_renews_password(const struct cw_store_request *request,
                              const struct cw_store_password *password)
{
    return request->renewed.n != 0 && cw_slice_eq(password->hash, request->expected);
}

/* --- sessions ------------------------------------------------------------------------------- */

int64_t cw_store_expiry_ms(const struct cw_store_options *options,
                           const struct cw_store_request *request)
{
    return (int64_t)cw_store_moment(request).earlier_ms - (int64_t)options->session_idle_ms;
}

uint64_t cw_store_first_cursor(const struct cw_store_request *request, uint64_t high_cursor,
                               uint64_t newest_message_id)
{
    if (request->has_since && request->since <= newest_message_id)
        return request->since;
    return request->cursor > high_cursor ? request->cursor : high_cursor;
}

static void choose(struct cw_store_choice *choice, uint64_t id, uint64_t turn)
{
    if (choice->id == 0 || turn < choice->turn) {
        choice->id = id;
        choice->turn = turn;
    }
}

/* First those that are not in use, in the order in which they were used, then those in use in the
 * order of request->active. */
static uint64_t turn_of_session(const struct cw_store_request *request, uint64_t session_id,
                                uint64_t used)
{
    uint64_t id, in_use = UINT64_C(1) << 63;
    for (size_t at = 0; at + sizeof id <= request->active.n; at += sizeof id) {
        memcpy(&id, request->active.p + at, sizeof id);
        if (id == session_id)
            return in_use + at;
    }
    return used;
}

void cw_store_choose_session(struct cw_store_choice *choice, const struct cw_store_request *request,
                             uint64_t new_id, uint64_t session_id, uint64_t used)
{
    choice->count++;
    if (session_id != new_id)
        choose(choice, session_id, turn_of_session(request, session_id, used));
}

uint64_t cw_store_chosen_session(const struct cw_store_choice *choice,
                                 const struct cw_store_options *options)
{
    return choice->count > options->sessions_per_user ? choice->id : 0;
}

void cw_store_choose_part(struct cw_store_choice *choice, uint64_t part, uint64_t last_id)
{
    if (part == 0)
        return;
    choice->count++;
    choose(choice, part, last_id);
}

uint64_t cw_store_chosen_part(const struct cw_store_choice *choice)
{
    return choice->count > CW_PART_WINDOWS_MAX ? choice->id : 0;
}

/* --- contacts and blocked users ------------------------------------------------------------- */

enum cw_store_status cw_store_may_add_person(struct cw_store *store,
                                             const struct cw_store_request *request, bool listed,
                                             uint64_t count)
{
    const struct cw_store_facts *facts = &store->backend->facts;
    uint64_t most = request->op == CW_STORE_BLOCK ? CW_BLOCKED_MAX : CW_CONTACTS_MAX;
    if (!facts->user_exists(store, request->user_id) ||
        !facts->user_exists(store, request->other_id))
        return CW_STORE_NOT_FOUND;
    if (listed)
        return CW_STORE_EXISTS;
    return count < most ? CW_STORE_OK : CW_STORE_FULL;
}
