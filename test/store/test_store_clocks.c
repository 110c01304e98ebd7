/* test_store_clocks.c - the rules of store.h for clocks that are wrong, over every back
 * end: what a time or a date may destroy. */
#include "suite.h"

#define DAY   (UINT64_C(24) * 3600 * 1000)
#define TODAY (20000 * DAY)

/* A request at a time and a date. */
#define RUN_ON(f, time, date, ...)                                                                 \
    run_one((f), &(struct cw_store_request){.time_ms = (time), .date_ms = (date), __VA_ARGS__})

static uint64_t say_on(struct fixture *f, uint64_t time_ms, uint64_t date_ms, uint64_t sender_id,
                       uint64_t mailbox)
{
    struct cw_store_result r =
        RUN_ON(f, time_ms, date_ms, .op = CW_STORE_MESSAGE_APPEND, .user_id = sender_id,
               .mailbox = mailbox, .body = TEXT("words"));
    assert_int_equal(r.status, CW_STORE_OK);
    assert_true(r.time_ms == time_ms);
    return r.message_id;
}

/* Time passes, and an idle moment comes. */
static void sweep_on(struct fixture *f, uint64_t time_ms, uint64_t date_ms)
{
    RUN_ON(f, time_ms, date_ms, .op = CW_STORE_USER_FIND, .key = TEXT("alice"));
    run_idle(f);
}

static void assert_kept(struct fixture *f, uint64_t conversation, const uint64_t ids[])
{
    struct cw_store_result r = RUN(f, .op = CW_STORE_HISTORY_READ, .user_id = 1, .limit = 100,
                                   .conversation = conversation);
    assert_int_equal(r.status, CW_STORE_OK);
    assert_ids(&r, ids);
}
#define ASSERT_KEPT(f, conversation, ...)                                                          \
    assert_kept((f), (conversation), (const uint64_t[]){__VA_ARGS__ 0})

struct place {
    struct fixture *f;
    uint64_t to_bob, pair, to_cooks;
};

/* Alice is 1, Bob is 2. */
static struct place keep_days(struct fixture *f, uint64_t days, uint64_t days_of_cooks)
{
    f->options.retain.days = days;
    suite_start_over(f);
    uint64_t alice = add_user(f, "alice"), bob = add_user(f, "bob");
    uint64_t cooks = add_group(f, alice, "cooks");
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_GROUP_RETAIN, .user_id = alice, .group_id = cooks,
           .retain = {.days = days_of_cooks});
    return (struct place){f, cw_mailbox_of_user(bob), cw_conversation_of_pair(alice, bob),
                          cw_mailbox_of_group(cooks)};
}

static void a_clock_that_is_ahead_removes_nothing(void **state)
{
    struct place p = keep_days(*state, 30, 10);
    for (uint64_t i = 0; i < 5; i++) {
        say_on(p.f, TODAY + i, TODAY + i, 1, p.to_bob);
        say_on(p.f, TODAY + i, TODAY + i, 1, p.to_cooks);
    }
    sweep_on(p.f, TODAY + 730 * DAY, TODAY + 1000);
    say_on(p.f, TODAY + 730 * DAY, TODAY + 2000, 1, p.to_bob);
    run_idle(p.f);
    ASSERT_KEPT(p.f, p.pair, 1, 3, 5, 7, 9, 11, );
    ASSERT_KEPT(p.f, p.to_cooks, 2, 4, 6, 8, 10, );

    /* The date alone does not remove either: the time has not come. */
    sweep_on(p.f, TODAY + 3 * DAY, TODAY + 60 * DAY);
    ASSERT_KEPT(p.f, p.to_cooks, 2, 4, 6, 8, 10, );
    sweep_on(p.f, TODAY + 10 * DAY + 2, TODAY + 60 * DAY);
    ASSERT_KEPT(p.f, p.to_cooks, 8, 10, );
    sweep_on(p.f, TODAY + 60 * DAY, TODAY + 30 * DAY + 1);
    ASSERT_KEPT(p.f, p.to_cooks, );
    ASSERT_KEPT(p.f, p.pair, 5, 7, 9, 11, );
}

/* clock-jumps.py: one message of in nine years stopped the deletion by age. */
static void a_message_from_the_future_stops_nothing(void **state)
{
    struct place p = keep_days(*state, 7, 0);
    uint64_t in_years = TODAY + 9 * 365 * DAY;
    say_on(p.f, in_years, TODAY, 2, cw_mailbox_of_user(2)); /* alone in its conversation */
    say_on(p.f, in_years, TODAY, 1, p.to_bob);
    sweep_on(p.f, TODAY, TODAY);
    for (uint64_t i = 1; i <= 100; i++)
        say_on(p.f, TODAY + i, TODAY + i, 1, p.to_bob);
    sweep_on(p.f, TODAY + 7 * DAY, TODAY + 7 * DAY);
    struct cw_store_result r = RUN(p.f, .op = CW_STORE_HISTORY_READ, .user_id = 1, .limit = 1,
                                   .conversation = p.pair, .anchor = CW_ANCHOR_AFTER);
    ASSERT_IDS(&r, 2, ); /* nothing has gone */
    uint64_t later = TODAY + 30 * DAY;
    uint64_t last = say_on(p.f, later, later, 1, p.to_bob);
    run_idle(p.f);
    ASSERT_KEPT(p.f, p.pair, last, ); /* it lay before what went, so it is as old */
    r = RUN(p.f, .op = CW_STORE_HISTORY_READ, .user_id = 2, .limit = 9,
            .conversation = cw_conversation_of_pair(2, 2));
    ASSERT_IDS(&r, 1, );
    assert_true(r.messages[0].time_ms == in_years);

    /* In the end its time has come, too. */
    suite_reopen(p.f);
    sweep_on(p.f, in_years + 7 * DAY, in_years + 7 * DAY);
    ASSERT_KEPT(p.f, p.pair, );
    r = RUN(p.f, .op = CW_STORE_HISTORY_READ, .user_id = 2, .limit = 9,
            .conversation = cw_conversation_of_pair(2, 2));
    ASSERT_IDS(&r, );
}

static void it_stops_nothing_in_a_group_either(void **state)
{
    struct place p = keep_days(*state, 0, 7);
    for (int i = 0; i < 100; i++) /* more than a slice of an idle moment */
        say_on(p.f, TODAY + 730 * DAY, TODAY, 1, p.to_cooks);
    sweep_on(p.f, TODAY, TODAY);
    for (uint64_t i = 1; i <= 9; i++)
        say_on(p.f, TODAY + i * DAY, TODAY + i * DAY, 1, p.to_cooks);
    sweep_on(p.f, TODAY + 7 * DAY, TODAY + 7 * DAY);
    struct cw_store_result r = RUN(p.f, .op = CW_STORE_HISTORY_READ, .user_id = 1, .limit = 200,
                                   .conversation = p.to_cooks);
    assert_int_equal(r.message_count, 109);
    sweep_on(p.f, TODAY + 10 * DAY, TODAY + 10 * DAY);
    ASSERT_KEPT(p.f, p.to_cooks, 104, 105, 106, 107, 108, 109, );
    suite_reopen(p.f);
    sweep_on(p.f, TODAY + 11 * DAY, TODAY + 11 * DAY);
    ASSERT_KEPT(p.f, p.to_cooks, 105, 106, 107, 108, 109, );
}

/* What was said a minute ago, by a clock that had been set back a year, is not old. */
static void a_message_of_long_ago_is_no_older_than_those_before_it(void **state)
{
    struct place p = keep_days(*state, 30, 20);
    say_on(p.f, TODAY, TODAY, 1, p.to_bob);
    say_on(p.f, TODAY, TODAY, 1, p.to_cooks);
    say_on(p.f, TODAY - 365 * DAY, TODAY, 1, p.to_bob);
    say_on(p.f, TODAY - 365 * DAY, TODAY, 1, p.to_cooks);
    sweep_on(p.f, TODAY + DAY, TODAY + DAY);
    ASSERT_KEPT(p.f, p.pair, 1, 3, );
    ASSERT_KEPT(p.f, p.to_cooks, 2, 4, );
    sweep_on(p.f, TODAY + 20 * DAY, TODAY + 20 * DAY);
    ASSERT_KEPT(p.f, p.to_cooks, );
    ASSERT_KEPT(p.f, p.pair, 1, 3, );
    sweep_on(p.f, TODAY + 30 * DAY, TODAY + 30 * DAY);
    ASSERT_KEPT(p.f, p.pair, );
}

static enum cw_store_status find(struct fixture *f, uint64_t time_ms, uint64_t date_ms)
{
    return RUN_ON(f, time_ms, date_ms, .op = CW_STORE_SESSION_FIND, .key = TEXT("alice"),
                  .secret = TEXT("a"))
        .status;
}

static void a_clock_that_is_ahead_logs_nobody_out(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice"), ahead = TODAY + 2 * IDLE_MS;
    uint64_t session = add_session(f, alice, "a", TODAY);
    assert_int_equal(find(f, ahead, TODAY + 1), CW_STORE_OK);
    RUN_ON(f, ahead, TODAY + 1, .op = CW_STORE_SESSION_CREATE, .user_id = alice,
           .secret = TEXT("b")); /* drops what has expired */
    assert_int_equal(find(f, TODAY + 2, TODAY + 2), CW_STORE_OK);
    struct cw_store_result r =
        RUN_ON(f, ahead, TODAY + 1, .op = CW_STORE_SESSION_LIST, .user_id = alice);
    assert_int_equal(r.session_count, 2);
    r = RUN_ON(f, ahead, TODAY + 2, .op = CW_STORE_SESSION_SAVE, .session_id = session, .cursor = 1,
               .part = 1);
    assert_int_equal(r.status, CW_STORE_OK);
    r = RUN_ON(f, ahead, TODAY + 3, .op = CW_STORE_SESSION_LIST, .user_id = alice);
    assert_true(r.sessions[0].seen_ms == ahead && r.sessions[1].seen_ms == ahead);
    /* Real age ends it all the same. */
    assert_int_equal(find(f, ahead + IDLE_MS, ahead + IDLE_MS - 1), CW_STORE_OK);
    assert_int_equal(find(f, ahead + IDLE_MS, ahead + IDLE_MS), CW_STORE_NOT_FOUND);
}

static void who_logs_in_by_a_clock_that_is_behind_stays(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice"), behind = TODAY - 400 * DAY;
    RUN_ON(f, behind, TODAY, .op = CW_STORE_SESSION_CREATE, .user_id = alice, .secret = TEXT("a"));
    assert_int_equal(find(f, behind + 5, TODAY), CW_STORE_OK);
    assert_int_equal(find(f, TODAY + 5, TODAY), CW_STORE_OK); /* the clock is right again */
    assert_int_equal(find(f, TODAY + 5, TODAY + IDLE_MS - 1), CW_STORE_OK);
    struct cw_store_result r =
        RUN_ON(f, TODAY + 5, TODAY, .op = CW_STORE_SESSION_LIST, .user_id = alice);
    assert_int_equal(r.session_count, 1);
    assert_true(r.sessions[0].seen_ms == TODAY && r.sessions[0].created_ms == behind);
}

/* A clock that was years ahead for an hour does not say who was here last. */
static void the_session_that_is_one_too_many_is_found_without_a_clock(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice"), ahead = TODAY + 730 * DAY;
    uint64_t first = add_session(f, alice, "a", TODAY);
    for (char token[] = "b"; token[0] < 'a' + (int)SESSIONS; token[0]++)
        RUN_ON(f, ahead, TODAY, .op = CW_STORE_SESSION_CREATE, .user_id = alice,
               .secret = TEXT(token));
    RUN_ON(f, ahead, TODAY, .op = CW_STORE_SESSION_SAVE, .session_id = 3, .cursor = 0);
    RUN_ON(f, TODAY + 1, TODAY + 1, .op = CW_STORE_SESSION_SAVE, .session_id = first);
    RUN_ON(f, TODAY + 1, TODAY + 1, .op = CW_STORE_SESSION_SAVE, .session_id = 2, .part = 1);
    suite_reopen(f);
    struct cw_store_result r = RUN_ON(f, TODAY + 2, TODAY + 2, .op = CW_STORE_SESSION_CREATE,
                                      .user_id = alice, .secret = TEXT("z"));
    assert_int_equal(r.dropped_session_id, 4); /* 1, 2 and 3 were used since */
    r = RUN_ON(f, TODAY + 2, TODAY + 2, .op = CW_STORE_SESSION_CREATE, .user_id = alice,
               .secret = TEXT("y"));
    assert_int_equal(r.dropped_session_id, 5);
}

/* As a contact sees her. */
static uint64_t seen_by_bob(struct fixture *f)
{
    struct cw_store_result r = RUN(f, .op = CW_STORE_CONTACT_LIST, .user_id = 2);
    assert_int_equal(r.person_count, 1);
    return r.people[0].seen_ms;
}

static void last_seen_never_goes_back(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice"), bob = add_user(f, "bob");
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_CONTACT_ADD, .user_id = bob, .other_id = alice);
    uint64_t session = add_session(f, alice, "a", 900);
    RUN_AT(f, 5000, .op = CW_STORE_SESSION_SAVE, .session_id = session, .cursor = 7);
    assert_int_equal(seen_by_bob(f), 5000);
    RUN_AT(f, 1000, .op = CW_STORE_SESSION_SAVE, .session_id = session, .cursor = 8);
    assert_int_equal(seen_by_bob(f), 5000);
    struct cw_store_result r = RUN_AT(f, 1000, .op = CW_STORE_SESSION_LIST, .user_id = alice);
    assert_int_equal(r.sessions[0].seen_ms, 5000);
    r = RUN_AT(f, 1000, .op = CW_STORE_SESSION_FIND, .key = TEXT("alice"), .secret = TEXT("a"));
    assert_int_equal(r.cursor, 8); /* the rest is saved */
    RUN_AT(f, 6000, .op = CW_STORE_SESSION_SAVE, .session_id = session, .part = 1);
    RUN_AT(f, 2000, .op = CW_STORE_SESSION_SAVE, .session_id = session, .part = 1);
    r = RUN_AT(f, 1000, .op = CW_STORE_SESSION_LIST, .user_id = alice);
    assert_int_equal(r.sessions[0].seen_ms, 6000);
    RUN_AT(f, 2000, .op = CW_STORE_SESSION_DROP, .session_id = session);
    assert_int_equal(seen_by_bob(f), 5000);
    session = add_session(f, alice, "b", 7000);
    RUN_AT(f, 7000, .op = CW_STORE_SESSION_DROP, .session_id = session);
    assert_int_equal(seen_by_bob(f), 7000);
}

static enum cw_store_status invite(struct fixture *f, const char *hash, uint64_t time_ms,
                                   uint64_t date_ms)
{
    return RUN_ON(f, time_ms, date_ms, .op = CW_STORE_INVITE_CREATE, .user_id = 1,
                  .secret = TEXT(hash), .expires_ms = time_ms + 7 * DAY, .uses = 1)
        .status;
}

static enum cw_store_status register_with(struct fixture *f, const char *name, const char *hash,
                                          uint64_t time_ms)
{
    return RUN_AT(f, time_ms, .op = CW_STORE_USER_CREATE, .name = TEXT(name), .key = TEXT(name),
                  .secret = TEXT("$"), .invitation = TEXT(hash))
        .status;
}

static void a_clock_that_is_ahead_drops_no_invitation(void **state)
{
    struct fixture *f = *state;
    uint64_t ahead = TODAY + 100 * DAY;
    add_user(f, "alice");
    assert_int_equal(invite(f, "one", TODAY, TODAY), CW_STORE_OK);
    assert_int_equal(register_with(f, "bob", "one", ahead), CW_STORE_FORBIDDEN);
    assert_int_equal(invite(f, "two", ahead, TODAY + 1), CW_STORE_OK); /* removes the expired */
    assert_int_equal(invite(f, "one", ahead, TODAY + 1), CW_STORE_EXISTS);
    assert_int_equal(register_with(f, "bob", "one", TODAY + DAY), CW_STORE_OK);
}

static void invitations_that_cannot_go_yet_count(void **state)
{
    struct fixture *f = *state;
    char hash[] = "00";
    add_user(f, "alice");
    for (int i = 0; i < (int)CW_INVITATIONS_MAX; i++) {
        hash[0] = (char)('0' + i / 10);
        hash[1] = (char)('0' + i % 10);
        assert_int_equal(invite(f, hash, TODAY, TODAY), CW_STORE_OK);
    }
    assert_int_equal(invite(f, "x", TODAY + 100 * DAY, TODAY + 1), CW_STORE_FULL);
    assert_int_equal(invite(f, "x", TODAY + 100 * DAY, TODAY + 7 * DAY), CW_STORE_OK);
}

static void the_date_is_kept(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(cw_store_date(f->store), 0);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_DATE_KEEP, .date_ms = TODAY);
    suite_reopen(f);
    assert_true(cw_store_date(f->store) == TODAY);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_DATE_KEEP, .date_ms = TODAY - 5);
    assert_true(cw_store_date(f->store) == TODAY - 5);
    suite_set_full(f, true);
    assert_int_equal(RUN(f, .op = CW_STORE_DATE_KEEP, .date_ms = TODAY).status,
                     CW_STORE_UNAVAILABLE);
    suite_set_full(f, false);
    suite_reopen(f);
    assert_true(cw_store_date(f->store) == TODAY - 5);
}

int suite_clocks(const char *back_end_name)
{
    const struct CMUnitTest tests[] = {
        T(a_clock_that_is_ahead_removes_nothing),
        T(a_message_from_the_future_stops_nothing),
        T(it_stops_nothing_in_a_group_either),
        T(a_message_of_long_ago_is_no_older_than_those_before_it),
        T(a_clock_that_is_ahead_logs_nobody_out),
        T(who_logs_in_by_a_clock_that_is_behind_stays),
        T(the_session_that_is_one_too_many_is_found_without_a_clock),
        T(last_seen_never_goes_back),
        T(a_clock_that_is_ahead_drops_no_invitation),
        T(invitations_that_cannot_go_yet_count),
        T(the_date_is_kept),
    };
    return cmocka_run_group_tests_name(back_end_name, tests, NULL, NULL);
}
