/* copy.c - a copy of the database, made by the one connection that writes to it: SQLite puts what
 * is committed meanwhile into the copy, too. A transaction that is undone after a part of it was
 * written makes the copy begin again, which happens on a full or damaged disk only. */
#include "store/sqlite/copy.h"

#include <stdio.h>

#include "store/sqlite/database.h"
#include "store/sqlite/files.h"
#include "store/sqlite/state.h"

static void explain(const char *path, int rc, char error[256])
{
    if (cw_database_is_full(rc))
        snprintf(error, 256, "The disk of %.150s is full: make room on it, or choose another.",
                 path);
    else
        snprintf(error, 256, "Cannot copy the database to %.120s: %.80s.", path,
                 cw_database_meaning(rc));
}

bool cw_sqlite_copy_begin(struct cw_store *store, const char *path, char error[256])
{
    struct cw_sqlite *s = (struct cw_sqlite *)store;
    cw_sqlite_files_hold(s);
    s->copy_left = 0;
    s->copy_restarts = 0;
    int rc = cw_database_copy_begin(s->db, path, &s->copy);
    if (rc != CW_DATABASE_GOOD)
        explain(path, rc, error);
    return rc == CW_DATABASE_GOOD;
}

/* The pages that are left are fewer after each step, unless it has begun again. */
static bool begins_again(struct cw_sqlite *s)
{
    int all, left;
    cw_database_copy_progress(s->copy, &all, &left);
    bool again = s->copy_left != 0 && left == all - CW_COPY_PAGES && left > s->copy_left;
    s->copy_left = left;
    return again;
}

enum cw_store_copying cw_sqlite_copy_step(struct cw_store *store, char error[256])
{
    struct cw_sqlite *s = (struct cw_sqlite *)store;
    int rc = cw_database_copy_step(s->copy, CW_COPY_PAGES);
    if (rc == CW_DATABASE_DONE) { /* for others to open */
        cw_database_copy_end(s->copy);
        s->copy = NULL;
        return CW_COPY_DONE;
    }
    if (rc != CW_DATABASE_GOOD) {
        explain("the backup", rc, error);
        return CW_COPY_FAILED;
    }
    if (!begins_again(s) || ++s->copy_restarts <= CW_COPY_RESTARTS_MAX)
        return CW_COPY_MORE;
    snprintf(error, 256,
             "The copy of the database had to begin again too often: see that the disk of the data "
             "folder has room, then try again.");
    return CW_COPY_FAILED;
}

void cw_sqlite_copy_end(struct cw_store *store)
{
    struct cw_sqlite *s = (struct cw_sqlite *)store;
    cw_database_copy_end(s->copy);
    s->copy = NULL;
    cw_sqlite_files_release(s);
}
