/* on_notify.c - of what a user is told, for all of their devices: notify, quiet_hours.
 *
 * What is set is known here while the user is attached (notify.h), so that asking for it costs no
 * request to the store. */
#include <assert.h>

#include "base/codes.h"
#include "core/audience.h"
#include "core/conversation.h"
#include "core/effect.h"
#include "core/handlers.h"
#include "core/notify.h"
#include "core/refusal.h"
#include "core/request.h"
#include "core/state.h"
#include "core/user.h"

/* To the user's devices, but for the session that has asked (0: none here has). */
static void tell_own_devices(struct cw_core *core, const struct user *user, uint64_t asking,
                             const struct cw_msg *update)
{
    assert(update->kind == CW_UPDATE && update->sender.n == 0);
    struct audience audience;
    cw_audience_init(core, &audience, cw_user_session_count(user));
    cw_audience_add_user(&audience, user, CW_FEATURE_READ, asking);
    cw_effect_send(core, update, &audience, false);
}

/* --- notify ------------------------------------------------------------------------------ */

static bool sets_until(const struct request *request)
{
    return (request->msg->extras.present & CW_BIT(CW_X_UNTIL)) != 0;
}

static void put_rule(const struct cw_store_notify *rule, struct cw_msg *msg)
{
    msg->level = cw_notify_level_name(rule->level);
    assert(msg->level.n != 0);
    msg->extras.map_present = true;
    if (rule->until_ms == 0)
        return;
    msg->extras.present |= CW_BIT(CW_X_UNTIL);
    msg->extras.until = rule->until_ms;
}

static void answer_rule(struct cw_core *core, struct request *request,
                        const struct cw_store_notify *rule)
{
    struct cw_msg *answer = cw_request_make_answer(core);
    put_rule(rule, answer);
    cw_request_answer_with(core, request, answer);
}

void cw_notify_tell(struct cw_core *core, const struct request *request,
                    const struct cw_store_notify *rule)
{
    struct cw_msg update = {.kind = CW_UPDATE,
                            .action = CW_NOTIFY,
                            .conversation = cw_conversation_name(core, request)};
    put_rule(rule, &update);
    if (update.conversation.n != 0)
        tell_own_devices(core, request->sender, cw_request_told(request), &update);
}

static void notify_stored(struct cw_core *core, struct request *request,
                          const struct cw_event *event)
{
    const struct cw_store_result *result = event->store;
    if (cw_request_refused(core, request, result, NULL))
        return;
    assert(result->notify_count == 1 && request->outlives);
    const struct cw_store_notify *rule = &result->notify[0];
    cw_notify_set(core, &request->sender->notify, rule);
    if (!result->repeated)
        cw_notify_tell(core, request, rule);
    answer_rule(core, request, rule);
}

static void notify_found(struct cw_core *core, struct request *request)
{
    const struct cw_msg *msg = request->msg;
    uint64_t conversation = cw_conversation_id(request), until_ms = msg->extras.until;
    enum cw_notify_level level = CW_NOTIFY_DEFAULT;
    bool sets_level = cw_notify_level_read(msg->level, &level), mutes = sets_until(request);
    if (!sets_level && !mutes) {
        const struct cw_store_notify rule =
            cw_notify_of(core, request->sender->notify, conversation);
        answer_rule(core, request, &rule);
        return;
    }
    struct cw_store_request *store =
        cw_request_submit(core, request, CW_STORE_NOTIFY_SET, notify_stored);
    store->user_id = request->sender->id;
    store->conversation = conversation;
    store->sets_level = sets_level;
    store->level = level;
    store->sets_until = mutes;
    store->until_ms = until_ms;
    request->outlives = true;
}

void cw_on_notify(struct cw_core *core, struct request *request)
{
    enum cw_notify_level level;
    const struct cw_msg *msg = request->msg;
    if (msg->level.n != 0 && !cw_notify_level_read(msg->level, &level))
        cw_request_refuse_field(core, request, CW_RULE_LEVEL, "level", 0);
    else if (sets_until(request) && msg->extras.until > CW_MUTED_UNTIL_MAX)
        cw_request_refuse_key(core, request, CW_RULE_TO_MAX, "until", CW_MUTED_UNTIL_MAX);
    else
        cw_conversation_find(core, request, msg->conversation, notify_found);
}

/* --- quiet_hours ------------------------------------------------------------------------- */

/* "off" when there are none. */
static struct cw_slice text_of(struct cw_core *core, const struct cw_quiet_hours *hours)
{
    char text[CW_QUIET_HOURS_MAX];
    size_t n = cw_quiet_hours_write(hours, text);
    assert(n <= sizeof text);
    return n == 0 ? cw_slice_str("off") : cw_effect_copy(core, cw_slice_of(text, n));
}

static void answer_hours(struct cw_core *core, struct request *request)
{
    static const struct cw_quiet_hours none;
    const struct notify *notify = request->sender->notify;
    struct cw_msg *answer = cw_request_make_answer(core);
    answer->hours = text_of(core, notify == NULL ? &none : &notify->quiet);
    cw_request_answer_with(core, request, answer);
}

void cw_quiet_hours_tell(struct cw_core *core, const struct user *user, uint64_t asking,
                         struct cw_slice hours)
{
    const struct cw_msg update = {.kind = CW_UPDATE,
                                  .action = CW_QUIET_HOURS,
                                  .hours = hours.n == 0 ? cw_slice_str("off") : hours};
    tell_own_devices(core, user, asking, &update);
}

static void quiet_hours_stored(struct cw_core *core, struct request *request,
                               const struct cw_event *event)
{
    const struct cw_store_result *result = event->store;
    if (cw_request_refused(core, request, result, NULL))
        return;
    cw_notify_set_quiet(core, &request->sender->notify, result->quiet_hours);
    if (!result->repeated)
        cw_quiet_hours_tell(core, request->sender, cw_request_told(request), result->quiet_hours);
    answer_hours(core, request);
}

void cw_on_quiet_hours(struct cw_core *core, struct request *request)
{
    struct cw_quiet_hours hours = {0};
    struct cw_slice text = request->msg->hours;
    if (text.n == 0) {
        answer_hours(core, request);
        return;
    }
    bool off = cw_slice_eq(text, cw_slice_str("off"));
    if (!off && !cw_quiet_hours_read(text, &hours)) {
        cw_request_refuse_field(core, request, CW_RULE_QUIET_HOURS, "hours", 0);
        return;
    }
    char written[CW_QUIET_HOURS_MAX];
    size_t n = off ? 0 : cw_quiet_hours_write(&hours, written);
    assert(n <= sizeof written && off == (n == 0));
    struct cw_slice body = cw_effect_copy(core, cw_slice_of(written, n));
    struct cw_store_request *store =
        cw_request_submit(core, request, CW_STORE_QUIET_SET, quiet_hours_stored);
    store->user_id = request->sender->id;
    store->body = body;
    request->outlives = true;
}
