/* sqlite_invitations.c - invitations to the server and to groups, in SQLite.
 *
 * What has expired or was used up is removed when the next one is made, and counts
 * until then. The time says whether one is good, the date whether it can go: a clock
 * that is ahead refuses one, which is good again when the clock is right. */
#include "store/sqlite.h"

bool cw_sqlite_invitation_good(struct cw_sqlite *s, uint64_t mailbox,
                               const struct cw_store_request *request)
{
    sqlite3_stmt *st = s->statements[CW_SQL_INVITATION_GOOD];
    cw_sql_blob(st, 1, request->invitation);
    cw_sql_int(st, 2, mailbox);
    cw_sql_int(st, 3, request->time_ms);
    bool good = cw_sql_row(s, st);
    cw_sql_end(st);
    return good;
}

void cw_sqlite_invitation_use(struct cw_sqlite *s, const struct cw_store_request *request)
{
    cw_sql_blob(s->statements[CW_SQL_INVITATION_USE], 1, request->invitation);
    cw_sql_run(s, CW_SQL_INVITATION_USE);
}

static enum cw_store_status may_invite(struct cw_sqlite *s, const struct cw_store_request *request)
{
    enum cw_store_role role;
    bool known = cw_sqlite_user_exists(s, request->user_id);
    if (request->mailbox == 0 && request->user_id == 0) /* the first user has id 1 */
        return cw_sqlite_user_exists(s, 1) ? CW_STORE_FORBIDDEN : CW_STORE_OK;
    if (request->mailbox == 0)
        return known ? CW_STORE_OK : CW_STORE_NOT_FOUND;
    if (!known)
        return CW_STORE_NOT_FOUND;
    enum cw_store_status status =
        cw_sqlite_find_asker(s, request->user_id, request->mailbox >> 1, &role);
    if (status != CW_STORE_OK)
        return status;
    return cw_store_may_manage(request->op, role, CW_ROLE_NONE) ? CW_STORE_OK : CW_STORE_FORBIDDEN;
}

/* Of a group, or of one person. */
static void bind_mine(sqlite3_stmt *st, const struct cw_store_request *request)
{
    cw_sql_int(st, 1, request->mailbox);
    cw_sql_int(st, 2, request->mailbox == 0 ? request->user_id : 0);
    cw_sql_int(st, 3, request->mailbox == 0 ? request->user_id : INT64_MAX);
    cw_sql_int(st, 4, cw_store_moment(request).earlier_ms);
}

static bool has_most(struct cw_sqlite *s, const struct cw_store_request *request)
{
    sqlite3_stmt *st = s->statements[CW_SQL_INVITATIONS_COUNT];
    bind_mine(st, request);
    bool most = cw_sql_row(s, st) && cw_sql_column_int(st, 0) >= CW_INVITATIONS_MAX;
    cw_sql_end(st);
    return most;
}

void cw_sqlite_invite_create(struct cw_sqlite *s, const struct cw_store_request *request,
                             struct cw_store_result *result, struct cw_arena *arena)
{
    (void)arena;
    result->status = may_invite(s, request);
    if (result->status == CW_STORE_OK && has_most(s, request))
        result->status = CW_STORE_FULL;
    if (result->status != CW_STORE_OK)
        return;
    bind_mine(s->statements[CW_SQL_INVITATIONS_EXPIRE], request);
    cw_sql_run(s, CW_SQL_INVITATIONS_EXPIRE);
    sqlite3_stmt *st = s->statements[CW_SQL_INVITATION_INSERT];
    cw_sql_blob(st, 1, request->secret);
    cw_sql_int(st, 2, request->mailbox);
    cw_sql_int(st, 3, request->user_id);
    cw_sql_int(st, 4, request->expires_ms);
    cw_sql_int(st, 5, request->uses);
    cw_sql_int(st, 6, cw_store_moment(request).earlier_ms);
    if (cw_sql_run(s, CW_SQL_INVITATION_INSERT) == 0)
        result->status = CW_STORE_EXISTS;
}
