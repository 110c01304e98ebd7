/* test_unreadable.c - a disk that does not give a page for the moment (EIO), at each read
 * in turn: that is no loss. Who needs the page is told to try later, what is answered is
 * what it would be otherwise, and once the disk is well again all is there. */
#include "support.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

#include "faulty_vfs.h"
#include "store/sqlite/state.h"

#define MESSAGES  700
#define READS_MAX 2000 /* of one request: more are an endless loop */

static uint64_t alice, bob, cooks;

/* In one commit: each costs a sync. */
static void say_all(struct fixture *f)
{
    static char texts[MESSAGES][300];
    static struct cw_store_request requests[MESSAGES];
    static struct cw_store_result results[MESSAGES];
    for (int i = 0; i < MESSAGES; i++) {
        snprintf(texts[i], sizeof texts[i], "number%d %0200d", i, i);
        requests[i] = (struct cw_store_request){.op = CW_STORE_MESSAGE_APPEND,
                                                .time_ms = 10,
                                                .user_id = alice,
                                                .mailbox = i % 7 == 6 ? cw_mailbox_of_group(cooks)
                                                                      : cw_mailbox_of_user(bob),
                                                .body = TEXT(texts[i])};
    }
    run_many(f, requests, MESSAGES, results);
    assert_int_equal(results[MESSAGES - 1].status, CW_STORE_OK);
}

static int set_up(void **state)
{
    struct fixture *f = cw_alloc(sizeof *f);
    fixture_init(f);
    fixture_open_sqlite(f);
    faulty_vfs_heal();
    alice = add_user(f, "alice");
    bob = add_user(f, "bob");
    cooks = add_group(f, alice, "cooks");
    join_group(f, bob, "cooks");
    add_session(f, bob, "t", 1);
    say_all(f);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_MESSAGE_EDIT, .user_id = alice,
           .conversation = cw_conversation_of_pair(alice, bob), .seq = 3, .body = TEXT("new"));
    run_idle(f);
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

/* From here on n reads go well; none is answered by the store's own cache. */
static void reads_fail_after(struct fixture *f, long n)
{
    sqlite3_db_release_memory(((struct cw_sqlite *)f->store)->db);
    faulty_vfs_reads_fail_after(n);
}

/* --- delivery ---------------------------------------------------------------------------- */

/* Each id above *last once, in order, whole. */
static void take_page(const struct cw_store_result *page, uint64_t *last)
{
    for (size_t i = 0; i < page->message_count; i++) {
        assert_int_equal(page->messages[i].message_id, *last + 1);
        assert_int_equal(page->messages[i].damaged, 0);
        assert_true(page->messages[i].sender.n != 0);
        *last = page->messages[i].message_id;
    }
}

/* The first page meets a failing disk at the n-th read, those behind it do not. True: it
 * was not enough to fail. */
static bool deliver(struct fixture *f, long n)
{
    uint64_t last = 0, cursor = 0;
    reads_fail_after(f, n);
    struct cw_store_result r = RUN(f, .op = CW_STORE_INBOX_READ, .user_id = bob, .cursor = 0);
    bool whole = r.status == CW_STORE_OK && r.message_count > 50;
    if (r.status == CW_STORE_OK) {
        take_page(&r, &last);
        cursor = r.scanned_to;
        assert_int_equal(cursor, last);
    } else {
        assert_int_equal(r.status, CW_STORE_UNAVAILABLE);
    }
    faulty_vfs_heal();
    do {
        r = read_inbox(f, bob, cursor);
        take_page(&r, &last);
        cursor = r.scanned_to;
    } while (r.more);
    assert_int_equal(last, MESSAGES + 1);
    cw_arena_reset(&f->arena);
    return whole;
}

static void the_cursor_waits_for_a_page(void **state)
{
    struct fixture *f = *state;
    long n = 0;
    while (!deliver(f, n) && n < READS_MAX)
        n++;
    assert_in_range(n, 5, READS_MAX - 1);
}

/* --- answers ------------------------------------------------------------------------------- */

static void assert_same(const struct cw_store_result *r, const struct cw_store_result *well)
{
    assert_int_equal(r->status, well->status);
    assert_int_equal(r->user_id, well->user_id);
    assert_int_equal(r->session_id, well->session_id);
    assert_int_equal(r->group_id, well->group_id);
    assert_int_equal(r->message_count, well->message_count);
    assert_int_equal(r->conversation_count, well->conversation_count);
    assert_int_equal(r->person_count, well->person_count);
    assert_int_equal(r->group_count, well->group_count);
    assert_int_equal(r->last_seq, well->last_seq);
    for (size_t i = 0; i < r->message_count; i++) {
        assert_int_equal(r->messages[i].message_id, well->messages[i].message_id);
        assert_int_equal(r->messages[i].damaged, 0);
    }
}

/* Above all: nobody is told that there is no such user, session, group or message. */
static void an_answer_is_whole_or_none(void **state)
{
    struct fixture *f = *state;
    uint64_t pair = cw_conversation_of_pair(alice, bob);
    const struct cw_store_request requests[] = {
        {.op = CW_STORE_USER_FIND, .key = TEXT("alice")},
        {.op = CW_STORE_USER_FIND, .key = TEXT("nobody")},
        {.op = CW_STORE_PASSWORD_FIND, .user_id = alice},
        {.op = CW_STORE_SESSION_FIND, .key = TEXT("bob"), .secret = TEXT("t")},
        {.op = CW_STORE_SESSION_LIST, .user_id = bob},
        {.op = CW_STORE_CONTACT_LIST, .user_id = bob},
        {.op = CW_STORE_GROUP_FIND, .key = TEXT("cooks")},
        {.op = CW_STORE_GROUP_LIST, .user_id = bob},
        {.op = CW_STORE_MEMBER_LIST, .user_id = bob, .group_id = cooks, .limit = 9},
        {.op = CW_STORE_HISTORY_READ, .user_id = bob, .conversation = pair, .limit = 50},
        {.op = CW_STORE_SEARCH, .user_id = bob, .body = TEXT("number3"), .limit = 9},
        {.op = CW_STORE_CONVERSATIONS, .user_id = bob, .limit = 9},
    };
    for (size_t i = 0; i < sizeof requests / sizeof requests[0]; i++) {
        struct cw_store_result well = run_one(f, &requests[i]), r;
        long n = 0;
        do {
            reads_fail_after(f, n++);
            r = run_one(f, &requests[i]);
            if (r.status != CW_STORE_UNAVAILABLE)
                assert_same(&r, &well);
        } while (r.status == CW_STORE_UNAVAILABLE && n < READS_MAX);
        assert_in_range(n, 2, READS_MAX - 1);
        faulty_vfs_heal();
        r = run_one(f, &requests[i]);
        assert_same(&r, &well);
        cw_arena_reset(&f->arena);
    }
}

/* --- commits --------------------------------------------------------------------------------- */

enum { WRITES = 6 };

static void make_writes(struct cw_store_request requests[WRITES], const char *text)
{
    uint64_t pair = cw_conversation_of_pair(alice, bob);
    const struct cw_store_request made[WRITES] = {
        {.op = CW_STORE_MESSAGE_APPEND, .user_id = alice, .mailbox = cw_mailbox_of_user(bob)},
        {.op = CW_STORE_MESSAGE_EDIT, .user_id = alice, .conversation = pair, .seq = 5},
        {.op = CW_STORE_MESSAGE_APPEND, .user_id = bob, .mailbox = cw_mailbox_of_group(cooks)},
        {.op = CW_STORE_GROUP_TOPIC, .user_id = alice, .group_id = cooks},
        {.op = CW_STORE_READ_MARK, .user_id = bob, .conversation = pair, .seq = 5},
        {.op = CW_STORE_MESSAGE_APPEND, .user_id = bob, .mailbox = cw_mailbox_of_user(alice)}};
    for (int i = 0; i < WRITES; i++) {
        requests[i] = made[i];
        requests[i].time_ms = 20;
        requests[i].body = TEXT(text);
    }
}

static uint64_t last_seq(struct fixture *f, uint64_t conversation)
{
    struct cw_store_result r = RUN(f, .op = CW_STORE_HISTORY_READ, .user_id = bob,
                                   .conversation = conversation, .limit = 1);
    assert_int_equal(r.status, CW_STORE_OK);
    return r.last_seq;
}

/* What was answered as stored is there, and nothing else. True: all of it was. */
static bool commit(struct fixture *f, long n)
{
    char text[32];
    struct cw_store_request requests[WRITES];
    struct cw_store_result r[WRITES];
    uint64_t pair = cw_conversation_of_pair(alice, bob), group = cw_mailbox_of_group(cooks);
    uint64_t of_pair = last_seq(f, pair), of_group = last_seq(f, group);
    snprintf(text, sizeof text, "attempt %ld", n);
    make_writes(requests, text);
    reads_fail_after(f, n);
    run_many(f, requests, WRITES, r);
    faulty_vfs_heal();
    bool good[WRITES], all = true;
    for (int i = 0; i < WRITES; i++) {
        bool read_before = i == 4 && r[i].status == CW_STORE_EXISTS;
        good[i] = r[i].status == CW_STORE_OK || read_before;
        assert_true(good[i] || r[i].status == CW_STORE_UNAVAILABLE);
        all = all && good[i];
    }
    assert_int_equal(last_seq(f, pair), of_pair + good[0] + good[1] + good[5]);
    assert_int_equal(last_seq(f, group), of_group + good[2]);
    make_writes(requests, "again");
    run_many(f, requests, WRITES, r);
    for (int i = 0; i < WRITES; i++)
        assert_true(r[i].status == CW_STORE_OK || (i == 4 && r[i].status == CW_STORE_EXISTS));
    cw_arena_reset(&f->arena);
    return all;
}

static void a_commit_is_whole_or_none(void **state)
{
    struct fixture *f = *state;
    long n = 0;
    while (!commit(f, n) && n < READS_MAX)
        n++;
    assert_in_range(n, 5, READS_MAX - 1);
    fixture_close(f);
    fixture_open_sqlite(f);
    assert_true(commit(f, READS_MAX));
}

static void idle_work_is_put_off(void **state)
{
    struct fixture *f = *state;
    uint64_t last = 0;
    for (long n = 0; n < 100; n++) {
        say_at(f, 30, alice, cw_mailbox_of_user(bob), "one more");
        reads_fail_after(f, n);
        bool more = true;
        assert_true(cw_store_idle(f->store, &more));
        faulty_vfs_heal();
    }
    run_idle(f);
    struct cw_store_result r;
    uint64_t cursor = 0;
    do {
        r = read_inbox(f, bob, cursor);
        take_page(&r, &last);
        cursor = r.scanned_to;
    } while (r.more);
    assert_int_equal(last, MESSAGES + 101);
}

#define T(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(the_cursor_waits_for_a_page),
        T(an_answer_is_whole_or_none),
        T(a_commit_is_whole_or_none),
        T(idle_work_is_put_off),
    };
    faulty_vfs_install();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
