/* notify.c - see notify.h. Loaded when a session is attached (attach.c, part.c), changed by
 * on_notify.c, asked by fan_out.c, delivery.c and push.c. */
#include "core/notify.h"

#include <assert.h>
#include <stdlib.h>

#include "core/state.h"

/* --- what is set -------------------------------------------------------------------------- */

static struct notify *make_notify(struct cw_core *core, struct notify **notify)
{
    if (*notify == NULL) {
        *notify = cw_alloc_zero(sizeof **notify);
        core->notify_count++;
    }
    return *notify;
}

void cw_notify_forget(struct cw_core *core, struct notify **notify)
{
    if (*notify == NULL)
        return;
    assert(core->notify_count > 0);
    core->notify_count--;
    free((*notify)->rules);
    free(*notify);
    *notify = NULL;
}

static void forget_empty(struct cw_core *core, struct notify **notify)
{
    if (*notify != NULL && (*notify)->count == 0 && (*notify)->quiet.days == 0)
        cw_notify_forget(core, notify);
}

/* The place of the rule about this conversation, or where it would be. */
static size_t place_of(const struct notify *notify, uint64_t conversation)
{
    size_t low = 0, high = notify->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (notify->rules[middle].conversation < conversation)
            low = middle + 1;
        else
            high = middle;
    }
    assert(low == 0 || notify->rules[low - 1].conversation < conversation);
    assert(low == notify->count || notify->rules[low].conversation >= conversation);
    return low;
}

static bool is_at(const struct notify *notify, size_t place, uint64_t conversation)
{
    return place < notify->count && notify->rules[place].conversation == conversation;
}

static void remove_rule(struct notify *notify, size_t place)
{
    assert(place < notify->count);
    notify->count--;
    memmove(notify->rules + place, notify->rules + place + 1,
            (notify->count - place) * sizeof notify->rules[0]);
}

static void insert_rule(struct notify *notify, size_t place, const struct cw_store_notify *rule)
{
    assert(place == 0 || notify->rules[place - 1].conversation < rule->conversation);
    assert(place == notify->count || notify->rules[place].conversation > rule->conversation);
    notify->rules = cw_realloc(notify->rules, (notify->count + 1) * sizeof notify->rules[0]);
    memmove(notify->rules + place + 1, notify->rules + place,
            (notify->count - place) * sizeof notify->rules[0]);
    notify->rules[place] = *rule;
    notify->count++;
}

void cw_notify_set(struct cw_core *core, struct notify **notify, const struct cw_store_notify *rule)
{
    struct notify *set = make_notify(core, notify);
    size_t place = place_of(set, rule->conversation);
    if (is_at(set, place, rule->conversation))
        remove_rule(set, place);
    if (rule->level != CW_NOTIFY_DEFAULT || rule->until_ms != 0)
        insert_rule(set, place, rule);
    forget_empty(core, notify);
}

void cw_notify_set_quiet(struct cw_core *core, struct notify **notify, struct cw_slice hours)
{
    struct notify *set = make_notify(core, notify);
    if (!cw_quiet_hours_read(hours, &set->quiet))
        set->quiet = (struct cw_quiet_hours){0};
    forget_empty(core, notify);
}

void cw_notify_load(struct cw_core *core, struct notify **notify,
                    const struct cw_store_result *result)
{
    cw_notify_forget(core, notify);
    if (result->notify_count == 0 && result->quiet_hours.n == 0)
        return;
    struct notify *set = make_notify(core, notify);
    for (size_t i = 0; i < result->notify_count; i++)
        insert_rule(set, i, &result->notify[i]);
    cw_notify_set_quiet(core, notify, result->quiet_hours);
}

struct cw_store_notify cw_notify_of(const struct cw_core *core, const struct notify *notify,
                                    uint64_t conversation)
{
    struct cw_store_notify rule = {.conversation = conversation};
    size_t place = notify == NULL ? 0 : place_of(notify, conversation);
    if (notify != NULL && is_at(notify, place, conversation))
        rule = notify->rules[place];
    if (rule.until_ms <= core->time_ms)
        rule.until_ms = 0;
    return rule;
}

/* --- levels ------------------------------------------------------------------------------- */

static const char *const levels[CW_NOTIFY_LEVELS] = {[CW_NOTIFY_DEFAULT] = "default",
                                                     [CW_NOTIFY_ALL] = "all",
                                                     [CW_NOTIFY_MENTIONS] = "mentions",
                                                     [CW_NOTIFY_NOTHING] = "nothing"};

struct cw_slice cw_notify_level_name(enum cw_notify_level level)
{
    return cw_slice_str((unsigned)level < CW_NOTIFY_LEVELS ? levels[level] : "");
}

bool cw_notify_level_read(struct cw_slice name, enum cw_notify_level *level)
{
    for (int i = 0; i < CW_NOTIFY_LEVELS; i++)
        if (cw_slice_eq(name, cw_slice_str(levels[i]))) {
            *level = (enum cw_notify_level)i;
            return true;
        }
    return false;
}

/* --- the judgement ------------------------------------------------------------------------ */

static bool is_wanted(const struct cw_core *core, const struct notify *notify,
                      const struct cw_store_notify *rule, bool by_default, bool mentioned)
{
    if (rule->until_ms != 0 || cw_quiet_hours_hold(&notify->quiet, core->time_ms))
        return false;
    switch (rule->level) {
    case CW_NOTIFY_ALL:
        return true;
    case CW_NOTIFY_MENTIONS:
        return mentioned;
    case CW_NOTIFY_NOTHING:
        return false;
    default:
        return by_default;
    }
}

static bool is_told_by_default(uint64_t conversation, bool mentioned)
{
    return mentioned || !cw_mailbox_is_group(conversation);
}

bool cw_notify_wants(const struct cw_core *core, const struct notify *notify, uint64_t conversation,
                     bool mentioned)
{
    const struct cw_store_notify rule = cw_notify_of(core, notify, conversation);
    return is_wanted(core, notify, &rule, is_told_by_default(conversation, mentioned), mentioned);
}

unsigned cw_notify_judge(const struct cw_core *core, const struct notify *notify,
                         uint64_t conversation, bool mentioned)
{
    unsigned marks = mentioned ? MARK_MENTIONED : 0;
    bool by_default = is_told_by_default(conversation, mentioned);
    if (notify == NULL)
        return marks;
    bool wanted = cw_notify_wants(core, notify, conversation, mentioned);
    if (wanted != by_default)
        marks |= wanted ? MARK_NOTIFY : MARK_QUIET;
    return marks;
}

void cw_notify_mark(struct cw_msg *update, unsigned marks)
{
    struct cw_extras *extras = &update->extras;
    assert(marks < MARKS);
    if ((marks & MARK_MENTIONED) != 0) {
        extras->present |= CW_BIT(CW_X_MENTIONED);
        extras->mentioned = 1;
    }
    if ((marks & (MARK_NOTIFY | MARK_QUIET)) != 0) {
        extras->present |= CW_BIT(CW_X_NOTIFY);
        extras->notify = (marks & MARK_NOTIFY) != 0;
    }
}
