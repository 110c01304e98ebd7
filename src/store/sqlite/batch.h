/* batch.h - executes requests. */
#ifndef CW_STORE_SQLITE_BATCH_H
#define CW_STORE_SQLITE_BATCH_H

#include "store/store_backend.h"

struct cw_sqlite; /* state.h */

/* cw_store_execute. */
void cw_sqlite_execute(struct cw_store *store, const struct cw_store_request *const requests[],
                       size_t n, struct cw_store_result results[], struct cw_arena *arena);
/* Before a search: it finds messages that were committed before it, if the disk has room for the
 * index. */
void cw_sqlite_follow_for_search(struct cw_sqlite *s);
/* cw_store_drop_files. */
void cw_sqlite_drop_files(struct cw_store *store, const struct cw_store_request *const requests[],
                          size_t n, const struct cw_store_result results[]);

#endif
