/* on_group_settings.c - lists of groups and members, and the settings of a group:
 * groups, members, leave_group, set_topic, set_access, set_retention, set_writers, set_here,
 * set_slow_mode, set_versions. */
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
#include "core/names.h"
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

static struct cw_slice access_name(bool by_invitation, bool unlisted)
{
    return cw_slice_str(by_invitation ? "invited" : unlisted ? "unlisted" : "open");
}

static struct cw_slice writers_name(bool announcements)
{
    return cw_slice_str(announcements ? "moderators" : "all");
}

static bool is_announcing(const struct cw_msg *msg)
{
    return cw_slice_eq(msg->writers, writers_name(true));
}

static const char *const heres[] = {
    [CW_HERE_MODERATORS] = "moderators", [CW_HERE_ALL] = "all", [CW_HERE_NOBODY] = "nobody"};

static bool here_named(struct cw_slice name, enum cw_store_here *here)
{
    for (int i = 0; i < CW_HERE_COUNT; i++)
        if (cw_slice_eq(name, cw_slice_str(heres[i]))) {
            *here = (enum cw_store_here)i;
            return true;
        }
    return false;
}

/* What the members are told: the name of the event, and its keys. */
static const char *describe_setting(const struct cw_msg *msg, struct cw_extras *about)
{
    switch (msg->action) {
    case CW_SET_TOPIC:
        about->present = CW_BIT(CW_X_TOPIC);
        about->topic = msg->topic;
        return "topic";
    case CW_SET_ACCESS:
        about->present = CW_BIT(CW_X_ACCESS);
        about->access = msg->access;
        return "access";
    case CW_SET_WRITERS:
        about->present = CW_BIT(CW_X_ROLE);
        about->role = cw_role_name(is_announcing(msg) ? CW_ROLE_MODERATOR : CW_ROLE_MEMBER);
        return "writers";
    case CW_SET_HERE:
        about->present = CW_BIT(CW_X_ACCESS);
        about->access = msg->here;
        return "here";
    case CW_SET_SLOW_MODE:
        about->present = CW_BIT(CW_X_LIMIT);
        about->limit = msg->seconds;
        return "slow_mode";
    case CW_SET_VERSIONS:
        about->present = CW_BIT(CW_X_LIMIT);
        about->limit = msg->days;
        return "versions";
    default:
        assert(msg->action == CW_SET_RETENTION);
        return "retention";
    }
}

/* The request at another server of which this is the news. False: there is none, as of a value
 * that a later version has. */
static bool asked_elsewhere(const struct cw_store_news *news, struct cw_msg *msg)
{
    uint64_t number = news->number;
    switch (news->kind) {
    case CW_NEWS_ACCESS:
        msg->action = CW_SET_ACCESS;
        msg->access = access_name(number == 1, number == 2);
        return number <= 2;
    case CW_NEWS_WRITERS:
        msg->action = CW_SET_WRITERS;
        msg->writers = writers_name(number != 0);
        return true;
    case CW_NEWS_HERE:
        msg->action = CW_SET_HERE;
        msg->here = cw_slice_str(number < CW_HERE_COUNT ? heres[number] : "");
        return number < CW_HERE_COUNT;
    case CW_NEWS_SLOW_MODE:
        msg->action = CW_SET_SLOW_MODE;
        msg->seconds = number;
        return true;
    case CW_NEWS_VERSIONS:
        msg->action = CW_SET_VERSIONS;
        msg->days = number;
        return true;
    default:
        msg->action = CW_SET_RETENTION;
        return news->kind == CW_NEWS_RETENTION;
    }
}

void cw_group_setting_heard(struct cw_core *core, const struct cw_store_news *news)
{
    const struct group *group = cw_group_by_id(core, news->group_id);
    struct cw_msg msg = {0};
    struct cw_extras about = {0};
    if (group == NULL || !asked_elsewhere(news, &msg))
        return;
    const char *what = describe_setting(&msg, &about);
    cw_group_event_named(core, group, what, news->user_name, &about);
}

static void setting_stored(struct cw_core *core, struct request *request,
                           const struct cw_event *event)
{
    struct cw_extras about = {0};
    if (cw_group_refused(core, request, event->store))
        return;
    assert(request->outlives && request->target_group != 0);
    const char *what = describe_setting(request->msg, &about);
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

void cw_on_set_topic(struct cw_core *core, struct request *request)
{
    struct cw_slice topic = request->msg->topic;
    if (!cw_names_is_line(topic))
        cw_request_refuse_field(core, request, CW_RULE_TOPIC_LINE, "topic", 0);
    else if (topic.n > CW_TOPIC_MAX)
        cw_request_refuse_above(core, request, CW_RULE_TOPIC_LENGTH, CW_TOPIC_MAX);
    else if (cw_group_find_target(core, request))
        store_setting(core, request, CW_STORE_GROUP_TOPIC)->body =
            cw_effect_copy(core, request->msg->topic);
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

void cw_on_set_writers(struct cw_core *core, struct request *request)
{
    bool announcements = is_announcing(request->msg);
    if (!announcements && !cw_slice_eq(request->msg->writers, writers_name(false)))
        cw_request_refuse_field(core, request, CW_RULE_WRITERS, "writers", 0);
    else if (cw_group_find_target(core, request))
        store_setting(core, request, CW_STORE_GROUP_WRITERS)->announcements = announcements;
}

void cw_on_set_here(struct cw_core *core, struct request *request)
{
    enum cw_store_here here;
    if (!here_named(request->msg->here, &here))
        cw_request_refuse_field(core, request, CW_RULE_HERE_SETTING, "here", 0);
    else if (cw_group_find_target(core, request))
        store_setting(core, request, CW_STORE_GROUP_HERE)->here = here;
}

void cw_on_set_slow_mode(struct cw_core *core, struct request *request)
{
    uint64_t seconds = request->msg->seconds;
    if (seconds > CW_SLOW_SECONDS_MAX)
        cw_request_refuse_field(core, request, CW_RULE_TO_MAX, "seconds", CW_SLOW_SECONDS_MAX);
    else if (cw_group_find_target(core, request))
        store_setting(core, request, CW_STORE_GROUP_SLOW)->slow_s = seconds;
}

void cw_on_set_versions(struct cw_core *core, struct request *request)
{
    uint64_t days = request->msg->days;
    if (days > CW_VERSION_DAYS_MAX)
        cw_request_refuse_field(core, request, CW_RULE_TO_MAX, "days", CW_VERSION_DAYS_MAX);
    else if (cw_group_find_target(core, request))
        store_setting(core, request, CW_STORE_GROUP_VERSIONS)->version_days = days;
}

/* --- leave_group ------------------------------------------------------------------------ */

static void leave_group_stored(struct cw_core *core, struct request *request,
                               const struct cw_event *event)
{
    if (cw_group_refused(core, request, event->store))
        return;
    assert(event->store->op == CW_STORE_GROUP_LEAVE);
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

/* The groups under a heading follow one another: ORDER_STEP is more than there are places. */
#define ORDER_STEP (CW_PLACE_MAX + 1)

/* What most groups do not have. */
static void describe_place(const struct cw_store_group *stored, struct cw_entry *entry)
{
    if (stored->announcements)
        cw_entry_put_string(entry, CW_E_WRITERS, &entry->writers, writers_name(true));
    if (stored->here != CW_HERE_MODERATORS && stored->here < CW_HERE_COUNT)
        cw_entry_put_string(entry, CW_E_HERE, &entry->here, cw_slice_str(heres[stored->here]));
    cw_entry_put_unless_0(entry, CW_E_SLOW, &entry->slow_s, stored->slow_s);
    cw_entry_put_unless_0(entry, CW_E_VERSIONS, &entry->version_days, stored->version_days);
    if (stored->heading.n != 0)
        cw_entry_put_string(entry, CW_E_HEADING, &entry->heading, stored->heading);
    cw_entry_put_unless_0(entry, CW_E_ORDER, &entry->order,
                          stored->heading_place * ORDER_STEP + stored->place);
    cw_entry_put_unless_0(entry, CW_E_NEWCOMERS, &entry->newcomers, stored->newcomers);
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
    entry->in_call = group == NULL ? 0 : cw_call_size(core, group);
    entry->topic = stored->topic;
    entry->access = access_name(stored->by_invitation, stored->unlisted);
    entry->members = stored->member_count;
    entry->days = stored->retain.days;
    entry->kept = stored->retain.count;
    describe_muted(core, stored->muted_until_ms, entry);
    describe_place(stored, entry);
}

/* Those without a place come first, as the store lists them. */
static void put_groups_in_order(struct cw_entry *entries, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        struct cw_entry entry = entries[i];
        size_t at = i;
        for (; at > 0 && entries[at - 1].order > entry.order; at--)
            entries[at] = entries[at - 1];
        entries[at] = entry;
    }
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
    put_groups_in_order(entries, result->group_count);
    cw_request_answer_list(core, request, entries, result->group_count, 0);
}

void cw_on_groups(struct cw_core *core, struct request *request)
{
    cw_request_submit(core, request, CW_STORE_GROUP_LIST, groups_listed)->user_id =
        request->sender->id;
}

static bool is_in_call(const struct cw_core *core, uint64_t user_id, const struct group *group)
{
    return cw_call_has_id(core, cw_mailbox_of_group(group->id), user_id);
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
