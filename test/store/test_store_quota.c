/* test_store_quota.c - the rules of store.h about what a user may store, and about first
 * messages to strangers, over every back end. */
#include "suite.h"

#include <stdio.h>

#define ROW CW_STORED_ROW_BYTES

static char hundred[101];

static void set_quota(struct fixture *f, uint64_t bytes)
{
    memset(hundred, 'x', 100);
    f->options.quota = bytes;
    suite_start_over(f);
}

static struct cw_store_result say(struct fixture *f, uint64_t user_id, uint64_t mailbox, size_t n)
{
    return RUN(f, .op = CW_STORE_MESSAGE_APPEND, .user_id = user_id, .mailbox = mailbox,
               .body = cw_slice_of(hundred, n));
}

/* What of the quota is left, to the byte: what is too much by one is refused. */
static void expect_left(struct fixture *f, uint64_t user_id, uint64_t mailbox, size_t left)
{
    assert_true(left >= ROW && left < ROW + 100);
    assert_int_equal(say(f, user_id, mailbox, left - ROW + 1).status, CW_STORE_OVER_QUOTA);
    struct cw_store_result r = say(f, user_id, mailbox, left - ROW);
    assert_int_equal(r.status, CW_STORE_OK);
    assert_int_equal(say(f, user_id, mailbox, 0).status, CW_STORE_OVER_QUOTA);
}

static void a_quota_is_used_up_to_the_byte(void **state)
{
    struct fixture *f = *state;
    set_quota(f, 3 * (ROW + 100) + ROW + 7);
    uint64_t alice = add_user(f, "alice"), bob = add_user(f, "bob");
    uint64_t b = cw_mailbox_of_user(bob), a = cw_mailbox_of_user(alice);
    for (unsigned i = 1; i <= 3; i++)
        assert_int_equal(say(f, alice, b, 100).seq, i);
    assert_int_equal(say(f, alice, b, 100).status, CW_STORE_OVER_QUOTA);
    suite_reopen(f);
    assert_int_equal(say(f, alice, a, 8).status, CW_STORE_OVER_QUOTA);
    /* Messages to her count for their senders. */
    assert_int_equal(say(f, bob, a, 100).seq, 4);
    expect_left(f, alice, b, ROW + 7);
    assert_int_equal(say(f, bob, a, 100).seq, 6); /* a refusal took no number */
}

static void without_a_quota_there_is_no_limit(void **state)
{
    struct fixture *f = *state;
    set_quota(f, 0);
    uint64_t alice = add_user(f, "alice");
    for (int i = 0; i < 20; i++)
        assert_int_equal(say(f, alice, cw_mailbox_of_user(alice), 100).status, CW_STORE_OK);
}

static void what_is_deleted_gives_its_body_back(void **state)
{
    struct fixture *f = *state;
    set_quota(f, 10 * ROW + 200);
    uint64_t alice = add_user(f, "alice"), bob = add_user(f, "bob");
    uint64_t group = add_group(f, alice, "cooks"), cooks = cw_mailbox_of_group(group);
    join_group(f, bob, "cooks");
    assert_int_equal(say(f, bob, cooks, 100).status, CW_STORE_OK);
    assert_int_equal(say(f, bob, cooks, 100).status, CW_STORE_OK);
    for (int i = 0; i < 8; i++)
        assert_int_equal(say(f, bob, cooks, 0).status, CW_STORE_OK);
    suite_reopen(f);
    assert_int_equal(say(f, bob, cooks, 0).status, CW_STORE_OVER_QUOTA);
    /* He may delete in any case, and that takes no space. */
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_MESSAGE_DELETE, .user_id = bob, .conversation = cooks,
           .seq = 1);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_MESSAGE_DELETE, .user_id = bob, .conversation = cooks,
           .seq = 1);
    assert_int_equal(say(f, bob, cooks, 0).status, CW_STORE_OVER_QUOTA);
    /* Who deletes another's message gives it back to the other. */
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_MESSAGE_DELETE, .user_id = alice, .conversation = cooks,
           .seq = 2);
    suite_reopen(f);
    expect_left(f, bob, cooks, 200);
}

static struct cw_store_result edit(struct fixture *f, uint64_t user_id, uint64_t conversation,
                                   uint64_t seq, char letter, size_t n)
{
    char text[100];
    memset(text, letter, sizeof text);
    return RUN(f, .op = CW_STORE_MESSAGE_EDIT, .user_id = user_id, .conversation = conversation,
               .seq = seq, .body = cw_slice_of(text, n));
}

static void an_edit_takes_the_difference(void **state)
{
    struct fixture *f = *state;
    set_quota(f, 4 * ROW + 150);
    uint64_t alice = add_user(f, "alice"), to = cw_mailbox_of_user(alice);
    uint64_t conversation = cw_conversation_of_pair(alice, alice);
    assert_int_equal(say(f, alice, to, 50).seq, 1);
    assert_int_equal(say(f, alice, to, 60).seq, 2);
    suite_reopen(f);
    /* One event has room, and a second one; the texts may have 150 bytes. */
    assert_int_equal(edit(f, alice, conversation, 1, 'y', 40).status, CW_STORE_OK);
    assert_int_equal(edit(f, alice, conversation, 1, 'z', 91).status, CW_STORE_OVER_QUOTA);
    assert_int_equal(edit(f, alice, conversation, 1, 'z', 90).status, CW_STORE_OK);
    assert_int_equal(edit(f, alice, conversation, 1, 'z', 90).status, CW_STORE_OK); /* is so */
    assert_int_equal(edit(f, alice, conversation, 1, 'y', 1).status, CW_STORE_OVER_QUOTA);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_MESSAGE_DELETE, .user_id = alice, .seq = 2,
           .conversation = conversation);
}

static void what_is_no_longer_kept_gives_all_back(void **state)
{
    struct fixture *f = *state;
    f->options.retain.count = 2;
    set_quota(f, 4 * (ROW + 100));
    uint64_t alice = add_user(f, "alice"), to = cw_mailbox_of_user(alice);
    for (unsigned i = 1; i <= 20; i++) {
        assert_int_equal(say(f, alice, to, 100).seq, i);
        run_idle(f);
        if (i % 5 == 0)
            suite_reopen(f);
    }
    assert_int_equal(say(f, alice, to, 100).status, CW_STORE_OK);
    assert_int_equal(say(f, alice, to, 100).status, CW_STORE_OK);
}

static void a_retry_is_never_refused_for_it(void **state)
{
    struct fixture *f = *state;
    set_quota(f, ROW + 100);
    uint64_t alice = add_user(f, "alice");
    struct cw_store_request append = {.op = CW_STORE_MESSAGE_APPEND,
                                      .user_id = alice,
                                      .session_id = add_session(f, alice, "a", 1),
                                      .n = 1,
                                      .mailbox = cw_mailbox_of_user(alice),
                                      .body = cw_slice_of(hundred, 100)};
    assert_int_equal(run_one(f, &append).message_id, 1);
    struct cw_store_result r = run_one(f, &append);
    assert_int_equal(r.status, CW_STORE_OK);
    assert_true(r.repeated);
    assert_int_equal(r.message_id, 1);
    append.n = 2;
    assert_int_equal(run_one(f, &append).status, CW_STORE_OVER_QUOTA);
    /* The number is free still. */
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_MESSAGE_DELETE, .user_id = alice, .seq = 1,
           .conversation = cw_conversation_of_pair(alice, alice));
    assert_int_equal(run_one(f, &append).status, CW_STORE_OVER_QUOTA);
}

static void a_batch_that_was_not_stored_takes_nothing(void **state)
{
    struct fixture *f = *state;
    set_quota(f, 2 * (ROW + 100));
    uint64_t alice = add_user(f, "alice"), to = cw_mailbox_of_user(alice);
    assert_int_equal(say(f, alice, to, 100).status, CW_STORE_OK);
    suite_set_full(f, true);
    for (int i = 0; i < 3; i++)
        assert_int_equal(say(f, alice, to, 100).status, CW_STORE_NO_ROOM);
    suite_set_full(f, false);
    assert_int_equal(say(f, alice, to, 100).status, CW_STORE_OK);
    assert_int_equal(say(f, alice, to, 0).status, CW_STORE_OVER_QUOTA);
}

static struct cw_store_result whisper(struct fixture *f, uint64_t from, uint64_t to, bool first)
{
    return RUN(f, .op = CW_STORE_MESSAGE_APPEND, .user_id = from, .mailbox = cw_mailbox_of_user(to),
               .body = TEXT("x"), .no_stranger = !first);
}

static void a_first_message_to_a_stranger_is_told(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice"), bob = add_user(f, "bob"), eve = add_user(f, "eve");
    assert_int_equal(whisper(f, alice, bob, false).status, CW_STORE_STRANGER);
    struct cw_store_result r = whisper(f, alice, bob, true);
    assert_int_equal(r.seq, 1);
    assert_true(r.stranger);
    /* They have a conversation now, both of them. */
    r = whisper(f, alice, bob, false);
    assert_int_equal(r.seq, 2);
    assert_false(r.stranger);
    assert_int_equal(whisper(f, bob, alice, false).seq, 3);
    /* The sender is not a stranger to themselves, nor is a user who has the sender as a contact; a
     * contact of the sender alone does not count. */
    assert_int_equal(whisper(f, alice, alice, false).status, CW_STORE_OK);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_CONTACT_ADD, .user_id = alice, .other_id = eve);
    assert_int_equal(whisper(f, alice, eve, false).status, CW_STORE_STRANGER);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_CONTACT_ADD, .user_id = eve, .other_id = alice);
    r = whisper(f, alice, eve, false);
    assert_int_equal(r.status, CW_STORE_OK);
    assert_false(r.stranger);
    /* Nobody is one in a group. */
    uint64_t group = add_group(f, bob, "cooks");
    r = RUN(f, .op = CW_STORE_MESSAGE_APPEND, .user_id = bob, .body = TEXT("x"),
            .mailbox = cw_mailbox_of_group(group), .no_stranger = true);
    assert_int_equal(r.status, CW_STORE_OK);
    assert_false(r.stranger);
    /* A refusal comes before that. */
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_BLOCK, .user_id = bob, .other_id = eve);
    assert_int_equal(whisper(f, eve, bob, false).status, CW_STORE_FORBIDDEN);
}

static void within_a_batch_the_second_is_no_first(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice"), bob = add_user(f, "bob");
    struct cw_store_request requests[2];
    struct cw_store_result results[2];
    for (int i = 0; i < 2; i++)
        requests[i] = (struct cw_store_request){.op = CW_STORE_MESSAGE_APPEND,
                                                .time_ms = 1,
                                                .user_id = alice,
                                                .mailbox = cw_mailbox_of_user(bob),
                                                .body = TEXT("x"),
                                                .no_stranger = i == 1};
    run_many(f, requests, 2, results);
    assert_true(results[0].stranger);
    assert_int_equal(results[1].status, CW_STORE_OK);
    assert_false(results[1].stranger);
}

int suite_quota(const char *back_end_name)
{
    const struct CMUnitTest tests[] = {
        T(a_quota_is_used_up_to_the_byte),
        T(without_a_quota_there_is_no_limit),
        T(what_is_deleted_gives_its_body_back),
        T(an_edit_takes_the_difference),
        T(what_is_no_longer_kept_gives_all_back),
        T(a_retry_is_never_refused_for_it),
        T(a_batch_that_was_not_stored_takes_nothing),
        T(a_first_message_to_a_stranger_is_told),
        T(within_a_batch_the_second_is_no_first),
    };
    return cmocka_run_group_tests_name(back_end_name, tests, NULL, NULL);
}
