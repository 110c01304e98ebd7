/* test_sqlite_open.c - opening a database: whose file it is, the versions of its schema, of its
 * names and of its words, and how its statements find rows. */
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "faulty_vfs.h"
#include "on_disk.h"
#include "store/sqlite/places.h"
#include "store/sqlite/schema.h"
#include "store/sqlite/sql.h"
#include "store/sqlite/state.h"
#include "text/look.h"

/* The sentence has the folder between these two. */
static void assert_refused(struct fixture *f, const char *before, const char *after)
{
    char error[256] = "", expected[256];
    assert_null(cw_store_open_sqlite(f->folder, &test_options, error));
    snprintf(expected, sizeof expected, "%s%s%s", before, f->folder, after);
    assert_string_equal(error, expected);
}

/* --- whose file it is ------------------------------------------------------------- */

static void not_every_user_may_write_there(void **state)
{
    struct fixture *f = *state;
    fixture_close(f);
    assert_int_equal(chmod(f->folder, 0703), 0);
    assert_refused(f, "Cannot use the data folder ", ": every user may write to it: chmod 700.");
    assert_int_equal(chmod(f->folder, 0775), 0); /* a group of administrators */
    fixture_open_sqlite(f);
}

static void only_the_owner_can_read_it(void **state)
{
    struct fixture *f = *state;
    static const struct {
        const char *name;
        mode_t mode;
    } files[] = {{"deep", S_IFDIR | 0700},
                 {"deep/blobs", S_IFDIR | 0700},
                 {"deep/chinwag.db", S_IFREG | 0600},
                 {"deep/chinwag.db-wal", S_IFREG | 0600},
                 {"deep/reserve", S_IFREG | 0600}};
    static const mode_t masks[] = {0, 0377};
    for (size_t m = 0; m < 2; m++) {
        char folder[128], error[256];
        snprintf(folder, sizeof folder, "%s/deep", f->folder);
        mode_t before = umask(masks[m]);
        struct cw_store *store = cw_store_open_sqlite(folder, &test_options, error);
        umask(before);
        assert_non_null(store);
        for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
            struct stat about;
            assert_int_equal(stat(fixture_path(f, files[i].name), &about), 0);
            assert_int_equal(about.st_mode, files[i].mode);
        }
        cw_store_close(store);
        unlink(fixture_path(f, "deep/chinwag.db"));
        unlink(fixture_path(f, "deep/reserve"));
        rmdir(fixture_path(f, "deep/blobs"));
        rmdir(folder);
    }
}

static void the_schema_has_a_version(void **state)
{
    struct fixture *f = *state;
    add_user(f, "alice");
    for (int i = 0; i < 2; i++) {
        fixture_close(f);
        assert_int_equal(access(fixture_path(f, "chinwag.db-wal"), F_OK), -1);
        assert_int_equal(raw_int(f, "PRAGMA user_version"), cw_sqlite_schema_version);
        assert_int_equal(raw_int(f, "PRAGMA application_id"), 0x43686e77);
        fixture_open_sqlite(f);
        assert_int_equal(RUN(f, .op = CW_STORE_USER_FIND, .key = TEXT("alice")).status,
                         CW_STORE_OK);
    }
}

static void a_newer_schema_is_refused(void **state)
{
    struct fixture *f = *state;
    const int ours = cw_sqlite_schema_version;
    char sql[64], sentence[200];
    fixture_close(f);
    snprintf(sql, sizeof sql, "PRAGMA user_version=%d", ours + 1);
    raw_exec(f, sql);
    snprintf(
        sentence, sizeof sentence,
        " are newer (schema %d) than this program, chinwagd " CW_VERSION " (schema %d): start "
        "the version that wrote them, or restore a backup from before it. Nothing was changed.",
        ours + 1, ours);
    assert_refused(f, "The data in ", sentence);
    assert_int_equal(raw_int(f, "PRAGMA user_version"), ours + 1);
    snprintf(sql, sizeof sql, "PRAGMA user_version=%d", ours);
    raw_exec(f, sql);
    fixture_open_sqlite(f);
}

static void the_file_of_another_program_is_left_alone(void **state)
{
    struct fixture *f = *state;
    const char *after = "/chinwag.db belongs to another program: choose another folder.";
    fixture_close(f);
    raw_exec(f, "PRAGMA application_id=5");
    assert_refused(f, "", after);
    unlink(fixture_path(f, CW_SQLITE_FILE));
    raw_exec(f, "CREATE TABLE things(a)");
    assert_refused(f, "", after);
    assert_int_equal(raw_int(f, "SELECT journal_mode = 'delete' FROM pragma_journal_mode"), 1);
    assert_int_equal(raw_int(f, "SELECT count(*) FROM sqlite_schema"), 1);
}

static void no_database_is_refused(void **state)
{
    struct fixture *f = *state;
    fixture_close(f);
    FILE *file = fopen(fixture_path(f, CW_SQLITE_FILE), "w");
    for (int i = 0; i < 1000; i++)
        fputs("no database ", file);
    fclose(file);
    assert_refused(f, "",
                   "/chinwag.db is damaged or no database: restore a backup, "
                   "or move the whole folder away to start with a new one.");
}

static void a_second_server_is_refused(void **state)
{
    struct fixture *f = *state;
    assert_refused(f, "Another server uses the data folder ",
                   ": stop it, or choose another folder.");
    pid_t child = fork();
    if (child == 0) {
        char error[256];
        _exit(cw_store_open_sqlite(f->folder, &test_options, error) == NULL ? 7 : 0);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 7);
    add_user(f, "alice"); /* the first one goes on */
    fixture_close(f);
    fixture_open_sqlite(f);
}

/* --- names of version 0.1.0 --------------------------------------------------------- */

static void add_old_name(struct fixture *f, const char *table, const char *name, const char *key)
{
    char sql[512];
    snprintf(sql, sizeof sql,
             strcmp(table, "users") == 0
                 ? "INSERT INTO %s(name, key, password) VALUES('%s', '%s', '$')"
                 : "INSERT INTO %s(name, key, created_ms) VALUES('%s', '%s', 1)",
             table, name, key);
    raw_exec(f, sql);
}

static void note_twin(void *context, bool group, struct cw_slice name, struct cw_slice older)
{
    char *twins = context;
    size_t n = strlen(twins);
    snprintf(twins + n, 256 - n, "%c %.*s %.*s;", group ? 'g' : 'u', (int)name.n,
             (const char *)name.p, (int)older.n, (const char *)older.p);
}

static uint64_t id_of(struct fixture *f, const char *key)
{
    return RUN(f, .op = CW_STORE_USER_FIND, .key = TEXT(key)).user_id;
}

/* As after the migration: keys and looks are made when the version is another. */
static void names_of_older_versions_stay(void **state)
{
    struct fixture *f = *state;
    char twins[256] = "";
    fixture_close(f);
    raw_exec(f, "UPDATE names SET version = ''");
    add_old_name(f, "users", "alice.", "alice.");         /* 1: older, but not exactly alice */
    add_old_name(f, "users", "Alice", "alice");           /* 2 */
    add_old_name(f, "users", "(bob)", "(bob)");           /* 3: alone, so it is bob now */
    add_old_name(f, "users", "bob!", "bob!");             /* 4: younger than 3 */
    add_old_name(f, "users", "\u0430lice", "\u0430lice"); /* 5: Cyrillic */
    add_old_name(f, "users", "\u3164", "\u1160");         /* 6: nothing can be seen */
    add_old_name(f, "users", "paypal", "paypal");         /* 7 */
    add_old_name(f, "groups", "devs.", "devs.");
    add_old_name(f, "groups", "devs", "devs");
    fixture_open_sqlite(f);
    cw_store_list_twins(f->store, true, 10, note_twin, twins);
    assert_string_equal(twins, "u Alice alice.;u bob! (bob);u \u0430lice alice.;g devs devs.;");
    assert_int_equal(id_of(f, "alice."), 1);
    assert_int_equal(id_of(f, "alice"), 2);
    assert_int_equal(id_of(f, "bob"), 3);
    assert_int_equal(id_of(f, "bob!"), 4);
    assert_int_equal(id_of(f, "\u0430lice"), 5);
    assert_int_equal(id_of(f, "\u1160"), 6);
    struct cw_slice kept = cw_store_kept_keys(f->store);
    assert_int_equal(kept.n, 21);
    assert_memory_equal(kept.p, "ualice.\0ubob!\0gdevs.\0", 21);
    struct cw_looks looks;
    cw_name_looks(TEXT("paypaI"), &looks);
    struct cw_store_result r =
        RUN(f, .op = CW_STORE_USER_CREATE, .name = TEXT("paypaI"), .key = TEXT("paypai"),
            .looks = cw_looks_slice(&looks), .secret = TEXT("$"));
    assert_int_equal(r.status, CW_STORE_EXISTS);
    assert_slice(r.other_name, "paypal");
    size_t kept_n = kept.n;
    fixture_close(f);
    fixture_open_sqlite(f);
    twins[0] = 0;
    cw_store_list_twins(f->store, true, 10, note_twin, twins);
    assert_string_equal(twins, ""); /* said once */
    cw_store_list_twins(f->store, false, 1, note_twin, twins);
    assert_string_equal(twins, "u Alice alice.;");
    assert_int_equal(cw_store_kept_keys(f->store).n, kept_n);
}

/* When the rules have changed. */
static void the_index_of_words_is_made_anew(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice");
    add_message(f, alice, cw_mailbox_of_user(alice), "東京都 Grüße");
    fixture_close(f);
    raw_exec(f, "UPDATE names SET words = ''; UPDATE progress SET search_to = 1;"
                "INSERT INTO search(search) VALUES('delete-all');"
                "INSERT INTO search(rowid, body, place) VALUES(1, '東京都 gruesse', 'u1 s1')");
    fixture_open_sqlite(f);
    for (int i = 0; i < 2; i++) {
        static const char *const words[] = {"京都", "grüsse"};
        for (int k = 0; k < 2; k++)
            assert_int_equal(
                RUN(f, .op = CW_STORE_SEARCH, .user_id = alice, .body = TEXT(words[k]), .limit = 9)
                    .message_count,
                1);
        fixture_close(f);
        fixture_open_sqlite(f);
    }
}

/* Which names there are is a secret where not everybody may register: a wrong token takes
 * the same work for a name that nobody has. */
static void an_unknown_name_takes_the_same_work(void **state)
{
    static const enum cw_sql statements[] = {CW_SQL_USER_BY_KEY, CW_SQL_SESSION_BY_TOKEN,
                                             CW_SQL_SESSION_ANY};
    static const char *const names[] = {"alice", "bob", "nobody"};
    struct fixture *f = *state;
    add_session(f, add_user(f, "alice"), "token", 1);
    add_user(f, "bob"); /* without a session */
    for (size_t i = 0; i < 3; i++) {
        struct cw_sqlite *s = (struct cw_sqlite *)f->store;
        for (size_t k = 0; k < 3; k++)
            sqlite3_stmt_status(cw_sql_of(s, statements[k]), SQLITE_STMTSTATUS_RUN, 1);
        EXPECT(f, i == 0 ? CW_STORE_MISMATCH : CW_STORE_NOT_FOUND, .op = CW_STORE_SESSION_FIND,
               .key = TEXT(names[i]), .secret = TEXT("wrong"));
        for (size_t k = 0; k < 3; k++)
            assert_int_equal(
                sqlite3_stmt_status(cw_sql_of(s, statements[k]), SQLITE_STMTSTATUS_RUN, 0), 1);
    }
}

static void every_statement_seeks(void **state)
{
    struct fixture *f = *state;
    bool by_mailbox = false;
    fixture_close(f);
    sqlite3 *db = open_raw(f);
    for (int i = 0; i < CW_SQL_COUNT; i++) {
        char sql[1024];
        sqlite3_stmt *st;
        if (i == CW_SQL_TWINS || i == CW_SQL_LOOKS_DELETE || i == CW_SQL_USERS_KEPT ||
            i == CW_SQL_REMOVAL_LIST || i == CW_SQL_GROUPS_KEPT || i == CW_SQL_BLOCKERS ||
            i == CW_SQL_USERS_DELETED)
            continue; /* once, at the start or for a backup */
        snprintf(sql, sizeof sql, "EXPLAIN QUERY PLAN %s", cw_sql_text[i]);
        assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &st, NULL), SQLITE_OK);
        while (sqlite3_step(st) == SQLITE_ROW) {
            const char *step = (const char *)sqlite3_column_text(st, 3);
            if (strstr(step, "VIRTUAL TABLE INDEX") != NULL) {
                /* Words (M2, of any column) and what is below a rowid, in its order. */
                assert_string_equal(step, "SCAN search VIRTUAL TABLE INDEX 192:M2<");
                continue;
            }
            if (strcmp(step, "SCAN slow") == 0) /* what the statement itself has found by seeking */
                continue;
            if (strncmp(step, "SCAN", 4) == 0 || strncmp(step, "USE TEMP", 8) == 0)
                fail_msg("%s: %s", cw_sql_text[i], step);
            by_mailbox |= strcmp(step, "SEARCH inbox USING PRIMARY KEY "
                                       "(mailbox=? AND message_id>?)") == 0;
        }
        sqlite3_finalize(st);
    }
    sqlite3_close(db);
    assert_true(by_mailbox); /* by the id alone it would pass through other people's rows */
}

/* Steps of SQLite's machine for the first reaction to a message. */
static int react(struct fixture *f, uint64_t user_id, uint64_t seq)
{
    struct cw_sqlite *s = (struct cw_sqlite *)f->store;
    int steps = 0;
    for (int i = 0; i < CW_SQL_COUNT; i++)
        sqlite3_stmt_status(cw_sql_of(s, (enum cw_sql)i), SQLITE_STMTSTATUS_VM_STEP, 1);
    struct cw_store_result r = RUN(f, .op = CW_STORE_REACT, .user_id = user_id, .seq = seq,
                                   .conversation = cw_conversation_of_pair(user_id, user_id),
                                   .body = TEXT("\xf0\x9f\x91\x8d"));
    assert_int_equal(r.status, CW_STORE_OK);
    for (int i = 0; i < CW_SQL_COUNT; i++)
        steps += sqlite3_stmt_status(cw_sql_of(s, (enum cw_sql)i), SQLITE_STMTSTATUS_VM_STEP, 0);
    return steps;
}

static void a_reaction_takes_the_same_steps_among_many(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice");
    for (int i = 0; i < 4; i++)
        add_message(f, alice, cw_mailbox_of_user(alice), "a");
    react(f, alice, 1); /* loads what is read once */
    react(f, alice, 4); /* a later message has one */
    int among_few = react(f, alice, 2);
    for (uint64_t i = 5; i <= 600; i++) {
        add_message(f, alice, cw_mailbox_of_user(alice), "a");
        react(f, alice, i);
    }
    assert_true(among_few > 10);
    assert_int_equal(react(f, alice, 3), among_few);
}

/* Statements that the newest page of the group takes; `reacted`: how many of its messages have
 * reactions. */
static int run_page(struct fixture *f, uint64_t user_id, uint64_t group_id, unsigned limit,
                    size_t *reacted)
{
    struct cw_sqlite *s = (struct cw_sqlite *)f->store;
    int runs = 0;
    for (int i = 0; i < CW_SQL_COUNT; i++)
        sqlite3_stmt_status(cw_sql_of(s, (enum cw_sql)i), SQLITE_STMTSTATUS_RUN, 1);
    struct cw_store_result r = RUN(f, .op = CW_STORE_HISTORY_READ, .user_id = user_id,
                                   .conversation = cw_mailbox_of_group(group_id), .limit = limit);
    for (int i = 0; i < CW_SQL_COUNT; i++)
        runs += sqlite3_stmt_status(cw_sql_of(s, (enum cw_sql)i), SQLITE_STMTSTATUS_RUN, 0);
    assert_int_equal(r.status, CW_STORE_OK);
    assert_int_equal(r.message_count, limit);
    *reacted = 0;
    for (size_t i = 0; i < limit; i++) {
        assert_int_equal(r.messages[i].seq, 100 - limit + 1 + i);
        *reacted += r.messages[i].reaction_count != 0;
        assert_int_equal(r.messages[i].pinned_ms != 0, r.messages[i].seq == 95);
    }
    return runs;
}

/* As a store leaves them that has moved the index of the first half into its tables. */
static void move_half(struct fixture *f)
{
    fixture_close(f);
    sqlite3 *db = open_raw(f);
    assert_int_equal(sqlite3_exec(db,
                                  "INSERT INTO history SELECT mailbox, seq, id FROM messages WHERE"
                                  " seq <= 92; UPDATE progress SET inbox_to = (SELECT max(id) FROM"
                                  " messages WHERE seq <= 92)",
                                  NULL, NULL, NULL),
                     SQLITE_OK);
    sqlite3_close(db);
    fixture_open_sqlite(f);
}

/* Its row, and the name of a sender who did not send the one before: nothing else of a message is
 * asked for by itself. */
static void a_message_of_a_page_takes_one_statement(void **state)
{
    struct fixture *f = *state;
    size_t reacted;
    uint64_t alice = add_user(f, "alice"), group = add_group(f, alice, "cooks");
    for (int i = 0; i < 100; i++)
        add_message(f, alice, cw_mailbox_of_group(group), "soup");
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_PIN, .user_id = alice, .group_id = group, .seq = 95);
    run_page(f, alice, group, 10, &reacted); /* loads what is read once */
    int small = run_page(f, alice, group, 10, &reacted);
    assert_int_equal(run_page(f, alice, group, 60, &reacted), small + 50);
    for (uint64_t seq = 91; seq <= 93; seq++)
        EXPECT(f, CW_STORE_OK, .op = CW_STORE_REACT, .user_id = alice, .seq = seq,
               .conversation = cw_mailbox_of_group(group), .body = TEXT("\xf0\x9f\x91\x8d"));
    assert_int_equal(run_page(f, alice, group, 10, &reacted), small + 3); /* which are hers */
    assert_int_equal(reacted, 3);
    move_half(f);
    run_page(f, alice, group, 10, &reacted);
    small += 3 + 2; /* where the conversation begins, and which entries stand in the table */
    assert_int_equal(run_page(f, alice, group, 10, &reacted), small);
    assert_int_equal(run_page(f, alice, group, 60, &reacted), small + 50);
    assert_int_equal(reacted, 3);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, on_disk_set_up, on_disk_tear_down)
    const struct CMUnitTest tests[] = {
        T(only_the_owner_can_read_it),
        T(not_every_user_may_write_there),
        T(the_schema_has_a_version),
        T(a_newer_schema_is_refused),
        T(the_file_of_another_program_is_left_alone),
        T(no_database_is_refused),
        T(a_second_server_is_refused),
        T(the_index_of_words_is_made_anew),
        T(names_of_older_versions_stay),
        T(every_statement_seeks),
        T(an_unknown_name_takes_the_same_work),
        T(a_reaction_takes_the_same_steps_among_many),
        T(a_message_of_a_page_takes_one_statement),
    };
    faulty_vfs_install();
    return cmocka_run_group_tests_name("SQLite: opening", tests, NULL, NULL);
}
