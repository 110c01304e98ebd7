/* auditor_rules.c - see auditor_rules.h. */
#include "auditor_rules.h"

#include <stdlib.h>

#define ENTRIES_MAX 2048

/* A fact about a user (`whom`) for another user or a group (`of`). */
struct entry {
    uint64_t of, whom;
    uint64_t value; /* until when the user is muted; the role; 1 for a block */
};

struct book {
    struct entry entries[ENTRIES_MAX];
    size_t count;
};

struct invitation {
    uint64_t secret, mailbox, expires_ms, uses;
};

struct rules {
    struct book blocks, mutes, roles; /* of a user; of groups */
    struct book invited;              /* groups that need an invitation */
    struct invitation invitations[ENTRIES_MAX];
    size_t invitation_count;
    uint64_t users;
    uint64_t by_server; /* invitations that the server has made itself, and were not used */
    bool closed;
};

void rules_expect(bool good, const char *promise)
{
    if (good)
        return;
    fprintf(stderr, "broken promise: %s\n", promise);
    abort();
}

struct rules *rules_create(void)
{
    return cw_alloc_zero(sizeof(struct rules));
}

void rules_destroy(struct rules *rules)
{
    free(rules);
}

void rules_close_registration(struct rules *rules)
{
    rules->closed = true;
}

void rules_server_invites(struct rules *rules)
{
    rules->by_server++;
}

/* --- books ------------------------------------------------------------------------ */

static uint64_t look_up(const struct book *book, uint64_t of, uint64_t whom)
{
    for (size_t i = 0; i < book->count; i++)
        if (book->entries[i].of == of && book->entries[i].whom == whom)
            return book->entries[i].value;
    return 0;
}

/* Value 0 removes the entry. */
static void enter(struct book *book, uint64_t of, uint64_t whom, uint64_t value)
{
    size_t i = 0;
    while (i < book->count && (book->entries[i].of != of || book->entries[i].whom != whom))
        i++;
    if (i == book->count)
        rules_expect(book->count++ < ENTRIES_MAX, "(a book of the auditor's is full)");
    book->entries[i] = (struct entry){of, whom, value};
}

bool rules_blocked(const struct rules *rules, uint64_t blocker, uint64_t blocked)
{
    return look_up(&rules->blocks, blocker, blocked) != 0;
}

static bool use_invitation(struct rules *rules, uint64_t mailbox, uint64_t secret, uint64_t now_ms)
{
    for (size_t i = 0; i < rules->invitation_count; i++) {
        struct invitation *invitation = &rules->invitations[i];
        if (invitation->secret == secret && invitation->mailbox == mailbox &&
            invitation->uses != 0 && now_ms < invitation->expires_ms) {
            invitation->uses--;
            return true;
        }
    }
    return false;
}

static void add_invitation(struct rules *rules, const struct cw_store_request *request,
                           uint64_t secret)
{
    rules_expect(rules->invitation_count < ENTRIES_MAX, "(the book of invitations is full)");
    rules->invitations[rules->invitation_count++] =
        (struct invitation){secret, request->mailbox, request->expires_ms, request->uses};
}

/* --- what was done ------------------------------------------------------------------ */

static void said(const struct rules *rules, const struct cw_store_request *request,
                 uint64_t conversation)
{
    uint64_t user = request->user_id;
    if (cw_mailbox_is_group(conversation))
        rules_expect(look_up(&rules->mutes, conversation >> 1, user) <= request->time_ms,
                     "a muted member's text is refused");
    else
        rules_expect(!rules_blocked(rules, cw_conversation_peer(conversation, user), user),
                     "a blocked person's text is refused");
}

static void joined(struct rules *rules, const struct cw_store_request *request, uint64_t group,
                   uint64_t invitation)
{
    if (look_up(&rules->invited, group, 0) != 0)
        rules_expect(
            use_invitation(rules, cw_mailbox_of_group(group), invitation, request->time_ms),
            "a group by invitation is joined with a good one");
    enter(&rules->roles, group, request->user_id, CW_ROLE_MEMBER);
}

static void registered(struct rules *rules, const struct cw_store_request *request,
                       uint64_t invitation)
{
    if (rules->closed && rules->users != 0 && /* the server itself invites the first user */
        !use_invitation(rules, 0, invitation, request->time_ms))
        rules_expect(rules->by_server-- != 0, "who registers by invitation has a good one");
    rules->users++;
}

static void left(struct rules *rules, uint64_t user, uint64_t group, uint64_t heir)
{
    enter(&rules->roles, group, user, CW_ROLE_NONE);
    if (heir != 0)
        enter(&rules->roles, group, heir, CW_ROLE_OWNER);
}

static void closed(struct rules *rules, const struct cw_store_result *result)
{
    for (size_t i = 0; i < result->person_count; i++)
        enter(&rules->roles, result->group_id, result->people[i].user_id, CW_ROLE_NONE);
}

static void taken(struct rules *rules, const struct cw_store_request *request,
                  const struct cw_store_result *result)
{
    if (result->repeated)
        return;
    enter(&rules->roles, result->group_id, result->other_id, CW_ROLE_MODERATOR);
    enter(&rules->roles, result->group_id, request->other_id, CW_ROLE_OWNER);
}

static void given_role(struct rules *rules, const struct cw_store_request *request)
{
    enter(&rules->roles, request->group_id, request->other_id, request->role);
    if (request->role == CW_ROLE_OWNER && request->other_id != request->user_id)
        enter(&rules->roles, request->group_id, request->user_id, CW_ROLE_MODERATOR);
}

static void managed(struct rules *rules, const struct cw_store_request *request)
{
    uint64_t group = request->group_id;
    uint64_t own = look_up(&rules->roles, group, request->user_id);
    uint64_t others = look_up(&rules->roles, group, request->other_id);
    switch (request->op) {
    case CW_STORE_MEMBER_ROLE:
        rules_expect(own == CW_ROLE_OWNER, "the owner gives roles");
        given_role(rules, request);
        return;
    case CW_STORE_GROUP_ACCESS:
        rules_expect(own == CW_ROLE_OWNER, "the owner says who may come");
        enter(&rules->invited, group, 0, request->by_invitation);
        return;
    case CW_STORE_GROUP_RETAIN:
        rules_expect(own == CW_ROLE_OWNER, "the owner says what is kept");
        return;
    case CW_STORE_GROUP_TOPIC:
        rules_expect(own >= CW_ROLE_MODERATOR, "owner and moderators name the topic");
        return;
    default:
        rules_expect(own >= CW_ROLE_MODERATOR && others < own,
                     "members are managed by whoever stands above them");
    }
    if (request->op == CW_STORE_MEMBER_MUTE)
        enter(&rules->mutes, group, request->other_id, request->until_ms);
    else if (request->op != CW_STORE_MEMBER_UNBAN)
        enter(&rules->roles, group, request->other_id, CW_ROLE_NONE);
}

static void invited(struct rules *rules, const struct cw_store_request *request, uint64_t secret)
{
    if (request->mailbox != 0)
        rules_expect(look_up(&rules->roles, request->mailbox >> 1, request->user_id) >=
                         CW_ROLE_MODERATOR,
                     "owner and moderators invite into a group");
    add_invitation(rules, request, secret);
}

void rules_stored(struct rules *rules, const struct cw_store_request *request,
                  const struct cw_store_result *result, uint64_t secret, uint64_t invitation)
{
    switch (result->op) {
    case CW_STORE_USER_CREATE:
        registered(rules, request, invitation);
        break;
    case CW_STORE_BLOCK:
    case CW_STORE_UNBLOCK:
        enter(&rules->blocks, request->user_id, request->other_id, result->op == CW_STORE_BLOCK);
        break;
    case CW_STORE_GROUP_CREATE:
        enter(&rules->roles, result->group_id, request->user_id, CW_ROLE_OWNER);
        break;
    case CW_STORE_GROUP_JOIN:
        joined(rules, request, result->group_id, invitation);
        break;
    case CW_STORE_GROUP_LEAVE:
        left(rules, request->user_id, request->group_id, result->other_id);
        break;
    case CW_STORE_GROUP_CLOSE:
        closed(rules, result);
        break;
    case CW_STORE_GROUP_TAKE:
        taken(rules, request, result);
        break;
    case CW_STORE_MEMBER_ROLE:
    case CW_STORE_MEMBER_KICK:
    case CW_STORE_MEMBER_BAN:
    case CW_STORE_MEMBER_UNBAN:
    case CW_STORE_MEMBER_MUTE:
    case CW_STORE_GROUP_TOPIC:
    case CW_STORE_GROUP_ACCESS:
    case CW_STORE_GROUP_RETAIN:
        managed(rules, request);
        break;
    case CW_STORE_INVITE_CREATE:
        invited(rules, request, secret);
        break;
    case CW_STORE_MESSAGE_APPEND:
        if (!result->repeated)
            said(rules, request, cw_conversation_of(request->mailbox, request->user_id));
        break;
    case CW_STORE_MESSAGE_EDIT:
        if (!result->repeated)
            said(rules, request, request->conversation);
        break;
    default:
        break;
    }
}
