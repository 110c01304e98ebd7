/* test_store_administration.c - the rules of ops.def, "administration", about users, bans, reports,
 * invitations and the audit log, over every back end. */
#include "suite.h"

#include <string.h>

static const char password[] = "password";

static uint64_t add_admin(struct fixture *f)
{
    uint64_t alice = add_user(f, "alice");
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_ADMIN_SET, .other_id = alice, .admin = true);
    return alice;
}

static enum cw_store_status come_in(struct fixture *f, uint64_t now_ms, uint64_t user_id)
{
    return RUN_AT(f, now_ms, .op = CW_STORE_SESSION_CREATE, .user_id = user_id,
                  .secret = TEXT("another token"))
        .status;
}

/* --- who may --------------------------------------------------------------------------------- */

static void others_may_nothing_of_it(void **state)
{
    static const enum cw_store_op ops[] = {
        CW_STORE_USER_LIST,         CW_STORE_SESSIONS_END,      CW_STORE_SERVER_BAN_ADD,
        CW_STORE_SERVER_BAN_END,    CW_STORE_SERVER_BAN_LIST,   CW_STORE_AUDIT_ADD,
        CW_STORE_AUDIT_LIST,        CW_STORE_AUDIT_VERIFY,      CW_STORE_RESET_CREATE,
        CW_STORE_USER_RENAME,       CW_STORE_USER_REMOVE,       CW_STORE_REPORT_LIST,
        CW_STORE_REPORT_RESOLVE,    CW_STORE_SERVER_GROUP_LIST, CW_STORE_SERVER_INVITE_LIST,
        CW_STORE_SERVER_INVITE_END, CW_STORE_GROUP_CLOSE,       CW_STORE_GROUP_TAKE,
        CW_STORE_ANNOUNCE_ADD,      CW_STORE_ANNOUNCE_END,      CW_STORE_ANNOUNCE_LIST};
    struct fixture *f = *state;
    uint64_t alice = add_admin(f), bob = add_user(f, "bob");
    for (size_t i = 0; i < sizeof ops / sizeof ops[0]; i++)
        EXPECT(f, CW_STORE_FORBIDDEN, .op = ops[i], .user_id = bob, .other_id = alice, .limit = 9,
               .key = TEXT("cooks"), .name = TEXT("bobby"), .secret = TEXT("hash"));
    assert_int_equal(RUN(f, .op = CW_STORE_AUDIT_LIST, .limit = 9).audit_count, 1);
}

/* --- users ----------------------------------------------------------------------------------- */

static void users_are_listed_in_pages(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_admin(f), bob = add_user(f, "bob");
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_SERVER_BAN_ADD, .user_id = alice, .other_id = bob);
    struct cw_store_result r = RUN(f, .op = CW_STORE_USER_LIST, .user_id = alice, .limit = 1);
    assert_int_equal(r.person_count, 1);
    assert_true(r.more && r.people[0].admin);
    r = RUN(f, .op = CW_STORE_USER_LIST, .user_id = alice, .limit = 9, .after = r.scanned_to);
    assert_int_equal(r.person_count, 1);
    assert_false(r.more);
    assert_true(r.people[0].barred);
    assert_slice(r.people[0].name, "bob");
    assert_int_equal(
        RUN(f, .op = CW_STORE_USER_LIST, .limit = 9, .body = TEXT("carol")).person_count, 0);
}

static void sessions_end(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_admin(f), bob = add_user(f, "bob");
    add_session(f, bob, "token", 1);
    EXPECT(f, CW_STORE_NOT_FOUND, .op = CW_STORE_SESSIONS_END, .user_id = alice, .other_id = 99);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_SESSIONS_END, .user_id = alice, .other_id = bob);
    suite_reopen(f);
    assert_int_equal(RUN(f, .op = CW_STORE_SESSION_LIST, .user_id = bob).session_count, 0);
}

static void a_name_before_is_nobodys(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_admin(f), bob = add_user(f, "bob");
    EXPECT(f, CW_STORE_EXISTS, .op = CW_STORE_USER_RENAME, .user_id = alice, .other_id = bob,
           .name = TEXT("alice"), .key = TEXT("alice"));
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_USER_RENAME, .user_id = alice, .other_id = bob,
           .name = TEXT("robert"), .key = TEXT("robert"));
    suite_reopen(f);
    EXPECT(f, CW_STORE_NOT_FOUND, .op = CW_STORE_USER_FIND, .key = TEXT("bob"));
    assert_int_equal(RUN(f, .op = CW_STORE_USER_FIND, .key = TEXT("robert")).user_id, bob);
    EXPECT(f, CW_STORE_EXISTS, .op = CW_STORE_USER_CREATE, .name = TEXT("bob"), .key = TEXT("bob"),
           .secret = TEXT(password));
}

static void administrators_are_not_removed(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_admin(f), bob = add_user(f, "bob");
    EXPECT(f, CW_STORE_MISMATCH, .op = CW_STORE_USER_REMOVE, .other_id = alice);
    EXPECT(f, CW_STORE_MISMATCH, .op = CW_STORE_SERVER_BAN_ADD, .other_id = alice);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_USER_REMOVE, .user_id = alice, .other_id = bob,
           .with_messages = true);
    EXPECT(f, CW_STORE_NOT_FOUND, .op = CW_STORE_USER_REMOVE, .other_id = bob);
    assert_int_equal(RUN(f, .op = CW_STORE_USER_LIST, .limit = 9).person_count, 1);
}

static void a_reset_link_is_good_once_and_for_its_time(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_admin(f), bob = add_user(f, "bob");
    add_session(f, bob, "token", 1);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_RESET_CREATE, .user_id = alice, .other_id = bob,
           .secret = TEXT("link"), .expires_ms = 1000);
    assert_int_equal(RUN(f, .op = CW_STORE_SESSION_LIST, .user_id = bob).session_count, 0);
    assert_false(
        cw_slice_eq(RUN(f, .op = CW_STORE_PASSWORD_FIND, .user_id = bob).secret, TEXT(password)));
    suite_reopen(f);
    EXPECT_AT(f, CW_STORE_NOT_FOUND, 1000, .op = CW_STORE_RESET_FIND, .secret = TEXT("link"));
    EXPECT_AT(f, CW_STORE_OK, 999, .op = CW_STORE_RESET_FIND, .secret = TEXT("link"));
    EXPECT_AT(f, CW_STORE_OK, 999, .op = CW_STORE_RESET_USE, .expected = TEXT("link"),
              .secret = TEXT("new"));
    assert_slice(RUN(f, .op = CW_STORE_PASSWORD_FIND, .user_id = bob).secret, "new");
    EXPECT_AT(f, CW_STORE_NOT_FOUND, 999, .op = CW_STORE_RESET_USE, .expected = TEXT("link"),
              .secret = TEXT("newer"));
}

/* --- bans ------------------------------------------------------------------------------------ */

static void a_ban_lasts_until_its_end(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_admin(f), bob = add_user(f, "bob");
    const uint8_t network[5] = {24, 192, 0, 2, 0};
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_SERVER_BAN_ADD, .user_id = alice, .other_id = bob,
           .until_ms = 1000, .name = TEXT("spam"));
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_SERVER_BAN_ADD,
           .network = cw_slice_of(network, sizeof network));
    suite_reopen(f);
    assert_int_equal(come_in(f, 999, bob), CW_STORE_BANNED);
    struct cw_store_result r = RUN_AT(f, 999, .op = CW_STORE_SERVER_BAN_LIST, .limit = 9);
    assert_int_equal(r.server_ban_count, 2);
    assert_slice(r.server_bans[0].reason, "spam");
    assert_slice(r.server_bans[0].by, "alice");
    assert_true(cw_slice_eq(r.server_bans[1].network, cw_slice_of(network, sizeof network)));
    assert_int_equal(come_in(f, 1000, bob), CW_STORE_OK);
    EXPECT_AT(f, CW_STORE_NOT_FOUND, 1000, .op = CW_STORE_SERVER_BAN_END, .other_id = bob);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_SERVER_BAN_END,
           .network = cw_slice_of(network, sizeof network));
    assert_int_equal(RUN_AT(f, 1000, .op = CW_STORE_SERVER_BAN_LIST, .limit = 9).server_ban_count,
                     0);
}

/* --- reports, invitations -------------------------------------------------------------------- */

static void a_report_is_there_until_it_is_resolved(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_admin(f), bob = add_user(f, "bob"), group = add_group(f, bob, "cooks");
    uint64_t conversation = cw_mailbox_of_group(group);
    add_message(f, bob, conversation, "buy now");
    EXPECT(f, CW_STORE_NOT_FOUND, .op = CW_STORE_REPORT_ADD, .user_id = bob,
           .conversation = conversation, .seq = 2);
    for (int i = 0; i < 2; i++) {
        struct cw_store_result r =
            RUN(f, .op = CW_STORE_REPORT_ADD, .user_id = bob, .conversation = conversation,
                .seq = 1, .name = TEXT("spam"));
        assert_int_equal(r.status, CW_STORE_OK);
        assert_int_equal(r.repeated, i);
    }
    suite_reopen(f);
    struct cw_store_result r = RUN(f, .op = CW_STORE_REPORT_LIST, .user_id = alice, .limit = 9);
    assert_int_equal(r.report_count, 1);
    assert_slice(r.reports[0].by, "bob");
    assert_slice(r.reports[0].reason, "spam");
    assert_slice(r.messages[0].body, "buy now");
    uint64_t id = r.reports[0].id;
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_REPORT_RESOLVE, .user_id = alice, .number = id);
    EXPECT(f, CW_STORE_NOT_FOUND, .op = CW_STORE_REPORT_RESOLVE, .user_id = alice, .number = id);
}

static void anybodys_invitation_is_ended(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_admin(f), bob = add_user(f, "bob");
    uint64_t id = RUN(f, .op = CW_STORE_INVITE_CREATE, .user_id = bob, .secret = TEXT("come"),
                      .expires_ms = 1000, .uses = 3)
                      .invitation_id;
    struct cw_store_result r = RUN(f, .op = CW_STORE_SERVER_INVITE_LIST, .limit = 9);
    assert_int_equal(r.invitation_count, 1);
    assert_int_equal(r.invitations[0].id, id);
    assert_slice(r.invitations[0].by, "bob");
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_SERVER_INVITE_END, .user_id = alice, .invitation_id = id);
    EXPECT(f, CW_STORE_NOT_FOUND, .op = CW_STORE_SERVER_INVITE_END, .user_id = alice,
           .invitation_id = id);
    assert_int_equal(RUN(f, .op = CW_STORE_INVITE_LIST, .user_id = bob).invitation_count, 0);
}

/* --- the audit log --------------------------------------------------------------------------- */

static void each_act_is_a_link_of_the_chain(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_admin(f), bob = add_user(f, "bob");
    uint8_t noted[CW_AUDIT_HASH_N];
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_SESSIONS_END, .user_id = alice, .other_id = bob);
    struct cw_store_result r = RUN(f, .op = CW_STORE_AUDIT_VERIFY);
    assert_int_equal(r.number, 2);
    memcpy(noted, r.secret.p, sizeof noted);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_AUDIT_ADD, .user_id = alice, .act = CW_AUDIT_SET_SETTING,
           .body = TEXT("registration = closed"));
    suite_reopen(f);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_AUDIT_VERIFY, .number = 2,
           .body = cw_slice_of(noted, sizeof noted));
    noted[0] ^= 1;
    r = RUN(f, .op = CW_STORE_AUDIT_VERIFY, .number = 2, .body = cw_slice_of(noted, sizeof noted));
    assert_int_equal(r.status, CW_STORE_MISMATCH);
    assert_int_equal(r.number, 2);
    r = RUN(f, .op = CW_STORE_AUDIT_LIST, .after = 1, .limit = 9);
    assert_int_equal(r.audit_count, 2);
    assert_slice(r.audit[0].act_name, "end_sessions");
    assert_slice(r.audit[0].actor, "alice");
    assert_slice(r.audit[0].target_name, "bob");
    assert_slice(r.audit[1].act_name, "set_setting");
    assert_slice(r.audit[1].detail, "registration = closed");
}

int suite_administration(const char *back_end_name)
{
    const struct CMUnitTest tests[] = {
        T(others_may_nothing_of_it),
        T(users_are_listed_in_pages),
        T(sessions_end),
        T(a_name_before_is_nobodys),
        T(administrators_are_not_removed),
        T(a_reset_link_is_good_once_and_for_its_time),
        T(a_ban_lasts_until_its_end),
        T(a_report_is_there_until_it_is_resolved),
        T(anybodys_invitation_is_ended),
        T(each_act_is_a_link_of_the_chain),
    };
    return cmocka_run_group_tests_name(back_end_name, tests, NULL, NULL);
}
