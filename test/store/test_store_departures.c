/* test_store_departures.c - the rules of store.h about deleted accounts, over every back end. */
#include "suite.h"

#include <stdlib.h>

#include "text/look.h"

#define DAY UINT64_C(86400000)

static struct cw_store_result delete_account(struct fixture *f, uint64_t now, uint64_t user_id,
                                             uint64_t session_id, bool with_messages)
{
    return RUN_AT(f, now, .op = CW_STORE_ACCOUNT_DELETE, .user_id = user_id,
                  .session_id = session_id, .expected = TEXT("$"), .with_messages = with_messages);
}

static struct cw_store_result read_all(struct fixture *f, uint64_t user_id, uint64_t conversation)
{
    struct cw_store_result r =
        RUN(f, .op = CW_STORE_HISTORY_READ, .user_id = user_id, .conversation = conversation,
            .anchor = CW_ANCHOR_LATEST, .limit = 200);
    assert_int_equal(r.status, CW_STORE_OK);
    return r;
}

static void expect_message(const struct cw_store_message *message, const char *sender,
                           const char *body)
{
    assert_slice(message->sender, sender);
    assert_slice(message->body, body);
    assert_int_equal(message->deleted_ms != 0, body[0] == '\0');
}

/* --- who may ------------------------------------------------------------------------------- */

static void a_wrong_password_deletes_nothing(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice"), bob = add_user(f, "bob");
    uint64_t session = add_session(f, alice, "token", 1);
    EXPECT(f, CW_STORE_MISMATCH, .op = CW_STORE_ACCOUNT_DELETE, .user_id = alice,
           .session_id = session, .expected = TEXT("$other"));
    EXPECT(f, CW_STORE_NOT_FOUND, .op = CW_STORE_ACCOUNT_DELETE, .user_id = bob,
           .session_id = session, .expected = TEXT("$"));
    EXPECT(f, CW_STORE_NOT_FOUND, .op = CW_STORE_ACCOUNT_DELETE, .user_id = 99,
           .session_id = session);
    assert_int_equal(RUN(f, .op = CW_STORE_USER_FIND, .key = TEXT("alice")).user_id, alice);
    assert_int_equal(RUN(f, .op = CW_STORE_SESSION_LIST, .user_id = alice).session_count, 1);
}

/* --- what goes ----------------------------------------------------------------------------- */

static void fill_account(struct fixture *f, uint64_t alice, uint64_t bob)
{
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_CONTACT_ADD, .user_id = alice, .other_id = bob);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_BLOCK, .user_id = alice, .other_id = bob);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_SETTINGS_SET, .user_id = alice, .discreet = true);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_INVITE_CREATE, .user_id = alice, .secret = TEXT("inv"),
           .expires_ms = 1000, .uses = 1);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_FILE_BEGIN, .user_id = alice, .file_id = 7, .size = 5,
           .name = TEXT("a.txt"));
}

static void private_things_go(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice"), bob = add_user(f, "bob");
    uint64_t session = add_session(f, alice, "token", 1);
    add_session(f, alice, "phone", 1);
    fill_account(f, alice, bob);
    assert_int_equal(delete_account(f, 1, alice, session, false).status, CW_STORE_OK);
    suite_reopen(f);
    EXPECT(f, CW_STORE_NOT_FOUND, .op = CW_STORE_USER_FIND, .key = TEXT("alice"));
    EXPECT(f, CW_STORE_NOT_FOUND, .op = CW_STORE_SESSION_FIND, .key = TEXT("alice"),
           .secret = TEXT("token"));
    assert_int_equal(RUN(f, .op = CW_STORE_SESSION_LIST, .user_id = alice).session_count, 0);
    assert_int_equal(RUN(f, .op = CW_STORE_CONTACT_LIST, .user_id = alice).person_count, 0);
    assert_false(RUN(f, .op = CW_STORE_SETTINGS_READ, .user_id = alice).discreet);
    assert_int_equal(RUN(f, .op = CW_STORE_INVITE_LIST, .user_id = alice).invitation_count, 0);
    EXPECT(f, CW_STORE_NOT_FOUND, .op = CW_STORE_FILE_RESUME, .user_id = alice, .file_id = 7);
    assert_int_equal(RUN(f, .op = CW_STORE_PASSWORD_FIND, .user_id = alice).secret.n, 0);
    struct cw_store_result found = RUN(f, .op = CW_STORE_USER_FIND, .key = TEXT("deleted/1"));
    assert_int_equal(found.user_id, alice);
    assert_true(found.deleted);
    assert_slice(found.name, "deleted/1");
    assert_int_equal(found.blocked_count, 0);
    /* Not twice. */
    assert_int_equal(delete_account(f, 1, alice, session, false).status, CW_STORE_MISMATCH);
}

static void groups_get_an_heir(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice"), bob = add_user(f, "bob"), carol = add_user(f, "carol");
    uint64_t session = add_session(f, alice, "token", 1);
    uint64_t cooks = add_group(f, alice, "cooks"), alone = add_group(f, alice, "alone");
    uint64_t others = add_group(f, carol, "others");
    join_group(f, bob, "cooks");
    join_group(f, carol, "cooks");
    join_group(f, alice, "others");
    struct cw_store_result r = delete_account(f, 1, alice, session, false);
    assert_int_equal(r.status, CW_STORE_OK);
    assert_int_equal(r.group_count, 3);
    assert_int_equal(r.person_count, 3);
    assert_int_equal(r.groups[0].group_id, cooks);
    assert_int_equal(r.people[0].user_id, bob);
    assert_slice(r.people[0].name, "bob");
    assert_int_equal(r.groups[1].group_id, alone);
    assert_int_equal(r.people[1].user_id, 0);
    assert_int_equal(r.groups[2].group_id, others);
    assert_int_equal(r.people[2].user_id, 0);
    EXPECT(f, CW_STORE_NOT_FOUND, .op = CW_STORE_GROUP_FIND, .key = TEXT("alone"));
    r = RUN(f, .op = CW_STORE_GROUP_LIST, .user_id = bob);
    assert_int_equal(r.groups[0].role, CW_ROLE_OWNER);
    assert_int_equal(r.groups[0].member_count, 2);
}

static void what_else_belongs_to_an_account_goes(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice"), bob = add_user(f, "bob");
    uint64_t session = add_session(f, alice, "token", 1);
    uint64_t cooks = cw_mailbox_of_group(add_group(f, bob, "cooks"));
    join_group(f, alice, "cooks");
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_MESSAGE_APPEND, .user_id = bob, .mailbox = cooks,
           .body = TEXT("@alice"), .mentions = cw_slice_of("alice\0\0", 7));
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_FACTOR_BEGIN, .user_id = alice, .secret = TEXT("seed"),
           .body = TEXT("codes"));
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_DEVICE_ADD, .user_id = alice, .name = TEXT("phone"),
           .secret = TEXT("hash"));
    assert_int_equal(read_all(f, bob, cooks).messages[0].mentions->count, 1);
    assert_int_equal(delete_account(f, 1, alice, session, false).status, CW_STORE_OK);
    assert_int_equal(RUN(f, .op = CW_STORE_DEVICE_LIST, .user_id = alice).device_count, 0);
    EXPECT(f, CW_STORE_NOT_FOUND, .op = CW_STORE_DEVICE_FIND, .user_id = alice,
           .secret = TEXT("hash"));
    EXPECT(f, CW_STORE_NOT_FOUND, .op = CW_STORE_FACTOR_CONFIRM, .user_id = alice,
           .code = TEXT("000000"));
    run_idle(f);
    assert_null(read_all(f, bob, cooks).messages[0].mentions);
    assert_int_equal(
        RUN(f, .op = CW_STORE_MENTION_LIST, .user_id = alice, .limit = 9).message_count, 0);
}

static uint64_t add_bot_to(struct fixture *f, uint64_t owner, const char *name, uint64_t group_id)
{
    uint64_t bot = RUN(f, .op = CW_STORE_BOT_CREATE, .user_id = owner, .name = TEXT(name),
                       .key = TEXT(name), .secret = TEXT("a hash"))
                       .other_id;
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_BOT_JOIN, .user_id = owner, .group_id = group_id,
           .other_id = bot);
    return bot;
}

static void expect_bot_gone(const struct cw_store_result *r, size_t i, uint64_t bot,
                            uint64_t group_id)
{
    assert_true(i < r->bot_gone_count);
    assert_int_equal(r->bots_gone[i].user_id, bot);
    assert_int_equal(r->bots_gone[i].group_id, group_id);
}

/* Also in a group that the owner has left; another's bot, with a group that has no others. */
static void bots_go_with_their_owner(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice"), bob = add_user(f, "bob");
    uint64_t session = add_session(f, alice, "token", 1);
    uint64_t cooks = add_group(f, alice, "cooks"), alone = add_group(f, bob, "alone");
    join_group(f, bob, "cooks");
    uint64_t first = add_bot_to(f, alice, "first", cooks);
    uint64_t second = add_bot_to(f, alice, "second", cooks);
    uint64_t bobs = add_bot_to(f, bob, "bobs", alone);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_HOOK_CREATE, .user_id = alice, .group_id = cooks,
           .other_id = first, .secret = TEXT("hook"));
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_GROUP_LEAVE, .user_id = alice, .group_id = cooks);
    join_group(f, alice, "alone");
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_GROUP_LEAVE, .user_id = bob, .group_id = alone);
    struct cw_store_result r = delete_account(f, 1, alice, session, false);
    assert_int_equal(r.status, CW_STORE_OK);
    assert_int_equal(r.bot_gone_count, 5);
    expect_bot_gone(&r, 0, first, cooks);
    expect_bot_gone(&r, 1, first, 0);
    expect_bot_gone(&r, 2, second, cooks);
    expect_bot_gone(&r, 3, second, 0);
    expect_bot_gone(&r, 4, bobs, alone);
    EXPECT(f, CW_STORE_NOT_FOUND, .op = CW_STORE_HOOK_FIND, .secret = TEXT("hook"));
    assert_int_equal(RUN(f, .op = CW_STORE_BOT_LIST, .user_id = alice).person_count, 0);
    r = RUN(f, .op = CW_STORE_MEMBER_LIST, .user_id = bob, .group_id = cooks, .limit = 9);
    assert_int_equal(r.person_count, 1);
    EXPECT(f, CW_STORE_MISMATCH, .op = CW_STORE_SESSION_CREATE, .user_id = first,
           .secret = TEXT("t"), .expected = TEXT("a hash"));
}

/* Who is alone with bots, and with those who have gone, names nobody. */
static void the_last_administrator_names_another_one_first(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice"), bob = add_user(f, "bob");
    uint64_t of_alice = add_session(f, alice, "token", 1), of_bob = add_session(f, bob, "bobs", 1);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_INVITE_CREATE, .secret = TEXT("link"), .expires_ms = 5000,
           .uses = 1);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_SET_UP, .user_id = alice, .invitation = TEXT("link"));
    assert_int_equal(delete_account(f, 1, alice, of_alice, false).status, CW_STORE_FULL);
    assert_int_equal(RUN(f, .op = CW_STORE_SESSION_LIST, .user_id = alice).session_count, 1);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_ADMIN_SET, .user_id = alice, .other_id = bob,
           .admin = true);
    assert_int_equal(delete_account(f, 1, alice, of_alice, false).status, CW_STORE_OK);
    add_bot_to(f, bob, "bot", add_group(f, bob, "cooks"));
    assert_int_equal(delete_account(f, 1, bob, of_bob, false).status, CW_STORE_OK);
    /* Nobody is one: the server makes a set-up link again. */
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_INVITE_CREATE, .secret = TEXT("again"),
           .expires_ms = 5000, .uses = 1);
}

/* --- what remains -------------------------------------------------------------------------- */

static void messages_stay_under_a_name_of_nobody(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice"), bob = add_user(f, "bob");
    uint64_t session = add_session(f, alice, "token", 1), pair = cw_conversation_of_pair(1, 2);
    uint64_t cooks = cw_mailbox_of_group(add_group(f, bob, "cooks"));
    join_group(f, alice, "cooks");
    add_message(f, alice, cooks, "soup");
    add_message(f, alice, cw_mailbox_of_user(bob), "psst");
    add_message(f, bob, cw_mailbox_of_user(alice), "yes?");
    delete_account(f, 1, alice, session, false);
    run_idle(f);
    suite_reopen(f);
    struct cw_store_result r = read_all(f, bob, cooks);
    expect_message(&r.messages[0], "deleted/1", "soup");
    r = read_all(f, bob, pair);
    assert_int_equal(r.message_count, 2);
    expect_message(&r.messages[0], "deleted/1", "psst");
    expect_message(&r.messages[1], "bob", "yes?");
    r = RUN(f, .op = CW_STORE_CONVERSATIONS, .user_id = bob, .limit = 10);
    assert_int_equal(r.conversation_count, 2);
    assert_slice(r.conversations[0].peer, "deleted/1");
    assert_int_equal(RUN(f, .op = CW_STORE_SEARCH, .user_id = bob, .body = TEXT("soup"), .limit = 9)
                         .message_count,
                     1);
}

/* In another's conversations, too, and in groups that the user has left. */
static void with_messages_all_of_them_go(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice"), bob = add_user(f, "bob");
    uint64_t session = add_session(f, alice, "token", 1);
    uint64_t cooks_id = add_group(f, bob, "cooks"), cooks = cw_mailbox_of_group(cooks_id);
    join_group(f, alice, "cooks");
    for (int i = 0; i < 150; i++)
        add_message(f, i % 3 == 0 ? bob : alice, cooks, i % 3 == 0 ? "of bob" : "of alice");
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_REACT, .user_id = bob, .conversation = cooks, .seq = 2,
           .body = TEXT("!"));
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_PIN, .user_id = bob, .group_id = cooks_id, .seq = 2);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_GROUP_LEAVE, .user_id = alice, .group_id = cooks_id);
    add_message(f, bob, cw_mailbox_of_user(alice), "come back");
    delete_account(f, 1, alice, session, true);
    run_idle(f);
    struct cw_store_result r = read_all(f, bob, cooks);
    assert_int_equal(r.message_count, 150);
    for (size_t i = 0; i < r.message_count; i++) {
        bool of_bob = (r.messages[i].seq - 1) % 3 == 0;
        expect_message(&r.messages[i], of_bob ? "bob" : "deleted/1", of_bob ? "of bob" : "");
    }
    assert_int_equal(
        RUN(f, .op = CW_STORE_PIN_LIST, .user_id = bob, .group_id = cooks_id, .limit = 9)
            .message_count,
        0);
    assert_int_equal(
        RUN(f, .op = CW_STORE_SEARCH, .user_id = bob, .body = TEXT("alice"), .limit = 9)
            .message_count,
        0);
    r = read_all(f, bob, cw_conversation_of_pair(alice, bob));
    expect_message(&r.messages[0], "bob", "come back");
}

static void the_other_side_can_only_clear_up(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice"), bob = add_user(f, "bob");
    uint64_t session = add_session(f, alice, "token", 1), pair = cw_conversation_of_pair(1, 2);
    uint64_t cooks = add_group(f, bob, "cooks");
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_MEMBER_BAN, .user_id = bob, .group_id = cooks,
           .other_id = alice);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_CONTACT_ADD, .user_id = bob, .other_id = alice);
    add_message(f, bob, cw_mailbox_of_user(alice), "hello");
    delete_account(f, 1, alice, session, false);
    EXPECT(f, CW_STORE_FORBIDDEN, .op = CW_STORE_MESSAGE_APPEND, .user_id = bob,
           .mailbox = cw_mailbox_of_user(alice), .body = TEXT("hello?"));
    EXPECT(f, CW_STORE_FORBIDDEN, .op = CW_STORE_MESSAGE_EDIT, .user_id = bob, .conversation = pair,
           .seq = 1, .body = TEXT("hello?"));
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_MESSAGE_DELETE, .user_id = bob, .conversation = pair,
           .seq = 1);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_CONTACT_REMOVE, .user_id = bob, .other_id = alice);
    EXPECT(f, CW_STORE_NOT_FOUND, .op = CW_STORE_CONTACT_ADD, .user_id = bob, .other_id = alice);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_MEMBER_UNBAN, .user_id = bob, .group_id = cooks,
           .other_id = alice);
}

/* What sessions of the user had asked for before they heard of it. */
static void a_deleted_user_does_nothing(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice"), bob = add_user(f, "bob");
    uint64_t session = add_session(f, alice, "token", 1);
    add_group(f, bob, "cooks");
    delete_account(f, 1, alice, session, false);
    EXPECT(f, CW_STORE_FORBIDDEN, .op = CW_STORE_MESSAGE_APPEND, .user_id = alice,
           .mailbox = cw_mailbox_of_user(bob), .body = TEXT("still here"));
    EXPECT(f, CW_STORE_FORBIDDEN, .op = CW_STORE_MESSAGE_APPEND, .user_id = alice,
           .mailbox = cw_mailbox_of_user(alice), .body = TEXT("still here"));
    EXPECT(f, CW_STORE_NOT_FOUND, .op = CW_STORE_GROUP_CREATE, .user_id = alice,
           .name = TEXT("mine"), .key = TEXT("mine"));
    EXPECT(f, CW_STORE_NOT_FOUND, .op = CW_STORE_GROUP_JOIN, .user_id = alice,
           .key = TEXT("cooks"));
    EXPECT(f, CW_STORE_NOT_FOUND, .op = CW_STORE_FILE_BEGIN, .user_id = alice, .size = 1,
           .name = TEXT("x"));
    EXPECT(f, CW_STORE_MISMATCH, .op = CW_STORE_SESSION_CREATE, .user_id = alice,
           .secret = TEXT("new"), .expected = TEXT("$"));
}

/* --- the name ------------------------------------------------------------------------------- */

static enum cw_store_status take(struct fixture *f, uint64_t now, const char *name, const char *key)
{
    struct cw_looks looks;
    cw_name_looks(TEXT(name), &looks);
    struct cw_store_result r =
        RUN_AT(f, now, .op = CW_STORE_USER_CREATE, .name = TEXT(name), .key = TEXT(key),
               .looks = cw_looks_slice(&looks), .secret = TEXT("$"));
    assert_int_equal(r.other_name.n, 0); /* no more than that it is taken */
    return r.status;
}

static void the_name_is_nobodys_for_30_days(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "paypal");
    uint64_t now = 100 * DAY, session = add_session(f, alice, "token", now);
    assert_int_equal(delete_account(f, now, alice, session, false).status, CW_STORE_OK);
    suite_reopen(f);
    assert_int_equal(take(f, now, "paypal", "paypal"), CW_STORE_EXISTS);
    assert_int_equal(take(f, now + 30 * DAY - 1, "paypaI", "paypai"), CW_STORE_EXISTS);
    /* A clock that was set back, and one that the date contradicts. */
    assert_int_equal(take(f, now - 50 * DAY, "paypal", "paypal"), CW_STORE_EXISTS);
    EXPECT_AT(f, CW_STORE_EXISTS, now + 60 * DAY, .op = CW_STORE_USER_CREATE, .date_ms = now + DAY,
              .name = TEXT("paypal"), .key = TEXT("paypal"));
    assert_int_equal(take(f, now + 30 * DAY, "paypaI", "paypai"), CW_STORE_OK);
}

int suite_departures(const char *back_end_name)
{
    const struct CMUnitTest tests[] = {
        T(a_wrong_password_deletes_nothing),
        T(private_things_go),
        T(groups_get_an_heir),
        T(what_else_belongs_to_an_account_goes),
        T(bots_go_with_their_owner),
        T(the_last_administrator_names_another_one_first),
        T(messages_stay_under_a_name_of_nobody),
        T(with_messages_all_of_them_go),
        T(the_other_side_can_only_clear_up),
        T(a_deleted_user_does_nothing),
        T(the_name_is_nobodys_for_30_days),
    };
    return cmocka_run_group_tests_name(back_end_name, tests, NULL, NULL);
}
