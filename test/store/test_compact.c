/* test_compact.c - what chinwagd --compact leaves: the same content in a smaller file, or the old
 * file. */
#include "on_disk.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/sqlite/places.h"
#include "store/survey.h"

#define HALF_WRITTEN CW_SQLITE_FILE ".compacted"

static void raw(struct fixture *f, const char *sql)
{
    fixture_close(f);
    raw_exec(f, sql);
}

/* Two messages, and four megabytes of pages that nothing uses. */
static int set_up(void **state)
{
    struct fixture *f = cw_alloc(sizeof *f);
    fixture_init(f);
    fixture_open_sqlite(f);
    add_user(f, "alice");
    add_user(f, "bob");
    add_message(f, 1, cw_mailbox_of_user(2), "one");
    add_message(f, 1, cw_mailbox_of_user(2), "two");
    run_idle(f);
    raw(f, "CREATE TABLE ballast AS SELECT randomblob(4000000) AS bytes; DROP TABLE ballast");
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    fixture_finish(*state);
    free(*state);
    return 0;
}

static struct cw_store_survey survey(const struct fixture *f)
{
    char error[256] = "";
    struct cw_store_survey survey = {0};
    assert_true(cw_store_survey_sqlite(f->folder, f->folder, &survey, error));
    return survey;
}

static uint64_t size_of_database(const struct fixture *f)
{
    struct stat about;
    assert_int_equal(stat(fixture_path(f, CW_SQLITE_FILE), &about), 0);
    return (uint64_t)about.st_size;
}

static void assert_refused(const struct fixture *f, const char *words)
{
    char error[256] = "";
    struct cw_store_compacted compacted;
    assert_false(cw_store_compact_sqlite(f->folder, &compacted, error));
    assert_non_null(strstr(error, words));
    assert_int_not_equal(access(fixture_path(f, HALF_WRITTEN), F_OK), 0);
}

static void the_content_is_the_same_and_the_file_smaller(void **state)
{
    struct fixture *f = *state;
    char error[256] = "";
    struct cw_store_compacted compacted;
    struct cw_store_checking checking = {.tell = NULL}; /* it has no line to tell */
    struct cw_store_survey before = survey(f);
    assert_int_equal(before.messages, 2);
    assert_true(cw_store_compact_sqlite(f->folder, &compacted, error));
    assert_true(compacted.before > 4000000);
    assert_true(compacted.after < 1000000);
    assert_int_equal(size_of_database(f), compacted.after);
    struct cw_store_survey after = survey(f);
    assert_int_equal(after.messages, before.messages);
    assert_int_equal(after.sum, before.sum);
    assert_int_equal(after.schema, before.schema);
    assert_true(cw_store_check_sqlite(f->folder, &checking, error));
    assert_int_equal(checking.damages, 0);
    fixture_open_sqlite(f);
    assert_int_equal(add_message(f, 1, cw_mailbox_of_user(2), "three"), 3);
}

static void what_an_interrupted_one_left_is_removed(void **state)
{
    struct fixture *f = *state;
    char error[256] = "";
    struct cw_store_compacted compacted;
    int fd = open(fixture_path(f, HALF_WRITTEN), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    assert_int_equal(write(fd, "half", 4), 4);
    close(fd);
    assert_true(cw_store_compact_sqlite(f->folder, &compacted, error));
    assert_int_not_equal(access(fixture_path(f, HALF_WRITTEN), F_OK), 0);
    assert_int_equal(survey(f).messages, 2);
}

static void a_folder_in_use_is_refused(void **state)
{
    struct fixture *f = *state;
    uint64_t size = size_of_database(f);
    fixture_open_sqlite(f);
    assert_refused(f, "Another server uses the data folder ");
    fixture_close(f);
    assert_int_equal(size_of_database(f), size);
}

static void a_damaged_database_stays(void **state)
{
    struct fixture *f = *state;
    uint64_t size = size_of_database(f);
    raw(f, "PRAGMA writable_schema=ON;"
           "UPDATE sqlite_schema SET rootpage = 999999 WHERE name = 'reactions'");
    assert_refused(f, "chinwag.db is damaged or no database: restore a backup");
    assert_int_equal(size_of_database(f), size);
}

static void no_folder_is_made(void **state)
{
    (void)state;
    char error[256] = "";
    struct cw_store_compacted compacted;
    assert_false(cw_store_compact_sqlite("/nowhere", &compacted, error));
    assert_string_equal(error, "Cannot read /nowhere/chinwag.db: no data folder, or not yours.");
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(the_content_is_the_same_and_the_file_smaller),
        T(what_an_interrupted_one_left_is_removed),
        T(a_folder_in_use_is_refused),
        T(a_damaged_database_stays),
        T(no_folder_is_made),
    };
    return cmocka_run_group_tests_name("compact", tests, NULL, NULL);
}
