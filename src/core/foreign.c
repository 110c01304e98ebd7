/* foreign.c - what other servers on the same database have stored: messages are delivered, and what
 * the core keeps of users, groups and sessions is changed, as after this server's own commits. The
 * functions are those of the handlers; what is missing here is a request that is answered.
 *
 * Presence, typing, calls and `delivered` belong to each server alone. */
#include "core/foreign.h"

#include <assert.h>

#include "core/announced.h"
#include "core/attach.h"
#include "core/barred.h"
#include "core/conn.h"
#include "core/delivery.h"
#include "core/fan_out.h"
#include "core/group.h"
#include "core/group_event.h"
#include "core/handlers.h"
#include "core/list.h"
#include "core/login_link.h"
#include "core/membership.h"
#include "core/notice.h"
#include "core/notify.h"
#include "core/pair.h"
#include "core/presence.h"
#include "core/push.h"
#include "core/remote.h"
#include "core/request.h"
#include "core/ring.h"
#include "core/seat.h"
#include "core/session.h"
#include "core/session_end.h"
#include "core/share.h"
#include "core/state.h"
#include "core/upload.h"
#include "core/user.h"
#include "core/watching.h"

/* Is one of the user's sessions here? */
static bool is_attached_here(const struct cw_core *core, uint64_t user_id)
{
    const struct user *user = user_id == 0 ? NULL : cw_user_by_id(core, user_id);
    return user != NULL && !cw_list_empty(&user->sessions);
}

/* What the user of another server has asked there; NULL: nobody here is to be told. */
static struct request *make_request(struct cw_core *core, const struct cw_store_news *news)
{
    bool group = news->group_id != 0 && cw_group_by_id(core, news->group_id) != NULL;
    if (news->user.user_id == 0 || (!group && !is_attached_here(core, news->user.user_id) &&
                                    !is_attached_here(core, news->other.user_id)))
        return NULL;
    struct request *request = cw_request_create(core, NULL, NULL);
    request->foreign = true;
    request->sender = cw_user_take(core, &news->user);
    if (news->group_id == 0 && news->other.user_id != 0)
        request->target = cw_user_take(core, &news->other);
    request->target_group = news->group_id;
    return request;
}

/* --- messages ---------------------------------------------------------------------------- */

static void take_message(struct cw_core *core, const struct cw_store_news *news)
{
    struct cw_store_message message = news->message;
    /* One that was deleted since: its deletion follows. */
    bool gone = message.deleted_ms != 0 && message.kind != CW_KIND_DELETE;
    struct request *request = gone ? NULL : make_request(core, news);
    if (request == NULL)
        return;
    if (request->target != NULL || request->target_group != 0)
        cw_text_fan_out(core, request, &message);
    cw_request_destroy(core, request);
}

static void take_gap(struct cw_core *core, uint64_t message_id)
{
    for (size_t i = 0; i < core->conn_capacity; i++) {
        const struct conn *conn = core->conns[i];
        if (conn != NULL && conn->session != NULL && conn->part == NULL)
            cw_session_missed(core, conn->session, message_id);
    }
}

/* --- groups ------------------------------------------------------------------------------- */

static void take_joined(struct cw_core *core, const struct cw_store_news *news)
{
    const struct user *user = cw_user_by_id(core, news->user_id);
    struct cw_store_group stored = {
        .group_id = news->group_id, .name = news->group_name, .muted_until_ms = news->until_ms};
    if (user != NULL)
        cw_group_add_user(core, &stored, user);
    const struct group *group = cw_group_by_id(core, news->group_id);
    if (group != NULL && news->number == 0)
        cw_group_event_named(core, group, "joined", news->user_name, NULL);
}

static void tell_new_role(struct cw_core *core, uint64_t group_id, struct cw_slice actor,
                          struct cw_slice name, enum cw_store_role role)
{
    const struct group *group = cw_group_by_id(core, group_id);
    struct cw_extras about = {
        .present = CW_BIT(CW_X_USER) | CW_BIT(CW_X_ROLE), .user = name, .role = cw_role_name(role)};
    if (group != NULL && name.n != 0)
        cw_group_event_named(core, group, "role", actor, &about);
}

static void take_left(struct cw_core *core, const struct cw_store_news *news)
{
    struct group *group = cw_group_by_id(core, news->group_id);
    struct user *user = cw_user_by_id(core, news->user_id);
    if (group != NULL)
        cw_group_event_named(core, group, "left", news->user_name, NULL);
    if (group != NULL && user != NULL)
        cw_group_remove(core, group, user, "left", NULL);
    tell_new_role(core, news->group_id, news->user_name, news->text, CW_ROLE_OWNER);
}

static void take_closed(struct cw_core *core, const struct cw_store_news *news)
{
    struct group *group = cw_group_by_id(core, news->group_id);
    if (group != NULL)
        cw_group_event_named(core, group, "closed", news->user_name, NULL);
    while ((group = cw_group_by_id(core, news->group_id)) != NULL && group->session_count != 0) {
        struct user *user = group->sessions[0]->user;
        cw_notice_told(core, user, news->number); /* theirs is not behind the last */
        cw_group_remove(core, group, user, "closed", NULL);
    }
    if (group == NULL)
        return;
    cw_seats_forget(core, group); /* of members without a session: the name is free now */
    cw_group_destroy(core, group);
}

/* The event as others in the group, and the user, are told of it. */
static struct group *tell_of_member(struct cw_core *core, const struct cw_store_news *news,
                                    const char *event)
{
    struct group *group = cw_group_by_id(core, news->group_id);
    struct cw_extras about = {.present = CW_BIT(CW_X_USER), .user = news->other_name};
    if (news->kind == CW_NEWS_MUTED && news->until_ms != 0) {
        about.present |= CW_BIT(CW_X_UNTIL);
        about.until = news->until_ms;
    }
    if (group != NULL)
        cw_group_event_named(core, group, event, news->user_name, &about);
    return group;
}

static void take_removed(struct cw_core *core, const struct cw_store_news *news,
                         const char *removed)
{
    struct group *group = tell_of_member(core, news, removed);
    struct user *user = cw_user_by_id(core, news->other_id);
    if (group == NULL || user == NULL)
        return;
    cw_notice_told(core, user, news->number);
    cw_group_remove(core, group, user, removed, NULL);
}

static void take_muted(struct cw_core *core, const struct cw_store_news *news)
{
    struct group *group = tell_of_member(core, news, news->until_ms != 0 ? "muted" : "unmuted");
    struct user *user = cw_user_by_id(core, news->other_id);
    if (group == NULL || user == NULL)
        return;
    cw_group_set_muted(core, group, user, news->until_ms);
    cw_notice_told(core, user, news->number);
}

static void take_role(struct cw_core *core, const struct cw_store_news *news)
{
    enum cw_store_role role = (enum cw_store_role)news->number;
    if (role < CW_ROLE_MEMBER || role > CW_ROLE_OWNER)
        return;
    tell_new_role(core, news->group_id, news->user_name, news->other_name, role);
}

static void take_set(struct cw_core *core, const struct cw_store_news *news)
{
    const struct group *group = cw_group_by_id(core, news->group_id);
    bool topic = news->kind == CW_NEWS_TOPIC;
    struct cw_extras about = {.present = topic ? CW_BIT(CW_X_TOPIC) : CW_BIT(CW_X_SEQ),
                              .topic = news->text,
                              .seq = news->seq};
    if (group != NULL)
        cw_group_event_named(core, group,
                             topic                          ? "topic"
                             : news->kind == CW_NEWS_PINNED ? "pinned"
                                                            : "unpinned",
                             news->user_name, &about);
}

/* True: it was about a group. */
static bool take_of_group(struct cw_core *core, const struct cw_store_news *news)
{
    switch (news->kind) {
    case CW_NEWS_JOINED:
        take_joined(core, news);
        return true;
    case CW_NEWS_LEFT:
        take_left(core, news);
        return true;
    case CW_NEWS_CLOSED:
        take_closed(core, news);
        return true;
    case CW_NEWS_KICKED:
        take_removed(core, news, "kicked");
        return true;
    case CW_NEWS_BANNED:
        take_removed(core, news, "banned");
        return true;
    case CW_NEWS_UNBANNED:
        tell_of_member(core, news, "unbanned");
        return true;
    case CW_NEWS_MUTED:
        take_muted(core, news);
        return true;
    case CW_NEWS_ROLE:
        take_role(core, news);
        return true;
    case CW_NEWS_TOPIC:
    case CW_NEWS_PINNED:
    case CW_NEWS_UNPINNED:
        take_set(core, news);
        return true;
    case CW_NEWS_ACCESS:
    case CW_NEWS_WRITERS:
    case CW_NEWS_HERE:
    case CW_NEWS_SLOW_MODE:
    case CW_NEWS_VERSIONS:
    case CW_NEWS_RETENTION:
        cw_group_setting_heard(core, news);
        return true;
    default:
        return false;
    }
}

/* --- sessions ------------------------------------------------------------------------------- */

/* "revoked" and so on, as a text that lives as long as the program. */
static const char *why_of(struct cw_slice text)
{
    static const char *const known[] = {"too_many", "revoked", "password", "logout",
                                        "deleted",  "renamed", "banned",   "reset"};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (cw_slice_eq(text, cw_slice_str(known[i])))
            return known[i];
    return "revoked";
}

static void take_ended(struct cw_core *core, const struct cw_store_news *news)
{
    struct session *session = cw_session_find(core, news->session_id);
    const struct user *user = cw_user_by_id(core, news->user_id);
    cw_requests_orphan(core, news->session_id);
    if (session != NULL)
        cw_session_end(core, session, NULL, why_of(news->text));
    else if (user != NULL)
        cw_seats_leave_of_session(core, user, news->session_id);
}

static void take_all_ended(struct cw_core *core, const struct cw_store_news *news)
{
    struct user *user = cw_user_by_id(core, news->user_id);
    if (user == NULL)
        return;
    cw_user_refer(core, user);
    cw_sessions_end_others(core, user, news->session_id, why_of(news->text));
    cw_login_link_end_of(core, user);
    cw_user_release(core, user);
}

/* --- users --------------------------------------------------------------------------------- */

static void take_deleted(struct cw_core *core, struct user *user)
{
    if (user->pair != NULL)
        cw_pair_break(core, user->pair);
    cw_presence_gone(core, user);
    cw_user_deleted(user);
}

static void take_block(struct cw_core *core, const struct cw_store_news *news, struct user *user)
{
    const struct user *other = cw_user_by_id(core, news->other_id);
    bool block = news->kind == CW_NEWS_BLOCKED;
    cw_user_block(user, news->other_id, block);
    cw_share_renew(core, user);
    if (block && other != NULL)
        cw_ring_blocked(core, user, other);
}

static void take_notify(struct cw_core *core, const struct cw_store_news *news, struct user *user)
{
    const struct cw_store_notify rule = {.conversation = news->conversation,
                                         .level = (enum cw_notify_level)news->number,
                                         .until_ms = news->until_ms};
    if (news->number >= CW_NOTIFY_LEVELS)
        return;
    cw_notify_set(core, &user->notify, &rule);
    struct request *request = make_request(core, news);
    if (request == NULL)
        return;
    if (request->target != NULL || request->target_group != 0)
        cw_notify_tell(core, request, &rule);
    cw_request_destroy(core, request);
}

/* What users have set for all of their devices: known while one is attached. */
static void take_setting(struct cw_core *core, const struct cw_store_news *news, struct user *user)
{
    switch (news->kind) {
    case CW_NEWS_CONTACT_ADDED:
    case CW_NEWS_CONTACT_REMOVED:
        cw_watching_set(core, user, news->other_id, news->kind == CW_NEWS_CONTACT_ADDED);
        break;
    case CW_NEWS_DISCREET:
        user->discreet = news->number != 0;
        cw_settings_tell(core, user, 0, user->discreet);
        break;
    case CW_NEWS_HIDDEN:
        cw_presence_set_hidden(core, user, news->number != 0);
        break;
    case CW_NEWS_ADMIN:
        user->admin = news->number != 0;
        break;
    case CW_NEWS_NOTIFY:
        take_notify(core, news, user);
        break;
    case CW_NEWS_QUIET:
        cw_notify_set_quiet(core, &user->notify, news->text);
        cw_quiet_hours_tell(core, user, 0, news->text);
        break;
    default:
        break; /* is of others */
    }
}

static void take_of_user(struct cw_core *core, const struct cw_store_news *news)
{
    struct user *user = news->user_id == 0 ? NULL : cw_user_by_id(core, news->user_id);
    if (news->kind == CW_NEWS_BLOCKED || news->kind == CW_NEWS_UNBLOCKED)
        cw_remote_block(core, news->user_id, news->other_id, news->kind == CW_NEWS_BLOCKED);
    if (user == NULL)
        return;
    cw_user_refer(core, user); /* what ends here may be all that holds it */
    if (news->kind == CW_NEWS_BLOCKED || news->kind == CW_NEWS_UNBLOCKED)
        take_block(core, news, user);
    else if (news->kind == CW_NEWS_DELETED)
        take_deleted(core, user);
    else if (!cw_list_empty(&user->sessions))
        take_setting(core, news, user);
    cw_user_release(core, user);
}

/* --- conversations --------------------------------------------------------------------------- */

static void take_mark(struct cw_core *core, const struct cw_store_news *news)
{
    struct request *request = make_request(core, news);
    struct cw_msg msg = {.kind = CW_REQUEST,
                         .action = news->kind == CW_NEWS_REACTED ? CW_REACT : CW_UNREACT,
                         .seq = news->seq,
                         .emoji = news->text};
    if (request == NULL)
        return;
    request->msg = &msg;
    if (news->kind == CW_NEWS_READ || news->kind == CW_NEWS_PLAYED)
        cw_mark_tell(core, request, news->kind == CW_NEWS_READ ? CW_MARK_READ : CW_MARK_PLAYED,
                     news->seq, true);
    else
        cw_reaction_tell(core, request);
    request->msg = NULL;
    cw_request_destroy(core, request);
}

/* --- all of it ----------------------------------------------------------------------------- */

static void take_announced(struct cw_core *core, const struct cw_store_news *news)
{
    cw_announced_add(core, &(struct cw_store_announcement){.id = news->number,
                                                           .by = news->user_name,
                                                           .time_ms = news->time_ms,
                                                           .until_ms = news->until_ms,
                                                           .body = news->text});
}

void cw_foreign_apply(struct cw_core *core, const struct cw_store_news *news)
{
    if (news->message_id > core->newest)
        core->newest = news->message_id;
    if (news->at > core->heard)
        core->heard = news->at;
    switch (news->kind) {
    case CW_NEWS_MESSAGE:
        take_message(core, news);
        break;
    case CW_NEWS_GAP:
        take_gap(core, news->message_id);
        break;
    case CW_NEWS_ENDED:
        take_ended(core, news);
        break;
    case CW_NEWS_ALL_ENDED:
        take_all_ended(core, news);
        break;
    case CW_NEWS_MOVED:
        cw_session_moved(core, news->session_id);
        break;
    case CW_NEWS_REACTED:
    case CW_NEWS_UNREACTED:
    case CW_NEWS_READ:
    case CW_NEWS_PLAYED:
        take_mark(core, news);
        break;
    case CW_NEWS_PROFILE:
        cw_profile_heard(core, news);
        break;
    case CW_NEWS_PUSHES:
        cw_push_begin(core);
        break;
    case CW_NEWS_UPLOAD_TAKEN:
        cw_upload_taken(core, news->number, news->seq);
        break;
    case CW_NEWS_NETWORK_BANNED:
        cw_barred_add(core, news->text, news->until_ms);
        break;
    case CW_NEWS_NETWORK_FREE:
        cw_barred_remove(core, news->text);
        break;
    case CW_NEWS_ANNOUNCED:
        take_announced(core, news);
        break;
    case CW_NEWS_SETTINGS:
        cw_settings_heard(core);
        break;
    case CW_NEWS_ANNOUNCEMENT_ENDED:
        cw_announced_remove(core, news->number);
        break;
    default:
        if (!take_of_group(core, news))
            take_of_user(core, news);
    }
}
