/* schema.c - see schema.h. */
#include "store/postgres/schema.h"

#include <stdio.h>
#include <stdlib.h>

#include "store/postgres/link.h"
#include "store/postgres/migrations.h"
#include "store/postgres/node.h"
#include "text/words.h"

/* The number that is the answer; -1: there is none. */
static int number_of(struct cw_postgres *pg, const char *sql, char error[256])
{
    PGresult *result = cw_postgres_ask(pg, sql, error);
    int number = result == NULL || PQntuples(result) == 0 ? -1 : atoi(PQgetvalue(result, 0, 0));
    PQclear(result);
    return number;
}

/* Which version is there; 0: nothing yet; -1 with a sentence. */
static int find_version(struct cw_postgres *pg, char error[256])
{
    int tables = number_of(
        pg, "SELECT count(*) FROM pg_class WHERE relnamespace = to_regnamespace('chinwag')", error);
    if (tables <= 0)
        return tables;
    if (number_of(pg, "SELECT count(*) FROM pg_class WHERE oid = to_regclass('chinwag.version')",
                  error) == 1)
        return number_of(pg, "SELECT version FROM chinwag.version", error);
    snprintf(error, 256,
             "The schema `chinwag` of the database in `store` belongs to another program: choose "
             "another database.");
    return -1;
}

static bool migrate(struct cw_postgres *pg, int version, char error[256])
{
    char end[128];
    snprintf(end, sizeof end, "UPDATE version SET version = %d; COMMIT", version + 1);
    return cw_postgres_exec(pg, "BEGIN", error) &&
           (version != 0 || cw_postgres_exec(pg,
                                             "CREATE SCHEMA IF NOT EXISTS chinwag;"
                                             "CREATE TABLE version(version integer NOT NULL,"
                                             " community uuid NOT NULL);"
                                             "INSERT INTO version VALUES(0, gen_random_uuid())",
                                             error)) &&
           cw_postgres_exec(pg, cw_postgres_migrations[version], error) &&
           cw_postgres_exec(pg, end, error);
}

/* Makes the index of words anew, after the messages, if other rules made it. Where a community is
 * arriving (arrive_sql.h) its rows stay as they have come. */
static bool renew_words(struct cw_postgres *pg, char error[256])
{
    char version[CW_WORDS_VERSION_MAX], sql[320];
    cw_words_version(version);
    snprintf(sql, sizeof sql,
             "SELECT coalesce((SELECT (words = '%s')::integer FROM names"
             " WHERE to_regclass('chinwag.arrival') IS NULL), 1)",
             version);
    int current = number_of(pg, sql, error);
    if (current != 0)
        return current == 1;
    snprintf(sql, sizeof sql,
             "BEGIN; DELETE FROM search; UPDATE progress SET search_to = 0;"
             "UPDATE names SET words = '%s'; COMMIT",
             version);
    return cw_postgres_exec(pg, sql, error);
}

bool cw_postgres_adopt(struct cw_postgres *pg, char error[256])
{
    int version = find_version(pg, error);
    if (version > cw_postgres_schema_version) {
        snprintf(
            error, 256,
            "The database in `store` is newer (schema %d) than this program, chinwagd " CW_VERSION
            " (schema %d): start the version that wrote it. Nothing was changed.",
            version, cw_postgres_schema_version);
        return false;
    }
    bool good = version >= 0 &&
                (version == cw_postgres_schema_version || cw_postgres_alone(&pg->node, error));
    for (; good && version < cw_postgres_schema_version; version++)
        good = migrate(pg, version, error);
    return good && renew_words(pg, error);
}
