/* sql.c - runs statements over libpq: the same interface (../sqlite/sql.h) for the same operations.
 *
 * A statement is prepared with its first run on a connection, with the types of what is bound to
 * it. A query is one round trip, and all its rows are here when it returns. A statement whose count
 * of rows nobody asks goes with the next one that is waited for, at the latest with COMMIT; those
 * that are run many times are gathered before that (many.h). */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/postgres/ahead.h"
#include "store/postgres/commit.h"
#include "store/postgres/connection.h"
#include "store/postgres/many.h"
#include "store/sqlite/sql.h"
#include "store/sqlite/state.h"

const char *const cw_sql_text[CW_SQL_COUNT] = {
#define CW_SQL(NAME, text) [CW_SQL_##NAME] = text,
#include "store/sqlite/statements.def"
#undef CW_SQL
};

static struct cw_postgres_statement *of(cw_sql_statement *st)
{
    return (struct cw_postgres_statement *)st;
}

bool cw_sqlite_prepare(struct cw_sqlite *s)
{
    struct cw_postgres *pg = cw_postgres_of(s);
    cw_postgres_phrases(pg->phrases);
    for (int i = 0; i < CW_SQL_COUNT; i++) {
        pg->statements[i] = (struct cw_postgres_statement){.which = i, .row = -1};
        for (int j = 0; j < CW_POSTGRES_PARAMETERS; j++)
            pg->statements[i].formats[j] = 1;
    }
    return true;
}

void cw_sqlite_finalize(struct cw_sqlite *s)
{
    struct cw_postgres *pg = cw_postgres_of(s);
    for (int i = 0; i < CW_SQL_COUNT; i++)
        cw_postgres_clear(&pg->statements[i]);
    cw_postgres_many_finish(pg);
    cw_postgres_phrases_finish(pg->phrases);
}

cw_sql_statement *cw_sql_of(struct cw_sqlite *s, enum cw_sql which)
{
    assert(which < CW_SQL_COUNT);
    return (cw_sql_statement *)&cw_postgres_of(s)->statements[which];
}

/* --- parameters --------------------------------------------------------------------------- */

void cw_sql_int(cw_sql_statement *st, int parameter, uint64_t value)
{
    cw_postgres_bind_number(of(st), parameter, value);
}

void cw_sql_text_of(cw_sql_statement *st, int parameter, struct cw_slice text)
{
    cw_sql_blob(st, parameter, text);
}

void cw_sql_blob(cw_sql_statement *st, int parameter, struct cw_slice bytes)
{
    cw_postgres_bind_bytes(of(st), parameter, bytes);
}

void cw_sql_null(cw_sql_statement *st, int parameter)
{
    of(st)->values[parameter - 1] = NULL;
    of(st)->lengths[parameter - 1] = 0;
}

/* --- one round trip ------------------------------------------------------------------------ */

/* Has the server closed the connection since? Then nothing of this transaction can reach it, and
 * that is known; later it would not be. */
static bool is_closed(struct cw_postgres *pg)
{
    if (pg->begun)
        return false;
    bool read = PQconsumeInput(pg->conn) == 1;
    PQisBusy(pg->conn); /* looks at what was read: its last words are a notice (link.c) */
    return !read || pg->cut || PQstatus(pg->conn) != CONNECTION_OK;
}

/* May what was just sent be sent again on another connection? Nothing before it can be lost. */
static bool come_back(struct cw_sqlite *s, struct cw_postgres *pg, bool first)
{
    uint64_t last_batch;
    bool again = first && s->trouble == CW_STORE_OK &&
                 cw_postgres_come_back(s, CW_POSTGRES_PATIENCE_MS, &last_batch);
    if (!again && s->trouble == CW_STORE_OK)
        s->trouble = CW_STORE_UNAVAILABLE;
    pg->begun = false;
    return again;
}

/* Runs it; `later`: its answer is not waited for. NULL: trouble, or later. */
static PGresult *run_statement(struct cw_sqlite *s, struct cw_postgres_statement *st, bool wait)
{
    struct cw_postgres *pg = cw_postgres_of(s);
    bool first = !pg->begun;
    for (int attempt = 0; attempt < 2; attempt++) {
        if (!pg->cut && pg->conn != NULL) {
            bool sent = !is_closed(pg) && cw_postgres_send_statement(pg, st);
            if (sent && !wait)
                return NULL;
            PGresult *result = sent ? cw_postgres_receive(s) : NULL;
            if (!sent)
                cw_postgres_note(s, NULL);
            if (!pg->cut)
                return result;
            PQclear(result);
        }
        if (!come_back(s, pg, first))
            return NULL;
    }
    s->trouble = CW_STORE_UNAVAILABLE;
    return NULL;
}

/* Before anything that may look at it, and before the end. */
static void send_gathered(struct cw_sqlite *s)
{
    struct cw_postgres_statement *st;
    while (s->trouble == CW_STORE_OK && (st = cw_postgres_many_next(cw_postgres_of(s))) != NULL)
        run_statement(s, st, false);
}

/* --- a transaction ------------------------------------------------------------------------- */

/* What only reads waits for nobody: all its statements see one moment. */
#define BEGIN_READING "BEGIN ISOLATION LEVEL REPEATABLE READ"
#define READ_POSITION "SELECT log.newest, news, search_to, stored_to FROM log, progress"
#define LOCK_POSITION "SELECT newest, news, search_to, stored_to FROM begin_batch()"

static bool take_position(const PGresult *rows, struct cw_postgres_position *at)
{
    if (rows == NULL || PQntuples(rows) != 1)
        return false;
    *at = (struct cw_postgres_position){.newest = cw_postgres_number(rows, 0, 0),
                                        .news = cw_postgres_number(rows, 0, 1),
                                        .search_to = cw_postgres_number(rows, 0, 2),
                                        .stored_to = cw_postgres_number(rows, 0, 3)};
    return true;
}

/* One round trip. False: trouble, a cut connection, or somebody else has the lock. */
static bool send_begin(struct cw_sqlite *s, struct cw_postgres *pg, bool writing,
                       struct cw_postgres_position *at)
{
    pg->locked = false;
    pg->impatient = true;
    bool sent = !is_closed(pg) && cw_postgres_send(pg, writing ? "BEGIN" : BEGIN_READING) &&
                cw_postgres_send(pg, writing ? LOCK_POSITION : READ_POSITION);
    PGresult *rows = sent ? cw_postgres_receive(s) : NULL;
    pg->impatient = false;
    if (!sent)
        cw_postgres_note(s, NULL);
    bool good = take_position(rows, at);
    PQclear(rows);
    pg->begun = sent && !pg->cut;
    return good;
}

/* Ends the connections of servers that stand still, with the lock that we wait for: PostgreSQL
 * waits for their next statement, or the rest of one. (Only of servers, which have the lock that
 * all share; a person's psql is left alone.) None of them can begin to commit meanwhile: the rows
 * of `nodes` are held (node.c, END_HOLDER). */
#define END_THOSE_THAT_STAND_STILL                                                                 \
    "WITH held AS MATERIALIZED (SELECT id FROM nodes FOR UPDATE SKIP LOCKED)"                      \
    " SELECT pg_terminate_backend(a.pid) FROM (SELECT count(*) FROM held) AS c, pg_locks l JOIN"   \
    " pg_stat_activity a ON a.pid = l.pid"                                                         \
    " JOIN pg_locks n ON n.pid = l.pid WHERE c.count >= 0 AND l.relation = 'log'::regclass AND"    \
    " l.database = (SELECT oid FROM pg_database WHERE datname = current_database()) AND l.mode ="  \
    " 'RowShareLock' AND l.granted AND n.locktype = 'advisory' AND n.mode = 'ShareLock' AND"       \
    " a.wait_event = 'ClientRead' AND a.state_change < clock_timestamp() - interval "              \
    "'" CW_POSTGRES_LOCK_WAIT "' AND a.pid <> pg_backend_pid()"

static bool send_end_of_others(struct cw_postgres *pg)
{
    return cw_postgres_send(pg, "BEGIN") && cw_postgres_send(pg, END_THOSE_THAT_STAND_STILL) &&
           cw_postgres_send(pg, "ROLLBACK");
}

/* A lock could not be had in time. Is it to be tried again? */
static bool wait_on(struct cw_sqlite *s, struct cw_postgres *pg, uint64_t until_ms)
{
    pg->held_up = true;
    s->trouble = CW_STORE_OK;
    if (cw_postgres_roll_back(s) && !pg->cut && send_end_of_others(pg))
        PQclear(cw_postgres_receive(s));
    return cw_postgres_clock_ms() < until_ms && !pg->cut && s->trouble == CW_STORE_OK;
}

bool cw_postgres_begin(struct cw_sqlite *s, bool writing, struct cw_postgres_position *at)
{
    struct cw_postgres *pg = cw_postgres_of(s);
    uint64_t until_ms = cw_postgres_clock_ms() + (pg->held_up ? 0 : CW_POSTGRES_PATIENCE_MS);
    assert(!pg->gathers);
    pg->wrote = pg->changed = false;
    pg->told = 0;
    for (int attempt = 0; attempt < 2 && s->trouble == CW_STORE_OK; attempt++) {
        bool good = false, connected = !pg->cut && pg->conn != NULL;
        if (connected)
            do
                good = send_begin(s, pg, writing, at);
            while (pg->locked && !pg->cut && wait_on(s, pg, until_ms));
        if (connected && !pg->cut && pg->locked)
            break;
        if (connected && !pg->cut) {
            pg->held_up &= !writing;
            return good;
        }
        come_back(s, pg, true);
    }
    if (s->trouble == CW_STORE_OK)
        s->trouble = CW_STORE_UNAVAILABLE;
    return false;
}

/* --- rows ---------------------------------------------------------------------------------- */

/* What a statement that is no query has done. */
static void count_changes(struct cw_postgres *pg, const struct cw_postgres_statement *st,
                          const PGresult *result)
{
    const char *rows = result == NULL ? "" : PQcmdTuples((PGresult *)(uintptr_t)result);
    const struct cw_postgres_phrase *phrase = &pg->phrases[st->which];
    if (phrase->is_writing)
        pg->changes += strtoull(rows, NULL, 10);
}

uint64_t cw_postgres_number(const PGresult *rows, int row, int column)
{
    const uint8_t *bytes = (const uint8_t *)PQgetvalue(rows, row, column);
    int n = PQgetlength(rows, row, column);
    bool negative = n > 1 && (bytes[0] & 0x80) != 0;
    uint64_t value = negative ? UINT64_MAX : 0;
    for (int i = 0; i < n; i++)
        value = value << 8 | bytes[i];
    return PQgetisnull(rows, row, column) ? 0 : value;
}

static bool fetch(struct cw_sqlite *s, struct cw_postgres_statement *st)
{
    send_gathered(s);
    if (s->trouble != CW_STORE_OK)
        return false;
    st->rows = cw_postgres_ahead_take(cw_postgres_of(s), st);
    if (st->rows == NULL)
        st->rows = run_statement(s, st, true);
    st->row = -1;
    return st->rows != NULL;
}

/* The rows that are here are used up: are there more? */
static bool fetch_page(struct cw_sqlite *s, struct cw_postgres_statement *st)
{
    int paged_by = cw_postgres_of(s)->phrases[st->which].paged_by, n = PQntuples(st->rows);
    if (paged_by == 0 || n < CW_POSTGRES_PAGE)
        return false;
    cw_sql_int((cw_sql_statement *)st, paged_by, cw_postgres_number(st->rows, n - 1, 0));
    cw_postgres_clear(st);
    return fetch(s, st);
}

bool cw_sql_row(struct cw_sqlite *s, cw_sql_statement *statement)
{
    struct cw_postgres_statement *st = of(statement);
    if (s->trouble == CW_STORE_OK && (st->rows != NULL || fetch(s, st))) {
        st->row++;
        if (st->row < PQntuples(st->rows))
            return true;
        if (fetch_page(s, st) && PQntuples(st->rows) != 0) {
            st->row = 0;
            return true;
        }
    }
    cw_postgres_clear(st);
    return false;
}

bool cw_sql_match(struct cw_sqlite *s, cw_sql_statement *st)
{
    return cw_sql_row(s, st);
}

void cw_sql_end(cw_sql_statement *st)
{
    cw_postgres_clear(of(st));
}

uint64_t cw_sql_column_int(cw_sql_statement *st, int column)
{
    return cw_postgres_number(of(st)->rows, of(st)->row, column);
}

struct cw_slice cw_sql_column_slice(cw_sql_statement *st, int column)
{
    const struct cw_postgres_statement *at = of(st);
    return cw_slice_of(PQgetvalue(at->rows, at->row, column),
                       (size_t)PQgetlength(at->rows, at->row, column));
}

struct cw_slice cw_sql_column_copy(cw_sql_statement *st, int column, struct cw_arena *arena)
{
    return cw_arena_copy(arena, cw_sql_column_slice(st, column));
}

bool cw_sql_column_is_null(cw_sql_statement *st, int column)
{
    return PQgetisnull(of(st)->rows, of(st)->row, column) != 0;
}

/* --- statements without rows ---------------------------------------------------------------- */

static int run_now(struct cw_sqlite *s, struct cw_postgres_statement *st)
{
    struct cw_postgres *pg = cw_postgres_of(s);
    const struct cw_postgres_phrase *phrase = &pg->phrases[st->which];
    uint64_t before = pg->changes;
    if (phrase->many) {
        if (cw_postgres_many_add(pg, st))
            send_gathered(s);
        return 0;
    }
    send_gathered(s);
    if (s->trouble != CW_STORE_OK)
        return 0;
    PGresult *result = run_statement(s, st, !phrase->later);
    count_changes(pg, st, result);
    if (phrase->with_id && result != NULL && PQntuples(result) == 1)
        pg->last_id = cw_postgres_number(result, 0, 0);
    PQclear(result);
    return (int)(pg->changes - before);
}

int cw_sql_run(struct cw_sqlite *s, enum cw_sql which)
{
    struct cw_postgres *pg = cw_postgres_of(s);
    if (s->trouble != CW_STORE_OK)
        return 0;
    switch (which) {
    case CW_SQL_BEGIN: /* cw_sqlite_catch_up has begun it */
    case CW_SQL_BEGIN_WRITING:
        return 0;
    case CW_SQL_COMMIT:
        send_gathered(s);
        cw_postgres_commit(s);
        return 0;
    case CW_SQL_ROLLBACK:
        cw_sql_roll_back(s);
        return 0;
    default:
        return run_now(s, &pg->statements[which]);
    }
}

int cw_sql_parameters(struct cw_sqlite *s, enum cw_sql which)
{
    return cw_postgres_of(s)->phrases[which].parameters;
}

/* --- the transaction ------------------------------------------------------------------------ */

uint64_t cw_sql_last_id(const struct cw_sqlite *s)
{
    return cw_postgres_of(s)->last_id;
}

uint64_t cw_sql_changes(const struct cw_sqlite *s)
{
    return cw_postgres_of(s)->changes;
}

bool cw_sql_in_transaction(const struct cw_sqlite *s)
{
    return cw_postgres_of(s)->begun;
}

bool cw_sql_roll_back(struct cw_sqlite *s)
{
    return cw_postgres_roll_back(s);
}
