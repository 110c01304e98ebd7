/* test_store_rights.c - notices until the user has got them, and the validity of invitations, over
 * every back end. */
#include "suite.h"

#include <stdio.h>

/* --- notices --------------------------------------------------------------------------- */

struct scene {
    uint64_t alice, bob, cooks, bakers, session;
};

static struct scene set_scene(struct fixture *f)
{
    struct scene s = {.alice = add_user(f, "alice"), .bob = add_user(f, "bob")};
    s.cooks = add_group(f, s.alice, "cooks");
    s.bakers = add_group(f, s.alice, "bakers");
    join_group(f, s.bob, "cooks");
    join_group(f, s.bob, "bakers");
    s.session = add_session(f, s.bob, "bob's", 1);
    return s;
}

/* Alice does it to bob. */
static struct cw_store_result act(struct fixture *f, const struct scene *s, enum cw_store_op op,
                                  uint64_t group_id, uint64_t now, uint64_t until_ms)
{
    struct cw_store_result r = RUN_AT(f, now, .op = op, .user_id = s->alice, .group_id = group_id,
                                      .other_id = s->bob, .until_ms = until_ms);
    assert_int_equal(r.status, CW_STORE_OK);
    return r;
}

static struct cw_store_result notices(struct fixture *f, uint64_t user_id)
{
    return RUN(f, .op = CW_STORE_NOTICE_LIST, .user_id = user_id);
}

static void assert_notice(const struct cw_store_notice *notice, uint64_t id, const char *group,
                          enum cw_store_notice_kind kind, uint64_t time_ms, uint64_t until_ms)
{
    assert_int_equal(notice->id, id);
    assert_slice(notice->group, group);
    assert_slice(notice->by, "alice");
    assert_int_equal(notice->kind, kind);
    assert_int_equal(notice->time_ms, time_ms);
    assert_int_equal(notice->until_ms, until_ms);
}

static struct cw_store_result find(struct fixture *f)
{
    return RUN(f, .op = CW_STORE_SESSION_FIND, .key = TEXT("bob"), .secret = TEXT("bob's"));
}

static void what_was_done_to_somebody_is_kept_until_he_knows(void **state)
{
    struct fixture *f = *state;
    struct scene s = set_scene(f);
    assert_int_equal(find(f).notice_id, 0);
    assert_int_equal(act(f, &s, CW_STORE_MEMBER_MUTE, s.cooks, 10, 500).notice_id, 1);
    assert_int_equal(act(f, &s, CW_STORE_MEMBER_BAN, s.bakers, 11, 0).notice_id, 2);
    assert_int_equal(act(f, &s, CW_STORE_MEMBER_KICK, s.cooks, 12, 0).notice_id, 3);
    suite_reopen(f);
    struct cw_store_result r = find(f);
    assert_int_equal(r.notice_id, 3);
    r = notices(f, s.bob);
    assert_int_equal(r.notice_count, 2); /* of a group the last */
    assert_notice(&r.notices[0], 2, "bakers", CW_NOTICE_BANNED, 11, 0);
    assert_notice(&r.notices[1], 3, "cooks", CW_NOTICE_KICKED, 12, 0);
    assert_int_equal(notices(f, s.alice).notice_count, 0);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_NOTICE_DROP, .user_id = s.alice, .notice_id = 9);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_NOTICE_DROP, .user_id = s.bob, .notice_id = 2);
    suite_reopen(f);
    r = notices(f, s.bob);
    assert_int_equal(r.notice_count, 1);
    assert_int_equal(r.notices[0].id, 3);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_NOTICE_DROP, .user_id = s.bob, .notice_id = 3);
    assert_int_equal(find(f).notice_id, 0);
    join_group(f, s.bob, "cooks");
    assert_int_equal(act(f, &s, CW_STORE_MEMBER_KICK, s.cooks, 13, 0).notice_id, 4); /* not 3 */
}

static void what_was_undone_is_not_told(void **state)
{
    struct fixture *f = *state;
    struct scene s = set_scene(f);
    act(f, &s, CW_STORE_MEMBER_MUTE, s.cooks, 10, 500);
    assert_int_equal(act(f, &s, CW_STORE_MEMBER_MUTE, s.cooks, 11, 0).notice_id, 0);
    assert_int_equal(notices(f, s.bob).notice_count, 0);
    act(f, &s, CW_STORE_MEMBER_BAN, s.bakers, 12, 0);
    act(f, &s, CW_STORE_MEMBER_UNBAN, s.bakers, 13, 0);
    struct cw_store_result r = notices(f, s.bob);
    assert_int_equal(r.notice_count, 1);
    assert_notice(&r.notices[0], 2, "bakers", CW_NOTICE_KICKED, 12, 0);
    act(f, &s, CW_STORE_MEMBER_MUTE, s.cooks, 14, 500);
    act(f, &s, CW_STORE_MEMBER_KICK, s.cooks, 15, 0);
    act(f, &s, CW_STORE_MEMBER_MUTE, s.cooks, 16, 0); /* the notice of the kick stays */
    r = notices(f, s.bob);
    assert_int_equal(r.notice_count, 2);
    assert_notice(&r.notices[1], 4, "cooks", CW_NOTICE_KICKED, 15, 0);
    join_group(f, s.bob, "cooks");
    join_group(f, s.bob, "bakers");
    assert_int_equal(notices(f, s.bob).notice_count, 0);
}

/* Who was no member hears nothing of a group: its name is not for strangers. */
static void strangers_are_told_nothing(void **state)
{
    struct fixture *f = *state;
    struct scene s = set_scene(f);
    uint64_t guests = add_group(f, s.alice, "guests");
    assert_int_equal(act(f, &s, CW_STORE_MEMBER_BAN, guests, 10, 0).notice_id, 0);
    act(f, &s, CW_STORE_MEMBER_MUTE, s.cooks, 11, 500);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_GROUP_LEAVE, .user_id = s.bob, .group_id = s.cooks);
    assert_int_equal(act(f, &s, CW_STORE_MEMBER_MUTE, s.cooks, 12, 600).notice_id, 0);
    struct cw_store_result r = notices(f, s.bob);
    assert_int_equal(r.notice_count, 1);
    assert_notice(&r.notices[0], 1, "cooks", CW_NOTICE_MUTED, 11, 500);
}

static void notices_outlive_their_group_and_are_not_endless(void **state)
{
    struct fixture *f = *state;
    struct scene s = set_scene(f);
    char key[24];
    for (unsigned i = 0; i < CW_NOTICES_MAX + 5; i++) {
        snprintf(key, sizeof key, "group %u", i);
        uint64_t group_id = add_group(f, s.alice, key);
        join_group(f, s.bob, key);
        act(f, &s, CW_STORE_MEMBER_KICK, group_id, 10 + i, 0);
        EXPECT(f, CW_STORE_OK, .op = CW_STORE_GROUP_LEAVE, .user_id = s.alice,
               .group_id = group_id);
    }
    run_idle(f);
    struct cw_store_result r = notices(f, s.bob);
    assert_int_equal(r.notice_count, CW_NOTICES_MAX);
    assert_notice(&r.notices[0], 6, "group 5", CW_NOTICE_KICKED, 15, 0);
    snprintf(key, sizeof key, "group %u", CW_NOTICES_MAX + 4);
    assert_slice(r.notices[CW_NOTICES_MAX - 1].group, key);
}

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
    f->options.inviters = CW_INVITERS_FIRST;
    suite_start_over(f);
    struct closed c = set_closed(f);
    assert_int_not_equal(invite_user(f, &c, ALICE, "first", 9), 0);
    EXPECT(f, CW_STORE_FORBIDDEN, .op = CW_STORE_INVITE_CREATE, .user_id = c.ids[BOB],
           .secret = TEXT("c"), .expires_ms = 5000, .uses = 1);
    assert_int_equal(join_server(f, "eve", "first"), CW_STORE_OK);
    c.made = 1;
    invite(f, &c, ALICE, "group"); /* of groups it says nothing */
}

/* A server that nobody has registered at is started again and again. */
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
    /* They were for the first user. */
    snprintf(hash, sizeof hash, "start %u", CW_INVITATIONS_MAX + 9);
    assert_int_equal(join_server(f, "mallory", hash), CW_STORE_FORBIDDEN);
    EXPECT(f, CW_STORE_FORBIDDEN, .op = CW_STORE_INVITE_CREATE, .secret = TEXT("late"),
           .expires_ms = 5000, .uses = 1);
}

/* --- blocks ------------------------------------------------------------------------------ */

static void change(struct fixture *f, uint64_t user_id, uint64_t pair, uint64_t seq,
                   const char *text)
{
    EXPECT_AT(f, CW_STORE_OK, 70,
              .op = *text != 0 ? CW_STORE_MESSAGE_EDIT : CW_STORE_MESSAGE_DELETE,
              .user_id = user_id, .conversation = pair, .seq = seq, .body = TEXT(text));
}

/* In the blocked user's pages, in history, in search and in previews; groups are not affected. */
static void who_is_blocked_hears_of_no_changes(void **state)
{
    struct fixture *f = *state;
    struct scene s = set_scene(f);
    uint64_t pair = cw_conversation_of_pair(s.alice, s.bob), to_bob = cw_mailbox_of_user(s.bob);
    uint64_t cooks = cw_mailbox_of_group(s.cooks);
    say_at(f, 10, s.alice, to_bob, "first");  /* 1 */
    say_at(f, 11, s.alice, to_bob, "second"); /* 2 */
    EXPECT_AT(f, CW_STORE_OK, 12, .op = CW_STORE_MESSAGE_APPEND, .user_id = s.bob,
              .mailbox = cw_mailbox_of_user(s.alice), .voice = true, .channels = 1,
              .sample_rate = 8000, .body = TEXT("v")); /* 3 */
    say_at(f, 13, s.alice, cooks, "soup");             /* 4 */
    change(f, s.alice, pair, 1, "first again");        /* 5 */
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_BLOCK, .user_id = s.alice, .other_id = s.bob);
    change(f, s.alice, pair, 2, ""); /* 6 */
    EXPECT_AT(f, CW_STORE_OK, 70, .op = CW_STORE_PLAY_MARK, .user_id = s.alice,
              .conversation = pair, .seq = 3);
    change(f, s.alice, cooks, 1, "stew"); /* 7 */
    suite_reopen(f);
    struct cw_store_result r = read_inbox(f, s.bob, 0);
    ASSERT_IDS(&r, 1, 4, 7, );
    assert_slice(r.messages[0].body, "first again"); /* what it says, it says */
    assert_int_equal(r.messages[0].edited_ms, 0);
    assert_int_equal(r.messages[1].edited_ms, 70);

    r = RUN(f, .op = CW_STORE_HISTORY_READ, .user_id = s.bob, .conversation = pair, .limit = 9);
    assert_int_equal(r.message_count, 3);
    assert_int_equal(r.messages[0].edited_ms, 0);
    assert_int_equal(r.messages[1].deleted_ms, 11); /* gone, but not when */
    assert_int_equal(r.messages[2].played_ms, 0);
    assert_false(r.more);
    r = RUN(f, .op = CW_STORE_HISTORY_READ, .user_id = s.bob, .conversation = pair, .limit = 9,
            .anchor = CW_ANCHOR_AFTER, .seq = 3);
    assert_int_equal(r.message_count, 0);
    assert_false(r.more);
    r = RUN(f, .op = CW_STORE_SEARCH, .user_id = s.bob, .body = TEXT("first"), .limit = 9);
    assert_int_equal(r.message_count, 1);
    assert_int_equal(r.messages[0].edited_ms, 0);

    /* She sees everything as before, and so does he when she unblocks him. */
    for (int i = 0; i < 2; i++) {
        r = RUN(f, .op = CW_STORE_HISTORY_READ, .user_id = i == 0 ? s.alice : s.bob,
                .conversation = pair, .limit = 9);
        assert_int_equal(r.message_count, 5);
        assert_int_equal(r.messages[0].edited_ms, 70);
        assert_int_equal(r.messages[1].deleted_ms, 70);
        assert_int_equal(r.messages[2].played_ms, 70);
        assert_int_equal(r.messages[4].kind, CW_KIND_DELETE);
        EXPECT(f, CW_STORE_OK, .op = CW_STORE_UNBLOCK, .user_id = s.alice, .other_id = s.bob);
    }
}

/* He would find the new text in the place of the old one. An edit without a change is answered as
 * usual, a deletion is done, and the other user may change his own messages. */
static void for_somebody_blocked_nothing_is_changed(void **state)
{
    struct fixture *f = *state;
    struct scene s = set_scene(f);
    uint64_t pair = cw_conversation_of_pair(s.alice, s.bob);
    say_at(f, 10, s.alice, cw_mailbox_of_user(s.bob), "one"); /* 1 */
    say_at(f, 11, s.bob, cw_mailbox_of_user(s.alice), "two"); /* 2 */
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_BLOCK, .user_id = s.alice, .other_id = s.bob);
    suite_reopen(f);
    EXPECT(f, CW_STORE_FORBIDDEN, .op = CW_STORE_MESSAGE_EDIT, .user_id = s.alice,
           .conversation = pair, .seq = 1, .body = TEXT("one more"));
    struct cw_store_result r = read_inbox(f, s.bob, 0);
    ASSERT_IDS(&r, 1, );
    assert_slice(r.messages[0].body, "one");
    change(f, s.alice, pair, 1, "one");
    change(f, s.alice, pair, 1, "");
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_UNBLOCK, .user_id = s.alice, .other_id = s.bob);
    change(f, s.bob, pair, 2, "two more"); /* 4 */
}

/* More of them in a row than are looked at for one page: it goes on behind them. */
static void history_goes_on_behind_what_is_hidden(void **state)
{
    struct fixture *f = *state;
    struct scene s = set_scene(f);
    uint64_t pair = cw_conversation_of_pair(s.alice, s.bob);
    say_at(f, 10, s.alice, cw_mailbox_of_user(s.bob), "first");
    for (unsigned i = 0; i < CW_HISTORY_SCAN_MAX + 5; i++)
        change(f, s.alice, pair, 1, i % 2 == 0 ? "even" : "odd");
    say_at(f, 80, s.alice, cw_mailbox_of_user(s.bob), "last");
    uint64_t last = CW_HISTORY_SCAN_MAX + 7;
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_BLOCK, .user_id = s.alice, .other_id = s.bob);
    struct cw_store_request read = {.op = CW_STORE_HISTORY_READ,
                                    .user_id = s.bob,
                                    .conversation = pair,
                                    .limit = 9,
                                    .anchor = CW_ANCHOR_BEFORE,
                                    .seq = last};
    struct cw_store_result r = run_one(f, &read);
    assert_int_equal(r.message_count, 0);
    assert_true(r.more);
    assert_int_equal(r.seq, last - CW_HISTORY_SCAN_MAX);
    read.seq = r.seq;
    r = run_one(f, &read);
    assert_int_equal(r.message_count, 1);
    assert_slice(r.messages[0].body, "even");
    read.anchor = CW_ANCHOR_AFTER;
    read.seq = 1;
    r = run_one(f, &read);
    assert_int_equal(r.message_count, 0);
    assert_true(r.more);
    assert_int_equal(r.seq, 1 + CW_HISTORY_SCAN_MAX);
    read.seq = r.seq;
    r = run_one(f, &read);
    assert_int_equal(r.message_count, 1);
    assert_slice(r.messages[0].body, "last");
}

/* A recording is read for who is a member when it is read. */
static void a_recording_is_for_members(void **state)
{
    struct fixture *f = *state;
    struct scene s = set_scene(f);
    struct cw_store_request fetch = {.op = CW_STORE_VOICE_READ,
                                     .user_id = s.bob,
                                     .conversation = cw_mailbox_of_group(s.cooks),
                                     .seq = 1};
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_MESSAGE_APPEND, .user_id = s.alice,
           .mailbox = fetch.conversation, .voice = true, .channels = 1, .sample_rate = 8000,
           .body = TEXT("v"));
    assert_int_equal(run_one(f, &fetch).status, CW_STORE_OK);
    act(f, &s, CW_STORE_MEMBER_KICK, s.cooks, 10, 0);
    assert_int_equal(run_one(f, &fetch).status, CW_STORE_NOT_MEMBER);
}

int suite_rights(const char *back_end_name)
{
    const struct CMUnitTest tests[] = {
        T(what_was_done_to_somebody_is_kept_until_he_knows),
        T(what_was_undone_is_not_told),
        T(strangers_are_told_nothing),
        T(notices_outlive_their_group_and_are_not_endless),
        T(an_invitation_to_a_group_ends_with_its_makers_right),
        T(invitations_are_listed_and_withdrawn),
        T(so_many_may_be_let_in),
        T(the_setting_says_who_may_invite),
        T(the_servers_own_invitations_are_renewed),
        T(who_is_blocked_hears_of_no_changes),
        T(for_somebody_blocked_nothing_is_changed),
        T(history_goes_on_behind_what_is_hidden),
        T(a_recording_is_for_members),
    };
    return cmocka_run_group_tests_name(back_end_name, tests, NULL, NULL);
}
