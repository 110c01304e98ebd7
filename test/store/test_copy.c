/* test_copy.c - a copy of the database while it is written to: what is in it, how large its steps
 * are, that files stay until it is over, and what a restore makes of it. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "on_disk.h"
#include "store/survey.h"

/* Some hundred pages. */
static uint64_t fill(struct fixture *f)
{
    char body[3000];
    uint64_t alice = add_user(f, "alice"), bob = add_user(f, "bob");
    memset(body, 'x', sizeof body - 1);
    body[sizeof body - 1] = 0;
    for (int i = 0; i < 400; i++)
        add_message(f, alice, cw_mailbox_of_user(bob), body);
    run_idle(f);
    return alice;
}

static const char *make_copy_folder(struct fixture *f)
{
    const char *folder = fixture_path(f, "copy");
    assert_int_equal(mkdir(folder, 0700), 0);
    return folder;
}

static struct cw_store_survey survey_of(const char *folder)
{
    char error[256] = "";
    struct cw_store_survey survey = {0};
    cw_store_survey_sqlite(folder, folder, &survey, error);
    assert_string_equal(error, "");
    return survey;
}

/* Steps copy CW_COPY_PAGES each; what is committed between them is in the copy, also in pages that
 * were copied already. */
static void a_copy_is_of_its_last_step(void **state)
{
    struct fixture *f = *state;
    char error[256];
    uint64_t alice = fill(f);
    char *folder = strdup(make_copy_folder(f));
    assert_true(cw_store_copy_begin(f->store, fixture_path(f, "copy/chinwag.db"), error));
    int steps = 0;
    enum cw_store_copying going;
    struct stat about;
    while ((going = cw_store_copy_step(f->store, error)) == CW_COPY_MORE) {
        steps++;
        assert_int_equal(stat(fixture_path(f, "copy/chinwag.db"), &about), 0);
        assert_true(about.st_size <= (off_t)steps * CW_COPY_PAGES * 4096);
        add_message(f, alice, cw_mailbox_of_user(alice), "between two steps");
    }
    assert_int_equal(going, CW_COPY_DONE);
    assert_true(steps >= 5);
    add_message(f, alice, cw_mailbox_of_user(alice), "after the last one");
    cw_store_copy_end(f->store);
    struct cw_store_survey copy = survey_of(folder);
    assert_int_equal(copy.messages, 400 + steps);
    assert_int_equal(copy.users, 2);
    assert_int_equal(copy.conversations, 2);
    fixture_close(f);
    struct cw_store_survey live = survey_of(f->folder);
    assert_int_equal(live.messages, copy.messages + 1);
    assert_true(live.sum != copy.sum);
    assert_string_equal(live.db, copy.db);
    free(folder);
}

/* The page behind a change was copied before: the sum tells them apart. */
static void changes_of_what_was_copied_are_in_it(void **state)
{
    struct fixture *f = *state;
    char error[256];
    fill(f);
    char *folder = strdup(make_copy_folder(f));
    assert_true(cw_store_copy_begin(f->store, fixture_path(f, "copy/chinwag.db"), error));
    for (int i = 0; i < 4; i++)
        assert_int_equal(cw_store_copy_step(f->store, error), CW_COPY_MORE);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_MESSAGE_DELETE, .user_id = 1,
           .conversation = cw_conversation_of_pair(1, 2), .seq = 1);
    run_idle(f);
    while (cw_store_copy_step(f->store, error) == CW_COPY_MORE)
        continue;
    cw_store_copy_end(f->store);
    fixture_close(f);
    struct cw_store_survey copy = survey_of(folder), live = survey_of(f->folder);
    assert_true(copy.sum == live.sum);
    assert_int_equal(copy.messages, live.messages);
    free(folder);
}

static void files_stay_until_the_end(void **state)
{
    struct fixture *f = *state;
    char error[256], name[CW_BLOB_NAME_MAX], in[64];
    uint64_t alice = fill(f), sum = 0;
    static uint8_t body[100000];
    assert_int_equal(cw_blob_write(f->folder, cw_slice_of(body, sizeof body), name, &sum),
                     CW_STORE_OK);
    struct cw_store_result r =
        RUN(f, .op = CW_STORE_MESSAGE_APPEND, .user_id = alice,
            .mailbox = cw_mailbox_of_user(alice), .body = cw_slice_of(body, sizeof body),
            .blob = TEXT(name), .body_sum = sum, .voice = true, .channels = 1, .sample_rate = 8000);
    assert_int_equal(r.status, CW_STORE_OK);
    snprintf(in, sizeof in, "blobs/%s", name);
    make_copy_folder(f);
    assert_true(cw_store_copy_begin(f->store, fixture_path(f, "copy/chinwag.db"), error));
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_MESSAGE_DELETE, .user_id = alice,
           .conversation = cw_conversation_of_pair(alice, alice), .seq = 1);
    run_idle(f);
    while (cw_store_copy_step(f->store, error) == CW_COPY_MORE)
        run_idle(f);
    assert_int_equal(access(fixture_path(f, in), F_OK), 0);
    cw_store_copy_end(f->store);
    run_idle(f);
    assert_int_equal(access(fixture_path(f, in), F_OK), -1);
    run_idle(f); /* its name goes once it is certain that it has gone */
    fixture_close(f);
    assert_int_equal(raw_int(f, "SELECT count(*) FROM removals"), 0);
}

/* A copy that cannot be written is given up, and the store goes on. */
static void a_bad_place_harms_nothing(void **state)
{
    struct fixture *f = *state;
    char error[256] = "";
    uint64_t alice = fill(f);
    assert_false(cw_store_copy_begin(f->store, fixture_path(f, "none/chinwag.db"), error));
    assert_non_null(strstr(error, "Cannot copy the database to"));
    cw_store_copy_end(f->store);
    add_message(f, alice, cw_mailbox_of_user(alice), "on");
    make_copy_folder(f);
    assert_true(cw_store_copy_begin(f->store, fixture_path(f, "copy/chinwag.db"), error));
    assert_int_equal(cw_store_copy_step(f->store, error), CW_COPY_MORE);
    fixture_close(f); /* in the middle of it */
    assert_int_equal(survey_of(f->folder).messages, 401);
}

static void a_restore_ends_sessions_and_begins_another_database(void **state)
{
    struct fixture *f = *state;
    struct cw_store_restored ended;
    uint64_t alice = fill(f);
    char before[CW_DB_MAX];
    for (int keep = 1; keep >= 0; keep--) {
        add_session(f, alice, keep ? "token one" : "token two", 1);
        snprintf(before, sizeof before, "%s", cw_store_identity(f->store)->db);
        uint64_t newest = cw_store_newest(f->store);
        assert_true(cw_store_restored(f->store, keep == 1, &ended));
        assert_int_equal(ended.sessions, keep ? 0 : 2);
        assert_string_not_equal(cw_store_identity(f->store)->db, before);
        assert_int_equal(cw_store_newest(f->store), newest + CW_ID_LEAP);
    }
    fixture_close(f);
    assert_int_equal(raw_int(f, "SELECT count(*) FROM sessions"), 0);
}

#define T(name) cmocka_unit_test_setup_teardown(name, on_disk_set_up, on_disk_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(a_copy_is_of_its_last_step),
        T(changes_of_what_was_copied_are_in_it),
        T(files_stay_until_the_end),
        T(a_bad_place_harms_nothing),
        T(a_restore_ends_sessions_and_begins_another_database),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
