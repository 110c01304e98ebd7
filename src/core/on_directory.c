/* on_directory.c - what there is on the server: directory (open groups), people (who agreed to be
 * listed). */
#include <assert.h>

#include "base/codes.h"
#include "base/limits.h"
#include "core/handlers.h"
#include "core/message_entry.h"
#include "core/presence.h"
#include "core/refusal.h"
#include "core/request.h"
#include "core/state.h"
#include "core/user.h"

/* False: answered. */
static bool good_page(struct cw_core *core, struct request *request)
{
    if (!cw_request_page_good(core, request))
        return false;
    if (request->msg->query.n > CW_QUERY_MAX)
        cw_request_refuse_above(core, request, CW_RULE_QUERY_LENGTH, CW_QUERY_MAX);
    return request->msg->query.n <= CW_QUERY_MAX;
}

static void ask_page(struct cw_core *core, struct request *request, enum cw_store_op op,
                     step_fn *resume)
{
    assert(request->msg->query.n <= CW_QUERY_MAX);
    struct cw_store_request *store = cw_request_ask_page(core, request, op, resume);
    store->body = cw_request_bytes(core, request, request->msg->query);
}

/* --- groups --------------------------------------------------------------------------- */

static void directory_listed(struct cw_core *core, struct request *request,
                             const struct cw_event *event)
{
    const struct cw_store_result *result = event->store;
    if (cw_request_refused(core, request, result, NULL))
        return;
    assert(result->op == CW_STORE_DIRECTORY_LIST && result->group_count <= CW_LIST_MAX);
    struct cw_entry *entries = cw_request_make_entries(core, result->group_count);
    for (size_t i = 0; i < result->group_count; i++) {
        const struct cw_store_group *group = &result->groups[i];
        cw_entry_put_string(&entries[i], CW_E_NAME, &entries[i].name, group->name);
        if (group->topic.n != 0)
            cw_entry_put_string(&entries[i], CW_E_TOPIC, &entries[i].topic, group->topic);
        cw_entry_put_number(&entries[i], CW_E_MEMBERS, &entries[i].members, group->member_count);
    }
    cw_request_answer_list(core, request, entries, result->group_count,
                           result->more ? result->scanned_to : 0);
}

void cw_on_directory(struct cw_core *core, struct request *request)
{
    if (good_page(core, request))
        ask_page(core, request, CW_STORE_DIRECTORY_LIST, directory_listed);
}

/* --- people --------------------------------------------------------------------------- */

static void people_listed(struct cw_core *core, struct request *request,
                          const struct cw_event *event)
{
    const struct cw_store_result *result = event->store;
    if (cw_request_refused(core, request, result, NULL))
        return;
    assert(result->op == CW_STORE_PEOPLE_LIST && result->person_count <= CW_LIST_MAX);
    struct cw_entry *entries = cw_request_make_entries(core, result->person_count);
    for (size_t i = 0; i < result->person_count; i++) {
        const struct cw_store_person *person = &result->people[i];
        cw_entry_put_string(&entries[i], CW_E_NAME, &entries[i].name, person->name);
        cw_entry_put_display(&entries[i], person->display);
        cw_presence_describe(core, person->user_id, person->seen_ms, &entries[i]);
    }
    cw_request_answer_list(core, request, entries, result->person_count,
                           result->more ? result->scanned_to : 0);
}

void cw_on_people(struct cw_core *core, struct request *request)
{
    if (!core->config.people_directory)
        cw_request_refuse(core, request, CW_RULE_NO_PEOPLE);
    else if (good_page(core, request))
        ask_page(core, request, CW_STORE_PEOPLE_LIST, people_listed);
}
