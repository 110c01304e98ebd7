/* resets.c - what administrators do to accounts, in SQLite: a password is set anew by a link, a
 * user gets another name. */
#include "store/rules.h"
#include "store/rules_admin.h"
#include "store/sqlite/audit.h"
#include "store/sqlite/devices.h"
#include "store/sqlite/names.h"
#include "store/sqlite/operations.h"
#include "store/sqlite/retired.h"
#include "store/sqlite/rows.h"
#include "store/sqlite/sql.h"
#include "store/sqlite/state.h"
#include "text/look.h"

/* --- a password, by a link ------------------------------------------------------------------- */

static void set_password(struct cw_sqlite *s, uint64_t user_id, struct cw_slice hash)
{
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_USER_SET_PASSWORD);
    cw_sql_int(st, 1, user_id);
    cw_sql_text_of(st, 2, hash.n != 0 ? hash : cw_slice_of("", 0));
    cw_sql_run(s, CW_SQL_USER_SET_PASSWORD);
}

void cw_sqlite_reset_create(struct cw_sqlite *s, const struct cw_store_request *request,
                            struct cw_store_result *result, struct cw_arena *arena)
{
    (void)arena;
    result->status = cw_store_may_reset(&s->store, request);
    if (result->status != CW_STORE_OK)
        return;
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_RESET_INSERT);
    cw_sql_int(st, 1, request->other_id);
    cw_sql_blob(st, 2, request->secret);
    cw_sql_int(st, 3, request->expires_ms);
    cw_sql_int(st, 4, request->on);
    cw_sql_run(s, CW_SQL_RESET_INSERT);
    set_password(s, request->other_id, (struct cw_slice){0});
    cw_sql_run_with(s, CW_SQL_SESSIONS_DELETE_OTHERS, CW_NUMBERS(request->other_id, 0));
    cw_sqlite_devices_end(s, request->other_id);
    cw_sqlite_audit(s, request, CW_AUDIT_RESET_PASSWORD, request->other_id, (struct cw_slice){0});
}

/* Whose link it is; 0: it is not good, or not any more. */
static uint64_t find_reset(struct cw_sqlite *s, const struct cw_store_request *request,
                           struct cw_slice hash, bool *ends_factor)
{
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_RESET_FIND);
    uint64_t user_id = 0;
    cw_sql_blob(st, 1, hash);
    if (cw_sql_row(s, st)) {
        bool over = cw_store_is_over(request, cw_sql_column_int(st, 1));
        user_id = over ? 0 : cw_sql_column_int(st, 0);
        *ends_factor = cw_sql_column_int(st, 2) != 0;
    }
    cw_sql_end(st);
    return user_id;
}

static void put_found(struct cw_sqlite *s, uint64_t user_id, struct cw_store_result *result,
                      struct cw_arena *arena)
{
    result->user_id = user_id;
    if (user_id == 0)
        result->status = CW_STORE_NOT_FOUND;
    else
        result->name = cw_sqlite_name_of(s, cw_mailbox_of_user(user_id), arena);
}

void cw_sqlite_reset_find(struct cw_sqlite *s, const struct cw_store_request *request,
                          struct cw_store_result *result, struct cw_arena *arena)
{
    bool ends_factor;
    put_found(s, find_reset(s, request, request->secret, &ends_factor), result, arena);
}

void cw_sqlite_reset_use(struct cw_sqlite *s, const struct cw_store_request *request,
                         struct cw_store_result *result, struct cw_arena *arena)
{
    bool ends_factor = false;
    uint64_t user_id = find_reset(s, request, request->expected, &ends_factor);
    put_found(s, user_id, result, arena);
    if (user_id == 0)
        return;
    set_password(s, user_id, request->secret);
    cw_sql_run_with(s, CW_SQL_RESET_DELETE, CW_NUMBERS(user_id));
    if (ends_factor)
        cw_sql_run_with(s, CW_SQL_FACTOR_DELETE, CW_NUMBERS(user_id));
    struct cw_store_request by_user = *request;
    by_user.user_id = user_id;
    cw_sqlite_audit(s, &by_user, CW_AUDIT_USE_RESET, user_id, (struct cw_slice){0});
}

/* --- a name ---------------------------------------------------------------------------------- */

static uint64_t user_with_key(struct cw_sqlite *s, struct cw_slice key)
{
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_USER_BY_KEY);
    cw_sql_text_of(st, 1, key);
    uint64_t user_id = cw_sql_row(s, st) ? cw_sql_column_int(st, 0) : 0;
    cw_sql_end(st);
    return user_id;
}

/* The user's own name is no hindrance: its spelling may change. */
static bool is_free(struct cw_sqlite *s, const struct cw_store_request *request,
                    struct cw_store_result *result, struct cw_arena *arena)
{
    uint64_t holder = user_with_key(s, request->key);
    if (holder == request->other_id)
        return true;
    if (holder != 0 || cw_sqlite_name_retired(s, request))
        return false;
    result->other_name = cw_sqlite_twin(s, false, request->looks, arena);
    return result->other_name.n == 0;
}

void cw_sqlite_user_rename(struct cw_sqlite *s, const struct cw_store_request *request,
                           struct cw_store_result *result, struct cw_arena *arena)
{
    result->status = cw_store_may_act_on(&s->store, request);
    if (result->status != CW_STORE_OK)
        return;
    struct cw_looks looks;
    struct cw_slice before = cw_sqlite_name_of(s, cw_mailbox_of_user(request->other_id), arena);
    struct cw_slice key = cw_sqlite_key_of(s, request->other_id, arena);
    cw_name_looks(before, &looks);
    cw_sqlite_looks_remove(s, false, request->other_id, before);
    if (!is_free(s, request, result, arena)) {
        cw_sqlite_looks_add(s, false, request->other_id, cw_looks_slice(&looks));
        result->status = CW_STORE_EXISTS;
        return;
    }
    if (!cw_slice_eq(key, request->key))
        cw_sqlite_retire_name(s, key, cw_looks_slice(&looks));
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_USER_RENAME);
    cw_sql_int(st, 1, request->other_id);
    cw_sql_text_of(st, 2, request->name);
    cw_sql_text_of(st, 3, request->key);
    cw_sql_run(s, CW_SQL_USER_RENAME);
    cw_sqlite_looks_add(s, false, request->other_id, request->looks);
    cw_sql_run_with(s, CW_SQL_SESSIONS_DELETE_OTHERS, CW_NUMBERS(request->other_id, 0));
    cw_sqlite_audit(s, request, CW_AUDIT_RENAME_USER, request->other_id, (struct cw_slice){0});
}
