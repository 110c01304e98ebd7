/* sqlite_groups.c - groups and who is in them, in SQLite. */
#include "store/sqlite.h"

struct group {
    uint64_t id; /* 0: there is none */
    uint64_t member_count;
    struct cw_slice name;
};

static struct group find_group(struct cw_sqlite *s, struct cw_slice key, struct cw_arena *arena)
{
    sqlite3_stmt *st = s->statements[CW_SQL_GROUP_BY_KEY];
    struct group group = {0};
    cw_sql_text_of(st, 1, key);
    if (cw_sql_row(s, st)) {
        group.id = cw_sql_column_int(st, 0);
        group.name = cw_sql_column_copy(st, 1, arena);
        group.member_count = cw_sql_column_int(st, 2);
    }
    cw_sql_end(st);
    return group;
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

static bool has_most_groups(struct cw_sqlite *s, uint64_t user_id)
{
    sqlite3_stmt *st = s->statements[CW_SQL_MEMBERSHIPS_COUNT];
    cw_sql_int(st, 1, user_id);
    bool most = cw_sql_row(s, st) && cw_sql_column_int(st, 0) >= CW_GROUPS_PER_USER;
    cw_sql_end(st);
    return most;
}

/* What was said before is not for the new member. */
static void add_member(struct cw_sqlite *s, uint64_t user_id, uint64_t group_id)
{
    sqlite3_stmt *st = s->statements[CW_SQL_MEMBER_INSERT];
    cw_sql_int(st, 1, user_id);
    cw_sql_int(st, 2, group_id);
    cw_sql_int(st, 3, cw_sqlite_newest(s));
    cw_sql_run(s, CW_SQL_MEMBER_INSERT);
    cw_sql_int(s->statements[CW_SQL_GROUP_COUNT_MEMBER], 1, group_id);
    cw_sql_run(s, CW_SQL_GROUP_COUNT_MEMBER);
}

static enum cw_store_status may_create(struct cw_sqlite *s, const struct cw_store_request *request,
                                       struct cw_arena *arena)
{
    if (!cw_sqlite_user_exists(s, request->user_id))
        return CW_STORE_NOT_FOUND;
    if (find_group(s, request->key, arena).id != 0)
        return CW_STORE_EXISTS;
    return has_most_groups(s, request->user_id) ? CW_STORE_FULL : CW_STORE_OK;
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
    struct group group = find_group(s, request->key, arena);
    result->group_id = group.id;
    result->name = group.name;
    if (group.id == 0)
        result->status = CW_STORE_NOT_FOUND;
}

static enum cw_store_status may_join(struct cw_sqlite *s, uint64_t user_id,
                                     const struct group *group)
{
    if (group->id == 0 || !cw_sqlite_user_exists(s, user_id))
        return CW_STORE_NOT_FOUND;
    if (is_member(s, user_id, group->id))
        return CW_STORE_EXISTS;
    if (group->member_count >= CW_GROUP_MEMBERS_MAX || has_most_groups(s, user_id))
        return CW_STORE_FULL;
    return CW_STORE_OK;
}

void cw_sqlite_group_join(struct cw_sqlite *s, const struct cw_store_request *request,
                          struct cw_store_result *result, struct cw_arena *arena)
{
    struct group group = find_group(s, request->key, arena);
    result->status = may_join(s, request->user_id, &group);
    if (result->status != CW_STORE_OK)
        return;
    add_member(s, request->user_id, group.id);
    result->group_id = group.id;
    result->name = group.name;
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
