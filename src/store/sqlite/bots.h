/* bots.h - bots and hooks. */
#ifndef CW_STORE_SQLITE_BOTS_H
#define CW_STORE_SQLITE_BOTS_H

#include "store/store_backend.h"

struct cw_sqlite; /* state.h */

/* struct cw_store_facts. */
bool cw_sqlite_is_bot(struct cw_store *store, uint64_t user_id, uint64_t *owner_id);

#endif
