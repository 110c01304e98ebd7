/* test_gone.c - what was deleted is nowhere in the data folder any more: the files are
 * searched for it, byte by byte. */
#define _XOPEN_SOURCE 700 /* nftw */
#include "gone.h"

#include <ftw.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "faulty_vfs.h"
#include "store/sqlite/clean.h"
#include "store/sqlite/places.h"
#include "store/sqlite/state.h"

static char *fixtures;

static void check_deleted(struct fixture *f, size_t n)
{
    uint64_t alice = add_user(f, "alice");
    char *text = long_text(n, "quokkabegins", "zyzzyvaends");
    say_much(f, alice, 300);
    add_message(f, alice, cw_mailbox_of_user(alice), text);
    say_much(f, alice, 300);
    let_rest(f);
    ASSERT_THERE(f, "quokkabegins");
    ASSERT_THERE(f, "zyzzyvaends");
    assert_int_equal(find_word(f, alice, "quokkabegins").message_count, 1);
    delete_at(f, alice, 301);
    ASSERT_THERE(f, "zyzzyvaends"); /* or this test looks in the wrong place */
    let_rest(f);
    ASSERT_GONE(f, "quokkabegins");
    ASSERT_GONE(f, "zyzzyvaends");
    text[n - 20] = '\0';
    ASSERT_GONE(f, text + n - 60);
    assert_int_equal(find_word(f, alice, "quokkabegins").message_count, 0);
    assert_int_equal(find_word(f, alice, "number").message_count, 10);
    free(text);
}

static void a_text_of_100_bytes_goes(void **state)
{
    check_deleted(*state, 100);
}

static void a_text_of_10000_bytes_goes(void **state)
{
    check_deleted(*state, 10000);
}

static void what_is_edited_goes(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice");
    char *text = long_text(9000, "quokkabegins", "zyzzyvaends");
    add_message(f, alice, cw_mailbox_of_user(alice), text);
    say_much(f, alice, 10);
    let_rest(f);
    ASSERT_THERE(f, "zyzzyvaends");
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_MESSAGE_EDIT, .user_id = alice, .seq = 1,
           .conversation = cw_conversation_of_pair(alice, alice), .body = TEXT("platypus"));
    let_rest(f);
    ASSERT_GONE(f, "quokkabegins");
    ASSERT_GONE(f, "zyzzyvaends");
    ASSERT_THERE(f, "platypus");
    assert_int_equal(find_word(f, alice, "platypus").message_count, 1);
    free(text);
}

static void what_is_too_old_goes(void **state)
{
    struct fixture *f = *state;
    fixture_close(f);
    f->options.retain.days = 10;
    fixture_open_sqlite(f);
    uint64_t alice = add_user(f, "alice");
    char *text = long_text(9000, "quokkabegins", "zyzzyvaends");
    say_at(f, 1, alice, cw_mailbox_of_user(alice), text);
    find_word(f, alice, "quokkabegins");
    let_rest(f);
    ASSERT_THERE(f, "zyzzyvaends");
    for (uint64_t day = 1; day < 30; day++) {
        RUN_AT(f, day * DAY, .op = CW_STORE_READ_MARK, .user_id = alice,
               .conversation = cw_conversation_of_pair(alice, alice), .seq = 1);
        let_rest(f);
    }
    ASSERT_GONE(f, "quokkabegins");
    ASSERT_GONE(f, "zyzzyvaends");
    free(text);
}

static void a_crash_does_not_forget_it(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice");
    char copy[80], command[512];
    add_message(f, alice, cw_mailbox_of_user(alice), "quokkabegins here");
    say_much(f, alice, 10);
    let_rest(f);
    delete_at(f, alice, 1);
    ASSERT_THERE(f, "quokkabegins");
    snprintf(copy, sizeof copy, "%s/copy", f->folder); /* what a kill -9 leaves now */
    snprintf(command, sizeof command, "mkdir %s && cp %s/chinwag.db* %s && mkdir %s/blobs", copy,
             f->folder, copy, copy);
    assert_int_equal(system(command), 0);
    fixture_close(f);
    snprintf(command, sizeof command, "rm -r %s/chinwag.db* %s/blobs && mv %s/* %s && rmdir %s",
             f->folder, f->folder, copy, f->folder, copy);
    assert_int_equal(system(command), 0);
    ASSERT_THERE(f, "quokkabegins");
    fixture_open_sqlite(f);
    let_rest(f);
    ASSERT_GONE(f, "quokkabegins");
    assert_int_equal(find_word(f, alice, "number").message_count, 10);
}

/* --- other than texts --------------------------------------------------------------------- */

static void old_topics_and_passwords_go(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice"), group = add_group(f, alice, "cooks");
    uint64_t session = add_session(f, alice, "token", 1);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_PASSWORD_SET, .user_id = alice, .session_id = session,
           .secret = TEXT("$quokkahash"));
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_GROUP_TOPIC, .user_id = alice, .group_id = group,
           .body = TEXT("quokkatopic"));
    let_rest(f);
    ASSERT_THERE(f, "quokkahash");
    ASSERT_THERE(f, "quokkatopic");
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_PASSWORD_SET, .user_id = alice, .session_id = session,
           .secret = TEXT("$new"));
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_GROUP_TOPIC, .user_id = alice, .group_id = group,
           .body = TEXT("x"));
    let_rest(f);
    ASSERT_GONE(f, "quokkahash");
    ASSERT_GONE(f, "quokkatopic");
}

/* A file that could not come back from blobs/lost is a copy of what was said, too. */
static void a_recording_goes_from_every_place(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice");
    char blob[CW_BLOB_NAME_MAX], command[512];
    char *text = long_text(70000, "quokkabegins", "zyzzyvaends");
    assert_int_equal(cw_blob_write(f->folder, cw_slice_str(text), blob, NULL), CW_STORE_OK);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_MESSAGE_APPEND, .user_id = alice,
           .mailbox = cw_mailbox_of_user(alice), .blob = cw_slice_str(blob), .voice = true,
           .channels = 1, .sample_rate = 44100);
    snprintf(command, sizeof command, "cd %s/blobs && mkdir lost && cp %s lost", f->folder, blob);
    assert_int_equal(system(command), 0);
    delete_at(f, alice, 1);
    let_rest(f);
    ASSERT_GONE(f, "zyzzyvaends");
    free(text);
}

/* --- when ------------------------------------------------------------------------------------ */

static void a_clean_folder_is_left_alone(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice");
    let_rest(f);
    add_message(f, alice, cw_mailbox_of_user(alice), "hello");
    faulty_vfs_heal();
    let_rest(f);
    assert_int_equal(faulty_vfs_writes(), 0);
    assert_int_equal(faulty_vfs_syncs(), 0);
    assert_false(cw_store_tick(f->store));
}

static void nothing_is_cleaned_before_the_tick(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice");
    add_message(f, alice, cw_mailbox_of_user(alice), "hello");
    let_rest(f);
    delete_at(f, alice, 1);
    faulty_vfs_heal();
    run_idle(f);
    assert_int_equal(faulty_vfs_syncs(), 0);
    assert_true(cw_store_tick(f->store));
}

/* The index is merged for one deletion, and then not at once again. */
static void a_large_index_is_not_merged_all_the_time(void **state)
{
    struct fixture *f = *state;
    struct cw_sqlite *s = (struct cw_sqlite *)f->store;
    uint64_t alice = add_user(f, "alice");
    let_rest(f);
    say_much(f, alice, 400);
    delete_at(f, alice, 1);
    let_rest(f);
    s->clean_steps = 95; /* of a large index */
    delete_at(f, alice, 2);
    for (int i = 0; i < 3; i++) {
        cw_store_tick(f->store);
        run_idle(f);
        assert_int_equal(s->unclean, CW_UNCLEAN_WORDS); /* the log was cut off at once */
    }
    cw_store_tick(f->store);
    run_idle(f);
    assert_int_equal(s->unclean, 0);
}

static void a_full_disk_puts_it_off(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice");
    add_message(f, alice, cw_mailbox_of_user(alice), "quokkabegins here");
    find_word(f, alice, "quokkabegins");
    let_rest(f);
    delete_at(f, alice, 1);
    faulty_vfs_full_after(0);
    let_rest(f);
    faulty_vfs_heal();
    let_rest(f);
    ASSERT_GONE(f, "quokkabegins");
}

/* --- version 0.1.0 --------------------------------------------------------------------------- */

/* It left pages that held texts, and words in the index. */
static void what_0_1_0_left_goes(void **state)
{
    struct fixture *f = *state;
    char command[512];
    fixture_close(f);
    snprintf(command, sizeof command, "rm -r %s/* && cp -r %s/0.1.0/. %s && chmod -R u+w %s",
             f->folder, fixtures, f->folder, f->folder);
    assert_int_equal(system(command), 0);
    sqlite3 *db;
    /* A text over a page, deleted as 0.1.0 did it. */
    char *text = long_text(9000, "quokkabegins", "zyzzyvaends"), *sql = cw_alloc(9600);
    snprintf(
        sql, 9600,
        "PRAGMA secure_delete=FAST; UPDATE messages SET body = CAST('%s' AS BLOB) WHERE id = 1;"
        "UPDATE messages SET body = CAST('short' AS BLOB) WHERE id = 1",
        text);
    assert_int_equal(
        sqlite3_open_v2(fixture_path(f, CW_SQLITE_FILE), &db, SQLITE_OPEN_READWRITE, "unix"),
        SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
    free(sql);
    free(text);
    ASSERT_THERE(f, "zyzzyvaends");
    fixture_open_sqlite(f);
    let_rest(f);
    ASSERT_GONE(f, "zyzzyvaends");
    assert_int_equal(((struct cw_sqlite *)f->store)->unclean, 0);
}

/* Or the index of words is merged all the time, beside the first messages. */
static void nothing_is_to_be_cleaned_in_a_new_folder(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(((struct cw_sqlite *)f->store)->unclean, 0);
    add_message(f, add_user(f, "alice"), cw_mailbox_of_user(1), "hello");
    assert_false(cw_store_tick(f->store));
}

int main(int argc, char **argv)
{
#define T(name) cmocka_unit_test_setup_teardown(name, gone_set_up, gone_tear_down)
    const struct CMUnitTest tests[] = {
        T(a_text_of_100_bytes_goes),
        T(a_text_of_10000_bytes_goes),
        T(what_is_edited_goes),
        T(what_is_too_old_goes),
        T(a_crash_does_not_forget_it),
        T(old_topics_and_passwords_go),
        T(a_recording_goes_from_every_place),
        T(a_clean_folder_is_left_alone),
        T(nothing_is_to_be_cleaned_in_a_new_folder),
        T(nothing_is_cleaned_before_the_tick),
        T(a_large_index_is_not_merged_all_the_time),
        T(a_full_disk_puts_it_off),
        T(what_0_1_0_left_goes),
    };
    fixtures = argc > 1 ? argv[1] : "test/store/fixtures";
    faulty_vfs_install();
    return cmocka_run_group_tests_name("gone", tests, NULL, NULL);
}
