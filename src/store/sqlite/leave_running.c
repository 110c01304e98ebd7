/* leave_running.c - the side of SQLite when the community of a running server moves to PostgreSQL:
 * cw_store_move_running of store/move.h. All that it reads and writes it does in visits to the
 * store's thread, some rows at a time, between requests. */
#include <stdio.h>

#include "store/sqlite/batch.h"
#include "store/sqlite/leave.h"
#include "store/sqlite/state.h"
#include "store/sqlite/trouble.h"
#include "store/store_thread.h"

#define ROWS_OF_VISIT 256

/* What one visit is asked to do. */
struct visit {
    const struct cw_store_moving *moving;
    struct cw_sqlite_leaving_rows rows;
    const char *community;
    bool more, good;
    char *error; /* [256] */
};

static void explain_visit(struct visit *visit, struct cw_sqlite *s, int rc)
{
    visit->good = rc == CW_DATABASE_GOOD;
    if (!visit->good)
        cw_sqlite_explain(s->db, rc, visit->moving->folder, visit->error);
}

/* What has come before is in the database now, and searches find it; nothing comes behind it. */
static bool freeze(struct cw_store *store, void *context)
{
    struct cw_sqlite *s = (struct cw_sqlite *)store;
    struct visit *visit = context;
    cw_sqlite_follow_for_search(s);
    if (s->copy != NULL || s->files_held)
        snprintf(visit->error, 256, "A backup is under way: wait for its end.");
    else
        explain_visit(visit, s, cw_database_exec(s->db, "PRAGMA query_only=ON"));
    store->frozen |= visit->good;
    return false;
}

static bool read_some(struct cw_store *store, void *context)
{
    struct cw_sqlite *s = (struct cw_sqlite *)store;
    struct visit *visit = context;
    size_t most = *visit->moving->stop ? 0 : ROWS_OF_VISIT;
    visit->more = cw_sqlite_leaving_read(&visit->rows, s->db, most);
    explain_visit(visit, s, visit->more ? CW_DATABASE_GOOD : visit->rows.rc);
    return false;
}

/* The store still only reads. */
static bool leave_database(struct cw_store *store, void *context)
{
    struct cw_sqlite *s = (struct cw_sqlite *)store;
    struct visit *visit = context;
    int rc = cw_database_exec(s->db, "PRAGMA query_only=OFF");
    if (rc == CW_DATABASE_GOOD)
        rc = cw_sqlite_leaving_end(s->db, visit->community);
    explain_visit(visit, s, rc);
    if (!visit->good)
        cw_database_exec(s->db, "ROLLBACK"); /* where it has begun */
    cw_database_exec(s->db, "PRAGMA query_only=ON");
    return false;
}

/* --- on the thread of the move ---------------------------------------------------------------- */

static bool is_stopped(const struct cw_store_moving *moving, char error[256])
{
    if (*moving->stop)
        snprintf(error, 256, "The server ends.");
    return *moving->stop;
}

static bool read_by_visits(void *context, const char *sql, const char *kinds,
                           bool (*row)(void *to, const struct cw_move_value *values), void *to,
                           char error[256])
{
    const struct cw_store_moving *moving = context;
    struct visit visit = {.moving = moving,
                          .rows = {.sql = sql, .kinds = kinds, .row = row, .to = to},
                          .error = error};
    do
        cw_store_thread_visit(moving->thread, read_some, &visit);
    while (visit.more);
    return visit.good && !is_stopped(moving, error);
}

static bool read_frozen(void *context, const char *sql, const char *kinds,
                        bool (*row)(void *to, const struct cw_move_value *values), void *to,
                        char error[256])
{
    struct cw_store_moving *moving = context;
    struct visit visit = {.moving = moving, .error = error};
    if (!moving->frozen) {
        cw_store_thread_visit(moving->thread, freeze, &visit);
        moving->frozen = visit.good;
    }
    return moving->frozen && read_by_visits(context, sql, kinds, row, to, error);
}

static bool leave_by_visit(void *context, const char *community, char error[256])
{
    const struct cw_store_moving *moving = context;
    struct visit visit = {.moving = moving, .community = community, .error = error};
    cw_store_thread_visit(moving->thread, leave_database, &visit);
    return visit.good;
}

static void tell_running(void *context, const char *line)
{
    const struct cw_store_moving *moving = context;
    moving->tell(moving->context, line);
}

static void pass_socket_on(void *context, int socket)
{
    const struct cw_store_moving *moving = context;
    moving->connected(moving->context, socket);
}

bool cw_store_move_running(struct cw_store_moving *moving, char error[256])
{
    struct cw_move_source source = {.context = moving,
                                    .tell = tell_running,
                                    .connected = pass_socket_on,
                                    .read = read_by_visits,
                                    .leave = leave_by_visit};
    if (!cw_sqlite_leaving_state(&source, error))
        return false;
    /* Rows may be written between two attempts, but not in one process that is frozen. */
    snprintf(source.state + CW_MOVE_DB_TEXT, sizeof source.state - CW_MOVE_DB_TEXT, "%016llx",
             (unsigned long long)moving->process);
    source.read = read_frozen;
    return cw_store_move_to_postgres(moving->url, moving->folder, &source, error);
}
