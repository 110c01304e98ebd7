/* posting.h - slow mode of groups, in SQLite. Private to this folder. */
#ifndef CW_STORE_SQLITE_POSTING_H
#define CW_STORE_SQLITE_POSTING_H

#include "store/store_backend.h"

struct cw_sqlite; /* state.h */

/* struct cw_store_facts. */
uint64_t cw_sqlite_written_ms(struct cw_store *store, uint64_t user_id, uint64_t group_id);
/* The message was stored: in slow mode its time is kept. */
void cw_sqlite_written(struct cw_sqlite *s, const struct cw_store_request *request);

#endif
