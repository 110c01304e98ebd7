/* test_store_accounts.c - the rules of store.h about users, contacts and invitations, over every
 * back end. */
#include "suite.h"

#include <stdio.h>
#include <stdlib.h>

#include "text/look.h"

/* --- users and contacts ----------------------------------------------------------- */

static void users_are_found_by_their_key(void **state)
{
    struct fixture *f = *state;
    struct cw_store_result r =
        RUN(f, .op = CW_STORE_USER_CREATE, .cookie = 7, .name = TEXT("Alice"), .key = TEXT("alice"),
            .secret = TEXT("$argon2id$"));
    assert_int_equal(r.status, CW_STORE_OK);
    assert_int_equal(r.user_id, 1);
    assert_int_equal(r.cookie, 7);
    assert_null(r.request);

    r = RUN(f, .op = CW_STORE_USER_FIND, .key = TEXT("alice"));
    assert_int_equal(r.status, CW_STORE_OK);
    assert_int_equal(r.user_id, 1);
    assert_slice(r.name, "Alice");
    assert_slice(r.secret, "$argon2id$");

    r = RUN(f, .op = CW_STORE_USER_FIND, .key = TEXT("Alice"));
    assert_int_equal(r.status, CW_STORE_NOT_FOUND);
    assert_int_equal(r.user_id, 0);
    assert_int_equal(r.name.n, 0);
}

static void a_taken_name_fails_alone_in_its_batch(void **state)
{
    struct fixture *f = *state;
    struct cw_store_request requests[] = {
        {.op = CW_STORE_USER_CREATE, .name = TEXT("A"), .key = TEXT("a"), .secret = TEXT("1")},
        {.op = CW_STORE_USER_CREATE, .name = TEXT("AA"), .key = TEXT("a"), .secret = TEXT("2")},
        {.op = CW_STORE_USER_FIND, .key = TEXT("a")},
        {.op = CW_STORE_USER_CREATE, .name = TEXT("B"), .key = TEXT("b"), .secret = TEXT("3")},
    };
    struct cw_store_result r[4];
    run_many(f, requests, 4, r);
    assert_int_equal(r[0].status, CW_STORE_OK);
    assert_int_equal(r[0].user_id, 1);
    assert_int_equal(r[1].status, CW_STORE_EXISTS);
    assert_int_equal(r[1].user_id, 0);
    assert_int_equal(r[2].status, CW_STORE_OK);
    assert_slice(r[2].name, "A");
    assert_slice(r[2].secret, "1");
    assert_int_equal(r[3].status, CW_STORE_OK);
    assert_int_equal(r[3].user_id, 2);
}

static struct cw_store_result create_like(struct fixture *f, enum cw_store_op op, uint64_t user_id,
                                          const char *name, const char *key)
{
    struct cw_looks looks;
    cw_name_looks(TEXT(name), &looks);
    return RUN(f, .op = op, .user_id = user_id, .name = TEXT(name), .key = TEXT(key),
               .looks = cw_looks_slice(&looks), .secret = TEXT("$"));
}

static void names_that_look_alike_are_taken(void **state)
{
    struct fixture *f = *state;
    static const enum cw_store_op ops[] = {CW_STORE_USER_CREATE, CW_STORE_GROUP_CREATE};
    uint64_t maker = add_user(f, "maker");
    for (size_t i = 0; i < 2; i++) {
        struct cw_store_result r = create_like(f, ops[i], maker, "PayPal", "paypal");
        assert_int_equal(r.status, CW_STORE_OK);
        uint64_t first = i == 0 ? r.user_id : r.group_id;
        r = create_like(f, ops[i], maker, "paypaI", "paypai");
        assert_int_equal(r.status, CW_STORE_EXISTS);
        assert_slice(r.other_name, "PayPal");
        r = create_like(f, ops[i], maker, "PAYPAL", "paypal"); /* the same name: no look-alike */
        assert_int_equal(r.status, CW_STORE_EXISTS);
        assert_int_equal(r.other_name.n, 0);
        suite_reopen(f);
        assert_int_equal(create_like(f, ops[i], maker, "p\u0430ypal", "p\u0430ypal").status,
                         CW_STORE_EXISTS);
        r = create_like(f, ops[i], maker, "paypals", "paypals");
        assert_int_equal(r.status, CW_STORE_OK);
        assert_int_equal(i == 0 ? r.user_id : r.group_id, first + 1); /* nothing was made */
    }
    /* A group's name is free again with its last member, and so are its looks. */
    uint64_t group = RUN(f, .op = CW_STORE_GROUP_FIND, .key = TEXT("paypal")).group_id;
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_GROUP_LEAVE, .user_id = maker, .group_id = group);
    assert_int_equal(create_like(f, CW_STORE_GROUP_CREATE, maker, "paypaI", "paypai").status,
                     CW_STORE_OK);
}

static void contacts_may_be_added_again(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice"), bob = add_user(f, "bob");
    for (int i = 0; i < 2; i++)
        assert_int_equal(
            RUN(f, .op = CW_STORE_CONTACT_ADD, .user_id = alice, .other_id = bob).status,
            CW_STORE_OK);
    assert_int_equal(RUN(f, .op = CW_STORE_CONTACT_ADD, .user_id = alice, .other_id = 3).status,
                     CW_STORE_NOT_FOUND);
    assert_int_equal(RUN(f, .op = CW_STORE_CONTACT_ADD, .user_id = 3, .other_id = alice).status,
                     CW_STORE_NOT_FOUND);
}

static void a_list_of_people_has_contacts_and_blocked_ones(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "Alice"), bob = add_user(f, "Bob"), eve = add_user(f, "Eve");
    uint64_t dan = add_user(f, "Dan");
    uint64_t session = add_session(f, eve, "e", 1);
    RUN_AT(f, 77, .op = CW_STORE_SESSION_SAVE, .session_id = session);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_CONTACT_ADD, .user_id = alice, .other_id = eve);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_CONTACT_ADD, .user_id = alice, .other_id = bob);
    for (int i = 0; i < 2; i++)
        EXPECT(f, CW_STORE_OK, .op = CW_STORE_BLOCK, .user_id = alice, .other_id = dan);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_BLOCK, .user_id = alice, .other_id = bob);
    suite_reopen(f);

    struct cw_store_result r = RUN(f, .op = CW_STORE_CONTACT_LIST, .user_id = alice);
    assert_int_equal(r.person_count, 3);
    assert_int_equal(r.people[0].user_id, bob);
    assert_slice(r.people[0].name, "Bob");
    assert_true(r.people[0].contact && r.people[0].blocked);
    assert_int_equal(r.people[0].seen_ms, 0);
    assert_int_equal(r.people[1].user_id, eve);
    assert_true(r.people[1].contact && !r.people[1].blocked);
    assert_int_equal(r.people[1].seen_ms, 77);
    assert_int_equal(r.people[2].user_id, dan);
    assert_true(!r.people[2].contact && r.people[2].blocked);
    assert_int_equal(RUN(f, .op = CW_STORE_CONTACT_LIST, .user_id = bob).person_count, 0);

    for (int i = 0; i < 2; i++) {
        EXPECT(f, CW_STORE_OK, .op = CW_STORE_CONTACT_REMOVE, .user_id = alice, .other_id = bob);
        EXPECT(f, CW_STORE_OK, .op = CW_STORE_UNBLOCK, .user_id = alice, .other_id = dan);
    }
    r = RUN(f, .op = CW_STORE_CONTACT_LIST, .user_id = alice);
    assert_int_equal(r.person_count, 2);
    assert_true(!r.people[0].contact && r.people[0].blocked);
    assert_int_equal(r.people[1].user_id, eve);

    /* Who logs out was there until then. */
    EXPECT_AT(f, CW_STORE_OK, 88, .op = CW_STORE_SESSION_DROP, .session_id = session);
    r = RUN(f, .op = CW_STORE_CONTACT_LIST, .user_id = alice);
    assert_int_equal(r.people[1].seen_ms, 88);
}

static void whom_one_knows_comes_with_the_account(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice"), bob = add_user(f, "bob"), eve = add_user(f, "eve");
    const enum cw_store_op add[] = {CW_STORE_CONTACT_ADD, CW_STORE_BLOCK};
    for (int i = 0; i < 2; i++) {
        EXPECT(f, CW_STORE_OK, .op = add[i], .user_id = alice, .other_id = eve);
        EXPECT(f, CW_STORE_NOT_FOUND, .op = add[i], .user_id = alice, .other_id = 9);
        EXPECT(f, CW_STORE_NOT_FOUND, .op = add[i], .user_id = 9, .other_id = alice);
    }
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_BLOCK, .user_id = alice, .other_id = bob);
    struct cw_store_result r[] = {
        RUN(f, .op = CW_STORE_SESSION_CREATE, .user_id = alice, .secret = TEXT("t")),
        RUN(f, .op = CW_STORE_SESSION_FIND, .key = TEXT("alice"), .secret = TEXT("t")),
        RUN(f, .op = CW_STORE_USER_FIND, .key = TEXT("alice")),
    };
    for (int i = 0; i < 3; i++) {
        assert_int_equal(r[i].status, CW_STORE_OK);
        assert_int_equal(r[i].blocked_count, 2);
        assert_int_equal(r[i].blocked[0], bob);
        assert_int_equal(r[i].blocked[1], eve);
        if (i == 2)
            break;
        assert_int_equal(r[i].contact_count, 1);
        assert_int_equal(r[i].contacts[0], eve);
    }
    assert_int_equal(RUN(f, .op = CW_STORE_USER_FIND, .key = TEXT("bob")).blocked_count, 0);
}

/* User `user_id` does `op` to everybody from `first` on. */
static void do_to_many(struct fixture *f, enum cw_store_op op, uint64_t user_id, uint64_t first,
                       size_t n)
{
    struct cw_store_request *requests = cw_alloc_zero(n * sizeof *requests);
    struct cw_store_result *results = cw_alloc(n * sizeof *results);
    for (size_t i = 0; i < n; i++)
        requests[i] =
            (struct cw_store_request){.op = op, .user_id = user_id, .other_id = first + i};
    run_many(f, requests, n, results);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(results[i].status, CW_STORE_OK);
    free(requests);
    free(results);
}

static void so_many_can_be_known(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice");
    for (unsigned i = 0; i <= CW_CONTACTS_MAX; i++) {
        char key[16];
        snprintf(key, sizeof key, "u%u", i);
        add_user(f, key);
    }
    static const enum cw_store_op ops[][2] = {{CW_STORE_CONTACT_ADD, CW_STORE_CONTACT_REMOVE},
                                              {CW_STORE_BLOCK, CW_STORE_UNBLOCK}};
    static const size_t most[] = {CW_CONTACTS_MAX, CW_BLOCKED_MAX};
    for (int i = 0; i < 2; i++) {
        uint64_t over = alice + 1 + most[i];
        do_to_many(f, ops[i][0], alice, alice + 1, most[i]);
        EXPECT(f, CW_STORE_FULL, .op = ops[i][0], .user_id = alice, .other_id = over);
        EXPECT(f, CW_STORE_OK, .op = ops[i][0], .user_id = alice, .other_id = over - 1);
        EXPECT(f, CW_STORE_OK, .op = ops[i][1], .user_id = alice, .other_id = alice + 1);
        EXPECT(f, CW_STORE_OK, .op = ops[i][0], .user_id = alice, .other_id = over);
    }
    struct cw_store_result r = RUN(f, .op = CW_STORE_CONTACT_LIST, .user_id = alice);
    assert_int_equal(r.person_count, CW_CONTACTS_MAX);
    assert_int_equal(r.people[0].user_id, alice + 2);
}

/* --- passwords and invitations ------------------------------------------------------- */

static void a_new_password_leaves_one_session(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice"), bob = add_user(f, "bob");
    add_session(f, alice, "a1", 1);
    uint64_t kept = add_session(f, alice, "a2", 1);
    add_session(f, alice, "a3", 1);
    add_session(f, bob, "b", 1);
    struct cw_store_result r = RUN(f, .op = CW_STORE_PASSWORD_FIND, .user_id = alice);
    assert_int_equal(r.status, CW_STORE_OK);
    assert_slice(r.secret, "$");
    EXPECT(f, CW_STORE_NOT_FOUND, .op = CW_STORE_PASSWORD_FIND, .user_id = 9);
    EXPECT(f, CW_STORE_NOT_FOUND, .op = CW_STORE_PASSWORD_SET, .user_id = 9, .secret = TEXT("new"),
           .session_id = kept);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_PASSWORD_SET, .user_id = alice, .secret = TEXT("new"),
           .session_id = kept);
    suite_reopen(f);
    assert_slice(RUN(f, .op = CW_STORE_PASSWORD_FIND, .user_id = alice).secret, "new");
    assert_slice(RUN(f, .op = CW_STORE_USER_FIND, .key = TEXT("alice")).secret, "new");
    assert_slice(RUN(f, .op = CW_STORE_PASSWORD_FIND, .user_id = bob).secret, "$");
    r = RUN(f, .op = CW_STORE_SESSION_LIST, .user_id = alice);
    assert_int_equal(r.session_count, 1);
    assert_int_equal(r.sessions[0].session_id, kept);
    EXPECT(f, CW_STORE_MISMATCH, .op = CW_STORE_SESSION_FIND, .key = TEXT("alice"),
           .secret = TEXT("a1"));
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_SESSION_FIND, .key = TEXT("bob"), .secret = TEXT("b"));
}

static struct cw_store_result invite_user(struct fixture *f, uint64_t user_id, const char *hash,
                                          uint64_t expires_ms, uint64_t uses)
{
    return RUN_AT(f, 1000, .op = CW_STORE_INVITE_CREATE, .user_id = user_id, .secret = TEXT(hash),
                  .expires_ms = expires_ms, .uses = uses);
}

static enum cw_store_status create_invited(struct fixture *f, const char *key, const char *hash,
                                           uint64_t now)
{
    return RUN_AT(f, now, .op = CW_STORE_USER_CREATE, .name = TEXT(key), .key = TEXT(key),
                  .secret = TEXT("$"), .invitation = TEXT(hash))
        .status;
}

static void invitations_to_the_server_are_used_up_and_expire(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(create_invited(f, "alice", "none", 1000), CW_STORE_FORBIDDEN);
    assert_int_equal(invite_user(f, 0, "first", 5000, 1).status, CW_STORE_OK); /* nobody yet */
    assert_int_equal(invite_user(f, 7, "x", 5000, 1).status, CW_STORE_NOT_FOUND);
    assert_int_equal(create_invited(f, "alice", "first", 1000), CW_STORE_OK);
    assert_int_equal(create_invited(f, "bob", "first", 1000), CW_STORE_FORBIDDEN);
    uint64_t alice = RUN(f, .op = CW_STORE_USER_FIND, .key = TEXT("alice")).user_id;
    assert_int_equal(alice, 1);
    assert_int_equal(invite_user(f, 0, "second", 5000, 1).status, CW_STORE_FORBIDDEN);

    assert_int_equal(invite_user(f, alice, "two", 5000, 2).status, CW_STORE_OK);
    suite_reopen(f);
    assert_int_equal(create_invited(f, "bob", "two", 4999), CW_STORE_OK);
    assert_int_equal(create_invited(f, "bob", "two", 4999), CW_STORE_EXISTS); /* uses nothing */
    assert_int_equal(create_invited(f, "eve", "two", 5000), CW_STORE_FORBIDDEN);
    assert_int_equal(create_invited(f, "bob", "two", 5000), CW_STORE_FORBIDDEN);
    assert_int_equal(create_invited(f, "eve", "two", 4999), CW_STORE_OK);
    assert_int_equal(create_invited(f, "dan", "two", 4999), CW_STORE_FORBIDDEN);
}

static void a_groups_invitation_is_none_to_the_server(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice");
    uint64_t cooks = cw_mailbox_of_group(add_group(f, alice, "cooks"));
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_INVITE_CREATE, .user_id = alice, .mailbox = cooks,
           .secret = TEXT("cooks"), .expires_ms = 5000, .uses = 9);
    assert_int_equal(create_invited(f, "eve", "cooks", 1), CW_STORE_FORBIDDEN);
    EXPECT(f, CW_STORE_NOT_FOUND, .op = CW_STORE_USER_FIND, .key = TEXT("eve"));
}

static void so_many_invitations_are_good_at_once(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice"), bob = add_user(f, "bob");
    char hash[16];
    for (unsigned i = 0; i < CW_INVITATIONS_MAX; i++) {
        snprintf(hash, sizeof hash, "i%u", i);
        assert_int_equal(invite_user(f, alice, hash, i == 0 ? 1500 : 5000, 1).status, CW_STORE_OK);
    }
    assert_int_equal(invite_user(f, alice, "more", 5000, 1).status, CW_STORE_FULL);
    assert_int_equal(invite_user(f, bob, "bob's", 5000, 1).status, CW_STORE_OK);
    assert_int_equal(create_invited(f, "eve", "more", 1000), CW_STORE_FORBIDDEN);
    /* One is used, another expires: room for two. */
    assert_int_equal(create_invited(f, "eve", hash, 1000), CW_STORE_OK);
    assert_int_equal(invite_user(f, alice, "more", 5000, 1).status, CW_STORE_OK);
    assert_int_equal(invite_user(f, alice, "again", 5000, 1).status, CW_STORE_FULL);
    EXPECT_AT(f, CW_STORE_OK, 1500, .op = CW_STORE_INVITE_CREATE, .user_id = alice,
              .secret = TEXT("late"), .expires_ms = 5000, .uses = 1);
    EXPECT_AT(f, CW_STORE_FULL, 1500, .op = CW_STORE_INVITE_CREATE, .user_id = alice,
              .secret = TEXT("later"), .expires_ms = 5000, .uses = 1);
}

int suite_accounts(const char *back_end_name)
{
    const struct CMUnitTest tests[] = {
        T(users_are_found_by_their_key),
        T(a_taken_name_fails_alone_in_its_batch),
        T(names_that_look_alike_are_taken),
        T(contacts_may_be_added_again),
        T(a_list_of_people_has_contacts_and_blocked_ones),
        T(whom_one_knows_comes_with_the_account),
        T(so_many_can_be_known),
        T(a_new_password_leaves_one_session),
        T(invitations_to_the_server_are_used_up_and_expire),
        T(a_groups_invitation_is_none_to_the_server),
        T(so_many_invitations_are_good_at_once),
    };
    return cmocka_run_group_tests_name(back_end_name, tests, NULL, NULL);
}
