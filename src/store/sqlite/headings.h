/* headings.h - where groups stand in lists, and which newcomers are put into, in SQLite. Private to
 * this folder. */
#ifndef CW_STORE_SQLITE_HEADINGS_H
#define CW_STORE_SQLITE_HEADINGS_H

#include "store/store_backend.h"

struct cw_sqlite; /* state.h */

/* Makes the user who has just registered a member of some groups, which the result lists. */
void cw_sqlite_newcomer(struct cw_sqlite *s, const struct cw_store_request *request,
                        struct cw_store_result *result, struct cw_arena *arena);

#endif
