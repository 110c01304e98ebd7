/* bots.h - bots and hooks. */
#ifndef CW_STORE_SQLITE_BOTS_H
#define CW_STORE_SQLITE_BOTS_H

#include "store/store_backend.h"

struct cw_sqlite; /* state.h */

/* struct cw_store_facts. */
bool cw_sqlite_is_bot(struct cw_store *store, uint64_t user_id, uint64_t *owner_id);

/* The bots of this user leave the group; owner_id 0: all that are in it. They are result->people. */
void cw_sqlite_bots_leave(struct cw_sqlite *s, uint64_t owner_id, uint64_t group_id,
                          struct cw_store_result *result, struct cw_arena *arena);

#endif
