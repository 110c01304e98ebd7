/* bot.c - see bot.h. The store has bots and their owners; the core knows of a user that it is one.
 */
#include "core/bot.h"

#include "core/group.h"
#include "core/group_event.h"
#include "core/membership.h"
#include "core/user.h"

/* A device password is in the hands of a program: what it may not change is how its user logs in,
 * what exists of the account, and whose the server is; nor may it make other secrets. */
static bool is_of_account(int action)
{
    switch (action) {
    case CW_CHANGE_PASSWORD:
    case CW_DELETE_ACCOUNT:
    case CW_EXPORT:
    case CW_REVOKE_SESSION:
    case CW_RENAME_SESSION:
    case CW_SET_UP:
    case CW_SET_ADMIN:
    case CW_INVITE_USER:
    case CW_CREATE_BOT:
    case CW_RENEW_BOT:
    case CW_DELETE_BOT:
    case CW_CREATE_HOOK:
    case CW_BEGIN_TOTP:
    case CW_CONFIRM_TOTP:
    case CW_END_TOTP:
    case CW_RENEW_CODES:
    case CW_DEVICE_PASSWORDS:
    case CW_ADD_DEVICE_PASSWORD:
    case CW_REMOVE_DEVICE_PASSWORD:
    case CW_MAKE_LINK:
    case CW_CONFIRM_LINK:
        return true;
    default:
        return false;
    }
}

bool cw_device_may(int action)
{
    return !is_of_account(action);
}

bool cw_bot_may(int action)
{
    if (is_of_account(action)) /* its owner renews its secret, and deletes it */
        return action == CW_REVOKE_SESSION || action == CW_RENAME_SESSION;
    switch (action) {
    case CW_REGISTER:
    case CW_CREATE_GROUP:
    case CW_CREATE_TALK:
    case CW_JOIN_GROUP: /* its owner adds it */
    case CW_INVITE:
    case CW_ADD_BOT:
    case CW_REFUSE_CALL: /* nor does it call users: cw_ring_call */
    case CW_REPORT:
    case CW_PLACE_GROUP:
    case CW_SET_HEADING:
    case CW_SET_NEWCOMERS:
        return false;
    default:
        return true;
    }
}

void cw_bot_left(struct cw_core *core, uint64_t group_id, struct user *bot)
{
    struct group *group = cw_group_by_id(core, group_id);
    if (group == NULL)
        return;
    cw_group_event(core, group, "left", bot, 0, NULL);
    cw_group_remove(core, group, bot, "left", NULL);
}

void cw_bots_left(struct cw_core *core, uint64_t group_id, const struct cw_store_result *result)
{
    for (size_t i = 0; i < result->person_count; i++) {
        struct user *bot = cw_user_by_id(core, result->people[i].user_id);
        if (bot != NULL) /* else it has no session */
            cw_bot_left(core, group_id, bot);
    }
}
