/* test_store_rights.c - notices, and blocks. */
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
        T(who_is_blocked_hears_of_no_changes),
        T(for_somebody_blocked_nothing_is_changed),
        T(history_goes_on_behind_what_is_hidden),
        T(a_recording_is_for_members),
    };
    return cmocka_run_group_tests_name(back_end_name, tests, NULL, NULL);
}
