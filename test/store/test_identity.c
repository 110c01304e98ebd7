/* test_identity.c - the eras of an SQLite database: one begins with each start, and a copy
 * that is started has others than the original. */
#include "support.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

#include "faulty_vfs.h"
#include "store/sqlite/places.h"

static struct cw_store_identity identity;

static void start(struct fixture *f)
{
    fixture_open_sqlite(f);
    identity = *cw_store_identity(f->store);
}

static void say(struct fixture *f, int count)
{
    uint64_t self = cw_mailbox_of_user(1);
    for (int i = 0; i < count; i++)
        add_message(f, 1, self, "x");
}

static void change(struct fixture *f, const char *sql)
{
    sqlite3 *db;
    assert_int_equal(
        sqlite3_open_v2(fixture_path(f, CW_SQLITE_FILE), &db, SQLITE_OPEN_READWRITE, "unix"),
        SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void each_start_begins_an_era(void **state)
{
    struct fixture *f = *state;
    start(f);
    struct cw_store_identity first = identity;
    assert_int_equal(add_user(f, "alice"), 1);
    say(f, 3);
    fixture_close(f);
    start(f);
    assert_string_equal(identity.db, first.db);
    assert_int_equal(identity.era_count, 2);
    assert_memory_equal(identity.eras, first.eras, sizeof first.eras[0]);
    assert_int_equal(identity.eras[1].first_id, 4);
    assert_true(identity.eras[1].era != identity.eras[0].era);
    fixture_close(f);
    start(f); /* nothing was said in between */
    assert_int_equal(identity.era_count, 3);
    assert_int_equal(identity.eras[2].first_id, 4);
    assert_true(identity.eras[2].era != identity.eras[1].era);
}

/* Two new folders have nothing in common. */
static void no_two_databases_are_the_same(void **state)
{
    struct fixture *f = *state;
    start(f);
    struct cw_store_identity first = identity;
    fixture_finish(f);
    fixture_init(f);
    start(f);
    assert_string_not_equal(identity.db, first.db);
    assert_true(identity.eras[0].era != first.eras[0].era);
}

static void copy(const char *from, const char *to)
{
    char command[600];
    snprintf(command, sizeof command, "cp -a '%s' '%s'", from, to);
    assert_int_equal(system(command), 0);
}

/* The same backup, restored twice: what was given after it was made is of an era that the
 * other ones do not know. */
static void a_restored_backup_does_not_know_what_came_after(void **state)
{
    struct fixture *f = *state;
    struct cw_store_identity lives[3];
    char backup[300];
    snprintf(backup, sizeof backup, "%s", fixture_path(f, "backup"));
    start(f);
    add_user(f, "alice");
    say(f, 3);
    fixture_close(f);
    copy(fixture_path(f, CW_SQLITE_FILE), backup);
    for (int i = 0; i < 3; i++) {
        copy(backup, fixture_path(f, CW_SQLITE_FILE));
        start(f);
        lives[i] = identity;
        assert_string_equal(identity.db, lives[0].db);
        assert_int_equal(identity.era_count, 2);
        assert_int_equal(identity.eras[0].era, lives[0].eras[0].era);
        assert_int_equal(identity.eras[1].first_id, 4);
        for (int j = 0; j < i; j++)
            assert_true(identity.eras[1].era != lives[j].eras[1].era);
        say(f, 3);
        fixture_close(f);
    }
}

static void only_the_newest_eras_are_kept(void **state)
{
    struct fixture *f = *state;
    start(f);
    fixture_close(f);
    change(f, "WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 2000)"
              " INSERT INTO eras(first_id, era) SELECT 1, n FROM n");
    start(f);
    assert_int_equal(identity.era_count, CW_ERAS_MAX);
    assert_int_equal(identity.eras[0].era, 2000 - CW_ERAS_MAX + 2);
    assert_int_equal(identity.eras[CW_ERAS_MAX - 2].era, 2000);
    fixture_close(f);
    start(f);
    assert_int_equal(identity.era_count, CW_ERAS_MAX);
    assert_int_equal(identity.eras[CW_ERAS_MAX - 3].era, 2000);
}

/* The server starts all the same; what it stores then is of the last era. */
static void on_a_full_disk_the_last_era_goes_on(void **state)
{
    struct fixture *f = *state;
    start(f);
    add_user(f, "alice");
    fixture_close(f);
    struct cw_store_identity before = identity;
    faulty_vfs_full_after(0);
    start(f);
    assert_string_equal(identity.db, before.db);
    assert_int_equal(identity.era_count, 1);
    assert_int_equal(identity.eras[0].era, before.eras[0].era);
    faulty_vfs_heal();
    say(f, 1);
    fixture_close(f);
    start(f);
    assert_int_equal(identity.era_count, 2);
    assert_int_equal(identity.eras[1].first_id, 2);
}

/* An id that was raised often is still exact as a double, and takes 9 bytes as ever. */
static void ids_stay_exact(void **state)
{
    struct fixture *f = *state;
    start(f);
    add_user(f, "alice");
    fixture_close(f);
    change(f, "UPDATE progress SET newest = 9007199254740990 - 4294967296");
    start(f);
    assert_true(cw_store_renew_identity(f->store));
    assert_true(cw_store_newest(f->store) == UINT64_C(9007199254740990));
    say(f, 1);
    struct cw_store_result r = read_inbox(f, 1, 5);
    assert_int_equal(r.message_count, 1);
    assert_true(r.messages[0].message_id == (uint64_t)(double)r.messages[0].message_id);
}

static int set_up(void **state)
{
    struct fixture *f = cw_alloc(sizeof *f);
    fixture_init(f);
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

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(each_start_begins_an_era),
        T(no_two_databases_are_the_same),
        T(a_restored_backup_does_not_know_what_came_after),
        T(only_the_newest_eras_are_kept),
        T(on_a_full_disk_the_last_era_goes_on),
        T(ids_stay_exact),
    };
    faulty_vfs_install();
    return cmocka_run_group_tests_name("identity", tests, NULL, NULL);
}
