/* file_rows.c - see file_rows.h. */
#include "store/sqlite/file_rows.h"
#include "store/file.h"
#include "store/sqlite/files.h"
#include "store/sqlite/lost.h"
#include "store/sqlite/sql.h"
#include "store/sqlite/state.h"
#include "store/sqlite/stored.h"
#include "store/sqlite/trouble.h"

bool cw_sqlite_file_row(struct cw_sqlite *s, uint64_t id, struct cw_store_file *file,
                        struct cw_arena *arena)
{
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_FILE_BY_ID);
    cw_sql_int(st, 1, id);
    bool found = cw_sql_row(s, st);
    if (found) {
        *file = (struct cw_store_file){.id = id,
                                       .user_id = cw_sql_column_int(st, 0),
                                       .content = cw_sql_column_int(st, 1),
                                       .size = cw_sql_column_int(st, 2),
                                       .generation = cw_sql_column_int(st, 3),
                                       .begun_ms = cw_sql_column_int(st, 4),
                                       .message_id = cw_sql_column_int(st, 5),
                                       .done = cw_sql_column_int(st, 6) != 0,
                                       .width = (uint32_t)cw_sql_column_int(st, 9),
                                       .height = (uint32_t)cw_sql_column_int(st, 10),
                                       .thumbnail = (uint32_t)cw_sql_column_int(st, 11)};
        if (arena != NULL) {
            file->name = cw_sql_column_copy(st, 7, arena);
            file->type = cw_sql_column_copy(st, 8, arena);
        }
    }
    cw_sql_end(st);
    return found;
}

bool cw_sqlite_file_at(struct cw_store *store, uint64_t file_id, struct cw_store_file *file)
{
    return cw_sqlite_file_row((struct cw_sqlite *)store, file_id, file, NULL);
}

bool cw_sqlite_message_at(struct cw_store *store, uint64_t message_id, uint64_t *sender_id,
                          uint64_t *mailbox)
{
    struct cw_sqlite *s = (struct cw_sqlite *)store;
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_MESSAGE_TEXT);
    cw_sql_int(st, 1, message_id);
    bool found = message_id != 0 && cw_sql_row(s, st) && cw_sql_column_int(st, 0) == 0;
    if (found) {
        *mailbox = cw_sql_column_int(st, 2);
        *sender_id = cw_sql_column_int(st, 4);
    }
    cw_sql_end(st);
    return found;
}

void cw_sqlite_file_describe(struct cw_sqlite *s, struct cw_store_message *message,
                             struct cw_arena *arena)
{
    struct cw_store_file file;
    bool found = cw_sqlite_file_row(s, message->file_id, &file, arena);
    cw_sqlite_pass(s, CW_SQL_FILE_BY_ID);
    if (!found) {
        message->file_id = 0;
        return;
    }
    message->file_size = file.size;
    message->file_name = file.name;
    message->file_type = file.type;
    message->file_width = file.width;
    message->file_height = file.height;
    message->file_thumbnail = file.thumbnail;
}

const struct cw_store_file *cw_sqlite_file_send(struct cw_sqlite *s, uint64_t id,
                                                uint64_t message_id, struct cw_arena *arena)
{
    struct cw_store_file *file = cw_arena_alloc(arena, sizeof *file);
    cw_sql_run_with(s, CW_SQL_FILE_SET_MESSAGE, CW_NUMBERS(id, message_id));
    cw_sql_run_with(s, CW_SQL_MESSAGE_SET_FILE, CW_NUMBERS(message_id, id));
    s->upload_ends_ms = 0;
    return cw_sqlite_file_row(s, id, file, arena) ? file : NULL;
}

void cw_sqlite_content_release(struct cw_sqlite *s, uint64_t content)
{
    char name[CW_FILE_DISK_NAME_MAX];
    if (cw_sql_finds(s, CW_SQL_FILE_CONTENT_FIND, CW_NUMBERS(content)))
        return;
    cw_file_name(content, name);
    cw_sqlite_unlink_later(s, cw_slice_str(name));
}

void cw_sqlite_file_remove(struct cw_sqlite *s, uint64_t id)
{
    struct cw_store_file file;
    if (!cw_sqlite_file_row(s, id, &file, NULL))
        return;
    cw_sql_run_with(s, CW_SQL_FILE_DELETE, CW_NUMBERS(id));
    cw_sqlite_content_release(s, file.content);
    cw_sqlite_stored_files_changed(s, file.user_id);
    s->upload_ends_ms = 0;
}

/* --- uploads that nobody has sent ------------------------------------------------------------ */

/* The oldest one; 0: there is none. */
static uint64_t first_upload(struct cw_sqlite *s, uint64_t *begun_ms)
{
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_UPLOAD_FIRST);
    bool found = cw_sql_row(s, st);
    *begun_ms = found ? cw_sql_column_int(st, 0) : UINT64_MAX - CW_UPLOAD_MS;
    uint64_t id = found ? cw_sql_column_int(st, 1) : 0;
    cw_sql_end(st);
    return id;
}

bool cw_sqlite_uploads_due(struct cw_sqlite *s)
{
    return s->moment.earlier_ms >= s->upload_ends_ms;
}

bool cw_sqlite_upload_expire(struct cw_sqlite *s)
{
    uint64_t begun_ms, id;
    if (!cw_sqlite_uploads_due(s) || s->disk_full)
        return false;
    id = first_upload(s, &begun_ms);
    cw_sqlite_pass(s, CW_SQL_UPLOAD_FIRST);
    s->upload_ends_ms = begun_ms + CW_UPLOAD_MS;
    if (!cw_sqlite_uploads_due(s))
        return false;
    cw_sqlite_file_remove(s, id);
    return true;
}
