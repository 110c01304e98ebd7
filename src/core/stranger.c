/* stranger.c - the rate of first messages to strangers. Only the store knows whether two users have
 * a conversation. So a message takes one from the sender's rate before it is stored, unless the
 * sender has written to the recipient lately, and gives it back if it was not a first message. When
 * the rate is used up, the store is asked to refuse the message only if it is a first one: users
 * can always write to users that they know. */
#include "core/stranger.h"

#include <assert.h>

#include "core/bucket.h"
#include "core/request.h"
#include "core/state.h"
#include "core/user.h"

static bool knows(const struct user *user, const struct user *other)
{
    const struct activity *activity = user->activity;
    for (size_t i = 0; activity != NULL && i < CW_ACQUAINTANCES; i++)
        if (activity->acquaintances[i] == other->id)
            return true;
    return false;
}

static void remember(struct user *user, const struct user *other)
{
    if (knows(user, other))
        return;
    struct activity *activity = cw_user_activity(user);
    assert(activity->acquaintance_next < CW_ACQUAINTANCES && user != other);
    activity->acquaintances[activity->acquaintance_next] = (uint32_t)other->id;
    activity->acquaintance_next = (uint8_t)((activity->acquaintance_next + 1) % CW_ACQUAINTANCES);
}

bool cw_stranger_allowed(struct cw_core *core, struct request *request)
{
    struct user *sender = request->sender;
    unsigned per_minute = core->config.strangers_per_minute;
    if (per_minute == 0 || request->target == NULL || request->target == sender ||
        knows(sender, request->target))
        return true;
    request->first = cw_bucket_take(&cw_user_activity(sender)->firsts, core->now_ms, 1,
                                    per_minute / 60.0, per_minute);
    return request->first;
}

void cw_stranger_stored(struct cw_core *core, struct request *request,
                        const struct cw_store_result *result)
{
    unsigned per_minute = core->config.strangers_per_minute;
    struct user *sender = request->sender;
    bool good = result->status == CW_STORE_OK;
    bool stranger = good && !result->repeated && result->stranger;
    if (per_minute == 0 || request->target == NULL || request->target == sender)
        return;
    if (good && !result->gone)
        remember(sender, request->target);
    if (request->first && !stranger)
        cw_bucket_give(&cw_user_activity(sender)->firsts, 1, per_minute / 60.0);
    request->first = false;
}
