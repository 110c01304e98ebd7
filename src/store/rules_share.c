/* rules_share.c - the rules about reactions, pins and quotes that all back ends share. Pure, as
 * rules.c: it has no storage; facts are parameters, or come from struct cw_store_facts. Called by
 * the back ends only. */
#include "store/rules_share.h"

static bool is_there(const struct cw_store_entry *entry)
{
    return entry != NULL && cw_kind_is_message(entry->kind) && !entry->deleted;
}

enum cw_store_status cw_store_may_react(struct cw_store *store,
                                        const struct cw_store_request *request,
                                        const struct cw_store_entry *entry)
{
    if (!is_there(entry))
        return CW_STORE_NOT_FOUND;
    if (request->op == CW_STORE_UNREACT) /* a muted user may take back what was said */
        return CW_STORE_OK;
    return cw_store_may_say(store, request->user_id, request->conversation, request->time_ms);
}

enum cw_store_status cw_store_may_pin(struct cw_store *store,
                                      const struct cw_store_request *request,
                                      const struct cw_store_entry *entry, uint64_t count)
{
    enum cw_store_status status = cw_store_may_change_group(store, request, request->group_id);
    if (status != CW_STORE_OK || request->op == CW_STORE_UNPIN)
        return status;
    if (!is_there(entry))
        return CW_STORE_NOT_FOUND;
    return count < CW_PINS_MAX ? CW_STORE_OK : CW_STORE_FULL;
}

bool cw_store_is_quotable(const struct cw_store_message *message)
{
    return cw_kind_is_message(message->kind) && message->deleted_ms == 0 && !message->damaged;
}

struct cw_store_quote cw_store_quote_of(const struct cw_store_message *message)
{
    struct cw_store_quote quote = {.sender = message->sender, .voice = message->voice};
    if (!quote.voice)
        quote.text = cw_store_begin_of(message->body, CW_QUOTE_BYTES_MAX);
    return quote;
}

bool cw_store_hides_peer(struct cw_store *store, uint64_t conversation, uint64_t user_id)
{
    const struct cw_store_facts *facts = &store->backend->facts;
    if (cw_mailbox_is_group(conversation))
        return false;
    uint64_t peer_id = cw_conversation_peer(conversation, user_id);
    return facts->has_blocked(store, peer_id, user_id) ||
           facts->has_blocked(store, user_id, peer_id);
}
