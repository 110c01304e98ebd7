/* test_store_calls.c - missed calls, over every back end: entries of the conversation with a kind
 * of their own. */
#include "suite.h"

#include "talk.h"

static struct cw_store_result miss(struct fixture *f, uint64_t caller, uint64_t callee)
{
    return RUN(f, .op = CW_STORE_MESSAGE_APPEND, .call = true, .user_id = caller,
               .mailbox = cw_mailbox_of_user(callee), .body = TEXT(CW_MISSED_CALL));
}

static void expect_call(const struct cw_store_message *message, uint64_t caller)
{
    assert_int_equal(message->kind, CW_KIND_CALL);
    assert_false(message->voice);
    assert_int_equal(message->sender_id, caller);
    assert_true(cw_slice_eq(message->body, TEXT(CW_MISSED_CALL)));
    assert_false(message->damaged);
}

static uint64_t unread_of(struct fixture *f, uint64_t user_id)
{
    struct cw_store_result r =
        RUN(f, .op = CW_STORE_CONVERSATIONS, .user_id = user_id, .limit = 10);
    assert_int_equal(r.status, CW_STORE_OK);
    assert_int_equal(r.conversation_count, 1);
    return r.conversations[0].unread;
}

static void a_missed_call_is_an_entry(void **state)
{
    struct pair p = talk(*state, 3);
    struct cw_store_result r = miss(p.f, p.alice, p.bob);
    assert_int_equal(r.status, CW_STORE_OK);
    assert_int_equal(r.seq, 4);
    suite_reopen(p.f);
    r = read_history(&p, CW_ANCHOR_LATEST, 0, 2);
    assert_page(r, 3, 4, true);
    expect_call(&r.messages[1], p.alice);
    assert_int_equal(unread_of(p.f, p.bob), 3); /* with two texts of alice */
    EXPECT(p.f, CW_STORE_OK, .op = CW_STORE_READ_MARK, .conversation = p.conversation,
           .user_id = p.bob, .seq = 4);
    assert_int_equal(unread_of(p.f, p.bob), 0);
    r = RUN(p.f, .op = CW_STORE_CONVERSATIONS, .user_id = p.bob, .limit = 10);
    expect_call(&r.conversations[0].last, p.alice);
}

static void it_is_delivered(void **state)
{
    struct pair p = talk(*state, 0);
    struct cw_store_result r = miss(p.f, p.alice, p.bob);
    uint64_t id = r.message_id;
    r = RUN(p.f, .op = CW_STORE_INBOX_READ, .user_id = p.bob);
    assert_int_equal(r.message_count, 1);
    assert_int_equal(r.messages[0].message_id, id);
    expect_call(&r.messages[0], p.alice);
}

static void it_is_answered_and_deleted_and_not_edited(void **state)
{
    struct pair p = talk(*state, 0);
    miss(p.f, p.alice, p.bob);
    struct cw_store_result r =
        RUN(p.f, .op = CW_STORE_MESSAGE_APPEND, .user_id = p.bob, .reply_to = 1,
            .mailbox = cw_mailbox_of_user(p.alice), .voice = true, .channels = 1,
            .sample_rate = 8000, .duration_ms = 1, .body = TEXT("\x91\x01"));
    assert_int_equal(r.status, CW_STORE_OK);
    assert_non_null(r.quote);
    assert_true(cw_slice_eq(r.quote->text, TEXT(CW_MISSED_CALL)));
    EXPECT(p.f, CW_STORE_FORBIDDEN, .op = CW_STORE_MESSAGE_EDIT, .user_id = p.alice,
           .conversation = p.conversation, .seq = 1, .body = TEXT("no call"));
    EXPECT(p.f, CW_STORE_FORBIDDEN, .op = CW_STORE_MESSAGE_DELETE, .user_id = p.bob,
           .conversation = p.conversation, .seq = 1);
    EXPECT(p.f, CW_STORE_NOT_FOUND, .op = CW_STORE_PLAY_MARK, .user_id = p.bob,
           .conversation = p.conversation, .seq = 1);
    EXPECT(p.f, CW_STORE_OK, .op = CW_STORE_MESSAGE_DELETE, .user_id = p.alice,
           .conversation = p.conversation, .seq = 1);
    r = read_history(&p, CW_ANCHOR_BEFORE, 2, 1);
    assert_int_equal(r.messages[0].kind, CW_KIND_CALL);
    assert_int_equal(r.messages[0].deleted_ms, 1);
    assert_int_equal(r.messages[0].body.n, 0);
    assert_int_equal(unread_of(p.f, p.bob), 0);
}

static void search_does_not_find_it(void **state)
{
    struct pair p = talk(*state, 0);
    miss(p.f, p.alice, p.bob);
    say_at(p.f, 1, p.bob, cw_mailbox_of_user(p.alice), "I have missed it");
    struct cw_store_result r =
        RUN(p.f, .op = CW_STORE_SEARCH, .user_id = p.bob, .limit = 10, .body = TEXT("missed"));
    assert_int_equal(r.message_count, 1);
    assert_int_equal(r.messages[0].seq, 2);
}

static void who_is_blocked_leaves_none(void **state)
{
    struct pair p = talk(*state, 0);
    EXPECT(p.f, CW_STORE_OK, .op = CW_STORE_BLOCK, .user_id = p.bob, .other_id = p.alice);
    assert_int_equal(miss(p.f, p.alice, p.bob).status, CW_STORE_FORBIDDEN);
    struct cw_store_result r =
        RUN(p.f, .op = CW_STORE_MESSAGE_APPEND, .call = true, .no_stranger = true, .user_id = p.bob,
            .mailbox = cw_mailbox_of_user(p.alice), .body = TEXT(CW_MISSED_CALL));
    assert_int_equal(r.status, CW_STORE_STRANGER);
}

static void it_is_kept_as_long_as_texts(void **state)
{
    struct fixture *f = *state;
    f->options.retain.count = 2;
    suite_start_over(f);
    struct pair p = {.f = f, .alice = add_user(f, "alice"), .bob = add_user(f, "bob")};
    p.conversation = cw_conversation_of_pair(p.alice, p.bob);
    miss(f, p.alice, p.bob);
    miss(f, p.bob, p.alice);
    say_at(f, 1, p.alice, cw_mailbox_of_user(p.bob), "hi");
    run_idle(f);
    struct cw_store_result r = read_history(&p, CW_ANCHOR_LATEST, 0, 10);
    assert_page(r, 2, 3, false);
    expect_call(&r.messages[0], p.bob);
}

int suite_calls(const char *back_end_name)
{
    const struct CMUnitTest tests[] = {
        T(a_missed_call_is_an_entry),
        T(it_is_delivered),
        T(it_is_answered_and_deleted_and_not_edited),
        T(search_does_not_find_it),
        T(who_is_blocked_leaves_none),
        T(it_is_kept_as_long_as_texts),
    };
    return cmocka_run_group_tests_name(back_end_name, tests, NULL, NULL);
}
