/* test_check.c - what --check finds, and that it changes nothing. */
#include "on_disk.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/sqlite/places.h"
#include "store/sqlite/schema.h"

static char lines[4000];

static void take(void *context, const char *line)
{
    (void)context;
    strncat(lines, line, sizeof lines - strlen(lines) - 2);
    strcat(lines, "\n");
}

static struct cw_store_checking check(struct fixture *f)
{
    char error[256] = "";
    struct cw_store_checking checking = {.tell = take};
    lines[0] = '\0';
    fixture_close(f);
    assert_true(cw_store_check_sqlite(f->folder, &checking, error));
    assert_string_equal(error, "");
    return checking;
}

static void raw(struct fixture *f, const char *sql)
{
    fixture_close(f);
    raw_exec(f, sql);
}

static int set_up(void **state)
{
    static uint8_t body[100000];
    struct fixture *f = cw_alloc(sizeof *f);
    char name[CW_BLOB_NAME_MAX];
    fixture_init(f);
    fixture_open_sqlite(f);
    add_user(f, "alice");
    add_user(f, "bob");
    add_message(f, 1, cw_mailbox_of_user(2), "one");
    assert_int_equal(cw_blob_write(f->folder, cw_slice_of(body, sizeof body), name, NULL),
                     CW_STORE_OK);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_MESSAGE_APPEND, .user_id = 1,
           .mailbox = cw_mailbox_of_user(2), .body = cw_slice_of(body, sizeof body),
           .blob = TEXT(name), .body_sum = cw_store_body_sum(cw_slice_of(body, sizeof body)),
           .voice = true, .channels = 1, .sample_rate = 44100);
    add_message(f, 1, cw_mailbox_of_user(2), "three");
    run_idle(f);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    fixture_finish(*state);
    free(*state);
    return 0;
}

static void nothing_is_damaged(void **state)
{
    struct cw_store_checking checking = check(*state);
    assert_string_equal(lines, "");
    assert_int_equal(checking.damages, 0);
    assert_int_equal(checking.messages, 3);
    assert_int_equal(checking.files, 1);
}

/* Opening it would wait for somebody who writes into it. */
static void a_pipe_in_place_of_the_log_holds_up_nothing(void **state)
{
    struct fixture *f = *state;
    struct cw_store_checking checking = {.tell = take};
    char path[300], error[256];
    fixture_close(f);
    snprintf(path, sizeof path, "%s", fixture_path(f, CW_SQLITE_FILE "-wal"));
    unlink(path);
    assert_int_equal(mkfifo(path, 0600), 0);
    cw_store_check_sqlite(f->folder, &checking, error);
    unlink(path);
}

static void a_row_and_a_recording_are_named(void **state)
{
    struct fixture *f = *state;
    raw(f, "UPDATE messages SET body = CAST('ONE' AS BLOB) WHERE id = 1;"
           "UPDATE messages SET blob = '000186a0-000000000000000000000000' WHERE id = 2");
    struct cw_store_checking checking = check(f);
    assert_int_equal(checking.damages, 2);
    assert_non_null(strstr(lines, "message 1: its row is damaged\n"));
    assert_non_null(strstr(lines, "message 2, file blobs/000186a0-000000000000000000000000: its "
                                  "recording is missing\n"));
    assert_non_null(strstr(lines, " belongs to no message\n"));
    assert_int_equal(check(f).damages, 2); /* it changed nothing */
}

static void a_page_is_named(void **state)
{
    struct fixture *f = *state;
    sqlite3 *db;
    sqlite3_stmt *st;
    static const uint8_t zeros[4096];
    fixture_close(f);
    assert_int_equal(sqlite3_open(fixture_path(f, CW_SQLITE_FILE), &db), SQLITE_OK);
    sqlite3_prepare_v2(db, "SELECT rootpage FROM sqlite_schema WHERE name = 'contacts'", -1, &st,
                       NULL);
    assert_int_equal(sqlite3_step(st), SQLITE_ROW);
    int page = sqlite3_column_int(st, 0);
    sqlite3_finalize(st);
    sqlite3_close(db);
    int fd = open(fixture_path(f, CW_SQLITE_FILE), O_WRONLY);
    assert_int_equal(pwrite(fd, zeros, sizeof zeros, (off_t)(page - 1) * 4096), 4096);
    close(fd);
    char expected[32];
    snprintf(expected, sizeof expected, "age %d", page); /* "page" or "Page" */
    assert_true(check(f).damages >= 1);
    assert_non_null(strstr(lines, expected));
}

static void what_the_indexes_miss_is_counted(void **state)
{
    struct fixture *f = *state;
    raw(f, "UPDATE progress SET inbox_to = 3");
    assert_int_equal(check(f).damages, 2);
    assert_non_null(strstr(lines, "3 messages are missing in the index of mailboxes\n"));
    assert_non_null(strstr(lines, "3 messages are missing in the index of conversations\n"));
}

static void names_have_their_keys_and_looks(void **state)
{
    struct fixture *f = *state;
    add_group(f, 1, "cooks");
    assert_int_equal(check(f).damages, 0);
    raw(f, "UPDATE users SET key = 'alicf' WHERE id = 1;"
           "UPDATE groups SET name = 'crooks' WHERE id = 1;"
           "DELETE FROM looks WHERE of_group = 0 AND id = 2;"
           "INSERT INTO looks VALUES(0, 'nobody', 7)");
    struct cw_store_checking checking = check(f);
    assert_non_null(strstr(lines, "user 1: its name and its key do not belong together\n"));
    assert_non_null(strstr(lines, "user 2: of its name not all looks are known\n"));
    assert_non_null(strstr(lines, "group 1: its name and its key do not belong together\n"));
    assert_non_null(strstr(lines, "group 1: of its name not all looks are known\n"));
    assert_int_equal(checking.damages, 4);
    raw(f, "UPDATE names SET version = 'other'");
    assert_int_equal(check(f).damages, 0);
    assert_non_null(strstr(lines, "names were made with other data of Unicode"));
}

/* Of two names that differ in punctuation alone one keeps the key that it had. */
static void a_kept_key_is_no_damage(void **state)
{
    struct fixture *f = *state;
    raw(f, "UPDATE users SET name = 'alice.', key = 'alice.', kept_key = 1 WHERE id = 2;"
           "UPDATE names SET version = 'other'");
    fixture_open_sqlite(f); /* recomputes keys and looks */
    assert_int_equal(check(f).damages, 0);
    raw(f, "UPDATE users SET kept_key = 0 WHERE id = 2");
    assert_int_equal(check(f).damages, 1);
    assert_non_null(strstr(lines, "user 2: its name and its key do not belong together\n"));
}

static void another_version_is_named(void **state)
{
    struct fixture *f = *state;
    for (int i = -1; i <= 1; i += 2) {
        char sql[64], error[256], expected[256];
        struct cw_store_checking checking = {.tell = take};
        int version = cw_sqlite_schema_version + i;
        snprintf(sql, sizeof sql, "PRAGMA user_version = %d", version);
        raw(f, sql);
        assert_false(cw_store_check_sqlite(f->folder, &checking, error));
        assert_int_equal(checking.other_schema, version);
        snprintf(expected, sizeof expected, "The data are of %s version (schema %d, this server ",
                 i < 0 ? "an older" : "a newer", version);
        assert_memory_equal(error, expected, strlen(expected));
        assert_non_null(strstr(error, i < 0 ? "Start this server once" : "that wrote them"));
    }
}

static void no_folder_is_no_data(void **state)
{
    char error[256] = "";
    struct cw_store_checking checking = {.tell = take};
    (void)state;
    assert_false(cw_store_check_sqlite("/nowhere", &checking, error));
    assert_string_equal(error, "Cannot read /nowhere/chinwag.db: no data folder, or not yours.");
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(nothing_is_damaged),
        T(a_pipe_in_place_of_the_log_holds_up_nothing),
        T(a_row_and_a_recording_are_named),
        T(a_page_is_named),
        T(what_the_indexes_miss_is_counted),
        T(names_have_their_keys_and_looks),
        T(a_kept_key_is_no_damage),
        T(another_version_is_named),
        T(no_folder_is_no_data),
    };
    return cmocka_run_group_tests_name("check", tests, NULL, NULL);
}
