/* test_store_invitations.c - invitations end with the right of their maker. */
#include "suite.h"

#include <stdio.h>

/* --- invitations end with the right of their maker --------------------------------------- */

enum { ALICE, BOB, CAROL, DAVE, CROWD };

struct closed {
    uint64_t ids[CROWD]; /* alice owns the group, bob and carol are moderators of it */
    uint64_t group_id;
    unsigned made, guests;
};

static struct closed set_closed(struct fixture *f)
{
    static const char *const names[] = {"alice", "bob", "carol", "dave"};
    struct closed c = {0};
    for (int i = 0; i < CROWD; i++)
        c.ids[i] = add_user(f, names[i]);
    c.group_id = add_group(f, c.ids[ALICE], "cooks");
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_GROUP_ACCESS, .user_id = c.ids[ALICE],
           .group_id = c.group_id, .by_invitation = true);
    return c;
}

static uint64_t invite(struct fixture *f, struct closed *c, int who, const char *hash)
{
    struct cw_store_result r = RUN(f, .op = CW_STORE_INVITE_CREATE, .user_id = c->ids[who],
                                   .mailbox = cw_mailbox_of_group(c->group_id),
                                   .secret = TEXT(hash), .expires_ms = 5000, .uses = 9);
    assert_int_equal(r.status, CW_STORE_OK);
    assert_int_equal(r.invitation_id, ++c->made);
    return r.invitation_id;
}

/* Somebody new tries it. */
static enum cw_store_status try(struct fixture *f, struct closed *c, const char *hash)
{
    char name[24];
    snprintf(name, sizeof name, "guest %u", c->guests++);
    return RUN(f, .op = CW_STORE_GROUP_JOIN, .user_id = add_user(f, name), .key = TEXT("cooks"),
               .invitation = TEXT(hash))
        .status;
}

static void make_moderator(struct fixture *f, struct closed *c, int who, const char *invitation)
{
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_GROUP_JOIN, .user_id = c->ids[who], .key = TEXT("cooks"),
           .invitation = TEXT(invitation));
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_MEMBER_ROLE, .user_id = c->ids[ALICE],
           .group_id = c->group_id, .other_id = c->ids[who], .role = CW_ROLE_MODERATOR);
}

/* Bob loses the right to invite in every possible way; when he has it again, his earlier
 * invitations stay invalid. Carol's and alice's stay valid. */
static void an_invitation_to_a_group_ends_with_its_makers_right(void **state)
{
    static const struct {
        enum cw_store_op op;
        enum cw_store_role role;
    } ways[] = {{CW_STORE_MEMBER_ROLE, CW_ROLE_MEMBER},
                {CW_STORE_MEMBER_KICK, CW_ROLE_NONE},
                {CW_STORE_MEMBER_BAN, CW_ROLE_NONE},
                {CW_STORE_GROUP_LEAVE, CW_ROLE_NONE}};
    struct fixture *f = *state;
    struct closed c = set_closed(f);
    invite(f, &c, ALICE, "alice's");
    make_moderator(f, &c, CAROL, "alice's");
    invite(f, &c, CAROL, "carol's");
    make_moderator(f, &c, BOB, "alice's");
    for (size_t i = 0; i < 4; i++) {
        char hash[8];
        snprintf(hash, sizeof hash, "bob %zu", i);
        invite(f, &c, BOB, hash);
        assert_int_equal(try(f, &c, hash), CW_STORE_OK);
        bool himself = ways[i].op == CW_STORE_GROUP_LEAVE;
        EXPECT(f, CW_STORE_OK, .op = ways[i].op, .user_id = c.ids[himself ? BOB : ALICE],
               .group_id = c.group_id, .other_id = c.ids[BOB], .role = ways[i].role);
        suite_reopen(f);
        assert_int_equal(try(f, &c, hash), CW_STORE_FORBIDDEN);
        EXPECT(f, CW_STORE_OK, .op = CW_STORE_MEMBER_UNBAN, .user_id = c.ids[ALICE],
               .group_id = c.group_id, .other_id = c.ids[BOB]);
        if (ways[i].role == CW_ROLE_NONE)
            make_moderator(f, &c, BOB, "alice's");
        else
            EXPECT(f, CW_STORE_OK, .op = CW_STORE_MEMBER_ROLE, .user_id = c.ids[ALICE],
                   .group_id = c.group_id, .other_id = c.ids[BOB], .role = CW_ROLE_MODERATOR);
        assert_int_equal(try(f, &c, hash), CW_STORE_FORBIDDEN);
    }
    assert_int_equal(try(f, &c, "carol's"), CW_STORE_OK);
    /* Who hands the group over may still invite; who leaves it may not. */
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_MEMBER_ROLE, .user_id = c.ids[ALICE],
           .group_id = c.group_id, .other_id = c.ids[BOB], .role = CW_ROLE_OWNER);
    assert_int_equal(try(f, &c, "alice's"), CW_STORE_OK);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_GROUP_LEAVE, .user_id = c.ids[ALICE],
           .group_id = c.group_id);
    assert_int_equal(try(f, &c, "alice's"), CW_STORE_FORBIDDEN);
}

static struct cw_store_result list(struct fixture *f, const struct closed *c, int who, bool group,
                                   uint64_t now)
{
    return RUN_AT(f, now, .op = CW_STORE_INVITE_LIST, .user_id = c->ids[who],
                  .mailbox = group ? cw_mailbox_of_group(c->group_id) : 0);
}

static uint64_t invite_user(struct fixture *f, const struct closed *c, int who, const char *hash,
                            uint64_t uses)
{
    return RUN_AT(f, 7, .op = CW_STORE_INVITE_CREATE, .user_id = c->ids[who], .secret = TEXT(hash),
                  .expires_ms = 5000, .uses = uses)
        .invitation_id;
}

static enum cw_store_status withdraw(struct fixture *f, const struct closed *c, int who,
                                     uint64_t id)
{
    return RUN(f, .op = CW_STORE_INVITE_WITHDRAW, .user_id = c->ids[who], .invitation_id = id)
        .status;
}

static void invitations_are_listed_and_withdrawn(void **state)
{
    struct fixture *f = *state;
    struct closed c = set_closed(f);
    invite(f, &c, ALICE, "alice's");
    make_moderator(f, &c, BOB, "alice's");
    invite(f, &c, BOB, "bob's");
    uint64_t server = invite_user(f, &c, BOB, "to the server", 3);
    suite_reopen(f);
    struct cw_store_result r = list(f, &c, BOB, true, 8);
    assert_int_equal(r.invitation_count, 2);
    assert_int_equal(r.invitations[0].id, 1);
    assert_slice(r.invitations[0].by, "alice");
    assert_int_equal(r.invitations[0].uses, 8); /* bob came by it */
    assert_int_equal(r.invitations[0].created_ms, 1);
    assert_int_equal(r.invitations[1].id, 2);
    assert_slice(r.invitations[1].by, "bob");
    r = list(f, &c, BOB, false, 8);
    assert_int_equal(r.invitation_count, 1);
    assert_int_equal(r.invitations[0].id, server);
    assert_int_equal(r.invitations[0].created_ms, 7);
    assert_int_equal(r.invitations[0].expires_ms, 5000);
    assert_int_equal(r.invitations[0].uses, 3);
    assert_int_equal(list(f, &c, ALICE, false, 8).invitation_count, 0); /* bob's are his own */
    assert_int_equal(list(f, &c, BOB, false, 5000).invitation_count, 0);
    assert_int_equal(list(f, &c, DAVE, true, 8).status, CW_STORE_NOT_MEMBER);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_GROUP_JOIN, .user_id = c.ids[DAVE], .key = TEXT("cooks"),
           .invitation = TEXT("bob's"));
    assert_int_equal(list(f, &c, DAVE, true, 8).status, CW_STORE_FORBIDDEN);
    EXPECT(f, CW_STORE_NOT_FOUND, .op = CW_STORE_INVITE_LIST, .user_id = c.ids[ALICE],
           .mailbox = cw_mailbox_of_group(99));

    assert_int_equal(withdraw(f, &c, DAVE, 1), CW_STORE_NOT_FOUND);
    assert_int_equal(withdraw(f, &c, ALICE, server), CW_STORE_NOT_FOUND);
    assert_int_equal(withdraw(f, &c, ALICE, 99), CW_STORE_NOT_FOUND);
    assert_int_equal(withdraw(f, &c, ALICE, 0), CW_STORE_NOT_FOUND);
    assert_int_equal(withdraw(f, &c, BOB, 1), CW_STORE_OK); /* a moderator, the owner's */
    assert_int_equal(withdraw(f, &c, BOB, 1), CW_STORE_NOT_FOUND);
    assert_int_equal(withdraw(f, &c, BOB, server), CW_STORE_OK);
    suite_reopen(f);
    assert_int_equal(try(f, &c, "alice's"), CW_STORE_FORBIDDEN);
    assert_int_equal(try(f, &c, "bob's"), CW_STORE_OK);
    EXPECT(f, CW_STORE_FORBIDDEN, .op = CW_STORE_USER_CREATE, .name = TEXT("eve"),
           .key = TEXT("eve"), .secret = TEXT("$"), .invitation = TEXT("to the server"));
    c.made = 3; /* numbers are not used again */
    invite(f, &c, BOB, "another");
}

static enum cw_store_status join_server(struct fixture *f, const char *name, const char *hash)
{
    return RUN(f, .op = CW_STORE_USER_CREATE, .name = TEXT(name), .key = TEXT(name),
               .secret = TEXT("$"), .invitation = TEXT(hash))
        .status;
}

/* Uses count, not invitations: it is people who come. */
static void so_many_may_be_let_in(void **state)
{
    struct fixture *f = *state;
    f->options.invitations_per_user = 5;
    suite_start_over(f);
    struct closed c = set_closed(f);
    assert_int_equal(invite_user(f, &c, BOB, "a", 6), 0);
    assert_int_not_equal(invite_user(f, &c, BOB, "a", 3), 0);
    assert_int_not_equal(invite_user(f, &c, BOB, "b", 2), 0);
    EXPECT(f, CW_STORE_FULL, .op = CW_STORE_INVITE_CREATE, .user_id = c.ids[BOB],
           .secret = TEXT("c"), .expires_ms = 5000, .uses = 1);
    assert_int_not_equal(invite_user(f, &c, CAROL, "c", 5), 0); /* each has his own */
    assert_int_equal(join_server(f, "eve", "a"), CW_STORE_OK);
    assert_int_not_equal(invite_user(f, &c, BOB, "d", 1), 0);
    EXPECT(f, CW_STORE_FULL, .op = CW_STORE_INVITE_CREATE, .user_id = c.ids[BOB],
           .secret = TEXT("e"), .expires_ms = 5000, .uses = 1);
    EXPECT_AT(f, CW_STORE_OK, 5000, .op = CW_STORE_INVITE_CREATE, .user_id = c.ids[BOB],
              .secret = TEXT("e"), .expires_ms = 9000, .uses = 5); /* those have expired */
}

/* Also those that were made while more might. */
static void the_setting_says_who_may_invite(void **state)
{
    struct fixture *f = *state;
    f->options.inviters = CW_INVITERS_ADMINS;
    f->options.first_is_admin = true;
    suite_start_over(f);
    struct closed c = set_closed(f);
    assert_int_not_equal(invite_user(f, &c, ALICE, "first", 9), 0);
    EXPECT(f, CW_STORE_FORBIDDEN, .op = CW_STORE_INVITE_CREATE, .user_id = c.ids[BOB],
           .secret = TEXT("c"), .expires_ms = 5000, .uses = 1);
    assert_int_equal(join_server(f, "eve", "first"), CW_STORE_OK);
    c.made = 1;
    invite(f, &c, ALICE, "group"); /* of groups it says nothing */
}

/* A server that nobody administers is started again and again. */
static void the_servers_own_invitations_are_renewed(void **state)
{
    struct fixture *f = *state;
    char hash[24];
    f->options.inviters = CW_INVITERS_NONE;
    suite_start_over(f);
    for (unsigned i = 0; i < CW_INVITATIONS_MAX + 10; i++) {
        snprintf(hash, sizeof hash, "start %u", i);
        EXPECT_AT(f, CW_STORE_OK, 1 + i, .op = CW_STORE_INVITE_CREATE, .secret = TEXT(hash),
                  .expires_ms = 5000 + i, .uses = 1);
    }
    suite_reopen(f);
    assert_int_equal(join_server(f, "eve", "start 9"), CW_STORE_FORBIDDEN); /* too old */
    assert_int_equal(join_server(f, "alice", "start 10"), CW_STORE_OK);
    /* They were for the first administrator. */
    snprintf(hash, sizeof hash, "start %u", CW_INVITATIONS_MAX + 9);
    assert_int_equal(join_server(f, "mallory", hash), CW_STORE_FORBIDDEN);
    EXPECT(f, CW_STORE_FORBIDDEN, .op = CW_STORE_INVITE_CREATE, .secret = TEXT("late"),
           .expires_ms = 5000, .uses = 1);
}

int suite_invitations(const char *back_end_name)
{
    const struct CMUnitTest tests[] = {
        T(an_invitation_to_a_group_ends_with_its_makers_right),
        T(invitations_are_listed_and_withdrawn),
        T(so_many_may_be_let_in),
        T(the_setting_says_who_may_invite),
        T(the_servers_own_invitations_are_renewed),
    };
    return cmocka_run_group_tests_name(back_end_name, tests, NULL, NULL);
}
