/* files.c - removes files of bodies when a transaction has been committed. */
#include <stdlib.h>

#include "store/blob.h"
#include "store/file.h"
#include "store/sqlite/files.h"
#include "store/sqlite/sql.h"
#include "store/sqlite/state.h"

struct cw_sqlite_file {
    struct cw_sqlite_file *next;
    char name[CW_BLOB_NAME_MAX];
};

void cw_sqlite_unlink_later(struct cw_sqlite *s, struct cw_slice name)
{
    struct cw_sqlite_file *file = cw_alloc_zero(sizeof *file);
    memcpy(file->name, name.p, name.n < sizeof file->name ? name.n : sizeof file->name - 1);
    file->next = s->files;
    s->files = file;
    cw_sql_text_of(cw_sql_of(s, CW_SQL_REMOVAL_INSERT), 1, cw_slice_str(file->name));
    cw_sql_run(s, CW_SQL_REMOVAL_INSERT);
}

void cw_sqlite_files_end(struct cw_sqlite *s, bool committed)
{
    while (s->files != NULL) {
        struct cw_sqlite_file *file = s->files;
        s->files = file->next;
        s->removals |= committed;
        if (committed && !s->files_held && cw_file_id_of(file->name) != 0) {
            file->next = s->shrinking;
            s->shrinking = file;
            continue;
        }
        if (committed && !s->files_held)
            s->removal_stuck |= !cw_blob_remove(s->folder, file->name);
        free(file);
    }
}

static bool shrink(struct cw_sqlite *s, const struct cw_sqlite_file *file)
{
    uint64_t id = cw_file_id_of(file->name);
    if (id != 0)
        return cw_file_shrink(s->folder, id, &s->removal_stuck);
    s->removal_stuck |= !cw_blob_remove(s->folder, file->name);
    return true;
}

bool cw_sqlite_files_shrink(struct cw_sqlite *s)
{
    struct cw_sqlite_file *file = s->shrinking;
    if (file != NULL && !s->files_held && shrink(s, file)) {
        s->shrinking = file->next;
        free(file);
    }
    return s->shrinking != NULL && !s->files_held;
}

void cw_sqlite_files_hold(struct cw_sqlite *s)
{
    s->files_held = true;
}

/* What should have gone meanwhile is in the table. */
void cw_sqlite_files_release(struct cw_sqlite *s)
{
    cw_sql_statement *st = s->files_held ? cw_sql_of(s, CW_SQL_REMOVAL_LIST) : NULL;
    while (st != NULL && cw_sql_row(s, st)) {
        struct cw_sqlite_file *file = cw_alloc_zero(sizeof *file);
        struct cw_slice name = cw_sql_column_slice(st, 0);
        memcpy(file->name, name.p, name.n < sizeof file->name ? name.n : sizeof file->name - 1);
        file->next = s->shrinking;
        s->shrinking = file;
    }
    s->files_held = false;
}

void cw_sqlite_files_finish(struct cw_sqlite *s)
{
    while (cw_sqlite_files_shrink(s))
        continue;
}

void cw_sqlite_files_forget(struct cw_sqlite *s)
{
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_REMOVAL_NEXT);
    if (!s->removals || s->shrinking != NULL || s->files_held)
        return;
    if (s->removal_stuck) /* the next start tries again */
        return;
    cw_sql_text_of(st, 1, (struct cw_slice){0});
    bool any = cw_sql_row(s, st);
    cw_sql_end(st);
    if (any && cw_blob_sync_folder(s->folder) == CW_STORE_OK) {
        cw_sql_text_of(cw_sql_of(s, CW_SQL_REMOVALS_DELETE), 1, (struct cw_slice){0});
        cw_sql_run(s, CW_SQL_REMOVALS_DELETE);
    }
    s->removals = false;
}
