/* bots.h - bots and hooks. */
#ifndef CW_STORE_SQLITE_BOTS_H
#define CW_STORE_SQLITE_BOTS_H

#include "store/store_backend.h"

struct cw_sqlite; /* state.h */

/* struct cw_store_facts. */
bool cw_sqlite_is_bot(struct cw_store *store, uint64_t user_id, uint64_t *owner_id);
/* Ends the bot: -> groups, in which it was. */
void cw_sqlite_bot_end(struct cw_sqlite *s, uint64_t bot_id, struct cw_store_result *result,
                       struct cw_arena *arena);
/* One of the user's, 0: there is none. */
uint64_t cw_sqlite_bot_of(struct cw_sqlite *s, uint64_t owner_id);

#endif
