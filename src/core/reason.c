/* reason.c - why a request is refused and what to do next, as a phrase for people.
 *
 * Only clients that read maps get it (cw_request_explain). A user who is blocked by the recipient
 * gets only the code: no phrase here reports a block. Called by handlers, conversation.c and
 * refusal.c; the rules of names and passwords have their own phrases (src/text). */
#include "core/reason.h"

#include <stdio.h>

#include "base/codes.h"
#include "base/limits.h"
#include "core/group.h"
#include "core/request.h"
#include "core/session.h"
#include "core/state.h"
#include "core/user.h"

/* --- groups --------------------------------------------------------------------------- */

/* Gregorian, from days since 1970: years begin in March, so that the leap day ends one. */
static void put_date(uint64_t time_ms, char text[40])
{
    uint64_t minutes = time_ms / 60000, days = minutes / 1440 + 719468;
    uint64_t era_day = days % 146097;
    uint64_t year = (era_day - era_day / 1460 + era_day / 36524 - era_day / 146096) / 365;
    uint64_t day = era_day - (365 * year + year / 4 - year / 100);
    uint64_t month = (5 * day + 2) / 153;
    day -= (153 * month + 2) / 5;
    year += days / 146097 * 400 + (month >= 10);
    snprintf(text, 40, "%04u-%02u-%02u %02u:%02u UTC", (unsigned)year % 10000,
             (unsigned)(month < 10 ? month + 3 : month - 9), (unsigned)day + 1,
             (unsigned)(minutes / 60 % 24), (unsigned)(minutes % 60));
}

bool cw_refused_as_muted(struct cw_core *core, struct request *request)
{
    char until[40];
    const struct group *group =
        request->target == NULL ? cw_group_by_id(core, request->target_group) : NULL;
    const struct session *session = cw_session_find(core, request->sender_session);
    if (group == NULL || session == NULL)
        return false;
    const struct membership *membership = cw_group_membership(group, session);
    if (membership == NULL || !cw_group_muted(core, membership))
        return false;
    put_date(membership->muted_until_ms + 59999, until); /* rounded up to a minute */
    cw_request_refuse_with(core, request, CW_FORBIDDEN, "you are muted in this group until ",
                           until);
    return true;
}

static const char *why_not_with_role(const struct request *request)
{
    switch (request->action) {
    case CW_SET_ROLE:
        return "only the owner of the group gives roles, and to others";
    case CW_SET_ACCESS:
    case CW_SET_RETENTION:
        return "only the owner of the group may set this: ask the owner";
    case CW_KICK:
    case CW_BAN:
    case CW_UNBAN:
    case CW_MUTE:
        return request->target == request->sender
                   ? "you cannot do this to yourself: leave_group leaves the group"
                   : "only the owner and the moderators of the group may do this, and moderators "
                     "only to members: ask the owner";
    case CW_INVITE_USER:
        return "this server does not let you invite: ask whoever runs it for an invitation";
    case CW_SET_TOPIC:
    case CW_PIN:
    case CW_UNPIN:
    case CW_INVITE:
    case CW_INVITATIONS:
        return "only the owner and the moderators of the group may do this: ask one of them";
    default: /* nothing else needs a role */
        return NULL;
    }
}

static const char *of_group(const struct request *request, enum cw_store_status status)
{
    if (status == CW_STORE_FORBIDDEN)
        return why_not_with_role(request);
    if (status != CW_STORE_FULL)
        return NULL;
    return "there are as many invitations as there may be: withdraw one, or wait until some have "
           "ended";
}

static const char *of_joining(const struct request *request, enum cw_store_status status)
{
    if (status == CW_STORE_FORBIDDEN)
        return "you are banned from this group, or it takes only who has an invitation that is "
               "still good: ask its owner or a moderator";
    if (request->action == CW_CREATE_GROUP)
        return "you are in 100 groups, as many as there may be: leave one first";
    return "you are in 100 groups, or this one has 10,000 members: as many as there may be";
}
_Static_assert(CW_GROUPS_PER_USER == 100 && CW_GROUP_MEMBERS_MAX == 10000, "as is said");

/* --- messages ------------------------------------------------------------------------- */

static const char *of_number(const struct request *request)
{
    switch (request->action) {
    case CW_WHISPER:
    case CW_MSG_GROUP:
    case CW_VOICE_MSG:
        return "the conversation has no message with the number in `reply_to`";
    case CW_FETCH_VOICE:
    case CW_MARK_PLAYED:
        return "the conversation has no voice message with this number, or it was deleted";
    case CW_EDIT:
    case CW_DELETE:
    case CW_MARK_READ:
    case CW_REACT:
    case CW_UNREACT:
    case CW_PIN:
        return "the conversation has no message with this number, or it was deleted";
    default: /* nothing else has a number */
        return NULL;
    }
}

static const char *of_change(const struct request *request)
{
    const struct user *other = request->target;
    if (other != NULL && cw_user_has_blocked(other, request->sender->id))
        return NULL;
    if (request->action == CW_DELETE)
        return other != NULL
                   ? "only who wrote a message may delete it"
                   : "only who wrote a message, the owner and the moderators of the group "
                     "may delete it";
    if (other != NULL && cw_user_has_blocked(request->sender, other->id))
        return "you have blocked the one who would read it: unblock first, or delete the message";
    return "only who wrote a message may change it, and only a text";
}

static const char *of_reaction(enum cw_store_status status)
{
    return status == CW_STORE_FULL ? "people have reacted to this message with 20 different emoji, "
                                     "as many as there may be: use one of those"
                                   : NULL;
}

static const char *of_pin(const struct request *request, enum cw_store_status status)
{
    return status == CW_STORE_FULL ? "50 messages of this group are pinned, as many as there may "
                                     "be: unpin one first"
                                   : of_group(request, status);
}
_Static_assert(CW_REACTIONS_MAX == 20 && CW_PINS_MAX == 50, "as is said");
/* --- files ------------------------------------------------------------------------------- */

static const char *of_file(const struct request *request, enum cw_store_status status)
{
    if (status == CW_STORE_FULL)
        return "you have 4 uploads that were not sent, as many as there may be: send or drop one";
    if (request->action == CW_FETCH_FILE)
        return "there is no such file that you may read; it may have been deleted";
    if (status == CW_STORE_NOT_FOUND)
        return "you have no upload with this number: it was sent, dropped, or is over a day old";
    if (request->action == CW_END_UPLOAD)
        return "the bytes on the server do not have this hash, or another connection has resumed "
               "the upload: drop it and begin again";
    return "the upload does not stand there on the disk: `resume_upload` says where it continues";
}
_Static_assert(CW_UPLOADS_PER_USER == 4, "as is said");

/* --- the store's word ------------------------------------------------------------------- */

const char *cw_reason_of(const struct request *request, enum cw_store_status status)
{
    bool refused = status == CW_STORE_FORBIDDEN || status == CW_STORE_FULL;
    bool none = status == CW_STORE_NOT_FOUND || status == CW_STORE_MISMATCH;
    switch (request->action) {
    case CW_REGISTER:
        return refused || none ? "this invitation is not good, or not any more: ask for another one"
                               : NULL;
    case CW_ADD_CONTACT:
        return refused ? "you have as many contacts as one may: remove one first" : NULL;
    case CW_BLOCK:
        return refused ? "you have blocked as many people as one may: unblock one first" : NULL;
    case CW_CREATE_GROUP:
    case CW_JOIN_GROUP:
        return refused ? of_joining(request, status) : NULL;
    case CW_EDIT:
    case CW_DELETE:
        return status == CW_STORE_FORBIDDEN ? of_change(request) : none ? of_number(request) : NULL;
    case CW_WHISPER:
    case CW_MSG_GROUP:
    case CW_VOICE_MSG:
    case CW_FETCH_VOICE:
    case CW_MARK_READ:
    case CW_MARK_PLAYED:
        return none ? of_number(request) : NULL;
    case CW_REACT:
    case CW_UNREACT:
        return none ? of_number(request) : of_reaction(status);
    case CW_PIN:
    case CW_UNPIN:
        return none ? of_number(request) : of_pin(request, status);
    case CW_UPLOAD:
    case CW_RESUME_UPLOAD:
    case CW_UPLOAD_CHUNK:
    case CW_END_UPLOAD:
    case CW_DROP_UPLOAD:
    case CW_FETCH_FILE:
        return of_file(request, status);
    case CW_REVOKE_SESSION:
        return none ? "you have no session with this number: `sessions` lists them" : NULL;
    case CW_WITHDRAW_INVITATION:
        return "there is no invitation with this number that you may withdraw: see `invitations`";
    default: /* what is left is about a group, or needs no reason */
        return of_group(request, status);
    }
}
