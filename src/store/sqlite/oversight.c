/* oversight.c - groups in the hands of administrators, in SQLite: all of them, the end of one,
 * another owner for an orphan; and what administrators announce to everybody. */
#include "store/rules.h"
#include "store/rules_admin.h"
#include "store/rules_oversight.h"
#include "store/sqlite/audit.h"
#include "store/sqlite/barred.h"
#include "store/sqlite/clean.h"
#include "store/sqlite/groups.h"
#include "store/sqlite/members.h"
#include "store/sqlite/notices.h"
#include "store/sqlite/operations.h"
#include "store/sqlite/rows.h"
#include "store/sqlite/sql.h"
#include "store/sqlite/state.h"

/* --- all of them ----------------------------------------------------------------------------- */

static struct cw_store_person owner_of(struct cw_sqlite *s, const struct cw_store_request *request,
                                       uint64_t group_id, struct cw_arena *arena)
{
    uint64_t user_id = s->store.backend->facts.first_member(&s->store, group_id, CW_ROLE_OWNER);
    struct cw_store_person owner = {.user_id = user_id};
    struct cw_store_result ban = {0};
    if (user_id == 0)
        return owner;
    owner.name = cw_sqlite_name_of(s, cw_mailbox_of_user(user_id), arena);
    owner.seen_ms = cw_sql_query(s, CW_SQL_USER_SEEN_MS, CW_NUMBERS(user_id));
    owner.barred = cw_sqlite_is_barred(s, request, user_id, &ban, arena);
    return owner;
}

void cw_sqlite_server_group_list(struct cw_sqlite *s, const struct cw_store_request *request,
                                 struct cw_store_result *result, struct cw_arena *arena)
{
    result->status = cw_store_may_administer(&s->store, request->user_id);
    if (result->status != CW_STORE_OK)
        return;
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_GROUPS_AFTER);
    cw_sql_int(st, 1, request->after);
    result->groups = cw_arena_alloc(arena, request->limit * sizeof result->groups[0]);
    result->people = cw_arena_alloc(arena, request->limit * sizeof result->people[0]);
    while (cw_sql_row(s, st)) {
        result->more = result->group_count == request->limit;
        if (result->more) {
            cw_sql_end(st);
            break;
        }
        result->scanned_to = cw_sql_column_int(st, 0);
        result->groups[result->group_count++] =
            (struct cw_store_group){.group_id = result->scanned_to,
                                    .name = cw_sql_column_copy(st, 1, arena),
                                    .topic = cw_sql_column_copy(st, 2, arena),
                                    .member_count = cw_sql_column_int(st, 3),
                                    .by_invitation = cw_sql_column_int(st, 4) != 0};
    }
    for (size_t i = 0; i < result->group_count; i++)
        result->people[i] = owner_of(s, request, result->groups[i].group_id, arena);
    result->person_count = result->group_count;
}

/* --- the end of one -------------------------------------------------------------------------- */

static void dismiss(struct cw_sqlite *s, const struct cw_store_request *request, uint64_t group_id,
                    struct cw_store_result *result, struct cw_arena *arena)
{
    struct cw_store_request notice = {
        .user_id = request->user_id, .group_id = group_id, .time_ms = request->time_ms};
    size_t most = cw_sql_query(s, CW_SQL_GROUP_MEMBER_COUNT, CW_NUMBERS(group_id));
    result->people = cw_arena_alloc(arena, (most + 1) * sizeof result->people[0]);
    while (result->person_count < most) {
        struct cw_store_result told = {0};
        notice.other_id = cw_sql_query(s, CW_SQL_MEMBER_NEXT, CW_NUMBERS(group_id));
        if (notice.other_id == 0)
            break;
        cw_sqlite_member_remove(s, notice.other_id, group_id);
        cw_sqlite_notice_add(s, &notice, CW_NOTICE_CLOSED, &told);
        if (result->person_count == 0)
            result->notice_id = told.notice_id;
        result->people[result->person_count++] =
            (struct cw_store_person){.user_id = notice.other_id};
    }
}

void cw_sqlite_group_close(struct cw_sqlite *s, const struct cw_store_request *request,
                           struct cw_store_result *result, struct cw_arena *arena)
{
    uint64_t group_id = cw_sqlite_group_with_key(s, request->key);
    result->status = cw_store_may_close(&s->store, request, group_id);
    if (result->status != CW_STORE_OK)
        return;
    struct cw_slice name = cw_sqlite_name_of(s, cw_mailbox_of_group(group_id), arena);
    result->group_id = group_id;
    dismiss(s, request, group_id, result, arena);
    cw_sqlite_group_dissolve(s, group_id);
    cw_sqlite_audit(s, request, CW_AUDIT_CLOSE_GROUP, group_id, name);
}

/* --- another owner --------------------------------------------------------------------------- */

static struct cw_store_taking describe_taking(struct cw_sqlite *s,
                                              const struct cw_store_request *request,
                                              struct cw_store_person *owner, struct cw_arena *arena)
{
    uint64_t group_id = cw_sqlite_group_with_key(s, request->key);
    if (group_id != 0)
        *owner = owner_of(s, request, group_id, arena);
    return (struct cw_store_taking){
        .group_id = group_id,
        .member_count = cw_sql_query(s, CW_SQL_GROUP_MEMBER_COUNT, CW_NUMBERS(group_id)),
        .owner_id = owner->user_id,
        .owner_seen_ms = owner->seen_ms,
        .owner_barred = owner->barred,
        .owner_has_session = cw_sql_finds(s, CW_SQL_SESSION_ANY, CW_NUMBERS(owner->user_id, 0))};
}

static void admit(struct cw_sqlite *s, const struct cw_store_request *request, uint64_t group_id)
{
    struct cw_store_request joining = *request;
    joining.user_id = request->other_id;
    cw_sql_run_with(s, CW_SQL_BAN_DELETE, CW_NUMBERS(group_id, request->other_id));
    cw_sqlite_notice_remove(s, request->other_id, group_id, CW_NOTICE_BANNED);
    cw_sqlite_member_add(s, &joining, group_id, CW_ROLE_MEMBER);
}

void cw_sqlite_group_take(struct cw_sqlite *s, const struct cw_store_request *request,
                          struct cw_store_result *result, struct cw_arena *arena)
{
    struct cw_store_person owner = {0};
    struct cw_store_taking taking = describe_taking(s, request, &owner, arena);
    uint64_t group_id = result->group_id = taking.group_id;
    enum cw_store_status status = cw_store_may_take(&s->store, request, &taking);
    result->repeated = status == CW_STORE_EXISTS;
    result->status = result->repeated ? CW_STORE_OK : status;
    if (status != CW_STORE_OK)
        return;
    result->name = cw_sqlite_name_of(s, cw_mailbox_of_group(group_id), arena);
    result->was_member = cw_sqlite_role_of(&s->store, request->other_id, group_id) != CW_ROLE_NONE;
    if (!result->was_member)
        admit(s, request, group_id);
    result->muted_until_ms = cw_sqlite_muted_until(&s->store, request->other_id, group_id);
    if (owner.user_id != 0)
        cw_sqlite_member_set_role(s, owner.user_id, group_id, CW_ROLE_MODERATOR);
    cw_sqlite_member_set_role(s, request->other_id, group_id, CW_ROLE_OWNER);
    result->other_id = owner.user_id;
    result->other_name = owner.name;
    cw_sqlite_audit(s, request, CW_AUDIT_TAKE_GROUP, group_id, request->body);
}

/* --- announcements --------------------------------------------------------------------------- */

void cw_sqlite_announce_add(struct cw_sqlite *s, const struct cw_store_request *request,
                            struct cw_store_result *result, struct cw_arena *arena)
{
    (void)arena;
    result->status = cw_store_may_administer(&s->store, request->user_id);
    if (result->status != CW_STORE_OK)
        return;
    cw_sql_run_with(s, CW_SQL_ANNOUNCEMENTS_EXPIRE,
                    CW_NUMBERS(cw_store_moment(request).earlier_ms));
    if (cw_sql_query(s, CW_SQL_ANNOUNCEMENTS_COUNT, CW_NUMBERS(0)) >= CW_ANNOUNCEMENTS_MAX) {
        result->status = CW_STORE_FULL;
        return;
    }
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_ANNOUNCEMENT_INSERT);
    cw_sql_int(st, 1, request->user_id);
    cw_sql_int(st, 2, request->time_ms);
    cw_sql_int(st, 3, request->until_ms);
    cw_sql_text_of(st, 4, request->body);
    cw_sql_run(s, CW_SQL_ANNOUNCEMENT_INSERT);
    result->number = cw_sql_last_id(s);
    result->time_ms = request->time_ms;
    cw_sqlite_audit(s, request, CW_AUDIT_ANNOUNCE, result->number, (struct cw_slice){0});
}

void cw_sqlite_announce_end(struct cw_sqlite *s, const struct cw_store_request *request,
                            struct cw_store_result *result, struct cw_arena *arena)
{
    (void)arena;
    result->status = cw_store_may_administer(&s->store, request->user_id);
    if (result->status != CW_STORE_OK)
        return;
    if (cw_sql_run_with(s, CW_SQL_ANNOUNCEMENT_DELETE, CW_NUMBERS(request->number)) == 0) {
        result->status = CW_STORE_NOT_FOUND;
        return;
    }
    cw_sqlite_unclean(s, CW_UNCLEAN_LOG); /* the text */
    cw_sqlite_audit(s, request, CW_AUDIT_END_ANNOUNCEMENT, request->number, (struct cw_slice){0});
}

void cw_sqlite_announce_list(struct cw_sqlite *s, const struct cw_store_request *request,
                             struct cw_store_result *result, struct cw_arena *arena)
{
    uint64_t by[CW_ANNOUNCEMENTS_MAX];
    result->status = cw_store_may_administer(&s->store, request->user_id);
    if (result->status != CW_STORE_OK)
        return;
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_ANNOUNCEMENTS);
    result->announcements =
        cw_arena_alloc(arena, CW_ANNOUNCEMENTS_MAX * sizeof result->announcements[0]);
    while (result->announcement_count < CW_ANNOUNCEMENTS_MAX && cw_sql_row(s, st)) {
        uint64_t until_ms = cw_sql_column_int(st, 3);
        if (cw_store_is_over(request, until_ms))
            continue;
        by[result->announcement_count] = cw_sql_column_int(st, 1);
        result->announcements[result->announcement_count++] =
            (struct cw_store_announcement){.id = cw_sql_column_int(st, 0),
                                           .time_ms = cw_sql_column_int(st, 2),
                                           .until_ms = until_ms,
                                           .body = cw_sql_column_copy(st, 4, arena)};
    }
    cw_sql_end(st);
    for (size_t i = 0; i < result->announcement_count; i++)
        if (by[i] != 0)
            result->announcements[i].by = cw_sqlite_name_of(s, cw_mailbox_of_user(by[i]), arena);
}

/* What the operation tells others is all of it. */
void cw_sqlite_server_settings_tell(struct cw_sqlite *s, const struct cw_store_request *request,
                                    struct cw_store_result *result, struct cw_arena *arena)
{
    (void)s, (void)request, (void)result, (void)arena;
}
