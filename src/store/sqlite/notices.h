/* notices.h - notices of a kick, ban or mute, until the user has been told. */
#ifndef CW_STORE_SQLITE_NOTICES_H
#define CW_STORE_SQLITE_NOTICES_H

#include "store/store_backend.h"

struct cw_sqlite; /* state.h */

/* What request->user_id did to other_id in group_id; sets result->notice_id. */
void cw_sqlite_notice_add(struct cw_sqlite *s, const struct cw_store_request *request,
                          enum cw_store_notice_kind kind, struct cw_store_result *result);

/* It need not be told any more, if it is no more than `highest`. */
void cw_sqlite_notice_remove(struct cw_sqlite *s, uint64_t user_id, uint64_t group_id,
                             enum cw_store_notice_kind highest);

/* The user may come back: they were only kicked. */
void cw_sqlite_notice_unbanned(struct cw_sqlite *s, uint64_t user_id, uint64_t group_id);

/* The newest one's id, or 0. */
uint64_t cw_sqlite_notice_newest(struct cw_sqlite *s, uint64_t user_id);

#endif
