/* test_damage.c - what is damaged on the disk is noticed, said, and passed by. */
#include "on_disk.h"

#include <dirent.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/sqlite/places.h"

static int set_up(void **state)
{
    struct fixture *f = cw_alloc(sizeof *f);
    fixture_init(f);
    fixture_open_sqlite(f);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    fixture_finish(*state);
    free(*state);
    return 0;
}

/* Changes the closed database behind the store's back. */
static void raw(struct fixture *f, const char *sql)
{
    fixture_close(f);
    raw_exec(f, sql);
    fixture_open_sqlite(f);
}

/* The one note since the last call, or "". */
static const char *note(struct fixture *f)
{
    static struct cw_store_notes notes;
    cw_store_take_notes(f->store, &notes);
    assert_int_equal(notes.lost, 0);
    if (notes.count == 0)
        return "";
    assert_int_equal(notes.count, 1);
    return notes.lines[0];
}

/* --- texts ------------------------------------------------------------------------------ */

/* alice (1) and bob (2): three texts of alice's, the second a long one. */
static void say_three(struct fixture *f)
{
    static char text[10001];
    memset(text, 'x', 10000);
    add_user(f, "alice");
    add_user(f, "bob");
    add_message(f, 1, cw_mailbox_of_user(2), "one");
    add_message(f, 1, cw_mailbox_of_user(2), text);
    add_message(f, 1, cw_mailbox_of_user(2), "three");
}

/* The second message is damaged for every reader, the others are not. */
static void assert_second_is_damaged(struct fixture *f, const char *text)
{
    struct cw_store_result r = read_inbox(f, 2, 0);
    ASSERT_IDS(&r, 1, 2, 3, );
    assert_slice(r.messages[0].body, "one");
    assert_slice(r.messages[1].body, text);
    assert_slice(r.messages[2].body, "three");
    assert_false(r.messages[0].damaged);
    assert_true(r.messages[1].damaged);
    assert_int_equal(r.messages[1].size, strlen(text));
    assert_false(r.more);
    r = RUN(f, .op = CW_STORE_HISTORY_READ, .user_id = 2, .limit = 10,
            .conversation = cw_conversation_of_pair(1, 2));
    ASSERT_IDS(&r, 1, 2, 3, );
    assert_true(r.messages[1].damaged);
    assert_slice(r.messages[1].body, text);
    assert_false(r.messages[2].damaged);
}

static void a_damaged_row_is_delivered_as_one(void **state)
{
    static const char *const damages[] = {
        ("UPDATE messages SET body = CAST(substr(body, 1, 9000) || 'y' || substr(body, 9002) AS"
         " BLOB) WHERE id = 2"),
        "UPDATE messages SET body = x'' WHERE id = 2",
        "UPDATE messages SET body = NULL WHERE id = 2",
        "UPDATE messages SET time_ms = time_ms + 1 WHERE id = 2",
        "UPDATE messages SET kind = 77 WHERE id = 2",
        "UPDATE messages SET sum = sum + 1 WHERE id = 2",
    };
    struct fixture *f = *state;
    for (size_t i = 0; i < sizeof damages / sizeof damages[0]; i++) {
        say_three(f);
        raw(f, damages[i]);
        assert_second_is_damaged(f, CW_DAMAGED_TEXT);
        assert_string_equal(note(f), "message 2: its row is damaged");
        read_inbox(f, 2, 0);
        assert_string_equal(note(f), ""); /* once is enough */
        tear_down(state);
        set_up(state);
        f = *state;
    }
}

static void a_text_of_0_1_0_is_not_checked(void **state)
{
    struct fixture *f = *state;
    say_three(f);
    raw(f, "UPDATE messages SET sum = NULL, body = CAST('two' AS BLOB) WHERE id = 2");
    struct cw_store_result r = read_inbox(f, 2, 0);
    ASSERT_IDS(&r, 1, 2, 3, );
    assert_slice(r.messages[1].body, "two");
    assert_false(r.messages[1].damaged);
    assert_string_equal(note(f), "");
}

static void an_edit_and_a_deletion_renew_the_sum(void **state)
{
    struct fixture *f = *state;
    uint64_t pair = cw_conversation_of_pair(1, 2);
    say_three(f);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_MESSAGE_EDIT, .conversation = pair, .user_id = 1,
           .seq = 2, .body = TEXT("two"));
    struct cw_store_result r = read_inbox(f, 2, 0);
    ASSERT_IDS(&r, 1, 2, 3, 4, );
    for (int i = 0; i < 4; i++)
        assert_false(r.messages[i].damaged);
    assert_slice(r.messages[3].body, "two");
    raw(f, "UPDATE messages SET body = CAST('tow' AS BLOB) WHERE id = 2");
    r = read_inbox(f, 2, 0); /* the edit's text is the message's */
    assert_true(r.messages[1].damaged && r.messages[3].damaged);
    assert_slice(r.messages[3].body, CW_DAMAGED_TEXT);
    r = RUN(f, .op = CW_STORE_SEARCH, .user_id = 2, .body = TEXT("two"), .limit = 9);
    if (r.message_count != 0)
        assert_true(r.messages[0].damaged);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_MESSAGE_EDIT, .conversation = pair, .user_id = 1,
           .seq = 2, .body = TEXT("mended"));
    r = read_inbox(f, 2, 1);
    assert_slice(r.messages[0].body, "mended");
    assert_false(r.messages[0].damaged);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_MESSAGE_DELETE, .conversation = pair, .user_id = 1,
           .seq = 2);
    r = RUN(f, .op = CW_STORE_HISTORY_READ, .user_id = 2, .limit = 10, .conversation = pair);
    for (size_t i = 0; i < r.message_count; i++)
        assert_false(r.messages[i].damaged);
}

static void the_last_message_of_a_conversation_is_checked(void **state)
{
    struct fixture *f = *state;
    say_three(f);
    raw(f, "UPDATE messages SET body = CAST('THREE' AS BLOB) WHERE id = 3");
    struct cw_store_result r = RUN(f, .op = CW_STORE_CONVERSATIONS, .user_id = 2, .limit = 9);
    assert_int_equal(r.conversation_count, 1);
    assert_true(r.conversations[0].last.damaged);
    assert_slice(r.conversations[0].last.body, CW_DAMAGED_TEXT);
}

/* --- recordings -------------------------------------------------------------------------- */

#define SIZE 100000

/* A text, a recording in a file, a text. */
static void say_and_record(struct fixture *f, char name[CW_BLOB_NAME_MAX])
{
    static uint8_t body[SIZE];
    memset(body, 'v', SIZE);
    add_user(f, "alice");
    add_user(f, "bob");
    add_message(f, 1, cw_mailbox_of_user(2), "one");
    assert_int_equal(cw_blob_write(f->folder, cw_slice_of(body, SIZE), name, NULL), CW_STORE_OK);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_MESSAGE_APPEND, .user_id = 1,
           .mailbox = cw_mailbox_of_user(2), .body = cw_slice_of(body, SIZE), .blob = TEXT(name),
           .body_sum = cw_store_body_sum(cw_slice_of(body, SIZE)), .voice = true, .channels = 1,
           .sample_rate = 44100);
    add_message(f, 1, cw_mailbox_of_user(2), "three");
}

static void assert_lost(struct fixture *f, const char *name, const char *why)
{
    char expected[200];
    struct cw_store_result r = read_inbox(f, 2, 0);
    ASSERT_IDS(&r, 1, 2, 3, );
    assert_true(r.messages[1].damaged);
    assert_true(r.messages[1].voice);
    assert_int_equal(r.messages[1].body.n, 1);
    assert_int_equal(r.messages[1].body.p[0], 0x90);
    assert_slice(r.messages[2].body, "three");
    snprintf(expected, sizeof expected, "message 2, file blobs/%s: %s", name, why);
    assert_string_equal(note(f), expected);
    r = RUN(f, .op = CW_STORE_VOICE_READ, .user_id = 2, .seq = 2,
            .conversation = cw_conversation_of_pair(1, 2));
    assert_int_equal(r.status, CW_STORE_OK);
    assert_true(r.messages[0].damaged);
}

static void a_damaged_recording_is_delivered_as_one(void **state)
{
    struct fixture *f = *state;
    char name[CW_BLOB_NAME_MAX], path[100];
    say_and_record(f, name);
    struct cw_store_result r = read_inbox(f, 2, 0);
    assert_int_equal(r.messages[1].body.n, SIZE);
    assert_false(r.messages[1].damaged);
    snprintf(path, sizeof path, "blobs/%s", name);
    int fd = open(fixture_path(f, path), O_WRONLY);
    assert_int_equal(pwrite(fd, "w", 1, SIZE - 1), 1);
    assert_lost(f, name, "its recording is damaged");
    assert_int_equal(ftruncate(fd, SIZE - 1), 0);
    close(fd);
    fixture_close(f); /* or it would not be noted again */
    fixture_open_sqlite(f);
    assert_lost(f, name, "its recording was cut or is too long");
    unlink(fixture_path(f, path));
    fixture_close(f);
    fixture_open_sqlite(f);
    assert_lost(f, name, "its recording is missing");
}

static void what_cannot_be_read_now_is_no_loss(void **state)
{
    struct fixture *f = *state;
    struct rlimit before, none;
    char name[CW_BLOB_NAME_MAX];
    say_and_record(f, name);
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    none = before;
    none.rlim_cur = 0; /* EMFILE */
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
    struct cw_store_result first = RUN(f, .op = CW_STORE_INBOX_READ, .user_id = 2, .cursor = 0);
    struct cw_store_result second = RUN(f, .op = CW_STORE_INBOX_READ, .user_id = 2, .cursor = 1);
    setrlimit(RLIMIT_NOFILE, &before);
    assert_int_equal(first.status, CW_STORE_OK); /* the page ends before it */
    ASSERT_IDS(&first, 1, );
    assert_true(first.more);
    assert_int_equal(first.scanned_to, 1);
    assert_int_equal(second.status, CW_STORE_UNAVAILABLE);
    assert_non_null(strstr(note(f), "Too many open files"));
    second = RUN(f, .op = CW_STORE_INBOX_READ, .user_id = 2, .cursor = 1);
    ASSERT_IDS(&second, 2, 3, );
    assert_int_equal(second.messages[0].body.n, SIZE);
    assert_false(second.messages[0].damaged);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(a_damaged_row_is_delivered_as_one),
        T(a_text_of_0_1_0_is_not_checked),
        T(an_edit_and_a_deletion_renew_the_sum),
        T(the_last_message_of_a_conversation_is_checked),
        T(a_damaged_recording_is_delivered_as_one),
        T(what_cannot_be_read_now_is_no_loss),
    };
    return cmocka_run_group_tests_name("damage", tests, NULL, NULL);
}
