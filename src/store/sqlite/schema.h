/* schema.h - the tables, and the check of the file. */
#ifndef CW_STORE_SQLITE_SCHEMA_H
#define CW_STORE_SQLITE_SCHEMA_H

#include <stdbool.h>

#include "store/sqlite/migrations.h"
#include "store/sqlite/statements.h"

/* Locks the open database for this process and brings its schema up to date.
 * On failure writes a sentence to `error`. */
bool cw_sqlite_adopt(cw_database *db, const char *folder, char error[256]);

/* The way from one version to another, one transaction each. Returns a result code
 * of SQLite's. */
int cw_sqlite_migrate(cw_database *db, int version, int to);

/* Starts to rebuild search if other rules made its words. Returns a result code. */
int cw_sqlite_words_renew(cw_database *db);

#endif
