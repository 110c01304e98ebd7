/* audit.c - the audit log, in SQLite. */
#include "store/sqlite/audit.h"

#include <stdio.h>

#include "store/rules_admin.h"
#include "store/rules_audit.h"
#include "store/sqlite/operations.h"
#include "store/sqlite/operator.h"
#include "store/sqlite/rows.h"
#include "store/sqlite/sql.h"
#include "store/sqlite/state.h"

/* The last row's number, 0 for none, and its hash. */
static uint64_t last_row(struct cw_sqlite *s, uint8_t hash[CW_AUDIT_HASH_N])
{
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_AUDIT_LAST);
    uint64_t number = 0;
    memset(hash, 0, CW_AUDIT_HASH_N);
    if (cw_sql_row(s, st)) {
        struct cw_slice stored = cw_sql_column_slice(st, 1);
        number = cw_sql_column_int(st, 0);
        if (stored.n == CW_AUDIT_HASH_N)
            memcpy(hash, stored.p, CW_AUDIT_HASH_N);
    }
    cw_sql_end(st);
    return number;
}

void cw_sqlite_audit(struct cw_sqlite *s, const struct cw_store_request *request,
                     enum cw_audit_act act, uint64_t target, struct cw_slice detail)
{
    uint8_t before[CW_AUDIT_HASH_N], hash[CW_AUDIT_HASH_N];
    struct cw_store_audit row = {.number = last_row(s, before) + 1,
                                 .time_ms = request->time_ms,
                                 .actor_id = request->user_id,
                                 .act = (uint8_t)act,
                                 .target = target,
                                 .detail = detail};
    cw_store_audit_hash(&row, before, hash);
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_AUDIT_INSERT);
    cw_sql_int(st, 1, row.number);
    cw_sql_int(st, 2, row.time_ms);
    cw_sql_int(st, 3, row.actor_id);
    cw_sql_int(st, 4, row.act);
    cw_sql_int(st, 5, row.target);
    cw_sql_blob(st, 6, detail.n != 0 ? detail : cw_slice_of("", 0));
    cw_sql_blob(st, 7, cw_slice_of(hash, sizeof hash));
    cw_sql_run(s, CW_SQL_AUDIT_INSERT);
    s->audit_told.grown = true;
}

void cw_sqlite_audit_tell(struct cw_sqlite *s)
{
    uint8_t hash[CW_AUDIT_HASH_N];
    char text[2 * CW_AUDIT_HASH_N + 1];
    struct cw_sqlite_audit_told *told = &s->audit_told;
    if (!told->grown || s->trouble != CW_STORE_OK)
        return;
    uint64_t number = last_row(s, hash);
    if (told->ms == 0) /* the first row since the start */
        told->ms = s->now_ms;
    bool due =
        number - told->number >= CW_AUDIT_TOLD_ROWS || s->now_ms - told->ms >= CW_AUDIT_TOLD_MS;
    if (!due)
        return;
    for (size_t i = 0; i < CW_AUDIT_HASH_N; i++)
        snprintf(text + 2 * i, 3, "%02x", hash[i]);
    cw_sqlite_log(s, "audit log: the last entry is %llu:%s", (unsigned long long)number, text);
    *told = (struct cw_sqlite_audit_told){.number = number, .ms = s->now_ms};
}

/* --- operations ------------------------------------------------------------------------------ */

void cw_sqlite_audit_add(struct cw_sqlite *s, const struct cw_store_request *request,
                         struct cw_store_result *result, struct cw_arena *arena)
{
    (void)arena;
    result->status = cw_store_may_administer(&s->store, request->user_id);
    if (result->status == CW_STORE_OK)
        cw_sqlite_audit(s, request, request->act, request->number, request->body);
}

static struct cw_store_audit read_act(cw_sql_statement *st)
{
    return (struct cw_store_audit){.number = cw_sql_column_int(st, 0),
                                   .time_ms = cw_sql_column_int(st, 1),
                                   .actor_id = cw_sql_column_int(st, 2),
                                   .act = (uint8_t)cw_sql_column_int(st, 3),
                                   .target = cw_sql_column_int(st, 4),
                                   .detail = cw_sql_column_slice(st, 5),
                                   .hash = cw_sql_column_slice(st, 6)};
}

static cw_sql_statement *rows_after(struct cw_sqlite *s, uint64_t after, uint64_t limit)
{
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_AUDIT_AFTER);
    cw_sql_int(st, 1, after);
    cw_sql_int(st, 2, limit);
    return st;
}

static struct cw_slice name_of_target(struct cw_sqlite *s, const struct cw_store_audit *row,
                                      struct cw_arena *arena)
{
    switch (cw_store_audit_target(row->act)) {
    case CW_AUDIT_OF_USER:
        return cw_sqlite_name_of(s, cw_mailbox_of_user(row->target), arena);
    case CW_AUDIT_OF_GROUP:
        return cw_sqlite_name_of(s, cw_mailbox_of_group(row->target), arena);
    case CW_AUDIT_OF_NUMBER:
        break;
    }
    return (struct cw_slice){0};
}

void cw_sqlite_audit_list(struct cw_sqlite *s, const struct cw_store_request *request,
                          struct cw_store_result *result, struct cw_arena *arena)
{
    result->status = cw_store_may_administer(&s->store, request->user_id);
    if (result->status != CW_STORE_OK)
        return;
    cw_sql_statement *st = rows_after(s, request->after, request->limit + 1);
    result->audit = cw_arena_alloc(arena, (request->limit + 1) * sizeof result->audit[0]);
    while (cw_sql_row(s, st)) {
        struct cw_store_audit *row = &result->audit[result->audit_count++];
        *row = read_act(st);
        row->detail = cw_arena_copy(arena, row->detail);
        row->hash = cw_arena_copy(arena, row->hash);
    }
    result->more = result->audit_count > request->limit;
    result->audit_count -= result->more;
    for (size_t i = 0; i < result->audit_count; i++) {
        struct cw_store_audit *row = &result->audit[i];
        row->act_name = cw_slice_str(cw_store_audit_name(row->act));
        row->target_name = name_of_target(s, row, arena);
        if (row->actor_id != 0)
            row->actor = cw_sqlite_name_of(s, cw_mailbox_of_user(row->actor_id), arena);
    }
}

void cw_sqlite_audit_verify(struct cw_sqlite *s, const struct cw_store_request *request,
                            struct cw_store_result *result, struct cw_arena *arena)
{
    struct cw_store_audit_walk walk = {0};
    result->status = cw_store_may_administer(&s->store, request->user_id);
    if (result->status != CW_STORE_OK)
        return;
    cw_sql_statement *st = rows_after(s, 0, INT64_MAX);
    while (cw_sql_row(s, st)) {
        struct cw_store_audit row = read_act(st);
        if (!cw_store_audit_step(&walk, request, &row)) {
            cw_sql_end(st);
            break;
        }
    }
    cw_store_audit_end(&walk, request, result, arena);
}
