/* sqlite_groups.c - groups and who is in them, in SQLite. */
#include "store/sqlite.h"

static uint64_t find_group(struct cw_sqlite *s, struct cw_slice key, struct cw_slice *name,
                           struct cw_arena *arena)
{
    sqlite3_stmt *st = s->statements[CW_SQL_GROUP_BY_KEY];
    uint64_t group_id = 0;
    cw_sql_text_of(st, 1, key);
    if (cw_sql_row(s, st)) {
        group_id = cw_sql_column_int(st, 0);
        *name = cw_sql_column_copy(st, 1, arena);
    }
    cw_sql_end(st);
    return group_id;
}

static bool is_member(struct cw_sqlite *s, uint64_t user_id, uint64_t group_id)
{
    sqlite3_stmt *st = s->statements[CW_SQL_MEMBER_FIND];
    cw_sql_int(st, 1, user_id);
    cw_sql_int(st, 2, group_id);
    bool found = cw_sql_row(s, st);
    cw_sql_end(st);
    return found;
}

static uint64_t count_of(struct cw_sqlite *s, enum cw_sql which, uint64_t id)
{
    sqlite3_stmt *st = s->statements[which];
    cw_sql_int(st, 1, id);
    uint64_t count = cw_sql_row(s, st) ? cw_sql_column_int(st, 0) : 0;
    cw_sql_end(st);
    return count;
}

/* What was said before is not for the new member. */
static void add_member(struct cw_sqlite *s, uint64_t user_id, uint64_t group_id)
{
    sqlite3_stmt *st = s->statements[CW_SQL_MEMBER_INSERT];
    cw_sql_int(st, 1, user_id);
    cw_sql_int(st, 2, group_id);
    cw_sql_int(st, 3, cw_sqlite_newest(s));
    cw_sql_run(s, CW_SQL_MEMBER_INSERT);
}

static enum cw_store_status may_create(struct cw_sqlite *s, const struct cw_store_request *request,
                                       struct cw_arena *arena)
{
    struct cw_slice name;
    if (!cw_sqlite_user_exists(s, request->user_id))
        return CW_STORE_NOT_FOUND;
    if (find_group(s, request->key, &name, arena) != 0)
        return CW_STORE_EXISTS;
    if (count_of(s, CW_SQL_MEMBERSHIPS_COUNT, request->user_id) >= CW_GROUPS_PER_USER)
        return CW_STORE_FULL;
    return CW_STORE_OK;
}

void cw_sqlite_group_create(struct cw_sqlite *s, const struct cw_store_request *request,
                            struct cw_store_result *result, struct cw_arena *arena)
{
    result->status = may_create(s, request, arena);
    if (result->status != CW_STORE_OK)
        return;
    sqlite3_stmt *st = s->statements[CW_SQL_GROUP_INSERT];
    cw_sql_text_of(st, 1, request->name);
    cw_sql_text_of(st, 2, request->key);
    cw_sql_int(st, 3, request->user_id);
    cw_sql_int(st, 4, request->time_ms);
    cw_sql_run(s, CW_SQL_GROUP_INSERT);
    result->group_id = (uint64_t)sqlite3_last_insert_rowid(s->db);
    add_member(s, request->user_id, result->group_id);
}

void cw_sqlite_group_find(struct cw_sqlite *s, const struct cw_store_request *request,
                          struct cw_store_result *result, struct cw_arena *arena)
{
    result->group_id = find_group(s, request->key, &result->name, arena);
    if (result->group_id == 0)
        result->status = CW_STORE_NOT_FOUND;
}

static enum cw_store_status may_join(struct cw_sqlite *s, uint64_t user_id, uint64_t group_id)
{
    if (group_id == 0 || !cw_sqlite_user_exists(s, user_id))
        return CW_STORE_NOT_FOUND;
    if (is_member(s, user_id, group_id))
        return CW_STORE_EXISTS;
    if (count_of(s, CW_SQL_MEMBERSHIPS_COUNT, user_id) >= CW_GROUPS_PER_USER ||
        count_of(s, CW_SQL_GROUP_COUNT_MEMBERS, group_id) >= CW_GROUP_MEMBERS_MAX)
        return CW_STORE_FULL;
    return CW_STORE_OK;
}

void cw_sqlite_group_join(struct cw_sqlite *s, const struct cw_store_request *request,
                          struct cw_store_result *result, struct cw_arena *arena)
{
    struct cw_slice name;
    uint64_t group_id = find_group(s, request->key, &name, arena);
    result->status = may_join(s, request->user_id, group_id);
    if (result->status != CW_STORE_OK)
        return;
    add_member(s, request->user_id, group_id);
    result->group_id = group_id;
    result->name = name;
}

void cw_sqlite_list_groups(struct cw_sqlite *s, uint64_t user_id, struct cw_store_result *result,
                           struct cw_arena *arena)
{
    struct cw_store_group groups[CW_GROUPS_PER_USER];
    size_t n = 0;
    sqlite3_stmt *st = s->statements[CW_SQL_GROUPS_OF_USER];
    cw_sql_int(st, 1, user_id);
    while (n < CW_GROUPS_PER_USER && cw_sql_row(s, st)) {
        groups[n].group_id = cw_sql_column_int(st, 0);
        groups[n].name = cw_sql_column_copy(st, 1, arena);
        n++;
    }
    cw_sql_end(st);
    if (n == 0)
        return;
    result->groups = cw_arena_alloc(arena, n * sizeof groups[0]);
    result->group_count = n;
    memcpy(result->groups, groups, n * sizeof groups[0]);
}
