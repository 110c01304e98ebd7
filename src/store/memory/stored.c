/* stored.c - how much each user has stored, in memory. */
#include "store/memory/memory.h"

void cw_memory_count_stored(struct cw_memory *m, uint64_t user_id, uint64_t from, uint64_t to)
{
    struct cw_memory_user *user = cw_memory_at(&m->users, user_id);
    if (user != NULL)
        user->stored = user->stored + to - from;
}

uint64_t cw_memory_stored_size(const struct cw_memory_entry *entry)
{
    return cw_store_stored_size(entry->message.kind, entry->message.body.n);
}
