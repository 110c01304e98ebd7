/* uploads.c - the operations of files, in SQLite. The bytes are file.h's: a worker of the server
 * reads and writes them; the operations on bytes are here for tests. */
#include <errno.h>
#include <sys/random.h>

#include "store/file.h"
#include "store/rules.h"
#include "store/sqlite/clean.h"
#include "store/sqlite/file_rows.h"
#include "store/sqlite/operations.h"
#include "store/sqlite/sql.h"
#include "store/sqlite/state.h"
#include "store/sqlite/stored.h"

/* Ids are random, so that none tells of others, and below 2^53, so that programs that have only
 * doubles keep them whole. */
#define ID_BITS  53
#define ATTEMPTS 8

static uint64_t random_id(void)
{
    uint64_t id = 0;
    while (getrandom(&id, sizeof id, 0) != (ssize_t)sizeof id && errno == EINTR)
        continue;
    return id >> (64 - ID_BITS);
}

/* 0: all that were tried are taken. */
static uint64_t choose_id(struct cw_sqlite *s, uint64_t wanted)
{
    for (int i = 0; i < ATTEMPTS; i++) {
        uint64_t id = wanted != 0 ? wanted : random_id();
        if (id != 0 && !cw_sql_finds(s, CW_SQL_FILE_TAKEN, CW_NUMBERS(id)))
            return id;
    }
    return 0;
}

static void insert_upload(struct cw_sqlite *s, const struct cw_store_request *request, uint64_t id)
{
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_FILE_INSERT);
    cw_sql_int(st, 1, id);
    cw_sql_int(st, 2, request->user_id);
    cw_sql_int(st, 3, request->size);
    cw_sql_int(st, 4, cw_store_moment(request).earlier_ms);
    cw_sql_text_of(st, 5, request->name);
    cw_sql_int(st, 6, request->session_id);
    cw_sql_int(st, 7, request->part);
    cw_sql_int(st, 8, request->n);
    cw_sql_run(s, CW_SQL_FILE_INSERT);
    cw_sqlite_stored_files_changed(s, request->user_id);
    s->upload_ends_ms = 0;
}

static void resume(struct cw_sqlite *s, struct cw_store_file *file)
{
    file->generation++;
    cw_sql_run_with(s, CW_SQL_FILE_SET_GENERATION, CW_NUMBERS(file->id, file->generation));
    file->offset = file->done ? file->size : cw_file_size(s->folder, file->id);
}

/* The request was made before, and its answer was lost. */
static bool begin_again(struct cw_sqlite *s, const struct cw_store_request *request,
                        struct cw_store_result *result, struct cw_arena *arena)
{
    uint64_t id = request->n == 0 ? 0
                                  : cw_sql_query(s, CW_SQL_UPLOAD_BY_NUMBER,
                                                 CW_NUMBERS(request->user_id, request->session_id,
                                                            request->part, request->n));
    if (id == 0 || !cw_sqlite_file_row(s, id, &result->file, arena))
        return false;
    result->status = cw_store_is_same_upload(request, &result->file);
    if (result->status == CW_STORE_OK)
        resume(s, &result->file);
    return true;
}

void cw_sqlite_file_begin(struct cw_sqlite *s, const struct cw_store_request *request,
                          struct cw_store_result *result, struct cw_arena *arena)
{
    if (begin_again(s, request, result, arena))
        return;
    uint64_t count = cw_sql_query(s, CW_SQL_UPLOADS_OF, CW_NUMBERS(request->user_id));
    uint64_t total = cw_sql_query(s, CW_SQL_UPLOADS_SIZE, NULL);
    result->status = cw_store_may_upload(&s->store, &s->options, request, count, total);
    if (result->status != CW_STORE_OK)
        return;
    uint64_t id = choose_id(s, request->file_id);
    if (id == 0) {
        result->status = CW_STORE_EXISTS;
        return;
    }
    insert_upload(s, request, id);
    cw_sqlite_file_row(s, id, &result->file, arena);
}

/* Not an upload of this user: the status says so. */
static bool find_upload(struct cw_sqlite *s, const struct cw_store_request *request,
                        struct cw_store_file *file, struct cw_store_result *result,
                        struct cw_arena *arena)
{
    bool found = cw_sqlite_file_row(s, request->file_id, file, arena) &&
                 cw_store_is_upload(file, request->user_id);
    if (!found)
        result->status = CW_STORE_NOT_FOUND;
    return found;
}

void cw_sqlite_file_resume(struct cw_sqlite *s, const struct cw_store_request *request,
                           struct cw_store_result *result, struct cw_arena *arena)
{
    if (find_upload(s, request, &result->file, result, arena))
        resume(s, &result->file);
}

void cw_sqlite_file_done(struct cw_sqlite *s, const struct cw_store_request *request,
                         struct cw_store_result *result, struct cw_arena *arena)
{
    (void)arena;
    struct cw_store_file file;
    if (!find_upload(s, request, &file, result, NULL))
        return;
    if (file.generation != request->generation) {
        result->status = CW_STORE_MISMATCH;
        return;
    }
    cw_sql_statement *same = cw_sql_of(s, CW_SQL_FILE_SAME), *st;
    cw_sql_blob(same, 1, request->secret);
    cw_sql_int(same, 2, file.size);
    uint64_t content = cw_sql_row(s, same) ? cw_sql_column_int(same, 0) : file.content;
    cw_sql_end(same);
    st = cw_sql_of(s, CW_SQL_FILE_SET_DONE);
    cw_sql_int(st, 1, file.id);
    cw_sql_blob(st, 2, request->secret);
    cw_sql_text_of(st, 3, request->type);
    cw_sql_int(st, 4, content);
    cw_sql_int(st, 5, request->width);
    cw_sql_int(st, 6, request->height);
    cw_sql_run(s, CW_SQL_FILE_SET_DONE);
    if (content != file.content)
        cw_sqlite_content_release(s, file.content);
}

void cw_sqlite_file_drop(struct cw_sqlite *s, const struct cw_store_request *request,
                         struct cw_store_result *result, struct cw_arena *arena)
{
    (void)arena;
    struct cw_store_file file;
    if (!find_upload(s, request, &file, result, NULL))
        return;
    cw_sqlite_file_remove(s, request->file_id);
    cw_sqlite_unclean(s, CW_UNCLEAN_LOG);
}

void cw_sqlite_file_find(struct cw_sqlite *s, const struct cw_store_request *request,
                         struct cw_store_result *result, struct cw_arena *arena)
{
    struct cw_store_file *file = &result->file;
    result->status = cw_sqlite_file_row(s, request->file_id, file, arena)
                         ? cw_store_may_fetch(&s->store, request->user_id, file)
                         : CW_STORE_NOT_FOUND;
}

/* --- bytes --------------------------------------------------------------------------------- */

static void execute_bytes(struct cw_sqlite *s, const struct cw_store_request *request,
                          struct cw_store_result *result, struct cw_arena *arena)
{
    cw_file_execute(s->folder, &request, 1, result, arena);
}

void cw_sqlite_file_write(struct cw_sqlite *s, const struct cw_store_request *request,
                          struct cw_store_result *result, struct cw_arena *arena)
{
    execute_bytes(s, request, result, arena);
}

void cw_sqlite_file_hash(struct cw_sqlite *s, const struct cw_store_request *request,
                         struct cw_store_result *result, struct cw_arena *arena)
{
    execute_bytes(s, request, result, arena);
}

void cw_sqlite_file_read(struct cw_sqlite *s, const struct cw_store_request *request,
                         struct cw_store_result *result, struct cw_arena *arena)
{
    execute_bytes(s, request, result, arena);
}
