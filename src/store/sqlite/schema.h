/* schema.h - the tables, and the check of the file. */
#ifndef CW_STORE_SQLITE_SCHEMA_H
#define CW_STORE_SQLITE_SCHEMA_H

#include <stdbool.h>

#include "store/sqlite/migrations.h"
#include "store/sqlite/statements.h"

/* user_version of a database that was left (leave.c): servers that do not know the table `moved_to`
 * take it for newer than themselves, and do not start. */
#define CW_SQLITE_LEFT_VERSION 1000000000
/* 1: it was left. */
#define CW_SQLITE_IS_LEFT "SELECT count(*) FROM sqlite_schema WHERE name = 'moved_to'"

static inline bool cw_sqlite_version_is_known(int version)
{
    return version == cw_sqlite_schema_version || version == CW_SQLITE_LEFT_VERSION;
}

/* Locks the open database for this process and brings its schema up to date.
 * On failure writes a sentence to `error`. */
bool cw_sqlite_adopt(cw_database *db, const char *folder, char error[256]);

/* The way from one version to another, one transaction each. Returns a result code
 * of SQLite's. */
int cw_sqlite_migrate(cw_database *db, int version, int to);

/* Starts to rebuild search if other rules made its words. Returns a result code. */
int cw_sqlite_words_renew(cw_database *db);

#endif
