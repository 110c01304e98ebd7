/* compact.c - writes the database anew without the pages that nothing uses, and in the order of its
 * trees. The server must be stopped. The new file is one that a running server can make smaller
 * (shrink.c), whichever version made the old one. Caller: chinwagd --compact. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/sqlite/database.h"
#include "store/sqlite/places.h"
#include "store/sqlite/sql.h"
#include "store/sqlite/trouble.h"
#include "store/store.h"

/* What is half-written has this name, and is worth nothing. */
#define NEW_FILE CW_SQLITE_FILE ".compacted"

struct compacting {
    const char *shown; /* the folder, as the caller called it */
    char *folder, *old_path, *new_path;
    cw_database *db;
    struct cw_store_compacted *to;
    char *error; /* 256 bytes */
};

static uint64_t database_size(const char *path)
{
    struct stat about;
    return stat(path, &about) == 0 ? (uint64_t)about.st_size : 0;
}

/* Opened and closed as by a server: an older schema, a log that a crash left and its damage are
 * dealt with, and a folder in use is refused. */
static bool settle(struct compacting *compacting)
{
    const struct cw_store_options options = {.session_idle_ms = UINT64_MAX / 2,
                                             .sessions_per_user = 1};
    if (access(compacting->old_path, R_OK | W_OK) != 0) {
        snprintf(compacting->error, 256,
                 "Cannot read %.120s/" CW_SQLITE_FILE ": no data folder, or not yours.",
                 compacting->shown);
        return false;
    }
    struct cw_store *store = cw_store_open_sqlite(compacting->folder, &options, compacting->error);
    if (store != NULL)
        cw_store_close(store);
    return store != NULL;
}

/* Behind the lock: what is there is of one that was interrupted. What the log still has would be
 * played into the new file. */
static int write_new(struct compacting *compacting)
{
    cw_sql_statement *st = NULL;
    int pages = 0, done = 0;
    unlink(compacting->new_path);
    int checked = cw_database_checkpoint(compacting->db, true, &pages, &done);
    if (checked != CW_DATABASE_GOOD)
        return checked;
    int rc = cw_database_prepare(compacting->db, "VACUUM INTO ?1", &st);
    if (rc == CW_DATABASE_GOOD) {
        cw_sql_text_of(st, 1, cw_slice_str(compacting->new_path));
        rc = cw_database_step(st);
    }
    cw_database_finalize(st);
    return rc == CW_DATABASE_DONE ? CW_DATABASE_GOOD : rc;
}

static bool sync_path(const char *path, int flags)
{
    int fd = open(path, flags | O_CLOEXEC);
    bool good = fd >= 0 && fsync(fd) == 0;
    if (fd >= 0)
        close(fd);
    return good;
}

/* Root, who runs this, is not who runs the server. */
static bool keep_owner(struct compacting *compacting)
{
    struct stat about;
    return stat(compacting->old_path, &about) == 0 &&
           chown(compacting->new_path, about.st_uid, about.st_gid) == 0 &&
           chmod(compacting->new_path, about.st_mode & 07777) == 0;
}

/* The old file is locked until this is done; its log is empty. */
static bool replace(struct compacting *compacting)
{
    bool good = keep_owner(compacting) && sync_path(compacting->new_path, O_RDWR) &&
                rename(compacting->new_path, compacting->old_path) == 0 &&
                sync_path(compacting->folder, O_RDONLY | O_DIRECTORY);
    if (!good)
        snprintf(compacting->error, 256, "Cannot write %.120s/" CW_SQLITE_FILE ": %s.",
                 compacting->shown, strerror(errno));
    return good;
}

static bool compact(struct compacting *compacting)
{
    compacting->to->before = database_size(compacting->old_path);
    int rc = cw_database_open(&compacting->db, compacting->old_path);
    if (rc == CW_DATABASE_GOOD)
        rc = cw_database_exec(compacting->db,
                              "PRAGMA locking_mode=EXCLUSIVE; PRAGMA auto_vacuum=INCREMENTAL;"
                              "BEGIN IMMEDIATE; SELECT count(*) FROM sqlite_schema;"
                              "ROLLBACK");
    bool locked = rc == CW_DATABASE_GOOD;
    if (locked)
        rc = write_new(compacting);
    if (rc == CW_DATABASE_GOOD)
        rc = cw_database_leave_log(compacting->db);
    compacting->to->after = database_size(compacting->new_path);
    if (rc != CW_DATABASE_GOOD)
        cw_sqlite_explain(compacting->db, rc, compacting->shown, compacting->error);
    bool good = rc == CW_DATABASE_GOOD && replace(compacting);
    if (!good && locked)
        unlink(compacting->new_path);
    return good;
}

bool cw_store_compact_sqlite(const char *folder, struct cw_store_compacted *to, char error[256])
{
    struct compacting compacting = {.shown = folder, .to = to, .error = error};
    compacting.folder = cw_sqlite_folder_of(folder);
    compacting.old_path = cw_sqlite_path(compacting.folder, CW_SQLITE_FILE);
    compacting.new_path = cw_sqlite_path(compacting.folder, NEW_FILE);
    bool good = settle(&compacting) && compact(&compacting);
    cw_database_close(compacting.db);
    free(compacting.new_path);
    free(compacting.old_path);
    free(compacting.folder);
    return good;
}
