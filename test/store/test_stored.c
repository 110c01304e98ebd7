/* test_stored.c - what only SQLite can get wrong about how much each user has stored: the
 * table lags behind, is made up for at the start, and survives an undone transaction. */
#include "support.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "faulty_vfs.h"
#include "store/sqlite/places.h"
#include "store/sqlite/statements.h"

#define ROW CW_STORED_ROW_BYTES

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

static uint64_t raw_int(struct fixture *f, const char *sql)
{
    sqlite3 *db;
    sqlite3_stmt *st;
    assert_int_equal(
        sqlite3_open_v2(fixture_path(f, CW_SQLITE_FILE), &db, SQLITE_OPEN_READWRITE, "unix"),
        SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &st, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(st), SQLITE_ROW);
    uint64_t value = (uint64_t)sqlite3_column_int64(st, 0);
    sqlite3_finalize(st);
    sqlite3_close(db);
    return value;
}

/* With the store closed: the number of users whose row in the table differs from their messages up
 * to progress.stored_to. */
static uint64_t wrong_rows(struct fixture *f)
{
    return raw_int(f, "SELECT count(*) FROM (SELECT sender_id AS id, sum(" CW_SQL_STORED_BYTES
                      ") AS n FROM messages WHERE id <= (SELECT stored_to FROM progress) GROUP BY"
                      " sender_id) AS counted FULL JOIN stored ON user_id = counted.id WHERE"
                      " ifnull(n, 0) <> ifnull(bytes, 0)");
}

/* By trying: with room for one row more, a byte in it is too much. Takes that row. */
static void expect_stored(struct fixture *f, uint64_t user_id, uint64_t bytes)
{
    uint64_t quota = f->options.quota;
    fixture_close(f);
    f->options.quota = bytes + ROW;
    fixture_open_sqlite(f);
    struct cw_store_request append = {.op = CW_STORE_MESSAGE_APPEND,
                                      .user_id = user_id,
                                      .mailbox = cw_mailbox_of_user(user_id),
                                      .body = TEXT("x")};
    assert_int_equal(run_one(f, &append).status, CW_STORE_OVER_QUOTA);
    append.body = TEXT("");
    struct cw_store_result r = run_one(f, &append);
    assert_int_equal(r.status, CW_STORE_OK);
    assert_int_equal(run_one(f, &append).status, CW_STORE_OVER_QUOTA);
    fixture_close(f);
    f->options.quota = quota;
    fixture_open_sqlite(f);
}

static void fill(struct fixture *f, const uint64_t users[], size_t user_count, size_t n)
{
    enum { BATCH = 512 };
    static struct cw_store_request requests[BATCH];
    static struct cw_store_result results[BATCH];
    for (size_t done = 0; done < n; done += BATCH) {
        size_t count = n - done < BATCH ? n - done : BATCH;
        for (size_t i = 0; i < count; i++) {
            uint64_t user = users[(done + i) % user_count];
            requests[i] = (struct cw_store_request){.op = CW_STORE_MESSAGE_APPEND,
                                                    .time_ms = 1,
                                                    .user_id = user,
                                                    .mailbox = cw_mailbox_of_user(user),
                                                    .body = TEXT("seven b")};
        }
        run_many(f, requests, count, results);
        for (size_t i = 0; i < count; i++)
            assert_int_equal(results[i].status, CW_STORE_OK);
        cw_arena_reset(&f->arena);
    }
}

static void change(struct fixture *f, enum cw_store_op op, uint64_t user, uint64_t seq,
                   const char *body)
{
    EXPECT(f, CW_STORE_OK, .op = op, .user_id = user, .seq = seq, .body = TEXT(body),
           .conversation = cw_conversation_of_pair(user, user));
}

/* Messages that the table has counted, and those that it has not, change and go. */
static void the_table_is_made_up_for(void **state)
{
    struct fixture *f = *state;
    uint64_t users[2] = {add_user(f, "alice"), add_user(f, "bob")};
    fill(f, users, 2, 8192); /* the table is written behind them, in an idle moment */
    run_idle(f);
    fill(f, users, 2, 100);
    fixture_close(f);
    assert_int_equal(raw_int(f, "SELECT stored_to FROM progress"), 8192);
    assert_int_equal(wrong_rows(f), 0);
    fixture_open_sqlite(f);
    expect_stored(f, users[0], 4146 * (ROW + 7));
    change(f, CW_STORE_MESSAGE_EDIT, users[0], 1, "twelve bytes");
    change(f, CW_STORE_MESSAGE_DELETE, users[0], 2, "");
    change(f, CW_STORE_MESSAGE_EDIT, users[0], 4140, "twelve bytes");
    change(f, CW_STORE_MESSAGE_DELETE, users[0], 4141, "");
    change(f, CW_STORE_MESSAGE_DELETE, users[0], 1, "");
    fixture_close(f);
    assert_int_equal(wrong_rows(f), 0);
    fixture_open_sqlite(f);
    uint64_t bytes = 4146 * (ROW + 7) + ROW /* of expect_stored */ + 2 * ROW + 5 - 3 * 7;
    expect_stored(f, users[0], bytes);
    expect_stored(f, users[1], 4146 * (ROW + 7));
}

/* A store that is never idle writes it all the same; nobody asks whether they exist. */
static void a_busy_store_writes_the_table_too(void **state)
{
    struct fixture *f = *state;
    static uint64_t users[8300];
    for (unsigned i = 0; i < 8300; i++)
        users[i] = i + 1;
    fill(f, users, 8300, 8300);
    fixture_close(f);
    assert_int_equal(wrong_rows(f), 0);
    assert_in_range(raw_int(f, "SELECT stored_to FROM progress"), 8192, 8300);
    assert_true(raw_int(f, "SELECT count(*) FROM stored") >= 8192);
    fixture_open_sqlite(f);
    fill(f, users, 1, 32768);
    fixture_close(f);
    assert_int_equal(wrong_rows(f), 0);
    assert_true(raw_int(f, "SELECT stored_to FROM progress") >= 32768);
    fixture_open_sqlite(f);
    expect_stored(f, users[0], 32769 * (ROW + 7));
    expect_stored(f, users[8299], ROW + 7);
}

/* What retention removes comes off the table in the transaction that removes it. */
static void what_goes_comes_off_the_table(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice");
    fill(f, &alice, 1, 8192);
    run_idle(f);
    fill(f, &alice, 1, 512);
    fixture_close(f);
    f->options.retain.count = 100;
    fixture_open_sqlite(f);
    for (int i = 0; i < 40; i++) /* an append removes four */
        assert_int_equal(say_at(f, 1, alice, cw_mailbox_of_user(alice), "seven b"), 8705 + i);
    fixture_close(f);
    assert_int_equal(raw_int(f, "SELECT min(id) FROM messages"), 161);
    assert_int_equal(wrong_rows(f), 0);
    f->options.retain.count = 0;
    fixture_open_sqlite(f);
    expect_stored(f, alice, (8704 + 40 - 160) * (ROW + 7));
}

static void an_undone_transaction_counts_nothing(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice");
    fill(f, &alice, 1, 8192 - 1);
    run_idle(f);
    fill(f, &alice, 1, 1);
    faulty_vfs_full_after(0);
    EXPECT(f, CW_STORE_NO_ROOM, .op = CW_STORE_MESSAGE_APPEND, .user_id = alice,
           .mailbox = cw_mailbox_of_user(alice), .body = TEXT("seven b"));
    EXPECT(f, CW_STORE_NO_ROOM, .op = CW_STORE_MESSAGE_DELETE, .user_id = alice, .seq = 1,
           .conversation = cw_conversation_of_pair(alice, alice));
    faulty_vfs_heal();
    change(f, CW_STORE_MESSAGE_DELETE, alice, 1, "");
    fixture_close(f);
    assert_int_equal(wrong_rows(f), 0);
    fixture_open_sqlite(f);
    expect_stored(f, alice, 8192 * (ROW + 7) - 7);
}

static void die_in_the_middle(struct fixture *f, uint64_t alice)
{
    pid_t child = fork();
    if (child == 0) {
        fixture_open_sqlite(f);
        fill(f, &alice, 1, 5);
        change(f, CW_STORE_MESSAGE_DELETE, alice, 3, "");
        _exit(0); /* nothing is closed */
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void a_crash_loses_none_of_it(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice");
    fill(f, &alice, 1, 3);
    fixture_close(f);
    die_in_the_middle(f, alice);
    fixture_open_sqlite(f);
    expect_stored(f, alice, 8 * (ROW + 7) - 7);
}

static void a_body_in_a_file_counts_whole(void **state)
{
    struct fixture *f = *state;
    static char bytes[100000];
    char name[CW_BLOB_NAME_MAX];
    uint64_t alice = add_user(f, "alice");
    memset(bytes, 'x', sizeof bytes);
    struct cw_slice body = cw_slice_of(bytes, sizeof bytes);
    assert_int_equal(cw_blob_write(f->folder, body, name, NULL), CW_STORE_OK);
    struct cw_store_request append = {.op = CW_STORE_MESSAGE_APPEND,
                                      .time_ms = 1,
                                      .user_id = alice,
                                      .mailbox = cw_mailbox_of_user(alice),
                                      .voice = true,
                                      .channels = 1,
                                      .sample_rate = 8000,
                                      .blob = TEXT(name),
                                      .body_sum = cw_store_body_sum(body),
                                      .body = body};
    assert_int_equal(run_one(f, &append).status, CW_STORE_OK);
    expect_stored(f, alice, ROW + sizeof bytes);
    fill(f, &alice, 1, 8192);
    run_idle(f); /* the table has it now */
    expect_stored(f, alice, 2 * ROW + sizeof bytes + 8192 * (ROW + 7));
    change(f, CW_STORE_MESSAGE_DELETE, alice, 1, "");
    fixture_close(f);
    assert_int_equal(wrong_rows(f), 0);
    /* One that is too much leaves no file. */
    f->options.quota = 1;
    fixture_open_sqlite(f);
    assert_int_equal(cw_blob_write(f->folder, body, name, NULL), CW_STORE_OK);
    append.blob = TEXT(name);
    assert_int_equal(run_one(f, &append).status, CW_STORE_OVER_QUOTA);
    char path[128];
    snprintf(path, sizeof path, "%s/blobs/%s", f->folder, name);
    assert_int_equal(access(path, F_OK), -1);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(the_table_is_made_up_for),      T(a_busy_store_writes_the_table_too),
        T(what_goes_comes_off_the_table), T(an_undone_transaction_counts_nothing),
        T(a_crash_loses_none_of_it),      T(a_body_in_a_file_counts_whole),
    };
    faulty_vfs_install();
    return cmocka_run_group_tests_name("stored", tests, NULL, NULL);
}
