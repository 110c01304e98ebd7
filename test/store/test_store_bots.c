/* test_store_bots.c - the rules of ops.def about bots and hooks, over every back end. */
#include "suite.h"

#include <stdio.h>

struct scene {
    struct fixture *f;
    uint64_t alice, bob, group, bot;
};

static struct cw_store_result create_bot(struct fixture *f, uint64_t owner, const char *name)
{
    return RUN(f, .op = CW_STORE_BOT_CREATE, .user_id = owner, .name = TEXT(name),
               .key = TEXT(name), .secret = TEXT("a hash"));
}

static enum cw_store_status add_bot(const struct scene *s, uint64_t asker, uint64_t bot)
{
    return RUN(s->f, .op = CW_STORE_BOT_JOIN, .user_id = asker, .group_id = s->group,
               .other_id = bot)
        .status;
}

static struct cw_store_result create_hook(const struct scene *s, uint64_t asker, uint64_t bot,
                                          const char *hash)
{
    return RUN(s->f, .op = CW_STORE_HOOK_CREATE, .user_id = asker, .group_id = s->group,
               .other_id = bot, .secret = TEXT(hash));
}

static struct cw_store_result find_hook(const struct scene *s, const char *hash)
{
    return RUN(s->f, .op = CW_STORE_HOOK_FIND, .secret = TEXT(hash));
}

/* Alice's bot is in the group of alice and bob. */
static struct scene begin(void **state)
{
    struct scene s = {.f = *state};
    s.alice = add_user(s.f, "alice");
    s.bob = add_user(s.f, "bob");
    s.group = add_group(s.f, s.alice, "ops");
    join_group(s.f, s.bob, "ops");
    s.bot = create_bot(s.f, s.alice, "deploys").other_id;
    assert_int_equal(add_bot(&s, s.alice, s.bot), CW_STORE_OK);
    return s;
}

static void a_bot_is_its_owners(void **state)
{
    struct scene s = begin(state);
    assert_int_equal(create_bot(s.f, s.bob, "deploys").status, CW_STORE_EXISTS);
    assert_int_equal(create_bot(s.f, s.bot, "child").status, CW_STORE_FORBIDDEN);
    assert_int_equal(create_bot(s.f, 99, "child").status, CW_STORE_NOT_FOUND);
    EXPECT(s.f, CW_STORE_MISMATCH, .op = CW_STORE_BOT_RENEW, .user_id = s.bob, .other_id = s.bot,
           .secret = TEXT("mine"));
    EXPECT(s.f, CW_STORE_MISMATCH, .op = CW_STORE_BOT_DELETE, .user_id = s.alice,
           .other_id = s.bob);
    struct cw_store_result r = RUN(s.f, .op = CW_STORE_USER_FIND, .key = TEXT("deploys"));
    assert_true(r.bot);
    assert_slice(r.secret, "a hash");
    assert_false(RUN(s.f, .op = CW_STORE_USER_FIND, .key = TEXT("bob")).bot);
    add_session(s.f, s.bot, "token", 1);
    assert_true(
        RUN(s.f, .op = CW_STORE_SESSION_FIND, .key = TEXT("deploys"), .secret = TEXT("token")).bot);
    EXPECT(s.f, CW_STORE_OK, .op = CW_STORE_BOT_RENEW, .user_id = s.alice, .other_id = s.bot,
           .secret = TEXT("another"));
    assert_slice(RUN(s.f, .op = CW_STORE_USER_FIND, .key = TEXT("deploys")).secret, "another");
    EXPECT(s.f, CW_STORE_NOT_FOUND, .op = CW_STORE_SESSION_FIND, .key = TEXT("deploys"),
           .secret = TEXT("token"));
    r = RUN(s.f, .op = CW_STORE_BOT_LIST, .user_id = s.alice);
    assert_int_equal(r.person_count, 1);
    assert_slice(r.people[0].name, "deploys");
}

static void a_user_has_so_many_bots(void **state)
{
    struct scene s = begin(state);
    char name[16];
    for (int i = 1; i < CW_BOTS_MAX; i++) {
        snprintf(name, sizeof name, "bot%d", i);
        assert_int_equal(create_bot(s.f, s.alice, name).status, CW_STORE_OK);
    }
    assert_int_equal(create_bot(s.f, s.alice, "more").status, CW_STORE_FULL);
    EXPECT(s.f, CW_STORE_OK, .op = CW_STORE_BOT_DELETE, .user_id = s.alice, .other_id = s.bot);
    assert_int_equal(create_bot(s.f, s.alice, "more").status, CW_STORE_OK);
    assert_int_equal(RUN(s.f, .op = CW_STORE_BOT_LIST, .user_id = s.alice).person_count,
                     CW_BOTS_MAX);
}

static void members_that_are_bots(void **state)
{
    struct scene s = begin(state);
    uint64_t other = create_bot(s.f, s.bob, "weather").other_id;
    assert_int_equal(add_bot(&s, s.alice, s.bot), CW_STORE_EXISTS);
    assert_int_equal(add_bot(&s, s.bob, other), CW_STORE_FORBIDDEN);
    assert_int_equal(add_bot(&s, s.alice, other), CW_STORE_MISMATCH);
    assert_int_equal(add_bot(&s, 99, other), CW_STORE_NOT_MEMBER);
    struct cw_store_result r =
        RUN(s.f, .op = CW_STORE_MEMBER_LIST, .user_id = s.bob, .group_id = s.group, .limit = 10);
    assert_int_equal(r.person_count, 3);
    assert_false(r.people[1].bot);
    assert_true(r.people[2].bot);
    EXPECT(s.f, CW_STORE_FORBIDDEN, .op = CW_STORE_MEMBER_ROLE, .user_id = s.alice,
           .group_id = s.group, .other_id = s.bot, .role = CW_ROLE_OWNER);
    EXPECT(s.f, CW_STORE_OK, .op = CW_STORE_MEMBER_BAN, .user_id = s.alice, .group_id = s.group,
           .other_id = s.bot);
    assert_int_equal(add_bot(&s, s.alice, s.bot), CW_STORE_BANNED);
}

static void a_bot_goes_with_its_owner(void **state)
{
    struct scene s = begin(state);
    uint64_t other = create_bot(s.f, s.bob, "weather").other_id;
    EXPECT(s.f, CW_STORE_OK, .op = CW_STORE_MEMBER_ROLE, .user_id = s.alice, .group_id = s.group,
           .other_id = s.bob, .role = CW_ROLE_MODERATOR);
    assert_int_equal(add_bot(&s, s.bob, other), CW_STORE_OK);
    assert_int_equal(create_hook(&s, s.bob, other, "h").status, CW_STORE_OK);
    struct cw_store_result r = RUN(s.f, .op = CW_STORE_MEMBER_BAN, .user_id = s.alice,
                                   .group_id = s.group, .other_id = s.bob);
    assert_int_equal(r.person_count, 1);
    assert_int_equal(r.people[0].user_id, other);
    assert_int_equal(find_hook(&s, "h").status, CW_STORE_NOT_FOUND);
    /* It inherits no group: the last person takes it along. */
    r = RUN(s.f, .op = CW_STORE_GROUP_LEAVE, .user_id = s.alice, .group_id = s.group);
    assert_int_equal(r.status, CW_STORE_OK);
    assert_int_equal(r.other_id, 0);
    assert_int_equal(r.person_count, 1);
    assert_int_equal(r.people[0].user_id, s.bot);
    EXPECT(s.f, CW_STORE_NOT_FOUND, .op = CW_STORE_GROUP_FIND, .key = TEXT("ops"));
    assert_int_equal(RUN(s.f, .op = CW_STORE_GROUP_LIST, .user_id = s.bot).group_count, 0);
}

static void hooks_of_a_group(void **state)
{
    struct scene s = begin(state);
    uint64_t other = create_bot(s.f, s.alice, "weather").other_id;
    assert_int_equal(create_hook(&s, s.bob, s.bot, "h").status, CW_STORE_FORBIDDEN);
    assert_int_equal(create_hook(&s, s.alice, s.bob, "h").status, CW_STORE_MISMATCH);
    assert_int_equal(create_hook(&s, s.alice, other, "h").status, CW_STORE_NOT_MEMBER);
    uint64_t first = create_hook(&s, s.alice, s.bot, "h").hook_id;
    assert_int_equal(create_hook(&s, s.alice, s.bot, "h").status, CW_STORE_EXISTS);
    struct cw_store_result r = find_hook(&s, "h");
    assert_int_equal(r.user_id, s.bot);
    assert_int_equal(r.group_id, s.group);
    assert_int_equal(r.hook_id, first);
    assert_true(r.bot);
    assert_slice(r.name, "deploys");
    char hash[8];
    for (int i = 1; i < CW_HOOKS_MAX; i++) {
        snprintf(hash, sizeof hash, "h%d", i);
        assert_int_equal(create_hook(&s, s.alice, s.bot, hash).status, CW_STORE_OK);
    }
    assert_int_equal(create_hook(&s, s.alice, s.bot, "more").status, CW_STORE_FULL);
    r = RUN(s.f, .op = CW_STORE_HOOK_LIST, .user_id = s.alice, .group_id = s.group);
    assert_int_equal(r.hook_count, CW_HOOKS_MAX);
    assert_int_equal(r.hooks[0].id, first);
    assert_slice(r.hooks[0].bot, "deploys");
    assert_int_equal(r.hooks[0].created_ms, 1);
    EXPECT(s.f, CW_STORE_FORBIDDEN, .op = CW_STORE_HOOK_LIST, .user_id = s.bob,
           .group_id = s.group);
    EXPECT(s.f, CW_STORE_NOT_FOUND, .op = CW_STORE_HOOK_DELETE, .user_id = s.bob, .hook_id = first);
    EXPECT(s.f, CW_STORE_OK, .op = CW_STORE_HOOK_DELETE, .user_id = s.alice, .hook_id = first);
    EXPECT(s.f, CW_STORE_NOT_FOUND, .op = CW_STORE_HOOK_DELETE, .user_id = s.alice,
           .hook_id = first);
    assert_int_equal(find_hook(&s, "h").status, CW_STORE_NOT_FOUND);
    assert_int_equal(find_hook(&s, "h1").status, CW_STORE_OK);
}

static void a_deleted_bot(void **state)
{
    struct scene s = begin(state);
    create_hook(&s, s.alice, s.bot, "h");
    add_session(s.f, s.bot, "token", 1);
    struct cw_store_result r =
        RUN(s.f, .op = CW_STORE_BOT_DELETE, .user_id = s.alice, .other_id = s.bot);
    assert_int_equal(r.group_count, 1);
    assert_int_equal(r.groups[0].group_id, s.group);
    suite_reopen(s.f);
    EXPECT(s.f, CW_STORE_MISMATCH, .op = CW_STORE_BOT_DELETE, .user_id = s.alice,
           .other_id = s.bot);
    assert_int_equal(find_hook(&s, "h").status, CW_STORE_NOT_FOUND);
    EXPECT(s.f, CW_STORE_NOT_FOUND, .op = CW_STORE_SESSION_FIND, .key = TEXT("deploys"),
           .secret = TEXT("token"));
    r = RUN(s.f, .op = CW_STORE_USER_FIND, .key = TEXT("deploys"));
    assert_true(r.bot);
    assert_int_equal(r.secret.n, 0);
    assert_int_equal(create_bot(s.f, s.bob, "deploys").status, CW_STORE_EXISTS);
    EXPECT(s.f, CW_STORE_NOT_MEMBER, .op = CW_STORE_MESSAGE_APPEND, .user_id = s.bot,
           .mailbox = cw_mailbox_of_group(s.group), .body = TEXT("I am still here"));
}

int suite_bots(const char *back_end_name)
{
    const struct CMUnitTest tests[] = {
        T(a_bot_is_its_owners),       T(a_user_has_so_many_bots), T(members_that_are_bots),
        T(a_bot_goes_with_its_owner), T(hooks_of_a_group),        T(a_deleted_bot),
    };
    return cmocka_run_group_tests_name(back_end_name, tests, NULL, NULL);
}
