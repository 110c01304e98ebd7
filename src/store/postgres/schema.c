/* schema.c - see schema.h. */
#include "store/postgres/schema.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/postgres/connection.h"
#include "store/postgres/migrations.h"
#include "text/words.h"

/* A lock that transactions of other servers have is waited for only shortly (what comes behind
 * waits as well), and then again. */
#define LOCK_ATTEMPTS 60

/* The number that is the answer; -1: there is none. */
static int number_of(PGconn *conn, const char *sql, char error[256])
{
    PGresult *result = cw_postgres_ask_on(conn, sql, error);
    int number = result == NULL || PQntuples(result) == 0 ? -1 : atoi(PQgetvalue(result, 0, 0));
    PQclear(result);
    return number;
}

/* --- what is there ------------------------------------------------------------------------------
 */

/* Which version is there; 0: nothing yet; -1 with a sentence. */
static int find_version(PGconn *conn, char error[256])
{
    int tables = number_of(
        conn, "SELECT count(*) FROM pg_class WHERE relnamespace = to_regnamespace('chinwag')",
        error);
    if (tables <= 0)
        return tables;
    if (number_of(conn, "SELECT count(*) FROM pg_class WHERE oid = to_regclass('chinwag.version')",
                  error) == 1)
        return number_of(conn, "SELECT version FROM chinwag.version", error);
    snprintf(error, 256,
             "The schema `chinwag` of the database in `store` belongs to another program: choose "
             "another database.");
    return -1;
}

/* The lowest version that a server must be of. */
static int find_level(PGconn *conn, int version, char error[256])
{
    return version <= CW_POSTGRES_MIGRATIONS
               ? version
               : number_of(conn, "SELECT level FROM chinwag.version", error);
}

/* --- the way to a newer version -----------------------------------------------------------------
 */

/* *locked: a lock was not to be had. */
static bool run_sql(PGconn *conn, const char *sql, bool *locked, char error[256])
{
    PGresult *result = PQexec(conn, sql);
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    ExecStatusType status = PQresultStatus(result);
    bool good = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
    *locked = state != NULL && strcmp(state, "55P03") == 0;
    if (!good)
        cw_postgres_explain(conn, result, error);
    PQclear(result);
    return good;
}

/* Both in one transaction. */
static bool run_both(PGconn *conn, const char *sql, const char *end, char error[256])
{
    bool good = false, locked = true;
    for (int i = 0; locked && i < LOCK_ATTEMPTS; i++) {
        good = run_sql(conn, "BEGIN", &locked, error) && run_sql(conn, sql, &locked, error) &&
               run_sql(conn, end, &locked, error);
        if (!good)
            PQclear(PQexec(conn, "ROLLBACK"));
    }
    if (good)
        error[0] = '\0';
    return good;
}

/* So that the version is the next one. */
static bool step_first(PGconn *conn, int version, char error[256])
{
    char end[96];
    snprintf(end, sizeof end, "UPDATE version SET version = %d; COMMIT", version + 1);
    return (version != 0 ||
            run_both(conn,
                     "CREATE SCHEMA IF NOT EXISTS chinwag; CREATE TABLE IF NOT EXISTS"
                     " version(version integer NOT NULL, community uuid NOT NULL)",
                     "INSERT INTO version SELECT 0, gen_random_uuid() WHERE NOT EXISTS (SELECT 1"
                     " FROM version); COMMIT",
                     error)) &&
           run_both(conn, cw_postgres_step(version).first, end, error);
}

/* Up to this version. */
static bool raise_level(PGconn *conn, int level, int version, char error[256])
{
    bool good = true;
    for (int at = level; good && at < version; at++) {
        const char *last = at < CW_POSTGRES_MIGRATIONS ? NULL : cw_postgres_step(at).last;
        char end[96];
        snprintf(end, sizeof end, "UPDATE version SET level = %d; COMMIT", at + 1);
        good = run_both(conn, last == NULL ? "SELECT 1" : last, end, error);
    }
    return good;
}

/* May the tables change while other servers use them? */
static bool may_change(const struct cw_postgres_node *node, int version, int level, char error[256])
{
    if (!cw_postgres_node_others(node))
        return true;
    if (level != version)
        return cw_postgres_refuse(
            "Servers of two versions use the database in `store` already: bring all of them to one "
            "version, and call chinwagctl finish-upgrade, before a third one.",
            error);
    for (int at = version; at < cw_postgres_schema_version(); at++)
        if (!cw_postgres_step(at).beside)
            return cw_postgres_refuse(
                "The database in `store` must be brought up to date, and other servers use it: "
                "stop them all first.",
                error);
    return true;
}

/* 1: the rules of this program made the index of words; 0: others did; -1 with a sentence. Where a
 * community is arriving (arrive_sql.h) its rows stay as they have come. */
static int judge_words(PGconn *conn, char error[256])
{
    char version[CW_WORDS_VERSION_MAX], sql[320];
    cw_words_version(version);
    snprintf(sql, sizeof sql,
             "SELECT coalesce((SELECT (words = '%s')::integer FROM names"
             " WHERE to_regclass('chinwag.arrival') IS NULL), 1)",
             version);
    return number_of(conn, sql, error);
}

/* Makes the index anew, after the messages, if other rules made it. */
static bool renew_words(PGconn *conn, char error[256])
{
    char version[CW_WORDS_VERSION_MAX], sql[320];
    int current = judge_words(conn, error);
    if (current != 0)
        return current == 1;
    cw_words_version(version);
    snprintf(sql, sizeof sql,
             "DELETE FROM search; UPDATE progress SET search_to = 0; UPDATE names SET words = '%s'",
             version);
    return run_both(conn, sql, "COMMIT", error);
}

static bool refuse_newer(int version, char error[256])
{
    snprintf(error, 256,
             "The database in `store` is newer (schema %d) than this program, chinwagd " CW_VERSION
             " (schema %d): start the version that wrote it. Nothing was changed.",
             version, cw_postgres_schema_version());
    return false;
}

/* Who changes the tables alone leaves nothing for servers of the version before. */
static bool change_tables(const struct cw_postgres_node *node, int version, int level,
                          char error[256])
{
    bool good = may_change(node, version, level, error);
    bool others = cw_postgres_node_others(node);
    for (; good && version < cw_postgres_schema_version(); version++)
        good = step_first(node->conn, version, error);
    return good && (others || raise_level(node->conn, level, version, error));
}

/* The rest of a change of the tables, or the index of words, is left for chinwagctl finish-upgrade:
 * servers of the version before may run, or be started again, also by who is alone just now. */
static bool is_unfinished(PGconn *conn, char error[256])
{
    int version = find_version(conn, error);
    return find_level(conn, version, error) < version || judge_words(conn, error) == 0;
}

bool cw_postgres_adopt(struct cw_postgres_node *node, char error[256])
{
    int version = find_version(node->conn, error);
    int level = version < 0 ? -1 : find_level(node->conn, version, error);
    if (level > cw_postgres_schema_version())
        return refuse_newer(version, error);
    bool good = level >= 0 && (version >= cw_postgres_schema_version() ||
                               change_tables(node, version, level, error));
    if (good && !cw_postgres_node_others(node)) /* nobody adds words by other rules */
        good = renew_words(node->conn, error);
    node->unfinished = good && is_unfinished(node->conn, error);
    return good;
}

/* --- finish-upgrade ------------------------------------------------------------------------------
 */

static bool finish_upgrade(PGconn *conn, char error[256])
{
    if (!cw_postgres_use_schema(conn, error))
        return false;
    int version = find_version(conn, error);
    int level = version < 0 ? -1 : find_level(conn, version, error);
    if (level < 0)
        return false;
    if (version > cw_postgres_schema_version())
        return refuse_newer(version, error);
    if (level == version && judge_words(conn, error) != 0) /* which a start beside others left */
        return cw_postgres_refuse(
            "No upgrade is to be finished: the tables are of one version only.", error);
    return cw_postgres_node_none_older(conn, version, error) &&
           raise_level(conn, level, version, error) && renew_words(conn, error);
}

bool cw_postgres_finish(const char *url, char error[256])
{
    struct cw_postgres_node node = {.url = url};
    struct cw_postgres_start *start = cw_postgres_start_begin(&node, error);
    bool good = start != NULL && finish_upgrade(cw_postgres_start_connection(start), error);
    cw_postgres_start_end(start);
    return good;
}
