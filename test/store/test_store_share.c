/* test_store_share.c - the rules of ops.def about reactions, quotes, pins and settings, over every
 * back end. */
#include "suite.h"

#include <stdio.h>

#define THUMB "\xf0\x9f\x91\x8d"
#define HEART "\xe2\x9d\xa4\xef\xb8\x8f"

/* --- reactions ------------------------------------------------------------------------- */

static struct cw_store_result react(struct fixture *f, uint64_t user_id, uint64_t conversation,
                                    uint64_t seq, const char *emoji)
{
    return RUN(f, .op = CW_STORE_REACT, .user_id = user_id, .conversation = conversation,
               .seq = seq, .body = TEXT(emoji));
}

static struct cw_store_result unreact(struct fixture *f, uint64_t user_id, uint64_t conversation,
                                      uint64_t seq, const char *emoji)
{
    return RUN(f, .op = CW_STORE_UNREACT, .user_id = user_id, .conversation = conversation,
               .seq = seq, .body = TEXT(emoji));
}

static void expect_done(struct cw_store_result r, bool repeated)
{
    assert_int_equal(r.status, CW_STORE_OK);
    assert_int_equal(r.repeated, repeated);
}

/* The message of the conversation as this user reads it. */
static struct cw_store_message read_message(struct fixture *f, uint64_t user_id,
                                            uint64_t conversation, uint64_t seq)
{
    struct cw_store_result r =
        RUN(f, .op = CW_STORE_HISTORY_READ, .user_id = user_id, .limit = 1,
            .conversation = conversation, .anchor = CW_ANCHOR_AROUND, .seq = seq);
    assert_int_equal(r.status, CW_STORE_OK);
    assert_true(r.message_count >= 1);
    assert_int_equal(r.messages[0].seq, seq);
    return r.messages[0];
}

/* "EMOJI COUNT[m]" of each, in their order. */
static void expect_reactions(struct fixture *f, uint64_t user_id, uint64_t conversation,
                             uint64_t seq, const char *expected)
{
    char text[1024] = "";
    size_t n = 0;
    struct cw_store_message message = read_message(f, user_id, conversation, seq);
    for (size_t i = 0; i < message.reaction_count; i++) {
        const struct cw_store_reaction *reaction = &message.reactions[i];
        n += (size_t)snprintf(text + n, sizeof text - n, "%s%.*s %d%s", i == 0 ? "" : " ",
                              (int)reaction->emoji.n, (const char *)reaction->emoji.p,
                              (int)reaction->count, reaction->mine ? "m" : "");
    }
    assert_string_equal(text, expected);
}

static void reactions_are_counted(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice"), bob = add_user(f, "bob"), carol = add_user(f, "carol");
    uint64_t cooks = cw_mailbox_of_group(add_group(f, alice, "cooks"));
    join_group(f, bob, "cooks");
    join_group(f, carol, "cooks");
    say_at(f, 1, alice, cooks, "soup?");
    say_at(f, 1, alice, cooks, "salad?");
    expect_done(react(f, bob, cooks, 1, THUMB), false);
    expect_done(react(f, bob, cooks, 1, THUMB), true);
    expect_done(react(f, carol, cooks, 1, HEART), false);
    expect_done(react(f, carol, cooks, 1, THUMB), false);
    expect_done(react(f, alice, cooks, 1, HEART), false);
    expect_reactions(f, bob, cooks, 1, THUMB " 2m " HEART " 2");
    expect_reactions(f, alice, cooks, 1, THUMB " 2 " HEART " 2m");
    expect_reactions(f, alice, cooks, 2, "");
    suite_reopen(f);
    expect_reactions(f, carol, cooks, 1, THUMB " 2m " HEART " 2m");
    expect_done(unreact(f, bob, cooks, 1, HEART), true);
    expect_done(unreact(f, bob, cooks, 1, THUMB), false);
    expect_done(unreact(f, bob, cooks, 1, THUMB), true);
    expect_done(unreact(f, carol, cooks, 1, THUMB), false);
    expect_reactions(f, carol, cooks, 1, HEART " 2m");
    expect_done(react(f, bob, cooks, 1, THUMB), false); /* behind those that are there */
    expect_reactions(f, bob, cooks, 1, HEART " 2 " THUMB " 1m");
}

static void a_message_has_so_many_kinds(void **state)
{
    struct fixture *f = *state;
    char emoji[2] = "a";
    uint64_t alice = add_user(f, "alice"), bob = add_user(f, "bob");
    uint64_t pair = cw_conversation_of_pair(alice, bob);
    say_at(f, 1, alice, cw_mailbox_of_user(bob), "hi");
    for (int i = 0; i < CW_REACTIONS_MAX; i++, emoji[0]++)
        expect_done(react(f, i % 2 == 0 ? alice : bob, pair, 1, emoji), false);
    assert_int_equal(react(f, bob, pair, 1, emoji).status, CW_STORE_FULL);
    expect_done(react(f, bob, pair, 1, "a"), false); /* no new kind */
    assert_int_equal(read_message(f, bob, pair, 1).reaction_count, CW_REACTIONS_MAX);
    expect_done(unreact(f, bob, pair, 1, "b"), false);
    expect_done(react(f, bob, pair, 1, emoji), false);
    assert_int_equal(react(f, bob, pair, 1, "b").status, CW_STORE_FULL);
}

static void who_may_react(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice"), bob = add_user(f, "bob"), eve = add_user(f, "eve");
    uint64_t group_id = add_group(f, alice, "cooks"), cooks = cw_mailbox_of_group(group_id);
    uint64_t pair = cw_conversation_of_pair(alice, bob);
    join_group(f, bob, "cooks");
    say_at(f, 1, alice, cooks, "soup?");
    say_at(f, 1, alice, cw_mailbox_of_user(bob), "hi");
    assert_int_equal(react(f, eve, cooks, 1, THUMB).status, CW_STORE_NOT_MEMBER);
    assert_int_equal(react(f, eve, pair, 1, THUMB).status, CW_STORE_NOT_MEMBER);
    assert_int_equal(react(f, bob, cooks, 2, THUMB).status, CW_STORE_NOT_FOUND);
    assert_int_equal(react(f, bob, cooks, 0, THUMB).status, CW_STORE_NOT_FOUND);
    expect_done(react(f, bob, cooks, 1, THUMB), false);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_MEMBER_MUTE, .user_id = alice, .other_id = bob,
           .group_id = group_id, .until_ms = 1000);
    assert_int_equal(react(f, bob, cooks, 1, HEART).status, CW_STORE_FORBIDDEN);
    expect_done(unreact(f, bob, cooks, 1, THUMB), false);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_MEMBER_KICK, .user_id = alice, .other_id = bob,
           .group_id = group_id);
    assert_int_equal(react(f, bob, cooks, 1, HEART).status, CW_STORE_NOT_MEMBER);
    assert_int_equal(unreact(f, bob, cooks, 1, THUMB).status, CW_STORE_NOT_MEMBER);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_BLOCK, .user_id = alice, .other_id = bob);
    assert_int_equal(react(f, bob, pair, 1, HEART).status, CW_STORE_FORBIDDEN);
}

/* An entry of an edit is no message; its message is. */
static void what_may_be_reacted_to(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice"), bob = add_user(f, "bob");
    uint64_t pair = cw_conversation_of_pair(alice, bob);
    say_at(f, 1, alice, cw_mailbox_of_user(bob), "helo");
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_MESSAGE_EDIT, .user_id = alice, .conversation = pair,
           .seq = 1, .body = TEXT("hello"));
    assert_int_equal(react(f, bob, pair, 2, THUMB).status, CW_STORE_NOT_FOUND);
    expect_done(react(f, bob, pair, 1, THUMB), false);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_MESSAGE_DELETE, .user_id = alice, .conversation = pair,
           .seq = 1);
    assert_int_equal(react(f, bob, pair, 1, THUMB).status, CW_STORE_NOT_FOUND);
    assert_int_equal(unreact(f, bob, pair, 1, THUMB).status, CW_STORE_NOT_FOUND);
    expect_reactions(f, bob, pair, 1, "");
}

/* In a group who blocks does not see it, and everybody else does; of a pair neither does. */
static void reactions_of_the_blocked_do_not_count(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice"), bob = add_user(f, "bob"), carol = add_user(f, "carol");
    uint64_t cooks = cw_mailbox_of_group(add_group(f, alice, "cooks"));
    uint64_t pair = cw_conversation_of_pair(alice, bob);
    join_group(f, bob, "cooks");
    join_group(f, carol, "cooks");
    say_at(f, 1, alice, cooks, "soup?");
    say_at(f, 1, alice, cw_mailbox_of_user(bob), "hi");
    expect_done(react(f, bob, pair, 1, THUMB), false);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_BLOCK, .user_id = alice, .other_id = bob);
    expect_done(react(f, bob, cooks, 1, THUMB), false);
    expect_done(react(f, bob, cooks, 1, HEART), false);
    expect_done(react(f, carol, cooks, 1, HEART), false);
    expect_done(react(f, alice, pair, 1, HEART), false);
    expect_reactions(f, alice, cooks, 1, HEART " 1");
    expect_reactions(f, bob, cooks, 1, THUMB " 1m " HEART " 2m");
    expect_reactions(f, carol, cooks, 1, THUMB " 1 " HEART " 2m");
    expect_reactions(f, alice, pair, 1, HEART " 1m");
    expect_reactions(f, bob, pair, 1, THUMB " 1m");
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_UNBLOCK, .user_id = alice, .other_id = bob);
    expect_reactions(f, alice, cooks, 1, THUMB " 1 " HEART " 2");
    expect_reactions(f, bob, pair, 1, THUMB " 1m " HEART " 1");
}

/* More have been blocked than have reacted: another way through the data. */
static void many_are_blocked(void **state)
{
    struct fixture *f = *state;
    char name[8];
    uint64_t alice = add_user(f, "alice"), cooks, last = 0;
    cooks = cw_mailbox_of_group(add_group(f, alice, "cooks"));
    say_at(f, 1, alice, cooks, "soup?");
    for (int i = 0; i < 6; i++) {
        snprintf(name, sizeof name, "user%d", i);
        last = add_user(f, name);
        join_group(f, last, "cooks");
        EXPECT(f, CW_STORE_OK, .op = CW_STORE_BLOCK, .user_id = alice, .other_id = last);
    }
    expect_done(react(f, last, cooks, 1, THUMB), false);
    expect_done(react(f, alice, cooks, 1, THUMB), false);
    expect_reactions(f, alice, cooks, 1, THUMB " 1m");
    expect_reactions(f, last, cooks, 1, THUMB " 2m");
}

static void reactions_on_a_full_disk(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice"), pair = cw_conversation_of_pair(alice, alice);
    say_at(f, 1, alice, cw_mailbox_of_user(alice), "note");
    expect_done(react(f, alice, pair, 1, THUMB), false);
    suite_set_full(f, true);
    assert_int_equal(react(f, alice, pair, 1, HEART).status, CW_STORE_NO_ROOM);
    suite_set_full(f, false);
    expect_reactions(f, alice, pair, 1, THUMB " 1m");
}

/* --- quotes ----------------------------------------------------------------------------- */

static struct cw_store_result answer(struct fixture *f, uint64_t sender_id, uint64_t mailbox,
                                     uint64_t reply_to)
{
    return RUN(f, .op = CW_STORE_MESSAGE_APPEND, .user_id = sender_id, .mailbox = mailbox,
               .body = TEXT("yes"), .reply_to = reply_to);
}

static void expect_quote(const struct cw_store_quote *quote, const char *sender, const char *text)
{
    assert_non_null(quote);
    assert_slice(quote->sender, sender);
    assert_false(quote->voice);
    assert_slice(quote->text, text);
}

static void an_answer_carries_a_quote(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice"), bob = add_user(f, "bob");
    uint64_t pair = cw_conversation_of_pair(alice, bob);
    say_at(f, 1, alice, cw_mailbox_of_user(bob), "helo");
    struct cw_store_result r = answer(f, bob, cw_mailbox_of_user(alice), 1);
    assert_int_equal(r.status, CW_STORE_OK);
    expect_quote(r.quote, "alice", "helo");
    assert_null(answer(f, bob, cw_mailbox_of_user(alice), 0).quote);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_MESSAGE_EDIT, .user_id = alice, .conversation = pair,
           .seq = 1, .body = TEXT("hello"));
    suite_reopen(f);
    expect_quote(read_message(f, alice, pair, 2).quote, "alice", "hello");
    r = read_inbox(f, alice, 0);
    ASSERT_IDS(&r, 2, 3, );
    expect_quote(r.messages[0].quote, "alice", "hello");
    assert_null(r.messages[1].quote);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_MESSAGE_DELETE, .user_id = alice, .conversation = pair,
           .seq = 1);
    assert_null(read_message(f, alice, pair, 2).quote);
    r = read_inbox(f, alice, 0);
    assert_null(r.messages[0].quote);
    assert_null(answer(f, bob, cw_mailbox_of_user(alice), 1).quote);
    assert_null(answer(f, bob, cw_mailbox_of_user(alice), 4).quote); /* an edit */
}

static void a_quote_is_short(void **state)
{
    struct fixture *f = *state;
    char body[CW_QUOTE_BYTES_MAX + 8] = "";
    uint64_t alice = add_user(f, "alice"), a = cw_mailbox_of_user(alice);
    memset(body, 'x', CW_QUOTE_BYTES_MAX - 1);
    memcpy(body + CW_QUOTE_BYTES_MAX - 1, "\xc3\xa4", 3);
    say_at(f, 1, alice, a, body);
    struct cw_store_result r = answer(f, alice, a, 1);
    assert_non_null(r.quote);
    assert_int_equal(r.quote->text.n, CW_QUOTE_BYTES_MAX - 1); /* not half a character */
    RUN(f, .op = CW_STORE_MESSAGE_APPEND, .user_id = alice, .mailbox = a, .body = TEXT("\x91\x01"),
        .voice = true, .channels = 1, .sample_rate = 8000);
    r = answer(f, alice, a, 3);
    assert_non_null(r.quote);
    assert_true(r.quote->voice);
    assert_int_equal(r.quote->text.n, 0);
}

/* --- pins ------------------------------------------------------------------------------- */

static struct cw_store_result pin(struct fixture *f, uint64_t user_id, uint64_t group_id,
                                  uint64_t seq)
{
    return RUN_AT(f, 70 + seq, .op = CW_STORE_PIN, .user_id = user_id, .group_id = group_id,
                  .seq = seq);
}

static struct cw_store_result unpin(struct fixture *f, uint64_t user_id, uint64_t group_id,
                                    uint64_t seq)
{
    return RUN(f, .op = CW_STORE_UNPIN, .user_id = user_id, .group_id = group_id, .seq = seq);
}

static struct cw_store_result list_pins(struct fixture *f, uint64_t user_id, uint64_t group_id,
                                        uint64_t after)
{
    return RUN(f, .op = CW_STORE_PIN_LIST, .user_id = user_id, .group_id = group_id,
               .after = after);
}

static void messages_are_pinned(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice"), bob = add_user(f, "bob"), eve = add_user(f, "eve");
    uint64_t group_id = add_group(f, alice, "cooks"), cooks = cw_mailbox_of_group(group_id);
    join_group(f, bob, "cooks");
    for (int i = 0; i < 3; i++)
        say_at(f, 1, bob, cooks, "soup");
    assert_int_equal(pin(f, bob, group_id, 1).status, CW_STORE_FORBIDDEN);
    assert_int_equal(pin(f, eve, group_id, 1).status, CW_STORE_NOT_MEMBER);
    assert_int_equal(pin(f, alice, group_id, 4).status, CW_STORE_NOT_FOUND);
    expect_done(pin(f, alice, group_id, 3), false);
    expect_done(pin(f, alice, group_id, 1), false);
    expect_done(pin(f, alice, group_id, 1), true);
    suite_reopen(f);
    expect_done(react(f, bob, cooks, 3, THUMB), false);
    struct cw_store_result r = list_pins(f, bob, group_id, 0);
    ASSERT_IDS(&r, 1, 3, );
    assert_false(r.more);
    assert_int_equal(r.messages[0].pinned_ms, 71);
    assert_slice(r.messages[0].sender, "bob");
    assert_int_equal(r.messages[1].reaction_count, 1);
    r = list_pins(f, bob, group_id, 1);
    ASSERT_IDS(&r, 3, );
    assert_int_equal(list_pins(f, eve, group_id, 0).status, CW_STORE_NOT_MEMBER);
    assert_int_equal(read_message(f, bob, cooks, 3).pinned_ms, 73);
    assert_int_equal(read_message(f, bob, cooks, 2).pinned_ms, 0);
    assert_int_equal(unpin(f, bob, group_id, 3).status, CW_STORE_FORBIDDEN);
    expect_done(unpin(f, alice, group_id, 3), false);
    expect_done(unpin(f, alice, group_id, 3), true);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_MESSAGE_DELETE, .user_id = bob, .conversation = cooks,
           .seq = 1);
    assert_int_equal(pin(f, alice, group_id, 1).status, CW_STORE_NOT_FOUND);
    assert_int_equal(list_pins(f, bob, group_id, 0).message_count, 0);
}

static void so_many_are_pinned(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice");
    uint64_t group_id = add_group(f, alice, "cooks"), cooks = cw_mailbox_of_group(group_id);
    for (uint64_t seq = 1; seq <= CW_PINS_MAX + 1; seq++)
        say_at(f, 1, alice, cooks, "soup");
    for (uint64_t seq = 1; seq <= CW_PINS_MAX; seq++)
        expect_done(pin(f, alice, group_id, seq), false);
    assert_int_equal(pin(f, alice, group_id, CW_PINS_MAX + 1).status, CW_STORE_FULL);
    expect_done(pin(f, alice, group_id, 1), true);
    expect_done(unpin(f, alice, group_id, 1), false);
    expect_done(pin(f, alice, group_id, CW_PINS_MAX + 1), false);
    assert_int_equal(list_pins(f, alice, group_id, 0).message_count, CW_PINS_MAX);
}

/* Long texts are more than one page. */
static void pins_have_pages(void **state)
{
    struct fixture *f = *state;
    static char body[CW_CONTENT_BYTES_MAX + 1];
    uint64_t alice = add_user(f, "alice"), seen = 0;
    uint64_t group_id = add_group(f, alice, "cooks"), cooks = cw_mailbox_of_group(group_id);
    memset(body, 'x', CW_CONTENT_BYTES_MAX);
    for (uint64_t seq = 1; seq <= 20; seq++) {
        say_at(f, 1, alice, cooks, body);
        expect_done(pin(f, alice, group_id, seq), false);
    }
    struct cw_store_result r = {.more = true};
    for (int page = 0; r.more; page++) {
        assert_true(page < 3);
        r = list_pins(f, alice, group_id, seen);
        for (size_t i = 0; i < r.message_count; i++)
            assert_int_equal(r.messages[i].seq, ++seen);
    }
    assert_int_equal(seen, 20);
}

/* Retention takes what belongs to a message with it. */
static void what_is_not_kept_has_nothing(void **state)
{
    struct fixture *f = *state;
    f->options.retain.count = 2;
    suite_start_over(f);
    uint64_t alice = add_user(f, "alice");
    uint64_t group_id = add_group(f, alice, "cooks"), cooks = cw_mailbox_of_group(group_id);
    say_at(f, 1, alice, cooks, "soup");
    expect_done(pin(f, alice, group_id, 1), false);
    expect_done(react(f, alice, cooks, 1, THUMB), false);
    assert_int_equal(answer(f, alice, cooks, 1).seq, 2);
    say_at(f, 1, alice, cooks, "salad");
    run_idle(f);
    assert_int_equal(list_pins(f, alice, group_id, 0).message_count, 0);
    assert_null(read_message(f, alice, cooks, 2).quote);
    assert_int_equal(react(f, alice, cooks, 1, THUMB).status, CW_STORE_NOT_FOUND);
}

/* --- settings --------------------------------------------------------------------------- */

static struct cw_store_result set_discreet(struct fixture *f, uint64_t user_id, bool discreet)
{
    return RUN(f, .op = CW_STORE_SETTINGS_SET, .user_id = user_id, .discreet = discreet);
}

/* What a sees of b: how far b has read. */
static void expect_peer_read(struct fixture *f, uint64_t a, uint64_t b, uint64_t expected)
{
    struct cw_store_result r =
        RUN(f, .op = CW_STORE_HISTORY_READ, .user_id = a, .limit = 1,
            .conversation = cw_conversation_of_pair(a, b), .anchor = CW_ANCHOR_LATEST);
    assert_int_equal(r.peer_read_seq, expected);
    assert_int_equal(r.peer_cursor != 0, expected != 0);
    r = RUN(f, .op = CW_STORE_CONVERSATIONS, .user_id = a, .limit = 1);
    assert_int_equal(r.conversations[0].peer_read_seq, expected);
    assert_int_equal(r.conversations[0].peer_cursor != 0, expected != 0);
    assert_true(r.conversations[0].peer_seen_ms != 0);
}

/* Others do not see what the user has read, received or played; the user does. */
static void receipts_can_be_left_off(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice"), bob = add_user(f, "bob");
    uint64_t pair = cw_conversation_of_pair(alice, bob);
    uint64_t session = add_session(f, bob, "1", 5);
    assert_false(RUN(f, .op = CW_STORE_SETTINGS_READ, .user_id = bob).discreet);
    RUN(f, .op = CW_STORE_MESSAGE_APPEND, .user_id = alice, .mailbox = cw_mailbox_of_user(bob),
        .body = TEXT("\x91\x01"), .voice = true, .channels = 1, .sample_rate = 8000);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_READ_MARK, .user_id = bob, .conversation = pair,
           .seq = 1);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_PLAY_MARK, .user_id = bob, .conversation = pair,
           .seq = 1);
    EXPECT_AT(f, CW_STORE_OK, 5, .op = CW_STORE_SESSION_SAVE, .session_id = session, .cursor = 1);
    expect_peer_read(f, alice, bob, 1);
    assert_true(read_message(f, alice, pair, 1).played_ms != 0);
    expect_done(set_discreet(f, bob, true), false);
    expect_done(set_discreet(f, bob, true), true);
    suite_reopen(f);
    assert_true(RUN(f, .op = CW_STORE_SETTINGS_READ, .user_id = bob).discreet);
    expect_peer_read(f, alice, bob, 0);
    assert_int_equal(read_message(f, alice, pair, 1).played_ms, 0);
    assert_true(read_message(f, bob, pair, 1).played_ms != 0);
    assert_int_equal(RUN(f, .op = CW_STORE_HISTORY_READ, .user_id = bob, .limit = 1,
                         .conversation = pair, .anchor = CW_ANCHOR_LATEST)
                         .read_seq,
                     1);
    struct cw_store_result r =
        RUN(f, .op = CW_STORE_SESSION_FIND, .key = TEXT("bob"), .secret = TEXT("1"));
    assert_int_equal(r.status, CW_STORE_OK);
    assert_true(r.discreet);
    expect_done(set_discreet(f, bob, false), false);
    expect_peer_read(f, alice, bob, 1);
    assert_true(read_message(f, alice, pair, 1).played_ms != 0);
}

int suite_share(const char *back_end_name)
{
    const struct CMUnitTest tests[] = {
        T(reactions_are_counted),
        T(a_message_has_so_many_kinds),
        T(who_may_react),
        T(what_may_be_reacted_to),
        T(reactions_of_the_blocked_do_not_count),
        T(many_are_blocked),
        T(reactions_on_a_full_disk),
        T(an_answer_carries_a_quote),
        T(a_quote_is_short),
        T(messages_are_pinned),
        T(so_many_are_pinned),
        T(pins_have_pages),
        T(what_is_not_kept_has_nothing),
        T(receipts_can_be_left_off),
    };
    return cmocka_run_group_tests_name(back_end_name, tests, NULL, NULL);
}
