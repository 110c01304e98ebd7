/* sqlite_users.c - users and their contacts in SQLite. */
#include "store/sqlite.h"

void cw_sqlite_user_create(struct cw_sqlite *s, const struct cw_store_request *request,
                           struct cw_store_result *result, struct cw_arena *arena)
{
    (void)arena;
    sqlite3_stmt *st = s->statements[CW_SQL_USER_INSERT];
    cw_sql_text_of(st, 1, request->name);
    cw_sql_text_of(st, 2, request->key);
    cw_sql_text_of(st, 3, request->secret);
    if (cw_sql_run(s, CW_SQL_USER_INSERT) == 0)
        result->status = CW_STORE_EXISTS;
    else
        result->user_id = (uint64_t)sqlite3_last_insert_rowid(s->db);
}

void cw_sqlite_user_find(struct cw_sqlite *s, const struct cw_store_request *request,
                         struct cw_store_result *result, struct cw_arena *arena)
{
    sqlite3_stmt *st = s->statements[CW_SQL_USER_BY_KEY];
    cw_sql_text_of(st, 1, request->key);
    result->status = CW_STORE_NOT_FOUND;
    if (cw_sql_row(s, st)) {
        result->status = CW_STORE_OK;
        result->user_id = cw_sql_column_int(st, 0);
        result->name = cw_sql_column_copy(st, 1, arena);
        result->secret = cw_sql_column_copy(st, 2, arena);
    }
    cw_sql_end(st);
}

bool cw_sqlite_user_exists(struct cw_sqlite *s, uint64_t user_id)
{
    sqlite3_stmt *st = s->statements[CW_SQL_USER_BY_ID];
    cw_sql_int(st, 1, user_id);
    bool found = cw_sql_row(s, st);
    cw_sql_end(st);
    return found;
}

struct cw_slice cw_sqlite_name_of(struct cw_sqlite *s, uint64_t mailbox, struct cw_arena *arena)
{
    sqlite3_stmt *st =
        s->statements[cw_mailbox_is_group(mailbox) ? CW_SQL_GROUP_BY_ID : CW_SQL_USER_BY_ID];
    struct cw_slice name = {0};
    cw_sql_int(st, 1, mailbox >> 1);
    if (cw_sql_row(s, st))
        name = cw_sql_column_copy(st, 0, arena);
    cw_sql_end(st);
    return name;
}

void cw_sqlite_contact_add(struct cw_sqlite *s, const struct cw_store_request *request,
                           struct cw_store_result *result, struct cw_arena *arena)
{
    (void)arena;
    if (!cw_sqlite_user_exists(s, request->user_id) ||
        !cw_sqlite_user_exists(s, request->other_id)) {
        result->status = CW_STORE_NOT_FOUND;
        return;
    }
    sqlite3_stmt *st = s->statements[CW_SQL_CONTACT_INSERT];
    cw_sql_int(st, 1, request->user_id);
    cw_sql_int(st, 2, request->other_id);
    cw_sql_run(s, CW_SQL_CONTACT_INSERT);
}
