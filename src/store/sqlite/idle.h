/* idle.h - the work for idle moments. */
#ifndef CW_STORE_SQLITE_IDLE_H
#define CW_STORE_SQLITE_IDLE_H

#include "store/store_backend.h"

/* cw_store_idle and cw_store_tick. */
bool cw_sqlite_idle(struct cw_store *store, bool *again);
bool cw_sqlite_tick(struct cw_store *store);
bool cw_sqlite_tick_due(const struct cw_store *store);

#endif
