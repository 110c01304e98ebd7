/* link.c - see link.h. */
#include "store/postgres/link.h"

#include <assert.h>
#include <poll.h>
#include <stdio.h>
#include <time.h>

#include "base/alloc.h"
#include "store/postgres/bell.h"
#include "store/sqlite/operator.h"
#include "store/sqlite/state.h"

#define OLDEST_VERSION 140000

enum { OID_BYTEA = 17 };

struct cw_postgres *cw_postgres_of(const struct cw_sqlite *s)
{
    return (struct cw_postgres *)s->db;
}

void cw_postgres_clear(struct cw_postgres_statement *st)
{
    PQclear(st->rows);
    st->rows = NULL;
    st->row = -1;
}

/* Did it stop to wait for a standby? What was committed may not be there. Words are translated,
 * names of functions are not. */
static bool is_of_standby(const PGresult *result)
{
    const char *function = PQresultErrorField(result, PG_DIAG_SOURCE_FUNCTION);
    return function != NULL && strcmp(function, "SyncRepWaitForLSN") == 0;
}

static void on_notice(void *context, const PGresult *result)
{
    struct cw_postgres *pg = context;
    const char *severity = PQresultErrorField(result, PG_DIAG_SEVERITY_NONLOCALIZED);
    const char *text = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    bool last_words = state != NULL && strncmp(state, "57P", 3) == 0;
    pg->cut |= last_words;
    if (severity == NULL || strcmp(severity, "WARNING") != 0 ||
        (last_words && !is_of_standby(result)))
        return;
    pg->warned = true;
    snprintf(pg->warning, sizeof pg->warning, "%s", text == NULL ? "" : text);
}

/* --- statements of the moment ------------------------------------------------------------ */

PGresult *cw_postgres_ask(struct cw_postgres *pg, const char *sql, char error[256])
{
    return cw_postgres_ask_on(pg->conn, sql, error);
}

bool cw_postgres_exec(struct cw_postgres *pg, const char *sql, char error[256])
{
    PGresult *result = cw_postgres_ask(pg, sql, error);
    PQclear(result);
    return result != NULL;
}

/* --- connecting ---------------------------------------------------------------------------- */

/* A transaction that waits for us for so long is undone by PostgreSQL: a server that stands still
 * in the middle of one holds up the others no longer than that.
 * A plan that was made when a table was small reads all of it also when it is large, until
 * PostgreSQL has analysed it: without sequential scans it goes by an index from the beginning. New
 * words are sorted into their index often and a few at a time, or one batch in thousands would wait
 * for all of them.
 * What was committed is on the disk, and at the standbys, whatever becomes of postgresql.conf while
 * the connection lasts, unless the URL says otherwise. */
#define CW_POSTGRES_SETTINGS                                                                       \
    "SET search_path = chinwag; SET client_min_messages = warning;"                                \
    " SET idle_in_transaction_session_timeout = '3s'; SET idle_session_timeout = 0;"               \
    " SET enable_seqscan = off; SET jit = off; SET gin_pending_list_limit = '256kB';"              \
    " SET bytea_output = 'hex';"                                                                   \
    " SET standard_conforming_strings = on; SET statement_timeout = 0;"                            \
    " SET default_transaction_isolation = 'read committed';"                                       \
    " SELECT set_config('synchronous_commit', CASE WHEN source = 'client' OR setting ="            \
    " 'remote_apply' THEN setting ELSE 'on' END, false) FROM pg_settings WHERE name ="             \
    " 'synchronous_commit'"

/* Would what is committed there last? (Unless the URL itself says that it need not.) */
static bool judge_server(struct cw_postgres *pg, char error[256])
{
    if (PQserverVersion(pg->conn) < OLDEST_VERSION)
        return cw_postgres_refuse("This PostgreSQL is too old: version 14 or newer is needed.",
                                  error);
    PGresult *result =
        cw_postgres_ask(pg,
                        "SELECT CASE (SELECT source FROM pg_settings WHERE name ="
                        " 'synchronous_commit') WHEN 'client' THEN 'told' ELSE"
                        " current_setting('synchronous_commit') END, current_setting('fsync'),"
                        " current_setting('server_encoding'), pg_is_in_recovery() OR"
                        " current_setting('transaction_read_only') = 'on'",
                        error);
    if (result == NULL)
        return false;
    bool good = true;
    if (strcmp(PQgetvalue(result, 0, 3), "t") == 0)
        good = cw_postgres_refuse(
            "This PostgreSQL can only be read (a standby, or default_transaction_read_only): "
            "name the primary in `store`.",
            error);
    else if (strcmp(PQgetvalue(result, 0, 0), "off") == 0 ||
             strcmp(PQgetvalue(result, 0, 1), "off") == 0)
        good = cw_postgres_refuse(
            "This PostgreSQL forgets what it has committed when its machine fails: turn on "
            "synchronous_commit and fsync.",
            error);
    else if (strcmp(PQgetvalue(result, 0, 2), "UTF8") != 0)
        good = cw_postgres_refuse(
            "The database in `store` is not in UTF-8: create one WITH ENCODING 'UTF8'.", error);
    PQclear(result);
    return good;
}

bool cw_postgres_connect(struct cw_postgres *pg, char error[256])
{
    cw_postgres_disconnect(pg);
    pg->conn = cw_postgres_open_connection(pg->url, false);
    pg->node.conn = pg->conn;
    pg->number++;
    pg->cut = pg->begun = false;
    pg->told = 0;
    if (PQstatus(pg->conn) != CONNECTION_OK) {
        cw_postgres_explain(pg->conn, NULL, error);
        cw_postgres_disconnect(pg);
        return false;
    }
    PQsetNoticeReceiver(pg->conn, on_notice, pg);
    cw_postgres_node_connected(&pg->node, pg->conn);
    if (judge_server(pg, error) && cw_postgres_exec(pg, CW_POSTGRES_SETTINGS, error) &&
        cw_postgres_node_lock(&pg->node, error))
        return true;
    cw_postgres_node_connected(&pg->node, NULL);
    cw_postgres_disconnect(pg);
    return false;
}

void cw_postgres_disconnect(struct cw_postgres *pg)
{
    PQfinish(pg->conn);
    pg->conn = NULL;
}

/* --- waiting ------------------------------------------------------------------------------- */

void cw_postgres_waits(struct cw_sqlite *s)
{
    if (s->store.waits_since_ms == 0)
        s->store.waits_since_ms = cw_postgres_clock_ms();
}

/* Those behind the batch, if it has waited for long. */
static void refuse_waiting(const struct cw_sqlite *s)
{
    uint64_t since_ms = s->store.waits_since_ms;
    if (since_ms == 0 || cw_postgres_clock_ms() - since_ms < CW_POSTGRES_PATIENCE_MS)
        return;
    if (s->store.refuse_waiting != NULL)
        s->store.refuse_waiting(s->store.refuse_context);
}

void cw_postgres_wait(void *context)
{
    struct cw_sqlite *s = context;
    cw_postgres_waits(s);
    refuse_waiting(s);
}

/* --- coming back --------------------------------------------------------------------------- */

bool cw_postgres_take(struct cw_postgres *pg, uint64_t *last_batch, char error[256])
{
    pg->warned = false;
    if (!cw_postgres_node_take(&pg->node, last_batch, error))
        return false;
    return !pg->warned || cw_postgres_refuse("PostgreSQL did not wait for its standby.", error);
}

void cw_postgres_fail(struct cw_sqlite *s, const char *why)
{
    s->trouble = CW_STORE_FAILED;
    snprintf(s->failure, sizeof s->failure, "%s", why);
}

static bool try_again(struct cw_sqlite *s, struct cw_postgres *pg, uint64_t *last_batch,
                      char error[256])
{
    error[0] = '\0';
    bool connected = cw_postgres_connect(pg, error);
    if (connected && cw_postgres_take(pg, last_batch, error) &&
        PQenterPipelineMode(pg->conn) == 1) {
        atomic_store(&s->store.epoch, pg->node.epoch);
        if (*last_batch >= pg->batch)
            return true;
        cw_postgres_fail(s, CW_POSTGRES_LOST); /* and what is in memory is of what it had */
    } else if (strcmp(error, CW_POSTGRES_TAKEN) == 0 || strcmp(error, CW_POSTGRES_OLD) == 0) {
        cw_postgres_fail(s, error);
    }
    cw_postgres_disconnect(pg);
    return false;
}

/* The operator is told why nothing is stored, when that changes. */
static void log_why(struct cw_sqlite *s, struct cw_postgres *pg, const char *error)
{
    if (error[0] != '\0' && strcmp(error, pg->why_away) != 0)
        cw_sqlite_log(s, "PostgreSQL is out of reach: %s", error);
    snprintf(pg->why_away, sizeof pg->why_away, "%s", error);
}

/* The pauses between two attempts to connect grow from the first to the last. */
#define FIRST_PAUSE_MS 50
#define LAST_PAUSE_MS  800

bool cw_postgres_come_back(struct cw_sqlite *s, uint64_t patience_ms, uint64_t *last_batch)
{
    struct cw_postgres *pg = cw_postgres_of(s);
    uint64_t began_ms = cw_postgres_clock_ms();
    long pause_ms = FIRST_PAUSE_MS;
    char error[256];
    cw_postgres_waits(s);
    if (pg->tried_ms != 0 && patience_ms == CW_POSTGRES_PATIENCE_MS)
        patience_ms = CW_POSTGRES_PAUSE_MS; /* it has been away for a while */
    for (;;) {
        bool good = try_again(s, pg, last_batch, error);
        pg->tried_ms = good ? 0 : cw_postgres_clock_ms();
        if (good)
            s->store.waits_since_ms = 0;
        if (good || s->trouble == CW_STORE_FAILED ||
            cw_postgres_clock_ms() - began_ms >= patience_ms) {
            log_why(s, pg, good || s->trouble == CW_STORE_FAILED ? "" : error);
            return good;
        }
        refuse_waiting(s);
        nanosleep(&(struct timespec){.tv_nsec = pause_ms * 1000 * 1000}, NULL);
        pause_ms = pause_ms * 2 < LAST_PAUSE_MS ? pause_ms * 2 : LAST_PAUSE_MS;
    }
}

/* --- what errors mean ------------------------------------------------------------------------ */

/* Classes of SQLSTATE after which another connection, or the same server later, can go on: the
 * connection, a shutdown, a standby. */
static bool is_of_connection(const char *state)
{
    return strncmp(state, "08", 2) == 0 || strncmp(state, "57P", 3) == 0 ||
           strcmp(state, "25P03") == 0 || strcmp(state, "25P04") == 0 ||
           strcmp(state, "25006") == 0;
}

void cw_postgres_note(struct cw_sqlite *s, const PGresult *result)
{
    struct cw_postgres *pg = cw_postgres_of(s);
    const char *state = result == NULL ? NULL : PQresultErrorField(result, PG_DIAG_SQLSTATE);
    if (state == NULL || is_of_connection(state)) {
        pg->cut = true;
        return;
    }
    if (s->trouble == CW_STORE_FAILED)
        return;
    if (strcmp(state, "CW001") == 0) { /* end_batch */
        cw_postgres_fail(s, CW_POSTGRES_TAKEN);
        return;
    }
    if (strcmp(state, "53100") == 0) {
        s->trouble = CW_STORE_NO_ROOM;
        return;
    }
    if (strcmp(state, "55P03") == 0) { /* lock_timeout */
        pg->locked = true;
        s->trouble = CW_STORE_UNAVAILABLE;
        return;
    }
    s->trouble = CW_STORE_FAILED;
    cw_postgres_explain(pg->conn, result, s->failure);
}

/* --- statements in the pipeline --------------------------------------------------------------- */

bool cw_postgres_send(struct cw_postgres *pg, const char *sql)
{
    return PQsendQueryParams(pg->conn, sql, 0, NULL, NULL, NULL, NULL, 1) == 1;
}

void cw_postgres_bind(struct cw_postgres_statement *st, int parameter, Oid type,
                      struct cw_slice bytes)
{
    assert(parameter >= 1 && parameter <= CW_POSTGRES_PARAMETERS);
    st->types[parameter - 1] = type;
    st->values[parameter - 1] = bytes.n == 0 ? "" : (const char *)bytes.p;
    st->lengths[parameter - 1] = (int)bytes.n;
}

void cw_postgres_bind_number(struct cw_postgres_statement *st, int parameter, uint64_t value)
{
    uint8_t *bytes = st->numbers[parameter - 1];
    cw_postgres_put_number(bytes, value);
    cw_postgres_bind(st, parameter, CW_POSTGRES_INT8, cw_slice_of(bytes, 8));
}

void cw_postgres_bind_bytes(struct cw_postgres_statement *st, int parameter, struct cw_slice bytes)
{
    cw_postgres_bind(st, parameter, OID_BYTEA, bytes);
}

bool cw_postgres_send_statement(struct cw_postgres *pg, struct cw_postgres_statement *st)
{
    const struct cw_postgres_phrase *phrase = &pg->phrases[st->which];
    char name[16];
    snprintf(name, sizeof name, "s%d", st->which);
    assert(phrase->text != NULL);
    if (st->prepared_on != pg->number) {
        if (PQsendPrepare(pg->conn, name, phrase->text, phrase->parameters, st->types) != 1)
            return false;
        st->prepared_on = pg->number;
    }
    pg->wrote |= phrase->is_writing;
    return PQsendQueryPrepared(pg->conn, name, phrase->parameters, st->values, st->lengths,
                               st->formats, 1) == 1;
}

/* --- answers ------------------------------------------------------------------------------- */

/* Until an answer is here, or the connection is lost. False: it takes too long. */
static bool wait_for_answer(struct cw_sqlite *s, struct cw_postgres *pg)
{
    uint64_t began_ms = cw_postgres_clock_ms(), waited_ms = 0;
    while (PQisBusy(pg->conn)) {
        struct pollfd fd = {.fd = PQsocket(pg->conn), .events = POLLIN};
        cw_postgres_waits(s);
        if (poll(&fd, 1, CW_POSTGRES_PAUSE_MS) == 1 && PQconsumeInput(pg->conn) != 1)
            return true; /* PQgetResult says it */
        waited_ms = cw_postgres_clock_ms() - began_ms;
        refuse_waiting(s);
        if (pg->impatient && waited_ms >= CW_POSTGRES_ANSWER_MS)
            return false;
    }
    return true;
}

/* One result goes to `take`. False: it was the last one. */
static bool take_next(struct cw_sqlite *s, struct cw_postgres *pg, bool *good,
                      void (*take)(void *context, PGresult *result), void *context)
{
    PGresult *result = PQgetResult(pg->conn);
    if (result == NULL && PQstatus(pg->conn) == CONNECTION_OK)
        return true; /* the end of one statement */
    ExecStatusType status = PQresultStatus(result);
    if (result == NULL || status == PGRES_PIPELINE_SYNC) {
        if (result == NULL)
            cw_postgres_note(s, NULL);
        *good &= result != NULL;
        PQclear(result);
        return false;
    }
    if (status == PGRES_FATAL_ERROR) {
        cw_postgres_note(s, result);
        *good = false;
        pg->failed = true;
    }
    take(context, result);
    return true;
}

bool cw_postgres_receive_each(struct cw_sqlite *s, void (*take)(void *context, PGresult *result),
                              void *context)
{
    struct cw_postgres *pg = cw_postgres_of(s);
    bool good = PQpipelineSync(pg->conn) == 1;
    if (!good)
        cw_postgres_note(s, NULL);
    for (bool more = good || PQstatus(pg->conn) == CONNECTION_OK; more;) {
        more = wait_for_answer(s, pg);
        if (!more) {
            cw_postgres_note(s, NULL);
            good = false;
        }
        more = more && take_next(s, pg, &good, take, context) &&
               (good || PQstatus(pg->conn) == CONNECTION_OK);
    }
    if (good && !pg->held_up)
        s->store.waits_since_ms = 0;
    return good;
}

static void keep_last(void *context, PGresult *result)
{
    PGresult **last = context;
    PQclear(*last);
    *last = result;
}

PGresult *cw_postgres_receive(struct cw_sqlite *s)
{
    PGresult *last = NULL;
    const struct cw_postgres_ahead *ahead = &cw_postgres_of(s)->ahead;
    assert(ahead->answered == ahead->count); /* or others would be taken for its answers */
    if (cw_postgres_receive_each(s, keep_last, &last))
        return last;
    PQclear(last);
    return NULL;
}
