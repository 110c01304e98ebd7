/* restored.h - what a restore changes in the database. Called by backend.c. */
#ifndef CW_STORE_SQLITE_RESTORED_H
#define CW_STORE_SQLITE_RESTORED_H

#include "store/store.h"

bool cw_sqlite_restored(struct cw_store *store, bool keep_sessions,
                        struct cw_store_restored *ended);

#endif
