/* database.c - see database.h. */
#include <fcntl.h>
#include <sqlite3.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "store/sqlite/database.h"

_Static_assert(CW_DATABASE_GOOD == SQLITE_OK && CW_DATABASE_ROW == SQLITE_ROW &&
                   CW_DATABASE_DONE == SQLITE_DONE,
               "as SQLite has them");

int cw_database_open(cw_database **db, const char *path)
{
    /* SQLite would count its memory under a lock at each allocation, for figures that nobody asks
     * for. This and the next setting have an effect only before the first database of the process
     * is opened. */
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    /* Nor would it ever give back the room for the first pages of each cache, 85 KiB. */
    sqlite3_config(SQLITE_CONFIG_PAGECACHE, NULL, 0, 0);
    int rc = sqlite3_open_v2(path, db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
    return rc == SQLITE_OK ? sqlite3_extended_result_codes(*db, 1) : rc;
}

void cw_database_close(cw_database *db)
{
    sqlite3_close(db);
}

void cw_database_forget_pages(cw_database *db)
{
    sqlite3_db_release_memory(db);
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

/* --- a copy ----------------------------------------------------------------------------------- */

struct cw_database_copy {
    sqlite3 *to;
    sqlite3_backup *backup;
    int fd;        /* of the same file */
    off_t on_disk; /* so much of it, about */
};

/* The copy is of no use before it is complete and its pieces are synced: it needs no journal. */
static int open_copy(cw_database_copy *copy, const char *path)
{
    int rc = sqlite3_open_v2(
        path, &copy->to, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_exec(copy->to,
                          "PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=OFF;"
                          "PRAGMA synchronous=OFF; PRAGMA cache_size=64",
                          NULL, NULL, NULL);
    return rc;
}

int cw_database_copy_begin(cw_database *db, const char *path, cw_database_copy **result)
{
    cw_database_copy *copy = cw_alloc_zero(sizeof *copy);
    copy->fd = -1;
    int rc = open_copy(copy, path);
    if (rc == SQLITE_OK)
        copy->backup = sqlite3_backup_init(copy->to, "main", db, "main");
    if (rc == SQLITE_OK && copy->backup == NULL)
        rc = sqlite3_errcode(copy->to);
    if (rc == SQLITE_OK)
        copy->fd = open(path, O_RDWR | O_CLOEXEC);
    *result = rc == SQLITE_OK ? copy : NULL;
    if (rc != SQLITE_OK)
        cw_database_copy_end(copy);
    return rc;
}

/* What lies in SQLite's cache of the copy is written later. */
#define BEHIND ((off_t)512 * 1024)

/* Waits until what was just copied is on the disk: so little is on its way there at a time that a
 * sync of the log, which all messages wait for, does not wait behind all of the copy. */
static void write_out(cw_database_copy *copy)
{
    const unsigned all =
        SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE | SYNC_FILE_RANGE_WAIT_AFTER;
    struct stat about;
    if (copy->fd < 0 || fstat(copy->fd, &about) != 0)
        return;
    off_t from = copy->on_disk > BEHIND ? copy->on_disk - BEHIND : 0;
    if (about.st_size > from)
        sync_file_range(copy->fd, from, about.st_size - from, all);
    copy->on_disk = about.st_size;
}

int cw_database_copy_step(cw_database_copy *copy, int pages)
{
    int rc = sqlite3_backup_step(copy->backup, pages);
    write_out(copy);
    return rc;
}

void cw_database_copy_progress(const cw_database_copy *copy, int *all, int *left)
{
    *all = sqlite3_backup_pagecount(copy->backup);
    *left = sqlite3_backup_remaining(copy->backup);
}

void cw_database_copy_end(cw_database_copy *copy)
{
    if (copy == NULL)
        return;
    sqlite3_backup_finish(copy->backup);
    sqlite3_close(copy->to);
    if (copy->fd >= 0)
        close(copy->fd);
    free(copy);
}
