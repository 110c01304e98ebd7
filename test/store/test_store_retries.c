/* test_store_retries.c - the numbers of a conversation's messages, and retries. */
#include "suite.h"

/* --- numbers and retries -------------------------------------------------------------- */

static void conversations_are_numbered_without_a_gap(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice"), bob = add_user(f, "bob"), eve = add_user(f, "eve");
    uint64_t cooks = cw_mailbox_of_group(add_group(f, alice, "cooks"));
    uint64_t a = cw_mailbox_of_user(alice), b = cw_mailbox_of_user(bob);
    struct cw_store_result r = RUN_AT(f, 77, .op = CW_STORE_MESSAGE_APPEND, .user_id = alice,
                                      .mailbox = b, .body = TEXT("x"));
    assert_int_equal(r.message_id, 1);
    assert_int_equal(r.seq, 1);
    assert_int_equal(r.time_ms, 77);
    assert_false(r.repeated);
    assert_int_equal(say_at(f, 1, bob, a, "the same pair"), 2);
    assert_int_equal(say_at(f, 1, alice, a, "to herself"), 1);
    assert_int_equal(say_at(f, 1, eve, a, "another pair"), 1);
    assert_int_equal(say_at(f, 1, eve, b, "a third one"), 1);
    assert_int_equal(say_at(f, 1, alice, cooks, "a group"), 1);
    suite_reopen(f);
    assert_int_equal(say_at(f, 1, alice, b, "x"), 3);
    assert_int_equal(say_at(f, 1, alice, a, "x"), 2);
    assert_int_equal(say_at(f, 1, alice, cooks, "x"), 2);
    assert_int_equal(say_at(f, 1, alice, cw_mailbox_of_user(eve), "x"), 2);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_MESSAGE_DELETE, .user_id = bob, .seq = 2,
           .conversation = cw_conversation_of_pair(alice, bob));
    assert_int_equal(say_at(f, 1, bob, a, "x"), 5);
}

static void a_refused_message_takes_no_number(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice"), to = cw_mailbox_of_user(alice);
    struct cw_store_request append = {.op = CW_STORE_MESSAGE_APPEND,
                                      .user_id = alice,
                                      .mailbox = to,
                                      .body = TEXT("x"),
                                      .reply_to = 1};
    assert_int_equal(run_one(f, &append).status, CW_STORE_NOT_FOUND);
    append.reply_to = 0;
    assert_int_equal(run_one(f, &append).seq, 1);
    append.reply_to = 2; /* itself */
    assert_int_equal(run_one(f, &append).status, CW_STORE_NOT_FOUND);
    append.reply_to = 1;
    struct cw_store_result r = run_one(f, &append);
    assert_int_equal(r.seq, 2);
    assert_int_equal(r.message_id, 2);
    r = read_inbox(f, alice, 0);
    ASSERT_IDS(&r, 1, 2, );
    assert_int_equal(r.messages[0].reply_to, 0);
    assert_int_equal(r.messages[1].reply_to, 1);
    assert_int_equal(r.messages[1].seq, 2);
}

static struct cw_store_result append_n(struct fixture *f, uint64_t session_id, uint64_t mailbox,
                                       uint64_t n, uint64_t now)
{
    return RUN_AT(f, now, .op = CW_STORE_MESSAGE_APPEND, .user_id = 1, .session_id = session_id,
                  .mailbox = mailbox, .n = n, .body = TEXT("x"));
}

static void assert_place(struct cw_store_result r, uint64_t message_id, uint64_t seq,
                         uint64_t time_ms, bool repeated)
{
    assert_int_equal(r.status, CW_STORE_OK);
    assert_int_equal(r.message_id, message_id);
    assert_int_equal(r.seq, seq);
    assert_int_equal(r.time_ms, time_ms);
    assert_int_equal(r.repeated, repeated);
}

static void a_retry_is_answered_as_the_first_time(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice"), bob = add_user(f, "bob");
    uint64_t a = cw_mailbox_of_user(alice), b = cw_mailbox_of_user(bob);
    uint64_t first = add_session(f, alice, "1", 1), second = add_session(f, alice, "2", 1);
    assert_place(append_n(f, first, b, 1, 10), 1, 1, 10, false);
    assert_place(append_n(f, first, b, 1, 20), 1, 1, 10, true);
    assert_place(append_n(f, first, a, 2, 30), 2, 1, 30, false);
    assert_place(append_n(f, second, b, 1, 40), 3, 2, 40, false); /* counts for itself */
    assert_place(append_n(f, first, b, 0, 50), 4, 3, 50, false);
    assert_place(append_n(f, first, b, 0, 60), 5, 4, 60, false); /* does not count */
    suite_reopen(f);
    assert_place(append_n(f, first, b, 1, 70), 1, 1, 10, true);
    assert_place(append_n(f, second, b, 1, 80), 3, 2, 40, true);

    struct cw_store_result r = append_n(f, first, a, 1, 90);
    assert_int_equal(r.status, CW_STORE_CONFLICT); /* it went to Bob */
    assert_int_equal(r.message_id, 0);
    assert_false(r.repeated);
    assert_int_equal(append_n(f, first, b, 2, 90).status, CW_STORE_CONFLICT);
    assert_place(append_n(f, first, b, 3, 90), 6, 5, 90, false);
    assert_int_equal(read_inbox(f, bob, 0).message_count, 5);
}

static void a_retry_in_the_same_batch_is_one(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice");
    struct cw_store_request append = {.op = CW_STORE_MESSAGE_APPEND,
                                      .user_id = alice,
                                      .session_id = add_session(f, alice, "1", 1),
                                      .mailbox = cw_mailbox_of_user(alice),
                                      .n = 1,
                                      .body = TEXT("x")};
    struct cw_store_request requests[] = {append, append, append};
    struct cw_store_result r[3];
    requests[2].n = 2;
    run_many(f, requests, 3, r);
    assert_place(r[0], 1, 1, 0, false);
    assert_place(r[1], 1, 1, 0, true);
    assert_place(r[2], 2, 2, 0, false);
    assert_ptr_equal(r[1].request, &requests[1]);
}

/* One part of Alice's first session writes to herself. */
static struct cw_store_result append_part(struct fixture *f, uint64_t part, uint64_t n,
                                          const char *body)
{
    return RUN_AT(f, 7, .op = CW_STORE_MESSAGE_APPEND, .user_id = 1, .session_id = 1,
                  .mailbox = cw_mailbox_of_user(1), .part = part, .n = n, .body = TEXT(body));
}

static void a_window_of_64_numbers_decides(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice"), a = cw_mailbox_of_user(alice);
    uint64_t session = add_session(f, alice, "1", 1);
    for (uint64_t n = 1; n <= CW_RETRIES_MAX + 2; n++)
        assert_place(append_n(f, session, a, n, n), n, n, n, false);
    suite_reopen(f);
    assert_int_equal(append_n(f, session, a, 1, 99).status, CW_STORE_UNKNOWN);
    assert_int_equal(append_n(f, session, a, 2, 99).status, CW_STORE_UNKNOWN);
    assert_place(append_n(f, session, a, 3, 99), 3, 3, 3, true);
    assert_place(append_n(f, session, a, CW_RETRIES_MAX + 2, 99), CW_RETRIES_MAX + 2,
                 CW_RETRIES_MAX + 2, CW_RETRIES_MAX + 2, true);
    /* Holes are accepted, and may be filled as long as the window has them. */
    uint64_t next = CW_RETRIES_MAX + 3;
    assert_place(append_n(f, session, a, 1000, 100), next, next, 100, false);
    assert_int_equal(append_n(f, session, a, 1000 - CW_RETRIES_MAX, 99).status, CW_STORE_UNKNOWN);
    assert_place(append_n(f, session, a, 1001 - CW_RETRIES_MAX, 101), next + 1, next + 1, 101,
                 false);
    suite_reopen(f);
    assert_place(append_n(f, session, a, 999, 102), next + 2, next + 2, 102, false);
    assert_place(append_n(f, session, a, 1000, 103), next, next, 100, true);
    assert_place(append_n(f, session, a, 1001 - CW_RETRIES_MAX, 103), next + 1, next + 1, 101,
                 true);
    assert_place(append_n(f, session, a, 999, 103), next + 2, next + 2, 102, true);
    /* Any number of 64 bits. */
    assert_place(append_n(f, session, a, UINT64_MAX, 104), next + 3, next + 3, 104, false);
    assert_place(append_n(f, session, a, UINT64_MAX - 63, 105), next + 4, next + 4, 105, false);
    suite_reopen(f);
    assert_place(append_n(f, session, a, UINT64_MAX, 106), next + 3, next + 3, 104, true);
    assert_place(append_n(f, session, a, UINT64_MAX - 63, 106), next + 4, next + 4, 105, true);
    assert_int_equal(append_n(f, session, a, 1000, 106).status, CW_STORE_UNKNOWN);
}

static void each_part_has_its_own_numbers(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice");
    add_session(f, alice, "1", 1);
    assert_place(append_part(f, 0, 1, "x"), 1, 1, 7, false);
    assert_place(append_part(f, 5, 1, "x"), 2, 2, 7, false);
    assert_place(append_part(f, UINT64_MAX, 1, "x"), 3, 3, 7, false);
    suite_reopen(f);
    assert_place(append_part(f, 5, 1, "x"), 2, 2, 7, true);
    assert_place(append_part(f, 0, 1, "x"), 1, 1, 7, true);
    assert_place(append_part(f, UINT64_MAX, 1, "x"), 3, 3, 7, true);
    /* So many are known: 5 and the highest go, the session's own stays. */
    for (uint64_t i = 0; i < CW_PART_WINDOWS_MAX; i++)
        assert_false(append_part(f, 100 + i, 1, "x").repeated);
    suite_reopen(f);
    assert_true(append_part(f, 0, 1, "x").repeated);
    assert_true(append_part(f, 100, 1, "x").repeated);
    assert_true(append_part(f, 99 + CW_PART_WINDOWS_MAX, 1, "x").repeated);
    assert_false(append_part(f, 5, 1, "x").repeated);
    assert_false(append_part(f, 100, 1, "x").repeated); /* now this one was oldest */
}

static void another_message_with_the_same_number_is_a_conflict(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice"), bob = add_user(f, "bob");
    struct cw_store_request append = {.op = CW_STORE_MESSAGE_APPEND,
                                      .user_id = alice,
                                      .session_id = add_session(f, alice, "1", 1),
                                      .mailbox = cw_mailbox_of_user(bob),
                                      .n = 1,
                                      .body = TEXT("one")};
    struct cw_store_request other = append;
    uint64_t pair = cw_conversation_of_pair(alice, bob);
    assert_place(run_one(f, &append), 1, 1, 0, false);
    suite_reopen(f);
    other.body = TEXT("two");
    assert_int_equal(run_one(f, &other).status, CW_STORE_CONFLICT);
    other.body = TEXT("");
    assert_int_equal(run_one(f, &other).status, CW_STORE_CONFLICT);
    other = append;
    other.reply_to = 1;
    assert_int_equal(run_one(f, &other).status, CW_STORE_CONFLICT);
    other = append;
    other.voice = true;
    other.channels = 1;
    other.sample_rate = 8000;
    assert_int_equal(run_one(f, &other).status, CW_STORE_CONFLICT);
    assert_place(run_one(f, &append), 1, 1, 0, true);
    /* What counts is what was sent, not what became of it. */
    RUN(f, .op = CW_STORE_MESSAGE_EDIT, .user_id = alice, .conversation = pair, .seq = 1,
        .body = TEXT("two"));
    assert_place(run_one(f, &append), 1, 1, 0, true);
    other.voice = false;
    other.channels = other.sample_rate = 0;
    other.body = TEXT("two");
    assert_int_equal(run_one(f, &other).status, CW_STORE_CONFLICT);
    /* Of a deleted text not even that is left. */
    RUN(f, .op = CW_STORE_MESSAGE_DELETE, .user_id = alice, .conversation = pair, .seq = 1);
    assert_place(run_one(f, &append), 1, 1, 0, true);
    assert_place(run_one(f, &other), 1, 1, 0, true);
    other.mailbox = cw_mailbox_of_user(alice);
    assert_int_equal(run_one(f, &other).status, CW_STORE_CONFLICT);
}

static void a_refusal_uses_no_number(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice");
    struct cw_store_request append = {.op = CW_STORE_MESSAGE_APPEND,
                                      .user_id = alice,
                                      .session_id = add_session(f, alice, "1", 1),
                                      .mailbox = cw_mailbox_of_user(alice),
                                      .n = 6,
                                      .refusal = CW_STORE_FORBIDDEN,
                                      .body = TEXT("x")};
    struct cw_store_request later = append;
    assert_int_equal(run_one(f, &append).status, CW_STORE_FORBIDDEN);
    later.n = 7;
    later.refusal = CW_STORE_OK;
    assert_place(run_one(f, &later), 1, 1, 0, false);
    append.refusal = CW_STORE_OK;
    append.reply_to = 5;
    assert_int_equal(run_one(f, &append).status, CW_STORE_NOT_FOUND);
    append.reply_to = 0;
    assert_place(run_one(f, &append), 2, 2, 0, false);
    append.refusal = CW_STORE_FORBIDDEN; /* it was stored when that was allowed */
    assert_place(run_one(f, &append), 2, 2, 0, true);
}

static void the_retry_of_what_is_no_longer_kept_is_told_so(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice"), group = add_group(f, alice, "cooks");
    uint64_t session = add_session(f, alice, "1", 1), cooks = cw_mailbox_of_group(group);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_GROUP_RETAIN, .user_id = alice, .group_id = group,
           .retain = {.count = 3});
    for (uint64_t n = 1; n <= 5; n++)
        assert_place(append_n(f, session, cooks, n, 10), n, n, 10, false);
    run_idle(f);
    suite_reopen(f);
    for (uint64_t n = 1; n <= 5; n++) {
        struct cw_store_result r = append_n(f, session, cooks, n, 20);
        assert_place(r, n <= 2 ? 0 : n, n <= 2 ? 0 : n, n <= 2 ? 0 : 10, true);
        assert_int_equal(r.gone, n <= 2);
    }
    assert_place(append_n(f, session, cooks, 6, 30), 6, 6, 30, false);
}

int suite_retries(const char *back_end_name)
{
    const struct CMUnitTest tests[] = {
        T(conversations_are_numbered_without_a_gap),
        T(a_refused_message_takes_no_number),
        T(a_retry_is_answered_as_the_first_time),
        T(a_retry_in_the_same_batch_is_one),
        T(a_window_of_64_numbers_decides),
        T(each_part_has_its_own_numbers),
        T(another_message_with_the_same_number_is_a_conflict),
        T(a_refusal_uses_no_number),
        T(the_retry_of_what_is_no_longer_kept_is_told_so),
    };
    return cmocka_run_group_tests_name(back_end_name, tests, NULL, NULL);
}
