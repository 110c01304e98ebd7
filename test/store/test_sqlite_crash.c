/* test_sqlite_crash.c - message numbers, retries, search and deletion after a crash, an undone
 * batch and an update from version 0.1.0. */
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "faulty_vfs.h"
#include "on_disk.h"

/* --- numbers, retries, search, what goes: over crashes and undone batches --------------------- */

/* Ends the process without closing: what a SIGKILL leaves. */
static void crash_after(struct fixture *f, void (*act)(struct fixture *f))
{
    int status;
    fixture_close(f);
    pid_t child = fork();
    if (child == 0) {
        fixture_open_sqlite(f);
        act(f);
        kill(getpid(), SIGKILL);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    assert_sound(f);
    fixture_open_sqlite(f);
}

static struct cw_store_result search_for(struct fixture *f, uint64_t user_id, const char *words)
{
    return RUN(f, .op = CW_STORE_SEARCH, .user_id = user_id, .body = TEXT(words), .limit = 200);
}

static struct cw_store_result send_counted(struct fixture *f, uint64_t session_id, uint64_t n)
{
    return RUN(f, .op = CW_STORE_MESSAGE_APPEND, .user_id = 1, .mailbox = cw_mailbox_of_user(2),
               .body = TEXT("counted"), .session_id = session_id, .n = n);
}

static void say_things(struct fixture *f)
{
    uint64_t alice = add_user(f, "alice"), bob = add_user(f, "bob");
    add_session(f, alice, "token", 1);
    for (uint64_t i = 0; i < 300; i++)
        add_message(f, alice, cw_mailbox_of_user(bob), i == 7 ? "seventh heaven" : "x");
    run_idle(f); /* not all are indexed for search: less than a slice is left */
    for (uint64_t n = 1; n <= 3; n++)
        assert_int_equal(send_counted(f, 1, n).seq, 300 + n);
    RUN(f, .op = CW_STORE_MESSAGE_EDIT, .user_id = alice, .seq = 9, .body = TEXT("ninth cloud"),
        .conversation = cw_conversation_of_pair(alice, bob));
    RUN(f, .op = CW_STORE_MESSAGE_DELETE, .user_id = alice, .seq = 8,
        .conversation = cw_conversation_of_pair(alice, bob));
}

static void a_crash_loses_no_number_no_counter_and_no_word(void **state)
{
    struct fixture *f = *state;
    crash_after(f, say_things);
    struct cw_store_result r = send_counted(f, 1, 2);
    assert_int_equal(r.status, CW_STORE_OK);
    assert_true(r.repeated);
    assert_int_equal(r.seq, 302);
    assert_int_equal(r.message_id, 302);
    r = send_counted(f, 1, 4);
    assert_false(r.repeated);
    assert_int_equal(r.seq, 306);
    r = search_for(f, 2, "CLOUD nin");
    ASSERT_IDS(&r, 9, );
    r = search_for(f, 1, "counted");
    ASSERT_IDS(&r, 306, 303, 302, 301, );
    r = search_for(f, 2, "heaven");
    ASSERT_IDS(&r, ); /* deleted */
    r = RUN(f, .op = CW_STORE_CONVERSATIONS, .user_id = 2, .limit = 10);
    assert_int_equal(r.conversation_count, 1);
    assert_int_equal(r.conversations[0].last.seq, 306);
    fixture_close(f);
    assert_int_equal(raw_int(f, "SELECT count(*) FROM messages WHERE body LIKE '%heaven%'"), 0);
    assert_int_equal(raw_int(f, "SELECT count(*) FROM (SELECT seq - row_number() OVER (ORDER BY id)"
                                " AS gap FROM messages) WHERE gap <> 0"),
                     0);
}

/* FTS5 of SQLite 3.40 takes an index of more than 2,000 levels for damaged. */
static void levels_of_the_index_are_left_out(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice"), bob = add_user(f, "bob");
    for (int i = 0; i < 200; i++)
        add_message(f, alice, cw_mailbox_of_user(bob), i == 5 ? "this one goes" : "some stay");
    run_idle(f);
    fixture_close(f);
    for (int i = 0; i < 100; i++) /* a segment behind those that are merged, again and again */
        raw_exec(f,
                 "INSERT INTO search(rowid, body, place) VALUES(9000, hex(randomblob(9000)), '');"
                 "INSERT INTO search(search, rank) VALUES('merge', -1)");
    const char *levels = "SELECT substr(hex(block), 9, 2) > '41' FROM search_data WHERE id = 10";
    assert_int_equal(raw_int(f, levels), 1);
    fixture_open_sqlite(f);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_MESSAGE_DELETE, .user_id = alice, .seq = 6,
           .conversation = cw_conversation_of_pair(alice, bob));
    for (int i = 0; i < 50; i++) {
        cw_store_tick(f->store);
        run_idle(f);
    }
    struct cw_store_result found = search_for(f, bob, "goes");
    ASSERT_IDS(&found, );
    found = search_for(f, bob, "stay");
    assert_int_equal(found.message_count, 199);
    add_message(f, alice, cw_mailbox_of_user(bob), "it goes on");
    found = search_for(f, bob, "goes");
    ASSERT_IDS(&found, 202, );
    fixture_close(f);
    assert_int_equal(raw_int(f, levels), 0);
    raw_exec(f, "INSERT INTO search(search) VALUES('integrity-check')");
}

/* As version 0.1.0 left it: each counted message names the one before it. */
static void leave_as_before_windows(struct fixture *f, uint64_t last_n, uint64_t counted_id)
{
    char sql[128];
    fixture_close(f);
    snprintf(sql, sizeof sql, "UPDATE sessions SET last_n = %llu, counted_id = %llu",
             (unsigned long long)last_n, (unsigned long long)counted_id);
    raw_exec(f, sql);
    raw_exec(f, "DELETE FROM windows");
    raw_exec(f, "UPDATE messages SET previous = id - 1");
    fixture_open_sqlite(f);
}

static void numbers_of_version_0_1_0_are_taken_over(void **state)
{
    struct fixture *f = *state;
    uint64_t session = (add_user(f, "alice"), add_user(f, "bob"), add_session(f, 1, "token", 1));
    uint64_t clock = 1700000000000000;
    for (uint64_t i = 1; i <= 4; i++)
        assert_int_equal(send_counted(f, session, clock + 2 * i).message_id, i);
    leave_as_before_windows(f, clock + 8, 4);
    for (uint64_t i = 1; i <= 4; i++) {
        struct cw_store_result r = send_counted(f, session, clock + 2 * i);
        assert_true(r.repeated && !r.gone);
        assert_int_equal(r.message_id, i);
    }
    assert_int_equal(send_counted(f, session, 7).status, CW_STORE_UNKNOWN);
    assert_false(send_counted(f, session, clock + 3).repeated); /* it was never used */
    assert_false(send_counted(f, session, clock + 9).repeated);
    fixture_close(f);
    fixture_open_sqlite(f);
    assert_int_equal(send_counted(f, session, clock + 9).message_id, 6);
    assert_true(send_counted(f, session, clock + 3).repeated);
}

/* Before a message that is no longer kept nobody knows what was used. */
static void numbers_behind_a_lost_message_count_as_used(void **state)
{
    struct fixture *f = *state;
    uint64_t session = (add_user(f, "alice"), add_user(f, "bob"), add_session(f, 1, "token", 1));
    for (uint64_t i = 1; i <= 4; i++)
        send_counted(f, session, 100 + 2 * i);
    leave_as_before_windows(f, 108, 4);
    fixture_close(f);
    raw_exec(f, "DELETE FROM messages WHERE id = 2");
    fixture_open_sqlite(f);
    assert_int_equal(send_counted(f, session, 108).message_id, 4);
    assert_int_equal(send_counted(f, session, 106).message_id, 3);
    for (uint64_t n = 105; n > 108 - CW_RETRIES_MAX; n--) {
        struct cw_store_result r = send_counted(f, session, n);
        assert_true(r.repeated && r.gone);
    }
    assert_int_equal(send_counted(f, session, 108 - CW_RETRIES_MAX).status, CW_STORE_UNKNOWN);
    assert_false(send_counted(f, session, 107).repeated);
    assert_false(send_counted(f, session, 109).repeated);
}

/* However it ends. */
static void windows_go_with_their_session(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice");
    add_user(f, "bob");
    for (int i = 0; i < 4; i++) {
        char token[] = {(char)('a' + i), 0};
        uint64_t session = add_session(f, alice, token, 1);
        send_counted(f, session, 1);
    }
    RUN(f, .op = CW_STORE_SESSION_DROP, .session_id = 1);
    RUN(f, .op = CW_STORE_SESSION_REVOKE, .user_id = alice, .session_id = 2);
    RUN(f, .op = CW_STORE_PASSWORD_SET, .user_id = alice, .session_id = 3, .secret = TEXT("x"));
    fixture_close(f);
    assert_int_equal(raw_int(f, "SELECT count(*) FROM windows"), 1);
    assert_int_equal(raw_int(f, "SELECT session_id FROM windows"), 3);
    fixture_open_sqlite(f);
    RUN_AT(f, 1 + IDLE_MS, .op = CW_STORE_SESSION_CREATE, .user_id = alice, .secret = TEXT("z"));
    fixture_close(f);
    assert_int_equal(raw_int(f, "SELECT count(*) FROM windows"), 0);
    fixture_open_sqlite(f);
}

static void an_undone_batch_leaves_no_hole_in_a_conversation(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice"), bob = add_user(f, "bob");
    uint64_t session = add_session(f, alice, "token", 1);
    add_message(f, alice, cw_mailbox_of_user(bob), "one");
    faulty_vfs_full_after(0);
    assert_int_equal(send_counted(f, session, 5).status, CW_STORE_NO_ROOM);
    struct cw_store_result r = search_for(f, bob, "one"); /* it cannot follow, and does no harm */
    assert_int_equal(r.status, CW_STORE_OK);
    faulty_vfs_heal();
    r = send_counted(f, session, 5);
    assert_int_equal(r.status, CW_STORE_OK);
    assert_false(r.repeated);
    assert_int_equal(r.seq, 2);
    assert_int_equal(r.message_id, 2);
    r = search_for(f, bob, "one");
    ASSERT_IDS(&r, 1, );
    r = send_counted(f, session, 5);
    assert_true(r.repeated);
    assert_int_equal(r.message_id, 2);
}

#define DAY_MS (UINT64_C(24) * 3600 * 1000)

static void say_and_forget(struct fixture *f)
{
    uint64_t alice = add_user(f, "alice"), cooks = add_group(f, alice, "cooks");
    RUN(f, .op = CW_STORE_GROUP_RETAIN, .user_id = alice, .group_id = cooks, .retain = {.days = 1});
    for (int i = 0; i < 100; i++)
        add_message(f, alice, cw_mailbox_of_group(cooks), "old words");
    run_idle(f);
    RUN_AT(f, 2 * DAY_MS, .op = CW_STORE_USER_FIND, .key = TEXT("alice"));
    run_idle(f);
}

static void numbers_go_on_when_all_has_been_forgotten(void **state)
{
    struct fixture *f = *state;
    crash_after(f, say_and_forget);
    struct cw_store_result r = RUN(f, .op = CW_STORE_HISTORY_READ, .user_id = 1, .limit = 10,
                                   .conversation = cw_mailbox_of_group(1));
    assert_int_equal(r.message_count, 0);
    assert_int_equal(r.last_seq, 100);
    assert_false(r.more);
    r = search_for(f, 1, "words");
    assert_int_equal(r.message_count, 0);
    r = RUN_AT(f, 2 * DAY_MS, .op = CW_STORE_MESSAGE_APPEND, .user_id = 1,
               .mailbox = cw_mailbox_of_group(1), .body = TEXT("new words"));
    assert_int_equal(r.message_id, 101); /* and no id was used twice */
    assert_int_equal(r.seq, 101);
    r = search_for(f, 1, "words");
    ASSERT_IDS(&r, 101, );
    fixture_close(f);
    assert_int_equal(raw_int(f, "SELECT count(*) FROM messages"), 1);
    assert_int_equal(raw_int(f, "SELECT count(*) FROM inbox"), 0);
    assert_int_equal(raw_int(f, "SELECT count(*) FROM history"), 1); /* the last number */
}

static char told[4][256];
static int told_count;

static void tell(const char *sentence)
{
    snprintf(told[told_count++ % 4], sizeof told[0], "%s", sentence);
}

/* Old messages go a few at a time, and the operator is told once. */
static void what_is_old_goes_in_steps_and_is_logged(void **state)
{
    struct fixture *f = *state;
    bool again = true;
    fixture_close(f);
    f->options.retain.days = 30;
    f->options.log = tell;
    fixture_open_sqlite(f);
    told_count = 0;
    uint64_t alice = add_user(f, "alice"), now = 20000 * DAY_MS + 3600 * 1000;
    for (int i = 0; i < 100; i++)
        say_at(f, now, alice, cw_mailbox_of_user(alice), "words");
    RUN_AT(f, now + 30 * DAY_MS, .op = CW_STORE_USER_FIND, .key = TEXT("alice"));
    for (int kept = 100; again; kept = kept > 32 ? kept - 32 : 0) {
        struct cw_store_result r =
            RUN_AT(f, now + 30 * DAY_MS, .op = CW_STORE_HISTORY_READ, .user_id = alice,
                   .limit = 200, .conversation = cw_conversation_of_pair(alice, alice));
        assert_in_range(r.message_count, kept, 100);
        assert_true(cw_store_idle(f->store, &again));
        assert_int_equal(told_count, !again);
    }
    assert_string_equal(told[0], "100 messages were deleted for their age: keep_days keeps those "
                                 "since 2024-10-04 01:00 UTC, groups may keep less");
    say_at(f, now + 30 * DAY_MS, alice, cw_mailbox_of_user(alice), "words");
    RUN_AT(f, now + 60 * DAY_MS, .op = CW_STORE_USER_FIND, .key = TEXT("alice"));
    faulty_vfs_full_after(0); /* what is undone is not told */
    assert_true(cw_store_idle(f->store, &again));
    faulty_vfs_heal();
    assert_int_equal(told_count, 1);
    run_idle(f);
    assert_int_equal(told_count, 2);
    assert_string_equal(told[1], "1 messages were deleted for their age: keep_days keeps those "
                                 "since 2024-11-03 01:00 UTC, groups may keep less");
    /* Within an hour it waits for the next line, or for the end. */
    say_at(f, now, alice, cw_mailbox_of_user(alice), "words");
    RUN_AT(f, now + 60 * DAY_MS + 1000, .op = CW_STORE_USER_FIND, .key = TEXT("alice"));
    run_idle(f);
    assert_int_equal(told_count, 2);
    fixture_close(f);
    assert_int_equal(told_count, 3);
    fixture_open_sqlite(f);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, on_disk_set_up, on_disk_tear_down)
    const struct CMUnitTest tests[] = {
        T(what_is_old_goes_in_steps_and_is_logged),
        T(a_crash_loses_no_number_no_counter_and_no_word),
        T(levels_of_the_index_are_left_out),
        T(numbers_of_version_0_1_0_are_taken_over),
        T(numbers_behind_a_lost_message_count_as_used),
        T(windows_go_with_their_session),
        T(an_undone_batch_leaves_no_hole_in_a_conversation),
        T(numbers_go_on_when_all_has_been_forgotten),
    };
    faulty_vfs_install();
    return cmocka_run_group_tests_name("SQLite: crashes", tests, NULL, NULL);
}
