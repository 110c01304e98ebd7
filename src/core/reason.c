/* reason.c - for which rule (base/rules.def) a request is refused, where that depends on groups,
 * users and what the store has said.
 *
 * A user who is blocked by the recipient gets only the code: no rule here reports a block. Called
 * by handlers, conversation.c and refusal.c; names and passwords have their own rules (src/text).
 */
#include "core/reason.h"

#include <assert.h>

#include "base/limits.h"
#include "core/group.h"
#include "core/request.h"
#include "core/session.h"
#include "core/state.h"
#include "core/user.h"

/* --- groups --------------------------------------------------------------------------- */

bool cw_refused_as_muted(struct cw_core *core, struct request *request)
{
    const struct group *group =
        request->target == NULL ? cw_group_by_id(core, request->target_group) : NULL;
    const struct session *session = cw_session_find(core, request->sender_session);
    if (group == NULL || session == NULL)
        return false;
    const struct membership *membership = cw_group_membership(group, session);
    if (membership == NULL || !cw_group_muted(core, membership))
        return false;
    assert(membership->muted_until_ms > core->time_ms && request->target_group != 0);
    cw_request_refuse_until(core, request, CW_RULE_MUTED, membership->muted_until_ms);
    return true;
}

static enum cw_rule why_not_with_role(const struct request *request)
{
    switch (request->action) {
    case CW_SET_ROLE:
        return CW_RULE_OWNER_GIVES_ROLES;
    case CW_SET_ACCESS:
    case CW_SET_RETENTION:
    case CW_SET_WRITERS:
    case CW_SET_HERE:
    case CW_SET_VERSIONS:
        return CW_RULE_OWNER_ONLY;
    case CW_KICK:
    case CW_BAN:
    case CW_UNBAN:
    case CW_MUTE:
        return request->target == request->sender ? CW_RULE_NOT_TO_ONESELF
                                                  : CW_RULE_MODERATORS_TO_MEMBERS;
    case CW_SET_ADMIN:
    case CW_USERS:
    case CW_END_SESSIONS:
    case CW_BAN_FROM_SERVER:
    case CW_UNBAN_FROM_SERVER:
    case CW_SERVER_BANS:
    case CW_AUDIT:
    case CW_VERIFY_AUDIT:
    case CW_RENAME_USER:
    case CW_REMOVE_USER:
    case CW_RESET_PASSWORD:
    case CW_REPORTS:
    case CW_RESOLVE_REPORT:
    case CW_SERVER_GROUPS:
    case CW_SERVER_INVITATIONS:
    case CW_END_INVITATION:
    case CW_ANNOUNCE:
    case CW_END_ANNOUNCEMENT:
    case CW_ANNOUNCEMENTS:
    case CW_CLOSE_GROUP:
    case CW_TAKE_GROUP:
    case CW_SET_SETTING:
    case CW_PLACE_GROUP:
    case CW_SET_HEADING:
    case CW_SET_NEWCOMERS:
        return CW_RULE_ADMINS_ONLY;
    case CW_SET_UP:
        return CW_RULE_SETUP_WORN;
    case CW_INVITE_USER:
        return CW_RULE_MAY_NOT_INVITE;
    case CW_SET_TOPIC:
    case CW_ADD_BOT:
    case CW_CREATE_HOOK:
    case CW_HOOKS:
    case CW_SET_SLOW_MODE:
    case CW_VERSIONS:
    case CW_PIN:
    case CW_UNPIN:
    case CW_INVITE:
    case CW_INVITATIONS:
        return CW_RULE_MODERATORS_ONLY;
    default: /* nothing else needs a role */
        return CW_RULE_NONE;
    }
}

/* The request is about the group, or about a member of it. */
static enum cw_rule who_is_no_member(const struct cw_core *core, const struct request *request)
{
    const struct group *group = cw_group_by_id(core, request->target_group);
    const struct session *session = cw_session_find(core, request->sender_session);
    bool member = group != NULL && session != NULL && cw_group_membership(group, session) != NULL;
    return member && request->target != NULL && request->target != request->sender
               ? CW_RULE_OTHER_NO_MEMBER
               : CW_RULE_NOT_A_MEMBER;
}

/* --- messages ------------------------------------------------------------------------- */

static struct cw_fault of_number(const struct request *request)
{
    switch (request->action) {
    case CW_WHISPER:
    case CW_MSG_GROUP:
    case CW_VOICE_MSG:
        return (struct cw_fault){
            .rule = CW_RULE_NO_ANSWERED, .place = CW_RULE_IN_MAP, .field = "reply_to"};
    case CW_FETCH_VOICE:
    case CW_MARK_PLAYED:
        return (struct cw_fault){.rule = CW_RULE_NO_VOICE_MESSAGE};
    case CW_EDIT:
    case CW_DELETE:
    case CW_MARK_READ:
    case CW_REACT:
    case CW_UNREACT:
    case CW_PIN:
    case CW_VERSIONS:
    case CW_REPORT:
        return (struct cw_fault){.rule = CW_RULE_NO_MESSAGE};
    case CW_SET_HEADING:
        return (struct cw_fault){.rule = CW_RULE_NO_HEADING};
    case CW_REVOKE_SESSION:
    case CW_RENAME_SESSION:
        return (struct cw_fault){.rule = CW_RULE_NO_SESSION};
    case CW_CONFIRM_TOTP:
        return (struct cw_fault){.rule = CW_RULE_FACTOR_NOT_BEGUN};
    case CW_END_TOTP:
    case CW_RENEW_CODES:
        return (struct cw_fault){.rule = CW_RULE_FACTOR_OFF};
    case CW_REMOVE_DEVICE_PASSWORD:
        return (struct cw_fault){.rule = CW_RULE_NO_DEVICE_PASSWORD};
    case CW_UNBAN_FROM_SERVER:
        return (struct cw_fault){.rule = CW_RULE_NO_SUCH_BAN};
    case CW_SET_PASSWORD:
        return (struct cw_fault){.rule = CW_RULE_RESET_WORN};
    case CW_RESOLVE_REPORT:
        return (struct cw_fault){.rule = CW_RULE_NO_REPORT};
    case CW_END_ANNOUNCEMENT:
        return (struct cw_fault){.rule = CW_RULE_NO_ANNOUNCEMENT};
    case CW_TAKE_GROUP:
        return (struct cw_fault){.rule = CW_RULE_NO_ORPHAN, .limit = CW_ORPHAN_DAYS};
    case CW_END_INVITATION:
    case CW_WITHDRAW_INVITATION:
        return (struct cw_fault){.rule = CW_RULE_NO_INVITATION};
    case CW_RENEW_BOT:
    case CW_DELETE_BOT:
    case CW_ADD_BOT:
    case CW_CREATE_HOOK:
        return (struct cw_fault){.rule = CW_RULE_NO_BOT};
    case CW_REMOVE_HOOK:
    case CW_POST_HOOK:
        return (struct cw_fault){.rule = CW_RULE_NO_HOOK};
    default: /* nothing else has a number */
        return (struct cw_fault){0};
    }
}

static enum cw_rule of_change(const struct request *request)
{
    const struct user *other = request->target;
    if (other != NULL && cw_user_has_blocked(other, request->sender->id))
        return CW_RULE_NONE;
    if (request->action == CW_DELETE)
        return other != NULL ? CW_RULE_DELETE_OWN : CW_RULE_DELETE_IN_GROUP;
    if (other != NULL && cw_user_has_blocked(request->sender, other->id))
        return CW_RULE_YOU_BLOCKED;
    return CW_RULE_EDIT_OWN;
}

/* --- files ---------------------------------------------------------------------------- */

static bool is_of_file(const struct request *request)
{
    switch (request->action) {
    case CW_UPLOAD:
    case CW_RESUME_UPLOAD:
    case CW_UPLOAD_CHUNK:
    case CW_END_UPLOAD:
    case CW_DROP_UPLOAD:
    case CW_FETCH_FILE:
    case CW_ADD_THUMBNAIL:
    case CW_FETCH_THUMBNAIL:
    case CW_LINK_FILE:
    case CW_FETCH_LINKED:
    case CW_WRITE_LINKED:
        return true;
    default:
        return false;
    }
}

static enum cw_rule of_file(const struct request *request, enum cw_store_status status)
{
    if (request->action == CW_LINK_FILE && request->msg->generation != 0)
        return CW_RULE_UPLOAD_NOT_OPEN;
    if (request->action == CW_FETCH_FILE || request->action == CW_LINK_FILE ||
        request->action == CW_FETCH_THUMBNAIL)
        return CW_RULE_NO_FILE;
    if (request->action == CW_ADD_THUMBNAIL && status == CW_STORE_MISMATCH)
        return CW_RULE_THUMBNAIL_LONGER;
    if (request->action == CW_FETCH_LINKED)
        return CW_RULE_NO_FILE_LINK;
    if (request->action == CW_WRITE_LINKED)
        return status == CW_STORE_NOT_FOUND ? CW_RULE_NO_FILE_LINK : CW_RULE_UPLOAD_PLACE;
    if (status == CW_STORE_NOT_FOUND)
        return CW_RULE_NO_UPLOAD;
    return request->action == CW_END_UPLOAD ? CW_RULE_UPLOAD_HASH : CW_RULE_UPLOAD_PLACE;
}

/* --- the store's word ------------------------------------------------------------------- */

static enum cw_rule of_forbidden(const struct request *request)
{
    bool says = request->action == CW_EDIT || request->action == CW_REACT;
    if (says && request->target != NULL && request->target->deleted)
        return CW_RULE_ACCOUNT_DELETED;
    switch (request->action) {
    case CW_REGISTER:
        return (request->msg->extras.present & CW_BIT(CW_X_SETUP)) != 0 ? CW_RULE_SETUP_WORN
                                                                        : CW_RULE_INVITATION_WORN;
    case CW_JOIN_GROUP:
        return CW_RULE_INVITED_ONLY;
    case CW_POST_HOOK:
        return CW_RULE_HOOK_MUTED;
    case CW_EDIT:
    case CW_DELETE:
        return of_change(request);
    case CW_WHISPER: /* blocked, or muted, which was said before */
    case CW_MSG_GROUP:
    case CW_VOICE_MSG:
        return CW_RULE_NONE;
    default:
        return why_not_with_role(request);
    }
}

static enum cw_rule of_existing(const struct request *request)
{
    switch (request->action) {
    case CW_BEGIN_TOTP:
    case CW_CONFIRM_TOTP:
        return CW_RULE_FACTOR_ON;
    case CW_ADD_DEVICE_PASSWORD:
        return CW_RULE_DEVICE_NAMED;
    default: /* the code says it all */
        return CW_RULE_NONE;
    }
}

static struct cw_fault of_full(const struct request *request)
{
    switch (request->action) {
    case CW_ADD_CONTACT:
        return (struct cw_fault){.rule = CW_RULE_CONTACTS_MAX, .limit = CW_CONTACTS_MAX};
    case CW_BLOCK:
        return (struct cw_fault){.rule = CW_RULE_BLOCKS_MAX, .limit = CW_BLOCKED_MAX};
    case CW_CREATE_GROUP:
    case CW_CREATE_TALK:
    case CW_JOIN_GROUP:
    case CW_TAKE_GROUP:
        return (struct cw_fault){.rule = CW_RULE_GROUPS_MAX, .limit = CW_GROUPS_PER_USER};
    case CW_SET_ADMIN:
    case CW_DELETE_ACCOUNT:
        return (struct cw_fault){.rule = CW_RULE_LAST_ADMIN};
    case CW_REPORT:
        return (struct cw_fault){.rule = CW_RULE_REPORTS_MAX, .limit = CW_REPORTS_MAX};
    case CW_ANNOUNCE:
        return (struct cw_fault){.rule = CW_RULE_ANNOUNCEMENTS_MAX, .limit = CW_ANNOUNCEMENTS_MAX};
    case CW_BAN_FROM_SERVER:
        return (struct cw_fault){.rule = CW_RULE_BANS_MAX, .limit = CW_NETWORK_BANS_MAX};
    case CW_PLACE_GROUP:
        return (struct cw_fault){.rule = CW_RULE_HEADINGS_MAX, .limit = CW_HEADINGS_MAX};
    case CW_SET_NEWCOMERS:
        return (struct cw_fault){.rule = CW_RULE_NEWCOMERS_MAX, .limit = CW_NEWCOMER_GROUPS_MAX};
    case CW_REACT:
        return (struct cw_fault){.rule = CW_RULE_REACTIONS_MAX, .limit = CW_REACTIONS_MAX};
    case CW_NOTIFY:
        return (struct cw_fault){.rule = CW_RULE_NOTIFY_MAX, .limit = CW_NOTIFY_RULES_MAX};
    case CW_SUBSCRIBE_PUSH:
        return (struct cw_fault){.rule = CW_RULE_PUSHES_MAX, .limit = CW_PUSHES_OF_USER_MAX};
    case CW_PIN:
        return (struct cw_fault){.rule = CW_RULE_PINS_MAX, .limit = CW_PINS_MAX};
    case CW_ADD_DEVICE_PASSWORD:
        return (struct cw_fault){.rule = CW_RULE_DEVICES_MAX, .limit = CW_DEVICE_PASSWORDS_MAX};
    case CW_UPLOAD:
        return (struct cw_fault){.rule = CW_RULE_UPLOADS_MAX, .limit = CW_UPLOADS_PER_USER};
    case CW_CREATE_BOT:
        return (struct cw_fault){.rule = CW_RULE_BOTS_MAX, .limit = CW_BOTS_MAX};
    case CW_ADD_BOT:
        return (struct cw_fault){.rule = CW_RULE_BOT_GROUPS_MAX, .limit = CW_GROUPS_PER_USER};
    case CW_CREATE_HOOK:
        return (struct cw_fault){.rule = CW_RULE_HOOKS_MAX, .limit = CW_HOOKS_MAX};
    default: /* invitations */
        return (struct cw_fault){.rule = CW_RULE_INVITATIONS_MAX};
    }
}

static struct cw_fault only(enum cw_rule rule)
{
    return (struct cw_fault){.rule = (uint8_t)rule};
}

struct cw_fault cw_reason_of(const struct cw_core *core, const struct request *request,
                             enum cw_store_status status)
{
    switch (status) {
    case CW_STORE_FORBIDDEN:
        return only(of_forbidden(request));
    case CW_STORE_FULL:
        return of_full(request);
    case CW_STORE_GROUP_FULL:
        return (struct cw_fault){.rule = CW_RULE_GROUP_MAX, .limit = CW_GROUP_MEMBERS_MAX};
    case CW_STORE_NOT_FOUND:
    case CW_STORE_MISMATCH:
        return is_of_file(request) ? only(of_file(request, status)) : of_number(request);
    case CW_STORE_NO_FILE:
        if (request->action == CW_SET_PROFILE)
            return (struct cw_fault){.rule = CW_RULE_AVATAR, .limit = CW_AVATAR_BYTES_MAX};
        return (struct cw_fault){
            .rule = CW_RULE_NOT_UPLOADED, .place = CW_RULE_IN_MAP, .field = "file"};
    case CW_STORE_NOT_MEMBER:
        return only(who_is_no_member(core, request));
    case CW_STORE_ANNOUNCED:
        return only(CW_RULE_ANNOUNCEMENTS);
    case CW_STORE_STRANGER:
        return (struct cw_fault){.rule = CW_RULE_STRANGERS,
                                 .limit = core->config.strangers_per_minute};
    case CW_STORE_OVER_QUOTA:
        return only(CW_RULE_QUOTA);
    case CW_STORE_WRONG_CODE:
        return only(CW_RULE_WRONG_CODE);
    case CW_STORE_EXISTS:
        return only(of_existing(request));
    case CW_STORE_NO_ROOM:
        return only(CW_RULE_DISK_FULL);
    case CW_STORE_UNAVAILABLE:
        return only(CW_RULE_STORE_AWAY);
    default: /* the code says it all */
        return only(CW_RULE_NONE);
    }
}
