/* on_users.c - all users, for administrators: users, end_sessions. The store checks permissions. */
#include <assert.h>

#include "base/codes.h"
#include "base/limits.h"
#include "core/find_user.h"
#include "core/handlers.h"
#include "core/message_entry.h"
#include "core/presence.h"
#include "core/refusal.h"
#include "core/request.h"
#include "core/session_end.h"
#include "core/state.h"
#include "core/user.h"

/* --- users ----------------------------------------------------------------------------------- */

static void users_listed(struct cw_core *core, struct request *request,
                         const struct cw_event *event)
{
    const struct cw_store_result *result = event->store;
    if (cw_request_refused(core, request, result, NULL))
        return;
    struct cw_entry *entries = cw_request_make_entries(core, result->person_count);
    for (size_t i = 0; i < result->person_count; i++) {
        const struct cw_store_person *person = &result->people[i];
        struct cw_entry *entry = &entries[i];
        cw_entry_put_string(entry, CW_E_NAME, &entry->name, person->name);
        cw_entry_put_number(entry, CW_E_ID, &entry->id, person->user_id);
        cw_entry_put_string(entry, CW_E_ROLE, &entry->role,
                            cw_slice_str(person->admin ? "admin"
                                         : person->bot ? "bot"
                                                       : "user"));
        cw_presence_describe(core, person->user_id, person->seen_ms, entry);
        if (person->barred)
            cw_entry_put_number(entry, CW_E_BANNED, &entry->banned, 1);
    }
    cw_request_answer_list(core, request, entries, result->person_count,
                           result->more ? result->scanned_to : 0);
}

void cw_on_users(struct cw_core *core, struct request *request)
{
    if (request->msg->query.n > CW_QUERY_MAX) {
        cw_request_refuse_above(core, request, CW_RULE_QUERY_LENGTH, CW_QUERY_MAX);
        return;
    }
    if (!cw_request_page_good(core, request))
        return;
    struct cw_store_request *store =
        cw_request_ask_page(core, request, CW_STORE_USER_LIST, users_listed);
    store->body = cw_request_bytes(core, request, request->msg->query);
}

/* --- end_sessions ---------------------------------------------------------------------------- */

static void sessions_ended(struct cw_core *core, struct request *request,
                           const struct cw_event *event)
{
    static const struct refusal others[] = {{CW_STORE_NOT_FOUND, CW_USER_DOES_NOT_EXIST}, {0}};
    if (cw_request_refused(core, request, event->store, others))
        return;
    cw_request_answer(core, request, CW_SUCCESS);
    cw_sessions_end_all(core, request->target, request, "revoked");
}

static void end_sessions_found(struct cw_core *core, struct request *request)
{
    struct cw_store_request *store =
        cw_request_submit(core, request, CW_STORE_SESSIONS_END, sessions_ended);
    store->user_id = cw_request_asker(request);
    store->other_id = request->target->id;
    request->outlives = true;
}

void cw_on_end_sessions(struct cw_core *core, struct request *request)
{
    if (cw_request_fold(core, request, request->msg->member))
        cw_user_find(core, request, end_sessions_found);
}
