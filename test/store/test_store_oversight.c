/* test_store_oversight.c - the rules of ops.def about groups in the hands of administrators, and
 * announcements, over every back end. */
#include "suite.h"

#define DAY_MS UINT64_C(86400000)

/* An administrator, and another user. */
static void add_two(struct fixture *f, uint64_t *admin, uint64_t *user)
{
    *admin = add_user(f, "alice");
    *user = add_user(f, "bob");
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_ADMIN_SET, .other_id = *admin, .admin = true);
}

static struct cw_store_result list_audit(struct fixture *f)
{
    return RUN(f, .op = CW_STORE_AUDIT_LIST, .limit = CW_LIST_MAX);
}

/* --- the end of a group ---------------------------------------------------------------------- */

static void all_leave_a_group_that_is_closed(void **state)
{
    struct fixture *f = *state;
    uint64_t admin, bob;
    add_two(f, &admin, &bob);
    uint64_t carol = add_user(f, "carol"), group = add_group(f, carol, "cooks");
    join_group(f, bob, "cooks");
    add_message(f, bob, cw_mailbox_of_group(group), "soup");
    EXPECT(f, CW_STORE_FORBIDDEN, .op = CW_STORE_GROUP_CLOSE, .user_id = bob, .key = TEXT("cooks"));
    EXPECT(f, CW_STORE_NOT_FOUND, .op = CW_STORE_GROUP_CLOSE, .user_id = admin,
           .key = TEXT("bakers"));
    struct cw_store_result r =
        RUN(f, .op = CW_STORE_GROUP_CLOSE, .user_id = admin, .key = TEXT("cooks"));
    assert_int_equal(r.status, CW_STORE_OK);
    assert_int_equal(r.group_id, group);
    assert_int_equal(r.person_count, 2);
    assert_int_equal(r.people[0].user_id, bob);
    assert_int_equal(r.people[1].user_id, carol);
    suite_reopen(f);
    run_idle(f);
    EXPECT(f, CW_STORE_NOT_FOUND, .op = CW_STORE_GROUP_CLOSE, .key = TEXT("cooks"));
    assert_int_equal(RUN(f, .op = CW_STORE_GROUP_LIST, .user_id = bob).group_count, 0);
    struct cw_store_result audit = list_audit(f);
    assert_int_equal(audit.audit_count, 2);
    assert_int_equal(audit.audit[1].act, CW_AUDIT_CLOSE_GROUP);
    assert_slice(audit.audit[1].detail, "cooks");
    add_group(f, bob, "cooks");
}

static void who_was_in_it_is_told(void **state)
{
    struct fixture *f = *state;
    uint64_t admin, bob;
    add_two(f, &admin, &bob);
    add_group(f, admin, "cooks");
    join_group(f, bob, "cooks");
    uint64_t first = RUN(f, .op = CW_STORE_GROUP_CLOSE, .key = TEXT("cooks")).notice_id;
    struct cw_store_result r = RUN(f, .op = CW_STORE_NOTICE_LIST, .user_id = bob);
    assert_int_equal(r.notice_count, 1);
    assert_int_equal(r.notices[0].id, first + 1);
    assert_int_equal(r.notices[0].kind, CW_NOTICE_CLOSED);
    assert_slice(r.notices[0].group, "cooks");
    assert_int_equal(r.notices[0].by.n, 0);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_NOTICE_DROP, .user_id = bob, .notice_id = first + 1);
    assert_int_equal(RUN(f, .op = CW_STORE_NOTICE_LIST, .user_id = bob).notice_count, 0);
}

/* --- another owner --------------------------------------------------------------------------- */

static struct cw_store_result take(struct fixture *f, uint64_t now_ms, uint64_t asker,
                                   uint64_t user_id)
{
    return RUN_AT(f, now_ms, .op = CW_STORE_GROUP_TAKE, .user_id = asker, .key = TEXT("cooks"),
                  .other_id = user_id, .body = TEXT("user 1"));
}

static enum cw_store_role role_in(struct fixture *f, uint64_t user_id)
{
    struct cw_store_result r = RUN(f, .op = CW_STORE_GROUP_LIST, .user_id = user_id);
    return r.group_count == 0 ? CW_ROLE_NONE : r.groups[0].role;
}

static void only_an_orphan_is_taken(void **state)
{
    struct fixture *f = *state;
    uint64_t admin, bob, now_ms = 100 * DAY_MS;
    add_two(f, &admin, &bob);
    uint64_t carol = add_user(f, "carol");
    EXPECT(f, CW_STORE_NOT_FOUND, .op = CW_STORE_GROUP_TAKE, .key = TEXT("cooks"),
           .other_id = admin);
    add_group(f, bob, "cooks");
    add_session(f, bob, "token", now_ms);
    assert_int_equal(take(f, now_ms, carol, carol).status, CW_STORE_FORBIDDEN);
    assert_int_equal(take(f, now_ms, admin, carol).status, CW_STORE_MISMATCH);
    assert_int_equal(take(f, now_ms, admin, 99).status, CW_STORE_NOT_FOUND);
    EXPECT_AT(f, CW_STORE_OK, now_ms, .op = CW_STORE_SERVER_BAN_ADD, .other_id = bob);
    struct cw_store_result r = take(f, now_ms, admin, carol);
    assert_int_equal(r.status, CW_STORE_OK);
    assert_int_equal(r.other_id, bob);
    assert_slice(r.other_name, "bob");
    assert_false(r.was_member);
    suite_reopen(f);
    assert_int_equal(role_in(f, carol), CW_ROLE_OWNER);
    assert_int_equal(role_in(f, bob), CW_ROLE_MODERATOR);
    r = take(f, now_ms, admin, carol);
    assert_int_equal(r.status, CW_STORE_OK);
    assert_true(r.repeated);
    assert_int_equal(list_audit(f).audit_count, 3);
}

static void who_does_not_come_leaves_an_orphan(void **state)
{
    struct fixture *f = *state;
    uint64_t admin, bob, now_ms = 100 * DAY_MS;
    add_two(f, &admin, &bob);
    add_group(f, bob, "cooks");
    uint64_t session = add_session(f, bob, "token", now_ms);
    EXPECT_AT(f, CW_STORE_OK, now_ms, .op = CW_STORE_SESSION_DROP, .session_id = session);
    now_ms += CW_ORPHAN_DAYS * DAY_MS;
    assert_int_equal(take(f, now_ms - 1, 0, admin).status, CW_STORE_MISMATCH);
    assert_int_equal(take(f, now_ms, 0, admin).status, CW_STORE_OK);
    assert_int_equal(role_in(f, admin), CW_ROLE_OWNER);
    struct cw_store_result r = RUN_AT(f, now_ms, .op = CW_STORE_SERVER_GROUP_LIST, .limit = 9);
    assert_int_equal(r.group_count, 1);
    assert_int_equal(r.groups[0].member_count, 2);
    assert_slice(r.people[0].name, "alice");
}

static void who_was_banned_from_the_group_may_get_it(void **state)
{
    struct fixture *f = *state;
    uint64_t admin, bob;
    add_two(f, &admin, &bob);
    uint64_t group = add_group(f, bob, "cooks");
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_MEMBER_BAN, .user_id = bob, .group_id = group,
           .other_id = admin);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_SERVER_BAN_ADD, .other_id = bob);
    assert_int_equal(take(f, 1, 0, admin).status, CW_STORE_OK);
    assert_int_equal(role_in(f, admin), CW_ROLE_OWNER);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_GROUP_LEAVE, .user_id = admin, .group_id = group);
    join_group(f, admin, "cooks");
}

/* --- announcements --------------------------------------------------------------------------- */

static struct cw_store_result announce(struct fixture *f, uint64_t asker, uint64_t until_ms)
{
    return RUN(f, .op = CW_STORE_ANNOUNCE_ADD, .user_id = asker, .body = TEXT("Down on Sunday."),
               .until_ms = until_ms);
}

static void announcements_stand_until_their_end(void **state)
{
    struct fixture *f = *state;
    uint64_t admin, bob;
    add_two(f, &admin, &bob);
    assert_int_equal(announce(f, bob, 0).status, CW_STORE_FORBIDDEN);
    EXPECT(f, CW_STORE_FORBIDDEN, .op = CW_STORE_ANNOUNCE_LIST, .user_id = bob);
    uint64_t first = announce(f, admin, 0).number, second = announce(f, 0, 1000).number;
    assert_int_equal(first, 1);
    assert_int_equal(second, 2);
    suite_reopen(f);
    struct cw_store_result r = RUN_AT(f, 999, .op = CW_STORE_ANNOUNCE_LIST);
    assert_int_equal(r.announcement_count, 2);
    assert_slice(r.announcements[0].by, "alice");
    assert_slice(r.announcements[0].body, "Down on Sunday.");
    assert_int_equal(r.announcements[0].time_ms, 1);
    assert_int_equal(r.announcements[1].by.n, 0);
    assert_int_equal(r.announcements[1].until_ms, 1000);
    assert_int_equal(RUN_AT(f, 1000, .op = CW_STORE_ANNOUNCE_LIST).announcement_count, 1);
    EXPECT(f, CW_STORE_FORBIDDEN, .op = CW_STORE_ANNOUNCE_END, .user_id = bob, .number = first);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_ANNOUNCE_END, .user_id = admin, .number = first);
    EXPECT(f, CW_STORE_NOT_FOUND, .op = CW_STORE_ANNOUNCE_END, .number = first);
    assert_int_equal(RUN_AT(f, 1000, .op = CW_STORE_ANNOUNCE_LIST).announcement_count, 0);
}

static void so_many_stand_at_a_time(void **state)
{
    struct fixture *f = *state;
    for (unsigned i = 0; i < CW_ANNOUNCEMENTS_MAX; i++)
        assert_int_equal(announce(f, 0, i == 0 ? 1000 : 0).status, CW_STORE_OK);
    assert_int_equal(announce(f, 0, 0).status, CW_STORE_FULL);
    EXPECT_AT(f, CW_STORE_OK, 1000, .op = CW_STORE_ANNOUNCE_ADD, .body = TEXT("more"));
    assert_int_equal(RUN_AT(f, 1000, .op = CW_STORE_ANNOUNCE_LIST).announcement_count,
                     CW_ANNOUNCEMENTS_MAX);
}

int suite_oversight(const char *back_end_name)
{
    const struct CMUnitTest tests[] = {
        T(all_leave_a_group_that_is_closed),
        T(who_was_in_it_is_told),
        T(only_an_orphan_is_taken),
        T(who_does_not_come_leaves_an_orphan),
        T(who_was_banned_from_the_group_may_get_it),
        T(announcements_stand_until_their_end),
        T(so_many_stand_at_a_time),
    };
    return cmocka_run_group_tests_name(back_end_name, tests, NULL, NULL);
}
