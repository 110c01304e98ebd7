/* thumbnails.c - the operations of thumbnails, in SQLite. One lies beside the row of its file, and
 * goes with it (a trigger). */
#include "store/sqlite/thumbnails.h"

#include "store/rules.h"
#include "store/rules_link.h"
#include "store/sqlite/clean.h"
#include "store/sqlite/file_rows.h"
#include "store/sqlite/operations.h"
#include "store/sqlite/sql.h"
#include "store/sqlite/state.h"

void cw_sqlite_thumbnail_set(struct cw_sqlite *s, const struct cw_store_request *request,
                             struct cw_store_result *result, struct cw_arena *arena)
{
    struct cw_store_file file;
    (void)arena;
    bool found = cw_sqlite_file_row(s, request->file_id, &file, NULL);
    result->status = cw_store_may_set_thumbnail(request, found ? &file : NULL);
    if (result->status != CW_STORE_OK)
        return;
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_THUMBNAIL_SET);
    cw_sql_int(st, 1, request->file_id);
    cw_sql_text_of(st, 2, request->type);
    cw_sql_blob(st, 3, request->body);
    cw_sql_run(s, CW_SQL_THUMBNAIL_SET);
    if (file.thumbnail != 0)
        cw_sqlite_unclean(s, CW_UNCLEAN_LOG);
    cw_sql_run_with(s, CW_SQL_FILE_SET_THUMBNAIL, CW_NUMBERS(request->file_id, request->body.n));
}

bool cw_sqlite_thumbnail_read(struct cw_sqlite *s, uint64_t file_id, struct cw_store_result *result,
                              struct cw_arena *arena)
{
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_THUMBNAIL_OF);
    cw_sql_int(st, 1, file_id);
    bool found = cw_sql_row(s, st);
    if (found) {
        result->file.type = cw_sql_column_copy(st, 0, arena);
        result->body = cw_sql_column_copy(st, 1, arena);
        result->file.size = result->body.n;
    }
    cw_sql_end(st);
    return found;
}

void cw_sqlite_thumbnail_find(struct cw_sqlite *s, const struct cw_store_request *request,
                              struct cw_store_result *result, struct cw_arena *arena)
{
    struct cw_store_file *file = &result->file;
    result->status = cw_sqlite_file_row(s, request->file_id, file, arena)
                         ? cw_store_may_fetch(&s->store, request->user_id, file)
                         : CW_STORE_NOT_FOUND;
    if (result->status == CW_STORE_OK &&
        !cw_sqlite_thumbnail_read(s, request->file_id, result, arena))
        result->status = CW_STORE_NOT_FOUND;
}
