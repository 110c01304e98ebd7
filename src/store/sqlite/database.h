/* database.h - the connection to the database, and statements that are made for the moment.
 *
 * SQLite's own API is used by the files that tools/tidy lists, and by no other: this one, sql.h
 * (the prepared statements), trouble.h (what a result code means) and salvage.h (repair). */
#ifndef CW_STORE_SQLITE_DATABASE_H
#define CW_STORE_SQLITE_DATABASE_H

#include <stdbool.h>

#include "store/sqlite/statements.h"

/* Result codes of SQLite; any other is an error. */
enum { CW_DATABASE_GOOD = 0, CW_DATABASE_ROW = 100, CW_DATABASE_DONE = 101 };

/* Opens the file, which is there. Returns a result code; *db is to be closed in any case. */
int cw_database_open(cw_database **db, const char *path);
void cw_database_close(cw_database *db);
/* Frees what it has read, and can read again. */
void cw_database_forget_pages(cw_database *db);
/* To close it leaves the log as it is. Returns a result code. */
int cw_database_leave_log(cw_database *db);

/* The result code of the latest error, and its text; the text of a result code. */
int cw_database_error(cw_database *db);
const char *cw_database_reason(cw_database *db);
const char *cw_database_meaning(int rc);

/* Runs statements without rows; writes the number that is a query's one result. Both return a
 * result code. */
int cw_database_exec(cw_database *db, const char *sql);
int cw_database_number(cw_database *db, const char *sql, int *value);

/* A statement of the moment, or NULL, and a result code; columns and parameters: sql.h. */
int cw_database_prepare(cw_database *db, const char *sql, cw_sql_statement **st);
/* ROW, DONE or an error; no trouble is noted. */
int cw_database_step(cw_sql_statement *st);
void cw_database_finalize(cw_sql_statement *st);

/* From now on *pages says after each commit how long the log is, and SQLite copies nothing by
 * itself. */
void cw_database_count_log(cw_database *db, int *pages);
/* Copies the log into the database: of so many pages so many are there now. `cut`: its file gets
 * empty. Returns a result code; is the disk full? */
int cw_database_checkpoint(cw_database *db, bool cut, int *pages, int *done);
bool cw_database_is_full(int rc);

/* A copy of the open database in another file, page by page. What this connection commits meanwhile
 * goes into both, so the copy is the database as it is when the last page has been copied. Begin
 * returns a result code, and NULL with an error. A step copies so many pages, and returns GOOD,
 * DONE or an error, which is never one of the database itself but for pages that it could not read.
 */
typedef struct cw_database_copy cw_database_copy;
int cw_database_copy_begin(cw_database *db, const char *path, cw_database_copy **copy);
int cw_database_copy_step(cw_database_copy *copy, int pages);
/* Of the pages of the database, so many are left. */
void cw_database_copy_progress(const cw_database_copy *copy, int *all, int *left);
/* Complete or not. */
void cw_database_copy_end(cw_database_copy *copy);

#endif
