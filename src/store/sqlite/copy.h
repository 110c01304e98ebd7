/* copy.h - a copy of the database while it is in use: cw_store_copy_begin of store.h. Called by
 * backend.c. */
#ifndef CW_STORE_SQLITE_COPY_H
#define CW_STORE_SQLITE_COPY_H

#include "store/store.h"

bool cw_sqlite_copy_begin(struct cw_store *store, const char *path, char error[256]);
enum cw_store_copying cw_sqlite_copy_step(struct cw_store *store, char error[256]);
void cw_sqlite_copy_end(struct cw_store *store);

#endif
