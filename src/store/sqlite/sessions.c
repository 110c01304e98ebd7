/* sessions.c - sessions and their cursors in SQLite. */
#include <stdlib.h>

#include "store/rules.h"
#include "store/sqlite/admins.h"
#include "store/sqlite/barred.h"
#include "store/sqlite/devices.h"
#include "store/sqlite/factors.h"
#include "store/sqlite/groups.h"
#include "store/sqlite/notices.h"
#include "store/sqlite/notify.h"
#include "store/sqlite/operations.h"
#include "store/sqlite/profiles.h"
#include "store/sqlite/rows.h"
#include "store/sqlite/settings.h"
#include "store/sqlite/sql.h"
#include "store/sqlite/state.h"
#include "store/sqlite/users.h"

static uint64_t expiry(const struct cw_sqlite *s, const struct cw_store_request *request)
{
    return (uint64_t)cw_store_expiry_ms(&s->options, request);
}

/* The new session's id, or 0 when the token is there already. */
static uint64_t insert_session(struct cw_sqlite *s, const struct cw_store_request *request,
                               uint64_t cursor)
{
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_SESSION_HAS_TOKEN);
    cw_sql_blob(st, 1, request->secret);
    bool taken = cw_sql_row(s, st);
    cw_sql_end(st);
    if (taken)
        return 0;
    st = cw_sql_of(s, CW_SQL_SESSION_INSERT);
    cw_sql_int(st, 1, request->user_id);
    cw_sql_blob(st, 2, request->secret);
    cw_sql_int(st, 3, cursor);
    cw_sql_int(st, 4, request->extended);
    cw_sql_int(st, 5, request->features);
    cw_sql_text_of(st, 6, request->client);
    cw_sql_int(st, 7, request->time_ms);
    cw_sql_text_of(st, 8, request->address);
    cw_sql_int(st, 9, cw_store_moment(request).later_ms);
    cw_sql_int(st, 10, request->device_id);
    if (cw_sql_run(s, CW_SQL_SESSION_INSERT) == 0)
        return 0;
    return cw_sql_last_id(s);
}

static void expire(struct cw_sqlite *s, const struct cw_store_request *request)
{
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_SESSIONS_EXPIRE);
    cw_sql_int(st, 1, request->user_id);
    cw_sql_int(st, 2, expiry(s, request));
    cw_sql_run(s, CW_SQL_SESSIONS_EXPIRE);
}

static void delete_session(struct cw_sqlite *s, uint64_t session_id)
{
    cw_sql_int(cw_sql_of(s, CW_SQL_SESSION_DELETE), 1, session_id);
    cw_sql_run(s, CW_SQL_SESSION_DELETE);
}

/* Drops one of too many sessions; returns its id, or 0. */
static uint64_t drop_one_too_many(struct cw_sqlite *s, const struct cw_store_request *request,
                                  uint64_t new_id)
{
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_SESSIONS_OF_USER);
    struct cw_store_choice choice = {0};
    cw_sql_int(st, 1, request->user_id);
    while (cw_sql_row(s, st))
        cw_store_choose_session(&choice, request, new_id, cw_sql_column_int(st, 0),
                                cw_sql_column_int(st, 1));
    uint64_t id = cw_store_chosen_session(&choice, &s->options);
    if (id != 0)
        delete_session(s, id);
    return id;
}

/* What a session starts with. */
static void list_account(struct cw_sqlite *s, uint64_t user_id, struct cw_store_result *result,
                         struct cw_arena *arena)
{
    cw_sqlite_list_groups(s, user_id, false, result, arena);
    cw_sqlite_list_blocked(s, user_id, result, arena);
    cw_sqlite_list_contacts(s, user_id, result, arena);
    result->notice_id = cw_sqlite_notice_newest(s, user_id);
    result->discreet = cw_sqlite_is_discreet(&s->store, user_id);
    result->bot = cw_store_is_bot(&s->store, user_id);
    result->admin = cw_sqlite_is_admin(&s->store, user_id);
    cw_sqlite_notify_list(s, user_id, result, arena);
    result->hidden = cw_sqlite_face_of(s, user_id, arena).hidden;
}

/* Behind the password, which was right: a code, or instead of both a device password. */
static enum cw_store_status pass_factor(struct cw_sqlite *s, const struct cw_store_request *request,
                                        struct cw_arena *arena)
{
    if (request->device_id == 0)
        return cw_sqlite_factor_pass(s, request, arena);
    return cw_sqlite_device_use(s, request) ? CW_STORE_OK : CW_STORE_MISMATCH;
}

void cw_sqlite_session_create(struct cw_sqlite *s, const struct cw_store_request *request,
                              struct cw_store_result *result, struct cw_arena *arena)
{
    struct cw_store_password password = cw_sqlite_password_of(s, request, arena);
    result->status = cw_store_password_status(request, &password);
    if (result->status == CW_STORE_OK &&
        cw_sqlite_is_barred(s, request, request->user_id, result, arena))
        result->status = CW_STORE_BANNED;
    if (result->status == CW_STORE_OK)
        result->status = cw_store_may_confirm(&s->store, request);
    if (result->status == CW_STORE_OK)
        result->status = pass_factor(s, request, arena);
    if (result->status != CW_STORE_OK)
        return;
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_USER_BY_ID);
    cw_sql_int(st, 1, request->user_id);
    uint64_t high_cursor = cw_sql_row(s, st) ? cw_sql_column_int(st, 1) : 0;
    cw_sql_end(st);
    uint64_t cursor = cw_store_first_cursor(request, high_cursor, cw_sqlite_newest(s));
    expire(s, request);
    if (cw_store_renews_password(request, &password))
        cw_sqlite_password_renew(s, request);
    uint64_t id = insert_session(s, request, cursor);
    if (id == 0) {
        result->status = CW_STORE_EXISTS;
        return;
    }
    result->session_id = id;
    result->device_id = request->device_id;
    result->cursor = cursor;
    result->dropped_session_id = drop_one_too_many(s, request, id);
    list_account(s, request->user_id, result, arena);
}

static bool has_session(struct cw_sqlite *s, uint64_t user_id, uint64_t expiry_ms)
{
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_SESSION_ANY);
    cw_sql_int(st, 1, user_id);
    cw_sql_int(st, 2, expiry_ms);
    bool found = cw_sql_row(s, st);
    cw_sql_end(st);
    return found;
}

static bool find_session(struct cw_sqlite *s, const struct cw_store_request *request,
                         uint64_t user_id, struct cw_store_result *result)
{
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_SESSION_BY_TOKEN);
    cw_sql_blob(st, 1, request->secret);
    cw_sql_int(st, 2, user_id);
    cw_sql_int(st, 3, expiry(s, request));
    bool found = cw_sql_row(s, st);
    if (found) {
        result->session_id = cw_sql_column_int(st, 0);
        result->cursor = cw_sql_column_int(st, 1);
        result->extended = cw_sql_column_int(st, 2) != 0;
        result->features = cw_sql_column_int(st, 3);
        result->device_id = cw_sql_column_int(st, 4);
    }
    cw_sql_end(st);
    return found;
}

void cw_sqlite_session_find(struct cw_sqlite *s, const struct cw_store_request *request,
                            struct cw_store_result *result, struct cw_arena *arena)
{
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_USER_BY_KEY);
    cw_sql_text_of(st, 1, request->key);
    /* For a name that does not exist the same query is made, for user 0: the duration must not
     * reveal which names exist. */
    bool found = cw_sql_row(s, st);
    uint64_t user_id = found ? cw_sql_column_int(st, 0) : 0;
    struct cw_slice name = found ? cw_sql_column_copy(st, 1, arena) : (struct cw_slice){0};
    cw_sql_end(st);
    if (!find_session(s, request, user_id, result)) {
        bool other = has_session(s, user_id, expiry(s, request));
        result->status = other ? CW_STORE_MISMATCH : CW_STORE_NOT_FOUND;
        return;
    }
    result->user_id = user_id;
    result->name = name;
    list_account(s, user_id, result, arena);
}

static void see_user(struct cw_sqlite *s, const struct cw_store_request *request)
{
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_USER_SEEN);
    cw_sql_int(st, 1, request->session_id);
    cw_sql_int(st, 2, request->cursor);
    cw_sql_int(st, 3, cw_store_moment(request).later_ms);
    cw_sql_run(s, CW_SQL_USER_SEEN);
}

/* What is empty stays as it was. */
static void bind_text_if_any(cw_sql_statement *st, int parameter, struct cw_slice text)
{
    if (text.n == 0)
        cw_sql_null(st, parameter);
    else
        cw_sql_text_of(st, parameter, text);
}

static void touch(struct cw_sqlite *s, const struct cw_store_request *request)
{
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_SESSION_TOUCH);
    cw_sql_int(st, 1, request->session_id);
    cw_sql_int(st, 2, cw_store_moment(request).later_ms);
    cw_sql_int(st, 3, expiry(s, request));
    cw_sql_run(s, CW_SQL_SESSION_TOUCH);
}

void cw_sqlite_session_save(struct cw_sqlite *s, const struct cw_store_request *request,
                            struct cw_store_result *result, struct cw_arena *arena)
{
    (void)result, (void)arena;
    if (request->part != 0) {
        touch(s, request);
        return;
    }
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_SESSION_SAVE);
    cw_sql_int(st, 1, request->session_id);
    cw_sql_int(st, 2, request->cursor);
    cw_sql_int(st, 3, request->extended);
    cw_sql_int(st, 4, request->features);
    bind_text_if_any(st, 5, request->client);
    cw_sql_int(st, 6, cw_store_moment(request).later_ms);
    cw_sql_int(st, 7, expiry(s, request));
    bind_text_if_any(st, 8, request->address);
    cw_sql_int(st, 9, request->generation);
    if (cw_sql_run(s, CW_SQL_SESSION_SAVE) != 0)
        see_user(s, request);
}

void cw_sqlite_session_drop(struct cw_sqlite *s, const struct cw_store_request *request,
                            struct cw_store_result *result, struct cw_arena *arena)
{
    (void)result, (void)arena;
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_USER_SEEN);
    cw_sql_int(st, 1, request->session_id);
    cw_sql_int(st, 2, 0); /* no cursor */
    cw_sql_int(st, 3, cw_store_moment(request).later_ms);
    cw_sql_run(s, CW_SQL_USER_SEEN);
    delete_session(s, request->session_id);
}

/* --- a user's own look at them ------------------------------------------------------- */

/* There are at most sessions_per_user, and those in use at a login beyond that. */
void cw_sqlite_session_list(struct cw_sqlite *s, const struct cw_store_request *request,
                            struct cw_store_result *result, struct cw_arena *arena)
{
    size_t capacity = 0;
    struct cw_store_session *sessions = NULL;
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_SESSIONS_LIST);
    cw_sql_int(st, 1, request->user_id);
    cw_sql_int(st, 2, expiry(s, request));
    while (cw_sql_row(s, st)) {
        if (result->session_count == capacity) {
            capacity = capacity * 2 + CW_SESSIONS_PER_USER;
            sessions = cw_realloc(sessions, capacity * sizeof sessions[0]);
        }
        sessions[result->session_count++] =
            (struct cw_store_session){.session_id = cw_sql_column_int(st, 0),
                                      .client = cw_sql_column_copy(st, 1, arena),
                                      .address = cw_sql_column_copy(st, 2, arena),
                                      .created_ms = cw_sql_column_int(st, 3),
                                      .seen_ms = cw_sql_column_int(st, 4),
                                      .name = cw_sql_column_copy(st, 5, arena)};
    }
    cw_sql_end(st);
    if (result->session_count != 0) {
        size_t size = result->session_count * sizeof sessions[0];
        cw_store_sort_sessions(sessions, result->session_count);
        result->sessions = memcpy(cw_arena_alloc(arena, size), sessions, size);
    }
    free(sessions);
}

void cw_sqlite_session_revoke(struct cw_sqlite *s, const struct cw_store_request *request,
                              struct cw_store_result *result, struct cw_arena *arena)
{
    (void)arena;
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_SESSION_REVOKE);
    cw_sql_int(st, 1, request->session_id);
    cw_sql_int(st, 2, request->user_id);
    cw_sql_int(st, 3, expiry(s, request));
    if (cw_sql_run(s, CW_SQL_SESSION_REVOKE) == 0)
        result->status = CW_STORE_NOT_FOUND;
}

void cw_sqlite_session_name(struct cw_sqlite *s, const struct cw_store_request *request,
                            struct cw_store_result *result, struct cw_arena *arena)
{
    (void)arena;
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_SESSION_NAME);
    cw_sql_int(st, 1, request->session_id);
    cw_sql_int(st, 2, request->user_id);
    cw_sql_int(st, 3, expiry(s, request));
    cw_sql_text_of(st, 4, request->name);
    if (cw_sql_run(s, CW_SQL_SESSION_NAME) == 0)
        result->status = CW_STORE_NOT_FOUND;
}
