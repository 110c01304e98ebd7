/* members.c - the members of groups and what they may do, in SQLite. */
#include "store/sqlite/members.h"
#include "store/rules.h"
#include "store/rules_group.h"
#include "store/sqlite/clean.h"
#include "store/sqlite/inbox.h"
#include "store/sqlite/invitations.h"
#include "store/sqlite/mentions.h"
#include "store/sqlite/notices.h"
#include "store/sqlite/operations.h"
#include "store/sqlite/profiles.h"
#include "store/sqlite/rights.h"
#include "store/sqlite/rows.h"
#include "store/sqlite/sql.h"
#include "store/sqlite/state.h"
#include "store/sqlite/statements.h"

/* --- members ------------------------------------------------------------------------ */

/* What was said before is not delivered to the new member. */
void cw_sqlite_member_add(struct cw_sqlite *s, const struct cw_store_request *request,
                          uint64_t group_id, enum cw_store_role role)
{
    cw_sql_run_with(s, CW_SQL_GROUP_COUNT_MEMBERS, CW_NUMBERS(group_id, 1));
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_MEMBER_INSERT);
    cw_sql_int(st, 1, request->user_id);
    cw_sql_int(st, 2, group_id);
    cw_sql_int(st, 3, cw_sqlite_newest(s));
    cw_sql_int(st, 4, role);
    cw_sql_int(st, 5, request->time_ms);
    cw_sql_run(s, CW_SQL_MEMBER_INSERT);
    const uint64_t conversation = cw_mailbox_of_group(group_id);
    st = cw_sql_of(s, CW_SQL_MARK_SET); /* nor does it count as unread */
    cw_sql_int(st, 1, request->user_id);
    cw_sql_int(st, 2, conversation);
    cw_sql_int(st, 3, cw_sqlite_last(s, conversation).seq);
    cw_sql_run(s, CW_SQL_MARK_SET);
}

/* If the group is a talk, its topic does not list the user any more. */
static void leave_talk(struct cw_sqlite *s, uint64_t user_id, uint64_t group_id)
{
    char topic[CW_TOPIC_MAX];
    size_t n;
    struct cw_arena arena = {0};
    struct cw_slice name = cw_sqlite_name_of(s, cw_mailbox_of_user(user_id), &arena);
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_GROUP_TOPIC);
    cw_sql_int(st, 1, group_id);
    bool listed = cw_sql_row(s, st) &&
                  cw_store_talk_topic_without(cw_sql_column_slice(st, 0),
                                              cw_sql_column_slice(st, 1), name, topic, &n);
    cw_sql_end(st);
    cw_arena_finish(&arena);
    if (!listed)
        return;
    cw_sql_int(cw_sql_of(s, CW_SQL_GROUP_SET_TOPIC), 1, group_id);
    cw_sql_text_of(cw_sql_of(s, CW_SQL_GROUP_SET_TOPIC), 2, cw_slice_of(topic, n));
    cw_sql_run(s, CW_SQL_GROUP_SET_TOPIC);
    cw_sqlite_unclean(s, CW_UNCLEAN_LOG); /* the name */
}

void cw_sqlite_member_remove(struct cw_sqlite *s, uint64_t user_id, uint64_t group_id)
{
    cw_sql_run_with(s, CW_SQL_MEMBER_DELETE, CW_NUMBERS(user_id, group_id));
    cw_sql_run_with(s, CW_SQL_MARK_DELETE, CW_NUMBERS(user_id, cw_mailbox_of_group(group_id)));
    cw_sqlite_mentions_leave(s, user_id, cw_mailbox_of_group(group_id));
    cw_sqlite_invitations_end(s, cw_mailbox_of_group(group_id), user_id);
    cw_sql_run_with(s, CW_SQL_HOOKS_END, CW_NUMBERS(group_id, user_id));
    leave_talk(s, user_id, group_id);
    cw_sql_run_with(s, CW_SQL_GROUP_COUNT_MEMBERS, CW_NUMBERS(group_id, (uint64_t)-1));
}

static uint64_t next_bot_there(struct cw_sqlite *s, uint64_t owner_id, uint64_t group_id)
{
    return owner_id == 0 ? cw_sql_query(s, CW_SQL_BOT_LEFT_THERE, CW_NUMBERS(group_id))
                         : cw_sql_query(s, CW_SQL_BOT_THERE, CW_NUMBERS(owner_id, group_id));
}

void cw_sqlite_bots_leave(struct cw_sqlite *s, uint64_t owner_id, uint64_t group_id,
                          struct cw_store_result *result, struct cw_arena *arena)
{
    uint64_t bot_id;
    size_t most = CW_GROUP_MEMBERS_MAX;
    while (result->person_count < most && (bot_id = next_bot_there(s, owner_id, group_id)) != 0) {
        if (result->people == NULL)
            result->people = cw_arena_alloc(arena, most * sizeof result->people[0]);
        result->people[result->person_count++] =
            (struct cw_store_person){.user_id = bot_id, .bot = true};
        cw_sqlite_member_remove(s, bot_id, group_id);
    }
}

void cw_sqlite_member_set_role(struct cw_sqlite *s, uint64_t user_id, uint64_t group_id,
                               enum cw_store_role role)
{
    cw_sql_run_with(s, CW_SQL_MEMBER_SET_ROLE, CW_NUMBERS(user_id, group_id, role));
    if (!cw_store_may_manage(CW_STORE_INVITE_CREATE, role, CW_ROLE_NONE))
        cw_sqlite_invitations_end(s, cw_mailbox_of_group(group_id), user_id);
}

/* --- the group itself ------------------------------------------------------------------- */

static bool may_set(struct cw_sqlite *s, const struct cw_store_request *request,
                    struct cw_store_result *result)
{
    result->status = cw_store_may_change_group(&s->store, request, request->group_id);
    return result->status == CW_STORE_OK;
}

void cw_sqlite_group_topic(struct cw_sqlite *s, const struct cw_store_request *request,
                           struct cw_store_result *result, struct cw_arena *arena)
{
    (void)arena;
    if (!may_set(s, request, result))
        return;
    cw_sql_int(cw_sql_of(s, CW_SQL_GROUP_SET_TOPIC), 1, request->group_id);
    cw_sql_text_of(cw_sql_of(s, CW_SQL_GROUP_SET_TOPIC), 2, request->body);
    cw_sql_run(s, CW_SQL_GROUP_SET_TOPIC);
    cw_sqlite_unclean(s, CW_UNCLEAN_LOG); /* the old one */
}

void cw_sqlite_group_access(struct cw_sqlite *s, const struct cw_store_request *request,
                            struct cw_store_result *result, struct cw_arena *arena)
{
    (void)arena;
    if (may_set(s, request, result))
        cw_sql_run_with(s, CW_SQL_GROUP_SET_ACCESS,
                        CW_NUMBERS(request->group_id, request->by_invitation, request->unlisted));
}

void cw_sqlite_group_retain(struct cw_sqlite *s, const struct cw_store_request *request,
                            struct cw_store_result *result, struct cw_arena *arena)
{
    (void)arena;
    if (!may_set(s, request, result))
        return;
    cw_sql_run_with(s, CW_SQL_GROUP_SET_RETENTION,
                    CW_NUMBERS(request->group_id, request->retain.days, request->retain.count));
    s->groups_looked_after = true;
    s->sweep.group_id = request->group_id - 1; /* the next to be looked at */
}

/* --- its members ------------------------------------------------------------------------- */

/* May the asker do it to the other one, whose role is then in *of_other? */
static bool may_manage(struct cw_sqlite *s, const struct cw_store_request *request,
                       enum cw_store_role *of_other, struct cw_store_result *result)
{
    result->status = cw_store_may_change_member(&s->store, request, of_other);
    return result->status == CW_STORE_OK;
}

void cw_sqlite_member_role(struct cw_sqlite *s, const struct cw_store_request *request,
                           struct cw_store_result *result, struct cw_arena *arena)
{
    (void)arena;
    enum cw_store_role of_other;
    if (!may_manage(s, request, &of_other, result))
        return;
    cw_sqlite_member_set_role(s, request->other_id, request->group_id, request->role);
    if (request->role == CW_ROLE_OWNER)
        cw_sqlite_member_set_role(s, request->user_id, request->group_id, CW_ROLE_MODERATOR);
}

void cw_sqlite_member_kick(struct cw_sqlite *s, const struct cw_store_request *request,
                           struct cw_store_result *result, struct cw_arena *arena)
{
    (void)arena;
    enum cw_store_role of_other;
    if (!may_manage(s, request, &of_other, result))
        return;
    cw_sqlite_member_remove(s, request->other_id, request->group_id);
    cw_sqlite_notice_add(s, request, CW_NOTICE_KICKED, result);
}

void cw_sqlite_member_ban(struct cw_sqlite *s, const struct cw_store_request *request,
                          struct cw_store_result *result, struct cw_arena *arena)
{
    enum cw_store_role of_other;
    if (!may_manage(s, request, &of_other, result))
        return;
    cw_sqlite_bots_leave(s, request->other_id, request->group_id, result, arena);
    result->was_member = of_other != CW_ROLE_NONE;
    if (result->was_member) {
        cw_sqlite_member_remove(s, request->other_id, request->group_id);
        cw_sqlite_notice_add(s, request, CW_NOTICE_BANNED, result);
    }
    cw_sql_run_with(s, CW_SQL_BAN_INSERT,
                    CW_NUMBERS(request->group_id, request->other_id, request->user_id));
}

void cw_sqlite_member_unban(struct cw_sqlite *s, const struct cw_store_request *request,
                            struct cw_store_result *result, struct cw_arena *arena)
{
    (void)arena;
    enum cw_store_role of_other;
    if (!may_manage(s, request, &of_other, result))
        return;
    cw_sql_run_with(s, CW_SQL_BAN_DELETE, CW_NUMBERS(request->group_id, request->other_id));
    cw_sqlite_notice_unbanned(s, request->other_id, request->group_id);
}

void cw_sqlite_member_mute(struct cw_sqlite *s, const struct cw_store_request *request,
                           struct cw_store_result *result, struct cw_arena *arena)
{
    (void)arena;
    enum cw_store_role of_other;
    if (!may_manage(s, request, &of_other, result))
        return;
    cw_sql_run_with(s, request->until_ms == 0 ? CW_SQL_MUTE_DELETE : CW_SQL_MUTE_SET,
                    CW_NUMBERS(request->group_id, request->other_id, request->until_ms));
    if (request->until_ms == 0)
        cw_sqlite_notice_remove(s, request->other_id, request->group_id, CW_NOTICE_MUTED);
    else if (of_other != CW_ROLE_NONE)
        cw_sqlite_notice_add(s, request, CW_NOTICE_MUTED, result);
}

/* --- the list of members ------------------------------------------------------------------ */

/* The next row as a person; false at the end. */
static bool next_person(struct cw_sqlite *s, cw_sql_statement *st, struct cw_store_person *person,
                        struct cw_arena *arena)
{
    *person = (struct cw_store_person){.user_id = UINT64_MAX};
    if (st == NULL || !cw_sql_row(s, st))
        return false;
    *person = (struct cw_store_person){.user_id = cw_sql_column_int(st, 0),
                                       .name = cw_sql_column_copy(st, 1, arena),
                                       .seen_ms = cw_sql_column_int(st, 2),
                                       .role = (enum cw_store_role)cw_sql_column_int(st, 3),
                                       .muted_until_ms = cw_sql_column_int(st, 4),
                                       .bot = cw_sql_column_int(st, 5) != 0};
    return true;
}

static cw_sql_statement *people_after(struct cw_sqlite *s, enum cw_sql which,
                                      const struct cw_store_request *request)
{
    cw_sql_statement *st = cw_sql_of(s, which);
    cw_sql_int(st, 1, request->group_id);
    cw_sql_int(st, 2, request->after);
    return st;
}

/* Members and banned ones, merged in the order of ids. */
void cw_sqlite_member_list(struct cw_sqlite *s, const struct cw_store_request *request,
                           struct cw_store_result *result, struct cw_arena *arena)
{
    enum cw_store_role role;
    struct cw_store_person people[2];
    result->status = cw_store_find_asker(&s->store, request->user_id, request->group_id, &role);
    if (result->status != CW_STORE_OK)
        return;
    cw_sql_statement *rows[2] = {people_after(s, CW_SQL_MEMBERS, request), NULL};
    if (cw_store_sees_banned(role))
        rows[1] = people_after(s, CW_SQL_BANS, request);
    result->people = cw_arena_alloc(arena, (request->limit + 1) * sizeof people[0]);
    bool left[2] = {next_person(s, rows[0], &people[0], arena),
                    next_person(s, rows[1], &people[1], arena)};
    while ((left[0] || left[1]) && result->person_count < request->limit) {
        int i = people[0].user_id < people[1].user_id ? 0 : 1;
        cw_sqlite_face_person(s, request->user_id, &people[i], arena);
        result->people[result->person_count++] = people[i];
        left[i] = next_person(s, rows[i], &people[i], arena);
    }
    result->more = left[0] || left[1];
    cw_sql_end(rows[0]);
    if (rows[1] != NULL)
        cw_sql_end(rows[1]);
}
