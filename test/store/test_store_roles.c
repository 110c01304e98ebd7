/* test_store_roles.c - the rules of store.h about who may do what in a group, over every back
 * end. */
#include "suite.h"

#include <stdio.h>

/* All users: each has the role of the same name in the group of the fixture below. */
enum who { OUTSIDER, MEMBER, MODERATOR, OWNER, OUTSIDER_2, MEMBER_2, MODERATOR_2, WHO_COUNT };

struct crowd {
    uint64_t user_ids[WHO_COUNT];
    uint64_t group_id;
};

static void add_crowd(struct fixture *f, struct crowd *crowd)
{
    static const char *const names[] = {"outsider",   "member",   "moderator",  "owner",
                                        "outsider 2", "member 2", "moderator 2"};
    for (int i = 0; i < WHO_COUNT; i++)
        crowd->user_ids[i] = add_user(f, names[i]);
}

/* Makes a new group of them. */
static void gather(struct fixture *f, struct crowd *crowd)
{
    char key[24];
    static unsigned count;
    snprintf(key, sizeof key, "g%u", count++);
    crowd->group_id = add_group(f, crowd->user_ids[OWNER], key);
    static const enum who members[] = {MEMBER, MEMBER_2, MODERATOR, MODERATOR_2};
    for (int i = 0; i < 4; i++) {
        join_group(f, crowd->user_ids[members[i]], key);
        if (members[i] == MODERATOR || members[i] == MODERATOR_2)
            EXPECT(f, CW_STORE_OK, .op = CW_STORE_MEMBER_ROLE, .user_id = crowd->user_ids[OWNER],
                   .group_id = crowd->group_id, .other_id = crowd->user_ids[members[i]],
                   .role = CW_ROLE_MODERATOR);
    }
}

static enum cw_store_status try(struct fixture *f, const struct crowd *crowd, enum cw_store_op op,
                                enum who who, enum who whom)
{
    return RUN(f, .op = op, .user_id = crowd->user_ids[who], .group_id = crowd->group_id,
               .other_id = crowd->user_ids[whom], .role = CW_ROLE_MODERATOR, .until_ms = 99,
               .body = TEXT("topic"), .mailbox = cw_mailbox_of_group(crowd->group_id),
               .secret = TEXT("hash"), .expires_ms = 99, .uses = 1)
        .status;
}

static enum cw_store_status status_of(char letter)
{
    return letter == 'o' ? CW_STORE_OK : letter == 'f' ? CW_STORE_FORBIDDEN : CW_STORE_NOT_MEMBER;
}

static void roles_decide_about_members(void **state)
{
    /* For a member, a moderator and the owner: what becomes of it when the other one
     * is an outsider, a member, a moderator, the owner. */
    static const struct {
        enum cw_store_op op;
        const char *outcomes[3];
    } rows[] = {
        {CW_STORE_MEMBER_KICK, {"ffff", "noff", "noof"}},
        {CW_STORE_MEMBER_MUTE, {"ffff", "noff", "noof"}},
        {CW_STORE_MEMBER_BAN, {"ffff", "ooff", "ooof"}},
        {CW_STORE_MEMBER_UNBAN, {"ffff", "ooff", "ooof"}},
        {CW_STORE_MEMBER_ROLE, {"ffff", "ffff", "noof"}},
    };
    static const enum who others[] = {OUTSIDER_2, MEMBER_2, MODERATOR_2, OWNER};
    struct crowd crowd;
    add_crowd(*state, &crowd);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        for (int who = MEMBER; who <= OWNER; who++) {
            gather(*state, &crowd);
            for (int other = 0; other < 4; other++)
                assert_int_equal(try(*state, &crowd, rows[i].op, (enum who)who, others[other]),
                                 status_of(rows[i].outcomes[who - MEMBER][other]));
        }
}

static void nobody_does_it_to_himself_or_from_outside(void **state)
{
    static const enum cw_store_op ops[] = {CW_STORE_MEMBER_KICK, CW_STORE_MEMBER_MUTE,
                                           CW_STORE_MEMBER_BAN, CW_STORE_MEMBER_UNBAN,
                                           CW_STORE_MEMBER_ROLE};
    struct crowd crowd;
    add_crowd(*state, &crowd);
    gather(*state, &crowd);
    for (size_t i = 0; i < sizeof ops / sizeof ops[0]; i++) {
        for (int who = MEMBER; who <= OWNER; who++)
            assert_int_equal(try(*state, &crowd, ops[i], (enum who)who, (enum who)who),
                             CW_STORE_FORBIDDEN);
        for (int whom = OUTSIDER; whom <= OWNER; whom++)
            assert_int_equal(try(*state, &crowd, ops[i], OUTSIDER, (enum who)whom),
                             CW_STORE_NOT_MEMBER);
        struct crowd nowhere = crowd;
        nowhere.group_id = 99;
        assert_int_equal(try(*state, &nowhere, ops[i], OWNER, MEMBER), CW_STORE_NOT_FOUND);
        nowhere = crowd;
        nowhere.user_ids[OUTSIDER_2] = 99;
        assert_int_equal(try(*state, &nowhere, ops[i], OWNER, OUTSIDER_2), CW_STORE_NOT_FOUND);
    }
    struct cw_store_result r = RUN(*state, .op = CW_STORE_GROUP_LIST, .user_id = crowd.user_ids[1]);
    assert_int_equal(r.groups[0].member_count, 5);
}

static void roles_decide_about_the_group(void **state)
{
    static const struct {
        enum cw_store_op op;
        const char *outcomes; /* for an outsider, a member, a moderator, the owner */
    } rows[] = {
        {CW_STORE_GROUP_TOPIC, "nfoo"},
        {CW_STORE_GROUP_ACCESS, "nffo"},
        {CW_STORE_GROUP_RETAIN, "nffo"},
    };
    struct crowd crowd;
    add_crowd(*state, &crowd);
    gather(*state, &crowd);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        for (int who = OUTSIDER; who <= OWNER; who++)
            assert_int_equal(try(*state, &crowd, rows[i].op, (enum who)who, OUTSIDER),
                             status_of(rows[i].outcomes[who]));
        struct crowd nowhere = crowd;
        nowhere.group_id = 99;
        assert_int_equal(try(*state, &nowhere, rows[i].op, OWNER, OUTSIDER), CW_STORE_NOT_FOUND);
    }
    assert_int_equal(try(*state, &crowd, CW_STORE_INVITE_CREATE, OUTSIDER, OUTSIDER),
                     CW_STORE_NOT_MEMBER);
    assert_int_equal(try(*state, &crowd, CW_STORE_INVITE_CREATE, MEMBER, OUTSIDER),
                     CW_STORE_FORBIDDEN);
    assert_int_equal(try(*state, &crowd, CW_STORE_INVITE_CREATE, MODERATOR, OUTSIDER), CW_STORE_OK);
    crowd.group_id = 99;
    assert_int_equal(try(*state, &crowd, CW_STORE_INVITE_CREATE, OWNER, OUTSIDER),
                     CW_STORE_NOT_FOUND);
}

static enum cw_store_role role_of(struct fixture *f, const struct crowd *crowd, enum who who)
{
    struct cw_store_result r = RUN(f, .op = CW_STORE_GROUP_LIST, .user_id = crowd->user_ids[who]);
    return r.group_count == 0 ? CW_ROLE_NONE : r.groups[0].role;
}

static void the_owner_hands_over(void **state)
{
    struct fixture *f = *state;
    struct crowd crowd;
    add_crowd(f, &crowd);
    gather(f, &crowd);
    struct cw_store_request set = {.op = CW_STORE_MEMBER_ROLE,
                                   .user_id = crowd.user_ids[OWNER],
                                   .group_id = crowd.group_id,
                                   .other_id = crowd.user_ids[MODERATOR],
                                   .role = CW_ROLE_MEMBER};
    assert_int_equal(run_one(f, &set).status, CW_STORE_OK);
    assert_int_equal(role_of(f, &crowd, MODERATOR), CW_ROLE_MEMBER);
    set.other_id = crowd.user_ids[MEMBER];
    set.role = CW_ROLE_OWNER;
    assert_int_equal(run_one(f, &set).status, CW_STORE_OK);
    suite_reopen(f);
    assert_int_equal(role_of(f, &crowd, MEMBER), CW_ROLE_OWNER);
    assert_int_equal(role_of(f, &crowd, OWNER), CW_ROLE_MODERATOR);
    assert_int_equal(run_one(f, &set).status, CW_STORE_FORBIDDEN); /* no longer his */
}

static void who_is_kicked_may_come_back(void **state)
{
    struct fixture *f = *state;
    struct crowd crowd;
    add_crowd(f, &crowd);
    uint64_t owner = crowd.user_ids[OWNER], member = crowd.user_ids[MEMBER];
    uint64_t group_id = add_group(f, owner, "cooks"), mailbox = cw_mailbox_of_group(group_id);
    join_group(f, member, "cooks");
    add_message(f, owner, mailbox, "one"); /* 1 */
    struct cw_store_request kick = {
        .op = CW_STORE_MEMBER_KICK, .user_id = owner, .group_id = group_id, .other_id = member};
    assert_int_equal(run_one(f, &kick).status, CW_STORE_OK);
    assert_int_equal(run_one(f, &kick).status, CW_STORE_NOT_MEMBER);
    assert_int_equal(read_inbox(f, member, 0).message_count, 0);
    join_group(f, member, "cooks");
    add_message(f, owner, mailbox, "two"); /* 2 */
    struct cw_store_result r = read_inbox(f, member, 0);
    ASSERT_IDS(&r, 2, );
}

static void who_is_banned_stays_away(void **state)
{
    struct fixture *f = *state;
    struct crowd crowd;
    add_crowd(f, &crowd);
    uint64_t owner = crowd.user_ids[OWNER], member = crowd.user_ids[MEMBER];
    uint64_t group_id = add_group(f, owner, "cooks");
    join_group(f, member, "cooks");
    struct cw_store_request ban = {
        .op = CW_STORE_MEMBER_BAN, .user_id = owner, .group_id = group_id, .other_id = member};
    struct cw_store_request join = {.op = CW_STORE_GROUP_JOIN,
                                    .time_ms = 1,
                                    .user_id = member,
                                    .key = TEXT("cooks"),
                                    .invitation = TEXT("hash")};
    struct cw_store_result r = run_one(f, &ban);
    assert_int_equal(r.status, CW_STORE_OK);
    assert_true(r.was_member);
    r = run_one(f, &ban);
    assert_int_equal(r.status, CW_STORE_OK);
    assert_false(r.was_member);
    suite_reopen(f);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_INVITE_CREATE, .user_id = owner,
           .mailbox = cw_mailbox_of_group(group_id), .secret = TEXT("hash"), .expires_ms = 99,
           .uses = 9);
    r = run_one(f, &join);
    assert_int_equal(r.status, CW_STORE_BANNED);
    assert_true(
        cw_slice_eq(r.other_name, RUN(f, .op = CW_STORE_USER_FIND, .key = TEXT("owner")).name));
    assert_int_equal(RUN(f, .op = CW_STORE_GROUP_LIST, .user_id = member).group_count, 0);

    ban.op = CW_STORE_MEMBER_UNBAN;
    for (int i = 0; i < 2; i++)
        assert_int_equal(run_one(f, &ban).status, CW_STORE_OK);
    r = RUN(f, .op = CW_STORE_MEMBER_LIST, .user_id = owner, .group_id = group_id, .limit = 9);
    assert_int_equal(r.person_count, 1);
    assert_int_equal(run_one(f, &join).status, CW_STORE_OK);
}

/* --- invitations ---------------------------------------------------------------------- */

static enum cw_store_status invite(struct fixture *f, uint64_t user_id, uint64_t group_id,
                                   const char *hash, uint64_t uses)
{
    return RUN(f, .op = CW_STORE_INVITE_CREATE, .user_id = user_id,
               .mailbox = cw_mailbox_of_group(group_id), .secret = TEXT(hash), .expires_ms = 5000,
               .uses = uses)
        .status;
}

static enum cw_store_status join_at(struct fixture *f, uint64_t now, uint64_t user_id,
                                    const char *key, const char *hash)
{
    return RUN_AT(f, now, .op = CW_STORE_GROUP_JOIN, .user_id = user_id, .key = TEXT(key),
                  .invitation = TEXT(hash))
        .status;
}

static void a_closed_group_wants_its_own_invitation(void **state)
{
    struct fixture *f = *state;
    struct crowd crowd;
    add_crowd(f, &crowd);
    uint64_t owner = crowd.user_ids[OWNER], *ids = crowd.user_ids;
    uint64_t cooks = add_group(f, owner, "cooks"), bakers = add_group(f, owner, "bakers");
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_GROUP_ACCESS, .user_id = owner, .group_id = cooks,
           .by_invitation = true);
    assert_int_equal(invite(f, owner, cooks, "cooks", 2), CW_STORE_OK);
    assert_int_equal(invite(f, owner, bakers, "bakers", 1), CW_STORE_OK);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_INVITE_CREATE, .user_id = owner, .secret = TEXT("server"),
           .expires_ms = 5000, .uses = 9);
    suite_reopen(f);
    assert_int_equal(join_at(f, 1, ids[0], "cooks", ""), CW_STORE_FORBIDDEN);
    assert_int_equal(join_at(f, 1, ids[0], "cooks", "none"), CW_STORE_FORBIDDEN);
    assert_int_equal(join_at(f, 1, ids[0], "cooks", "bakers"), CW_STORE_FORBIDDEN);
    assert_int_equal(join_at(f, 1, ids[0], "cooks", "server"), CW_STORE_FORBIDDEN);
    assert_int_equal(join_at(f, 5000, ids[0], "cooks", "cooks"), CW_STORE_FORBIDDEN);
    assert_int_equal(join_at(f, 4999, ids[0], "cooks", "cooks"), CW_STORE_OK);
    assert_int_equal(join_at(f, 1, ids[0], "cooks", "cooks"), CW_STORE_EXISTS); /* uses nothing */
    assert_int_equal(join_at(f, 1, ids[1], "cooks", "cooks"), CW_STORE_OK);
    assert_int_equal(join_at(f, 1, ids[2], "cooks", "cooks"), CW_STORE_FORBIDDEN);

    /* An open one takes anybody, and uses nothing up. */
    assert_int_equal(join_at(f, 1, ids[0], "bakers", "cooks"), CW_STORE_OK);
    assert_int_equal(join_at(f, 1, ids[1], "bakers", "bakers"), CW_STORE_OK);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_GROUP_ACCESS, .user_id = owner, .group_id = bakers,
           .by_invitation = true);
    assert_int_equal(join_at(f, 1, ids[2], "bakers", "bakers"), CW_STORE_OK);
    assert_int_equal(join_at(f, 1, ids[4], "bakers", "bakers"), CW_STORE_FORBIDDEN);
}

static void so_many_invitations_to_a_group_are_good(void **state)
{
    struct fixture *f = *state;
    struct crowd crowd;
    add_crowd(f, &crowd);
    gather(f, &crowd);
    uint64_t other = add_group(f, crowd.user_ids[OWNER], "other group");
    char hash[16];
    for (unsigned i = 0; i < CW_INVITATIONS_MAX; i++) {
        snprintf(hash, sizeof hash, "i%u", i);
        assert_int_equal(
            invite(f, crowd.user_ids[i % 2 == 0 ? OWNER : MODERATOR], crowd.group_id, hash, 1),
            CW_STORE_OK);
    }
    assert_int_equal(invite(f, crowd.user_ids[MODERATOR_2], crowd.group_id, "x", 1), CW_STORE_FULL);
    assert_int_equal(invite(f, crowd.user_ids[OWNER], other, "x", 1), CW_STORE_OK);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_INVITE_CREATE, .user_id = crowd.user_ids[OWNER],
           .secret = TEXT("server"), .expires_ms = 5000, .uses = 1);
}

static void a_gone_groups_invitation_is_gone(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice"), bob = add_user(f, "bob");
    uint64_t cooks = add_group(f, alice, "cooks");
    assert_int_equal(invite(f, alice, cooks, "hash", 9), CW_STORE_OK);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_GROUP_LEAVE, .user_id = alice, .group_id = cooks);
    cooks = add_group(f, alice, "cooks");
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_GROUP_ACCESS, .user_id = alice, .group_id = cooks,
           .by_invitation = true);
    assert_int_equal(join_at(f, 1, bob, "cooks", "hash"), CW_STORE_FORBIDDEN);
}

/* --- what the append itself judges ----------------------------------------------------- */

static enum cw_store_status say(struct fixture *f, uint64_t user_id, uint64_t mailbox,
                                uint64_t time_ms)
{
    return RUN_AT(f, time_ms, .op = CW_STORE_MESSAGE_APPEND, .user_id = user_id, .mailbox = mailbox,
                  .body = TEXT("text"))
        .status;
}

static enum cw_store_status edit(struct fixture *f, uint64_t user_id, uint64_t conversation,
                                 const char *text)
{
    return RUN(f, .op = CW_STORE_MESSAGE_EDIT, .user_id = user_id, .conversation = conversation,
               .seq = 1, .body = TEXT(text))
        .status;
}

static void who_is_blocked_says_nothing(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice"), bob = add_user(f, "bob");
    uint64_t pair = cw_conversation_of_pair(alice, bob);
    assert_int_equal(say(f, bob, cw_mailbox_of_user(alice), 1), CW_STORE_OK);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_BLOCK, .user_id = alice, .other_id = bob);
    assert_int_equal(say(f, bob, cw_mailbox_of_user(alice), 1), CW_STORE_FORBIDDEN);
    assert_int_equal(edit(f, bob, pair, "but"), CW_STORE_FORBIDDEN);
    assert_int_equal(say(f, alice, cw_mailbox_of_user(bob), 1), CW_STORE_OK);
    suite_reopen(f);
    assert_int_equal(say(f, bob, cw_mailbox_of_user(alice), 1), CW_STORE_FORBIDDEN);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_UNBLOCK, .user_id = alice, .other_id = bob);
    assert_int_equal(say(f, bob, cw_mailbox_of_user(alice), 1), CW_STORE_OK);
    assert_int_equal(edit(f, bob, pair, "again"), CW_STORE_OK);
}

static void who_is_muted_or_gone_says_nothing(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice"), bob = add_user(f, "bob");
    uint64_t cooks = add_group(f, alice, "cooks"), mailbox = cw_mailbox_of_group(cooks);
    assert_int_equal(say(f, bob, mailbox, 1), CW_STORE_NOT_MEMBER);
    join_group(f, bob, "cooks");
    assert_int_equal(say(f, bob, mailbox, 1), CW_STORE_OK);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_MEMBER_MUTE, .user_id = alice, .group_id = cooks,
           .other_id = bob, .until_ms = 100);
    assert_int_equal(say(f, bob, mailbox, 99), CW_STORE_FORBIDDEN);
    assert_int_equal(edit(f, bob, mailbox, "but"), CW_STORE_FORBIDDEN);
    assert_int_equal(say(f, bob, mailbox, 100), CW_STORE_OK);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_MEMBER_KICK, .user_id = alice, .group_id = cooks,
           .other_id = bob);
    assert_int_equal(say(f, bob, mailbox, 200), CW_STORE_NOT_MEMBER);
    assert_int_equal(edit(f, bob, mailbox, "but"), CW_STORE_NOT_MEMBER);
}

static uint64_t muted_until(struct fixture *f, uint64_t user_id)
{
    struct cw_store_result r = RUN(f, .op = CW_STORE_GROUP_LIST, .user_id = user_id);
    assert_int_equal(r.group_count, 1);
    return r.groups[0].muted_until_ms;
}

/* A mute ends by its time or by who may mute, not by leaving, joining, being kicked or
 * banned; nor do those who are still muted escape a longer one by leaving. */
static void who_is_muted_cannot_undo_it(void **state)
{
    static const enum cw_store_op ways[] = {CW_STORE_GROUP_LEAVE, CW_STORE_MEMBER_KICK,
                                            CW_STORE_MEMBER_BAN};
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice"), bob = add_user(f, "bob"), carol = add_user(f, "carol");
    uint64_t cooks = add_group(f, alice, "cooks"), mailbox = cw_mailbox_of_group(cooks);
    struct cw_store_request mute = {.op = CW_STORE_MEMBER_MUTE,
                                    .user_id = alice,
                                    .group_id = cooks,
                                    .other_id = bob,
                                    .until_ms = 100};
    join_group(f, carol, "cooks");
    assert_int_equal(run_one(f, &mute).status, CW_STORE_NOT_MEMBER); /* not yet one */
    join_group(f, bob, "cooks");
    assert_int_equal(run_one(f, &mute).status, CW_STORE_OK);
    for (size_t i = 0; i < 3; i++) {
        bool himself = ways[i] == CW_STORE_GROUP_LEAVE;
        EXPECT(f, CW_STORE_OK, .op = ways[i], .user_id = himself ? bob : alice, .group_id = cooks,
               .other_id = bob);
        suite_reopen(f);
        assert_int_equal(RUN(f, .op = CW_STORE_GROUP_LIST, .user_id = bob).group_count, 0);
        EXPECT(f, CW_STORE_OK, .op = CW_STORE_MEMBER_UNBAN, .user_id = alice, .group_id = cooks,
               .other_id = bob);
        struct cw_store_result r =
            RUN(f, .op = CW_STORE_GROUP_JOIN, .user_id = bob, .key = TEXT("cooks"));
        assert_int_equal(r.status, CW_STORE_OK);
        assert_int_equal(r.muted_until_ms, 100);
        assert_int_equal(muted_until(f, bob), 100);
        assert_int_equal(say(f, bob, mailbox, 99), CW_STORE_FORBIDDEN);
    }
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_GROUP_LEAVE, .user_id = bob, .group_id = cooks);
    mute.until_ms = 200; /* longer, while he is away */
    assert_int_equal(run_one(f, &mute).status, CW_STORE_OK);
    join_group(f, bob, "cooks");
    assert_int_equal(muted_until(f, bob), 200);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_GROUP_LEAVE, .user_id = bob, .group_id = cooks);
    EXPECT_AT(f, CW_STORE_NOT_MEMBER, 200, .op = CW_STORE_MEMBER_MUTE, .user_id = alice,
              .group_id = cooks, .other_id = bob, .until_ms = 300); /* it is over */
    mute.user_id = carol;
    mute.until_ms = 0;
    assert_int_equal(run_one(f, &mute).status, CW_STORE_FORBIDDEN);
    mute.user_id = alice;
    assert_int_equal(run_one(f, &mute).status, CW_STORE_OK);
    join_group(f, bob, "cooks");
    assert_int_equal(muted_until(f, bob), 0);
    assert_int_equal(say(f, bob, mailbox, 99), CW_STORE_OK);
}

/* Another group of that name is another group. */
static void a_mute_ends_with_its_group(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice"), bob = add_user(f, "bob");
    uint64_t cooks = add_group(f, alice, "cooks");
    join_group(f, bob, "cooks");
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_MEMBER_MUTE, .user_id = alice, .group_id = cooks,
           .other_id = bob, .until_ms = 100);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_GROUP_LEAVE, .user_id = bob, .group_id = cooks);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_GROUP_LEAVE, .user_id = alice, .group_id = cooks);
    add_group(f, alice, "cooks");
    join_group(f, bob, "cooks");
    assert_int_equal(muted_until(f, bob), 0);
}

/* When the other one was last seen, and what it has read and received. */
static void who_is_blocked_learns_nothing(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice"), bob = add_user(f, "bob");
    uint64_t cooks = add_group(f, alice, "cooks"), pair = cw_conversation_of_pair(alice, bob);
    uint64_t session = add_session(f, alice, "token", 5);
    join_group(f, bob, "cooks");
    assert_int_equal(say(f, bob, cw_mailbox_of_user(alice), 1), CW_STORE_OK);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_CONTACT_ADD, .user_id = bob, .other_id = alice);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_READ_MARK, .user_id = alice, .conversation = pair,
           .seq = 1);
    EXPECT_AT(f, CW_STORE_OK, 7, .op = CW_STORE_SESSION_SAVE, .session_id = session, .cursor = 1);
    for (int blocked = 0; blocked < 2; blocked++) {
        uint64_t seen_ms = blocked ? 0 : 7, seq = blocked ? 0 : 1;
        struct cw_store_result r = RUN(f, .op = CW_STORE_CONTACT_LIST, .user_id = bob);
        assert_int_equal(r.people[0].seen_ms, seen_ms);
        r = RUN(f, .op = CW_STORE_MEMBER_LIST, .user_id = bob, .group_id = cooks, .limit = 9);
        assert_int_equal(r.people[0].user_id, alice);
        assert_int_equal(r.people[0].seen_ms, seen_ms);
        r = RUN(f, .op = CW_STORE_CONVERSATIONS, .user_id = bob, .limit = 9);
        assert_int_equal(r.conversations[0].peer_id, alice);
        assert_int_equal(r.conversations[0].peer_seen_ms, seen_ms);
        assert_int_equal(r.conversations[0].peer_read_seq, seq);
        assert_int_equal(r.conversations[0].peer_cursor, seq);
        r = RUN(f, .op = CW_STORE_HISTORY_READ, .user_id = bob, .conversation = pair, .limit = 9);
        assert_int_equal(r.peer_read_seq, seq);
        assert_int_equal(r.peer_cursor, seq);
        EXPECT(f, CW_STORE_OK, .op = CW_STORE_BLOCK, .user_id = alice, .other_id = bob);
    }
}

int suite_roles(const char *back_end_name)
{
    const struct CMUnitTest tests[] = {
        T(roles_decide_about_members),
        T(nobody_does_it_to_himself_or_from_outside),
        T(roles_decide_about_the_group),
        T(the_owner_hands_over),
        T(who_is_kicked_may_come_back),
        T(who_is_banned_stays_away),
        T(a_closed_group_wants_its_own_invitation),
        T(so_many_invitations_to_a_group_are_good),
        T(a_gone_groups_invitation_is_gone),
        T(who_is_blocked_says_nothing),
        T(who_is_muted_or_gone_says_nothing),
        T(who_is_muted_cannot_undo_it),
        T(a_mute_ends_with_its_group),
        T(who_is_blocked_learns_nothing),
    };
    return cmocka_run_group_tests_name(back_end_name, tests, NULL, NULL);
}
