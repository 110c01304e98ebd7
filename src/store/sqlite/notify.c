/* notify.c - what users are told of, where it is not the default, in SQLite. */
#include "store/sqlite/notify.h"

#include "store/rules_mention.h"
#include "store/sqlite/operations.h"
#include "store/sqlite/sql.h"
#include "store/sqlite/state.h"

static struct cw_slice read_hours(struct cw_sqlite *s, uint64_t user_id, struct cw_arena *arena)
{
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_QUIET_FIND);
    cw_sql_int(st, 1, user_id);
    struct cw_slice hours = {0};
    if (cw_sql_row(s, st))
        hours = cw_sql_column_copy(st, 0, arena);
    cw_sql_end(st);
    return hours;
}

void cw_sqlite_notify_list(struct cw_sqlite *s, uint64_t user_id, struct cw_store_result *result,
                           struct cw_arena *arena)
{
    uint64_t count = cw_sql_query(s, CW_SQL_NOTIFY_COUNT, CW_NUMBERS(user_id));
    result->quiet_hours = read_hours(s, user_id, arena);
    if (count == 0)
        return;
    result->notify = cw_arena_alloc(arena, count * sizeof result->notify[0]);
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_NOTIFY_OF_USER);
    cw_sql_int(st, 1, user_id);
    while (result->notify_count < count && cw_sql_row(s, st))
        result->notify[result->notify_count++] =
            (struct cw_store_notify){.conversation = cw_sql_column_int(st, 0),
                                     .level = (enum cw_notify_level)cw_sql_column_int(st, 1),
                                     .until_ms = cw_sql_column_int(st, 2)};
    cw_sql_end(st);
}

static bool find_rule(struct cw_sqlite *s, const struct cw_store_request *request,
                      struct cw_store_notify *rule)
{
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_NOTIFY_FIND);
    *rule = (struct cw_store_notify){.conversation = request->conversation};
    cw_sql_int(st, 1, request->user_id);
    cw_sql_int(st, 2, request->conversation);
    bool found = cw_sql_row(s, st);
    if (found) {
        rule->level = (enum cw_notify_level)cw_sql_column_int(st, 0);
        rule->until_ms = cw_sql_column_int(st, 1);
    }
    cw_sql_end(st);
    return found;
}

void cw_sqlite_notify_set(struct cw_sqlite *s, const struct cw_store_request *request,
                          struct cw_store_result *result, struct cw_arena *arena)
{
    struct cw_store_notify *rule = cw_arena_alloc(arena, sizeof *rule);
    bool known = find_rule(s, request, rule);
    result->status = cw_store_may_set_notify(
        &s->store, request, known,
        known ? 0 : cw_sql_query(s, CW_SQL_NOTIFY_COUNT, CW_NUMBERS(request->user_id)));
    if (result->status != CW_STORE_OK)
        return;
    result->repeated = !cw_store_change_notify(request, rule);
    result->notify = rule;
    result->notify_count = 1;
    if (result->repeated)
        return;
    if (cw_store_is_default(rule))
        cw_sql_run_with(s, CW_SQL_NOTIFY_DELETE,
                        CW_NUMBERS(request->user_id, request->conversation));
    else
        cw_sql_run_with(
            s, CW_SQL_NOTIFY_SET,
            CW_NUMBERS(request->user_id, request->conversation, rule->level, rule->until_ms));
}

void cw_sqlite_quiet_set(struct cw_sqlite *s, const struct cw_store_request *request,
                         struct cw_store_result *result, struct cw_arena *arena)
{
    struct cw_slice before = read_hours(s, request->user_id, arena);
    result->quiet_hours = cw_arena_copy(arena, request->body);
    result->repeated = cw_slice_eq(before, request->body);
    if (result->repeated)
        return;
    if (request->body.n == 0) {
        cw_sql_run_with(s, CW_SQL_QUIET_DELETE, CW_NUMBERS(request->user_id));
        return;
    }
    cw_sql_int(cw_sql_of(s, CW_SQL_QUIET_SET), 1, request->user_id);
    cw_sql_text_of(cw_sql_of(s, CW_SQL_QUIET_SET), 2, request->body);
    cw_sql_run(s, CW_SQL_QUIET_SET);
}
