/* database.c - see database.h. */
#include <sqlite3.h>
#include <stddef.h>

#include "store/sqlite/database.h"

_Static_assert(CW_DATABASE_GOOD == SQLITE_OK && CW_DATABASE_ROW == SQLITE_ROW &&
                   CW_DATABASE_DONE == SQLITE_DONE,
               "as SQLite has them");

int cw_database_open(cw_database **db, const char *path)
{
    /* SQLite would count its memory under a lock at each allocation, for figures that nobody asks
     * for. This has an effect before the first database of the process is opened. */
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    int rc = sqlite3_open_v2(path, db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
    return rc == SQLITE_OK ? sqlite3_extended_result_codes(*db, 1) : rc;
}

void cw_database_close(cw_database *db)
{
    sqlite3_close(db);
}

int cw_database_leave_log(cw_database *db)
{
    return sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
}

int cw_database_error(cw_database *db)
{
    return sqlite3_errcode(db);
}

const char *cw_database_reason(cw_database *db)
{
    return sqlite3_errmsg(db);
}

const char *cw_database_meaning(int rc)
{
    return sqlite3_errstr(rc);
}

/* --- statements of the moment ------------------------------------------------------------- */

int cw_database_exec(cw_database *db, const char *sql)
{
    return sqlite3_exec(db, sql, NULL, NULL, NULL);
}

int cw_database_number(cw_database *db, const char *sql, int *value)
{
    sqlite3_stmt *st;
    int rc = sqlite3_prepare_v2(db, sql, -1, &st, NULL);
    if (rc != SQLITE_OK)
        return rc;
    if (sqlite3_step(st) == SQLITE_ROW)
        *value = sqlite3_column_int(st, 0);
    return sqlite3_finalize(st);
}

int cw_database_prepare(cw_database *db, const char *sql, cw_sql_statement **st)
{
    *st = NULL;
    return sqlite3_prepare_v2(db, sql, -1, st, NULL);
}

int cw_database_step(cw_sql_statement *st)
{
    return sqlite3_step(st);
}

void cw_database_finalize(cw_sql_statement *st)
{
    sqlite3_finalize(st);
}

/* --- the log -------------------------------------------------------------------------------- */

/* Called by SQLite after each commit; takes the place of automatic checkpoints. */
static int on_wal(void *context, sqlite3 *db, const char *schema, int pages)
{
    (void)db, (void)schema;
    *(int *)context = pages;
    return SQLITE_OK;
}

void cw_database_count_log(cw_database *db, int *pages)
{
    sqlite3_wal_hook(db, on_wal, pages);
}

int cw_database_checkpoint(cw_database *db, bool cut, int *pages, int *done)
{
    int mode = cut ? SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_PASSIVE;
    return sqlite3_wal_checkpoint_v2(db, NULL, mode, pages, done);
}

bool cw_database_is_full(int rc)
{
    return (rc & 0xff) == SQLITE_FULL;
}
