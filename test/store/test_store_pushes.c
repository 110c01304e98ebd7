/* test_store_pushes.c - the rules of ops.def about subscriptions to push messages, over every back
 * end. */
#include "suite.h"

#include <stdio.h>

#define KEYS                                                                                       \
    "ppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppppp"                            \
    "aaaaaaaaaaaaaaaa"

static enum cw_store_status subscribe(struct fixture *f, uint64_t user_id, uint64_t session_id,
                                      const char *endpoint, bool with_text)
{
    return RUN(f, .op = CW_STORE_PUSH_SET, .user_id = user_id, .session_id = session_id,
               .address = TEXT(endpoint), .secret = TEXT(KEYS), .with_text = with_text)
        .status;
}

static struct cw_store_result list_from(struct fixture *f, uint64_t conversation, uint64_t seq,
                                        uint64_t after, uint32_t limit)
{
    struct cw_store_result r = RUN(f, .op = CW_STORE_PUSH_LIST, .conversation = conversation,
                                   .seq = seq, .after = after, .limit = limit);
    assert_int_equal(r.status, CW_STORE_OK);
    return r;
}

/* "ENDPOINT[+][@][level][muted][hours]" of each, in their order; "+": with the text, "@":
 * mentioned. */
static void expect_pushes(struct fixture *f, uint64_t conversation, uint64_t seq,
                          const char *expected)
{
    char text[2000] = "";
    size_t n = 0;
    struct cw_store_result r = list_from(f, conversation, seq, 0, 100);
    for (size_t i = 0; i < r.push_count; i++) {
        const struct cw_store_push *push = &r.pushes[i];
        assert_slice(push->keys, KEYS);
        assert_int_equal(push->rule.conversation, conversation);
        n += (size_t)snprintf(text + n, sizeof text - n, "%s%.*s%s%s", i == 0 ? "" : " ",
                              (int)push->endpoint.n, (const char *)push->endpoint.p,
                              push->with_text ? "+" : "", push->mentioned ? "@" : "");
        if (push->rule.level != CW_NOTIFY_DEFAULT || push->rule.until_ms != 0)
            n += (size_t)snprintf(text + n, sizeof text - n, "[%d %d]", (int)push->rule.level,
                                  (int)push->rule.until_ms);
        n += (size_t)snprintf(text + n, sizeof text - n, "%.*s", (int)push->quiet_hours.n,
                              push->quiet_hours.n == 0 ? "" : (const char *)push->quiet_hours.p);
    }
    assert_string_equal(text, expected);
    assert_false(r.more);
}

static void one_of_a_session(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice"), bob = add_user(f, "bob");
    uint64_t phone = add_session(f, bob, "phone", 1), desk = add_session(f, bob, "desk", 1);
    uint64_t hers = add_session(f, alice, "hers", 1), pair = cw_conversation_of_pair(alice, bob);
    say_at(f, 1, alice, cw_mailbox_of_user(bob), "one");
    say_at(f, 1, bob, cw_mailbox_of_user(alice), "two");
    expect_pushes(f, pair, 1, "");
    assert_int_equal(subscribe(f, bob, phone, "p", false), CW_STORE_OK);
    assert_int_equal(subscribe(f, bob, desk, "d", true), CW_STORE_OK);
    assert_int_equal(subscribe(f, alice, hers, "h", true), CW_STORE_OK);
    expect_pushes(f, pair, 1, "p d+");
    expect_pushes(f, pair, 2, "h+");
    struct cw_store_result r = list_from(f, pair, 1, 0, 100);
    assert_int_equal(r.message_count, 1);
    assert_slice(r.messages[0].sender, "alice");
    assert_slice(r.messages[0].mailbox_name, "bob");
    assert_slice(r.messages[0].body, "one");
    assert_int_equal(r.pushes[0].user_id, bob);
    assert_int_equal(r.pushes[0].session_id, phone);
    suite_reopen(f);
    assert_int_equal(subscribe(f, bob, phone, "p2", true), CW_STORE_OK);
    expect_pushes(f, pair, 1, "p2+ d+");
    /* A session of another user's, or of nobody's. */
    assert_int_equal(subscribe(f, alice, phone, "x", true), CW_STORE_NOT_FOUND);
    assert_int_equal(subscribe(f, bob, 99, "x", true), CW_STORE_NOT_FOUND);
    expect_pushes(f, pair, 1, "p2+ d+");
    /* Another login of the same browser. */
    assert_int_equal(subscribe(f, alice, hers, "d", false), CW_STORE_OK);
    expect_pushes(f, pair, 1, "p2+");
    expect_pushes(f, pair, 2, "d");
}

static void it_ends(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice"), bob = add_user(f, "bob");
    uint64_t a = add_session(f, bob, "a", 1), b = add_session(f, bob, "b", 1);
    uint64_t c = add_session(f, bob, "c", 1), pair = cw_conversation_of_pair(alice, bob);
    say_at(f, 1, alice, cw_mailbox_of_user(bob), "one");
    subscribe(f, bob, a, "a", false);
    subscribe(f, bob, b, "b", false);
    subscribe(f, bob, c, "c", false);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_PUSH_END, .session_id = a, .address = TEXT("older"));
    expect_pushes(f, pair, 1, "a b c");
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_PUSH_END, .session_id = a, .address = TEXT("a"));
    expect_pushes(f, pair, 1, "b c");
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_PUSH_END, .session_id = a);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_PUSH_END, .session_id = b);
    expect_pushes(f, pair, 1, "c");
    subscribe(f, bob, a, "a", false);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_SESSION_DROP, .session_id = a);
    expect_pushes(f, pair, 1, "c");
    subscribe(f, bob, b, "b", false);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_SESSION_REVOKE, .user_id = bob, .session_id = c);
    expect_pushes(f, pair, 1, "b");
    suite_reopen(f);
    expect_pushes(f, pair, 1, "b");
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_PASSWORD_SET, .user_id = bob, .secret = TEXT("new"),
           .session_id = add_session(f, bob, "d", 1));
    expect_pushes(f, pair, 1, "");
}

static void who_is_told(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice"), bob = add_user(f, "bob"), carol = add_user(f, "carol");
    uint64_t dave = add_user(f, "dave");
    uint64_t cooks = cw_mailbox_of_group(add_group(f, alice, "cooks"));
    join_group(f, bob, "cooks");
    join_group(f, carol, "cooks");
    subscribe(f, alice, add_session(f, alice, "a", 1), "a", false);
    subscribe(f, bob, add_session(f, bob, "b", 1), "b", false);
    subscribe(f, carol, add_session(f, carol, "c", 1), "c", false);
    subscribe(f, dave, add_session(f, dave, "d", 1), "d", false);
    say_at(f, 1, alice, cooks, "one");
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_MESSAGE_APPEND, .user_id = alice, .mailbox = cooks,
           .body = TEXT("@carol"), .mentions = cw_slice_of("carol\0", 7));
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_MESSAGE_APPEND, .user_id = alice, .mailbox = cooks,
           .body = TEXT("@here"), .calls_all = true);
    expect_pushes(f, cooks, 1, "b c");
    expect_pushes(f, cooks, 2, "b c@");
    expect_pushes(f, cooks, 3, "b@ c@");
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_NOTIFY_SET, .user_id = bob, .conversation = cooks,
           .sets_level = true, .level = CW_NOTIFY_ALL, .sets_until = true, .until_ms = 77);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_QUIET_SET, .user_id = carol, .body = TEXT("22:00"));
    expect_pushes(f, cooks, 1, "b[1 77] c22:00");
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_BLOCK, .user_id = bob, .other_id = alice);
    expect_pushes(f, cooks, 3, "c@22:00");
    /* What was deleted is not told, and neither is what there never was. */
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_MESSAGE_DELETE, .user_id = alice, .conversation = cooks,
           .seq = 1);
    assert_int_equal(list_from(f, cooks, 1, 0, 10).message_count, 0);
    expect_pushes(f, cooks, 1, "");
    expect_pushes(f, cooks, 99, "");
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_GROUP_LEAVE, .user_id = carol, .group_id = cooks >> 1);
    expect_pushes(f, cooks, 3, "");
}

static void pages(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice"),
             cooks = cw_mailbox_of_group(add_group(f, alice, "cooks"));
    uint64_t users[5];
    char name[8], found[100] = "";
    for (int i = 0; i < 5; i++) {
        snprintf(name, sizeof name, "u%d", i);
        users[i] = add_user(f, name);
        join_group(f, users[i], "cooks");
        for (int k = 0; k < (i == 1 ? 3 : 1); k++) {
            snprintf(name, sizeof name, "%d%c", i, 'a' + k);
            assert_int_equal(subscribe(f, users[i], add_session(f, users[i], name, 1), name, false),
                             CW_STORE_OK);
        }
    }
    say_at(f, 1, alice, cooks, "one");
    uint64_t after = 0;
    bool more = true;
    for (int page = 0; more; page++) {
        struct cw_store_result r = list_from(f, cooks, 1, after, 2);
        for (size_t i = 0; i < r.push_count; i++)
            snprintf(found + strlen(found), sizeof found - strlen(found), "%.*s ",
                     (int)r.pushes[i].endpoint.n, (const char *)r.pushes[i].endpoint.p);
        strcat(found, "| ");
        assert_true(!r.more || r.scanned_to > after);
        after = r.scanned_to;
        more = r.more;
    }
    assert_string_equal(found, "0a 1a 1b 1c | 2a 3a | 4a | ");
}

static void so_many_of_a_user(void **state)
{
    struct fixture *f = *state;
    uint64_t bob = add_user(f, "bob"), sessions[SESSIONS + 1];
    char name[8];
    f->options.sessions_per_user = SESSIONS + 4;
    suite_start_over(f);
    bob = add_user(f, "bob");
    for (unsigned i = 0; i < SESSIONS + 1; i++) {
        snprintf(name, sizeof name, "s%u", i);
        sessions[i] = add_session(f, bob, name, 1);
        assert_int_equal(subscribe(f, bob, sessions[i], name, false),
                         i < CW_PUSHES_OF_USER_MAX ? CW_STORE_OK : CW_STORE_FULL);
    }
    assert_int_equal(subscribe(f, bob, sessions[0], "again", false), CW_STORE_OK);
    assert_int_equal(subscribe(f, bob, sessions[SESSIONS], "s1", false), CW_STORE_OK);
}

int suite_pushes(const char *back_end_name)
{
    const struct CMUnitTest tests[] = {T(one_of_a_session), T(it_ends), T(who_is_told), T(pages),
                                       T(so_many_of_a_user)};
    return cmocka_run_group_tests_name(back_end_name, tests, NULL, NULL);
}
