/* test_store_posting.c - the rules of ops.def about what is written in groups, earlier versions of
 * messages, headings and newcomers, over every back end. */
#include "suite.h"

#include <stdio.h>

#define DAY (UINT64_C(24) * 3600 * 1000)

struct cooks {
    uint64_t alice, bob, carol, group, mailbox;
};

/* Alice owns it, bob moderates, carol is a member. */
static struct cooks add_cooks(struct fixture *f)
{
    struct cooks c = {add_user(f, "alice"), add_user(f, "bob"), add_user(f, "carol"), 0, 0};
    c.group = add_group(f, c.alice, "cooks");
    c.mailbox = cw_mailbox_of_group(c.group);
    join_group(f, c.bob, "cooks");
    join_group(f, c.carol, "cooks");
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_MEMBER_ROLE, .user_id = c.alice, .group_id = c.group,
           .other_id = c.bob, .role = CW_ROLE_MODERATOR);
    return c;
}

static struct cw_store_result write_at(struct fixture *f, uint64_t time_ms, uint64_t user_id,
                                       uint64_t mailbox)
{
    return RUN_AT(f, time_ms, .op = CW_STORE_MESSAGE_APPEND, .user_id = user_id, .mailbox = mailbox,
                  .body = TEXT("soup"));
}

static void expect_written(struct fixture *f, uint64_t time_ms, uint64_t user_id, uint64_t mailbox,
                           enum cw_store_status expected)
{
    assert_int_equal(write_at(f, time_ms, user_id, mailbox).status, expected);
}

/* --- announcements ------------------------------------------------------------------------- */

static void in_announcements_members_only_react(void **state)
{
    struct fixture *f = *state;
    struct cooks c = add_cooks(f);
    say_at(f, 1, c.carol, c.mailbox, "hi");
    EXPECT(f, CW_STORE_FORBIDDEN, .op = CW_STORE_GROUP_WRITERS, .user_id = c.bob,
           .group_id = c.group, .announcements = true);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_GROUP_WRITERS, .user_id = c.alice, .group_id = c.group,
           .announcements = true);
    suite_reopen(f);
    expect_written(f, 1, c.carol, c.mailbox, CW_STORE_ANNOUNCED);
    expect_written(f, 1, c.bob, c.mailbox, CW_STORE_OK);
    expect_written(f, 1, c.alice, c.mailbox, CW_STORE_OK);
    EXPECT(f, CW_STORE_ANNOUNCED, .op = CW_STORE_MESSAGE_EDIT, .user_id = c.carol,
           .conversation = c.mailbox, .seq = 1, .body = TEXT("ho"));
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_REACT, .user_id = c.carol, .conversation = c.mailbox,
           .seq = 2, .body = TEXT("x"));
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_MESSAGE_DELETE, .user_id = c.carol,
           .conversation = c.mailbox, .seq = 1);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_MEMBER_MUTE, .user_id = c.alice, .group_id = c.group,
           .other_id = c.carol, .until_ms = 100);
    expect_written(f, 1, c.carol, c.mailbox, CW_STORE_FORBIDDEN);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_GROUP_WRITERS, .user_id = c.alice, .group_id = c.group);
    expect_written(f, 100, c.carol, c.mailbox, CW_STORE_OK);
}

/* --- slow mode ------------------------------------------------------------------------------ */

static void in_slow_mode_members_wait(void **state)
{
    struct fixture *f = *state;
    struct cooks c = add_cooks(f);
    EXPECT(f, CW_STORE_FORBIDDEN, .op = CW_STORE_GROUP_SLOW, .user_id = c.carol,
           .group_id = c.group, .slow_s = 30);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_GROUP_SLOW, .user_id = c.bob, .group_id = c.group,
           .slow_s = 30);
    expect_written(f, 1000, c.carol, c.mailbox, CW_STORE_OK);
    suite_reopen(f);
    struct cw_store_result refused = write_at(f, 30999, c.carol, c.mailbox);
    assert_int_equal(refused.status, CW_STORE_TOO_SOON);
    assert_int_equal(refused.until_ms, 31000);
    expect_written(f, 1000, c.bob, c.mailbox, CW_STORE_OK);
    expect_written(f, 1000, c.bob, c.mailbox, CW_STORE_OK);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_GROUP_LEAVE, .user_id = c.carol, .group_id = c.group);
    join_group(f, c.carol, "cooks");
    expect_written(f, 30999, c.carol, c.mailbox, CW_STORE_TOO_SOON);
    expect_written(f, 31000, c.carol, c.mailbox, CW_STORE_OK);
    /* A clock that was set back. */
    expect_written(f, 500, c.carol, c.mailbox, CW_STORE_OK);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_GROUP_SLOW, .user_id = c.bob, .group_id = c.group);
    expect_written(f, 501, c.carol, c.mailbox, CW_STORE_OK);
}

/* A message that was not stored counts for nothing, and neither does a retry. */
static void who_is_refused_does_not_wait_longer(void **state)
{
    struct fixture *f = *state;
    struct cooks c = add_cooks(f);
    uint64_t session = add_session(f, c.carol, "t", 1);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_GROUP_SLOW, .user_id = c.bob, .group_id = c.group,
           .slow_s = 30);
    EXPECT_AT(f, CW_STORE_NOT_FOUND, 1000, .op = CW_STORE_MESSAGE_APPEND, .user_id = c.carol,
              .mailbox = c.mailbox, .body = TEXT("soup"), .reply_to = 9);
    for (uint64_t time_ms = 1000; time_ms <= 2000; time_ms += 1000) {
        struct cw_store_result r =
            RUN_AT(f, time_ms, .op = CW_STORE_MESSAGE_APPEND, .user_id = c.carol,
                   .session_id = session, .n = 1, .mailbox = c.mailbox, .body = TEXT("soup"));
        assert_int_equal(r.status, CW_STORE_OK);
        assert_int_equal(r.repeated, time_ms == 2000);
    }
    expect_written(f, 31000, c.carol, c.mailbox, CW_STORE_OK);
}

/* --- versions ------------------------------------------------------------------------------- */

static void edit_at(struct fixture *f, uint64_t time_ms, uint64_t user_id, uint64_t mailbox,
                    const char *text)
{
    EXPECT_AT(f, CW_STORE_OK, time_ms, .op = CW_STORE_MESSAGE_EDIT, .user_id = user_id,
              .conversation = mailbox, .seq = 1, .body = TEXT(text));
}

/* "TIME TEXT, ..." of message 1 as alice sees it. */
static void expect_versions(struct fixture *f, uint64_t now_ms, struct cooks c,
                            const char *expected)
{
    char text[1024] = "";
    size_t n = 0;
    struct cw_store_result r = RUN_AT(f, now_ms, .op = CW_STORE_VERSION_LIST, .user_id = c.alice,
                                      .group_id = c.group, .seq = 1);
    assert_int_equal(r.status, CW_STORE_OK);
    for (size_t i = 0; i < r.message_count; i++)
        n += (size_t)snprintf(text + n, sizeof text - n, "%s%d %.*s", i == 0 ? "" : ", ",
                              (int)r.messages[i].time_ms, (int)r.messages[i].body.n,
                              (const char *)r.messages[i].body.p);
    assert_string_equal(text, expected);
}

static void keep_versions(struct fixture *f, struct cooks c, uint64_t now_ms, uint64_t days)
{
    EXPECT_AT(f, CW_STORE_OK, now_ms, .op = CW_STORE_GROUP_VERSIONS, .user_id = c.alice,
              .group_id = c.group, .version_days = days);
}

static void versions_are_kept_where_the_group_says_so(void **state)
{
    struct fixture *f = *state;
    struct cooks c = add_cooks(f);
    say_at(f, 10, c.carol, c.mailbox, "soup");
    edit_at(f, 20, c.carol, c.mailbox, "salad");
    expect_versions(f, 20, c, "");
    EXPECT(f, CW_STORE_FORBIDDEN, .op = CW_STORE_GROUP_VERSIONS, .user_id = c.bob,
           .group_id = c.group, .version_days = 2);
    keep_versions(f, c, 20, 2);
    edit_at(f, 30, c.carol, c.mailbox, "bread");
    edit_at(f, 40 + DAY, c.carol, c.mailbox, "cake");
    suite_reopen(f);
    expect_versions(f, 40 + DAY, c, "20 salad, 30 bread");
    EXPECT(f, CW_STORE_FORBIDDEN, .op = CW_STORE_VERSION_LIST, .user_id = c.carol,
           .group_id = c.group, .seq = 1);
    EXPECT(f, CW_STORE_NOT_FOUND, .op = CW_STORE_VERSION_LIST, .user_id = c.alice,
           .group_id = c.group, .seq = 2); /* an edit */
    /* Each for its time. */
    expect_versions(f, 29 + 2 * DAY, c, "20 salad, 30 bread");
    expect_versions(f, 30 + 2 * DAY, c, "30 bread");
    run_idle(f);
    expect_versions(f, 40 + DAY, c, "30 bread");
    expect_versions(f, 40 + 3 * DAY, c, "");
    keep_versions(f, c, 50 + DAY, 1); /* which began then */
    expect_versions(f, 49 + 2 * DAY, c, "30 bread");
    expect_versions(f, 50 + 2 * DAY, c, "");
    keep_versions(f, c, 50 + DAY, 0);
    expect_versions(f, 50 + DAY, c, "");
}

static void versions_go_with_their_message(void **state)
{
    struct fixture *f = *state;
    struct cooks c = add_cooks(f);
    keep_versions(f, c, 1, 30);
    say_at(f, 10, c.carol, c.mailbox, "soup");
    edit_at(f, 20, c.carol, c.mailbox, "salad");
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_MESSAGE_DELETE, .user_id = c.bob,
           .conversation = c.mailbox, .seq = 1);
    EXPECT(f, CW_STORE_NOT_FOUND, .op = CW_STORE_VERSION_LIST, .user_id = c.alice,
           .group_id = c.group, .seq = 1);
    struct cw_store_result r = RUN(f, .op = CW_STORE_HISTORY_READ, .user_id = c.carol, .limit = 9,
                                   .conversation = c.mailbox);
    assert_slice(r.messages[0].deleted_by, "bob");
    /* Deleted by its sender: nobody is named. */
    say_at(f, 30, c.carol, c.mailbox, "tea");
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_MESSAGE_DELETE, .user_id = c.carol,
           .conversation = c.mailbox, .seq = 4);
    r = RUN(f, .op = CW_STORE_HISTORY_READ, .user_id = c.carol, .limit = 1,
            .conversation = c.mailbox, .anchor = CW_ANCHOR_AROUND, .seq = 4);
    assert_int_equal(r.messages[0].deleted_by.n, 0);
}

static void so_many_versions_are_kept(void **state)
{
    struct fixture *f = *state;
    struct cooks c = add_cooks(f);
    char text[16];
    keep_versions(f, c, 1, 30);
    say_at(f, 1, c.carol, c.mailbox, "0");
    for (unsigned i = 1; i <= CW_VERSIONS_MAX + 2; i++) {
        snprintf(text, sizeof text, "%u", i);
        edit_at(f, 1 + i, c.carol, c.mailbox, text);
    }
    struct cw_store_result r =
        RUN(f, .op = CW_STORE_VERSION_LIST, .user_id = c.alice, .group_id = c.group, .seq = 1);
    assert_int_equal(r.message_count, CW_VERSIONS_MAX);
    assert_slice(r.messages[0].body, "2");
    assert_slice(r.messages[CW_VERSIONS_MAX - 1].body, "21");
}

/* --- groups without a name ------------------------------------------------------------------- */

static struct cw_store_result talk(struct fixture *f, uint64_t user_id, const char *name,
                                   const char *keys)
{
    return RUN(f, .op = CW_STORE_TALK_CREATE, .user_id = user_id, .name = TEXT(name),
               .key = TEXT(name), .active = TEXT(keys));
}

static void a_talk_is_of_those_who_may_be_put_in(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice"), bob = add_user(f, "bob"), carol = add_user(f, "carol");
    uint64_t dave = add_user(f, "dave");
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_BLOCK, .user_id = dave, .other_id = alice);
    assert_int_equal(talk(f, alice, "talk-1", "bob nobody ").status, CW_STORE_NOT_FOUND);
    EXPECT(f, CW_STORE_NOT_FOUND, .op = CW_STORE_GROUP_FIND, .key = TEXT("talk-1"));
    struct cw_store_result r = talk(f, alice, "talk-1", "bob dave carol bob alice ");
    assert_int_equal(r.status, CW_STORE_OK);
    assert_int_equal(r.person_count, 2);
    assert_int_equal(r.people[0].user_id, bob);
    assert_slice(r.people[1].name, "carol");
    assert_int_equal(talk(f, bob, "talk-1", "alice carol ").status, CW_STORE_EXISTS);
    suite_reopen(f);
    uint64_t group = r.group_id;
    r = RUN(f, .op = CW_STORE_GROUP_LIST, .user_id = carol);
    assert_int_equal(r.group_count, 1);
    assert_true(r.groups[0].by_invitation);
    assert_slice(r.groups[0].topic, "alice, bob, carol");
    assert_int_equal(r.groups[0].member_count, 3);
    EXPECT(f, CW_STORE_FORBIDDEN, .op = CW_STORE_GROUP_JOIN, .user_id = dave,
           .key = TEXT("talk-1"));
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_GROUP_LEAVE, .user_id = bob, .group_id = group);
}

static void expect_topic(struct fixture *f, uint64_t user_id, const char *topic)
{
    struct cw_store_result r = RUN(f, .op = CW_STORE_GROUP_LIST, .user_id = user_id);
    assert_int_equal(r.group_count, 1);
    assert_slice(r.groups[0].topic, topic);
    assert_false(r.groups[0].unlisted);
}

/* Its topic says who is in it, and not who was: also of deleted accounts. One that somebody has
 * written stays as it is. It is in no directory. */
static void a_talk_lists_who_is_in_it(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice"), bob = add_user(f, "bob"), carol = add_user(f, "carol");
    uint64_t session = add_session(f, alice, "token", 1), of_carol = add_session(f, carol, "c", 1);
    uint64_t group = talk(f, alice, "talk-1", "bob carol ").group_id;
    assert_int_equal(RUN(f, .op = CW_STORE_DIRECTORY_LIST, .user_id = bob, .limit = 9).group_count,
                     0);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_ACCOUNT_DELETE, .user_id = alice, .session_id = session);
    expect_topic(f, bob, "bob, carol");
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_GROUP_TOPIC, .user_id = bob, .group_id = group,
           .body = TEXT("soup, with carols"));
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_ACCOUNT_DELETE, .user_id = carol, .session_id = of_carol);
    suite_reopen(f);
    expect_topic(f, bob, "soup, with carols");
}

/* --- headings, newcomers --------------------------------------------------------------------- */

static void make_admin(struct fixture *f, uint64_t user_id)
{
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_INVITE_CREATE, .secret = TEXT("link"), .expires_ms = 5000,
           .uses = 1);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_SET_UP, .user_id = user_id, .invitation = TEXT("link"));
}

static enum cw_store_status place(struct fixture *f, uint64_t user_id, const char *group,
                                  const char *heading, uint64_t at)
{
    return RUN(f, .op = CW_STORE_GROUP_PLACE, .user_id = user_id, .key = TEXT(group),
               .body = TEXT(heading), .place = at)
        .status;
}

/* "HEADING-PLACE/PLACE ..." of alice's groups. */
static void expect_places(struct fixture *f, uint64_t user_id, const char *expected)
{
    char text[1024] = "";
    size_t n = 0;
    struct cw_store_result r = RUN(f, .op = CW_STORE_GROUP_LIST, .user_id = user_id);
    for (size_t i = 0; i < r.group_count; i++)
        n += (size_t)snprintf(text + n, sizeof text - n, "%s%.*s-%d/%d", i == 0 ? "" : " ",
                              (int)r.groups[i].heading.n, (const char *)r.groups[i].heading.p,
                              (int)r.groups[i].heading_place, (int)r.groups[i].place);
    assert_string_equal(text, expected);
}

static void administrators_order_groups_under_headings(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice"), bob = add_user(f, "bob");
    make_admin(f, bob);
    add_group(f, alice, "a");
    uint64_t b = add_group(f, alice, "b");
    assert_int_equal(place(f, alice, "a", "House", 1), CW_STORE_FORBIDDEN);
    assert_int_equal(place(f, bob, "none", "House", 1), CW_STORE_NOT_FOUND);
    assert_int_equal(place(f, bob, "a", "House", 5), CW_STORE_OK);
    assert_int_equal(place(f, bob, "b", "Yard", 3), CW_STORE_OK);
    suite_reopen(f);
    expect_places(f, alice, "House-1/5 Yard-2/3");
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_HEADING_PLACE, .user_id = bob, .body = TEXT("House"),
           .place = 7);
    EXPECT(f, CW_STORE_FORBIDDEN, .op = CW_STORE_HEADING_PLACE, .user_id = alice,
           .body = TEXT("House"), .place = 7);
    expect_places(f, alice, "House-7/5 Yard-2/3");
    assert_int_equal(place(f, bob, "a", "Yard", 1), CW_STORE_OK);
    EXPECT(f, CW_STORE_NOT_FOUND, .op = CW_STORE_HEADING_PLACE, .user_id = bob,
           .body = TEXT("House"), .place = 7);
    expect_places(f, alice, "Yard-2/1 Yard-2/3");
    assert_int_equal(place(f, bob, "a", "", 0), CW_STORE_OK);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_GROUP_LEAVE, .user_id = alice, .group_id = b);
    EXPECT(f, CW_STORE_NOT_FOUND, .op = CW_STORE_HEADING_PLACE, .user_id = bob,
           .body = TEXT("Yard"), .place = 7);
    expect_places(f, alice, "-0/0");
}

/* Groups g0 to g100 of two users under as many headings, as one batch. */
static void there_are_so_many_headings(void **state)
{
    enum { GROUPS = CW_HEADINGS_MAX + 1 };
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice"), bob = add_user(f, "bob");
    static struct cw_store_request requests[2 * GROUPS];
    static struct cw_store_result results[2 * GROUPS];
    static char names[GROUPS][8];
    make_admin(f, alice);
    for (unsigned i = 0; i < GROUPS; i++) {
        snprintf(names[i], sizeof names[i], "g%u", i);
        requests[2 * i] = (struct cw_store_request){.op = CW_STORE_GROUP_CREATE,
                                                    .time_ms = 1,
                                                    .user_id = i < CW_GROUPS_PER_USER ? alice : bob,
                                                    .name = TEXT(names[i]),
                                                    .key = TEXT(names[i])};
        requests[2 * i + 1] = (struct cw_store_request){.op = CW_STORE_GROUP_PLACE,
                                                        .time_ms = 1,
                                                        .user_id = alice,
                                                        .key = TEXT(names[i]),
                                                        .body = TEXT(names[i])};
    }
    run_many(f, requests, 2 * GROUPS, results);
    for (size_t i = 0; i < GROUPS; i++)
        assert_int_equal(results[2 * i + 1].status,
                         i < CW_HEADINGS_MAX ? CW_STORE_OK : CW_STORE_FULL);
    assert_int_equal(place(f, alice, names[GROUPS - 1], "g3", 0), CW_STORE_OK);
}

static enum cw_store_status set_newcomers(struct fixture *f, uint64_t user_id, const char *group,
                                          bool newcomers)
{
    return RUN(f, .op = CW_STORE_GROUP_NEWCOMERS, .user_id = user_id, .key = TEXT(group),
               .newcomers = newcomers)
        .status;
}

static void newcomers_are_members(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice"), bob = add_user(f, "bob");
    char name[16];
    make_admin(f, alice);
    for (unsigned i = 0; i <= CW_NEWCOMER_GROUPS_MAX; i++) {
        snprintf(name, sizeof name, "g%u", i);
        say_at(f, 1, bob, cw_mailbox_of_group(add_group(f, bob, name)), "before");
        assert_int_equal(set_newcomers(f, alice, name, true),
                         i < CW_NEWCOMER_GROUPS_MAX ? CW_STORE_OK : CW_STORE_FULL);
    }
    assert_int_equal(set_newcomers(f, bob, "g0", false), CW_STORE_FORBIDDEN);
    assert_int_equal(set_newcomers(f, alice, "g0", false), CW_STORE_OK);
    assert_int_equal(set_newcomers(f, alice, "g3", true), CW_STORE_OK); /* as it was */
    suite_reopen(f);
    uint64_t carol = add_user(f, "carol");
    struct cw_store_result r = RUN(f, .op = CW_STORE_GROUP_LIST, .user_id = carol);
    assert_int_equal(r.group_count, CW_NEWCOMER_GROUPS_MAX - 1);
    assert_int_equal(r.groups[0].role, CW_ROLE_MEMBER);
    assert_int_equal(r.groups[0].member_count, 2);
    assert_true(r.groups[0].newcomers);
    r = read_inbox(f, carol, 0);
    ASSERT_IDS(&r, ); /* not what was said before */
}

int suite_posting(const char *back_end_name)
{
    const struct CMUnitTest tests[] = {
        T(in_announcements_members_only_react),
        T(in_slow_mode_members_wait),
        T(who_is_refused_does_not_wait_longer),
        T(versions_are_kept_where_the_group_says_so),
        T(versions_go_with_their_message),
        T(so_many_versions_are_kept),
        T(a_talk_is_of_those_who_may_be_put_in),
        T(a_talk_lists_who_is_in_it),
        T(administrators_order_groups_under_headings),
        T(there_are_so_many_headings),
        T(newcomers_are_members),
    };
    return cmocka_run_group_tests_name(back_end_name, tests, NULL, NULL);
}
