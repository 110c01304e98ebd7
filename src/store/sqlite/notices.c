/* notices.c - what was done to somebody in a group, until he has been told, in
 * SQLite. At most one for each of his groups, the newest. */
#include "store/sqlite/sqlite.h"

static void run_with(struct cw_sqlite *s, enum cw_sql which, const uint64_t values[])
{
    sqlite3_stmt *st = s->statements[which];
    for (int i = 0; i < sqlite3_bind_parameter_count(st); i++)
        cw_sql_int(st, i + 1, values[i]);
    cw_sql_run(s, which);
}

void cw_sqlite_notice_remove(struct cw_sqlite *s, uint64_t user_id, uint64_t group_id,
                             enum cw_store_notice_kind highest)
{
    run_with(s, CW_SQL_NOTICE_REMOVE, (const uint64_t[]){user_id, group_id, highest});
}

void cw_sqlite_notice_add(struct cw_sqlite *s, const struct cw_store_request *request,
                          enum cw_store_notice_kind kind, struct cw_store_result *result)
{
    uint64_t user_id = request->other_id, group_id = request->group_id;
    cw_sqlite_notice_remove(s, user_id, group_id, CW_NOTICE_BANNED);
    run_with(s, CW_SQL_NOTICE_INSERT,
             (const uint64_t[]){user_id, group_id, request->user_id, kind, request->time_ms,
                                kind == CW_NOTICE_MUTED ? request->until_ms : 0});
    result->notice_id = (uint64_t)sqlite3_last_insert_rowid(s->db);
    run_with(s, CW_SQL_NOTICES_TRIM, (const uint64_t[]){user_id, CW_NOTICES_MAX});
}

void cw_sqlite_notice_unbanned(struct cw_sqlite *s, uint64_t user_id, uint64_t group_id)
{
    run_with(s, CW_SQL_NOTICE_UNBAN,
             (const uint64_t[]){user_id, group_id, CW_NOTICE_KICKED, CW_NOTICE_BANNED});
}

uint64_t cw_sqlite_notice_newest(struct cw_sqlite *s, uint64_t user_id)
{
    sqlite3_stmt *st = s->statements[CW_SQL_NOTICE_NEWEST];
    cw_sql_int(st, 1, user_id);
    uint64_t id = cw_sql_row(s, st) ? cw_sql_column_int(st, 0) : 0;
    cw_sql_end(st);
    return id;
}

void cw_sqlite_notice_list(struct cw_sqlite *s, const struct cw_store_request *request,
                           struct cw_store_result *result, struct cw_arena *arena)
{
    sqlite3_stmt *st = s->statements[CW_SQL_NOTICES];
    result->notices = cw_arena_alloc(arena, CW_NOTICES_MAX * sizeof result->notices[0]);
    cw_sql_int(st, 1, request->user_id);
    while (result->notice_count < CW_NOTICES_MAX && cw_sql_row(s, st))
        result->notices[result->notice_count++] =
            (struct cw_store_notice){.id = cw_sql_column_int(st, 0),
                                     .group = cw_sql_column_copy(st, 1, arena),
                                     .by = cw_sql_column_copy(st, 2, arena),
                                     .kind = (enum cw_store_notice_kind)cw_sql_column_int(st, 3),
                                     .time_ms = cw_sql_column_int(st, 4),
                                     .until_ms = cw_sql_column_int(st, 5)};
    cw_sql_end(st);
}

void cw_sqlite_notice_drop(struct cw_sqlite *s, const struct cw_store_request *request,
                           struct cw_store_result *result, struct cw_arena *arena)
{
    (void)result, (void)arena;
    run_with(s, CW_SQL_NOTICES_DROP, (const uint64_t[]){request->user_id, request->notice_id});
}
