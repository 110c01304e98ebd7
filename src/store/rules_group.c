/* rules_group.c - the rules about what is written in groups, and about their headings, that all
 * back ends share. Pure, as rules.c: it has no storage; facts are parameters, or come from struct
 * cw_store_facts. Called by the back ends, and by rules.c. */
#include "store/rules_group.h"

#include "store/rules_admin.h"

/* --- writing ------------------------------------------------------------------------------ */

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

enum cw_store_status cw_store_may_see_versions(struct cw_store *store,
                                               const struct cw_store_request *request,
                                               const struct cw_store_entry *entry)
{
    enum cw_store_status status = cw_store_may_change_group(store, request, request->group_id);
    if (status != CW_STORE_OK)
        return status;
    bool there = entry != NULL && cw_kind_is_message(entry->kind) && !entry->deleted;
    return there ? CW_STORE_OK : CW_STORE_NOT_FOUND;
}

/* --- headings, newcomers ------------------------------------------------------------------ */

enum cw_store_status cw_store_may_arrange(struct cw_store *store,
                                          const struct cw_store_request *request, bool found,
                                          bool more, uint64_t count, uint64_t most)
{
    enum cw_store_status status = cw_store_may_administer(store, request->user_id);
    if (status != CW_STORE_OK)
        return status;
    if (!found)
        return CW_STORE_NOT_FOUND;
    return more && count >= most ? CW_STORE_FULL : CW_STORE_OK;
}

/* --- groups without a name ------------------------------------------------------------------ */

struct cw_slice cw_store_next_key(struct cw_slice *keys)
{
    size_t n = 0;
    while (n < keys->n && keys->p[n] != ' ')
        n++;
    struct cw_slice key = cw_slice_of(keys->p, n);
    size_t used = n < keys->n ? n + 1 : n;
    *keys = cw_slice_of(keys->p + used, keys->n - used);
    return key;
}

bool cw_store_may_gather(struct cw_store *store, uint64_t user_id, uint64_t other_id)
{
    const struct cw_store_facts *facts = &store->backend->facts;
    return other_id != user_id && !facts->has_blocked(store, other_id, user_id) &&
           facts->group_count(store, other_id) < CW_GROUPS_PER_USER;
}

static size_t add_name(char topic[CW_TOPIC_MAX], size_t n, struct cw_slice name)
{
    size_t comma = n == 0 ? 0 : 2;
    if (n + comma + name.n > CW_TOPIC_MAX)
        return n;
    memcpy(topic + n, ", ", comma);
    memcpy(topic + n + comma, name.p, name.n);
    return n + comma + name.n;
}

size_t cw_store_talk_topic(struct cw_slice maker, const struct cw_store_person people[],
                           size_t count, char topic[CW_TOPIC_MAX])
{
    size_t n = add_name(topic, 0, maker);
    for (size_t i = 0; i < count; i++)
        n = add_name(topic, n, people[i].name);
    return n;
}
