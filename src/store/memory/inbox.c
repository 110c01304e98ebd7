/* inbox.c - a page of delivery, in memory. */
#include "store/memory/memory.h"
#include "store/memory/mentions.h"
#include "store/memory/reactions.h"
#include "store/rules_mention.h"

/* Does this user read that mailbox, this message of it? `own`: or did the user write it? */
static bool is_for(const struct cw_memory_user *user, const struct cw_memory_entry *entry, bool own)
{
    uint64_t mailbox = entry->message.mailbox;
    if (!cw_mailbox_is_group(mailbox))
        return mailbox == cw_mailbox_of_user(user->id) ||
               (own && entry->message.sender_id == user->id);
    const struct cw_memory_membership *membership = cw_memory_membership_of(user, mailbox >> 1);
    return membership != NULL && entry->message.message_id > membership->joined_message_id;
}

void cw_memory_inbox_read(struct cw_memory *m, const struct cw_store_request *request,
                          struct cw_store_result *result)
{
    const struct cw_memory_user *user = cw_memory_at(&m->users, request->user_id);
    size_t scanned = 0, bytes = 0;
    uint64_t last = request->cursor;
    result->scanned_to = m->newest;
    result->messages = cw_arena_alloc(m->out, CW_PAGE_ROWS_MAX * sizeof result->messages[0]);
    for (size_t i = cw_memory_place_above(m, last); user != NULL && i < m->messages.count; i++) {
        const struct cw_memory_entry *entry = m->messages.items[i];
        if (entry->gone || !is_for(user, entry, request->own))
            continue;
        struct cw_store_message message = cw_memory_show(m, entry, true);
        bool passed_over = cw_store_is_passed_over(&m->store, &message, user->id, request->own);
        size_t size = cw_memory_subject_of(entry)->message.body.n;
        bool fits = passed_over || cw_store_page_has_room(result->message_count, bytes, size);
        if (!fits || scanned == CW_PAGE_SCAN_MAX) {
            result->more = true;
            result->scanned_to = last;
            return;
        }
        scanned++;
        last = entry->message.message_id;
        if (passed_over)
            continue;
        bytes += size;
        message.quote = cw_memory_quote(m, entry->conversation->id, message.reply_to);
        cw_memory_show_mentions(m, user->id, entry, &message);
        bytes += cw_store_mentions_bytes(message.mentions);
        result->messages[result->message_count++] = message;
    }
}
