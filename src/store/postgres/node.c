/* node.c - see node.h. */
#include "store/postgres/node.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "store/postgres/connection.h"
#include "store/postgres/migrations.h"

/* Numbers of advisory locks; "Chinwag" means nothing to PostgreSQL. The first one all servers
 * share, which earlier versions have alone; then that of a start; behind them one for each node. */
#define LOCK_ALL   UINT64_C(4851283918)
#define LOCK_START (LOCK_ALL + 1)
#define LOCK_NODE  (LOCK_ALL + 1000)

/* --- locks -------------------------------------------------------------------------------- */

/* That of a server that has just ended, or of a connection that was just lost, is soon free; a
 * start may change large tables. */
#define NODE_WAIT  "SET lock_timeout = '5s'"
#define START_WAIT "SET lock_timeout = '15s'"
/* While this process waits for a standby: then those who wait for it are looked after. */
#define STANDBY_WAIT "SET lock_timeout = '500ms'"

/* *taken: somebody else has it. */
static bool wait_for_lock(PGconn *conn, const char *how, uint64_t number, const char *wait,
                          bool *taken, char error[256])
{
    char sql[96];
    PQclear(PQexec(conn, wait));
    snprintf(sql, sizeof sql, "SELECT %s(%llu)", how, (unsigned long long)number);
    PGresult *result = PQexec(conn, sql);
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    bool good = PQresultStatus(result) == PGRES_TUPLES_OK;
    *taken = !good && state != NULL && strcmp(state, "55P03") == 0;
    if (!good)
        cw_postgres_explain(conn, result, error);
    PQclear(result);
    PQclear(PQexec(conn, "SET lock_timeout = '" CW_POSTGRES_LOCK_WAIT "'"));
    return good;
}

void cw_postgres_node_begin(struct cw_postgres_node *node)
{
    while (node->process == 0) {
        if (getrandom(&node->process, sizeof node->process, 0) != (ssize_t)sizeof node->process)
            node->process = 0; /* a signal came */
        node->process &= INT64_MAX;
    }
}

/* Has this process taken the row last? True also where nobody can tell. */
static bool is_ours(struct cw_postgres_node *node)
{
    char sql[128], error[256];
    if (node->epoch == 0)
        return true;
    snprintf(sql, sizeof sql,
             "SELECT 1 FROM nodes WHERE id = %u AND (process <> %llu OR epoch < %llu)",
             node->number, (unsigned long long)node->process, (unsigned long long)node->epoch);
    PGresult *result = cw_postgres_ask_on(node->conn, sql, error);
    bool taken = result != NULL && PQntuples(result) == 1;
    PQclear(result);
    return !taken;
}

/* Who has the number's lock. */
enum holder {
    NOBODY,
    ENDED, /* it has just been ended: its lease was over, or it was of this process before */
    WAITS, /* it commits, or waits for a standby: who ends it lets others see what no standby has */
    OTHER
};

/* Ends it, if that may be. `own` is the number's row, which a connection has from the end of its
 * batch to the end of its commit: who has it here knows that no commit is under way, and that none
 * begins. (One that has it and has been silent for a second stands still before its COMMIT.) */
#define END_HOLDER                                                                                 \
    "WITH own AS MATERIALIZED (SELECT id FROM nodes WHERE id = %u FOR UPDATE SKIP LOCKED)"         \
    " SELECT CASE WHEN a.wait_event = 'SyncRep' THEN %d WHEN (n.process = %llu AND n.process <> "  \
    "0) OR NOT EXISTS (SELECT 1 FROM node_leases e WHERE e.id = n.id AND e.lease >="               \
    " clock_timestamp()) THEN CASE WHEN own.id IS NULL AND NOT (a.wait_event = 'ClientRead' AND"   \
    " a.state_change < clock_timestamp() - interval '" CW_POSTGRES_LOCK_WAIT "') THEN %d"          \
    " WHEN pg_terminate_backend(l.pid) THEN %d ELSE %d END ELSE %d END"                            \
    " FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid JOIN nodes n ON n.id = %u LEFT"     \
    " JOIN own ON own.id = n.id WHERE l.locktype = 'advisory' AND l.database = (SELECT oid FROM"   \
    " pg_database WHERE datname = current_database()) AND l.classid::bigint = %llu AND"            \
    " l.objid::bigint = %llu AND l.pid <> pg_backend_pid() AND l.granted AND (%s OR"               \
    " to_regclass('chinwag.arrival') IS NULL)"

/* A transaction of its own, which writes nothing and waits for nothing. */
static enum holder end_holder(struct cw_postgres_node *node)
{
    char sql[1200], error[256];
    uint64_t lock = LOCK_NODE + node->number;
    snprintf(sql, sizeof sql, END_HOLDER, node->number, WAITS, (unsigned long long)node->process,
             WAITS, ENDED, ENDED, OTHER, node->number, (unsigned long long)(lock >> 32),
             (unsigned long long)(lock & UINT32_MAX), node->moves ? "true" : "false");
    PQclear(PQexec(node->conn, "BEGIN"));
    PGresult *result = cw_postgres_ask_on(node->conn, sql, error);
    enum holder holder = NOBODY;
    if (result != NULL && PQntuples(result) != 0)
        holder = (enum holder)atoi(PQgetvalue(result, 0, 0));
    PQclear(result);
    PQclear(PQexec(node->conn, "ROLLBACK"));
    return holder;
}

/* Somebody has it. This process waits for a batch of its own before as for any commit: nothing else
 * tells what became of it. */
static bool lock_behind(struct cw_postgres_node *node, uint64_t lock, bool *taken, char error[256])
{
    enum holder holder;
    while ((holder = end_holder(node)) == ENDED || (holder == WAITS && node->epoch != 0)) {
        if (node->wait != NULL)
            node->wait(node->wait_context);
        if (wait_for_lock(node->conn, "pg_advisory_lock", lock,
                          holder == ENDED ? NODE_WAIT : STANDBY_WAIT, taken, error))
            return true;
        if (!*taken || holder == ENDED)
            break;
    }
    if (*taken)
        snprintf(error, 256,
                 holder == WAITS
                     ? "A batch of node %u waits for a standby of PostgreSQL, so the number is not "
                       "free yet: see to the standby, then start this server again."
                     : "Another server uses the database in `store` as node %u: stop it, or set "
                       "`node` to another number here.",
                 node->number);
    return false;
}

bool cw_postgres_node_lock(struct cw_postgres_node *node, char error[256])
{
    bool taken = false;
    uint64_t lock = LOCK_NODE + node->number;
    if (!is_ours(node))
        return cw_postgres_refuse(CW_POSTGRES_TAKEN, error);
    bool good =
        wait_for_lock(node->conn, "pg_advisory_lock_shared", LOCK_ALL, NODE_WAIT, &taken, error) &&
        wait_for_lock(node->conn, "pg_advisory_lock", lock, NODE_WAIT, &taken, error);
    good = good || (taken && lock_behind(node, lock, &taken, error));
    if (good)
        error[0] = '\0'; /* of the first attempt */
    return good;
}

/* --- the row ---------------------------------------------------------------------------------- */

bool cw_postgres_node_take(struct cw_postgres_node *node, uint64_t *last_batch, char error[256])
{
    char sql[640];
    int version = cw_postgres_schema_version();
    /* Waits for a transaction of a lost connection that is not over yet. */
    snprintf(
        sql, sizeof sql,
        "INSERT INTO nodes AS n(id, epoch, last_batch, knows, process) SELECT %u, 1, 0, %d, %llu"
        " FROM version WHERE level <= %d ON CONFLICT(id) DO UPDATE SET epoch = n.epoch + 1,"
        " knows = excluded.knows, process = excluded.process WHERE %llu = 0 OR (n.process ="
        " excluded.process AND n.epoch >= %llu) RETURNING epoch, last_batch",
        node->number, version, (unsigned long long)node->process, version,
        (unsigned long long)node->epoch, (unsigned long long)node->epoch);
    PGresult *result =
        cw_postgres_ask_patiently(node->conn, sql, node->wait, node->wait_context, error);
    if (result == NULL)
        return false;
    bool good = PQntuples(result) == 1;
    if (good) {
        node->epoch = strtoull(PQgetvalue(result, 0, 0), NULL, 10);
        *last_batch = strtoull(PQgetvalue(result, 0, 1), NULL, 10);
    } else {
        cw_postgres_refuse(is_ours(node) ? CW_POSTGRES_OLD : CW_POSTGRES_TAKEN, error);
    }
    PQclear(result);
    return good && cw_postgres_node_extend(node, node->conn, CW_POSTGRES_NEXT_LEASE, error);
}

/* Waits for no standby: who reads a lease that a promoted one has not waits for the next. */
bool cw_postgres_node_extend(const struct cw_postgres_node *node, PGconn *conn, const char *lease,
                             char error[256])
{
    char sql[384];
    snprintf(sql, sizeof sql,
             "BEGIN; SET LOCAL synchronous_commit = local; INSERT INTO node_leases SELECT id, %s"
             " FROM nodes WHERE id = %u AND process = %llu ON CONFLICT(id) DO UPDATE SET lease ="
             " excluded.lease; COMMIT",
             lease, node->number, (unsigned long long)node->process);
    PGresult *result = cw_postgres_ask_on(conn, sql, error);
    PQclear(result);
    return result != NULL;
}

void cw_postgres_node_connected(const struct cw_postgres_node *node, const PGconn *conn)
{
    if (node->connected != NULL)
        node->connected(node->connected_context, conn == NULL ? -1 : PQsocket(conn));
}

/* --- starting -----------------------------------------------------------------------------------
 */

struct cw_postgres_start *cw_postgres_start_begin(const struct cw_postgres_node *node,
                                                  char error[256])
{
    PGconn *conn = cw_postgres_open_connection(node->url, false);
    bool taken = false;
    cw_postgres_node_connected(node, conn);
    if (PQstatus(conn) != CONNECTION_OK)
        cw_postgres_explain(conn, NULL, error);
    else if (wait_for_lock(conn, "pg_advisory_lock", LOCK_START, START_WAIT, &taken, error))
        return (struct cw_postgres_start *)conn;
    if (taken)
        cw_postgres_refuse("Another server on the database in `store` is just starting: start this "
                           "one again.",
                           error);
    cw_postgres_node_connected(node, NULL);
    PQfinish(conn);
    return NULL;
}

PGconn *cw_postgres_start_connection(struct cw_postgres_start *start)
{
    return (PGconn *)start;
}

void cw_postgres_start_end(struct cw_postgres_start *start)
{
    if (start != NULL)
        PQfinish((PGconn *)start);
}

/* --- others ----------------------------------------------------------------------------------- */

/* The lock that all share cannot be had alone then. That of a connection of this number that was
 * lost has gone before: this one has the number's lock. */
bool cw_postgres_node_ask_others(struct cw_postgres_node *node, char error[256])
{
    char sql[96];
    snprintf(sql, sizeof sql, "SELECT pg_try_advisory_lock(%llu)", (unsigned long long)LOCK_ALL);
    PGresult *result = cw_postgres_ask_on(node->conn, sql, error);
    if (result == NULL)
        return false;
    node->others = strcmp(PQgetvalue(result, 0, 0), "t") != 0;
    PQclear(result);
    if (node->others)
        return true;
    snprintf(sql, sizeof sql, "SELECT pg_advisory_unlock(%llu)", (unsigned long long)LOCK_ALL);
    result = cw_postgres_ask_on(node->conn, sql, error);
    PQclear(result);
    return result != NULL;
}

bool cw_postgres_node_others(const struct cw_postgres_node *node)
{
    char sql[128], error[256];
    snprintf(sql, sizeof sql, CW_POSTGRES_OTHER_LEASE, node->number);
    PGresult *result = cw_postgres_ask_on(node->conn, sql, error); /* older tables have none */
    bool others = node->others || (result != NULL && PQntuples(result) != 0);
    PQclear(result);
    return others;
}

bool cw_postgres_node_none_older(PGconn *conn, int version, char error[256])
{
    char sql[512];
    snprintf(
        sql, sizeof sql,
        "SELECT n.id FROM nodes n WHERE n.knows < %d AND (EXISTS (SELECT 1 FROM node_leases e WHERE"
        " e.id = n.id AND e.lease > clock_timestamp()) OR EXISTS (SELECT 1 FROM pg_locks l WHERE "
        "l.locktype = 'advisory' AND l.granted AND l.database"
        " = (SELECT oid FROM pg_database WHERE datname = current_database()) AND"
        " l.classid::bigint = %llu AND l.objid::bigint = %llu + n.id)) ORDER BY n.id",
        version, (unsigned long long)(LOCK_NODE >> 32),
        (unsigned long long)(LOCK_NODE & UINT32_MAX));
    PGresult *result = cw_postgres_ask_on(conn, sql, error);
    bool none = result != NULL && PQntuples(result) == 0;
    if (result != NULL && !none)
        snprintf(error, 256,
                 "Server %.20s is of the version before: bring it up to date, or stop it, first.",
                 PQgetvalue(result, 0, 0));
    PQclear(result);
    return none;
}

PGresult *cw_postgres_node_running(const struct cw_postgres_node *node, char error[256])
{
    char sql[320];
    snprintf(sql, sizeof sql,
             "SELECT n.id, n.process FROM nodes n JOIN pg_locks l ON l.objid::bigint = %llu + n.id"
             " WHERE l.locktype = 'advisory' AND l.granted AND l.classid::bigint = %llu AND"
             " l.database = (SELECT oid FROM pg_database WHERE datname = current_database())"
             " AND n.id <> %u",
             (unsigned long long)(LOCK_NODE & UINT32_MAX), (unsigned long long)(LOCK_NODE >> 32),
             node->number);
    return cw_postgres_ask_on(node->conn, sql, error);
}

bool cw_postgres_use_schema(PGconn *conn, char error[256])
{
    PGresult *result = cw_postgres_ask_on(conn, "SET search_path = chinwag", error);
    PQclear(result);
    return result != NULL;
}
