/* test_watch.c - when the paths of the data folder are looked at: only after the kernel has
 * reported a change, or each time where it cannot report. What a look finds: test_folder.c. */
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/blob.h"

/* The data are two folders below the fixture's own. */
struct nested {
    struct fixture above, data;
};

static void open_at(struct nested *n, const char *path)
{
    snprintf(n->data.folder, sizeof n->data.folder, "%s", path);
    fixture_open_sqlite(&n->data);
    add_user(&n->data, "alice");
}

static int set_up(void **state)
{
    struct nested *n = cw_alloc_zero(sizeof *n);
    fixture_init(&n->above);
    n->data.options = n->above.options;
    assert_int_equal(mkdir(fixture_path(&n->above, "up"), 0700), 0);
    open_at(n, fixture_path(&n->above, "up/data"));
    *state = n;
    return 0;
}

static int tear_down(void **state)
{
    struct nested *n = *state;
    fixture_close(&n->data);
    cw_arena_finish(&n->data.arena);
    fixture_finish(&n->above);
    free(n);
    return 0;
}

static const char *at(const struct nested *n, const char *name)
{
    return fixture_path(&n->above, name);
}

static void touch(const char *path)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fclose(file), 0);
}

static void what_the_store_does_itself_is_no_disturbance(void **state)
{
    struct nested *n = *state;
    char name[CW_BLOB_NAME_MAX];
    add_message(&n->data, 1, cw_mailbox_of_user(1), "hello");
    assert_int_equal(cw_blob_write(n->data.folder, TEXT("x"), name, NULL), CW_STORE_OK);
    assert_true(cw_blob_remove(n->data.folder, name));
    assert_false(cw_store_disturbed(n->data.store));
}

static void a_look_ends_the_disturbance(void **state)
{
    struct nested *n = *state;
    touch(at(n, "up/data/new"));
    assert_true(cw_store_disturbed(n->data.store));
    assert_true(cw_store_disturbed(n->data.store));
    assert_null(cw_store_failure(n->data.store));
    assert_false(cw_store_disturbed(n->data.store));
    unlink(at(n, "up/data/new"));
    add_message(&n->data, 1, cw_mailbox_of_user(1), "a commit looks, too");
    assert_false(cw_store_disturbed(n->data.store));
}

/* Each is undone at the end, so that the next begins like this one. */
static void check_move(struct nested *n, const char *name)
{
    char path[128], away[160];
    snprintf(path, sizeof path, "%s", at(n, name));
    snprintf(away, sizeof away, "%s.away", path);
    assert_false(cw_store_disturbed(n->data.store));
    assert_int_equal(rename(path, away), 0);
    assert_true(cw_store_disturbed(n->data.store));
    EXPECT(&n->data, CW_STORE_FAILED, .op = CW_STORE_USER_CREATE, .name = TEXT("b"),
           .key = TEXT("b"), .secret = TEXT("$"));
    fixture_close(&n->data);
    assert_int_equal(rename(away, path), 0);
    fixture_open_sqlite(&n->data);
}

static void each_move_is_reported(void **state)
{
    struct nested *n = *state;
    check_move(n, "up");
    check_move(n, "up/data");
    check_move(n, "up/data/blobs");
    check_move(n, "up/data/chinwag.db");
}

static void a_moved_folder_above_is_noticed_behind_a_relative_path(void **state)
{
    struct nested *n = *state;
    char *here = getcwd(NULL, 0);
    fixture_close(&n->data);
    assert_int_equal(chdir(at(n, "up")), 0);
    snprintf(n->data.folder, sizeof n->data.folder, "data");
    fixture_open_sqlite(&n->data);
    assert_int_equal(chdir(here), 0);
    free(here);
    assert_false(cw_store_disturbed(n->data.store));
    assert_int_equal(rename(at(n, "up"), at(n, "down")), 0);
    assert_true(cw_store_disturbed(n->data.store));
    assert_non_null(cw_store_failure(n->data.store));
}

/* Nothing reports that a link in the path leads elsewhere now. */
static void behind_a_link_each_question_is_a_look(void **state)
{
    struct nested *n = *state;
    fixture_close(&n->data);
    assert_int_equal(symlink("up", at(n, "link")), 0);
    snprintf(n->data.folder, sizeof n->data.folder, "%s", at(n, "link/data"));
    fixture_open_sqlite(&n->data);
    assert_true(cw_store_disturbed(n->data.store));
    assert_null(cw_store_failure(n->data.store));
    assert_true(cw_store_disturbed(n->data.store));
    assert_int_equal(mkdir(at(n, "other"), 0700), 0);
    assert_int_equal(symlink("other", at(n, "new")), 0);
    assert_int_equal(rename(at(n, "new"), at(n, "link")), 0);
    EXPECT(&n->data, CW_STORE_FAILED, .op = CW_STORE_USER_CREATE, .name = TEXT("b"),
           .key = TEXT("b"), .secret = TEXT("$"));
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(what_the_store_does_itself_is_no_disturbance),
        T(a_look_ends_the_disturbance),
        T(each_move_is_reported),
        T(a_moved_folder_above_is_noticed_behind_a_relative_path),
        T(behind_a_link_each_question_is_a_look),
    };
    return cmocka_run_group_tests_name("watch", tests, NULL, NULL);
}
