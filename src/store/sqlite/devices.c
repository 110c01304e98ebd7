/* devices.c - passwords for devices and bots, in SQLite. */
#include "store/sqlite/devices.h"

#include <stdlib.h>

#include "store/rules_factor.h"
#include "store/sqlite/clean.h"
#include "store/sqlite/operations.h"
#include "store/sqlite/sql.h"
#include "store/sqlite/state.h"

bool cw_sqlite_device_use(struct cw_sqlite *s, const struct cw_store_request *request)
{
    return cw_sql_run_with(s, CW_SQL_DEVICE_USE,
                           CW_NUMBERS(request->device_id, request->user_id, request->time_ms)) != 0;
}

void cw_sqlite_devices_end(struct cw_sqlite *s, uint64_t user_id)
{
    cw_sql_run_with(s, CW_SQL_DEVICES_DELETE, CW_NUMBERS(user_id));
}

/* The user's one with the name of the request, or 0. */
static uint64_t device_named(struct cw_sqlite *s, const struct cw_store_request *request)
{
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_DEVICE_NAMED);
    cw_sql_int(st, 1, request->user_id);
    cw_sql_text_of(st, 2, request->name);
    uint64_t id = cw_sql_row(s, st) ? cw_sql_column_int(st, 0) : 0;
    cw_sql_end(st);
    return id;
}

void cw_sqlite_device_add(struct cw_sqlite *s, const struct cw_store_request *request,
                          struct cw_store_result *result, struct cw_arena *arena)
{
    (void)arena;
    result->status = cw_store_may_add_device(
        (struct cw_store *)s, request, device_named(s, request) != 0,
        cw_sql_query(s, CW_SQL_DEVICES_COUNT, CW_NUMBERS(request->user_id)));
    if (result->status != CW_STORE_OK)
        return;
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_DEVICE_INSERT);
    cw_sql_int(st, 1, request->user_id);
    cw_sql_blob(st, 2, request->secret);
    cw_sql_int(st, 3, request->time_ms);
    cw_sql_text_of(st, 4, request->name);
    cw_sql_run(s, CW_SQL_DEVICE_INSERT);
    result->device_id = cw_sql_last_id(s);
}

void cw_sqlite_device_find(struct cw_sqlite *s, const struct cw_store_request *request,
                           struct cw_store_result *result, struct cw_arena *arena)
{
    (void)arena;
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_DEVICE_FIND);
    cw_sql_int(st, 1, request->user_id);
    cw_sql_blob(st, 2, request->secret);
    if (cw_sql_row(s, st))
        result->device_id = cw_sql_column_int(st, 0);
    else
        result->status = CW_STORE_NOT_FOUND;
    cw_sql_end(st);
}

static int by_device_id(const void *a, const void *b)
{
    const struct cw_store_device *x = a, *y = b;
    return x->device_id < y->device_id ? -1 : 1;
}

/* The index has them by their names. */
void cw_sqlite_device_list(struct cw_sqlite *s, const struct cw_store_request *request,
                           struct cw_store_result *result, struct cw_arena *arena)
{
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_DEVICES);
    cw_sql_int(st, 1, request->user_id);
    result->devices = cw_arena_alloc(arena, CW_DEVICE_PASSWORDS_MAX * sizeof result->devices[0]);
    while (result->device_count < CW_DEVICE_PASSWORDS_MAX && cw_sql_row(s, st))
        result->devices[result->device_count++] =
            (struct cw_store_device){.device_id = cw_sql_column_int(st, 0),
                                     .name = cw_sql_column_copy(st, 1, arena),
                                     .created_ms = cw_sql_column_int(st, 2),
                                     .used_ms = cw_sql_column_int(st, 3)};
    cw_sql_end(st);
    qsort(result->devices, result->device_count, sizeof result->devices[0], by_device_id);
}

/* There are at most sessions_per_user, and those in use at a login beyond that: what has no room
 * here ends at its next request. */
static void list_sessions(struct cw_sqlite *s, uint64_t user_id, uint64_t device_id,
                          struct cw_store_result *result, struct cw_arena *arena)
{
    size_t most = s->options.sessions_per_user * 2;
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_SESSIONS_OF_DEVICE);
    cw_sql_int(st, 1, user_id);
    cw_sql_int(st, 2, device_id);
    result->sessions = cw_arena_alloc(arena, most * sizeof result->sessions[0]);
    while (result->session_count < most && cw_sql_row(s, st))
        result->sessions[result->session_count++] =
            (struct cw_store_session){.session_id = cw_sql_column_int(st, 0)};
    cw_sql_end(st);
}

void cw_sqlite_device_remove(struct cw_sqlite *s, const struct cw_store_request *request,
                             struct cw_store_result *result, struct cw_arena *arena)
{
    uint64_t id = device_named(s, request);
    if (id == 0) {
        result->status = CW_STORE_NOT_FOUND;
        return;
    }
    list_sessions(s, request->user_id, id, result, arena);
    cw_sql_run_with(s, CW_SQL_SESSIONS_DELETE_DEVICE, CW_NUMBERS(request->user_id, id));
    cw_sql_run_with(s, CW_SQL_DEVICE_DELETE, CW_NUMBERS(id));
    cw_sqlite_unclean(s, CW_UNCLEAN_LOG); /* its hash */
}
