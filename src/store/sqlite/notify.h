/* notify.h - what users are told of. */
#ifndef CW_STORE_SQLITE_NOTIFY_H
#define CW_STORE_SQLITE_NOTIFY_H

#include "store/store_backend.h"

struct cw_sqlite; /* state.h */

/* Puts all that the user has set about it into the result. */
void cw_sqlite_notify_list(struct cw_sqlite *s, uint64_t user_id, struct cw_store_result *result,
                           struct cw_arena *arena);

#endif
