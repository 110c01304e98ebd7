/* test_folder.c - the data folder of SQLite: refusals, files without a row, a folder that goes. */
#include "support.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/blob.h"
#include "store/file.h"

static char told[4096];

static void tell(const char *sentence)
{
    size_t n = strlen(told);
    snprintf(told + n, sizeof told - n, "%s\n", sentence);
}

static int set_up(void **state)
{
    struct fixture *f = cw_alloc(sizeof *f);
    fixture_init(f);
    f->options.log = tell;
    fixture_open_sqlite(f);
    told[0] = '\0';
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    fixture_finish(*state);
    free(*state);
    return 0;
}

static bool is_there(struct fixture *f, const char *where, const char *name)
{
    char relative[128];
    snprintf(relative, sizeof relative, "%s/%s", where, name);
    return access(fixture_path(f, relative), F_OK) == 0;
}

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
}

static void move_file(struct fixture *f, const char *from, const char *to)
{
    assert_int_equal(rename(fixture_path(f, from), fixture_path(f, to)), 0);
}

/* A voice of 1,000 bytes in a file, to oneself; its number. */
static uint64_t add_voice(struct fixture *f, uint64_t user_id, char name[CW_BLOB_NAME_MAX])
{
    uint8_t body[1000];
    memset(body, 7, sizeof body);
    assert_int_equal(cw_blob_write(f->folder, cw_slice_of(body, sizeof body), name, NULL),
                     CW_STORE_OK);
    struct cw_store_result r = RUN(f, .op = CW_STORE_MESSAGE_APPEND, .user_id = user_id,
                                   .mailbox = cw_mailbox_of_user(user_id), .blob = TEXT(name),
                                   .body_sum = cw_store_body_sum(cw_slice_of(body, sizeof body)),
                                   .voice = true, .channels = 1, .sample_rate = 44100);
    assert_int_equal(r.status, CW_STORE_OK);
    return r.seq;
}

static void assert_readable(struct fixture *f, uint64_t user_id, uint64_t seq)
{
    struct cw_store_result r = RUN(f, .op = CW_STORE_VOICE_READ, .user_id = user_id, .seq = seq,
                                   .conversation = cw_conversation_of_pair(user_id, user_id));
    assert_int_equal(r.status, CW_STORE_OK);
    assert_int_equal(r.messages[0].body.n, 1000);
}

/* The sentence is the folder, and then this. */
static void assert_refused(struct fixture *f, const char *after)
{
    char error[256] = "", whole[512];
    fixture_close(f);
    struct cw_store *store = cw_store_open_sqlite(f->folder, &f->options, error);
    cw_store_close(store);
    snprintf(whole, sizeof whole, "%s%s", f->folder, after);
    assert_string_equal(error, whole);
    assert_null(store);
}

static void copy_file(struct fixture *f, const char *from, const char *to)
{
    char bytes[4096];
    size_t n;
    FILE *in = fopen(fixture_path(f, from), "rb"), *out = fopen(fixture_path(f, to), "wb");
    while ((n = fread(bytes, 1, sizeof bytes, in)) != 0)
        assert_int_equal(fwrite(bytes, 1, n, out), n);
    fclose(in);
    fclose(out);
}

/* --- a database that is not there --------------------------------------------------- */

#define REMAINS                                                                                    \
    ", but what belongs to it is still there: put it back (with its -wal file), or move the "      \
    "whole folder away to start with a new one."

static void a_missing_database_beside_recordings_is_refused(void **state)
{
    struct fixture *f = *state;
    char name[CW_BLOB_NAME_MAX];
    uint64_t alice = add_user(f, "alice"), seq = add_voice(f, alice, name);
    fixture_close(f);
    move_file(f, "chinwag.db", "away");
    assert_refused(f, "/chinwag.db is missing" REMAINS);
    assert_true(is_there(f, "blobs", name));
    assert_false(is_there(f, "", "chinwag.db")); /* and none was made */
    write_file(fixture_path(f, "chinwag.db"), "");
    assert_refused(f, "/chinwag.db is empty" REMAINS);
    unlink(fixture_path(f, "chinwag.db"));
    /* A database without any table is as good as none. */
    sqlite3 *db;
    assert_int_equal(sqlite3_open(fixture_path(f, "chinwag.db"), &db), SQLITE_OK);
    sqlite3_exec(db, "PRAGMA journal_mode=WAL; VACUUM", NULL, NULL, NULL);
    sqlite3_close(db);
    assert_refused(f, "/chinwag.db is empty" REMAINS);
    assert_true(is_there(f, "blobs", name));
    move_file(f, "away", "chinwag.db");
    fixture_open_sqlite(f);
    assert_readable(f, alice, seq);
}

static void a_missing_database_beside_its_log_is_refused(void **state)
{
    struct fixture *f = *state;
    pid_t child;
    fixture_close(f);
    if ((child = fork()) == 0) {
        fixture_open_sqlite(f);
        add_user(f, "alice");
        _exit(0);
    }
    assert_int_equal(waitpid(child, NULL, 0), child);
    assert_true(is_there(f, "", "chinwag.db-wal"));
    move_file(f, "chinwag.db", "away");
    assert_refused(f, "/chinwag.db is missing" REMAINS);
    write_file(fixture_path(f, "chinwag.db"), "");
    assert_refused(f, "/chinwag.db is empty" REMAINS);
    move_file(f, "away", "chinwag.db");
    fixture_open_sqlite(f);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_USER_FIND, .key = TEXT("alice"));
}

/* --- files that no row names ---------------------------------------------------------- */

static void an_older_database_loses_no_recording(void **state)
{
    struct fixture *f = *state;
    char old[CW_BLOB_NAME_MAX], new[CW_BLOB_NAME_MAX];
    uint64_t alice = add_user(f, "alice"), first = add_voice(f, alice, old);
    fixture_close(f);
    copy_file(f, "chinwag.db", "older");
    fixture_open_sqlite(f);
    uint64_t second = add_voice(f, alice, new);
    fixture_close(f);

    move_file(f, "chinwag.db", "newer");
    move_file(f, "older", "chinwag.db");
    fixture_open_sqlite(f);
    assert_readable(f, alice, first);
    assert_false(is_there(f, "blobs", new));
    assert_true(is_there(f, "blobs/lost", new));
    assert_non_null(strstr(told, "1 files in "));
    fixture_close(f);

    told[0] = '\0';
    move_file(f, "newer", "chinwag.db");
    fixture_open_sqlite(f);
    assert_readable(f, alice, first);
    assert_readable(f, alice, second);
    assert_false(is_there(f, "blobs/lost", new));
    assert_non_null(strstr(told, "1 recordings and long texts were found again in "));
}

static void another_database_loses_no_recording(void **state)
{
    struct fixture *f = *state;
    char name[CW_BLOB_NAME_MAX];
    uint64_t alice = add_user(f, "alice"), seq = add_voice(f, alice, name);
    fixture_close(f);
    move_file(f, "chinwag.db", "away");
    move_file(f, "blobs", "blobs.away");
    fixture_open_sqlite(f); /* a new one, with a schema */
    fixture_close(f);
    rmdir(fixture_path(f, "blobs"));
    move_file(f, "blobs.away", "blobs");
    fixture_open_sqlite(f);
    assert_true(is_there(f, "blobs/lost", name));
    fixture_close(f);
    move_file(f, "away", "chinwag.db");
    fixture_open_sqlite(f);
    assert_readable(f, alice, seq);
}

static void what_a_crash_left_is_put_aside(void **state)
{
    struct fixture *f = *state;
    char kept[CW_BLOB_NAME_MAX], left[CW_BLOB_NAME_MAX];
    uint64_t alice = add_user(f, "alice"), seq = add_voice(f, alice, kept);
    assert_int_equal(cw_blob_write(f->folder, TEXT("x"), left, NULL), CW_STORE_OK);
    fixture_close(f);
    for (int i = 0; i < 2; i++) { /* and stays there */
        fixture_open_sqlite(f);
        assert_false(is_there(f, "blobs", left));
        assert_true(is_there(f, "blobs/lost", left));
        assert_readable(f, alice, seq);
        fixture_close(f);
    }
    assert_non_null(strstr(told, "/blobs/lost has 1 files, 1 KiB: they come back with the "
                                 "database that names them; if there is none, delete them"));
}

struct asked {
    char last[CW_BLOB_NAME_MAX];
    size_t count;
};

static enum cw_blob_fate fate_in_order(void *context, const char *name)
{
    struct asked *asked = context;
    assert_true(strcmp(asked->last, name) < 0);
    snprintf(asked->last, sizeof asked->last, "%s", name);
    asked->count++;
    return CW_BLOB_NAMED;
}

/* In any other order each file would read a page of the index of its own: the start among 500,000
 * files took seconds. */
static void the_start_asks_for_files_in_the_order_of_the_index(void **state)
{
    struct fixture *f = *state;
    enum { N = 300 };
    struct asked asked = {0};
    char name[CW_FILE_DISK_NAME_MAX], relative[64];
    fixture_close(f);
    for (uint64_t i = 1; i <= N; i++) {
        cw_file_name(i * 7919 % 1009, name);
        snprintf(relative, sizeof relative, "blobs/%s", name);
        write_file(fixture_path(f, relative), "x");
    }
    cw_blob_sweep(f->folder, fate_in_order, &asked);
    assert_int_equal(asked.count, N);
}

static void foreign_files_are_left_alone(void **state)
{
    struct fixture *f = *state;
    static const char *const names[] = {
        "notes.txt",
        "00000001-0123456789abcdef0123456",      /* a digit less */
        "00000001-0123456789abcdef01234567.bak", /* ours, and more */
        "00000001-0123456789ABCDEF01234567",
        "0000001-0123456789abcdef012345678",
        ".00000001-0123456789abcdef01234567",
        "ffffffff-0123456789abcdef01234567", /* larger than anything of ours */
    };
    enum { N = sizeof names / sizeof names[0] };
    static const char folder[] = "00000001-0123456789abcdef01234567";
    static const char link[] = "00000002-0123456789abcdef01234567";
    char relative[128];
    fixture_close(f);
    for (int i = 0; i < N; i++) {
        snprintf(relative, sizeof relative, "blobs/%s", names[i]);
        write_file(fixture_path(f, relative), "precious");
    }
    snprintf(relative, sizeof relative, "blobs/%s", folder);
    assert_int_equal(mkdir(fixture_path(f, relative), 0700), 0);
    snprintf(relative, sizeof relative, "blobs/%s", link);
    assert_int_equal(symlink("notes.txt", fixture_path(f, relative)), 0);
    fixture_open_sqlite(f);
    for (int i = 0; i < N; i++)
        assert_true(is_there(f, "blobs", names[i]));
    assert_true(is_there(f, "blobs", folder));
    assert_true(is_there(f, "blobs", link));
    assert_string_equal(told, "");
}

static void lost_that_is_no_folder_stops_nothing(void **state)
{
    struct fixture *f = *state;
    char left[CW_BLOB_NAME_MAX];
    assert_int_equal(cw_blob_write(f->folder, TEXT("x"), left, NULL), CW_STORE_OK);
    fixture_close(f);
    write_file(fixture_path(f, "blobs/lost"), "a file of somebody");
    fixture_open_sqlite(f);
    assert_true(is_there(f, "blobs", left));
    assert_non_null(strstr(told, "1 files that belong to no message could not be moved to "));
}

/* Deletes the only voice and ends the process before its file has gone. */
static void delete_and_die(struct fixture *f, const char *name)
{
    char from[128];
    uint8_t bytes[1000] = {0};
    fixture_open_sqlite(f);
    RUN(f, .op = CW_STORE_MESSAGE_DELETE, .user_id = 1, .seq = 1,
        .conversation = cw_conversation_of_pair(1, 1));
    snprintf(from, sizeof from, "%s/blobs/%s", f->folder, name);
    int fd = open(from, O_WRONLY | O_CREAT | O_EXCL, 0600);
    if (fd < 0 || write(fd, bytes, sizeof bytes) != sizeof bytes)
        _exit(1); /* it should have gone: we put it back, as if it had not */
    _exit(0);
}

static void what_was_deleted_does_not_come_to_lie_among_the_lost(void **state)
{
    struct fixture *f = *state;
    char name[CW_BLOB_NAME_MAX];
    int status;
    pid_t child;
    add_voice(f, add_user(f, "alice"), name);
    fixture_close(f);
    if ((child = fork()) == 0)
        delete_and_die(f, name);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    fixture_open_sqlite(f);
    assert_false(is_there(f, "blobs", name));
    assert_false(is_there(f, "blobs/lost", name));
    assert_string_equal(told, "");
}

static void a_body_that_was_not_stored_leaves_no_file(void **state)
{
    struct fixture *f = *state;
    char name[CW_BLOB_NAME_MAX];
    uint64_t alice = add_user(f, "alice");
    assert_int_equal(cw_blob_write(f->folder, TEXT("x"), name, NULL), CW_STORE_OK);
    EXPECT(f, CW_STORE_NOT_FOUND, .op = CW_STORE_MESSAGE_APPEND, .user_id = alice,
           .mailbox = cw_mailbox_of_user(alice), .blob = TEXT(name), .reply_to = 9);
    assert_false(is_there(f, "blobs", name));
}

/* --- a folder that cannot be used ------------------------------------------------------- */

static void what_is_wrong_with_the_folder_is_said(void **state)
{
    struct fixture *f = *state;
    char error[256], expected[512], folder[1024];
    static const struct {
        const char *below, *before, *after;
    } cases[] = {
        {"file", "Cannot use the data folder ", "/file: it is a file, not a folder."},
        {"file/deep", "Cannot use the data folder ",
         "/file/deep: a part of its path is a file: choose another folder."},
        {"no/deep", "Cannot use the data folder ",
         "/no/deep: the folder above it does not exist: make that first."},
        {"round", "Cannot use the data folder ",
         "/round: its symbolic links lead round in a circle."},
        {"a", "Cannot use ", "/a/chinwag.db: it is no plain file."},
        {"b", "Cannot use ", "/b/blobs: it is a file, not a folder."},
    };
    write_file(fixture_path(f, "file"), "");
    assert_int_equal(symlink("round", fixture_path(f, "round")), 0);
    mkdir(fixture_path(f, "a"), 0700);
    mkdir(fixture_path(f, "a/chinwag.db"), 0700);
    mkdir(fixture_path(f, "b"), 0700);
    write_file(fixture_path(f, "b/blobs"), "");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        snprintf(folder, sizeof folder, "%s/%s", f->folder, cases[i].below);
        assert_null(cw_store_open_sqlite(folder, &f->options, error));
        snprintf(expected, sizeof expected, "%s%s%s", cases[i].before, f->folder, cases[i].after);
        assert_string_equal(error, expected);
    }
}

static void a_path_that_is_too_long_is_said_to_be(void **state)
{
    struct fixture *f = *state;
    static char folder[5000];
    char error[256];
    for (int i = 0; i < 2; i++) { /* for a folder; and for SQLite only */
        int n = snprintf(folder, sizeof folder, "%s/", f->folder);
        memset(folder + n, 'x', 300);
        folder[n + 300] = '\0';
        if (i == 1) {
            memset(folder + n, 'x', 480);
            folder[n + 240] = folder[n + 480] = '\0';
            assert_int_equal(mkdir(folder, 0700), 0);
            folder[n + 240] = '/';
        }
        assert_null(cw_store_open_sqlite(folder, &f->options, error));
        assert_non_null(strstr(error, "its path is too long: choose a shorter one."));
    }
}

/* --- a folder that goes away ------------------------------------------------------------- */

static void assert_gone(struct fixture *f, const char *name)
{
    char expected[512];
    snprintf(expected, sizeof expected,
             "%s%s was removed, moved or replaced while the server used it: put it back, then "
             "start again",
             f->folder, name);
    EXPECT(f, CW_STORE_FAILED, .op = CW_STORE_USER_CREATE, .name = TEXT("b"), .key = TEXT("b"),
           .secret = TEXT("$"));
    EXPECT(f, CW_STORE_FAILED, .op = CW_STORE_USER_FIND, .key = TEXT("alice"));
    assert_string_equal(cw_store_failure(f->store), expected);
}

static void a_folder_that_is_still_there_is_no_trouble(void **state)
{
    struct fixture *f = *state;
    add_user(f, "alice");
    assert_null(cw_store_failure(f->store));
    chmod(f->folder, 0500);
    add_user(f, "bob");
    assert_null(cw_store_failure(f->store));
    chmod(f->folder, 0700);
}

/* Each of what is watched: moved away, then with another in its place. */
static void check_going(struct fixture *f, const char *name, bool folder, bool replaced)
{
    char path[128], away[160];
    add_message(f, 1, cw_mailbox_of_user(1), "still there");
    snprintf(path, sizeof path, "%s%s", f->folder, name);
    snprintf(away, sizeof away, "%s.away", path);
    assert_int_equal(rename(path, away), 0);
    if (replaced && folder)
        assert_int_equal(mkdir(path, 0700), 0);
    else if (replaced)
        write_file(path, "");
    assert_gone(f, name);
    fixture_close(f);
    remove(path);
    assert_int_equal(rename(away, path), 0);
    fixture_open_sqlite(f);
    assert_null(cw_store_failure(f->store));
}

static void what_goes_away_is_noticed_before_anything_is_acknowledged(void **state)
{
    struct fixture *f = *state;
    add_user(f, "alice");
    for (int replaced = 0; replaced < 2; replaced++) {
        check_going(f, "", true, replaced);
        check_going(f, "/blobs", true, replaced);
        check_going(f, "/chinwag.db", false, replaced);
    }
}

static void a_log_that_is_removed_is_noticed(void **state)
{
    struct fixture *f = *state;
    add_user(f, "alice");
    unlink(fixture_path(f, "chinwag.db-wal"));
    assert_gone(f, "/chinwag.db-wal");
}

/* A folder that has the number of the one before would look like it. */
static void a_folder_that_is_made_anew_at_once_is_another(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(rmdir(fixture_path(f, "blobs")), 0);
    assert_int_equal(mkdir(fixture_path(f, "blobs"), 0700), 0);
    assert_gone(f, "/blobs");
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(a_missing_database_beside_recordings_is_refused),
        T(a_missing_database_beside_its_log_is_refused),
        T(an_older_database_loses_no_recording),
        T(another_database_loses_no_recording),
        T(what_a_crash_left_is_put_aside),
        T(the_start_asks_for_files_in_the_order_of_the_index),
        T(foreign_files_are_left_alone),
        T(lost_that_is_no_folder_stops_nothing),
        T(what_was_deleted_does_not_come_to_lie_among_the_lost),
        T(a_body_that_was_not_stored_leaves_no_file),
        T(what_is_wrong_with_the_folder_is_said),
        T(a_path_that_is_too_long_is_said_to_be),
        T(a_folder_that_is_still_there_is_no_trouble),
        T(what_goes_away_is_noticed_before_anything_is_acknowledged),
        T(a_log_that_is_removed_is_noticed),
        T(a_folder_that_is_made_anew_at_once_is_another),
    };
    return cmocka_run_group_tests_name("data folder", tests, NULL, NULL);
}
