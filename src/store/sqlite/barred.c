/* barred.c - bans from the server, of users and of networks; all users, and the end of their
 * sessions, in SQLite. */
#include "store/sqlite/barred.h"

#include "store/rules.h"
#include "store/rules_admin.h"
#include "store/rules_profile.h"
#include "store/sqlite/audit.h"
#include "store/sqlite/operations.h"
#include "store/sqlite/rows.h"
#include "store/sqlite/sql.h"
#include "store/sqlite/state.h"
#include "text/words.h"

/* --- one ban --------------------------------------------------------------------------------- */

/* The ban's id; 0: there is none. */
static uint64_t find_ban(struct cw_sqlite *s, uint64_t user_id, struct cw_slice network,
                         uint64_t *until_ms, struct cw_slice *reason, struct cw_arena *arena)
{
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_SERVER_BAN_FIND);
    uint64_t id = 0;
    cw_sql_int(st, 1, user_id);
    cw_sql_blob(st, 2, network.n != 0 ? network : cw_slice_of("", 0));
    if (cw_sql_row(s, st)) {
        id = cw_sql_column_int(st, 0);
        *until_ms = cw_sql_column_int(st, 1);
        *reason = cw_sql_column_copy(st, 2, arena);
    }
    cw_sql_end(st);
    return id;
}

bool cw_sqlite_is_barred(struct cw_sqlite *s, const struct cw_store_request *request,
                         uint64_t user_id, struct cw_store_result *result, struct cw_arena *arena)
{
    uint64_t until_ms;
    struct cw_slice reason;
    uint64_t id = find_ban(s, user_id, (struct cw_slice){0}, &until_ms, &reason, arena);
    if (id == 0 || cw_store_is_over(request, until_ms))
        return false;
    result->until_ms = until_ms;
    result->other_name = reason;
    return true;
}

static uint64_t target_of(const struct cw_store_request *request)
{
    return request->network.n != 0 ? 0 : request->other_id;
}

void cw_sqlite_server_ban_add(struct cw_sqlite *s, const struct cw_store_request *request,
                              struct cw_store_result *result, struct cw_arena *arena)
{
    (void)arena;
    bool network = request->network.n != 0;
    result->status = cw_store_may_bar(&s->store, request);
    if (result->status == CW_STORE_OK && network &&
        cw_sql_query(s, CW_SQL_SERVER_BANS_OF_NETWORKS, CW_NUMBERS(0)) >= CW_NETWORK_BANS_MAX)
        result->status = CW_STORE_FULL;
    if (result->status != CW_STORE_OK)
        return;
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_SERVER_BAN_INSERT);
    cw_sql_int(st, 1, target_of(request));
    cw_sql_blob(st, 2, network ? request->network : cw_slice_of("", 0));
    cw_sql_int(st, 3, request->time_ms);
    cw_sql_int(st, 4, request->until_ms);
    cw_sql_int(st, 5, request->user_id);
    cw_sql_text_of(st, 6, request->name);
    cw_sql_run(s, CW_SQL_SERVER_BAN_INSERT);
    if (!network)
        cw_sql_run_with(s, CW_SQL_SESSIONS_DELETE_OTHERS, CW_NUMBERS(request->other_id, 0));
    cw_sqlite_audit(s, request, network ? CW_AUDIT_BAN_NETWORK : CW_AUDIT_BAN_USER,
                    target_of(request), request->network);
}

void cw_sqlite_server_ban_end(struct cw_sqlite *s, const struct cw_store_request *request,
                              struct cw_store_result *result, struct cw_arena *arena)
{
    uint64_t until_ms = 0;
    struct cw_slice reason;
    result->status = cw_store_may_administer(&s->store, request->user_id);
    if (result->status != CW_STORE_OK)
        return;
    uint64_t id = find_ban(s, target_of(request), request->network, &until_ms, &reason, arena);
    if (id == 0 || cw_store_is_over(request, until_ms)) {
        result->status = CW_STORE_NOT_FOUND;
        return;
    }
    cw_sql_run_with(s, CW_SQL_SERVER_BAN_DELETE, CW_NUMBERS(id));
    cw_sqlite_audit(s, request,
                    request->network.n != 0 ? CW_AUDIT_UNBAN_NETWORK : CW_AUDIT_UNBAN_USER,
                    target_of(request), request->network);
}

static void name_ban(struct cw_sqlite *s, struct cw_store_server_ban *ban, uint64_t by_id,
                     struct cw_arena *arena)
{
    if (ban->user_id != 0)
        ban->name = cw_sqlite_name_of(s, cw_mailbox_of_user(ban->user_id), arena);
    if (by_id != 0)
        ban->by = cw_sqlite_name_of(s, cw_mailbox_of_user(by_id), arena);
}

void cw_sqlite_server_ban_list(struct cw_sqlite *s, const struct cw_store_request *request,
                               struct cw_store_result *result, struct cw_arena *arena)
{
    result->status = cw_store_may_administer(&s->store, request->user_id);
    if (result->status != CW_STORE_OK)
        return;
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_SERVER_BANS_AFTER);
    cw_sql_int(st, 1, request->after);
    result->server_bans = cw_arena_alloc(arena, request->limit * sizeof result->server_bans[0]);
    while (cw_sql_row(s, st)) {
        uint64_t until_ms = cw_sql_column_int(st, 4);
        if (cw_store_is_over(request, until_ms))
            continue;
        result->more = result->server_ban_count == request->limit;
        if (result->more) {
            cw_sql_end(st);
            break;
        }
        struct cw_store_server_ban *ban = &result->server_bans[result->server_ban_count++];
        *ban = (struct cw_store_server_ban){.id = cw_sql_column_int(st, 0),
                                            .user_id = cw_sql_column_int(st, 1),
                                            .network = cw_sql_column_copy(st, 2, arena),
                                            .created_ms = cw_sql_column_int(st, 3),
                                            .until_ms = until_ms,
                                            .reason = cw_sql_column_copy(st, 6, arena)};
        name_ban(s, ban, cw_sql_column_int(st, 5), arena);
    }
}

/* --- users ------------------------------------------------------------------------------------ */

void cw_sqlite_sessions_end(struct cw_sqlite *s, const struct cw_store_request *request,
                            struct cw_store_result *result, struct cw_arena *arena)
{
    (void)arena;
    result->status = cw_store_may_act_on(&s->store, request);
    if (result->status != CW_STORE_OK)
        return;
    cw_sql_run_with(s, CW_SQL_SESSIONS_DELETE_OTHERS, CW_NUMBERS(request->other_id, 0));
    cw_sqlite_audit(s, request, CW_AUDIT_END_SESSIONS, request->other_id, (struct cw_slice){0});
}

/* What the list says of a user beside the row. */
static void describe_users(struct cw_sqlite *s, const struct cw_store_request *request,
                           struct cw_store_result *result, struct cw_arena *arena)
{
    for (size_t i = 0; i < result->person_count; i++) {
        struct cw_store_person *person = &result->people[i];
        struct cw_store_result ban = {0};
        person->bot = cw_store_is_bot(&s->store, person->user_id);
        person->barred = cw_sqlite_is_barred(s, request, person->user_id, &ban, arena);
    }
}

void cw_sqlite_user_list(struct cw_sqlite *s, const struct cw_store_request *request,
                         struct cw_store_result *result, struct cw_arena *arena)
{
    struct cw_buf terms = {0}, tokens = {0};
    size_t scanned = 0;
    result->status = cw_store_may_administer(&s->store, request->user_id);
    if (result->status != CW_STORE_OK)
        return;
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_USERS_AFTER);
    cw_sql_int(st, 1, request->after);
    cw_words_query(request->body, &terms);
    result->people = cw_arena_alloc(arena, request->limit * sizeof result->people[0]);
    while (cw_sql_row(s, st)) {
        result->more = result->person_count == request->limit || scanned++ == CW_DIRECTORY_SCAN_MAX;
        if (result->more) {
            cw_sql_end(st);
            break;
        }
        result->scanned_to = cw_sql_column_int(st, 0);
        if (!cw_store_is_listed(cw_buf_slice(&terms), cw_sql_column_slice(st, 1),
                                (struct cw_slice){0}, &tokens))
            continue;
        result->people[result->person_count++] =
            (struct cw_store_person){.user_id = result->scanned_to,
                                     .name = cw_sql_column_copy(st, 1, arena),
                                     .seen_ms = cw_sql_column_int(st, 3),
                                     .admin = cw_sql_column_int(st, 4) != 0};
    }
    describe_users(s, request, result, arena);
    cw_buf_finish(&terms);
    cw_buf_finish(&tokens);
}
