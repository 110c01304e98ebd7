/* test_postgres.c - what of the store over PostgreSQL its suite does not say: statements, tables,
 * bytes, and who may write. Run by tools/with_postgres. */
#include <libpq-fe.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "databases.h"
#include "store/postgres/dialect.h"

static int set_up(void **state)
{
    struct fixture *f = cw_alloc(sizeof *f);
    fixture_init(f);
    database_open(f);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    fixture_close(f);
    database_drop(f);
    fixture_finish(f);
    free(f);
    return 0;
}

/* --- statements ------------------------------------------------------------------------------ */

static PGresult *ask(PGconn *conn, const char *sql)
{
    PGresult *result = PQexec(conn, sql);
    ExecStatusType status = PQresultStatus(result);
    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK)
        fail_msg("%s: %s", sql, PQerrorMessage(conn));
    return result;
}

/* With the types that PostgreSQL finds, or else all of them numbers. */
static void prepare(PGconn *conn, const char *name, const struct cw_postgres_phrase *phrase)
{
    enum { NUMBER = 20 };
    Oid numbers[24];
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        numbers[i] = NUMBER;
    PGresult *prepared = PQprepare(conn, name, phrase->text, 0, NULL);
    if (PQresultStatus(prepared) != PGRES_COMMAND_OK) {
        PQclear(prepared);
        prepared = PQprepare(conn, name, phrase->text, phrase->parameters, numbers);
    }
    if (PQresultStatus(prepared) != PGRES_COMMAND_OK)
        fail_msg("%s: %s", phrase->text, PQerrorMessage(conn));
    PQclear(prepared);
}

static void explain(PGconn *conn, enum cw_sql which, int parameters, char plan[4096])
{
    char sql[256];
    size_t n = (size_t)snprintf(sql, sizeof sql, "EXPLAIN EXECUTE s%d", which);
    for (int i = 0; i < parameters; i++)
        n += (size_t)snprintf(sql + n, sizeof sql - n, i == 0 ? "(NULL" : ", NULL");
    if (parameters != 0)
        snprintf(sql + n, sizeof sql - n, ")");
    PGresult *result = ask(conn, sql);
    plan[0] = '\0';
    for (int i = 0; i < PQntuples(result); i++)
        snprintf(plan + strlen(plan), 4096 - strlen(plan), "%s\n", PQgetvalue(result, i, 0));
    PQclear(result);
}

/* Whole tables, which are small, or are walked once: at the start, or when their rows go. */
static bool may_scan(enum cw_sql which)
{
    static const enum cw_sql those[] = {
        CW_SQL_USERS_DELETED, CW_SQL_RETIRED_FIRST,  CW_SQL_BLOCKERS,       CW_SQL_ERAS,
        CW_SQL_ERA_INSERT,    CW_SQL_ERAS_DELETE,    CW_SQL_LOOKS_DELETE,   CW_SQL_TWINS,
        CW_SQL_REMOVAL_LIST,  CW_SQL_BOT_LEFT_THERE, CW_SQL_HEADING_INSERT, CW_SQL_HEADINGS_COUNT};
    for (size_t i = 0; i < sizeof those / sizeof those[0]; i++)
        if (those[i] == which)
            return true;
    return false;
}

static void statements_are_understood_and_seek(void **state)
{
    (void)state;
    static struct cw_postgres_phrase phrases[CW_SQL_COUNT];
    static char plan[4096];
    PGconn *conn = PQconnectdb(database_url());
    PQclear(ask(conn, "SET search_path = chinwag"));
    PQclear(ask(conn, "SET enable_seqscan = off"));
    PQclear(ask(conn, "SET plan_cache_mode = force_generic_plan"));
    cw_postgres_phrases(phrases);
    for (int i = CW_SQL_ROLLBACK + 1; i < CW_SQL_COUNT; i++) {
        if (phrases[i].text == NULL)
            continue;
        char name[16];
        snprintf(name, sizeof name, "s%d", i);
        prepare(conn, name, &phrases[i]);
        explain(conn, (enum cw_sql)i, phrases[i].parameters, plan);
        if (strstr(plan, "Seq Scan") != NULL && !may_scan((enum cw_sql)i))
            fail_msg("%s\n%s", phrases[i].text, plan);
    }
    cw_postgres_phrases_finish(phrases);
    PQfinish(conn);
}

/* --- tables ------------------------------------------------------------------------------------
 */

static int put_column(void *context, int n, char **values, char **names)
{
    (void)n, (void)names;
    cw_buf_append_str(context, values[0]);
    cw_buf_append_str(context, "\n");
    return 0;
}

static void columns_of_sqlite(struct cw_buf *columns)
{
    struct fixture f;
    sqlite3 *db;
    fixture_init(&f);
    fixture_open_sqlite(&f);
    fixture_close(&f);
    assert_int_equal(sqlite3_open(fixture_path(&f, "chinwag.db"), &db), SQLITE_OK);
    assert_int_equal(
        sqlite3_exec(
            db,
            "SELECT t.name || '.' || c.name || ' ' || c.\"notnull\" FROM sqlite_schema t,"
            " pragma_table_info(t.name) c WHERE t.type = 'table' AND t.name NOT LIKE"
            " 'search%' AND t.name NOT IN ('sqlite_sequence', 'zeros') AND c.pk = 0 ORDER BY"
            " 1",
            put_column, columns, NULL),
        SQLITE_OK);
    sqlite3_close(db);
    fixture_finish(&f);
}

static void columns_of_postgres(struct cw_buf *columns)
{
    PGconn *conn = PQconnectdb(database_url());
    PGresult *rows = ask(
        conn,
        "SELECT c.relname || '.' || attname || ' ' || attnotnull::integer FROM pg_attribute a"
        " JOIN pg_class c ON c.oid = attrelid WHERE c.relnamespace = 'chinwag'::regnamespace AND"
        " c.relkind = 'r' AND attnum > 0 AND c.relname NOT IN ('search', 'counters', "
        "'call_leases', 'log', "
        "'news', 'nodes', 'node_leases',"
        " 'version') AND NOT EXISTS (SELECT 1 FROM pg_index WHERE indrelid = c.oid AND"
        " indisprimary AND attnum = ANY(indkey)) ORDER BY (c.relname || '.' || attname) COLLATE "
        "\"C\"");
    for (int i = 0; i < PQntuples(rows); i++) {
        cw_buf_append_str(columns, PQgetvalue(rows, i, 0));
        cw_buf_append_str(columns, "\n");
    }
    PQclear(rows);
    PQfinish(conn);
}

static void tables_are_those_of_sqlite(void **state)
{
    (void)state;
    struct cw_buf sqlite = {0}, postgres = {0};
    columns_of_sqlite(&sqlite);
    columns_of_postgres(&postgres);
    cw_buf_append_byte(&sqlite, 0);
    cw_buf_append_byte(&postgres, 0);
    assert_string_equal((const char *)postgres.p, (const char *)sqlite.p);
    cw_buf_finish(&sqlite);
    cw_buf_finish(&postgres);
}

/* --- bytes and numbers ---------------------------------------------------------------------- */

static void any_bytes_and_numbers_are_kept(void **state)
{
    struct fixture *f = *state;
    uint8_t bytes[256 + 8];
    uint64_t alice = add_user(f, "alice"), mailbox = cw_mailbox_of_user(alice);
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)i;
    memcpy(bytes + 250, " needle\\'", 9);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_MESSAGE_APPEND, .user_id = alice, .mailbox = mailbox,
           .body = cw_slice_of(bytes, sizeof bytes));
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_SESSION_CREATE, .user_id = alice,
           .secret = TEXT("\xff\\"), .features = UINT64_MAX - 1);
    run_idle(f);
    fixture_close(f);
    database_open(f);
    struct cw_store_result inbox = read_inbox(f, alice, 0);
    assert_int_equal(inbox.message_count, 1);
    assert_int_equal(inbox.messages[0].body.n, sizeof bytes);
    assert_memory_equal(inbox.messages[0].body.p, bytes, sizeof bytes);
    assert_true(RUN(f, .op = CW_STORE_SESSION_FIND, .key = TEXT("alice"), .secret = TEXT("\xff\\"))
                    .features == UINT64_MAX - 1);
    struct cw_store_result found =
        RUN(f, .op = CW_STORE_SEARCH, .user_id = alice, .body = TEXT("needle"), .limit = 10);
    assert_int_equal(found.message_count, 1);
}

/* --- who may write -------------------------------------------------------------------------- */

static void who_was_taken_over_writes_nothing(void **state)
{
    struct fixture *f = *state;
    add_user(f, "alice");
    database_ask("UPDATE chinwag.nodes SET epoch = epoch + 1, process = 0");
    EXPECT(f, CW_STORE_FAILED, .op = CW_STORE_USER_CREATE, .name = TEXT("bob"), .key = TEXT("bob"),
           .secret = TEXT("$"));
    assert_string_equal(database_ask("SELECT count(*) FROM chinwag.users"), "1");
    assert_non_null(strstr(cw_store_failure(f->store), "taken over"));
    EXPECT(f, CW_STORE_FAILED, .op = CW_STORE_USER_FIND, .key = TEXT("alice"));
}

#define END_CONNECTIONS                                                                            \
    "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname ="                \
    " current_database() AND pid <> pg_backend_pid()"

/* A connection that PostgreSQL ends between two batches is not noticed; who has taken over
 * meanwhile is. */
static void a_lost_connection_comes_back_unless_it_was_taken_over(void **state)
{
    struct fixture *f = *state;
    add_user(f, "alice");
    database_ask(END_CONNECTIONS);
    add_user(f, "bob");
    assert_string_equal(database_ask("SELECT max(id) FROM chinwag.users"), "2");
    database_ask(END_CONNECTIONS);
    database_ask("UPDATE chinwag.nodes SET epoch = epoch + 1, process = 0");
    EXPECT(f, CW_STORE_FAILED, .op = CW_STORE_USER_FIND, .key = TEXT("alice"));
}

/* It has taken the epoch, and the answer was lost. */
static void who_took_over_itself_goes_on(void **state)
{
    struct fixture *f = *state;
    add_user(f, "alice");
    database_ask(END_CONNECTIONS);
    database_ask("UPDATE chinwag.nodes SET epoch = epoch + 1");
    add_user(f, "bob");
    assert_string_equal(database_ask("SELECT count(*) FROM chinwag.users"), "2");
}

/* A standby that lagged behind was promoted. */
static void what_was_committed_and_is_lost_ends_the_server(void **state)
{
    struct fixture *f = *state;
    add_user(f, "alice");
    database_ask("UPDATE chinwag.nodes SET last_batch = last_batch - 1");
    database_ask(END_CONNECTIONS);
    EXPECT(f, CW_STORE_FAILED, .op = CW_STORE_USER_FIND, .key = TEXT("alice"));
    assert_non_null(strstr(cw_store_failure(f->store), "lost what it had committed"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(statements_are_understood_and_seek, set_up, tear_down),
        cmocka_unit_test_setup_teardown(tables_are_those_of_sqlite, set_up, tear_down),
        cmocka_unit_test_setup_teardown(any_bytes_and_numbers_are_kept, set_up, tear_down),
        cmocka_unit_test_setup_teardown(who_was_taken_over_writes_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(who_took_over_itself_goes_on, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_lost_connection_comes_back_unless_it_was_taken_over,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_was_committed_and_is_lost_ends_the_server, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests_name("postgres", tests, NULL, NULL);
}
