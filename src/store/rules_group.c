/* rules_group.c - the rules about earlier versions, headings, and groups without a name that all
 * back ends share. Pure, as rules.c: it has no storage; facts are parameters, or come from struct
 * cw_store_facts. Called by the back ends only. */
#include "store/rules_group.h"

#include "store/rules_admin.h"

/* --- versions ------------------------------------------------------------------------------ */

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

static struct cw_slice next_in_topic(struct cw_slice *topic)
{
    size_t n = 0;
    while (n < topic->n && !(topic->p[n] == ',' && n + 1 < topic->n && topic->p[n + 1] == ' '))
        n++;
    struct cw_slice name = cw_slice_of(topic->p, n);
    size_t used = n < topic->n ? n + 2 : n;
    *topic = cw_slice_of(topic->p + used, topic->n - used);
    return name;
}

bool cw_store_talk_topic_without(struct cw_slice key, struct cw_slice topic, struct cw_slice name,
                                 char without[CW_TOPIC_MAX], size_t *n)
{
    size_t begin = sizeof CW_TALK_NAME - 1;
    bool found = false;
    *n = 0;
    if (key.n < begin || memcmp(key.p, CW_TALK_NAME, begin) != 0)
        return false;
    while (topic.n != 0) {
        struct cw_slice next = next_in_topic(&topic);
        if (cw_slice_eq(next, name))
            found = true;
        else
            *n = add_name(without, *n, next);
    }
    return found;
}
