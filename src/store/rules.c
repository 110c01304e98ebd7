/* rules.c - what every back end decides alike. Pure: it has no storage, and is told or
 * asks (struct cw_store_facts) what is so. */
#include "store/rules.h"

#include "base/map.h"

#define DAY_MS (UINT64_C(24) * 3600 * 1000)

bool cw_store_may_manage(enum cw_store_op op, enum cw_store_role role, enum cw_store_role of_other)
{
    switch (op) {
    case CW_STORE_GROUP_TOPIC:
    case CW_STORE_INVITE_CREATE:
    case CW_STORE_INVITE_LIST:
    case CW_STORE_INVITE_WITHDRAW:
        return role >= CW_ROLE_MODERATOR;
    case CW_STORE_MEMBER_KICK:
    case CW_STORE_MEMBER_BAN:
    case CW_STORE_MEMBER_UNBAN:
    case CW_STORE_MEMBER_MUTE:
        return role >= CW_ROLE_MODERATOR && of_other < role;
    default: /* roles, access, retention */
        return role == CW_ROLE_OWNER;
    }
}

bool cw_store_may_invite(const struct cw_store_options *options, uint64_t user_id)
{
    switch (options->inviters) {
    case CW_INVITERS_ALL:
        return true;
    case CW_INVITERS_FIRST:
        return user_id <= 1;
    default:
        return user_id == 0;
    }
}

bool cw_store_has_invitation_room(const struct cw_store_options *options,
                                  const struct cw_store_request *request, uint64_t count,
                                  uint64_t places)
{
    if (request->mailbox != 0)
        return count < CW_INVITATIONS_MAX;
    if (request->user_id == 0)
        return true;
    uint64_t most = options->invitations_per_user;
    return count < CW_INVITATIONS_OPEN_MAX && (most == 0 || places + request->uses <= most);
}

bool cw_store_hide(struct cw_store_message *message, uint64_t asker_id)
{
    if (message->sender_id == asker_id) {
        message->played_ms = 0;
        return false;
    }
    message->edited_ms = 0;
    if (message->deleted_ms != 0)
        message->deleted_ms = message->time_ms;
    return message->kind > CW_KIND_VOICE;
}

uint64_t cw_store_sent_hash(const uint64_t key[2], const struct cw_store_request *request)
{
    const uint64_t what[] = {request->mailbox,
                             request->voice,
                             request->channels,
                             request->sample_rate,
                             request->reply_to,
                             request->body.n,
                             cw_hash_keyed(key, request->body)};
    return cw_hash_keyed(key, cw_slice_of(what, sizeof what)) | UINT64_C(1) << 63;
}

bool cw_store_is_sent_hash(uint64_t value)
{
    return value >> 63 != 0;
}

struct cw_store_moment cw_store_moment(const struct cw_store_request *request)
{
    uint64_t date_ms = request->date_ms == 0 ? request->time_ms : request->date_ms;
    return date_ms < request->time_ms ? (struct cw_store_moment){date_ms, request->time_ms}
                                      : (struct cw_store_moment){request->time_ms, date_ms};
}

int64_t cw_store_expiry_ms(const struct cw_store_options *options,
                           const struct cw_store_request *request)
{
    return (int64_t)cw_store_moment(request).earlier_ms - (int64_t)options->session_idle_ms;
}

enum cw_store_age cw_store_age(struct cw_store_moment now, uint64_t time_ms, uint64_t days)
{
    if (time_ms > now.later_ms)
        return CW_AGE_AHEAD;
    bool old =
        days != 0 && time_ms <= now.earlier_ms && (now.earlier_ms - time_ms) / DAY_MS >= days;
    return old ? CW_AGE_OLD : CW_AGE_YOUNG;
}

uint64_t cw_store_session_turn(const struct cw_store_request *request, uint64_t session_id,
                               uint64_t used)
{
    uint64_t id, in_use = UINT64_C(1) << 63;
    for (size_t at = 0; at + sizeof id <= request->active.n; at += sizeof id) {
        memcpy(&id, request->active.p + at, sizeof id);
        if (id == session_id)
            return in_use + at;
    }
    return used;
}

uint64_t cw_store_first_cursor(const struct cw_store_request *request, uint64_t high_cursor,
                               uint64_t newest_message_id)
{
    if (request->has_since && request->since <= newest_message_id)
        return request->since;
    return request->cursor > high_cursor ? request->cursor : high_cursor;
}

bool cw_store_took_long(const struct cw_store_request *request)
{
    return request->session_id != 0 &&
           (request->blob.n != 0 || request->body.n > CW_BODY_INLINE_MAX);
}
