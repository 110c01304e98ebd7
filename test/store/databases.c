/* databases.c - see databases.h. */
#include "databases.h"

#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>

/* POSTGRES_FOLDER: the folder of the server's socket. */
static const char *url_of(const char *database)
{
    static char url[256];
    const char *folder = getenv("POSTGRES_FOLDER");
    if (folder == NULL)
        fail_msg("POSTGRES_FOLDER is not set: run it by tools/with_postgres");
    snprintf(url, sizeof url, "postgresql://%s/%s?host=%s", "postgres@", database, folder);
    return url;
}

#define DATABASE "tests"

const char *database_url(void)
{
    return url_of(DATABASE);
}

static const char *ask(const char *url, const char *sql)
{
    static char value[256];
    PGconn *conn = PQconnectdb(url);
    PGresult *result = PQexec(conn, sql);
    ExecStatusType status = PQresultStatus(result);
    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK)
        fail_msg("%s: %s", sql, PQerrorMessage(conn));
    snprintf(value, sizeof value, "%s", PQntuples(result) == 0 ? "" : PQgetvalue(result, 0, 0));
    PQclear(result);
    PQfinish(conn);
    return value;
}

const char *database_ask(const char *sql)
{
    return ask(database_url(), sql);
}

/* What a new store has, for database_drop: to make one takes half a second. */
#define KEEP                                                                                       \
    "CREATE SCHEMA start; DO $$DECLARE t text; BEGIN FOR t IN SELECT tablename FROM pg_tables "    \
    "WHERE"                                                                                        \
    " schemaname = 'chinwag' LOOP EXECUTE format('CREATE TABLE start.%I AS TABLE chinwag.%I', t, " \
    "t);"                                                                                          \
    " END LOOP; DELETE FROM start.eras; END$$"
#define PUT_BACK                                                                                   \
    "DO $$DECLARE t text; BEGIN FOR t IN SELECT tablename FROM pg_tables WHERE schemaname ="       \
    " 'chinwag' LOOP EXECUTE format('DELETE FROM chinwag.%I', t); EXECUTE format('INSERT INTO"     \
    " chinwag.%I SELECT * FROM start.%I', t, t); END LOOP; UPDATE chinwag.identity SET db ="       \
    " uuid_send(gen_random_uuid()); UPDATE chinwag.version SET community = gen_random_uuid();"     \
    " END$$"

static void open_store(struct fixture *f)
{
    char error[256] = "";
    f->store = cw_store_open_postgres(database_url(), f->folder, &f->options, error);
    assert_string_equal(error, "");
    assert_non_null(f->store);
}

static void make(void)
{
    static bool made;
    struct fixture f;
    if (made)
        return;
    made = true;
    ask(url_of("postgres"), "CREATE DATABASE " DATABASE);
    fixture_init(&f);
    open_store(&f);
    fixture_finish(&f);
    database_ask(KEEP);
}

void database_open(struct fixture *f)
{
    make();
    open_store(f);
}

void database_drop(struct fixture *f)
{
    (void)f;
    database_ask(
        "SET client_min_messages = error;"
        "DROP FUNCTION IF EXISTS chinwag.full_disk() CASCADE; SET search_path = chinwag;" PUT_BACK);
}

void database_fill(struct fixture *f, bool full)
{
    (void)f;
    database_ask(full ? "CREATE FUNCTION chinwag.full_disk() RETURNS trigger LANGUAGE plpgsql AS"
                        " $$BEGIN RAISE EXCEPTION 'full' USING ERRCODE = '53100'; END$$;"
                        "DO $$DECLARE t text; BEGIN FOR t IN SELECT tablename FROM pg_tables WHERE"
                        " schemaname = 'chinwag' LOOP EXECUTE format('CREATE TRIGGER full_disk"
                        " BEFORE INSERT OR UPDATE ON chinwag.%I EXECUTE FUNCTION"
                        " chinwag.full_disk()', t); END LOOP; END$$"
                      : "SET client_min_messages = error;"
                        "DROP FUNCTION IF EXISTS chinwag.full_disk() CASCADE");
}
