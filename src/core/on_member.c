/* on_member.c - requests by which the owner and moderators manage members: set_role,
 * kick, ban, unban, mute. The store checks permissions. */
#include <assert.h>

#include "base/codes.h"
#include "base/limits.h"
#include "core/bot.h"
#include "core/conversation.h"
#include "core/find_user.h"
#include "core/group.h"
#include "core/group_event.h"
#include "core/handlers.h"
#include "core/membership.h"
#include "core/notice.h"
#include "core/refusal.h"
#include "core/request.h"
#include "core/state.h"
#include "core/user.h"

/* NONE: there is no such role. */
static enum cw_store_role role_named(struct cw_slice name)
{
    for (enum cw_store_role role = CW_ROLE_OWNER; role != CW_ROLE_NONE; role--)
        if (cw_slice_eq(name, cw_role_name(role)))
            return role;
    return CW_ROLE_NONE;
}

static void role_changed(struct cw_core *core, const struct request *request, struct group *group,
                         struct cw_extras *about)
{
    enum cw_store_role role = role_named(request->msg->role);
    assert(role != CW_ROLE_NONE);
    about->present |= CW_BIT(CW_X_ROLE);
    about->role = cw_role_name(role);
    cw_group_event_of(core, group, "role", request, about);
    if (role != CW_ROLE_OWNER)
        return;
    /* There is one owner: the previous one becomes a moderator. */
    struct cw_extras own = {.present = CW_BIT(CW_X_ROLE), .role = cw_role_name(CW_ROLE_MODERATOR)};
    cw_group_event_of(core, group, "role", request, &own);
}

static void mute_changed(struct cw_core *core, const struct request *request, struct group *group,
                         struct cw_extras *about)
{
    if (request->until_ms != 0) {
        about->present |= CW_BIT(CW_X_UNTIL);
        about->until = request->until_ms;
    }
    cw_group_event_of(core, group, request->until_ms != 0 ? "muted" : "unmuted", request, about);
    cw_group_set_muted(core, group, request->target, request->until_ms);
}

/* The removed user is told, too, and gets nothing of the group after that. */
static void member_changed(struct cw_core *core, const struct request *request, struct group *group,
                           const struct cw_store_result *result)
{
    assert(request->target != NULL && group->id == request->target_group);
    const char *removed = request->action == CW_BAN ? "banned" : "kicked";
    struct cw_extras about = {.present = CW_BIT(CW_X_USER), .user = cw_user_name(request->target)};
    switch (request->action) {
    case CW_SET_ROLE:
        role_changed(core, request, group, &about);
        break;
    case CW_MUTE:
        mute_changed(core, request, group, &about);
        cw_notice_told(core, request->target, result->notice_id);
        break;
    case CW_UNBAN:
        cw_group_event_of(core, group, "unbanned", request, &about);
        break;
    case CW_KICK:
    case CW_BAN:
        cw_group_event_of(core, group, removed, request, &about);
        cw_notice_told(core, request->target, result->notice_id);
        cw_group_remove(core, group, request->target, removed, NULL);
        break;
    default: /* no other request manages a member */
        assert(false);
    }
}

static void manage_member_stored(struct cw_core *core, struct request *request,
                                 const struct cw_event *event)
{
    if (cw_group_refused(core, request, event->store))
        return;
    struct group *group = cw_group_by_id(core, request->target_group);
    if (group != NULL) /* else no member is attached */
        member_changed(core, request, group, event->store);
    assert(request->target_group != 0 && request->outlives);
    if (request->action == CW_BAN)
        cw_bots_left(core, request->target_group, event->store);
    cw_request_answer(core, request, CW_SUCCESS);
}

static void manage_member_found(struct cw_core *core, struct request *request)
{
    static const enum cw_store_op ops[CW_ACTION_COUNT] = {[CW_SET_ROLE] = CW_STORE_MEMBER_ROLE,
                                                          [CW_KICK] = CW_STORE_MEMBER_KICK,
                                                          [CW_BAN] = CW_STORE_MEMBER_BAN,
                                                          [CW_UNBAN] = CW_STORE_MEMBER_UNBAN,
                                                          [CW_MUTE] = CW_STORE_MEMBER_MUTE};
    const struct cw_msg *msg = request->msg;
    if (request->target->bot && role_named(msg->role) == CW_ROLE_OWNER) {
        cw_request_refuse(core, request, CW_RULE_BOT_NO_OWNER);
        return;
    }
    assert(request->action < CW_ACTION_COUNT && ops[request->action] != 0);
    request->outlives = true;
    request->until_ms = msg->seconds == 0 ? 0 : core->time_ms + msg->seconds * 1000;
    struct cw_store_request *store =
        cw_request_ask_store(core, request, ops[request->action], manage_member_stored);
    store->user_id = request->sender->id;
    store->group_id = request->target_group;
    store->other_id = request->target->id;
    store->role = role_named(msg->role);
    store->until_ms = request->until_ms;
}

void cw_on_manage_member(struct cw_core *core, struct request *request)
{
    const struct cw_msg *msg = request->msg;
    if (request->action == CW_SET_ROLE && role_named(msg->role) == CW_ROLE_NONE) {
        cw_request_refuse_field(core, request, CW_RULE_ROLE, "role", 0);
        return;
    }
    if (request->action == CW_MUTE && msg->seconds > CW_MUTE_SECONDS_MAX) {
        cw_request_refuse_field(core, request, CW_RULE_TO_MAX, "seconds", CW_MUTE_SECONDS_MAX);
        return;
    }
    if (!cw_request_fold_group(core, request, msg->group_name))
        return;
    struct group *group = cw_group_of_member(core, request);
    if (group == NULL)
        return;
    request->target_group = group->id;
    if (cw_request_fold(core, request, msg->member))
        cw_user_find(core, request, manage_member_found);
}
