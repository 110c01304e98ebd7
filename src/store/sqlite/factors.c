/* factors.c - the second factor of users, in SQLite. */
#include "store/sqlite/factors.h"

#include "store/sqlite/clean.h"
#include "store/sqlite/operations.h"
#include "store/sqlite/sql.h"
#include "store/sqlite/state.h"

static struct cw_store_factor factor_of(struct cw_sqlite *s, uint64_t user_id,
                                        struct cw_arena *arena)
{
    struct cw_store_factor factor = {0};
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_FACTOR_FIND);
    cw_sql_int(st, 1, user_id);
    factor.found = cw_sql_row(s, st);
    if (factor.found) {
        factor.active = cw_sql_column_int(st, 0) != 0;
        factor.begun_ms = cw_sql_column_int(st, 1);
        factor.step = cw_sql_column_int(st, 2);
        factor.secret = cw_sql_column_copy(st, 3, arena);
        factor.codes = cw_sql_column_copy(st, 4, arena);
    }
    cw_sql_end(st);
    return factor;
}

static void save_factor(struct cw_sqlite *s, uint64_t user_id, const struct cw_store_factor *factor)
{
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_FACTOR_SET);
    cw_sql_int(st, 1, user_id);
    cw_sql_int(st, 2, factor->active);
    cw_sql_int(st, 3, factor->begun_ms);
    cw_sql_int(st, 4, factor->step);
    cw_sql_blob(st, 5, factor->secret);
    cw_sql_blob(st, 6, factor->codes);
    cw_sql_run(s, CW_SQL_FACTOR_SET);
}

bool cw_sqlite_has_factor(struct cw_sqlite *s, uint64_t user_id)
{
    return cw_sql_query(s, CW_SQL_FACTOR_ACTIVE, CW_NUMBERS(user_id)) != 0;
}

enum cw_store_status cw_sqlite_factor_pass(struct cw_sqlite *s,
                                           const struct cw_store_request *request,
                                           struct cw_arena *arena)
{
    struct cw_store_factor factor = factor_of(s, request->user_id, arena);
    enum cw_store_status status = cw_store_use_code(request, &factor, arena);
    if (status == CW_STORE_OK && factor.active)
        save_factor(s, request->user_id, &factor);
    return status;
}

void cw_sqlite_factor_find(struct cw_sqlite *s, const struct cw_store_request *request,
                           struct cw_store_result *result, struct cw_arena *arena)
{
    struct cw_store_factor factor = factor_of(s, request->user_id, arena);
    result->second_factor = factor.active;
    result->codes_left = cw_store_codes_left(&factor);
}

void cw_sqlite_factor_begin(struct cw_sqlite *s, const struct cw_store_request *request,
                            struct cw_store_result *result, struct cw_arena *arena)
{
    if (cw_sqlite_has_factor(s, request->user_id)) {
        result->status = CW_STORE_EXISTS;
        return;
    }
    struct cw_store_factor factor = cw_store_begin_factor(request, arena);
    save_factor(s, request->user_id, &factor);
    result->secret = cw_arena_copy(arena, request->secret);
    result->body = cw_arena_copy(arena, request->body);
}

void cw_sqlite_factor_confirm(struct cw_sqlite *s, const struct cw_store_request *request,
                              struct cw_store_result *result, struct cw_arena *arena)
{
    struct cw_store_factor factor = factor_of(s, request->user_id, arena);
    result->status = cw_store_confirm_factor(request, &factor);
    if (result->status == CW_STORE_OK)
        save_factor(s, request->user_id, &factor);
}

void cw_sqlite_factor_use(struct cw_sqlite *s, const struct cw_store_request *request,
                          struct cw_store_result *result, struct cw_arena *arena)
{
    result->status = cw_sqlite_factor_pass(s, request, arena);
}

void cw_sqlite_factor_renew(struct cw_sqlite *s, const struct cw_store_request *request,
                            struct cw_store_result *result, struct cw_arena *arena)
{
    struct cw_store_factor factor = factor_of(s, request->user_id, arena);
    result->status = cw_store_renew_codes(request, &factor, arena);
    if (result->status != CW_STORE_OK)
        return;
    save_factor(s, request->user_id, &factor);
    result->body = cw_arena_copy(arena, request->body);
}

void cw_sqlite_factor_end(struct cw_sqlite *s, const struct cw_store_request *request,
                          struct cw_store_result *result, struct cw_arena *arena)
{
    (void)arena;
    if (!cw_sqlite_has_factor(s, request->user_id)) {
        result->status = CW_STORE_NOT_FOUND;
        return;
    }
    cw_sql_run_with(s, CW_SQL_FACTOR_DELETE, CW_NUMBERS(request->user_id));
    cw_sqlite_unclean(s, CW_UNCLEAN_LOG); /* the secret */
}
