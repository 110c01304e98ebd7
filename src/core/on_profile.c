/* on_profile.c - what users say of themselves: set_profile, profile. Who is told of a change is the
 * audience of presence.c; what others may know is for the store. */
#include <assert.h>
#include <stdio.h>

#include "base/codes.h"
#include "base/limits.h"
#include "core/find_user.h"
#include "core/handlers.h"
#include "core/message_entry.h"
#include "core/presence.h"
#include "core/refusal.h"
#include "core/request.h"
#include "core/state.h"
#include "core/user.h"
#include "text/profile_text.h"

#define DAY_MS (UINT64_C(24) * 3600 * 1000)

static const char *const item_names[CW_PROFILE_ITEMS] = {
    [CW_PROFILE_DISPLAY] = "display",     [CW_PROFILE_STATUS] = "status",
    [CW_PROFILE_AVATAR] = "avatar",       [CW_PROFILE_ZONE] = "zone",
    [CW_PROFILE_LAST_SEEN] = "last_seen", [CW_PROFILE_LISTED] = "listed"};

static enum cw_profile_item item_named(struct cw_slice name)
{
    enum cw_profile_item item = CW_PROFILE_DISPLAY;
    while (item < CW_PROFILE_ITEMS && !cw_slice_eq(name, cw_slice_str(item_names[item])))
        item++;
    return item;
}

/* --- what may be set ------------------------------------------------------------------- */

/* False: answered. */
static bool fits(struct cw_core *core, struct request *request, size_t most)
{
    if (request->msg->value.n <= most)
        return true;
    cw_request_refuse_field(core, request, CW_RULE_LENGTH_MAX, "value", most);
    return false;
}

static bool good_display(struct cw_core *core, struct request *request)
{
    struct cw_slice display = request->msg->value;
    enum cw_rule rule = display.n == 0 ? CW_RULE_NONE : cw_display_fault(display);
    if (!fits(core, request, CW_DISPLAY_MAX))
        return false;
    if (rule != CW_RULE_NONE)
        cw_request_refuse(core, request, rule);
    return rule == CW_RULE_NONE;
}

static bool good_status(struct cw_core *core, struct request *request)
{
    const struct cw_extras *extras = &request->msg->extras;
    uint64_t latest = core->time_ms + CW_STATUS_DAYS_MAX * DAY_MS;
    if (!fits(core, request, CW_STATUS_MAX))
        return false;
    if (!cw_status_is_good(request->msg->value)) {
        cw_request_refuse_field(core, request, CW_RULE_STATUS_LINE, "value", 0);
        return false;
    }
    if (extras->until != 0 && (extras->until <= core->time_ms || extras->until > latest)) {
        cw_request_refuse_key(core, request, CW_RULE_STATUS_UNTIL, "until", 0);
        return false;
    }
    return true;
}

static bool good_zone(struct cw_core *core, struct request *request)
{
    struct cw_slice zone = request->msg->value;
    bool good = zone.n == 0 || cw_zone_is_good(zone);
    if (!good)
        cw_request_refuse_field(core, request, CW_RULE_PROFILE_ZONE, "value", 0);
    return good;
}

static bool is_on(struct cw_slice value)
{
    return cw_slice_eq(value, cw_slice_str("on"));
}

static bool good_switch(struct cw_core *core, struct request *request)
{
    bool good = is_on(request->msg->value) || cw_slice_eq(request->msg->value, cw_slice_str("off"));
    if (!good)
        cw_request_refuse_field(core, request, CW_RULE_PROFILE_SWITCH, "value", 0);
    return good;
}

/* The id of a file in digits; 0: none. UINT64_MAX: it is none. */
static uint64_t avatar_id(struct cw_slice value)
{
    uint64_t id = 0;
    if (value.n > 19)
        return UINT64_MAX;
    for (size_t i = 0; i < value.n; i++) {
        if (value.p[i] < '0' || value.p[i] > '9')
            return UINT64_MAX;
        id = id * 10 + (uint64_t)(value.p[i] - '0');
    }
    return id;
}

static bool good_avatar(struct cw_core *core, struct request *request)
{
    bool good = avatar_id(request->msg->value) != UINT64_MAX;
    if (!good)
        cw_request_refuse_above(core, request, CW_RULE_AVATAR, CW_AVATAR_BYTES_MAX);
    return good;
}

/* --- set_profile ------------------------------------------------------------------------ */

/* Who is hidden, or listed, is known to the user alone. */
static bool is_own(enum cw_profile_item item)
{
    return item == CW_PROFILE_LAST_SEEN || item == CW_PROFILE_LISTED;
}

static void describe_item(struct cw_msg *update, enum cw_profile_item item, struct cw_slice value,
                          uint64_t until_ms)
{
    *update = (struct cw_msg){.kind = CW_UPDATE,
                              .action = CW_PROFILE,
                              .item = cw_slice_str(item_names[item]),
                              .value = value};
    if (item != CW_PROFILE_STATUS || until_ms == 0)
        return;
    update->extras.map_present = true;
    update->extras.present = CW_BIT(CW_X_UNTIL);
    update->extras.until = until_ms;
}

static void tell_profile(struct cw_core *core, const struct request *request,
                         enum cw_profile_item item)
{
    struct cw_msg update;
    describe_item(&update, item, request->msg->value, request->msg->extras.until);
    cw_presence_tell_profile(core, request->sender->id, &update, is_own(item),
                             cw_request_told(request));
}

static struct cw_slice in_digits(struct cw_core *core, uint64_t id)
{
    enum { ROOM = 21 };
    char *text = cw_arena_alloc(&core->effects->arena, ROOM);
    return cw_slice_of(text, (size_t)snprintf(text, ROOM, "%llu", (unsigned long long)id));
}

/* As the user has set it. */
static struct cw_slice value_of(struct cw_core *core, const struct cw_store_profile *profile,
                                enum cw_profile_item item)
{
    switch (item) {
    case CW_PROFILE_DISPLAY:
        return profile->display;
    case CW_PROFILE_STATUS:
        return profile->status;
    case CW_PROFILE_AVATAR:
        return profile->avatar == 0 ? (struct cw_slice){0} : in_digits(core, profile->avatar);
    case CW_PROFILE_ZONE:
        return profile->zone;
    case CW_PROFILE_LAST_SEEN:
        return cw_slice_str(profile->hidden ? "off" : "on");
    default:
        return cw_slice_str(profile->listed ? "on" : "off");
    }
}

void cw_profile_heard(struct cw_core *core, const struct cw_store_news *news)
{
    const struct cw_store_profile *profile = &news->user.profile;
    enum cw_profile_item item = (enum cw_profile_item)news->number;
    struct cw_msg update;
    if (news->user.user_id == 0 || news->number >= CW_PROFILE_ITEMS)
        return;
    describe_item(&update, item, value_of(core, profile, item), profile->status_until_ms);
    cw_presence_tell_foreign_profile(core, &news->user, &update, is_own(item));
}

static void profile_stored(struct cw_core *core, struct request *request,
                           const struct cw_event *event)
{
    enum cw_profile_item item = item_named(request->msg->item);
    if (cw_request_refused(core, request, event->store, NULL))
        return;
    assert(item < CW_PROFILE_ITEMS && request->outlives);
    if (item == CW_PROFILE_LAST_SEEN)
        cw_presence_set_hidden(core, request->sender, !is_on(request->msg->value));
    if (!event->store->repeated)
        tell_profile(core, request, item);
    cw_request_answer(core, request, CW_SUCCESS);
}

static void set_item(struct cw_core *core, struct request *request, enum cw_profile_item item)
{
    struct cw_store_request *store =
        cw_request_ask_store(core, request, CW_STORE_PROFILE_SET, profile_stored);
    const struct cw_msg *msg = request->msg;
    store->user_id = request->sender->id;
    assert(item != CW_PROFILE_AVATAR || avatar_id(msg->value) != UINT64_MAX);
    store->item = item;
    store->body = cw_request_bytes(core, request, msg->value);
    store->until_ms = item == CW_PROFILE_STATUS ? msg->extras.until : 0;
    store->file_id = item == CW_PROFILE_AVATAR ? avatar_id(msg->value) : 0;
    store->on = is_on(msg->value);
    request->outlives = true;
}

void cw_on_set_profile(struct cw_core *core, struct request *request)
{
    typedef bool good_value(struct cw_core * core, struct request * request);
    static good_value *const checks[CW_PROFILE_ITEMS] = {
        [CW_PROFILE_DISPLAY] = good_display,  [CW_PROFILE_STATUS] = good_status,
        [CW_PROFILE_AVATAR] = good_avatar,    [CW_PROFILE_ZONE] = good_zone,
        [CW_PROFILE_LAST_SEEN] = good_switch, [CW_PROFILE_LISTED] = good_switch};
    enum cw_profile_item item = item_named(request->msg->item);
    if (item == CW_PROFILE_ITEMS)
        cw_request_refuse_field(core, request, CW_RULE_PROFILE_ITEM, "item", 0);
    else if (item == CW_PROFILE_LISTED && request->sender->bot) /* people are listed */
        cw_request_refuse(core, request, CW_RULE_NOT_FOR_BOTS);
    else if (checks[item](core, request))
        set_item(core, request, item);
}

/* --- profile ------------------------------------------------------------------------------ */

struct listed_items {
    struct cw_entry *entries;
    size_t count;
};

static struct cw_entry *add_item(struct listed_items *items, const char *name)
{
    assert(items->count < CW_PROFILE_ITEMS + 1);
    struct cw_entry *entry = &items->entries[items->count++];
    cw_entry_put_string(entry, CW_E_KIND, &entry->kind, cw_slice_str(name));
    return entry;
}

static struct cw_entry *add_text(struct listed_items *items, enum cw_profile_item item,
                                 struct cw_slice text)
{
    if (text.n == 0)
        return NULL;
    struct cw_entry *entry = add_item(items, item_names[item]);
    cw_entry_put_string(entry, CW_E_CONTENT, &entry->content, text);
    return entry;
}

static void add_avatar(struct listed_items *items, const struct cw_store_profile *profile)
{
    if (profile->avatar == 0)
        return;
    struct cw_entry *entry = add_item(items, item_names[CW_PROFILE_AVATAR]);
    cw_entry_put_number(entry, CW_E_FILE, &entry->file_id, profile->avatar);
    cw_entry_put_number(entry, CW_E_SIZE, &entry->size, profile->avatar_size);
    cw_entry_put_string(entry, CW_E_TYPE, &entry->file_type, profile->avatar_type);
}

/* In the order of enum cw_profile_item; then the state. */
static void list_items(struct cw_core *core, const struct request *request,
                       const struct cw_store_profile *profile, struct listed_items *items)
{
    add_text(items, CW_PROFILE_DISPLAY, profile->display);
    struct cw_entry *status = add_text(items, CW_PROFILE_STATUS, profile->status);
    if (status != NULL)
        cw_entry_put_unless_0(status, CW_E_UNTIL, &status->until_ms, profile->status_until_ms);
    add_avatar(items, profile);
    add_text(items, CW_PROFILE_ZONE, profile->zone);
    if (request->target == request->sender) {
        add_text(items, CW_PROFILE_LAST_SEEN, cw_slice_str(profile->hidden ? "off" : "on"));
        add_text(items, CW_PROFILE_LISTED, cw_slice_str(profile->listed ? "on" : "off"));
    }
    cw_presence_describe(core, request->target->id, profile->seen_ms, add_item(items, "presence"));
}

static void profile_read(struct cw_core *core, struct request *request,
                         const struct cw_event *event)
{
    const struct cw_store_result *result = event->store;
    struct listed_items items = {cw_request_make_entries(core, CW_PROFILE_ITEMS + 1), 0};
    bool blocked = result->status == CW_STORE_EXISTS;
    assert(request->target != NULL);
    if (!blocked && cw_request_refused(core, request, result, NULL))
        return;
    if (!blocked)
        list_items(core, request, &result->profile, &items);
    struct cw_msg *answer = cw_request_make_answer(core);
    answer->extras.map_present = true;
    answer->extras.present = CW_BIT(CW_X_LIST) | CW_BIT(CW_X_USER);
    answer->extras.user = cw_user_name(request->target);
    answer->extras.list = (struct cw_list){.items = items.entries, .count = (uint32_t)items.count};
    cw_request_answer_with(core, request, answer);
}

static void profile_found(struct cw_core *core, struct request *request)
{
    struct cw_store_request *store =
        cw_request_submit(core, request, CW_STORE_PROFILE_READ, profile_read);
    store->user_id = request->sender->id;
    store->other_id = request->target->id;
}

void cw_on_profile(struct cw_core *core, struct request *request)
{
    if (cw_request_fold(core, request, request->msg->person))
        cw_user_find(core, request, profile_found);
}
