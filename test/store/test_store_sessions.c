/* test_store_sessions.c - the rules of store.h about sessions, over every back end. */
#include "suite.h"

#include <stdio.h>

/* --- sessions ----------------------------------------------------------------------- */

static struct cw_store_result find_session(struct fixture *f, const char *key, const char *token,
                                           uint64_t time_ms)
{
    return run_one(f, &(struct cw_store_request){.op = CW_STORE_SESSION_FIND,
                                                 .time_ms = time_ms,
                                                 .key = TEXT(key),
                                                 .secret = TEXT(token)});
}

/* A login that was verified against the old password, and two changes at once. */
static void a_changed_password_is_not_the_expected_one(void **state)
{
    struct fixture *f = *state;
    struct cw_store_result r = RUN(f, .op = CW_STORE_USER_CREATE, .name = TEXT("alice"),
                                   .key = TEXT("alice"), .secret = TEXT("hash 1"));
    uint64_t alice = r.user_id;
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_SESSION_CREATE, .user_id = alice,
           .expected = TEXT("hash 1"), .secret = TEXT("a"));
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_PASSWORD_SET, .user_id = alice, .session_id = 1,
           .expected = TEXT("hash 1"), .secret = TEXT("hash 2"));
    EXPECT(f, CW_STORE_MISMATCH, .op = CW_STORE_SESSION_CREATE, .user_id = alice,
           .expected = TEXT("hash 1"), .secret = TEXT("b"));
    assert_int_equal(find_session(f, "alice", "b", 1).status, CW_STORE_MISMATCH);
    EXPECT(f, CW_STORE_MISMATCH, .op = CW_STORE_PASSWORD_SET, .user_id = alice, .session_id = 9,
           .expected = TEXT("hash 1"), .secret = TEXT("hash 3"));
    assert_int_equal(find_session(f, "alice", "a", 1).status, CW_STORE_OK); /* not ended by it */
    r = RUN(f, .op = CW_STORE_PASSWORD_FIND, .user_id = alice);
    assert_slice(r.secret, "hash 2");
    EXPECT(f, CW_STORE_NOT_FOUND, .op = CW_STORE_PASSWORD_SET, .user_id = alice + 1,
           .expected = TEXT("hash 1"), .secret = TEXT("hash 3"));
}

/* Two logins at once with a hash that is to be renewed: both are good, the first one's new
 * hash stays. A change of the password is not undone, and not refused, by either. */
static void a_renewed_hash_refuses_nobody(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = RUN(f, .op = CW_STORE_USER_CREATE, .name = TEXT("alice"), .key = TEXT("alice"),
                         .secret = TEXT("old"))
                         .user_id;
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_SESSION_CREATE, .user_id = alice, .expected = TEXT("old"),
           .renewed = TEXT("new 1"), .secret = TEXT("a"));
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_SESSION_CREATE, .user_id = alice, .expected = TEXT("old"),
           .renewed = TEXT("new 2"), .secret = TEXT("b"));
    assert_slice(RUN(f, .op = CW_STORE_PASSWORD_FIND, .user_id = alice).secret, "new 1");
    suite_reopen(f);
    EXPECT(f, CW_STORE_MISMATCH, .op = CW_STORE_SESSION_CREATE, .user_id = alice,
           .expected = TEXT("new 2"), .secret = TEXT("c"));
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_PASSWORD_SET, .user_id = alice, .session_id = 1,
           .expected = TEXT("old"), .secret = TEXT("changed"));
    EXPECT(f, CW_STORE_MISMATCH, .op = CW_STORE_SESSION_CREATE, .user_id = alice,
           .expected = TEXT("old"), .renewed = TEXT("new 3"), .secret = TEXT("d"));
    EXPECT(f, CW_STORE_MISMATCH, .op = CW_STORE_SESSION_CREATE, .user_id = alice,
           .expected = TEXT("new 1"), .secret = TEXT("e"));
    assert_slice(RUN(f, .op = CW_STORE_PASSWORD_FIND, .user_id = alice).secret, "changed");
}

/* A session that was revoked while its new password was hashed, and one of another. */
static void an_ended_session_changes_no_password(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice"), bob = add_user(f, "bob");
    uint64_t thief = add_session(f, alice, "a", 1), own = add_session(f, alice, "b", 1);
    uint64_t bobs = add_session(f, bob, "c", 1);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_SESSION_REVOKE, .user_id = alice, .session_id = thief);
    const uint64_t ids[] = {thief, bobs, 0, 99};
    for (size_t i = 0; i < 4; i++)
        EXPECT(f, CW_STORE_NOT_FOUND, .op = CW_STORE_PASSWORD_SET, .user_id = alice,
               .session_id = ids[i], .secret = TEXT("stolen"));
    suite_reopen(f);
    assert_slice(RUN(f, .op = CW_STORE_PASSWORD_FIND, .user_id = alice).secret, "$");
    assert_int_equal(find_session(f, "alice", "b", 1).session_id, own);
}

/* The file of a long body is written before the transaction: a session may end meanwhile. */
static void an_ended_session_sends_nothing_long(void **state)
{
    static char body[CW_BODY_INLINE_MAX + 1];
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice"), session = add_session(f, alice, "a", 1);
    struct cw_store_request send = {.op = CW_STORE_MESSAGE_APPEND,
                                    .user_id = alice,
                                    .session_id = session,
                                    .mailbox = cw_mailbox_of_user(alice),
                                    .body = cw_slice_of(body, sizeof body)};
    assert_int_equal(run_one(f, &send).status, CW_STORE_OK);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_SESSION_DROP, .session_id = session);
    assert_int_equal(run_one(f, &send).status, CW_STORE_MISMATCH);
    send.session_id = 0; /* of nobody in particular */
    assert_int_equal(run_one(f, &send).status, CW_STORE_OK);
    struct cw_store_result r = read_inbox(f, alice, 0);
    ASSERT_IDS(&r, 1, 2, );
}

static void a_session_comes_back_as_it_was_saved(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice"), bob = add_user(f, "bob");
    uint64_t first = add_group(f, bob, "first"), second = add_group(f, alice, "second");
    join_group(f, alice, "first");
    struct cw_store_result r =
        RUN(f, .op = CW_STORE_SESSION_CREATE, .user_id = alice, .secret = TEXT("token"),
            .client = TEXT("test"), .extended = true, .features = UINT64_C(1) << 63 | 5);
    assert_int_equal(r.status, CW_STORE_OK);
    assert_int_equal(r.session_id, 1);
    assert_int_equal(r.dropped_session_id, 0);
    assert_int_equal(r.cursor, 0);
    assert_int_equal(r.group_count, 2);

    r = find_session(f, "alice", "token", 1);
    assert_int_equal(r.status, CW_STORE_OK);
    assert_int_equal(r.user_id, alice);
    assert_slice(r.name, "alice");
    assert_int_equal(r.session_id, 1);
    assert_int_equal(r.cursor, 0);
    assert_true(r.extended);
    assert_true(r.features == (UINT64_C(1) << 63 | 5));
    assert_int_equal(r.group_count, 2);
    assert_int_equal(r.groups[0].group_id, first);
    assert_slice(r.groups[0].name, "first");
    assert_int_equal(r.groups[1].group_id, second);
    assert_slice(r.groups[1].name, "second");

    r = RUN(f, .op = CW_STORE_SESSION_SAVE, .session_id = 1, .cursor = 42, .features = 9);
    assert_int_equal(r.status, CW_STORE_OK);
    r = find_session(f, "alice", "token", 1);
    assert_int_equal(r.status, CW_STORE_OK);
    assert_int_equal(r.cursor, 42);
    assert_false(r.extended);
    assert_int_equal(r.features, 9);
}

static void a_wrong_token_is_told_from_no_session(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice"), bob = add_user(f, "bob");
    assert_int_equal(find_session(f, "nobody", "a", 1).status, CW_STORE_NOT_FOUND);
    assert_int_equal(find_session(f, "alice", "a", 1).status, CW_STORE_NOT_FOUND);
    uint64_t session = add_session(f, alice, "a", 1);
    add_session(f, bob, "b", 1);
    struct cw_store_result r = find_session(f, "alice", "b", 1);
    assert_int_equal(r.status, CW_STORE_MISMATCH);
    assert_int_equal(r.user_id, 0);
    assert_int_equal(r.session_id, 0);
    assert_int_equal(find_session(f, "alice", "a", 1).status, CW_STORE_OK);
    for (int i = 0; i < 2; i++)
        assert_int_equal(RUN(f, .op = CW_STORE_SESSION_DROP, .session_id = session).status,
                         CW_STORE_OK);
    assert_int_equal(find_session(f, "alice", "a", 1).status, CW_STORE_NOT_FOUND);
    assert_int_equal(RUN(f, .op = CW_STORE_SESSION_SAVE, .session_id = session).status,
                     CW_STORE_OK);
    assert_int_equal(find_session(f, "alice", "a", 1).status, CW_STORE_NOT_FOUND);
}

static void a_refused_session_changes_nothing(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice"), bob = add_user(f, "bob");
    uint64_t first = add_session(f, alice, "token", 1);
    struct cw_store_result r =
        RUN(f, .op = CW_STORE_SESSION_CREATE, .user_id = 9, .secret = TEXT("other"));
    assert_int_equal(r.status, CW_STORE_NOT_FOUND);
    r = RUN(f, .op = CW_STORE_SESSION_CREATE, .user_id = bob, .secret = TEXT("token"));
    assert_int_equal(r.status, CW_STORE_EXISTS);
    assert_int_equal(r.session_id, 0);
    assert_int_equal(find_session(f, "bob", "token", 1).status, CW_STORE_NOT_FOUND);
    assert_int_equal(find_session(f, "alice", "token", 1).session_id, first);
}

static void sessions_expire(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice");
    uint64_t session = add_session(f, alice, "a", 5000);
    assert_int_equal(find_session(f, "alice", "a", 5000 + IDLE_MS - 1).status, CW_STORE_OK);
    assert_int_equal(find_session(f, "alice", "a", 5000 + IDLE_MS).status, CW_STORE_NOT_FOUND);
    assert_int_equal(find_session(f, "alice", "a", 0).status, CW_STORE_OK); /* the clock jumped */

    struct cw_store_request save = {
        .op = CW_STORE_SESSION_SAVE, .session_id = session, .time_ms = 6000, .cursor = 3};
    run_one(f, &save);
    assert_int_equal(find_session(f, "alice", "a", 5999 + IDLE_MS).status, CW_STORE_OK);
    assert_int_equal(find_session(f, "alice", "a", 6000 + IDLE_MS).status, CW_STORE_NOT_FOUND);

    /* What has expired does not come back, and its cursor does not count. */
    save.time_ms = 6000 + IDLE_MS;
    save.cursor = 100;
    assert_int_equal(run_one(f, &save).status, CW_STORE_OK);
    assert_int_equal(find_session(f, "alice", "a", 6000 + IDLE_MS).status, CW_STORE_NOT_FOUND);
    struct cw_store_result r = run_one(f, &(struct cw_store_request){.op = CW_STORE_SESSION_CREATE,
                                                                     .time_ms = 6000 + IDLE_MS,
                                                                     .user_id = alice,
                                                                     .secret = TEXT("b")});
    assert_int_equal(r.cursor, 3);
    assert_int_equal(r.dropped_session_id, 0);
    assert_int_equal(find_session(f, "alice", "a", 6000 + IDLE_MS).status, CW_STORE_MISMATCH);
}

/* Sessions 1 to SESSIONS of a new user, number i last seen at 1000 + i. */
static uint64_t fill_sessions(struct fixture *f)
{
    uint64_t alice = add_user(f, "alice");
    for (unsigned i = 1; i <= SESSIONS; i++) {
        char token[16];
        snprintf(token, sizeof token, "t%u", i);
        assert_int_equal(add_session(f, alice, token, 1000 + i), i);
    }
    return alice;
}

static void the_longest_idle_session_gives_way(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = fill_sessions(f);
    run_one(f, &(struct cw_store_request){
                   .op = CW_STORE_SESSION_SAVE, .session_id = 1, .time_ms = 2000});
    assert_int_equal(find_session(f, "alice", "t2", 2000).status, CW_STORE_OK);
    struct cw_store_result r =
        RUN_AT(f, 2001, .op = CW_STORE_SESSION_CREATE, .user_id = alice, .secret = TEXT("new"));
    assert_int_equal(r.status, CW_STORE_OK);
    assert_int_equal(r.session_id, SESSIONS + 1);
    assert_int_equal(r.dropped_session_id, 2);
    assert_int_equal(find_session(f, "alice", "t2", 2000).status, CW_STORE_MISMATCH);
    assert_int_equal(find_session(f, "alice", "t1", 2000).status, CW_STORE_OK);
    assert_int_equal(find_session(f, "alice", "t3", 2000).status, CW_STORE_OK);
    assert_int_equal(find_session(f, "alice", "new", 2000).status, CW_STORE_OK);
}

static void sessions_in_use_are_spared(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = fill_sessions(f);
    uint64_t active[SESSIONS + 2] = {2, 1, 4};
    struct cw_store_request create = {.op = CW_STORE_SESSION_CREATE,
                                      .time_ms = 2000,
                                      .user_id = alice,
                                      .secret = TEXT("x"),
                                      .active = cw_slice_of(active, 3 * sizeof active[0])};
    struct cw_store_result r = run_one(f, &create);
    assert_int_equal(r.dropped_session_id, 3);

    /* With all of them in use a login is still not refused: the first of them goes that
     * is there, and number 3 is not any more. */
    active[0] = 3;
    for (unsigned i = 1; i < SESSIONS + 2; i++)
        active[i] = SESSIONS + 2 - i;
    create.active = cw_slice_of(active, sizeof active);
    create.secret = TEXT("y");
    r = run_one(f, &create);
    assert_int_equal(r.status, CW_STORE_OK);
    assert_int_equal(r.session_id, SESSIONS + 2);
    assert_int_equal(r.dropped_session_id, SESSIONS + 1);
    assert_int_equal(find_session(f, "alice", "y", 2000).status, CW_STORE_OK);
    assert_int_equal(find_session(f, "alice", "x", 2000).status, CW_STORE_MISMATCH);
    assert_int_equal(find_session(f, "alice", "t1", 2000).status, CW_STORE_OK);
}

static void expired_sessions_do_not_count(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = fill_sessions(f);
    uint64_t now = 1001 + IDLE_MS; /* t1 has just expired */
    struct cw_store_result r =
        RUN_AT(f, now, .op = CW_STORE_SESSION_CREATE, .user_id = alice, .secret = TEXT("new"));
    assert_int_equal(r.dropped_session_id, 0);
    assert_int_equal(find_session(f, "alice", "t2", now).status, CW_STORE_OK);
}

static void session_ids_are_never_used_again(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice");
    uint64_t first = add_session(f, alice, "a", 1);
    RUN(f, .op = CW_STORE_SESSION_DROP, .session_id = first);
    assert_int_equal(add_session(f, alice, "b", 1), first + 1);
}

static uint64_t first_cursor(struct fixture *f, struct cw_store_request request)
{
    static char token[] = "token 0";
    token[6]++;
    request.op = CW_STORE_SESSION_CREATE;
    request.time_ms = 1;
    request.secret = TEXT(token);
    struct cw_store_result r = run_one(f, &request);
    assert_int_equal(r.status, CW_STORE_OK);
    struct cw_store_result found = find_session(f, "alice", token, 1);
    assert_int_equal(found.session_id, r.session_id);
    assert_int_equal(found.cursor, r.cursor);
    return r.cursor;
}

static void a_login_starts_at_the_highest_cursor(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice");
    for (int i = 0; i < 10; i++)
        add_message(f, alice, cw_mailbox_of_user(alice), "x");
    struct cw_store_request plain = {.user_id = alice}, ahead = {.user_id = alice, .cursor = 7};
    struct cw_store_request since = {.user_id = alice, .has_since = true, .since = 2};
    assert_int_equal(first_cursor(f, plain), 0);

    uint64_t session = add_session(f, alice, "gone", 1);
    RUN(f, .op = CW_STORE_SESSION_SAVE, .session_id = session, .cursor = 5);
    RUN(f, .op = CW_STORE_SESSION_SAVE, .session_id = session, .cursor = 4);
    assert_int_equal(find_session(f, "alice", "gone", 1).cursor, 4);
    RUN(f, .op = CW_STORE_SESSION_DROP, .session_id = session);
    assert_int_equal(first_cursor(f, plain), 5);
    assert_int_equal(first_cursor(f, ahead), 7);
    assert_int_equal(first_cursor(f, plain), 5);
    ahead.cursor = 3;
    assert_int_equal(first_cursor(f, ahead), 5);

    assert_int_equal(first_cursor(f, since), 2);
    since.since = 0;
    assert_int_equal(first_cursor(f, since), 0);
    since.since = 10;
    assert_int_equal(first_cursor(f, since), 10);
    since.since = 11; /* of other messages: as if it were not there */
    assert_int_equal(first_cursor(f, since), 5);
    since.cursor = 8;
    assert_int_equal(first_cursor(f, since), 8);
    since.since = UINT64_MAX;
    assert_int_equal(first_cursor(f, since), 8);
}

static void sessions_are_listed_longest_seen_last(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice"), bob = add_user(f, "bob");
    uint64_t first = RUN_AT(f, 1000, .op = CW_STORE_SESSION_CREATE, .user_id = alice,
                            .secret = TEXT("1"), .client = TEXT("tui"), .address = TEXT("::1"))
                         .session_id;
    uint64_t second = add_session(f, alice, "2", 1000), third = add_session(f, alice, "3", 3000);
    add_session(f, bob, "4", 2000);
    RUN_AT(f, 4000, .op = CW_STORE_SESSION_SAVE, .session_id = first); /* keeps what it has */
    RUN_AT(f, 2000, .op = CW_STORE_SESSION_SAVE, .session_id = third, .client = TEXT("bot"),
           .address = TEXT("192.0.2.1")); /* by a clock that was set back */
    suite_reopen(f);
    struct cw_store_result r = RUN_AT(f, 5000, .op = CW_STORE_SESSION_LIST, .user_id = alice);
    assert_int_equal(r.status, CW_STORE_OK);
    assert_int_equal(r.session_count, 3);
    assert_int_equal(r.sessions[0].session_id, first);
    assert_slice(r.sessions[0].client, "tui");
    assert_slice(r.sessions[0].address, "::1");
    assert_int_equal(r.sessions[0].created_ms, 1000);
    assert_int_equal(r.sessions[0].seen_ms, 4000);
    assert_int_equal(r.sessions[1].session_id, third);
    assert_slice(r.sessions[1].client, "bot");
    assert_slice(r.sessions[1].address, "192.0.2.1");
    assert_int_equal(r.sessions[1].created_ms, 3000);
    assert_int_equal(r.sessions[1].seen_ms, 3000);
    assert_int_equal(r.sessions[2].session_id, second);
    assert_slice(r.sessions[2].client, "");

    /* Of two seen at once the younger stands first; what has expired is not there. */
    RUN_AT(f, 4000, .op = CW_STORE_SESSION_SAVE, .session_id = second);
    r = RUN_AT(f, IDLE_MS + 3000, .op = CW_STORE_SESSION_LIST, .user_id = alice);
    assert_int_equal(r.session_count, 2);
    assert_int_equal(r.sessions[0].session_id, second);
    assert_int_equal(r.sessions[1].session_id, first);
    assert_int_equal(RUN(f, .op = CW_STORE_SESSION_LIST, .user_id = 9).session_count, 0);
}

static void ones_own_sessions_can_be_revoked(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice"), bob = add_user(f, "bob");
    uint64_t first = add_session(f, alice, "1", 1), second = add_session(f, alice, "2", 1);
    EXPECT(f, CW_STORE_NOT_FOUND, .op = CW_STORE_SESSION_REVOKE, .user_id = bob,
           .session_id = first);
    EXPECT(f, CW_STORE_NOT_FOUND, .op = CW_STORE_SESSION_REVOKE, .user_id = alice,
           .session_id = 99);
    assert_int_equal(find_session(f, "alice", "1", 1).session_id, first);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_SESSION_REVOKE, .user_id = alice, .session_id = first);
    EXPECT(f, CW_STORE_NOT_FOUND, .op = CW_STORE_SESSION_REVOKE, .user_id = alice,
           .session_id = first);
    EXPECT_AT(f, CW_STORE_NOT_FOUND, 1 + IDLE_MS, .op = CW_STORE_SESSION_REVOKE, .user_id = alice,
              .session_id = second); /* has expired */
    assert_int_equal(find_session(f, "alice", "1", 1).status, CW_STORE_MISMATCH);
    assert_int_equal(find_session(f, "alice", "2", 1).session_id, second);
}

static struct cw_slice first_name_of(struct fixture *f, uint64_t user_id)
{
    struct cw_store_result r = RUN(f, .op = CW_STORE_SESSION_LIST, .user_id = user_id);
    assert_int_equal(r.session_count, 1);
    return r.sessions[0].name;
}

static void ones_own_sessions_can_be_named(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice"), bob = add_user(f, "bob");
    uint64_t session = add_session(f, alice, "1", 1);
    assert_slice(first_name_of(f, alice), "");
    EXPECT(f, CW_STORE_NOT_FOUND, .op = CW_STORE_SESSION_NAME, .user_id = bob,
           .session_id = session, .name = TEXT("mine"));
    EXPECT(f, CW_STORE_NOT_FOUND, .op = CW_STORE_SESSION_NAME, .user_id = alice, .session_id = 99,
           .name = TEXT("mine"));
    EXPECT_AT(f, CW_STORE_NOT_FOUND, 1 + IDLE_MS, .op = CW_STORE_SESSION_NAME, .user_id = alice,
              .session_id = session, .name = TEXT("mine")); /* has expired */
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_SESSION_NAME, .user_id = alice, .session_id = session,
           .name = TEXT("kitchen"));
    suite_reopen(f);
    assert_slice(first_name_of(f, alice), "kitchen");
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_SESSION_NAME, .user_id = alice, .session_id = session);
    assert_slice(first_name_of(f, alice), "");
}

/* Neither where it has got to, nor when its user was here. */
static void a_part_only_keeps_its_session_alive(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice"), session = add_session(f, alice, "token", 1000);
    RUN_AT(f, 1000, .op = CW_STORE_SESSION_SAVE, .session_id = session, .cursor = 3);
    RUN_AT(f, IDLE_MS, .op = CW_STORE_SESSION_SAVE, .session_id = session, .part = 1, .cursor = 9,
           .features = 7, .extended = true, .client = TEXT("part"));
    RUN_AT(f, 5, .op = CW_STORE_SESSION_SAVE, .session_id = session, .part = 1);
    RUN_AT(f, IDLE_MS, .op = CW_STORE_CONTACT_ADD, .user_id = alice, .other_id = alice);
    suite_reopen(f);
    struct cw_store_result r = RUN_AT(f, IDLE_MS + 2000, .op = CW_STORE_SESSION_FIND,
                                      .key = TEXT("alice"), .secret = TEXT("token"));
    assert_int_equal(r.status, CW_STORE_OK);
    assert_int_equal(r.cursor, 3);
    assert_int_equal(r.features, 0);
    assert_false(r.extended);
    r = RUN_AT(f, IDLE_MS + 3000, .op = CW_STORE_SESSION_LIST, .user_id = alice);
    assert_int_equal(r.sessions[0].seen_ms, IDLE_MS);
    assert_slice(r.sessions[0].client, "");
    r = RUN_AT(f, IDLE_MS + 2000, .op = CW_STORE_CONTACT_LIST, .user_id = alice);
    assert_int_equal(r.people[0].seen_ms, 1000);
}

/* A new password, or a logout, may come between the confirmation and the device's session. */
static void a_link_is_confirmed_by_a_session_that_exists(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice"), bob = add_user(f, "bob");
    uint64_t of_alice = add_session(f, alice, "a", 1), of_bob = add_session(f, bob, "b", 1);
    EXPECT(f, CW_STORE_NOT_FOUND, .op = CW_STORE_SESSION_CREATE, .user_id = alice,
           .secret = TEXT("x"), .linked = true);
    EXPECT(f, CW_STORE_NOT_FOUND, .op = CW_STORE_SESSION_CREATE, .user_id = alice,
           .session_id = of_bob, .secret = TEXT("x"), .linked = true);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_SESSION_CREATE, .user_id = alice, .session_id = of_alice,
           .secret = TEXT("x"), .linked = true);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_SESSION_DROP, .session_id = of_alice);
    EXPECT(f, CW_STORE_NOT_FOUND, .op = CW_STORE_SESSION_CREATE, .user_id = alice,
           .session_id = of_alice, .secret = TEXT("y"), .linked = true);
}

int suite_sessions(const char *back_end_name)
{
    const struct CMUnitTest tests[] = {
        T(a_changed_password_is_not_the_expected_one),
        T(a_renewed_hash_refuses_nobody),
        T(a_link_is_confirmed_by_a_session_that_exists),
        T(an_ended_session_changes_no_password),
        T(an_ended_session_sends_nothing_long),
        T(a_session_comes_back_as_it_was_saved),
        T(a_wrong_token_is_told_from_no_session),
        T(a_refused_session_changes_nothing),
        T(sessions_expire),
        T(the_longest_idle_session_gives_way),
        T(sessions_in_use_are_spared),
        T(expired_sessions_do_not_count),
        T(session_ids_are_never_used_again),
        T(a_login_starts_at_the_highest_cursor),
        T(sessions_are_listed_longest_seen_last),
        T(ones_own_sessions_can_be_revoked),
        T(ones_own_sessions_can_be_named),
        T(a_part_only_keeps_its_session_alive),
    };
    return cmocka_run_group_tests_name(back_end_name, tests, NULL, NULL);
}
