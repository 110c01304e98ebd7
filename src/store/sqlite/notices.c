/* notices.c - notices of a kick, ban or mute, until the user has been told, in
 * SQLite. At most one for each group of the user, the newest. */
#include "store/sqlite/notices.h"
#include "store/sqlite/operations.h"
#include "store/sqlite/sql.h"
#include "store/sqlite/state.h"

void cw_sqlite_notice_remove(struct cw_sqlite *s, uint64_t user_id, uint64_t group_id,
                             enum cw_store_notice_kind highest)
{
    cw_sql_run_with(s, CW_SQL_NOTICE_REMOVE, CW_NUMBERS(user_id, group_id, highest));
}

void cw_sqlite_notice_add(struct cw_sqlite *s, const struct cw_store_request *request,
                          enum cw_store_notice_kind kind, struct cw_store_result *result)
{
    uint64_t user_id = request->other_id, group_id = request->group_id;
    cw_sqlite_notice_remove(s, user_id, group_id, CW_NOTICE_BANNED);
    cw_sql_run_with(s, CW_SQL_NOTICE_INSERT,
                    CW_NUMBERS(user_id, group_id, request->user_id, kind, request->time_ms,
                               kind == CW_NOTICE_MUTED ? request->until_ms : 0));
    result->notice_id = cw_sql_last_id(s);
    cw_sql_run_with(s, CW_SQL_NOTICES_TRIM, CW_NUMBERS(user_id, CW_NOTICES_MAX));
}

void cw_sqlite_notice_unbanned(struct cw_sqlite *s, uint64_t user_id, uint64_t group_id)
{
    cw_sql_run_with(s, CW_SQL_NOTICE_UNBAN,
                    CW_NUMBERS(user_id, group_id, CW_NOTICE_KICKED, CW_NOTICE_BANNED));
}

uint64_t cw_sqlite_notice_newest(struct cw_sqlite *s, uint64_t user_id)
{
    return cw_sql_query(s, CW_SQL_NOTICE_NEWEST, CW_NUMBERS(user_id));
}

void cw_sqlite_notice_list(struct cw_sqlite *s, const struct cw_store_request *request,
                           struct cw_store_result *result, struct cw_arena *arena)
{
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_NOTICES);
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
    cw_sql_run_with(s, CW_SQL_NOTICES_DROP, CW_NUMBERS(request->user_id, request->notice_id));
}
