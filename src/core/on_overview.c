/* on_overview.c - what there is on the server, for administrators: server_groups,
 * server_invitations, end_invitation. */
#include "base/codes.h"
#include "core/handlers.h"
#include "core/message_entry.h"
#include "core/refusal.h"
#include "core/request.h"

/* When the owner was here last, and may they come: whether the group is an orphan. */
static void describe_owner(const struct cw_store_person *owner, struct cw_entry *entry)
{
    if (owner->name.n != 0)
        cw_entry_put_string(entry, CW_E_BY, &entry->by, owner->name);
    cw_entry_put_unless_0(entry, CW_E_SEEN, &entry->seen_ms, owner->seen_ms);
    if (owner->barred)
        cw_entry_put_number(entry, CW_E_BANNED, &entry->banned, 1);
}

static void server_groups_listed(struct cw_core *core, struct request *request,
                                 const struct cw_event *event)
{
    const struct cw_store_result *result = event->store;
    if (cw_request_refused(core, request, result, NULL))
        return;
    struct cw_entry *entries = cw_request_make_entries(core, result->group_count);
    for (size_t i = 0; i < result->group_count; i++) {
        const struct cw_store_group *group = &result->groups[i];
        struct cw_entry *entry = &entries[i];
        cw_entry_put_string(entry, CW_E_NAME, &entry->name, group->name);
        cw_entry_put_number(entry, CW_E_ID, &entry->id, group->group_id);
        if (group->topic.n != 0)
            cw_entry_put_string(entry, CW_E_TOPIC, &entry->topic, group->topic);
        cw_entry_put_number(entry, CW_E_MEMBERS, &entry->members, group->member_count);
        cw_entry_put_string(entry, CW_E_ACCESS, &entry->access,
                            cw_slice_str(group->by_invitation ? "invited" : "open"));
        describe_owner(&result->people[i], entry);
    }
    cw_request_answer_list(core, request, entries, result->group_count,
                           result->more ? result->scanned_to : 0);
}

void cw_on_server_groups(struct cw_core *core, struct request *request)
{
    if (cw_request_page_good(core, request))
        cw_request_ask_page(core, request, CW_STORE_SERVER_GROUP_LIST, server_groups_listed);
}

static void server_invitations_listed(struct cw_core *core, struct request *request,
                                      const struct cw_event *event)
{
    const struct cw_store_result *result = event->store;
    if (cw_request_refused(core, request, result, NULL))
        return;
    size_t count = result->invitation_count;
    struct cw_entry *entries = cw_request_make_entries(core, count);
    for (size_t i = 0; i < count; i++) {
        const struct cw_store_invitation *invitation = &result->invitations[i];
        struct cw_entry *entry = &entries[i];
        cw_entry_put_number(entry, CW_E_ID, &entry->id, invitation->id);
        cw_entry_put_string(entry, CW_E_SENDER, &entry->sender, invitation->by);
        cw_entry_put_unless_0(entry, CW_E_CREATED, &entry->created_ms, invitation->created_ms);
        cw_entry_put_number(entry, CW_E_EXPIRES, &entry->expires_ms, invitation->expires_ms);
        cw_entry_put_number(entry, CW_E_USES, &entry->uses, invitation->uses);
    }
    cw_request_answer_list(core, request, entries, count,
                           result->more ? result->invitations[count - 1].id : 0);
}

void cw_on_server_invitations(struct cw_core *core, struct request *request)
{
    if (cw_request_page_good(core, request))
        cw_request_ask_page(core, request, CW_STORE_SERVER_INVITE_LIST, server_invitations_listed);
}

static void invitation_ended(struct cw_core *core, struct request *request,
                             const struct cw_event *event)
{
    if (!cw_request_refused(core, request, event->store, NULL))
        cw_request_answer(core, request, CW_SUCCESS);
}

void cw_on_end_invitation(struct cw_core *core, struct request *request)
{
    uint64_t id = request->msg->invitation_id;
    struct cw_store_request *store =
        cw_request_submit(core, request, CW_STORE_SERVER_INVITE_END, invitation_ended);
    store->user_id = cw_request_asker(request);
    store->invitation_id = id;
    request->outlives = true;
}
