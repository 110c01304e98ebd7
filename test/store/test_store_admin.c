/* test_store_admin.c - the rules of ops.def about administrators, over every back end. */
#include "suite.h"

#include <stdio.h>

static void make_link(struct fixture *f, const char *hash)
{
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_INVITE_CREATE, .secret = TEXT(hash), .expires_ms = 5000,
           .uses = 1);
}

static enum cw_store_status set_up(struct fixture *f, uint64_t user_id, const char *hash)
{
    return RUN(f, .op = CW_STORE_SET_UP, .user_id = user_id, .invitation = TEXT(hash)).status;
}

static struct cw_store_result set_admin(struct fixture *f, uint64_t user_id, uint64_t other_id,
                                        bool admin)
{
    return RUN(f, .op = CW_STORE_ADMIN_SET, .user_id = user_id, .other_id = other_id,
               .admin = admin);
}

static struct cw_store_result come(struct fixture *f, const char *key, const char *hash, bool setup)
{
    return RUN(f, .op = CW_STORE_USER_CREATE, .name = TEXT(key), .key = TEXT(key),
               .secret = TEXT("password"), .invitation = TEXT(hash), .setup = setup);
}

static bool is_admin(struct fixture *f, uint64_t user_id)
{
    static unsigned number;
    char token[24];
    snprintf(token, sizeof token, "token %u", ++number);
    struct cw_store_result r =
        RUN(f, .op = CW_STORE_SESSION_CREATE, .user_id = user_id, .secret = TEXT(token));
    assert_int_equal(r.status, CW_STORE_OK);
    return r.admin;
}

static void coming_first_makes_no_administrator(void **state)
{
    struct fixture *f = *state;
    uint64_t mallory = add_user(f, "mallory");
    assert_false(is_admin(f, mallory));
    make_link(f, "link");
    assert_int_equal(come(f, "eve", "other", true).status, CW_STORE_FORBIDDEN);
    struct cw_store_result alice = come(f, "alice", "link", true);
    assert_int_equal(alice.status, CW_STORE_OK);
    assert_true(is_admin(f, alice.user_id));
    assert_int_equal(come(f, "eve", "link", true).status, CW_STORE_FORBIDDEN);
    suite_reopen(f);
    assert_true(is_admin(f, alice.user_id));
    assert_false(is_admin(f, mallory));
    EXPECT(f, CW_STORE_FORBIDDEN, .op = CW_STORE_INVITE_CREATE, .secret = TEXT("late"),
           .expires_ms = 5000, .uses = 1);
}

static void an_invitation_is_no_set_up_link(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice");
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_INVITE_CREATE, .user_id = alice, .secret = TEXT("come"),
           .expires_ms = 5000, .uses = 9);
    assert_int_equal(come(f, "bob", "come", true).status, CW_STORE_FORBIDDEN);
    assert_int_equal(set_up(f, alice, "come"), CW_STORE_FORBIDDEN);
    struct cw_store_result bob = come(f, "bob", "come", false);
    assert_int_equal(bob.status, CW_STORE_OK);
    assert_false(is_admin(f, bob.user_id));
}

static void where_nobody_else_comes_the_first_is_one(void **state)
{
    struct fixture *f = *state;
    f->options.first_is_admin = true;
    suite_start_over(f);
    EXPECT(f, CW_STORE_FORBIDDEN, .op = CW_STORE_INVITE_CREATE, .secret = TEXT("link"),
           .expires_ms = 5000, .uses = 1);
    assert_true(is_admin(f, add_user(f, "alice")));
    assert_false(is_admin(f, add_user(f, "bob")));
}

static void one_administrator_remains(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice"), bob = add_user(f, "bob");
    make_link(f, "link");
    make_link(f, "other link");
    assert_int_equal(set_admin(f, alice, bob, true).status, CW_STORE_FORBIDDEN);
    assert_int_equal(set_up(f, 99, "link"), CW_STORE_NOT_FOUND);
    assert_int_equal(set_up(f, alice, "link"), CW_STORE_OK);
    assert_int_equal(set_up(f, bob, "other link"), CW_STORE_FORBIDDEN);
    assert_int_equal(set_admin(f, alice, 99, true).status, CW_STORE_NOT_FOUND);
    assert_int_equal(set_admin(f, alice, alice, false).status, CW_STORE_FULL);
    assert_true(set_admin(f, alice, bob, false).repeated);
    uint64_t bot = RUN(f, .op = CW_STORE_BOT_CREATE, .user_id = alice, .name = TEXT("bot"),
                       .key = TEXT("bot"), .secret = TEXT("$"))
                       .other_id;
    assert_int_equal(set_admin(f, alice, bot, true).status, CW_STORE_NOT_FOUND);
    assert_int_equal(set_admin(f, alice, bob, true).status, CW_STORE_OK);
    suite_reopen(f);
    assert_true(is_admin(f, bob));
    assert_int_equal(set_admin(f, bob, alice, false).status, CW_STORE_OK);
    assert_int_equal(set_admin(f, alice, bob, false).status, CW_STORE_FORBIDDEN);
    assert_int_equal(set_admin(f, bob, bob, false).status, CW_STORE_FULL);
}

int suite_admin(const char *back_end_name)
{
    const struct CMUnitTest tests[] = {
        T(coming_first_makes_no_administrator),
        T(an_invitation_is_no_set_up_link),
        T(where_nobody_else_comes_the_first_is_one),
        T(one_administrator_remains),
    };
    return cmocka_run_group_tests_name(back_end_name, tests, NULL, NULL);
}
