/* bots.h - bots and hooks, and what they need of users and groups. */
#ifndef CW_STORE_MEMORY_BOTS_H
#define CW_STORE_MEMORY_BOTS_H

#include "store/memory/memory.h"
#include "store/rules_bot.h"

/* struct cw_store_facts. */
bool cw_memory_is_bot(struct cw_store *store, uint64_t user_id, uint64_t *owner_id);

#endif
