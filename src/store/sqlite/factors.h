/* factors.h - the second factor of users, for other files of the SQLite back end. */
#ifndef CW_STORE_SQLITE_FACTORS_H
#define CW_STORE_SQLITE_FACTORS_H

#include "store/rules_factor.h"

struct cw_sqlite; /* state.h */

/* Does a login of this user need a code? */
bool cw_sqlite_has_factor(struct cw_sqlite *s, uint64_t user_id);
/* Uses request.code up, if it is right: as cw_store_use_code. */
enum cw_store_status cw_sqlite_factor_pass(struct cw_sqlite *s,
                                           const struct cw_store_request *request,
                                           struct cw_arena *arena);

#endif
