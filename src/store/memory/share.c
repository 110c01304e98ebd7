/* share.c - what belongs to a message in a page, but is not part of it: its quote, its reactions
 * and whether it is pinned; and the list of pins, in memory. */
#include "store/memory/share.h"

#include "store/memory/mentions.h"
#include "store/memory/pins.h"
#include "store/memory/reactions.h"
#include "store/rules_share.h"

static void show_deleter(struct cw_memory *m, uint64_t conversation,
                         struct cw_store_message *message)
{
    const struct cw_memory_conversation *place = cw_memory_conversation(m, conversation);
    const struct cw_memory_entry *deleted = cw_memory_entry(place, message->seq);
    const struct cw_memory_entry *event = cw_memory_entry(place, deleted->changed);
    if (event != NULL && event->message.sender_id != message->sender_id)
        message->deleted_by = cw_memory_out(
            m, ((struct cw_memory_user *)cw_memory_at(&m->users, event->message.sender_id))->name);
}

void cw_memory_show_share(struct cw_memory *m, uint64_t conversation, uint64_t viewer_id,
                          struct cw_store_message *message)
{
    if (!cw_kind_is_message(message->kind))
        return;
    if (message->deleted_ms != 0) {
        show_deleter(m, conversation, message);
        return;
    }
    message->quote = cw_memory_quote(m, conversation, message->reply_to);
    message->pinned_ms = cw_memory_pinned_ms(m, conversation, message->seq);
    cw_memory_show_reactions(m, conversation, viewer_id, message);
    cw_memory_show_mentions(m, viewer_id,
                            cw_memory_entry(cw_memory_conversation(m, conversation), message->seq),
                            message);
}

void cw_memory_pin_list(struct cw_memory *m, const struct cw_store_request *request,
                        struct cw_store_result *result)
{
    uint64_t conversation = cw_mailbox_of_group(request->group_id);
    result->status = cw_store_may_read(&m->store, request->user_id, conversation);
    if (result->status != CW_STORE_OK)
        return;
    struct cw_store_history page = {0}; /* for its account of bytes */
    const struct cw_memory_list *pins = cw_memory_pins_of(m, conversation);
    result->messages = cw_memory_out_array(m, CW_PINS_MAX, sizeof result->messages[0]);
    for (size_t i = cw_memory_place_of_pin(pins, request->after + 1); i < pins->count; i++) {
        const struct cw_memory_pin *pin = pins->items[i];
        struct cw_store_message message = cw_memory_show(
            m, cw_memory_entry(cw_memory_conversation(m, conversation), pin->seq), false);
        cw_memory_show_share(m, conversation, request->user_id, &message);
        result->more = !cw_store_history_takes(&page, &message);
        if (result->more)
            return;
        result->messages[result->message_count++] = message;
    }
}
