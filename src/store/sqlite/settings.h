/* settings.h - what users have set for all of their devices. */
#ifndef CW_STORE_SQLITE_SETTINGS_H
#define CW_STORE_SQLITE_SETTINGS_H

#include "store/store_backend.h"

/* struct cw_store_facts. */
bool cw_sqlite_is_discreet(struct cw_store *store, uint64_t user_id);

#endif
