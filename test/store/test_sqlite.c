/* test_sqlite.c - tests for a back end on a disk only: the check of the file, data after the end of
 * the process, a full disk, a failed sync, damage. */
#include "support.h"

#include <fcntl.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "faulty_vfs.h"
#include "store/sqlite/places.h"
#include "store/sqlite/schema.h"
#include "store/sqlite/state.h"
#include "text/look.h"

static int set_up(void **state)
{
    struct fixture *f = cw_alloc(sizeof *f);
    fixture_init(f);
    fixture_open_sqlite(f);
    faulty_vfs_heal();
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    faulty_vfs_heal();
    fixture_finish(*state);
    free(*state);
    return 0;
}

/* The database without the store, which must be closed, and without our VFS,
 * which cannot share it. */
static sqlite3 *open_raw(struct fixture *f)
{
    sqlite3 *db;
    assert_int_equal(sqlite3_open_v2(fixture_path(f, CW_SQLITE_FILE), &db,
                                     SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, "unix"),
                     SQLITE_OK);
    return db;
}

static void raw(struct fixture *f, const char *sql)
{
    sqlite3 *db = open_raw(f);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

static int raw_int(struct fixture *f, const char *sql)
{
    sqlite3 *db = open_raw(f);
    sqlite3_stmt *st;
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &st, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(st), SQLITE_ROW);
    int value = sqlite3_column_int(st, 0);
    sqlite3_finalize(st);
    sqlite3_close(db);
    return value;
}

static void assert_sound(struct fixture *f)
{
    assert_int_equal(raw_int(f, "SELECT integrity_check = 'ok' FROM pragma_integrity_check"), 1);
}

/* The sentence has the folder between these two. */
static void assert_refused(struct fixture *f, const char *before, const char *after)
{
    char error[256] = "", expected[256];
    assert_null(cw_store_open_sqlite(f->folder, &test_options, error));
    snprintf(expected, sizeof expected, "%s%s%s", before, f->folder, after);
    assert_string_equal(error, expected);
}

/* --- whose file it is ------------------------------------------------------------- */

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
    char sql[64], sentence[160];
    fixture_close(f);
    snprintf(sql, sizeof sql, "PRAGMA user_version=%d", ours + 1);
    raw(f, sql);
    snprintf(sentence, sizeof sentence,
             " is from a newer version (schema %d, this server knows %d): "
             "run that version, or restore a backup.",
             ours + 1, ours);
    assert_refused(f, "The data in ", sentence);
    assert_int_equal(raw_int(f, "PRAGMA user_version"), ours + 1);
    snprintf(sql, sizeof sql, "PRAGMA user_version=%d", ours);
    raw(f, sql);
    fixture_open_sqlite(f);
}

static void the_file_of_another_program_is_left_alone(void **state)
{
    struct fixture *f = *state;
    const char *after = "/chinwag.db belongs to another program: choose another folder.";
    fixture_close(f);
    raw(f, "PRAGMA application_id=5");
    assert_refused(f, "", after);
    unlink(fixture_path(f, CW_SQLITE_FILE));
    raw(f, "CREATE TABLE things(a)");
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
    raw(f, sql);
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
    raw(f, "UPDATE names SET version = ''");
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
    raw(f, "UPDATE names SET words = ''; UPDATE progress SET search_to = 1;"
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
            sqlite3_stmt_status(s->statements[statements[k]], SQLITE_STMTSTATUS_RUN, 1);
        EXPECT(f, i == 0 ? CW_STORE_MISMATCH : CW_STORE_NOT_FOUND, .op = CW_STORE_SESSION_FIND,
               .key = TEXT(names[i]), .secret = TEXT("wrong"));
        for (size_t k = 0; k < 3; k++)
            assert_int_equal(
                sqlite3_stmt_status(s->statements[statements[k]], SQLITE_STMTSTATUS_RUN, 0), 1);
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
            i == CW_SQL_GROUPS_KEPT || i == CW_SQL_BLOCKERS)
            continue; /* once, at the start */
        snprintf(sql, sizeof sql, "EXPLAIN QUERY PLAN %s", cw_sql_text[i]);
        assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &st, NULL), SQLITE_OK);
        while (sqlite3_step(st) == SQLITE_ROW) {
            const char *step = (const char *)sqlite3_column_text(st, 3);
            if (strstr(step, "VIRTUAL TABLE INDEX") != NULL) {
                /* Words (M2, of any column) and what is below a rowid, in its order. */
                assert_string_equal(step, "SCAN search VIRTUAL TABLE INDEX 192:M2<");
                continue;
            }
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

/* --- what survives ------------------------------------------------------------------ */

static void everything_is_there_after_closing(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice"), bob = add_user(f, "bob");
    uint64_t cooks = add_group(f, bob, "cooks");
    join_group(f, alice, "cooks");
    add_message(f, bob, cw_mailbox_of_group(cooks), "hello");
    uint64_t session = add_session(f, alice, "token", 1);
    RUN(f, .op = CW_STORE_SESSION_SAVE, .session_id = session, .cursor = 1);
    RUN(f, .op = CW_STORE_SESSION_DROP, .session_id = add_session(f, alice, "gone", 1));
    fixture_close(f);
    fixture_open_sqlite(f);

    struct cw_store_result r = read_inbox(f, alice, 0);
    ASSERT_IDS(&r, 1, );
    assert_slice(r.messages[0].body, "hello");
    r = RUN(f, .op = CW_STORE_SESSION_FIND, .key = TEXT("alice"), .secret = TEXT("token"));
    assert_int_equal(r.session_id, session);
    assert_int_equal(r.cursor, 1);
    assert_int_equal(r.group_count, 1);
    assert_int_equal(add_session(f, alice, "new", 1), 3); /* 2 was given once */
    assert_int_equal(add_message(f, bob, cw_mailbox_of_user(alice), "x"), 2);
}

/* In a child: opens the store and sends itself messages, one commit each, whose
 * ids it writes to `acknowledged` when they are committed. */
static void send_messages(struct fixture *f, int acknowledged, uint64_t n)
{
    fixture_open_sqlite(f);
    uint64_t alice = add_user(f, "alice");
    for (uint64_t i = 0; i < n; i++) {
        uint64_t id = add_message(f, alice, cw_mailbox_of_user(alice), "x");
        if (write(acknowledged, &id, sizeof id) != (ssize_t)sizeof id)
            break;
    }
    _exit(0);
}

/* Ends the child by SIGKILL once it has acknowledged `kill_after` messages. */
static void check_child(struct fixture *f, uint64_t n, uint64_t kill_after)
{
    int ends[2];
    uint64_t id = 0, last = 0;
    fixture_close(f);
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0)
        send_messages(f, ends[1], n);
    close(ends[1]);
    while (read(ends[0], &id, sizeof id) == (ssize_t)sizeof id) {
        last = id;
        if (last == kill_after)
            kill(child, SIGKILL);
    }
    close(ends[0]);
    waitpid(child, NULL, 0);
    assert_true(last >= kill_after);
    assert_sound(f);
    fixture_open_sqlite(f);
    assert_true(add_message(f, 1, cw_mailbox_of_user(1), "x") > last);
    struct cw_store_result r = read_inbox(f, 1, 0);
    for (uint64_t i = 0; i < r.message_count; i++)
        assert_int_equal(r.messages[i].message_id, i + 1);
    assert_true(r.more ? r.message_count == CW_PAGE_ROWS_MAX : r.message_count > last);
}

static void everything_is_there_after_exit(void **state)
{
    check_child(*state, 50, 50);
}

static void everything_is_there_after_a_kill(void **state)
{
    check_child(*state, UINT64_MAX, 60);
}

/* --- syncs and checkpoints ------------------------------------------------------------ */

static void fill(struct cw_store_request *requests, size_t n, uint64_t user_id, void *body,
                 size_t size)
{
    for (size_t i = 0; i < n; i++)
        requests[i] = (struct cw_store_request){.op = CW_STORE_MESSAGE_APPEND,
                                                .user_id = user_id,
                                                .mailbox = cw_mailbox_of_user(user_id),
                                                .body = cw_slice_of(body, size)};
}

static void a_commit_syncs_once_and_reading_never(void **state)
{
    struct fixture *f = *state;
    struct cw_store_request requests[100];
    struct cw_store_result results[100];
    uint64_t alice = add_user(f, "alice");
    add_message(f, alice, cw_mailbox_of_user(alice), "x");
    fill(requests, 100, alice, "x", 1);
    faulty_vfs_heal();
    run_many(f, requests, 100, results);
    assert_int_equal(results[99].message_id, 101);
    assert_int_equal(faulty_vfs_syncs(), 1);

    faulty_vfs_heal();
    read_inbox(f, alice, 0);
    RUN(f, .op = CW_STORE_USER_FIND, .key = TEXT("alice"));
    RUN(f, .op = CW_STORE_SESSION_FIND, .key = TEXT("alice"), .secret = TEXT("t"));
    RUN(f, .op = CW_STORE_GROUP_FIND, .key = TEXT("g"));
    assert_int_equal(faulty_vfs_syncs(), 0);
    assert_int_equal(faulty_vfs_writes(), 0);
}

/* Commits so many bytes of messages of 32 KiB. */
static void grow(struct fixture *f, uint64_t user_id, size_t bytes)
{
    enum { N = 32, SIZE = 32 * 1024 };
    static uint8_t body[SIZE];
    struct cw_store_request requests[N];
    struct cw_store_result results[N];
    fill(requests, N, user_id, body, SIZE);
    for (size_t done = 0; done < bytes; done += N * SIZE) {
        run_many(f, requests, N, results);
        assert_int_equal(results[N - 1].status, CW_STORE_OK);
    }
}

static void an_idle_moment_is_used_when_the_log_is_long(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice");
    faulty_vfs_heal();
    assert_true(cw_store_idle(f->store, &(bool){false}));
    assert_int_equal(faulty_vfs_writes(), 0);
    grow(f, alice, CW_WAL_CHECKPOINT_PAGES * 4096u);
    faulty_vfs_heal();
    assert_true(cw_store_idle(f->store, &(bool){false}));
    assert_true(faulty_vfs_writes() >= CW_WAL_CHECKPOINT_PAGES);
    faulty_vfs_heal();
    assert_true(cw_store_idle(f->store, &(bool){false}));
    assert_int_equal(faulty_vfs_writes(), 0);
}

static void the_log_is_bounded(void **state)
{
    struct fixture *f = *state;
    struct stat about;
    grow(f, add_user(f, "alice"), CW_WAL_BYTES_MAX + CW_WAL_BYTES_MAX / 4);
    assert_int_equal(stat(fixture_path(f, "chinwag.db-wal"), &about), 0);
    assert_in_range(about.st_size, CW_WAL_BYTES_MAX / 4, CW_WAL_BYTES_MAX);
}

/* --- a full disk ------------------------------------------------------------------------ */

static void a_full_disk_stores_nothing_by_halves(void **state)
{
    enum { N = 8, SIZE = 20000 };
    struct fixture *f = *state;
    static uint8_t body[SIZE];
    struct cw_store_request requests[N + 1];
    struct cw_store_result r[N + 1];
    uint64_t alice = add_user(f, "alice");
    requests[0] = (struct cw_store_request){
        .op = CW_STORE_GROUP_CREATE, .user_id = alice, .name = TEXT("g"), .key = TEXT("g")};
    fill(requests + 1, N, alice, body, SIZE);
    long n = 0;
    for (bool stored = false; !stored; n++) {
        faulty_vfs_full_after(n);
        run_many(f, requests, N + 1, r);
        stored = r[0].status == CW_STORE_OK;
        for (int i = 0; i <= N; i++)
            assert_int_equal(r[i].status, stored ? CW_STORE_OK : CW_STORE_NO_ROOM);
        faulty_vfs_heal();
        assert_int_equal(read_inbox(f, alice, 0).message_count, stored ? N : 0);
        cw_arena_reset(&f->arena);
    }
    assert_true(n > N * SIZE / 4096);
    for (uint64_t i = 1; i <= N; i++)
        assert_int_equal(r[i].message_id, i);
    fixture_close(f);
    assert_sound(f);
    fixture_open_sqlite(f);
    assert_int_equal(read_inbox(f, alice, 0).message_count, N);
    assert_int_equal(add_message(f, alice, cw_mailbox_of_user(alice), "x"), N + 1);
}

static void a_full_disk_puts_a_checkpoint_off(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice");
    grow(f, alice, CW_WAL_CHECKPOINT_PAGES * 4096u);
    for (long n = 0; n < 1000; n += 100) {
        faulty_vfs_heal();
        faulty_vfs_full_after(n);
        assert_true(cw_store_idle(f->store, &(bool){false}));
        assert_int_equal(RUN(f, .op = CW_STORE_USER_FIND, .key = TEXT("alice")).status,
                         CW_STORE_OK);
    }
    faulty_vfs_full_after(100);
    fixture_close(f); /* the log stays, for the next start */
    assert_int_equal(access(fixture_path(f, "chinwag.db-wal"), F_OK), 0);
    faulty_vfs_heal();
    fixture_open_sqlite(f);
    assert_int_equal(read_inbox(f, alice, 0).messages[0].message_id, 1);
    fixture_close(f);
    assert_sound(f);
}

/* What the reserve is for: it is given up, and whatever helps goes on. */
static void a_full_disk_has_a_reserve(void **state)
{
    struct fixture *f = *state;
    static char reserve[128];
    uint64_t alice = add_user(f, "alice"), bob = add_user(f, "bob");
    uint64_t session = add_session(f, alice, "token", 1),
             pair = cw_conversation_of_pair(alice, bob);
    add_message(f, alice, cw_mailbox_of_user(bob), "to be deleted");
    snprintf(reserve, sizeof reserve, "%s", fixture_path(f, "reserve"));
    assert_int_equal(access(reserve, F_OK), 0);
    faulty_vfs_full_while(reserve);
    for (int round = 0; round < 2; round++) {
        EXPECT(f, CW_STORE_NO_ROOM, .op = CW_STORE_MESSAGE_APPEND, .user_id = alice,
               .mailbox = cw_mailbox_of_user(bob), .body = TEXT("x"));
        EXPECT(f, CW_STORE_NO_ROOM, .op = CW_STORE_MESSAGE_EDIT, .user_id = alice, .seq = 1,
               .conversation = pair, .body = TEXT("x"));
        EXPECT(f, CW_STORE_NO_ROOM, .op = CW_STORE_GROUP_CREATE, .user_id = alice,
               .name = TEXT("g"), .key = TEXT("g"));
        EXPECT(f, CW_STORE_OK, .op = CW_STORE_SESSION_SAVE, .session_id = session, .cursor = 1);
        EXPECT(f, CW_STORE_OK, .op = CW_STORE_USER_FIND, .key = TEXT("alice"));
        EXPECT(f, CW_STORE_OK, .op = CW_STORE_BLOCK, .user_id = bob, .other_id = alice);
        EXPECT(f, CW_STORE_OK, .op = CW_STORE_UNBLOCK, .user_id = bob, .other_id = alice);
    }
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_READ_MARK, .user_id = bob, .conversation = pair,
           .seq = 1);
    uint64_t second = add_session(f, alice, "another", 1);
    assert_int_equal(access(reserve, F_OK), -1); /* it was given up */
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_MESSAGE_DELETE, .user_id = alice, .seq = 1,
           .conversation = pair);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_SESSION_DROP, .session_id = session);
    /* One commit of both kinds: each gets its own answer. */
    struct cw_store_request both[] = {
        {.op = CW_STORE_MESSAGE_APPEND, .user_id = alice, .mailbox = 2, .body = TEXT("x")},
        {.op = CW_STORE_SESSION_DROP, .session_id = second}};
    struct cw_store_result r[2];
    run_many(f, both, 2, r);
    assert_int_equal(r[0].status, CW_STORE_NO_ROOM);
    assert_int_equal(r[1].status, CW_STORE_OK);
    faulty_vfs_heal();
    assert_int_equal(say_at(f, 1, alice, cw_mailbox_of_user(bob), "healed"), 3);
    assert_int_equal(access(reserve, F_OK), 0); /* and made again */
    fixture_close(f);
    assert_int_equal(raw_int(f, "SELECT count(*) FROM sessions"), 0);
    assert_int_equal(raw_int(f, "SELECT deleted_ms <> 0 FROM messages WHERE id = 1"), 1);
    assert_int_equal(raw_int(f, "SELECT read_seq FROM marks WHERE user_id = 2"), 1);
    assert_sound(f);
}

/* --- a failed sync ------------------------------------------------------------------------ */

/* Sends until something fails or 8 MiB are stored, with idle moments between;
 * returns the last id that was acknowledged. */
static uint64_t send_until_failed(struct fixture *f, uint64_t user_id)
{
    enum { N = 32, SIZE = 16 * 1024 };
    static uint8_t body[SIZE];
    struct cw_store_request requests[N];
    struct cw_store_result results[N];
    uint64_t last = 0;
    fill(requests, N, user_id, body, SIZE);
    for (int round = 0; round < 16; round++) {
        run_many(f, requests, N, results);
        for (int i = 0; i < N; i++)
            assert_int_equal(results[i].status, results[0].status);
        if (results[0].status != CW_STORE_OK) {
            assert_int_equal(results[0].status, CW_STORE_FAILED);
            return last;
        }
        last = results[N - 1].message_id;
        if (!cw_store_idle(f->store, &(bool){false}))
            break;
    }
    return last;
}

static void after_a_failed_sync_nothing_is_answered(void **state)
{
    struct fixture *f = *state;
    long n = 0;
    for (bool failed = true; failed; n++) {
        fixture_finish(f);
        fixture_init(f);
        fixture_open_sqlite(f);
        uint64_t alice = add_user(f, "alice");
        faulty_vfs_heal();
        faulty_vfs_syncs_fail_after(n);
        uint64_t last = send_until_failed(f, alice);
        failed = !cw_store_idle(f->store, &(bool){false});
        if (failed) {
            faulty_vfs_heal(); /* that the disk is well again changes nothing */
            assert_int_equal(RUN(f, .op = CW_STORE_USER_FIND, .key = TEXT("alice")).status,
                             CW_STORE_FAILED);
            assert_int_equal(RUN(f, .op = CW_STORE_SESSION_DROP, .session_id = 1).status,
                             CW_STORE_FAILED);
            assert_int_equal(faulty_vfs_writes(), 0);
            fixture_close(f);
            assert_int_equal(faulty_vfs_writes(), 0);
        } else {
            fixture_close(f);
        }
        faulty_vfs_heal();
        fixture_open_sqlite(f);
        if (last != 0) {
            struct cw_store_result r = read_inbox(f, alice, last - 1);
            assert_int_equal(r.messages[0].message_id, last);
        }
        fixture_close(f);
        assert_sound(f);
    }
    assert_true(n > 16);
}

/* --- damage ---------------------------------------------------------------------------------- */

static void damage_is_noticed(void **state)
{
    struct fixture *f = *state;
    add_user(f, "alice");
    fixture_close(f);
    off_t page = raw_int(f, "SELECT rootpage FROM sqlite_schema WHERE name = 'users'");
    int fd = open(fixture_path(f, CW_SQLITE_FILE), O_RDWR);
    for (off_t at = (page - 1) * 4096; at < page * 4096; at++)
        assert_int_equal(pwrite(fd, "\377", 1, at), 1);
    close(fd);
    fixture_open_sqlite(f); /* it ends nothing: test_pages.c */
    assert_int_equal(RUN(f, .op = CW_STORE_USER_FIND, .key = TEXT("alice")).status,
                     CW_STORE_UNAVAILABLE);
    assert_true(cw_store_idle(f->store, &(bool){false}));
    struct cw_store_notes notes;
    cw_store_take_notes(f->store, &notes);
    assert_int_equal(notes.count, 2);
    assert_string_equal(notes.lines[0],
                        "a page of the database is damaged, table users: who needs it is told to "
                        "try later; see what is damaged with chinwagd --check");
}

/* --- bodies in files -------------------------------------------------------------------------- */

static uint64_t add_blob(struct fixture *f, uint64_t user_id, size_t size,
                         char name[CW_BLOB_NAME_MAX])
{
    uint8_t *body = cw_alloc(size);
    for (size_t i = 0; i < size; i++)
        body[i] = (uint8_t)(i * 7);
    assert_int_equal(cw_blob_write(f->folder, cw_slice_of(body, size), name), CW_STORE_OK);
    struct cw_store_result r =
        RUN(f, .op = CW_STORE_MESSAGE_APPEND, .user_id = user_id,
            .mailbox = cw_mailbox_of_user(user_id), .body = cw_slice_of(body, size),
            .blob = TEXT(name), .body_sum = cw_store_body_sum(cw_slice_of(body, size)),
            .voice = true, .channels = 1, .sample_rate = 44100);
    assert_int_equal(r.status, CW_STORE_OK);
    free(body);
    return r.message_id;
}

static const char *blob_path(struct fixture *f, const char *name)
{
    char relative[64];
    snprintf(relative, sizeof relative, "blobs/%s", name);
    return fixture_path(f, relative);
}

static void a_long_body_is_in_a_file(void **state)
{
    struct fixture *f = *state;
    enum { SIZE = 300000 };
    char names[2][CW_BLOB_NAME_MAX];
    struct stat about;
    uint64_t alice = add_user(f, "alice");
    add_blob(f, alice, SIZE, names[0]);
    add_blob(f, alice, SIZE, names[1]);
    assert_int_equal(stat(blob_path(f, names[0]), &about), 0);
    assert_int_equal(about.st_size, SIZE);
    assert_int_equal(about.st_mode, S_IFREG | 0600);

    struct cw_store_result r = read_inbox(f, alice, 0);
    ASSERT_IDS(&r, 1, ); /* the second does not fit on the page */
    assert_true(r.more);
    assert_int_equal(r.messages[0].body.n, SIZE);
    for (size_t i = 0; i < SIZE; i++)
        assert_int_equal(r.messages[0].body.p[i], (uint8_t)(i * 7));
    fixture_close(f);
    assert_int_equal(raw_int(f, "SELECT count(*) FROM messages WHERE body IS NULL"), 2);
}

static void assert_silent(struct fixture *f, uint64_t user_id)
{
    struct cw_store_result r = read_inbox(f, user_id, 0);
    ASSERT_IDS(&r, 1, );
    assert_int_equal(r.messages[0].body.n, 1);
    assert_int_equal(r.messages[0].body.p[0], 0x90);
}

static void a_lost_or_cut_file_is_an_empty_message(void **state)
{
    struct fixture *f = *state;
    char name[CW_BLOB_NAME_MAX];
    uint64_t alice = add_user(f, "alice");
    add_blob(f, alice, 1000, name);
    for (off_t size = 999; size <= 1001; size += 2) {
        assert_int_equal(truncate(blob_path(f, name), size), 0);
        assert_silent(f, alice);
    }
    unlink(blob_path(f, name));
    assert_silent(f, alice);
}

static void no_room_for_a_file_leaves_nothing(void **state)
{
    struct fixture *f = *state;
    struct rlimit before, small;
    char name[CW_BLOB_NAME_MAX];
    static uint8_t body[100000];
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    small = before;
    small.rlim_cur = 50000;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    enum cw_store_status status = cw_blob_write(f->folder, cw_slice_of(body, sizeof body), name);
    setrlimit(RLIMIT_FSIZE, &before);
    assert_int_equal(status, CW_STORE_NO_ROOM);
    assert_int_equal(rmdir(blob_path(f, "")), 0); /* empty */
    assert_int_equal(cw_blob_write(f->folder, TEXT("x"), name), CW_STORE_FAILED);
}

/* --- numbers, retries, search, what goes: over crashes and undone batches --------------------- */

/* Ends the process without closing: what a SIGKILL leaves. */
static void crash_after(struct fixture *f, void (*act)(struct fixture *f))
{
    int status;
    fixture_close(f);
    pid_t child = fork();
    if (child == 0) {
        fixture_open_sqlite(f);
        act(f);
        kill(getpid(), SIGKILL);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    assert_sound(f);
    fixture_open_sqlite(f);
}

static void idle_until_done(struct fixture *f)
{
    bool again = true;
    while (again)
        assert_true(cw_store_idle(f->store, &again));
}

static struct cw_store_result search_for(struct fixture *f, uint64_t user_id, const char *words)
{
    return RUN(f, .op = CW_STORE_SEARCH, .user_id = user_id, .body = TEXT(words), .limit = 200);
}

static struct cw_store_result send_counted(struct fixture *f, uint64_t session_id, uint64_t n)
{
    return RUN(f, .op = CW_STORE_MESSAGE_APPEND, .user_id = 1, .mailbox = cw_mailbox_of_user(2),
               .body = TEXT("counted"), .session_id = session_id, .n = n);
}

static void say_things(struct fixture *f)
{
    uint64_t alice = add_user(f, "alice"), bob = add_user(f, "bob");
    add_session(f, alice, "token", 1);
    for (uint64_t i = 0; i < 300; i++)
        add_message(f, alice, cw_mailbox_of_user(bob), i == 7 ? "seventh heaven" : "x");
    idle_until_done(f); /* not all are indexed for search: less than a slice is left */
    for (uint64_t n = 1; n <= 3; n++)
        assert_int_equal(send_counted(f, 1, n).seq, 300 + n);
    RUN(f, .op = CW_STORE_MESSAGE_EDIT, .user_id = alice, .seq = 9, .body = TEXT("ninth cloud"),
        .conversation = cw_conversation_of_pair(alice, bob));
    RUN(f, .op = CW_STORE_MESSAGE_DELETE, .user_id = alice, .seq = 8,
        .conversation = cw_conversation_of_pair(alice, bob));
}

static void a_crash_loses_no_number_no_counter_and_no_word(void **state)
{
    struct fixture *f = *state;
    crash_after(f, say_things);
    struct cw_store_result r = send_counted(f, 1, 2);
    assert_int_equal(r.status, CW_STORE_OK);
    assert_true(r.repeated);
    assert_int_equal(r.seq, 302);
    assert_int_equal(r.message_id, 302);
    r = send_counted(f, 1, 4);
    assert_false(r.repeated);
    assert_int_equal(r.seq, 306);
    r = search_for(f, 2, "CLOUD nin");
    ASSERT_IDS(&r, 9, );
    r = search_for(f, 1, "counted");
    ASSERT_IDS(&r, 306, 303, 302, 301, );
    r = search_for(f, 2, "heaven");
    ASSERT_IDS(&r, ); /* deleted */
    r = RUN(f, .op = CW_STORE_CONVERSATIONS, .user_id = 2, .limit = 10);
    assert_int_equal(r.conversation_count, 1);
    assert_int_equal(r.conversations[0].last.seq, 306);
    fixture_close(f);
    assert_int_equal(raw_int(f, "SELECT count(*) FROM messages WHERE body LIKE '%heaven%'"), 0);
    assert_int_equal(raw_int(f, "SELECT count(*) FROM (SELECT seq - row_number() OVER (ORDER BY id)"
                                " AS gap FROM messages) WHERE gap <> 0"),
                     0);
}

/* As version 0.1.0 left it: each counted message names the one before it. */
static void leave_as_before_windows(struct fixture *f, uint64_t last_n, uint64_t counted_id)
{
    char sql[128];
    fixture_close(f);
    snprintf(sql, sizeof sql, "UPDATE sessions SET last_n = %llu, counted_id = %llu",
             (unsigned long long)last_n, (unsigned long long)counted_id);
    raw(f, sql);
    raw(f, "DELETE FROM windows");
    raw(f, "UPDATE messages SET previous = id - 1");
    fixture_open_sqlite(f);
}

static void numbers_of_version_0_1_0_are_taken_over(void **state)
{
    struct fixture *f = *state;
    uint64_t session = (add_user(f, "alice"), add_user(f, "bob"), add_session(f, 1, "token", 1));
    uint64_t clock = 1700000000000000;
    for (uint64_t i = 1; i <= 4; i++)
        assert_int_equal(send_counted(f, session, clock + 2 * i).message_id, i);
    leave_as_before_windows(f, clock + 8, 4);
    for (uint64_t i = 1; i <= 4; i++) {
        struct cw_store_result r = send_counted(f, session, clock + 2 * i);
        assert_true(r.repeated && !r.gone);
        assert_int_equal(r.message_id, i);
    }
    assert_int_equal(send_counted(f, session, 7).status, CW_STORE_UNKNOWN);
    assert_false(send_counted(f, session, clock + 3).repeated); /* it was never used */
    assert_false(send_counted(f, session, clock + 9).repeated);
    fixture_close(f);
    fixture_open_sqlite(f);
    assert_int_equal(send_counted(f, session, clock + 9).message_id, 6);
    assert_true(send_counted(f, session, clock + 3).repeated);
}

/* Before a message that is no longer kept nobody knows what was used. */
static void numbers_behind_a_lost_message_count_as_used(void **state)
{
    struct fixture *f = *state;
    uint64_t session = (add_user(f, "alice"), add_user(f, "bob"), add_session(f, 1, "token", 1));
    for (uint64_t i = 1; i <= 4; i++)
        send_counted(f, session, 100 + 2 * i);
    leave_as_before_windows(f, 108, 4);
    fixture_close(f);
    raw(f, "DELETE FROM messages WHERE id = 2");
    fixture_open_sqlite(f);
    assert_int_equal(send_counted(f, session, 108).message_id, 4);
    assert_int_equal(send_counted(f, session, 106).message_id, 3);
    for (uint64_t n = 105; n > 108 - CW_RETRIES_MAX; n--) {
        struct cw_store_result r = send_counted(f, session, n);
        assert_true(r.repeated && r.gone);
    }
    assert_int_equal(send_counted(f, session, 108 - CW_RETRIES_MAX).status, CW_STORE_UNKNOWN);
    assert_false(send_counted(f, session, 107).repeated);
    assert_false(send_counted(f, session, 109).repeated);
}

/* However it ends. */
static void windows_go_with_their_session(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice");
    add_user(f, "bob");
    for (int i = 0; i < 4; i++) {
        char token[] = {(char)('a' + i), 0};
        uint64_t session = add_session(f, alice, token, 1);
        send_counted(f, session, 1);
    }
    RUN(f, .op = CW_STORE_SESSION_DROP, .session_id = 1);
    RUN(f, .op = CW_STORE_SESSION_REVOKE, .user_id = alice, .session_id = 2);
    RUN(f, .op = CW_STORE_PASSWORD_SET, .user_id = alice, .session_id = 3, .secret = TEXT("x"));
    fixture_close(f);
    assert_int_equal(raw_int(f, "SELECT count(*) FROM windows"), 1);
    assert_int_equal(raw_int(f, "SELECT session_id FROM windows"), 3);
    fixture_open_sqlite(f);
    RUN_AT(f, 1 + IDLE_MS, .op = CW_STORE_SESSION_CREATE, .user_id = alice, .secret = TEXT("z"));
    fixture_close(f);
    assert_int_equal(raw_int(f, "SELECT count(*) FROM windows"), 0);
    fixture_open_sqlite(f);
}

static void an_undone_batch_leaves_no_hole_in_a_conversation(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice"), bob = add_user(f, "bob");
    uint64_t session = add_session(f, alice, "token", 1);
    add_message(f, alice, cw_mailbox_of_user(bob), "one");
    faulty_vfs_full_after(0);
    assert_int_equal(send_counted(f, session, 5).status, CW_STORE_NO_ROOM);
    struct cw_store_result r = search_for(f, bob, "one"); /* it cannot follow, and does no harm */
    assert_int_equal(r.status, CW_STORE_OK);
    faulty_vfs_heal();
    r = send_counted(f, session, 5);
    assert_int_equal(r.status, CW_STORE_OK);
    assert_false(r.repeated);
    assert_int_equal(r.seq, 2);
    assert_int_equal(r.message_id, 2);
    r = search_for(f, bob, "one");
    ASSERT_IDS(&r, 1, );
    r = send_counted(f, session, 5);
    assert_true(r.repeated);
    assert_int_equal(r.message_id, 2);
}

static void the_file_of_a_deleted_voice_goes_with_the_commit(void **state)
{
    struct fixture *f = *state;
    char name[CW_BLOB_NAME_MAX];
    uint64_t alice = add_user(f, "alice");
    add_blob(f, alice, 1000, name);
    struct cw_store_request erase = {.op = CW_STORE_MESSAGE_DELETE,
                                     .time_ms = 1,
                                     .user_id = alice,
                                     .conversation = cw_conversation_of_pair(alice, alice),
                                     .seq = 1};
    faulty_vfs_full_after(0);
    assert_int_equal(run_one(f, &erase).status, CW_STORE_NO_ROOM);
    faulty_vfs_heal();
    assert_int_equal(access(blob_path(f, name), F_OK), 0);
    assert_int_equal(run_one(f, &erase).status, CW_STORE_OK);
    assert_int_equal(access(blob_path(f, name), F_OK), -1);
    assert_int_equal(
        RUN(f, .op = CW_STORE_VOICE_READ, .seq = 1, .conversation = erase.conversation).status,
        CW_STORE_NOT_FOUND);
}

#define DAY_MS (UINT64_C(24) * 3600 * 1000)

static void say_and_forget(struct fixture *f)
{
    uint64_t alice = add_user(f, "alice"), cooks = add_group(f, alice, "cooks");
    RUN(f, .op = CW_STORE_GROUP_RETAIN, .user_id = alice, .group_id = cooks, .retain = {.days = 1});
    for (int i = 0; i < 100; i++)
        add_message(f, alice, cw_mailbox_of_group(cooks), "old words");
    idle_until_done(f);
    RUN_AT(f, 2 * DAY_MS, .op = CW_STORE_USER_FIND, .key = TEXT("alice"));
    idle_until_done(f);
}

static void numbers_go_on_when_all_has_been_forgotten(void **state)
{
    struct fixture *f = *state;
    crash_after(f, say_and_forget);
    struct cw_store_result r = RUN(f, .op = CW_STORE_HISTORY_READ, .user_id = 1, .limit = 10,
                                   .conversation = cw_mailbox_of_group(1));
    assert_int_equal(r.message_count, 0);
    assert_int_equal(r.last_seq, 100);
    assert_false(r.more);
    r = search_for(f, 1, "words");
    assert_int_equal(r.message_count, 0);
    r = RUN_AT(f, 2 * DAY_MS, .op = CW_STORE_MESSAGE_APPEND, .user_id = 1,
               .mailbox = cw_mailbox_of_group(1), .body = TEXT("new words"));
    assert_int_equal(r.message_id, 101); /* and no id was used twice */
    assert_int_equal(r.seq, 101);
    r = search_for(f, 1, "words");
    ASSERT_IDS(&r, 101, );
    fixture_close(f);
    assert_int_equal(raw_int(f, "SELECT count(*) FROM messages"), 1);
    assert_int_equal(raw_int(f, "SELECT count(*) FROM inbox"), 0);
    assert_int_equal(raw_int(f, "SELECT count(*) FROM history"), 1); /* the last number */
}

static char told[4][256];
static int told_count;

static void tell(const char *sentence)
{
    snprintf(told[told_count++ % 4], sizeof told[0], "%s", sentence);
}

/* Old messages go a few at a time, and the operator is told once. */
static void what_is_old_goes_in_steps_and_is_logged(void **state)
{
    struct fixture *f = *state;
    bool again = true;
    fixture_close(f);
    f->options.retain.days = 30;
    f->options.log = tell;
    fixture_open_sqlite(f);
    told_count = 0;
    uint64_t alice = add_user(f, "alice"), now = 20000 * DAY_MS + 3600 * 1000;
    for (int i = 0; i < 100; i++)
        say_at(f, now, alice, cw_mailbox_of_user(alice), "words");
    RUN_AT(f, now + 30 * DAY_MS, .op = CW_STORE_USER_FIND, .key = TEXT("alice"));
    for (int kept = 100; again; kept = kept > 32 ? kept - 32 : 0) {
        struct cw_store_result r =
            RUN_AT(f, now + 30 * DAY_MS, .op = CW_STORE_HISTORY_READ, .user_id = alice,
                   .limit = 200, .conversation = cw_conversation_of_pair(alice, alice));
        assert_in_range(r.message_count, kept, 100);
        assert_true(cw_store_idle(f->store, &again));
        assert_int_equal(told_count, !again);
    }
    assert_string_equal(told[0], "100 messages were deleted for their age: keep_days keeps those "
                                 "since 2024-10-04 01:00 UTC, groups may keep less");
    say_at(f, now + 30 * DAY_MS, alice, cw_mailbox_of_user(alice), "words");
    RUN_AT(f, now + 60 * DAY_MS, .op = CW_STORE_USER_FIND, .key = TEXT("alice"));
    faulty_vfs_full_after(0); /* what is undone is not told */
    assert_true(cw_store_idle(f->store, &again));
    faulty_vfs_heal();
    assert_int_equal(told_count, 1);
    idle_until_done(f);
    assert_int_equal(told_count, 2);
    assert_string_equal(told[1], "1 messages were deleted for their age: keep_days keeps those "
                                 "since 2024-11-03 01:00 UTC, groups may keep less");
    /* Within an hour it waits for the next line, or for the end. */
    say_at(f, now, alice, cw_mailbox_of_user(alice), "words");
    RUN_AT(f, now + 60 * DAY_MS + 1000, .op = CW_STORE_USER_FIND, .key = TEXT("alice"));
    idle_until_done(f);
    assert_int_equal(told_count, 2);
    fixture_close(f);
    assert_int_equal(told_count, 3);
    fixture_open_sqlite(f);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(only_the_owner_can_read_it),
        T(the_schema_has_a_version),
        T(a_newer_schema_is_refused),
        T(the_file_of_another_program_is_left_alone),
        T(no_database_is_refused),
        T(a_second_server_is_refused),
        T(the_index_of_words_is_made_anew),
        T(names_of_older_versions_stay),
        T(every_statement_seeks),
        T(an_unknown_name_takes_the_same_work),
        T(everything_is_there_after_closing),
        T(everything_is_there_after_exit),
        T(everything_is_there_after_a_kill),
        T(a_commit_syncs_once_and_reading_never),
        T(an_idle_moment_is_used_when_the_log_is_long),
        T(the_log_is_bounded),
        T(what_is_old_goes_in_steps_and_is_logged),
        T(a_full_disk_stores_nothing_by_halves),
        T(a_full_disk_puts_a_checkpoint_off),
        T(a_full_disk_has_a_reserve),
        T(after_a_failed_sync_nothing_is_answered),
        T(damage_is_noticed),
        T(a_long_body_is_in_a_file),
        T(a_lost_or_cut_file_is_an_empty_message),
        T(no_room_for_a_file_leaves_nothing),
        T(a_crash_loses_no_number_no_counter_and_no_word),
        T(numbers_of_version_0_1_0_are_taken_over),
        T(numbers_behind_a_lost_message_count_as_used),
        T(windows_go_with_their_session),
        T(an_undone_batch_leaves_no_hole_in_a_conversation),
        T(the_file_of_a_deleted_voice_goes_with_the_commit),
        T(numbers_go_on_when_all_has_been_forgotten),
    };
    faulty_vfs_install();
    return cmocka_run_group_tests_name("SQLite store", tests, NULL, NULL);
}
