/* rules_posting.c - the rules about who writes where, and how often, that all back ends share.
 * Pure, as rules.c: it has no storage; facts come from struct cw_store_facts. Called by the back
 * ends, and by the other rules. */
#include "store/rules_posting.h"

/* Owner and moderators write at any time. */
static struct cw_store_right judge_group(struct cw_store *store, uint64_t user_id,
                                         uint64_t group_id)
{
    const struct cw_store_standing standing =
        store->backend->facts.standing(store, user_id, group_id);
    struct cw_store_right right = {CW_STORE_OK, standing.muted_until_ms, false, 0};
    if (standing.role == CW_ROLE_NONE)
        right.status = CW_STORE_NOT_MEMBER;
    if (standing.role == CW_ROLE_MEMBER) {
        right.reads_only = standing.announcements;
        right.slow_ms = standing.slow_s * 1000;
    }
    return right;
}

/* Neither has deleted the account, nor has the other one blocked the user. */
static bool may_say_to(struct cw_store *store, uint64_t user_id, uint64_t other_id)
{
    const struct cw_store_facts *facts = &store->backend->facts;
    return !facts->is_deleted(store, user_id) && !facts->is_deleted(store, other_id) &&
           !facts->has_blocked(store, other_id, user_id);
}

struct cw_store_right cw_store_judge(struct cw_store *store, uint64_t user_id,
                                     uint64_t conversation)
{
    struct cw_store_right right = {CW_STORE_OK, 0, false, 0};
    if (cw_mailbox_is_group(conversation))
        return judge_group(store, user_id, conversation >> 1);
    if (!may_say_to(store, user_id, cw_conversation_peer(conversation, user_id)))
        right.status = CW_STORE_FORBIDDEN;
    return right;
}

enum cw_store_status cw_store_may_say(struct cw_store *store, uint64_t user_id,
                                      uint64_t conversation, uint64_t time_ms)
{
    return cw_store_say_status(store->backend->facts.right(store, user_id, conversation), time_ms);
}

static enum cw_store_status post_status(struct cw_store_right right, uint64_t time_ms)
{
    enum cw_store_status status = cw_store_say_status(right, time_ms);
    return status == CW_STORE_OK && right.reads_only ? CW_STORE_ANNOUNCED : status;
}

enum cw_store_status cw_store_may_post(struct cw_store *store, uint64_t user_id,
                                       uint64_t conversation, uint64_t time_ms)
{
    return post_status(store->backend->facts.right(store, user_id, conversation), time_ms);
}

bool cw_store_is_slow(struct cw_store *store, uint64_t user_id, uint64_t conversation)
{
    return cw_mailbox_is_group(conversation) &&
           store->backend->facts.right(store, user_id, conversation).slow_ms != 0;
}

/* A clock that has been set back makes nobody wait longer than the rule says. */
enum cw_store_status cw_store_may_post_now(struct cw_store *store,
                                           const struct cw_store_request *request,
                                           struct cw_store_result *result)
{
    const struct cw_store_facts *facts = &store->backend->facts;
    uint64_t conversation = cw_conversation_of(request->mailbox, request->user_id);
    struct cw_store_right right = facts->right(store, request->user_id, conversation);
    enum cw_store_status status = post_status(right, request->time_ms);
    if (status != CW_STORE_OK || right.slow_ms == 0)
        return status;
    uint64_t last_ms = facts->written_ms(store, request->user_id, conversation >> 1);
    if (last_ms == 0 || last_ms > request->time_ms || request->time_ms - last_ms >= right.slow_ms)
        return CW_STORE_OK;
    result->until_ms = last_ms + right.slow_ms;
    return CW_STORE_TOO_SOON;
}
