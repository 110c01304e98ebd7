/* groups.c - groups: making, finding, joining, leaving, listing, in SQLite. */
#include "store/sqlite/groups.h"
#include "store/rules.h"
#include "store/sqlite/invitations.h"
#include "store/sqlite/members.h"
#include "store/sqlite/names.h"
#include "store/sqlite/notices.h"
#include "store/sqlite/operations.h"
#include "store/sqlite/rows.h"
#include "store/sqlite/sql.h"
#include "store/sqlite/state.h"
#include "store/sqlite/statements.h"

uint64_t cw_sqlite_group_with_key(struct cw_sqlite *s, struct cw_slice key)
{
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_GROUP_BY_KEY);
    cw_sql_text_of(st, 1, key);
    uint64_t id = cw_sql_row(s, st) ? cw_sql_column_int(st, 0) : 0;
    cw_sql_end(st);
    return id;
}

struct group {
    uint64_t id; /* 0: there is none */
    uint64_t member_count;
    bool by_invitation;
    struct cw_slice name;
};

static struct group find_group(struct cw_sqlite *s, struct cw_slice key, struct cw_arena *arena)
{
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_GROUP_BY_KEY);
    struct group group = {0};
    cw_sql_text_of(st, 1, key);
    if (cw_sql_row(s, st)) {
        group.id = cw_sql_column_int(st, 0);
        group.name = cw_sql_column_copy(st, 1, arena);
        group.member_count = cw_sql_column_int(st, 2);
        group.by_invitation = cw_sql_column_int(st, 3) != 0;
    }
    cw_sql_end(st);
    return group;
}

/* --- making and finding ---------------------------------------------------------------- */

void cw_sqlite_group_create(struct cw_sqlite *s, const struct cw_store_request *request,
                            struct cw_store_result *result, struct cw_arena *arena)
{
    bool taken = find_group(s, request->key, arena).id != 0;
    result->status = cw_store_may_create_group(&s->store, request, taken);
    if (result->status != CW_STORE_OK)
        return;
    result->other_name = cw_sqlite_twin(s, true, request->looks, arena);
    if (result->other_name.n != 0) {
        result->status = CW_STORE_EXISTS;
        return;
    }
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_GROUP_INSERT);
    cw_sql_text_of(st, 1, request->name);
    cw_sql_text_of(st, 2, request->key);
    cw_sql_int(st, 3, request->time_ms);
    cw_sql_run(s, CW_SQL_GROUP_INSERT);
    result->group_id = cw_sql_last_id(s);
    cw_sqlite_looks_add(s, true, result->group_id, request->looks);
    cw_sqlite_member_add(s, request, result->group_id, CW_ROLE_OWNER);
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

/* --- joining and leaving ------------------------------------------------------------------ */

void cw_sqlite_group_join(struct cw_sqlite *s, const struct cw_store_request *request,
                          struct cw_store_result *result, struct cw_arena *arena)
{
    struct group group = find_group(s, request->key, arena);
    result->status =
        cw_store_may_join(&s->store, request, group.id, group.member_count, group.by_invitation);
    if (result->status == CW_STORE_BANNED) {
        uint64_t by_id = cw_sql_query(s, CW_SQL_BAN_BY, CW_NUMBERS(group.id, request->user_id));
        if (by_id != 0)
            result->other_name = cw_sqlite_name_of(s, cw_mailbox_of_user(by_id), arena);
    }
    if (result->status != CW_STORE_OK)
        return;
    if (group.by_invitation)
        cw_sqlite_invitation_use(s, request);
    cw_sqlite_member_add(s, request, group.id, CW_ROLE_MEMBER);
    cw_sqlite_notice_remove(s, request->user_id, group.id, CW_NOTICE_BANNED);
    result->group_id = group.id;
    result->name = group.name;
    result->muted_until_ms = cw_sqlite_muted_until(&s->store, request->user_id, group.id);
}

void cw_sqlite_group_dissolve(struct cw_sqlite *s, uint64_t group_id)
{
    static const enum cw_sql all[] = {CW_SQL_GROUP_LEFT, CW_SQL_BANS_DELETE, CW_SQL_MUTES_DELETE,
                                      CW_SQL_WRITTEN_DROP};
    struct cw_arena arena = {0};
    uint64_t heading = cw_sql_query(s, CW_SQL_GROUP_HEADING, CW_NUMBERS(group_id));
    cw_sqlite_looks_remove(s, true, group_id,
                           cw_sqlite_name_of(s, cw_mailbox_of_group(group_id), &arena));
    cw_arena_finish(&arena);
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        cw_sql_int(cw_sql_of(s, all[i]), 1, group_id);
        cw_sql_run(s, all[i]);
    }
    cw_sql_run_with(s, CW_SQL_HEADING_TRIM, CW_NUMBERS(heading));
    cw_sql_int(cw_sql_of(s, CW_SQL_INVITATIONS_DELETE), 1, cw_mailbox_of_group(group_id));
    cw_sql_run(s, CW_SQL_INVITATIONS_DELETE);
    s->groups_looked_after = true;
}

void cw_sqlite_group_leave(struct cw_sqlite *s, const struct cw_store_request *request,
                           struct cw_store_result *result, struct cw_arena *arena)
{
    enum cw_store_role role;
    result->status = cw_store_find_asker(&s->store, request->user_id, request->group_id, &role);
    if (result->status != CW_STORE_OK)
        return;
    cw_sqlite_member_remove(s, request->user_id, request->group_id);
    struct cw_store_leaving leaving = cw_store_leave(&s->store, request->group_id, role);
    if (leaving.empty) {
        cw_sqlite_bots_leave(s, 0, request->group_id, result, arena);
        cw_sqlite_group_dissolve(s, request->group_id);
    } else if (leaving.heir_id != 0) {
        cw_sqlite_member_set_role(s, leaving.heir_id, request->group_id, CW_ROLE_OWNER);
        result->other_id = leaving.heir_id;
        result->other_name = cw_sqlite_name_of(s, cw_mailbox_of_user(leaving.heir_id), arena);
    }
}

/* --- listing ------------------------------------------------------------------------------- */

static struct cw_store_group read_group(cw_sql_statement *st, bool whole, struct cw_arena *arena)
{
    struct cw_store_group group = {.group_id = cw_sql_column_int(st, 0),
                                   .name = cw_sql_column_copy(st, 1, arena),
                                   .role = (enum cw_store_role)cw_sql_column_int(st, 2),
                                   .muted_until_ms = cw_sql_column_int(st, 3),
                                   .by_invitation = cw_sql_column_int(st, 4) != 0};
    if (whole) {
        group.topic = cw_sql_column_copy(st, 5, arena);
        group.member_count = cw_sql_column_int(st, 6);
        group.retain.days = cw_sql_column_int(st, 7);
        group.retain.count = cw_sql_column_int(st, 8);
        group.unlisted = cw_sql_column_int(st, 9) != 0;
        group.announcements = cw_sql_column_int(st, 10) != 0;
        group.newcomers = cw_sql_column_int(st, 11) != 0;
        group.slow_s = cw_sql_column_int(st, 12);
        group.version_days = cw_sql_column_int(st, 13);
        group.heading = cw_sql_column_copy(st, 14, arena);
        group.heading_place = cw_sql_column_int(st, 15);
        group.place = cw_sql_column_int(st, 16);
        group.here = (enum cw_store_here)cw_sql_column_int(st, 17);
    }
    return group;
}

void cw_sqlite_group_of(struct cw_sqlite *s, uint64_t user_id, uint64_t group_id,
                        struct cw_store_group *group, struct cw_arena *arena)
{
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_GROUP_OF_USER);
    cw_sql_int(st, 1, user_id);
    cw_sql_int(st, 2, group_id);
    if (cw_sql_row(s, st))
        *group = read_group(st, true, arena);
    cw_sql_end(st);
}

void cw_sqlite_list_groups(struct cw_sqlite *s, uint64_t user_id, bool whole,
                           struct cw_store_result *result, struct cw_arena *arena)
{
    struct cw_store_group groups[CW_GROUPS_PER_USER];
    size_t n = 0;
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_GROUPS_OF_USER);
    cw_sql_int(st, 1, user_id);
    while (n < CW_GROUPS_PER_USER && cw_sql_row(s, st))
        groups[n++] = read_group(st, whole, arena);
    cw_sql_end(st);
    if (n == 0)
        return;
    result->groups = cw_arena_alloc(arena, n * sizeof groups[0]);
    result->group_count = n;
    memcpy(result->groups, groups, n * sizeof groups[0]);
}

void cw_sqlite_group_list(struct cw_sqlite *s, const struct cw_store_request *request,
                          struct cw_store_result *result, struct cw_arena *arena)
{
    cw_sqlite_list_groups(s, request->user_id, true, result, arena);
}
