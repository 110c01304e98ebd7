/* barred.h - bans from the server, in SQLite. */
#ifndef CW_STORE_SQLITE_BARRED_H
#define CW_STORE_SQLITE_BARRED_H

#include "store/store_backend.h"

struct cw_sqlite; /* state.h */

/* Is the user banned from the server? Then until_ms and name (the reason) of the result say more.
 */
bool cw_sqlite_is_barred(struct cw_sqlite *s, const struct cw_store_request *request,
                         uint64_t user_id, struct cw_store_result *result, struct cw_arena *arena);

#endif
