/* retention.c - deletes messages that are too old or too many, in memory. */
#include "store/memory/files.h"
#include "store/memory/memory.h"
#include "store/memory/mentions.h"
#include "store/memory/pins.h"
#include "store/memory/reactions.h"
#include "store/memory/versions.h"

static struct cw_store_retention retention_of(struct cw_memory *m, uint64_t conversation)
{
    const struct cw_memory_group *group =
        cw_mailbox_is_group(conversation) ? cw_memory_at(&m->groups, conversation >> 1) : NULL;
    return group == NULL ? m->options.retain : cw_store_stricter(m->options.retain, group->retain);
}

/* What is before it in its conversation was ahead, and goes with it. */
static void forget_to(struct cw_memory *m, const struct cw_memory_entry *entry)
{
    for (uint64_t seq = entry->message.seq; seq > 0; seq--) {
        struct cw_memory_entry *older = cw_memory_entry(entry->conversation, seq);
        if (older == NULL)
            continue;
        older->gone = true;
        cw_memory_versions_drop(m, older->message.message_id);
        cw_memory_reactions_drop(m, older->message.message_id);
        cw_memory_mentions_drop(m, older->message.message_id);
        cw_memory_pin_drop(m, entry->conversation->id, seq);
        cw_memory_file_forget(m, older->message.message_id);
        cw_memory_count_stored(m, older->message.sender_id, cw_memory_stored_size(older), 0);
    }
}

static void forget_old(struct cw_memory *m, const struct cw_memory_list *entries, uint64_t days)
{
    for (uint64_t i = 1; days != 0 && i <= entries->count; i++) {
        const struct cw_memory_entry *entry = cw_memory_at(entries, i);
        enum cw_store_age age =
            entry->gone ? CW_AGE_AHEAD : cw_store_age(m->moment, entry->message.time_ms, days);
        if (age == CW_AGE_YOUNG)
            return;
        if (age == CW_AGE_OLD)
            forget_to(m, entry);
    }
}

static void sweep(struct cw_memory *m, struct cw_memory_conversation *conversation)
{
    struct cw_store_retention retain = retention_of(m, conversation->id);
    uint64_t last = conversation->entries.count, surplus = cw_store_surplus_to(retain, last);
    if (surplus != 0)
        forget_to(m, cw_memory_at(&conversation->entries, surplus));
    const struct cw_memory_group *group = cw_mailbox_is_group(conversation->id)
                                              ? cw_memory_at(&m->groups, conversation->id >> 1)
                                              : NULL;
    if (group == NULL && cw_mailbox_is_group(conversation->id)) /* all have left */
        forget_to(m, cw_memory_at(&conversation->entries, last));
    if (group != NULL && (group->retain.days != 0 || group->retain.count != 0))
        forget_old(m, &conversation->entries, retain.days);
}

void cw_memory_sweep(struct cw_memory *m)
{
    forget_old(m, &m->messages, m->options.retain.days);
    for (size_t i = 0; i < m->conversations.count; i++)
        sweep(m, m->conversations.items[i]);
}
