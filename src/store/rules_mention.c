/* rules_mention.c - the rules about mentions and about what users are told of that all back ends
 * share. Pure, as rules.c: it has no storage; facts are parameters, or come from struct
 * cw_store_facts. Called by the back ends only. */
#include "store/rules_mention.h"

/* Takes the next key; false: the list ends. */
static bool take_key(struct cw_slice *keys, struct cw_slice *key)
{
    const uint8_t *end = keys->n == 0 ? NULL : memchr(keys->p, 0, keys->n);
    if (end == NULL)
        return false;
    *key = cw_slice_of(keys->p, (size_t)(end - keys->p));
    *keys = cw_slice_of(end + 1, keys->n - key->n - 1);
    return key->n != 0;
}

static bool reads(struct cw_store *store, uint64_t user_id, uint64_t conversation,
                  uint64_t sender_id)
{
    if (cw_mailbox_is_group(conversation))
        return store->backend->facts.role_of(store, user_id, conversation >> 1) != CW_ROLE_NONE;
    return user_id == sender_id || user_id == cw_conversation_peer(conversation, sender_id);
}

/* Who is meant by one word, 0: nobody who reads it. Takes all of its keys. */
static uint64_t find_meant(struct cw_store *store, const struct cw_store_request *request,
                           uint64_t conversation, struct cw_slice *keys)
{
    struct cw_slice key;
    uint64_t found = 0;
    while (take_key(keys, &key)) {
        uint64_t id = found != 0 ? 0 : store->backend->facts.user_by_key(store, key);
        if (id != 0 && reads(store, id, conversation, request->user_id))
            found = id;
    }
    return found;
}

static void add(struct cw_store_mentioned *mentioned, uint64_t id)
{
    size_t place = 0;
    while (place < mentioned->count && mentioned->ids[place] < id)
        place++;
    if (mentioned->count == CW_MENTIONS_MAX ||
        (place < mentioned->count && mentioned->ids[place] == id))
        return;
    memmove(mentioned->ids + place + 1, mentioned->ids + place,
            (mentioned->count - place) * sizeof mentioned->ids[0]);
    mentioned->ids[place] = id;
    mentioned->count++;
}

/* Unless the owner has set something else, who may pin may: it is seen by all, too. */
static bool may_call(struct cw_store *store, uint64_t user_id, uint64_t conversation)
{
    const struct cw_store_standing standing =
        store->backend->facts.standing(store, user_id, conversation >> 1);
    switch (standing.here) {
    case CW_HERE_ALL:
        return standing.role != CW_ROLE_NONE;
    case CW_HERE_NOBODY:
        return false;
    default:
        return cw_store_may_manage(CW_STORE_PIN, standing.role, CW_ROLE_NONE);
    }
}

void cw_store_resolve(struct cw_store *store, const struct cw_store_request *request,
                      uint64_t conversation, struct cw_store_mentioned *mentioned)
{
    struct cw_slice keys = request->mentions;
    mentioned->count = 0;
    while (keys.n != 0) {
        uint64_t id = find_meant(store, request, conversation, &keys);
        if (id != 0 && id != request->user_id &&
            !store->backend->facts.has_blocked(store, id, request->user_id))
            add(mentioned, id);
    }
    bool called = request->calls_all && cw_mailbox_is_group(conversation);
    mentioned->all = called && may_call(store, request->user_id, conversation);
    mentioned->not_all = called && !mentioned->all;
}

bool cw_store_is_called(struct cw_store *store, uint64_t user_id, uint64_t conversation,
                        uint64_t sender_id)
{
    const struct cw_store_facts *facts = &store->backend->facts;
    return user_id != sender_id && cw_mailbox_is_group(conversation) &&
           facts->role_of(store, user_id, conversation >> 1) != CW_ROLE_NONE &&
           !facts->has_blocked(store, user_id, sender_id);
}

/* --- what users are told of -------------------------------------------------------------- */

enum cw_store_status cw_store_may_set_notify(struct cw_store *store,
                                             const struct cw_store_request *request, bool known,
                                             uint64_t count)
{
    enum cw_store_status status = cw_store_may_read(store, request->user_id, request->conversation);
    if (status != CW_STORE_OK)
        return status;
    return known || count < CW_NOTIFY_RULES_MAX ? CW_STORE_OK : CW_STORE_FULL;
}

bool cw_store_change_notify(const struct cw_store_request *request, struct cw_store_notify *rule)
{
    const struct cw_store_notify before = *rule;
    if (request->sets_level)
        rule->level = request->level;
    if (request->sets_until)
        rule->until_ms = request->until_ms;
    if (rule->until_ms <= request->time_ms) /* it has ended */
        rule->until_ms = 0;
    return rule->level != before.level || rule->until_ms != before.until_ms;
}
