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
        if (committed && cw_file_id_of(file->name) != 0) {
            file->next = s->shrinking;
            s->shrinking = file;
            continue;
        }
        if (committed)
            s->removal_stuck |= !cw_blob_remove(s->folder, file->name);
        free(file);
    }
}

bool cw_sqlite_files_shrink(struct cw_sqlite *s)
{
    struct cw_sqlite_file *file = s->shrinking;
    if (file != NULL && cw_file_shrink(s->folder, cw_file_id_of(file->name), &s->removal_stuck)) {
        s->shrinking = file->next;
        free(file);
    }
    return s->shrinking != NULL;
}

void cw_sqlite_files_finish(struct cw_sqlite *s)
{
    while (cw_sqlite_files_shrink(s))
        continue;
}

void cw_sqlite_files_forget(struct cw_sqlite *s)
{
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_REMOVAL_NEXT);
    if (!s->removals || s->shrinking != NULL)
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
