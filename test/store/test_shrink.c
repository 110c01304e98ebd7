/* test_shrink.c - unused pages that an open store gives back to the disk: how many at a time, when,
 * and that everything is still there, also after a kill, on a full disk and beside a copy. */
#include "on_disk.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "faulty_vfs.h"
#include "store/sqlite/places.h"
#include "store/sqlite/state.h"
#include "store/survey.h"

#define MESSAGES 600
#define PAGE     4096

/* Messages of half a page, and behind nothing that uses it more than as much again: the last pages
 * of the file are those of messages, and have to move. */
static void fill(struct fixture *f)
{
    static char body[2000];
    static struct cw_store_request requests[MESSAGES];
    static struct cw_store_result results[MESSAGES];
    uint64_t alice = add_user(f, "alice"), bob = add_user(f, "bob");
    fixture_close(f);
    raw_exec(f, "CREATE TABLE ballast AS SELECT randomblob(4000000) AS bytes");
    fixture_open_sqlite(f);
    memset(body, 'x', sizeof body - 1);
    for (int i = 0; i < MESSAGES; i++)
        requests[i] = (struct cw_store_request){.op = CW_STORE_MESSAGE_APPEND,
                                                .time_ms = 1,
                                                .user_id = alice,
                                                .mailbox = cw_mailbox_of_user(bob),
                                                .body = TEXT(body)};
    run_many(f, requests, MESSAGES, results);
    assert_int_equal(results[MESSAGES - 1].status, CW_STORE_OK);
    run_idle(f);
    fixture_close(f);
    raw_exec(f, "DROP TABLE ballast");
}

static int set_up(void **state)
{
    assert_int_equal(on_disk_set_up(state), 0);
    fill(*state);
    return 0;
}

static cw_database *database_of(const struct fixture *f)
{
    return ((struct cw_sqlite *)f->store)->db;
}

static int number(const struct fixture *f, const char *sql)
{
    sqlite3_stmt *st;
    assert_int_equal(sqlite3_prepare_v2(database_of(f), sql, -1, &st, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(st), SQLITE_ROW);
    int value = sqlite3_column_int(st, 0);
    sqlite3_finalize(st);
    return value;
}

static int unused_pages(const struct fixture *f)
{
    return number(f, "PRAGMA freelist_count");
}

static int pages(const struct fixture *f)
{
    return number(f, "PRAGMA page_count");
}

static uint64_t size_of(const struct fixture *f)
{
    struct stat about;
    assert_int_equal(stat(fixture_path(f, CW_SQLITE_FILE), &about), 0);
    return (uint64_t)about.st_size;
}

static struct cw_store_survey survey_in(const char *folder)
{
    char error[256] = "";
    struct cw_store_survey survey = {0};
    cw_store_survey_sqlite(folder, folder, &survey, error);
    assert_string_equal(error, "");
    return survey;
}

static void assert_same(const struct cw_store_survey *a, const struct cw_store_survey *b)
{
    assert_int_equal(a->messages, b->messages);
    assert_int_equal(a->users, b->users);
    assert_true(a->sum == b->sum);
}

/* One idle moment; is there more to do? */
static bool idle(struct fixture *f)
{
    bool again;
    assert_true(cw_store_idle(f->store, &again));
    return again;
}

/* All that is to be given back. */
static void give_all_back(struct fixture *f)
{
    while (cw_store_tick(f->store))
        run_idle(f);
}

/* --- slices ----------------------------------------------------------------------------- */

/* The slices of one second; returns how many there were. */
static unsigned take_slices(struct fixture *f)
{
    unsigned slices = 0;
    bool again = true;
    while (again) {
        int before = pages(f), unused = unused_pages(f);
        again = idle(f);
        int given = unused - unused_pages(f);
        assert_in_range(given, 1, CW_SHRINK_PAGES);
        assert_in_range(before - pages(f), given, given + 1); /* with one that tells of others */
        slices++;
    }
    return slices;
}

static void a_slice_has_few_pages_and_a_second_few_slices(void **state)
{
    struct fixture *f = *state;
    struct cw_store_survey before = survey_in(f->folder);
    fixture_open_sqlite(f);
    uint64_t size = size_of(f);
    int unused = unused_pages(f), seconds = 0;
    assert_in_range(unused, 970, 1100);
    assert_int_equal(cw_store_free_bytes(f->store), unused * PAGE);
    assert_false(idle(f)); /* no second has passed */
    assert_int_equal(unused_pages(f), unused);
    while (cw_store_tick(f->store)) {
        assert_in_range(take_slices(f), 1, CW_SHRINK_SLICES);
        assert_false(idle(f));
        seconds++;
    }
    assert_int_equal(unused_pages(f), CW_SHRINK_KEEPS);
    assert_int_equal(seconds,
                     (unused - CW_SHRINK_KEEPS - 1) / (CW_SHRINK_SLICES * CW_SHRINK_PAGES) + 1);
    assert_int_equal(cw_store_free_bytes(f->store), CW_SHRINK_KEEPS * PAGE);
    assert_int_equal(size_of(f), pages(f) * PAGE); /* without the end of the server */
    assert_true(size - size_of(f) >= (uint64_t)(unused - CW_SHRINK_KEEPS) * PAGE);
    fixture_close(f);
    assert_sound(f);
    struct cw_store_survey after = survey_in(f->folder);
    assert_same(&before, &after);
    assert_int_equal(after.messages, MESSAGES);
}

/* An eighth of the file has to be unused. */
static void what_will_be_used_again_stays(void **state)
{
    struct fixture *f = *state;
    fixture_close(f);
    raw_exec(f, "CREATE TABLE ballast AS SELECT randomblob(3990000) AS bytes;"
                "CREATE TABLE more AS SELECT randomblob(9000000) AS bytes;"
                "CREATE TABLE other AS SELECT randomblob(1200000) AS bytes; DROP TABLE other");
    fixture_open_sqlite(f);
    int unused = unused_pages(f), all = pages(f);
    assert_true(unused > CW_SHRINK_KEEPS && unused * CW_SHRINK_BEGINS < all);
    assert_false(cw_store_tick(f->store));
    run_idle(f);
    assert_int_equal(unused_pages(f), unused);
    assert_false(cw_store_tick_due(f->store)); /* nobody wakes the thread for it */
}

static void a_commit_lets_it_look_again(void **state)
{
    struct fixture *f = *state;
    fixture_open_sqlite(f);
    give_all_back(f);
    assert_false(cw_store_tick_due(f->store));
    add_message(f, 1, cw_mailbox_of_user(2), "new");
    assert_true(cw_store_tick_due(f->store));
    assert_false(cw_store_tick(f->store));
    assert_false(cw_store_tick_due(f->store));
}

/* --- what is in its way ------------------------------------------------------------------- */

/* What another version has made is not touched, until it is written anew. */
static void an_older_file_is_made_anew_once(void **state)
{
    struct fixture *f = *state;
    char error[256] = "";
    struct cw_store_compacted compacted;
    raw_exec(f, "PRAGMA auto_vacuum=NONE; VACUUM;"
                "CREATE TABLE ballast AS SELECT randomblob(4000000) AS bytes; DROP TABLE ballast");
    assert_int_equal(raw_int(f, "PRAGMA auto_vacuum"), 0);
    fixture_open_sqlite(f);
    int unused = unused_pages(f);
    assert_false(cw_store_tick(f->store));
    run_idle(f);
    assert_int_equal(unused_pages(f), unused);
    fixture_close(f);
    assert_true(cw_store_compact_sqlite(f->folder, &compacted, error));
    assert_int_equal(raw_int(f, "PRAGMA auto_vacuum"), 2);
    assert_sound(f);
    assert_int_equal(survey_in(f->folder).messages, MESSAGES);
}

/* A copy that begins in the middle is of everything, and nothing moves while it is made. */
static void a_copy_comes_first(void **state)
{
    struct fixture *f = *state;
    char error[256] = "";
    struct cw_store_survey before = survey_in(f->folder);
    char *folder = strdup(fixture_path(f, "copy"));
    assert_int_equal(mkdir(folder, 0700), 0);
    fixture_open_sqlite(f);
    assert_true(cw_store_tick(f->store));
    assert_true(idle(f));
    int unused = unused_pages(f);
    assert_true(cw_store_copy_begin(f->store, fixture_path(f, "copy/" CW_SQLITE_FILE), error));
    while (cw_store_copy_step(f->store, error) == CW_COPY_MORE) {
        assert_false(cw_store_tick(f->store));
        run_idle(f);
    }
    assert_int_equal(unused_pages(f), unused);
    cw_store_copy_end(f->store);
    give_all_back(f);
    assert_int_equal(unused_pages(f), CW_SHRINK_KEEPS);
    struct cw_store_survey copy = survey_in(folder);
    assert_same(&before, &copy);
    free(folder);
}

/* Messages go on being stored, and it begins again when there is room for the log. */
static void a_full_disk_puts_it_off(void **state)
{
    struct fixture *f = *state;
    fixture_open_sqlite(f);
    assert_true(cw_store_tick(f->store));
    int unused = unused_pages(f);
    faulty_vfs_full_after(3);
    assert_false(idle(f));
    assert_int_equal(unused_pages(f), unused);
    faulty_vfs_heal();
    add_message(f, 1, cw_mailbox_of_user(2), "new");
    give_all_back(f);
    assert_int_equal(unused_pages(f), CW_SHRINK_KEEPS);
    fixture_close(f);
    assert_sound(f);
    assert_int_equal(survey_in(f->folder).messages, MESSAGES + 1);
}

static unsigned told;

static void tell(const char *sentence)
{
    told += strstr(sentence, "the list of them is damaged") != NULL;
}

/* Page 2 says who refers to the pages behind it. */
static void a_damaged_list_ends_it_and_nothing_else(void **state)
{
    struct fixture *f = *state;
    static const uint8_t noise[PAGE] = {0xff, 0xff, 0xff};
    FILE *file = fopen(fixture_path(f, CW_SQLITE_FILE), "r+b");
    assert_non_null(file);
    assert_int_equal(fseek(file, PAGE, SEEK_SET), 0);
    assert_int_equal(fwrite(noise, 1, PAGE, file), PAGE);
    assert_int_equal(fseek(file, 821 * PAGE, SEEK_SET), 0); /* the next such page */
    assert_int_equal(fwrite(noise, 1, PAGE, file), PAGE);
    fclose(file);
    f->options.log = tell;
    told = 0;
    fixture_open_sqlite(f);
    assert_true(cw_store_tick(f->store));
    run_idle(f);
    assert_int_equal(told, 1);
    assert_false(cw_store_tick(f->store));
    assert_int_equal(add_message(f, 1, cw_mailbox_of_user(2), "new"), MESSAGES + 1);
    assert_int_equal(read_inbox(f, 2, 0).messages[0].message_id, 1);
    run_idle(f);
    assert_int_equal(told, 1);
}

static void exchange_page(struct fixture *f, long page, uint8_t bytes[PAGE])
{
    uint8_t before[PAGE];
    FILE *file = fopen(fixture_path(f, CW_SQLITE_FILE), "r+b");
    assert_non_null(file);
    assert_int_equal(fseek(file, (page - 1) * PAGE, SEEK_SET), 0);
    assert_int_equal(fread(before, 1, PAGE, file), PAGE);
    assert_int_equal(fseek(file, (page - 1) * PAGE, SEEK_SET), 0);
    assert_int_equal(fwrite(bytes, 1, PAGE, file), PAGE);
    fclose(file);
    memcpy(bytes, before, PAGE);
}

/* A new table of a newer version takes the page behind the roots, whose content has to move. If it
 * cannot, the start says so, and the database stays as it was. */
static void a_migration_that_meets_damage_is_refused(void **state)
{
    enum { LAST_ROOT = 52 };
    struct fixture *f = *state;
    uint8_t page[PAGE], head[PAGE] = {0}, kept[PAGE];
    char error[256] = "";
    raw_exec(f, "DROP TABLE announcements; VACUUM;"); /* no page is free */
    int version = raw_int(f, "PRAGMA user_version");
    char sql[64];
    snprintf(sql, sizeof sql, "PRAGMA user_version = %d", version - 1);
    raw_exec(f, sql);
    exchange_page(f, 1, head);
    memcpy(kept, head, PAGE);
    exchange_page(f, 1, kept);
    long behind = (head[LAST_ROOT + 2] << 8 | head[LAST_ROOT + 3]) + 1;
    memset(page, 0xff, PAGE);
    exchange_page(f, behind, page);
    assert_null(cw_store_open_sqlite(f->folder, &f->options, error));
    assert_non_null(strstr(error, CW_SQLITE_FILE " is damaged or no database: restore a backup"));
    assert_int_equal(raw_int(f, "PRAGMA user_version"), version - 1);
    exchange_page(f, behind, page);
    assert_sound(f);
    fixture_open_sqlite(f);
    assert_int_equal(read_inbox(f, 2, 0).messages[0].message_id, 1);
    fixture_close(f);
    assert_sound(f);
    assert_int_equal(survey_in(f->folder).messages, MESSAGES);
}

/* --- kill -9 -------------------------------------------------------------------------------- */

/* Killed at the nth write, of the log or of the database, while pages move; false: all had moved
 * before. */
static bool is_killed_after(struct fixture *f, long n)
{
    int status;
    pid_t child = fork();
    if (child == 0) {
        fixture_open_sqlite(f);
        faulty_vfs_kill_after(n);
        give_all_back(f);
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) ? WTERMSIG(status) == SIGKILL : WEXITSTATUS(status) == 0);
    return WIFSIGNALED(status);
}

/* Each start goes on where the last one was killed. */
static void a_kill_loses_nothing(void **state)
{
    struct fixture *f = *state;
    struct cw_store_survey before = survey_in(f->folder);
    int kills = 0;
    for (long n = 1; is_killed_after(f, n); n += 7) {
        assert_sound(f);
        struct cw_store_survey after = survey_in(f->folder);
        assert_same(&before, &after);
        kills++;
    }
    assert_in_range(kills, 10, 1000);
    fixture_open_sqlite(f);
    assert_int_equal(unused_pages(f), CW_SHRINK_KEEPS);
}

/* The same of --compact: until the new file has its name, the old one counts. */
static bool compact_is_killed_after(struct fixture *f, long n)
{
    int status;
    pid_t child = fork();
    if (child == 0) {
        char error[256];
        struct cw_store_compacted compacted;
        faulty_vfs_kill_after(n);
        _exit(cw_store_compact_sqlite(f->folder, &compacted, error) ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) ? WTERMSIG(status) == SIGKILL : WEXITSTATUS(status) == 0);
    return WIFSIGNALED(status);
}

static void a_killed_compaction_loses_nothing(void **state)
{
    struct fixture *f = *state;
    struct cw_store_survey before = survey_in(f->folder);
    int kills = 0;
    for (long n = 0; compact_is_killed_after(f, n); n += 1 + n / 4) {
        assert_sound(f);
        struct cw_store_survey after = survey_in(f->folder);
        assert_same(&before, &after);
        kills++;
    }
    assert_in_range(kills, 10, 1000);
    struct cw_store_survey after = survey_in(f->folder);
    assert_same(&before, &after);
    assert_true(size_of(f) < 3000000);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, on_disk_tear_down)
    const struct CMUnitTest tests[] = {
        T(a_slice_has_few_pages_and_a_second_few_slices),
        T(what_will_be_used_again_stays),
        T(a_commit_lets_it_look_again),
        T(an_older_file_is_made_anew_once),
        T(a_copy_comes_first),
        T(a_full_disk_puts_it_off),
        T(a_damaged_list_ends_it_and_nothing_else),
        T(a_migration_that_meets_damage_is_refused),
        T(a_kill_loses_nothing),
        T(a_killed_compaction_loses_nothing),
    };
    faulty_vfs_install();
    return cmocka_run_group_tests_name("shrink", tests, NULL, NULL);
}
