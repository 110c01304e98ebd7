/* bots.h - bots and hooks, and what they need of users and groups. */
#ifndef CW_STORE_MEMORY_BOTS_H
#define CW_STORE_MEMORY_BOTS_H

#include "store/memory/memory.h"
#include "store/rules_bot.h"

/* struct cw_store_facts. */
bool cw_memory_is_bot(struct cw_store *store, uint64_t user_id, uint64_t *owner_id);
/* As cw_sqlite_bot_end and cw_sqlite_bot_of. */
void cw_memory_bot_end(struct cw_memory *m, struct cw_memory_user *bot,
                       struct cw_store_result *result);
struct cw_memory_user *cw_memory_bot_of(struct cw_memory *m, uint64_t owner_id);

#endif
