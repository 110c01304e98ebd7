/* load.h - what an open database is asked for once. */
#ifndef CW_STORE_SQLITE_LOAD_H
#define CW_STORE_SQLITE_LOAD_H

#include <stdbool.h>

#include "store/sqlite/statements.h"

struct cw_sqlite; /* state.h */

/* Reads what is kept in memory; s->trouble says whether that can be used. */
void cw_sqlite_load_once(struct cw_sqlite *s);

/* Bodies in files: see blob_sweep.c. The folder is called `shown`. */
void cw_sqlite_sweep_blobs(struct cw_sqlite *s, const char *shown);

/* BLOB_FIND or REMOVAL_FIND: does a row name this file? */
bool cw_sqlite_names_blob(struct cw_sqlite *s, enum cw_sql which, const char *name);

#endif
