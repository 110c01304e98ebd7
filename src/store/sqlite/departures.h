/* departures.h - users who delete their accounts. */
#ifndef CW_STORE_SQLITE_DEPARTURES_H
#define CW_STORE_SQLITE_DEPARTURES_H

#include "store/store_backend.h"

struct cw_sqlite; /* state.h */

/* In an idle moment's transaction: removes a part of what those have left who are gone. True: there
 * may be more. */
bool cw_sqlite_departures_follow(struct cw_sqlite *s);

#endif
