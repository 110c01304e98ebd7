/* retired.h - names that nobody can have for a while. */
#ifndef CW_STORE_SQLITE_RETIRED_H
#define CW_STORE_SQLITE_RETIRED_H

#include "store/store_backend.h"

struct cw_sqlite; /* state.h */

/* The name with this key and these looks is given up now. */
void cw_sqlite_retire_name(struct cw_sqlite *s, struct cw_slice key, struct cw_slice looks);

/* Was the name, or one that looks like it, given up too short a time ago? */
bool cw_sqlite_name_retired(struct cw_sqlite *s, const struct cw_store_request *request);

#endif
