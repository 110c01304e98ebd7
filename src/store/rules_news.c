/* rules_news.c - see rules_news.h: one row or more for each operation that changes what a server
 * keeps in memory, in its core or in its store. An operation that is not named here is news without
 * particulars (CHANGED), so that a new one is never forgotten by the caches of others. */
#include "store/rules_news.h"

struct telling {
    void (*tell)(void *context, const struct cw_store_news *news);
    void *context;
    const struct cw_store_request *request;
    const struct cw_store_result *result;
};

static void tell(const struct telling *to, enum cw_news_kind kind, struct cw_store_news news)
{
    news.kind = kind;
    to->tell(to->context, &news);
}

static void tell_ended(const struct telling *to, uint64_t user_id, uint64_t kept, const char *why)
{
    tell(to, CW_NEWS_ALL_ENDED,
         (struct cw_store_news){.user_id = user_id, .session_id = kept, .text = cw_slice_str(why)});
}

/* --- groups ------------------------------------------------------------------------------ */

static void tell_entry(const struct telling *to, uint64_t user_id, uint64_t group_id, bool silent)
{
    tell(to, CW_NEWS_JOINED,
         (struct cw_store_news){.user_id = user_id,
                                .group_id = group_id,
                                .until_ms = to->result->muted_until_ms,
                                .number = silent});
}

static void tell_joined(const struct telling *to, uint64_t user_id, uint64_t group_id)
{
    tell_entry(to, user_id, group_id, to->request->op == CW_STORE_GROUP_CREATE);
}

/* All are members before any of them is told of another one. */
static void tell_gathered(const struct telling *to)
{
    const struct cw_store_result *result = to->result;
    tell_entry(to, to->request->user_id, result->group_id, true);
    for (size_t i = 0; i < 2 * result->person_count; i++)
        tell_entry(to, result->people[i % result->person_count].user_id, result->group_id,
                   i < result->person_count);
}

static void tell_left(const struct telling *to, uint64_t user_id, uint64_t group_id,
                      struct cw_slice heir)
{
    tell(to, CW_NEWS_LEFT,
         (struct cw_store_news){.user_id = user_id, .group_id = group_id, .text = heir});
}

/* Bots that have left with somebody. */
static void tell_bots_left(const struct telling *to)
{
    for (size_t i = 0; i < to->result->person_count; i++)
        tell_left(to, to->result->people[i].user_id, to->request->group_id, (struct cw_slice){0});
}

static void tell_member(const struct telling *to, enum cw_news_kind kind, uint64_t number)
{
    const struct cw_store_request *request = to->request;
    tell(to, kind,
         (struct cw_store_news){.user_id = request->user_id,
                                .other_id = request->other_id,
                                .group_id = request->group_id,
                                .number = number,
                                .until_ms = request->until_ms});
}

/* `before`: the owner so far, who is a moderator when there is a new one; 0: there was none. */
static void tell_role(const struct telling *to, uint64_t group_id, enum cw_store_role role,
                      uint64_t before)
{
    struct cw_store_news news = {.user_id = to->request->user_id,
                                 .other_id = to->request->other_id,
                                 .group_id = group_id,
                                 .number = (uint64_t)role};
    tell(to, CW_NEWS_ROLE, news);
    if (role != CW_ROLE_OWNER || before == 0)
        return;
    news.other_id = before;
    news.number = CW_ROLE_MODERATOR;
    tell(to, CW_NEWS_ROLE, news);
}

static void tell_taken(const struct telling *to)
{
    const struct cw_store_result *result = to->result;
    if (!result->was_member)
        tell_joined(to, to->request->other_id, result->group_id);
    tell_role(to, result->group_id, CW_ROLE_OWNER, result->other_id);
}

static void tell_set(const struct telling *to, enum cw_news_kind kind)
{
    const struct cw_store_request *request = to->request;
    tell(to, kind,
         (struct cw_store_news){.user_id = request->user_id,
                                .group_id = request->group_id,
                                .seq = request->seq,
                                .text = request->body});
}

static void tell_setting(const struct telling *to, enum cw_news_kind kind, uint64_t number)
{
    tell(to, kind,
         (struct cw_store_news){
             .user_id = to->request->user_id, .group_id = to->request->group_id, .number = number});
}

static bool tell_of_setting(const struct telling *to)
{
    const struct cw_store_request *request = to->request;
    switch (request->op) {
    case CW_STORE_GROUP_ACCESS:
        tell_setting(to, CW_NEWS_ACCESS, request->by_invitation ? 1 : request->unlisted ? 2 : 0);
        return true;
    case CW_STORE_GROUP_WRITERS:
        tell_setting(to, CW_NEWS_WRITERS, request->announcements);
        return true;
    case CW_STORE_GROUP_HERE:
        tell_setting(to, CW_NEWS_HERE, (uint64_t)request->here);
        return true;
    case CW_STORE_GROUP_SLOW:
        tell_setting(to, CW_NEWS_SLOW_MODE, request->slow_s);
        return true;
    case CW_STORE_GROUP_VERSIONS:
        tell_setting(to, CW_NEWS_VERSIONS, request->version_days);
        return true;
    case CW_STORE_GROUP_RETAIN:
        tell_setting(to, CW_NEWS_RETENTION, 0);
        return true;
    default:
        return false;
    }
}

/* False: it is not about a group. */
static bool tell_of_group(const struct telling *to)
{
    const struct cw_store_request *request = to->request;
    const struct cw_store_result *result = to->result;
    switch (request->op) {
    case CW_STORE_GROUP_CREATE:
    case CW_STORE_GROUP_JOIN:
        tell_joined(to, request->user_id, result->group_id);
        return true;
    case CW_STORE_TALK_CREATE:
        tell_gathered(to);
        return true;
    case CW_STORE_BOT_JOIN:
        tell_joined(to, request->other_id, request->group_id);
        return true;
    case CW_STORE_GROUP_LEAVE:
        tell_left(to, request->user_id, request->group_id, result->other_name);
        tell_bots_left(to);
        return true;
    case CW_STORE_MEMBER_KICK:
        tell_member(to, CW_NEWS_KICKED, result->notice_id);
        return true;
    case CW_STORE_MEMBER_BAN:
        tell_member(to, CW_NEWS_BANNED, result->notice_id);
        tell_bots_left(to);
        return true;
    case CW_STORE_MEMBER_UNBAN:
        tell_member(to, CW_NEWS_UNBANNED, 0);
        return true;
    case CW_STORE_MEMBER_MUTE:
        tell_member(to, CW_NEWS_MUTED, result->notice_id);
        return true;
    case CW_STORE_MEMBER_ROLE:
        tell_role(to, request->group_id, request->role, request->user_id);
        return true;
    case CW_STORE_GROUP_TOPIC:
        tell_set(to, CW_NEWS_TOPIC);
        return true;
    case CW_STORE_PIN:
    case CW_STORE_UNPIN:
        tell_set(to, request->op == CW_STORE_PIN ? CW_NEWS_PINNED : CW_NEWS_UNPINNED);
        return true;
    case CW_STORE_GROUP_TAKE:
        tell_taken(to);
        return true;
    case CW_STORE_GROUP_CLOSE:
        tell(to, CW_NEWS_CLOSED,
             (struct cw_store_news){.user_id = request->user_id,
                                    .group_id = result->group_id,
                                    .number = result->person_count == 0
                                                  ? 0
                                                  : result->notice_id + result->person_count - 1});
        return true;
    default:
        return false;
    }
}

/* --- users and sessions ------------------------------------------------------------------ */

/* As the core goes about it: bots first, then groups, then sessions. By then the row of the user
 * has the name of nobody. */
static void tell_departed(const struct telling *to, uint64_t user_id)
{
    const struct cw_store_result *result = to->result;
    tell(to, CW_NEWS_NAMED, (struct cw_store_news){.user_id = user_id, .text = result->name});
    for (size_t i = 0; i < result->bot_gone_count; i++) {
        const struct cw_store_bot_gone *gone = &result->bots_gone[i];
        if (gone->group_id != 0)
            tell_left(to, gone->user_id, gone->group_id, (struct cw_slice){0});
        else
            tell_ended(to, gone->user_id, 0, "revoked");
    }
    for (size_t i = 0; i < result->group_count && i < result->person_count; i++)
        tell_left(to, user_id, result->groups[i].group_id, result->people[i].name);
    tell_ended(to, user_id, 0, "deleted");
    tell(to, CW_NEWS_DELETED, (struct cw_store_news){.user_id = user_id});
}

static void tell_bot_deleted(const struct telling *to)
{
    for (size_t i = 0; i < to->result->group_count; i++)
        tell_left(to, to->request->other_id, to->result->groups[i].group_id, (struct cw_slice){0});
    tell_ended(to, to->request->other_id, 0, "revoked");
}

static void tell_newcomer(const struct telling *to)
{
    for (size_t i = 0; i < to->result->group_count; i++)
        tell_joined(to, to->result->user_id, to->result->groups[i].group_id);
}

/* A session that ends; 0: none did. */
static void tell_session_ended(const struct telling *to, uint64_t session_id, const char *why)
{
    if (session_id != 0)
        tell(to, CW_NEWS_ENDED,
             (struct cw_store_news){.user_id = to->request->user_id,
                                    .session_id = session_id,
                                    .text = cw_slice_str(why)});
}

static bool tell_of_session(const struct telling *to)
{
    const struct cw_store_request *request = to->request;
    const struct cw_store_result *result = to->result;
    switch (request->op) {
    case CW_STORE_SESSION_CREATE:
        tell_session_ended(to, result->dropped_session_id, "too_many");
        return true;
    case CW_STORE_SESSION_FIND: /* a connection here is going to have it */
        if (request->part == 0 && request->session_id != result->session_id)
            tell(to, CW_NEWS_MOVED, (struct cw_store_news){.session_id = result->session_id});
        return true;
    case CW_STORE_SESSION_SAVE:
        return true;
    case CW_STORE_SESSION_DROP:
        tell_session_ended(to, request->session_id, "logout");
        return true;
    case CW_STORE_SESSION_REVOKE:
        tell_session_ended(to, request->session_id, "revoked");
        return true;
    case CW_STORE_DEVICE_REMOVE:
        for (size_t i = 0; i < result->session_count; i++)
            tell_session_ended(to, result->sessions[i].session_id, "revoked");
        return true;
    case CW_STORE_PASSWORD_SET:
        tell_ended(to, request->user_id, request->session_id, "password");
        return true;
    case CW_STORE_RESET_USE:
        tell_ended(to, result->user_id, 0, "password");
        return true;
    case CW_STORE_RESET_CREATE:
        tell_ended(to, request->other_id, 0, "reset");
        return true;
    case CW_STORE_BOT_RENEW:
        tell_ended(to, request->other_id, 0, "password");
        return true;
    case CW_STORE_SESSIONS_END:
        tell_ended(to, request->other_id, 0, "revoked");
        return true;
    case CW_STORE_USER_RENAME: /* the name is nobody's now */
        tell_ended(to, request->other_id, 0, "renamed");
        tell(to, CW_NEWS_DELETED, (struct cw_store_news){.user_id = request->other_id});
        return true;
    default:
        return false;
    }
}

static void tell_flag(const struct telling *to, enum cw_news_kind kind, uint64_t user_id, bool on)
{
    tell(to, kind, (struct cw_store_news){.user_id = user_id, .number = on});
}

static void tell_notify(const struct telling *to)
{
    for (size_t i = 0; i < to->result->notify_count; i++) {
        uint64_t user_id = to->request->user_id;
        const struct cw_store_notify *rule = &to->result->notify[i];
        bool group = cw_mailbox_is_group(rule->conversation);
        tell(to, CW_NEWS_NOTIFY,
             (struct cw_store_news){
                 .user_id = user_id,
                 .group_id = group ? rule->conversation >> 1 : 0,
                 .other_id = group ? 0 : cw_conversation_peer(rule->conversation, user_id),
                 .conversation = rule->conversation,
                 .number = rule->level,
                 .until_ms = rule->until_ms});
    }
}

/* Who writes to it at another server does so no more. */
static void tell_upload(const struct telling *to)
{
    tell(to, CW_NEWS_UPLOAD_TAKEN,
         (struct cw_store_news){
             .user_id = to->request->user_id,
             .number = to->request->file_id,
             .seq = to->request->op == CW_STORE_FILE_RESUME ? to->result->file.generation : 0});
}

static bool tell_of_user(const struct telling *to)
{
    const struct cw_store_request *request = to->request;
    switch (request->op) {
    case CW_STORE_USER_CREATE:
        tell_newcomer(to);
        return true;
    case CW_STORE_ACCOUNT_DELETE:
        tell_departed(to, request->user_id);
        return true;
    case CW_STORE_USER_REMOVE:
        tell_departed(to, request->other_id);
        return true;
    case CW_STORE_BOT_DELETE:
        tell_bot_deleted(to);
        return true;
    case CW_STORE_BLOCK:
    case CW_STORE_UNBLOCK:
        tell_member(to, request->op == CW_STORE_BLOCK ? CW_NEWS_BLOCKED : CW_NEWS_UNBLOCKED, 0);
        return true;
    case CW_STORE_CONTACT_ADD:
    case CW_STORE_CONTACT_REMOVE:
        tell_member(to,
                    request->op == CW_STORE_CONTACT_ADD ? CW_NEWS_CONTACT_ADDED
                                                        : CW_NEWS_CONTACT_REMOVED,
                    0);
        return true;
    case CW_STORE_SETTINGS_SET:
        tell_flag(to, CW_NEWS_DISCREET, request->user_id, request->discreet);
        return true;
    case CW_STORE_PROFILE_SET:
        if (request->item == CW_PROFILE_LAST_SEEN)
            tell_flag(to, CW_NEWS_HIDDEN, request->user_id, !request->on);
        tell(to, CW_NEWS_PROFILE,
             (struct cw_store_news){.user_id = request->user_id, .number = request->item});
        return true;
    case CW_STORE_SET_UP:
        tell_flag(to, CW_NEWS_ADMIN, request->user_id, true);
        return true;
    case CW_STORE_ADMIN_SET:
        tell_flag(to, CW_NEWS_ADMIN, request->other_id, request->admin);
        return true;
    case CW_STORE_NOTIFY_SET:
        tell_notify(to);
        return true;
    case CW_STORE_FILE_RESUME:
    case CW_STORE_FILE_DONE:
    case CW_STORE_FILE_DROP:
        tell_upload(to);
        return true;
    case CW_STORE_QUIET_SET:
        tell(to, CW_NEWS_QUIET,
             (struct cw_store_news){.user_id = request->user_id, .text = to->result->quiet_hours});
        return true;
    default:
        return false;
    }
}

/* --- conversations and the server ------------------------------------------------------------ */

static void tell_place(const struct telling *to, enum cw_news_kind kind, uint64_t seq)
{
    const struct cw_store_request *request = to->request;
    bool group = cw_mailbox_is_group(request->conversation);
    tell(to, kind,
         (struct cw_store_news){
             .user_id = request->user_id,
             .group_id = group ? request->conversation >> 1 : 0,
             .other_id = group ? 0 : cw_conversation_peer(request->conversation, request->user_id),
             .seq = seq,
             .text = request->body});
}

static void tell_barred(const struct telling *to)
{
    const struct cw_store_request *request = to->request;
    if (request->other_id != 0)
        tell_ended(to, request->other_id, 0, "banned");
    else
        tell(to, CW_NEWS_NETWORK_BANNED,
             (struct cw_store_news){.text = request->network, .until_ms = request->until_ms});
}

static bool tell_of_rest(const struct telling *to)
{
    const struct cw_store_request *request = to->request;
    switch (request->op) {
    case CW_STORE_REACT:
    case CW_STORE_UNREACT:
        tell_place(to, request->op == CW_STORE_REACT ? CW_NEWS_REACTED : CW_NEWS_UNREACTED,
                   request->seq);
        return true;
    case CW_STORE_READ_MARK:
        tell_place(to, CW_NEWS_READ, to->result->seq);
        return true;
    case CW_STORE_PLAY_MARK:
        tell_place(to, CW_NEWS_PLAYED, to->result->seq);
        return true;
    case CW_STORE_PUSH_SET:
        tell(to, CW_NEWS_PUSHES, (struct cw_store_news){0});
        return true;
    case CW_STORE_SERVER_BAN_ADD:
        tell_barred(to);
        return true;
    case CW_STORE_SERVER_BAN_END:
        if (request->network.n != 0)
            tell(to, CW_NEWS_NETWORK_FREE, (struct cw_store_news){.text = request->network});
        return true;
    case CW_STORE_ANNOUNCE_ADD:
        tell(to, CW_NEWS_ANNOUNCED,
             (struct cw_store_news){.user_id = request->user_id,
                                    .number = to->result->number,
                                    .time_ms = to->result->time_ms,
                                    .until_ms = request->until_ms,
                                    .text = request->body});
        return true;
    case CW_STORE_SERVER_SETTINGS_TELL:
        tell(to, CW_NEWS_SETTINGS, (struct cw_store_news){0});
        return true;
    case CW_STORE_ANNOUNCE_END:
        tell(to, CW_NEWS_ANNOUNCEMENT_ENDED, (struct cw_store_news){.number = request->number});
        return true;
    default:
        return false;
    }
}

/* What no server keeps, or what is a row in `messages`. */
static bool is_no_news(enum cw_store_op op)
{
    switch (op) {
    case CW_STORE_MESSAGE_APPEND:
    case CW_STORE_MESSAGE_EDIT:
    case CW_STORE_MESSAGE_DELETE:
    case CW_STORE_NOTICE_DROP:
    case CW_STORE_DATE_KEEP:
    case CW_STORE_SESSION_NAME:
    case CW_STORE_PUSH_END:
    case CW_STORE_AUDIT_ADD:
        return true;
    case CW_STORE_SESSION_FIND:
        return false;
    default:
        return !cw_store_op_writes(op);
    }
}

void cw_store_news_of(const struct cw_store_request *request, const struct cw_store_result *result,
                      void (*tell_one)(void *context, const struct cw_store_news *news),
                      void *context)
{
    const struct telling to = {tell_one, context, request, result};
    if (result->status != CW_STORE_OK || result->repeated || is_no_news(request->op))
        return;
    if (!tell_of_group(&to) && !tell_of_setting(&to) && !tell_of_session(&to) &&
        !tell_of_user(&to) && !tell_of_rest(&to))
        tell(&to, CW_NEWS_CHANGED, (struct cw_store_news){0});
}
