/* test_store_lists.c - the rules of store.h about the list of conversations, over every back end.
 */
#include "suite.h"

static struct cw_store_result list(struct fixture *f, uint64_t user_id, uint64_t before,
                                   uint32_t limit)
{
    struct cw_store_result r =
        RUN(f, .op = CW_STORE_CONVERSATIONS, .user_id = user_id, .before = before, .limit = limit);
    assert_int_equal(r.status, CW_STORE_OK);
    return r;
}

static void mark(struct fixture *f, uint64_t user_id, uint64_t conversation, uint64_t seq)
{
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_READ_MARK, .user_id = user_id,
           .conversation = conversation, .seq = seq);
}

static void conversations_are_listed_newest_first(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "Alice"), bob = add_user(f, "Bob"), eve = add_user(f, "Eve");
    uint64_t cooks = add_group(f, bob, "Cooks"), bakers = add_group(f, bob, "Bakers");
    join_group(f, alice, "Cooks");
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_GROUP_TOPIC, .user_id = bob, .group_id = cooks,
           .body = TEXT("soup"));
    say_at(f, 1, bob, cw_mailbox_of_group(bakers), "not hers");  /* 1 */
    say_at(f, 2, bob, cw_mailbox_of_user(alice), "old");         /* 2 */
    say_at(f, 3, bob, cw_mailbox_of_group(cooks), "to all");     /* 3 */
    say_at(f, 4, alice, cw_mailbox_of_user(alice), "to myself"); /* 4 */
    say_at(f, 5, bob, cw_mailbox_of_user(eve), "not hers");      /* 5 */
    say_at(f, 6, alice, cw_mailbox_of_user(bob), "newest");      /* 6 */
    uint64_t session = add_session(f, bob, "b", 1);
    RUN_AT(f, 66, .op = CW_STORE_SESSION_SAVE, .session_id = session, .cursor = 6);
    uint64_t pair = cw_conversation_of_pair(alice, bob);
    mark(f, bob, pair, 1);
    mark(f, alice, pair, 2);
    suite_reopen(f);

    struct cw_store_result r = list(f, alice, 0, 9);
    assert_int_equal(r.conversation_count, 3);
    assert_false(r.more);
    const struct cw_store_conversation *c = r.conversations;
    assert_true(c[0].conversation == pair);
    assert_int_equal(c[0].peer_id, bob);
    assert_slice(c[0].peer, "Bob");
    assert_int_equal(c[0].peer_seen_ms, 66);
    assert_int_equal(c[0].peer_read_seq, 1);
    assert_int_equal(c[0].peer_cursor, 6);
    assert_int_equal(c[0].read_seq, 2);
    assert_int_equal(c[0].unread, 0);
    assert_false(c[0].empty);
    assert_int_equal(c[0].last.message_id, 6);
    assert_int_equal(c[0].last.seq, 2);
    assert_int_equal(c[0].last.time_ms, 6);
    assert_slice(c[0].last.sender, "Alice");
    assert_slice(c[0].last.body, "newest");
    assert_true(c[1].conversation == cw_conversation_of_pair(alice, alice));
    assert_int_equal(c[1].peer_id, alice);
    assert_slice(c[1].peer, "Alice");
    assert_int_equal(c[1].unread, 0); /* her own */
    assert_true(c[2].conversation == cw_mailbox_of_group(cooks));
    assert_int_equal(c[2].peer_id, 0);
    assert_int_equal(c[2].group.group_id, cooks);
    assert_slice(c[2].group.name, "Cooks");
    assert_slice(c[2].group.topic, "soup");
    assert_int_equal(c[2].group.role, CW_ROLE_MEMBER);
    assert_int_equal(c[2].group.member_count, 2);
    assert_int_equal(c[2].unread, 1);
    assert_int_equal(c[2].last.message_id, 3);
    assert_int_equal(list(f, 99, 0, 9).conversation_count, 0);
}

static void unread_are_messages_of_others(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice"), bob = add_user(f, "bob");
    uint64_t pair = cw_conversation_of_pair(alice, bob), to_alice = cw_mailbox_of_user(alice);
    say_at(f, 1, bob, to_alice, "one");
    say_at(f, 1, alice, cw_mailbox_of_user(bob), "two");
    say_at(f, 1, bob, to_alice, "three");
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_MESSAGE_APPEND, .user_id = bob, .mailbox = to_alice,
           .voice = true, .body = TEXT("four"));
    assert_int_equal(list(f, alice, 0, 9).conversations[0].unread, 3);
    assert_int_equal(list(f, bob, 0, 9).conversations[0].unread, 1);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_MESSAGE_EDIT, .user_id = bob, .conversation = pair,
           .seq = 3, .body = TEXT("edited"));
    assert_int_equal(list(f, alice, 0, 9).conversations[0].unread, 3);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_MESSAGE_DELETE, .user_id = bob, .conversation = pair,
           .seq = 4);
    assert_int_equal(list(f, alice, 0, 9).conversations[0].unread, 2);
    mark(f, alice, pair, 1);
    assert_int_equal(list(f, alice, 0, 9).conversations[0].unread, 1);
    mark(f, alice, pair, 6);
    assert_int_equal(list(f, alice, 0, 9).conversations[0].unread, 0);
}

static void very_many_unread_are_not_counted_one_by_one(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice"), bob = add_user(f, "bob");
    uint64_t pair = cw_conversation_of_pair(alice, bob);
    enum { N = CW_UNREAD_COUNTED_MAX + 10 };
    say_at(f, 1, alice, cw_mailbox_of_user(bob), "her own");
    for (int i = 1; i < N; i++)
        say_at(f, 1, bob, cw_mailbox_of_user(alice), "x");
    struct cw_store_result r = list(f, alice, 0, 9);
    assert_int_equal(r.conversations[0].unread, N);
    mark(f, alice, pair, 10);
    assert_int_equal(list(f, alice, 0, 9).conversations[0].unread, N - 10);
}

static void a_preview_says_what_is_there_now(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice"), bob = add_user(f, "bob"), eve = add_user(f, "eve");
    say_at(f, 1, alice, cw_mailbox_of_user(bob), "one"); /* 1 */
    say_at(f, 1, alice, cw_mailbox_of_user(eve), "two"); /* 2 */
    uint64_t pair = cw_conversation_of_pair(alice, bob);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_MESSAGE_EDIT, .user_id = alice, .conversation = pair,
           .seq = 1, .body = TEXT("won"));
    struct cw_store_result r = list(f, alice, 0, 9);
    assert_true(r.conversations[0].conversation == pair);
    assert_int_equal(r.conversations[0].last.kind, CW_KIND_TEXT);
    assert_int_equal(r.conversations[0].last.seq, 1);
    assert_int_equal(r.conversations[0].last_id, 3); /* where it stands: by the edit */
    assert_slice(r.conversations[0].last.body, "won");
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_MESSAGE_DELETE, .user_id = alice, .conversation = pair,
           .seq = 1);
    r = list(f, alice, 0, 9);
    assert_int_equal(r.conversations[0].last.kind, CW_KIND_DELETE); /* nothing else is there */
    assert_int_equal(r.conversations[0].last.body.n, 0);
    assert_int_equal(r.conversations[0].last_id, 4);
    say_at(f, 1, bob, cw_mailbox_of_user(alice), "again"); /* 5, the fourth of the pair */
    say_at(f, 1, bob, cw_mailbox_of_user(alice), "oops");
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_MESSAGE_DELETE, .user_id = bob, .conversation = pair,
           .seq = 5);
    r = list(f, alice, 0, 9);
    assert_slice(r.conversations[0].last.body, "again");
    assert_int_equal(r.conversations[0].last_id, 7);
    assert_int_equal(list(f, alice, 7, 9).conversation_count, 1); /* pages go by last_id */
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_MESSAGE_APPEND, .user_id = alice,
           .mailbox = cw_mailbox_of_user(eve), .voice = true, .body = TEXT("voice"));
    r = list(f, alice, 0, 9);
    assert_int_equal(r.conversations[0].peer_id, eve);
    assert_int_equal(r.conversations[0].last.body.n, 0);
    assert_int_equal(r.conversations[0].last.size, 5);
}

static void a_preview_ends_with_a_whole_character(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice"), to = cw_mailbox_of_user(alice);
    static const char *const characters[] = {"x", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80"};
    for (size_t lead = 0; lead < 4; lead++)
        for (int c = 0; c < 4; c++) {
            char body[400] = "";
            size_t n = strlen(characters[c]), expected = lead;
            memset(body, 'a', lead);
            while (strlen(body) < 300)
                strcat(body, characters[c]);
            while (expected + n <= CW_PREVIEW_BYTES_MAX)
                expected += n;
            say_at(f, 1, alice, to, body);
            struct cw_store_result r = list(f, alice, 0, 1);
            assert_int_equal(r.conversations[0].last.body.n, expected);
            assert_memory_equal(r.conversations[0].last.body.p, body, expected);
        }
    char body[CW_PREVIEW_BYTES_MAX + 1] = "";
    memset(body, 'a', CW_PREVIEW_BYTES_MAX);
    say_at(f, 1, alice, to, body);
    assert_slice(list(f, alice, 0, 1).conversations[0].last.body, body);
}

static void a_list_goes_on_below(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice");
    static const char *const keys[] = {"a", "b", "c", "d", "e"};
    uint64_t groups[5];
    for (int i = 0; i < 5; i++)
        groups[i] = cw_mailbox_of_group(add_group(f, alice, keys[i]));
    say_at(f, 1, alice, groups[1], "x"); /* 1 */
    say_at(f, 1, alice, groups[3], "x"); /* 2 */
    say_at(f, 1, alice, groups[2], "x"); /* 3 */
    struct cw_store_result r = list(f, alice, 0, 2);
    assert_int_equal(r.conversation_count, 2);
    assert_true(r.more);
    assert_int_equal(r.conversations[0].conversation, groups[2]);
    assert_int_equal(r.conversations[1].conversation, groups[3]);
    assert_int_equal(r.conversations[1].last.message_id, 2);

    /* In groups 0 and 4 nothing was said: they stand at the end, over the limit. */
    r = list(f, alice, 2, 1);
    assert_false(r.more);
    assert_int_equal(r.conversation_count, 3);
    assert_int_equal(r.conversations[0].conversation, groups[1]);
    assert_false(r.conversations[0].empty);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(r.conversations[1 + i].conversation, groups[4 * i]);
        assert_true(r.conversations[1 + i].empty);
        assert_int_equal(r.conversations[1 + i].last.message_id, 0);
        assert_slice(r.conversations[1 + i].group.name, keys[4 * i]);
    }
    r = list(f, alice, 1, 1);
    assert_int_equal(r.conversation_count, 2);
    assert_true(r.conversations[0].empty);
}

static void what_is_not_kept_is_not_listed(void **state)
{
    static const uint64_t day = 24 * 3600 * 1000;
    struct fixture *f = *state;
    f->options.retain.days = 10;
    suite_start_over(f);
    uint64_t alice = add_user(f, "alice"), bob = add_user(f, "bob");
    uint64_t cooks = cw_mailbox_of_group(add_group(f, alice, "cooks"));
    say_at(f, day, bob, cw_mailbox_of_user(alice), "one");
    say_at(f, day, alice, cooks, "two");
    assert_int_equal(list(f, alice, 0, 9).conversation_count, 2);
    RUN_AT(f, 20 * day, .op = CW_STORE_USER_CREATE, .name = TEXT("e"), .key = TEXT("e"),
           .secret = TEXT("$"));
    run_idle(f);
    struct cw_store_result r = list(f, alice, 0, 9);
    assert_int_equal(r.conversation_count, 1);
    assert_int_equal(r.conversations[0].conversation, cooks);
    assert_true(r.conversations[0].empty);
}

int suite_lists(const char *back_end_name)
{
    const struct CMUnitTest tests[] = {
        T(conversations_are_listed_newest_first),
        T(unread_are_messages_of_others),
        T(very_many_unread_are_not_counted_one_by_one),
        T(a_preview_says_what_is_there_now),
        T(a_preview_ends_with_a_whole_character),
        T(a_list_goes_on_below),
        T(what_is_not_kept_is_not_listed),
    };
    return cmocka_run_group_tests_name(back_end_name, tests, NULL, NULL);
}
