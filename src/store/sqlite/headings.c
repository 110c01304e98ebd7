/* headings.c - the headings over groups, and the groups that newcomers are put into, in SQLite. For
 * administrators. */
#include "store/sqlite/headings.h"

#include "store/rules_group.h"
#include "store/sqlite/groups.h"
#include "store/sqlite/members.h"
#include "store/sqlite/operations.h"
#include "store/sqlite/sql.h"
#include "store/sqlite/state.h"

static uint64_t find_heading(struct cw_sqlite *s, struct cw_slice name)
{
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_HEADING_FIND);
    cw_sql_text_of(st, 1, name);
    uint64_t id = name.n != 0 && cw_sql_row(s, st) ? cw_sql_column_int(st, 0) : 0;
    cw_sql_end(st);
    return id;
}

static uint64_t add_heading(struct cw_sqlite *s, struct cw_slice name)
{
    cw_sql_text_of(cw_sql_of(s, CW_SQL_HEADING_INSERT), 1, name);
    cw_sql_run(s, CW_SQL_HEADING_INSERT);
    return cw_sql_last_id(s);
}

void cw_sqlite_group_place(struct cw_sqlite *s, const struct cw_store_request *request,
                           struct cw_store_result *result, struct cw_arena *arena)
{
    (void)arena;
    uint64_t group_id = cw_sqlite_group_with_key(s, request->key);
    uint64_t heading = find_heading(s, request->body);
    result->status = cw_store_may_arrange(
        &s->store, request, group_id != 0, heading == 0 && request->body.n != 0,
        cw_sql_query(s, CW_SQL_HEADINGS_COUNT, CW_NUMBERS(0)), CW_HEADINGS_MAX);
    if (result->status != CW_STORE_OK)
        return;
    uint64_t before = cw_sql_query(s, CW_SQL_GROUP_HEADING, CW_NUMBERS(group_id));
    if (heading == 0 && request->body.n != 0)
        heading = add_heading(s, request->body);
    cw_sql_run_with(s, CW_SQL_GROUP_SET_PLACE, CW_NUMBERS(group_id, heading, request->place));
    cw_sql_run_with(s, CW_SQL_HEADING_TRIM, CW_NUMBERS(before));
}

void cw_sqlite_heading_place(struct cw_sqlite *s, const struct cw_store_request *request,
                             struct cw_store_result *result, struct cw_arena *arena)
{
    (void)arena;
    uint64_t heading = find_heading(s, request->body);
    result->status = cw_store_may_arrange(&s->store, request, heading != 0, false, 0, 0);
    if (result->status == CW_STORE_OK)
        cw_sql_run_with(s, CW_SQL_HEADING_SET_PLACE, CW_NUMBERS(heading, request->place));
}

void cw_sqlite_group_newcomers(struct cw_sqlite *s, const struct cw_store_request *request,
                               struct cw_store_result *result, struct cw_arena *arena)
{
    (void)arena;
    uint64_t group_id = cw_sqlite_group_with_key(s, request->key);
    bool more =
        request->newcomers && !cw_sql_finds(s, CW_SQL_GROUP_IS_FOR_NEWCOMERS, CW_NUMBERS(group_id));
    result->status = cw_store_may_arrange(
        &s->store, request, group_id != 0, more,
        cw_sql_query(s, CW_SQL_NEWCOMER_GROUPS_COUNT, CW_NUMBERS(0)), CW_NEWCOMER_GROUPS_MAX);
    if (result->status == CW_STORE_OK)
        cw_sql_run_with(s, CW_SQL_GROUP_SET_NEWCOMERS, CW_NUMBERS(group_id, request->newcomers));
}

void cw_sqlite_newcomer(struct cw_sqlite *s, const struct cw_store_request *request,
                        struct cw_store_result *result, struct cw_arena *arena)
{
    struct cw_store_request joining = {.user_id = result->user_id, .time_ms = request->time_ms};
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_NEWCOMER_GROUPS);
    result->groups = cw_arena_alloc(arena, CW_NEWCOMER_GROUPS_MAX * sizeof result->groups[0]);
    while (result->group_count < CW_NEWCOMER_GROUPS_MAX && cw_sql_row(s, st))
        if (cw_store_takes_newcomer(cw_sql_column_int(st, 2)))
            result->groups[result->group_count++] = (struct cw_store_group){
                .group_id = cw_sql_column_int(st, 0), .name = cw_sql_column_copy(st, 1, arena)};
    cw_sql_end(st);
    for (size_t i = 0; i < result->group_count; i++)
        cw_sqlite_member_add(s, &joining, result->groups[i].group_id, CW_ROLE_MEMBER);
}
