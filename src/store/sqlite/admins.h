/* admins.h - the administrators of the server, in SQLite. Private to this folder. */
#ifndef CW_STORE_SQLITE_ADMINS_H
#define CW_STORE_SQLITE_ADMINS_H

#include "store/store_backend.h"

struct cw_sqlite;

/* struct cw_store_facts. */
bool cw_sqlite_is_admin(struct cw_store *store, uint64_t user_id);
uint64_t cw_sqlite_admin_count(struct cw_store *store);
/* The user becomes one: all set-up links end. */
void cw_sqlite_admin_make(struct cw_sqlite *s, uint64_t user_id);

#endif
