/* bots.c - bots and hooks, in SQLite. The row of a bot that was deleted stays: its messages are
 * still those of a bot. Hooks go with the bot's membership (cw_sqlite_member_remove). */
#include "store/sqlite/bots.h"

#include "store/rules_bot.h"
#include "store/sqlite/clean.h"
#include "store/sqlite/groups.h"
#include "store/sqlite/members.h"
#include "store/sqlite/notices.h"
#include "store/sqlite/operations.h"
#include "store/sqlite/rows.h"
#include "store/sqlite/sql.h"
#include "store/sqlite/state.h"
#include "store/sqlite/users.h"

bool cw_sqlite_is_bot(struct cw_store *store, uint64_t user_id, uint64_t *owner_id)
{
    struct cw_sqlite *s = (struct cw_sqlite *)store;
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_BOT_OWNER);
    cw_sql_int(st, 1, user_id);
    bool found = cw_sql_row(s, st);
    *owner_id = found ? cw_sql_column_int(st, 0) : 0;
    cw_sql_end(st);
    return found;
}

/* --- making and ending them -------------------------------------------------------------- */

void cw_sqlite_bot_create(struct cw_sqlite *s, const struct cw_store_request *request,
                          struct cw_store_result *result, struct cw_arena *arena)
{
    uint64_t count = cw_sql_query(s, CW_SQL_BOTS_COUNT, CW_NUMBERS(request->user_id));
    result->status = cw_store_may_create_bot(&s->store, request, count);
    if (result->status != CW_STORE_OK)
        return;
    result->other_id = cw_sqlite_user_insert(s, request, result, arena);
    if (result->other_id == 0)
        result->status = CW_STORE_EXISTS;
    else
        cw_sql_run_with(s, CW_SQL_BOT_INSERT, CW_NUMBERS(result->other_id, request->user_id));
}

void cw_sqlite_bot_list(struct cw_sqlite *s, const struct cw_store_request *request,
                        struct cw_store_result *result, struct cw_arena *arena)
{
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_BOTS_OF_USER);
    cw_sql_int(st, 1, request->user_id);
    result->people = cw_arena_alloc(arena, CW_BOTS_MAX * sizeof result->people[0]);
    while (result->person_count < CW_BOTS_MAX && cw_sql_row(s, st))
        result->people[result->person_count++] =
            (struct cw_store_person){.user_id = cw_sql_column_int(st, 0),
                                     .name = cw_sql_column_copy(st, 1, arena),
                                     .seen_ms = cw_sql_column_int(st, 2),
                                     .bot = true};
    cw_sql_end(st);
}

/* Another password hash, and no sessions. */
static void set_secret(struct cw_sqlite *s, uint64_t user_id, struct cw_slice secret)
{
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_USER_SET_PASSWORD);
    cw_sql_int(st, 1, user_id);
    cw_sql_text_of(st, 2, secret);
    cw_sql_run(s, CW_SQL_USER_SET_PASSWORD);
    cw_sqlite_unclean(s, CW_UNCLEAN_LOG); /* the old one */
    cw_sql_run_with(s, CW_SQL_SESSIONS_DELETE_OTHERS, CW_NUMBERS(user_id, 0));
}

void cw_sqlite_bot_renew(struct cw_sqlite *s, const struct cw_store_request *request,
                         struct cw_store_result *result, struct cw_arena *arena)
{
    (void)arena;
    result->status = cw_store_may_change_bot(&s->store, request);
    if (result->status == CW_STORE_OK)
        set_secret(s, request->other_id, request->secret);
}

void cw_sqlite_bot_end(struct cw_sqlite *s, uint64_t bot_id, struct cw_store_result *result,
                       struct cw_arena *arena)
{
    cw_sqlite_list_groups(s, bot_id, false, result, arena);
    for (size_t i = 0; i < result->group_count; i++)
        cw_sqlite_member_remove(s, bot_id, result->groups[i].group_id);
    set_secret(s, bot_id, cw_slice_str("")); /* no password has this hash */
    cw_sql_run_with(s, CW_SQL_BOT_END, CW_NUMBERS(bot_id));
}

uint64_t cw_sqlite_bot_of(struct cw_sqlite *s, uint64_t owner_id)
{
    return cw_sql_query(s, CW_SQL_BOT_FIRST, CW_NUMBERS(owner_id));
}

void cw_sqlite_bot_delete(struct cw_sqlite *s, const struct cw_store_request *request,
                          struct cw_store_result *result, struct cw_arena *arena)
{
    result->status = cw_store_may_change_bot(&s->store, request);
    if (result->status == CW_STORE_OK)
        cw_sqlite_bot_end(s, request->other_id, result, arena);
}

/* --- in groups ----------------------------------------------------------------------------- */

void cw_sqlite_bot_join(struct cw_sqlite *s, const struct cw_store_request *request,
                        struct cw_store_result *result, struct cw_arena *arena)
{
    struct cw_store_group group = {0};
    cw_sqlite_group_of(s, request->user_id, request->group_id, &group, arena);
    result->status = cw_store_may_add_bot(&s->store, request, group.member_count);
    if (result->status != CW_STORE_OK)
        return;
    struct cw_store_request joining = *request;
    joining.user_id = request->other_id;
    cw_sqlite_member_add(s, &joining, request->group_id, CW_ROLE_MEMBER);
    result->muted_until_ms = cw_sqlite_muted_until(&s->store, request->other_id, request->group_id);
}

/* --- hooks ----------------------------------------------------------------------------------- */

void cw_sqlite_hook_create(struct cw_sqlite *s, const struct cw_store_request *request,
                           struct cw_store_result *result, struct cw_arena *arena)
{
    (void)arena;
    uint64_t count = cw_sql_query(s, CW_SQL_HOOKS_COUNT, CW_NUMBERS(request->group_id));
    result->status = cw_store_may_create_hook(&s->store, request, count);
    if (result->status != CW_STORE_OK)
        return;
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_HOOK_INSERT);
    cw_sql_blob(st, 1, request->secret);
    cw_sql_int(st, 2, request->group_id);
    cw_sql_int(st, 3, request->other_id);
    cw_sql_int(st, 4, request->time_ms);
    if (cw_sql_run(s, CW_SQL_HOOK_INSERT) == 0)
        result->status = CW_STORE_EXISTS;
    else
        result->hook_id = cw_sql_last_id(s);
}

static void sort_by_id(struct cw_store_hook *hooks, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        struct cw_store_hook hook = hooks[i];
        size_t at = i;
        for (; at > 0 && hooks[at - 1].id > hook.id; at--)
            hooks[at] = hooks[at - 1];
        hooks[at] = hook;
    }
}

/* The index has them by their bots. */
void cw_sqlite_hook_list(struct cw_sqlite *s, const struct cw_store_request *request,
                         struct cw_store_result *result, struct cw_arena *arena)
{
    result->status = cw_store_may_change_group(&s->store, request, request->group_id);
    if (result->status != CW_STORE_OK)
        return;
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_HOOKS_OF_GROUP);
    cw_sql_int(st, 1, request->group_id);
    result->hooks = cw_arena_alloc(arena, CW_HOOKS_MAX * sizeof result->hooks[0]);
    while (result->hook_count < CW_HOOKS_MAX && cw_sql_row(s, st))
        result->hooks[result->hook_count++] =
            (struct cw_store_hook){.id = cw_sql_column_int(st, 0),
                                   .bot = cw_sql_column_copy(st, 1, arena),
                                   .created_ms = cw_sql_column_int(st, 2)};
    cw_sql_end(st);
    sort_by_id(result->hooks, result->hook_count);
}

void cw_sqlite_hook_delete(struct cw_sqlite *s, const struct cw_store_request *request,
                           struct cw_store_result *result, struct cw_arena *arena)
{
    (void)arena;
    uint64_t group_id = cw_sql_query(s, CW_SQL_HOOK_GROUP, CW_NUMBERS(request->hook_id));
    result->status = cw_store_may_delete_hook(&s->store, request, group_id);
    if (result->status == CW_STORE_OK)
        cw_sql_run_with(s, CW_SQL_HOOK_DELETE, CW_NUMBERS(request->hook_id));
}

void cw_sqlite_hook_find(struct cw_sqlite *s, const struct cw_store_request *request,
                         struct cw_store_result *result, struct cw_arena *arena)
{
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_HOOK_BY_HASH);
    cw_sql_blob(st, 1, request->secret);
    result->status = CW_STORE_NOT_FOUND;
    if (cw_sql_row(s, st)) {
        result->status = CW_STORE_OK;
        result->hook_id = cw_sql_column_int(st, 0);
        result->group_id = cw_sql_column_int(st, 1);
        result->user_id = cw_sql_column_int(st, 2);
        result->name = cw_sql_column_copy(st, 3, arena);
        result->bot = true;
    }
    cw_sql_end(st);
    if (result->status == CW_STORE_OK)
        cw_sqlite_list_blocked(s, result->user_id, result, arena);
}
