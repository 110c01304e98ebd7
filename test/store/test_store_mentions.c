/* test_store_mentions.c - the rules of ops.def about mentions and about what users are told of,
 * over every back end. */
#include "suite.h"

#include <stdio.h>

/* Keys as rules_mention.h has them, from "bob|bobs dave": words, and what each may stand for. */
static struct cw_slice keys_of(struct fixture *f, const char *text)
{
    size_t n = 0;
    uint8_t *keys = cw_arena_alloc(&f->arena, strlen(text) + 2);
    for (; *text != 0; text++) {
        keys[n++] = *text == ' ' || *text == '|' ? 0 : (uint8_t)*text;
        if (*text == ' ')
            keys[n++] = 0;
    }
    keys[n++] = 0;
    keys[n++] = 0;
    return cw_slice_of(keys, n);
}

static struct cw_store_result say(struct fixture *f, uint64_t user_id, uint64_t mailbox,
                                  const char *names, bool all)
{
    char keys[64];
    snprintf(keys, sizeof keys, "%s", names);
    struct cw_slice mentions = names[0] == 0 ? (struct cw_slice){0} : keys_of(f, keys);
    return RUN(f, .op = CW_STORE_MESSAGE_APPEND, .user_id = user_id, .mailbox = mailbox,
               .body = TEXT("@..."), .mentions = mentions, .calls_all = all);
}

/* "alice bob all mine" */
static void write_mentions(const struct cw_store_mentions *mentions, char text[128])
{
    size_t n = 0;
    text[0] = 0;
    for (size_t i = 0; mentions != NULL && i < mentions->count; i++)
        n += (size_t)snprintf(text + n, 128 - n, "%s%.*s", i == 0 ? "" : " ",
                              (int)mentions->users[i].name.n,
                              (const char *)mentions->users[i].name.p);
    if (mentions != NULL)
        snprintf(text + n, 128 - n, "%s%s", mentions->all ? " all" : "",
                 mentions->mine ? " mine" : "");
}

static void expect_mentions(const struct cw_store_mentions *mentions, const char *expected)
{
    char text[128];
    write_mentions(mentions, text);
    assert_string_equal(text, expected);
}

/* As this user reads the message in history. */
static void expect_read(struct fixture *f, uint64_t user_id, uint64_t conversation, uint64_t seq,
                        const char *expected)
{
    struct cw_store_result r =
        RUN(f, .op = CW_STORE_HISTORY_READ, .user_id = user_id, .limit = 1,
            .conversation = conversation, .anchor = CW_ANCHOR_AROUND, .seq = seq);
    assert_int_equal(r.status, CW_STORE_OK);
    assert_int_equal(r.messages[0].seq, seq);
    expect_mentions(r.messages[0].mentions, expected);
}

static void expect_unread(struct fixture *f, uint64_t user_id, uint64_t unread, uint64_t mentions)
{
    struct cw_store_result r = RUN(f, .op = CW_STORE_CONVERSATIONS, .user_id = user_id, .limit = 1);
    assert_int_equal(r.conversation_count, 1);
    assert_int_equal(r.conversations[0].unread, unread);
    assert_int_equal(r.conversations[0].mentions, mentions);
}

/* The numbers of the messages that mention the user, the newest first: "3 1". */
static void expect_list(struct fixture *f, uint64_t user_id, const char *expected)
{
    char text[128] = "";
    size_t n = 0;
    struct cw_store_result r = RUN(f, .op = CW_STORE_MENTION_LIST, .user_id = user_id, .limit = 9);
    assert_int_equal(r.status, CW_STORE_OK);
    for (size_t i = 0; i < r.message_count; i++)
        n += (size_t)snprintf(text + n, sizeof text - n, "%s%u", i == 0 ? "" : " ",
                              (unsigned)r.messages[i].seq);
    assert_string_equal(text, expected);
}

/* --- who is mentioned ------------------------------------------------------------------- */

static void members_are_mentioned(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice"), bob = add_user(f, "bob"), carol = add_user(f, "carol");
    uint64_t cooks = cw_mailbox_of_group(add_group(f, alice, "cooks"));
    add_user(f, "dave");
    join_group(f, bob, "cooks");
    join_group(f, carol, "cooks");
    /* In the order of their ids; the longest name that a member has; not the sender, nor others. */
    struct cw_store_result r = say(f, alice, cooks, "carol bob's|bob dave alice bob x|y", false);
    expect_mentions(r.mentions, "bob carol");
    assert_false(r.not_all);
    assert_null(say(f, alice, cooks, "dave alice", false).mentions);
    assert_null(say(f, alice, cooks, "", false).mentions);
    expect_read(f, bob, cooks, 1, "bob carol mine");
    expect_read(f, alice, cooks, 1, "bob carol");
    expect_read(f, bob, cooks, 2, "");
    expect_unread(f, bob, 3, 1);
    expect_list(f, bob, "1");
    expect_list(f, alice, "");
    suite_reopen(f);
    expect_list(f, carol, "1");
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_READ_MARK, .user_id = bob, .conversation = cooks,
           .seq = 1);
    expect_unread(f, bob, 2, 0);
}

static void everybody_by_whom(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice"), bob = add_user(f, "bob"), carol = add_user(f, "carol");
    uint64_t id = add_group(f, alice, "cooks"), cooks = cw_mailbox_of_group(id);
    join_group(f, bob, "cooks");
    join_group(f, carol, "cooks");
    struct cw_store_result r = say(f, alice, cooks, "bob", true);
    expect_mentions(r.mentions, "bob all");
    r = say(f, bob, cooks, "carol", true);
    expect_mentions(r.mentions, "carol");
    assert_true(r.not_all);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_MEMBER_ROLE, .user_id = alice, .group_id = id,
           .other_id = bob, .role = CW_ROLE_MODERATOR);
    r = say(f, bob, cooks, "", true);
    expect_mentions(r.mentions, " all");
    assert_false(r.not_all);
    expect_read(f, carol, cooks, 3, " all mine");
    expect_read(f, bob, cooks, 3, " all");
    expect_unread(f, carol, 3, 3);
    expect_list(f, bob, "1"); /* by name and with everybody: once */
    expect_list(f, carol, "3 2 1");
    /* In a conversation of two there is no such thing, and no third one. */
    r = say(f, alice, cw_mailbox_of_user(bob), "bob carol", true);
    expect_mentions(r.mentions, "bob");
    assert_false(r.not_all);
}

static void the_owner_says_who_calls_everybody(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice"), bob = add_user(f, "bob"), carol = add_user(f, "carol");
    uint64_t id = add_group(f, alice, "cooks"), cooks = cw_mailbox_of_group(id);
    join_group(f, bob, "cooks");
    EXPECT(f, CW_STORE_FORBIDDEN, .op = CW_STORE_GROUP_HERE, .user_id = bob, .group_id = id,
           .here = CW_HERE_ALL);
    EXPECT(f, CW_STORE_NOT_MEMBER, .op = CW_STORE_GROUP_HERE, .user_id = carol, .group_id = id,
           .here = CW_HERE_ALL);
    assert_true(say(f, bob, cooks, "", true).not_all);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_GROUP_HERE, .user_id = alice, .group_id = id,
           .here = CW_HERE_ALL);
    suite_reopen(f);
    assert_false(say(f, bob, cooks, "", true).not_all);
    expect_read(f, alice, cooks, 2, " all mine");
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_GROUP_HERE, .user_id = alice, .group_id = id,
           .here = CW_HERE_NOBODY);
    assert_true(say(f, alice, cooks, "", true).not_all);
    expect_read(f, bob, cooks, 3, "");
    struct cw_store_result r = RUN(f, .op = CW_STORE_GROUP_LIST, .user_id = bob);
    assert_int_equal(r.groups[0].here, CW_HERE_NOBODY);
}

static void the_list_has_pages(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice"), bob = add_user(f, "bob");
    uint64_t cooks = cw_mailbox_of_group(add_group(f, alice, "cooks"));
    uint64_t before = 0, seq = 5;
    join_group(f, bob, "cooks");
    for (int i = 0; i < 5; i++)
        say(f, alice, cooks, i % 2 == 0 ? "bob" : "", i % 2 != 0);
    for (int page = 0; page < 3; page++) {
        struct cw_store_result r =
            RUN(f, .op = CW_STORE_MENTION_LIST, .user_id = bob, .limit = 2, .before = before);
        assert_int_equal(r.message_count, page == 2 ? 1 : 2);
        assert_int_equal(r.more, page != 2);
        for (size_t i = 0; i < r.message_count; i++)
            assert_int_equal(r.messages[i].seq, seq--);
        before = r.scanned_to;
    }
    assert_int_equal(seq, 0);
}

/* --- what takes mentions back -------------------------------------------------------------- */

static void changes_of_the_message(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice"), bob = add_user(f, "bob"), carol = add_user(f, "carol");
    uint64_t cooks = cw_mailbox_of_group(add_group(f, alice, "cooks"));
    join_group(f, bob, "cooks");
    join_group(f, carol, "cooks");
    say(f, alice, cooks, "bob", true);
    struct cw_store_result r =
        RUN(f, .op = CW_STORE_MESSAGE_EDIT, .user_id = alice, .conversation = cooks, .seq = 1,
            .body = TEXT("@carol"), .mentions = keys_of(f, "carol"));
    expect_mentions(r.mentions, "carol");
    expect_read(f, bob, cooks, 1, "carol");
    expect_list(f, bob, "");
    expect_list(f, carol, "1");
    r = RUN(f, .op = CW_STORE_INBOX_READ, .user_id = carol, .cursor = 1);
    assert_int_equal(r.message_count, 1); /* the edit */
    expect_mentions(r.messages[0].mentions, "carol mine");
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_MESSAGE_DELETE, .user_id = alice, .conversation = cooks,
           .seq = 1);
    expect_read(f, carol, cooks, 1, "");
    expect_list(f, carol, "");
    expect_unread(f, carol, 0, 0);
}

static void blocks_and_memberships(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice"), bob = add_user(f, "bob"), carol = add_user(f, "carol");
    uint64_t id = add_group(f, alice, "cooks"), cooks = cw_mailbox_of_group(id);
    join_group(f, bob, "cooks");
    join_group(f, carol, "cooks");
    say(f, alice, cooks, "bob", true);
    say(f, carol, cooks, "bob", false);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_BLOCK, .user_id = bob, .other_id = alice);
    expect_list(f, bob, "2");
    expect_unread(f, bob, 2, 1);
    expect_read(f, bob, cooks, 1, " all");
    assert_null(say(f, alice, cooks, "bob", false).mentions);
    /* A block that has ended does not bring back the names, only what is of everybody. */
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_UNBLOCK, .user_id = bob, .other_id = alice);
    expect_list(f, bob, "2 1");
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_MEMBER_KICK, .user_id = alice, .group_id = id,
           .other_id = bob);
    expect_list(f, bob, "");
    expect_read(f, carol, cooks, 2, "");
    assert_null(say(f, alice, cooks, "bob", false).mentions);
}

static void what_is_not_kept(void **state)
{
    struct fixture *f = *state;
    f->options.retain.count = 2;
    suite_start_over(f);
    uint64_t alice = add_user(f, "alice"), bob = add_user(f, "bob");
    uint64_t cooks = cw_mailbox_of_group(add_group(f, alice, "cooks"));
    join_group(f, bob, "cooks");
    for (int i = 0; i < 4; i++)
        say(f, alice, cooks, i % 2 == 0 ? "bob" : "", i % 2 != 0);
    run_idle(f);
    expect_list(f, bob, "4 3");
    expect_unread(f, bob, 2, 2);
}

/* A full disk refuses the text, and nothing of it stays. */
static void mentions_on_a_full_disk(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice"), bob = add_user(f, "bob");
    uint64_t cooks = cw_mailbox_of_group(add_group(f, alice, "cooks"));
    join_group(f, bob, "cooks");
    suite_set_full(f, true);
    assert_int_equal(say(f, alice, cooks, "bob", true).status, CW_STORE_NO_ROOM);
    suite_set_full(f, false);
    expect_list(f, bob, "");
    expect_mentions(say(f, alice, cooks, "bob", true).mentions, "bob all");
}

/* --- what users are told of ------------------------------------------------------------------ */

/* "CONVERSATION LEVEL UNTIL" of each rule, then the hours. */
static void expect_set(struct fixture *f, const char *expected)
{
    char text[256] = "";
    size_t n = 0;
    struct cw_store_result r =
        RUN(f, .op = CW_STORE_SESSION_FIND, .key = TEXT("bob"), .secret = TEXT("1"));
    assert_int_equal(r.status, CW_STORE_OK);
    for (size_t i = 0; i < r.notify_count; i++)
        n += (size_t)snprintf(text + n, sizeof text - n, "%s %d %u, ",
                              cw_mailbox_is_group(r.notify[i].conversation) ? "group" : "pair",
                              (int)r.notify[i].level, (unsigned)r.notify[i].until_ms);
    snprintf(text + n, sizeof text - n, "%.*s", (int)r.quiet_hours.n,
             (const char *)r.quiet_hours.p);
    assert_string_equal(text, expected);
}

static void users_set_what_they_are_told(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice"), bob = add_user(f, "bob");
    uint64_t id = add_group(f, alice, "cooks"), cooks = cw_mailbox_of_group(id);
    uint64_t pair = cw_conversation_of_pair(alice, bob);
    add_session(f, bob, "1", 1);
    EXPECT(f, CW_STORE_NOT_MEMBER, .op = CW_STORE_NOTIFY_SET, .user_id = bob, .conversation = cooks,
           .sets_level = true, .level = CW_NOTIFY_ALL);
    join_group(f, bob, "cooks");
    struct cw_store_result r =
        RUN(f, .op = CW_STORE_NOTIFY_SET, .user_id = bob, .conversation = cooks, .sets_level = true,
            .level = CW_NOTIFY_ALL);
    assert_int_equal(r.notify[0].level, CW_NOTIFY_ALL);
    assert_false(r.repeated);
    r = RUN(f, .op = CW_STORE_NOTIFY_SET, .user_id = bob, .conversation = cooks, .sets_until = true,
            .until_ms = 9);
    assert_int_equal(r.notify[0].level, CW_NOTIFY_ALL);
    assert_int_equal(r.notify[0].until_ms, 9);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_NOTIFY_SET, .user_id = bob, .conversation = pair,
           .sets_level = true, .level = CW_NOTIFY_NOTHING);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_QUIET_SET, .user_id = bob, .body = TEXT("hours"));
    suite_reopen(f);
    expect_set(f, "group 1 9, pair 3 0, hours");
    /* Again; back to what nobody need set; a time that has passed. */
    assert_true(RUN(f, .op = CW_STORE_QUIET_SET, .user_id = bob, .body = TEXT("hours")).repeated);
    assert_true(RUN(f, .op = CW_STORE_NOTIFY_SET, .user_id = bob, .conversation = cooks,
                    .sets_until = true, .until_ms = 9)
                    .repeated);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_NOTIFY_SET, .user_id = bob, .conversation = pair,
           .sets_level = true, .level = CW_NOTIFY_DEFAULT);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_QUIET_SET, .user_id = bob);
    r = RUN_AT(f, 10, .op = CW_STORE_NOTIFY_SET, .user_id = bob, .conversation = cooks,
               .sets_until = true, .until_ms = 10);
    assert_int_equal(r.notify[0].until_ms, 0);
    expect_set(f, "group 1 0, ");
    /* It ends with the membership. */
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_GROUP_LEAVE, .user_id = bob, .group_id = id);
    join_group(f, bob, "cooks");
    expect_set(f, "");
}

static void so_much_can_be_set(void **state)
{
    struct fixture *f = *state;
    char name[16];
    uint64_t bob = add_user(f, "bob"), last = 0;
    for (unsigned i = 0; i <= CW_NOTIFY_RULES_MAX; i++) {
        snprintf(name, sizeof name, "u%u", i);
        last = cw_conversation_of_pair(bob, add_user(f, name));
        EXPECT(f, i < CW_NOTIFY_RULES_MAX ? CW_STORE_OK : CW_STORE_FULL, .op = CW_STORE_NOTIFY_SET,
               .user_id = bob, .conversation = last, .sets_level = true, .level = CW_NOTIFY_ALL);
    }
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_NOTIFY_SET, .user_id = bob,
           .conversation = cw_conversation_of_pair(bob, 2), .sets_level = true,
           .level = CW_NOTIFY_DEFAULT);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_NOTIFY_SET, .user_id = bob, .conversation = last,
           .sets_level = true, .level = CW_NOTIFY_ALL);
}

int suite_mentions(const char *back_end_name)
{
    const struct CMUnitTest tests[] = {
        T(members_are_mentioned), T(everybody_by_whom),       T(the_owner_says_who_calls_everybody),
        T(the_list_has_pages),    T(changes_of_the_message),  T(blocks_and_memberships),
        T(what_is_not_kept),      T(mentions_on_a_full_disk), T(users_set_what_they_are_told),
        T(so_much_can_be_set),
    };
    return cmocka_run_group_tests_name(back_end_name, tests, NULL, NULL);
}
