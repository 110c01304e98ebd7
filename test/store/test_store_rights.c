/* test_store_rights.c - what was done to somebody until he knows, and whose invitations are
 * good, over every back end. */
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
    act(f, &s, CW_STORE_MEMBER_MUTE, s.cooks, 16, 0); /* that he was kicked stays */
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

int suite_rights(const char *back_end_name)
{
    const struct CMUnitTest tests[] = {
        T(what_was_done_to_somebody_is_kept_until_he_knows),
        T(what_was_undone_is_not_told),
        T(strangers_are_told_nothing),
        T(notices_outlive_their_group_and_are_not_endless),
    };
    return cmocka_run_group_tests_name(back_end_name, tests, NULL, NULL);
}
