/* on_group_settings.c - lists of groups and members, and the settings of a group:
 * groups, members, leave_group, set_topic, set_access, set_retention. */
#include <assert.h>

#include "base/codes.h"
#include "base/limits.h"
#include "core/bot.h"
#include "core/call.h"
#include "core/conversation.h"
#include "core/effect.h"
#include "core/group.h"
#include "core/group_event.h"
#include "core/handlers.h"
#include "core/membership.h"
#include "core/message_entry.h"
#include "core/presence.h"
#include "core/refusal.h"
#include "core/request.h"
#include "core/state.h"
#include "core/user.h"

static struct cw_store_request *ask_about_group(struct cw_core *core, struct request *request,
                                                enum cw_store_op op, step_fn *resume)
{
    assert(request->target_group != 0);
    struct cw_store_request *store = cw_request_ask_store(core, request, op, resume);
    store->user_id = request->sender->id;
    store->group_id = request->target_group;
    return store;
}

/* --- settings ------------------------------------------------------------------------- */

static void setting_stored(struct cw_core *core, struct request *request,
                           const struct cw_event *event)
{
    struct cw_extras about = {0};
    const char *what = "retention";
    if (cw_group_refused(core, request, event->store))
        return;
    if (request->action == CW_SET_TOPIC) {
        what = "topic";
        about.present = CW_BIT(CW_X_TOPIC);
        about.topic = request->msg->topic;
    } else if (request->action == CW_SET_ACCESS) {
        what = "access";
        about.present = CW_BIT(CW_X_ACCESS);
        about.access = request->msg->access;
    }
    const struct group *group = cw_group_by_id(core, request->target_group);
    if (group != NULL)
        cw_group_event_of(core, group, what, request, &about);
    cw_request_answer(core, request, CW_SUCCESS);
}

static struct cw_store_request *store_setting(struct cw_core *core, struct request *request,
                                              enum cw_store_op op)
{
    request->outlives = true;
    return ask_about_group(core, request, op, setting_stored);
}

/* Unicode's category Cc; the text is UTF-8. */
static bool has_control_characters(struct cw_slice text)
{
    for (size_t i = 0; i < text.n; i++)
        if (text.p[i] < 0x20 || text.p[i] == 0x7f ||
            (text.p[i] == 0xc2 && i + 1 < text.n && text.p[i + 1] < 0xa0))
            return true;
    return false;
}

void cw_on_set_topic(struct cw_core *core, struct request *request)
{
    struct cw_slice topic = request->msg->topic;
    if (has_control_characters(topic))
        cw_request_refuse_field(core, request, CW_RULE_TOPIC_LINE, "topic", 0);
    else if (topic.n > CW_TOPIC_MAX)
        cw_request_refuse_above(core, request, CW_RULE_TOPIC_LENGTH, CW_TOPIC_MAX);
    else if (cw_group_find_target(core, request))
        store_setting(core, request, CW_STORE_GROUP_TOPIC)->body =
            cw_effect_copy(core, request->msg->topic);
}

static struct cw_slice access_name(bool by_invitation, bool unlisted)
{
    return cw_slice_str(by_invitation ? "invited" : unlisted ? "unlisted" : "open");
}

void cw_on_set_access(struct cw_core *core, struct request *request)
{
    bool by_invitation = cw_slice_eq(request->msg->access, access_name(true, false));
    bool unlisted = cw_slice_eq(request->msg->access, access_name(false, true));
    if (!by_invitation && !unlisted &&
        !cw_slice_eq(request->msg->access, access_name(false, false))) {
        cw_request_refuse_field(core, request, CW_RULE_ACCESS, "access", 0);
    } else if (cw_group_find_target(core, request)) {
        struct cw_store_request *store = store_setting(core, request, CW_STORE_GROUP_ACCESS);
        store->by_invitation = by_invitation;
        store->unlisted = unlisted;
    }
}

void cw_on_set_retention(struct cw_core *core, struct request *request)
{
    struct cw_store_retention retain = {request->msg->days, request->msg->kept};
    if (retain.days > CW_RETENTION_DAYS_MAX)
        cw_request_refuse_field(core, request, CW_RULE_TO_MAX, "days", CW_RETENTION_DAYS_MAX);
    else if (retain.count > CW_RETENTION_KEPT_MAX)
        cw_request_refuse_field(core, request, CW_RULE_TO_MAX, "kept", CW_RETENTION_KEPT_MAX);
    else if (cw_group_find_target(core, request))
        store_setting(core, request, CW_STORE_GROUP_RETAIN)->retain = retain;
}

/* --- leave_group ------------------------------------------------------------------------ */

static void leave_group_stored(struct cw_core *core, struct request *request,
                               const struct cw_event *event)
{
    if (cw_group_refused(core, request, event->store))
        return;
    cw_group_leave(core, request, request->target_group, event->store->other_name);
    cw_bots_left(core, request->target_group, event->store);
    cw_request_answer(core, request, CW_SUCCESS);
}

void cw_on_leave_group(struct cw_core *core, struct request *request)
{
    if (!cw_group_find_target(core, request))
        return;
    request->outlives = true;
    ask_about_group(core, request, CW_STORE_GROUP_LEAVE, leave_group_stored);
}

/* --- groups, members ------------------------------------------------------------------------ */

static void describe_muted(const struct cw_core *core, uint64_t until_ms, struct cw_entry *entry)
{
    if (until_ms <= core->time_ms)
        return;
    entry->present |= CW_BIT(CW_E_UNTIL);
    entry->until_ms = until_ms;
}

static void describe_listed_group(const struct cw_core *core, const struct cw_store_group *stored,
                                  struct cw_entry *entry)
{
    const struct group *group = cw_group_by_id(core, stored->group_id);
    entry->present = CW_BIT(CW_E_NAME) | CW_BIT(CW_E_ROLE) | CW_BIT(CW_E_IN_CALL) |
                     CW_BIT(CW_E_TOPIC) | CW_BIT(CW_E_ACCESS) | CW_BIT(CW_E_MEMBERS) |
                     CW_BIT(CW_E_DAYS) | CW_BIT(CW_E_KEPT);
    entry->name = stored->name;
    entry->role = cw_role_name(stored->role);
    entry->in_call = group == NULL ? 0 : cw_call_size(group);
    entry->topic = stored->topic;
    entry->access = access_name(stored->by_invitation, stored->unlisted);
    entry->members = stored->member_count;
    entry->days = stored->retain.days;
    entry->kept = stored->retain.count;
    describe_muted(core, stored->muted_until_ms, entry);
}

static void groups_listed(struct cw_core *core, struct request *request,
                          const struct cw_event *event)
{
    const struct cw_store_result *result = event->store;
    if (cw_request_unavailable(core, request, result))
        return;
    struct cw_entry *entries = cw_request_make_entries(core, result->group_count);
    for (size_t i = 0; i < result->group_count; i++)
        describe_listed_group(core, &result->groups[i], &entries[i]);
    cw_request_answer_list(core, request, entries, result->group_count, 0);
}

void cw_on_groups(struct cw_core *core, struct request *request)
{
    cw_request_submit(core, request, CW_STORE_GROUP_LIST, groups_listed)->user_id =
        request->sender->id;
}

static bool is_in_call(const struct cw_core *core, uint64_t user_id, const struct group *group)
{
    const struct user *user = cw_user_by_id(core, user_id);
    return user != NULL && cw_call_has(group, user);
}

static void describe_member(struct cw_core *core, const struct group *group,
                            const struct cw_store_person *person, struct cw_entry *entry)
{
    entry->present = CW_BIT(CW_E_NAME);
    entry->name = person->name;
    cw_entry_put_unless_0(entry, CW_E_BOT, &entry->bot, person->bot);
    if (person->role == CW_ROLE_NONE) {
        entry->present |= CW_BIT(CW_E_BANNED);
        entry->banned = 1;
        return;
    }
    cw_entry_put_display(entry, person->display);
    cw_presence_describe(core, person->user_id, person->seen_ms, entry);
    entry->present |= CW_BIT(CW_E_ROLE) | CW_BIT(CW_E_IN_CALL);
    entry->role = cw_role_name(person->role);
    entry->in_call = group != NULL && is_in_call(core, person->user_id, group);
    describe_muted(core, person->muted_until_ms, entry);
}

static void members_listed(struct cw_core *core, struct request *request,
                           const struct cw_event *event)
{
    const struct cw_store_result *result = event->store;
    const struct group *group = cw_group_by_id(core, request->target_group);
    if (cw_group_refused(core, request, result))
        return;
    struct cw_entry *entries = cw_request_make_entries(core, result->person_count);
    for (size_t i = 0; i < result->person_count; i++)
        describe_member(core, group, &result->people[i], &entries[i]);
    uint64_t last =
        result->person_count == 0 ? 0 : result->people[result->person_count - 1].user_id;
    cw_request_answer_list(core, request, entries, result->person_count, result->more ? last : 0);
}

void cw_on_members(struct cw_core *core, struct request *request)
{
    const struct cw_extras *extras = &request->msg->extras;
    uint64_t after = extras->after;
    uint64_t limit = (extras->present & CW_BIT(CW_X_LIMIT)) != 0 ? extras->limit : CW_LIST_MAX;
    if (limit == 0 || limit > CW_LIST_MAX) {
        cw_request_refuse_key(core, request, CW_RULE_ONE_TO_MAX, "limit", CW_LIST_MAX);
        return;
    }
    if (!cw_group_find_target(core, request))
        return;
    struct cw_store_request *store =
        ask_about_group(core, request, CW_STORE_MEMBER_LIST, members_listed);
    store->after = after;
    store->limit = (uint32_t)limit;
}
