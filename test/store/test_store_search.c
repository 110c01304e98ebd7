/* test_store_search.c - the search for words, and what is no longer kept. */
#include "suite.h"

#include "talk.h"
#include "text/query.h"

/* --- search ----------------------------------------------------------------------------- */

static struct cw_store_result search(struct fixture *f, uint64_t user_id, const char *words,
                                     uint64_t conversation)
{
    struct cw_store_result r = RUN(f, .op = CW_STORE_SEARCH, .user_id = user_id,
                                   .body = TEXT(words), .conversation = conversation, .limit = 200);
    assert_int_equal(r.status, CW_STORE_OK);
    return r;
}

static void words_are_found(void **state)
{
    struct fixture *f = *state;
    struct pair p = talk(f, 0);
    uint64_t to = cw_mailbox_of_user(p.bob);
    say_at(f, 1, p.alice, to, "The quick brown Fox");      /* 1 */
    say_at(f, 1, p.alice, to, "foxes, quickly!");          /* 2 */
    say_at(f, 1, p.bob, cw_mailbox_of_user(p.bob), "Fox"); /* 3, to himself */
    say_at(f, 1, p.alice, to, "a red-fox (quick)");        /* 4 */
    suite_reopen(f);
    struct cw_store_result r = search(f, p.alice, "fox", 0);
    ASSERT_IDS(&r, 4, 2, 1, );
    assert_slice(r.messages[0].body, "a red-fox (quick)");
    assert_slice(r.messages[0].sender, "alice");
    assert_slice(r.messages[0].mailbox_name, "bob");
    assert_int_equal(r.messages[0].seq, 3);
    r = search(f, p.bob, "FOX", 0);
    ASSERT_IDS(&r, 4, 3, 2, 1, );
    r = search(f, p.alice, "quick fox", 0);
    ASSERT_IDS(&r, 4, 1, );
    r = search(f, p.alice, "fox quick", 0); /* a whole word, then the beginning of one */
    ASSERT_IDS(&r, 4, 1, );
    r = search(f, p.alice, "  \"Quick\" + Bro*", 0);
    ASSERT_IDS(&r, 1, );
    r = search(f, p.alice, "foxe", 0);
    ASSERT_IDS(&r, 2, );
    r = search(f, p.alice, "ox", 0); /* within a word */
    ASSERT_IDS(&r, );
    r = search(f, p.alice, "fox AND NOT quick", 0); /* words, no language */
    ASSERT_IDS(&r, );
    r = search(f, p.alice, " -- ", 0);
    ASSERT_IDS(&r, );
    r = search(f, p.alice, "", 0);
    ASSERT_IDS(&r, );
}

static void words_of_all_scripts_are_found(void **state)
{
    struct fixture *f = *state;
    struct pair p = talk(f, 0);
    uint64_t to = cw_mailbox_of_user(p.bob);
    static const char *const texts[] = {"Viele Grüße aus der Straße", "私は東京都に住んでいます",
                                        "ฉันกินข้าว", "나는 한국어를 배워요",
                                        "great\U0001f44d\U0001f3fd \u2764\ufe0f"};
    static const struct {
        const char *query;
        uint64_t found;
    } cases[] = {{"GRÜSSE", 1},     {"grusse", 1}, {"strasse", 1},   {"STRA", 1},
                 {"東京", 2},       {"住", 2},     {"東京 住", 2},   {"東都", 0},
                 {"กิน", 3},         {"ข้าว", 3},    {"한국", 4},      {"국어", 4},
                 {"\U0001f44d", 5}, {"\u2764", 5}, {"\U0001f44e", 0}};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        say_at(f, 1, p.alice, to, texts[i]);
    suite_reopen(f);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct cw_store_result r = search(f, p.bob, cases[i].query, 0);
        if (r.message_count != (cases[i].found != 0) ||
            (r.message_count != 0 && r.messages[0].message_id != cases[i].found))
            fail_msg("%s", cases[i].query);
    }
    /* With a message go all its words. */
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_MESSAGE_DELETE, .user_id = p.alice,
           .conversation = p.conversation, .seq = 2);
    struct cw_store_result r = search(f, p.bob, "東", 0);
    ASSERT_IDS(&r, );
}

static void only_what_one_may_read_is_found(void **state)
{
    struct fixture *f = *state;
    struct pair p = talk(f, 0);
    uint64_t eve = add_user(f, "eve"), group_id = add_group(f, p.alice, "cooks");
    uint64_t cooks = cw_mailbox_of_group(group_id);
    say_at(f, 1, p.alice, cw_mailbox_of_user(p.bob), "needle"); /* 1 */
    say_at(f, 1, p.alice, cooks, "needle");                     /* 2 */
    say_at(f, 1, eve, cw_mailbox_of_user(p.alice), "needle");   /* 3 */
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_MESSAGE_APPEND, .user_id = p.alice, .mailbox = cooks,
           .voice = true, .body = TEXT("needle")); /* 4 */
    struct cw_store_result r = search(f, p.alice, "needle", 0);
    ASSERT_IDS(&r, 3, 2, 1, );
    r = search(f, p.bob, "needle", 0);
    ASSERT_IDS(&r, 1, );
    r = search(f, eve, "needle", 0);
    ASSERT_IDS(&r, 3, );
    r = search(f, p.alice, "needle", p.conversation);
    ASSERT_IDS(&r, 1, );
    r = search(f, p.alice, "needle", cooks);
    ASSERT_IDS(&r, 2, );
    r = search(f, 99, "needle", 0);
    ASSERT_IDS(&r, );
    join_group(f, p.bob, "cooks");
    r = search(f, p.bob, "needle", 0);
    ASSERT_IDS(&r, 2, 1, );
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_GROUP_LEAVE, .user_id = p.bob, .group_id = group_id);
    r = search(f, p.bob, "needle", 0);
    ASSERT_IDS(&r, 1, );
}

static void what_was_changed_is_found_as_it_is_now(void **state)
{
    struct fixture *f = *state;
    struct pair p = talk(f, 3);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_MESSAGE_EDIT, .user_id = p.alice,
           .conversation = p.conversation, .seq = 1, .body = TEXT("better"));
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_MESSAGE_DELETE, .user_id = p.alice,
           .conversation = p.conversation, .seq = 3);
    struct cw_store_result r = search(f, p.bob, "text", 0);
    ASSERT_IDS(&r, 2, );
    r = search(f, p.bob, "better", 0);
    ASSERT_IDS(&r, 1, ); /* the message, not the edit */
    assert_int_equal(r.messages[0].edited_ms, 1);
    run_idle(f);
    r = search(f, p.bob, "text", 0);
    ASSERT_IDS(&r, 2, );
}

static void a_search_goes_on_below(void **state)
{
    struct pair p = talk(*state, 10);
    struct cw_store_request request = {
        .op = CW_STORE_SEARCH, .user_id = p.alice, .body = TEXT("text"), .limit = 4};
    struct cw_store_result r = run_one(p.f, &request);
    ASSERT_IDS(&r, 10, 9, 8, 7, );
    assert_true(r.more);
    request.before = 7;
    r = run_one(p.f, &request);
    ASSERT_IDS(&r, 6, 5, 4, 3, );
    assert_true(r.more);
    request.before = 5;
    r = run_one(p.f, &request);
    ASSERT_IDS(&r, 4, 3, 2, 1, );
    assert_false(r.more);
    request.before = 1;
    r = run_one(p.f, &request);
    ASSERT_IDS(&r, );
    assert_false(r.more);
    request.before = 10;
    r = run_one(p.f, &request);
    ASSERT_IDS(&r, 9, 8, 7, 6, );
    request.before = 99;
    r = run_one(p.f, &request);
    ASSERT_IDS(&r, 10, 9, 8, 7, );
}

static void a_page_of_a_search_has_so_many_bytes(void **state)
{
    static char body[CW_CONTENT_BYTES_MAX + 1];
    struct pair p = talk(*state, 0);
    enum { FIT = CW_PAGE_BYTES_MAX / CW_CONTENT_BYTES_MAX };
    memset(body, '-', sizeof body - 1);
    body[0] = 'x';
    for (int i = 0; i < FIT + 1; i++)
        say_at(p.f, 1, p.alice, cw_mailbox_of_user(p.bob), body);
    struct cw_store_result r = search(p.f, p.alice, "x", 0);
    assert_int_equal(r.message_count, FIT);
    assert_int_equal(r.messages[FIT - 1].message_id, 2);
    assert_true(r.more);
}

/* --- filters ------------------------------------------------------------------------------ */

/* A file of this name, sent with a caption. */
static uint64_t send_file(struct fixture *f, uint64_t user_id, uint64_t mailbox, const char *name,
                          const char *caption)
{
    struct cw_store_result r =
        RUN(f, .op = CW_STORE_FILE_BEGIN, .user_id = user_id, .size = 1, .name = TEXT(name));
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_FILE_DONE, .user_id = user_id, .file_id = r.file.id,
           .generation = r.file.generation, .secret = TEXT("0123456789abcdef0123456789abcdef"),
           .type = TEXT("application/octet-stream"));
    return RUN(f, .op = CW_STORE_MESSAGE_APPEND, .user_id = user_id, .mailbox = mailbox,
               .file_id = r.file.id, .body = TEXT(caption))
        .message_id;
}

static void say_voice(struct fixture *f, uint64_t user_id, uint64_t mailbox)
{
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_MESSAGE_APPEND, .user_id = user_id, .mailbox = mailbox,
           .voice = true, .channels = 1, .sample_rate = 8000, .body = TEXT("needle"));
}

#define FIND(f, who, words, ...)                                                                   \
    RUN(f, .op = CW_STORE_SEARCH, .user_id = (who), .body = TEXT(words), .limit = 200, __VA_ARGS__)

static void messages_are_found_by_what_they_have(void **state)
{
    struct fixture *f = *state;
    struct pair p = talk(f, 0);
    uint64_t to = cw_mailbox_of_user(p.bob), cooks = cw_mailbox_of_group(add_group(f, p.bob, "c"));
    say_at(f, 1, p.alice, to, "budget at https://example.org/x");         /* 1 */
    send_file(f, p.alice, to, "Budget of May.pdf", "as asked");           /* 2 */
    say_voice(f, p.alice, to);                                            /* 3 */
    send_file(f, p.bob, cooks, "soup.png", "http://localhost/ budget");   /* 4 */
    say_at(f, 1, p.bob, cw_mailbox_of_user(p.alice), "budget: https://"); /* 5, no link */
    suite_reopen(f);
    struct cw_store_result r = search(f, p.bob, "budget", 0);
    ASSERT_IDS(&r, 5, 4, 2, 1, );
    assert_slice(r.messages[2].file_name, "Budget of May.pdf");
    r = search(f, p.bob, "may asked", 0); /* in the name, and in the caption */
    ASSERT_IDS(&r, 2, );
    r = FIND(f, p.bob, "budget", .other_id = p.alice);
    ASSERT_IDS(&r, 2, 1, );
    r = FIND(f, p.bob, "", .other_id = p.alice);
    ASSERT_IDS(&r, 3, 2, 1, );
    r = FIND(f, p.bob, "", .has = CW_HAS_FILE);
    ASSERT_IDS(&r, 4, 2, );
    r = FIND(f, p.bob, "", .has = CW_HAS_LINK);
    ASSERT_IDS(&r, 4, 1, );
    r = FIND(f, p.bob, "", .has = CW_HAS_LINK | CW_HAS_FILE);
    ASSERT_IDS(&r, 4, );
    r = FIND(f, p.bob, "", .has = CW_HAS_VOICE);
    ASSERT_IDS(&r, 3, );
    r = FIND(f, p.bob, "needle", .has = CW_HAS_VOICE); /* what is said has no words */
    ASSERT_IDS(&r, );
    r = FIND(f, p.bob, "budget", .has = CW_HAS_FILE, .other_id = p.bob, .conversation = cooks);
    ASSERT_IDS(&r, 4, );
    r = FIND(f, p.alice, "", .has = CW_HAS_FILE); /* she is not in the group */
    ASSERT_IDS(&r, 2, );
}

/* The index forgets exactly what it has: else it would be damaged. */
static void what_a_message_has_goes_with_it(void **state)
{
    struct fixture *f = *state;
    struct pair p = talk(f, 0);
    uint64_t to = cw_mailbox_of_user(p.bob);
    say_at(f, 1, p.alice, to, "see https://example.org/x");
    send_file(f, p.alice, to, "budget.pdf", "as asked");
    say_voice(f, p.alice, to);
    struct cw_store_result r = search(f, p.bob, "budget", 0);
    ASSERT_IDS(&r, 2, );
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_MESSAGE_EDIT, .user_id = p.alice,
           .conversation = p.conversation, .seq = 1, .body = TEXT("see no page"));
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_MESSAGE_EDIT, .user_id = p.alice,
           .conversation = p.conversation, .seq = 2, .body = TEXT("as wanted"));
    r = FIND(f, p.bob, "", .has = CW_HAS_LINK);
    ASSERT_IDS(&r, );
    r = search(f, p.bob, "budget wanted", 0);
    ASSERT_IDS(&r, 2, );
    for (uint64_t seq = 2; seq <= 3; seq++)
        EXPECT(f, CW_STORE_OK, .op = CW_STORE_MESSAGE_DELETE, .user_id = p.alice,
               .conversation = p.conversation, .seq = seq);
    run_idle(f);
    r = search(f, p.bob, "budget", 0);
    ASSERT_IDS(&r, );
    r = FIND(f, p.bob, "", .other_id = p.alice);
    ASSERT_IDS(&r, 1, );
}

static void messages_are_found_by_their_time(void **state)
{
    static const uint64_t day = 24 * 3600 * 1000;
    struct fixture *f = *state;
    struct pair p = talk(f, 0);
    uint64_t to = cw_mailbox_of_user(p.bob);
    static const uint64_t hours[] = {240, 250, 264, 262, 288, 312, 600}; /* 262: set back */
    for (size_t i = 0; i < sizeof hours / sizeof hours[0]; i++)
        say_at(f, hours[i] * 3600 * 1000, p.alice, to, "text");
    suite_reopen(f);
    struct cw_store_result r = FIND(f, p.bob, "text", .from_ms = 11 * day, .until_ms = 12 * day);
    ASSERT_IDS(&r, 3, );
    r = FIND(f, p.bob, "text", .until_ms = 11 * day);
    ASSERT_IDS(&r, 4, 2, 1, );
    r = FIND(f, p.bob, "text", .from_ms = 11 * day);
    ASSERT_IDS(&r, 7, 6, 5, 3, );
    r = FIND(f, p.bob, "", .from_ms = 11 * day, .before = 6);
    ASSERT_IDS(&r, 5, 3, );
    r = FIND(f, p.bob, "text", .from_ms = 26 * day);
    ASSERT_IDS(&r, );
    r = FIND(f, p.bob, "text", .until_ms = day);
    ASSERT_IDS(&r, );
    r = RUN(f, .op = CW_STORE_SEARCH, .user_id = p.bob, .body = TEXT("text"), .limit = 2,
            .until_ms = 12 * day);
    ASSERT_IDS(&r, 4, 3, );
    assert_true(r.more);
    assert_int_equal(r.scanned_to, 3);
}

/* --- what is no longer kept --------------------------------------------------------------- */

static void so_many_of_each_conversation_are_kept(void **state)
{
    struct fixture *f = *state;
    f->options.retain.count = 4;
    suite_start_over(f);
    struct pair p = talk(f, 10);
    uint64_t group_id = add_group(f, p.alice, "cooks"), cooks = cw_mailbox_of_group(group_id);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_GROUP_RETAIN, .user_id = p.alice, .group_id = group_id,
           .retain = {.count = 2});
    for (int i = 0; i < 5; i++)
        say_at(f, 1, p.alice, cooks, "text");
    say_at(f, 1, p.alice, cw_mailbox_of_user(p.alice), "text"); /* 16 */
    run_idle(f);
    suite_reopen(f);
    struct cw_store_result r = read_history(&p, CW_ANCHOR_LATEST, 0, 200);
    assert_page(r, 7, 10, false);
    assert_int_equal(r.last_seq, 10);
    assert_page(read_history(&p, CW_ANCHOR_AFTER, 0, 2), 7, 8, true);
    assert_page(read_history(&p, CW_ANCHOR_AFTER, 2, 2), 7, 8, true);
    assert_page(read_history(&p, CW_ANCHOR_BEFORE, 9, 9), 7, 8, false);
    assert_page(read_history(&p, CW_ANCHOR_BEFORE, 7, 9), 0, 0, false);
    assert_page(read_history(&p, CW_ANCHOR_AROUND, 3, 4), 7, 10, false);
    r = RUN(f, .op = CW_STORE_HISTORY_READ, .user_id = p.alice, .conversation = cooks, .limit = 9);
    assert_page(r, 4, 5, false);
    r = search(f, p.alice, "text", 0);
    ASSERT_IDS(&r, 16, 15, 14, 10, 9, 8, 7, );
    r = read_inbox(f, p.alice, 0);
    ASSERT_IDS(&r, 8, 10, 16, );
    assert_int_equal(r.scanned_to, 16);
    EXPECT(f, CW_STORE_NOT_FOUND, .op = CW_STORE_MESSAGE_DELETE, .user_id = p.bob, .seq = 6,
           .conversation = p.conversation);
    assert_int_equal(say_at(f, 1, p.alice, cw_mailbox_of_user(p.bob), "x"), 11);

    /* A group cannot keep more than the server. */
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_GROUP_RETAIN, .user_id = p.alice, .group_id = group_id,
           .retain = {.count = 9});
    for (int i = 0; i < 5; i++)
        say_at(f, 1, p.alice, cooks, "text");
    run_idle(f);
    r = RUN(f, .op = CW_STORE_HISTORY_READ, .user_id = p.alice, .conversation = cooks, .limit = 9);
    assert_page(r, 7, 10, false);

    /* One that says nothing of how many keeps as many as the server. */
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_GROUP_RETAIN, .user_id = p.alice, .group_id = group_id,
           .retain = {.days = 9});
    say_at(f, 1, p.alice, cooks, "text");
    run_idle(f);
    r = RUN(f, .op = CW_STORE_HISTORY_READ, .user_id = p.alice, .conversation = cooks, .limit = 9);
    assert_page(r, 8, 11, false);
}

static void messages_grow_old(void **state)
{
    static const uint64_t day = 24 * 3600 * 1000;
    struct fixture *f = *state;
    f->options.retain.days = 10;
    suite_start_over(f);
    struct pair p = talk(f, 0);
    uint64_t to_bob = cw_mailbox_of_user(p.bob);
    uint64_t group_id = add_group(f, p.alice, "cooks"), cooks = cw_mailbox_of_group(group_id);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_GROUP_RETAIN, .user_id = p.alice, .group_id = group_id,
           .retain = {.days = 5});
    say_at(f, 100 * day, p.alice, to_bob, "one");
    say_at(f, 103 * day, p.alice, cooks, "one");
    say_at(f, 107 * day, p.alice, to_bob, "two");
    say_at(f, 107 * day, p.alice, cooks, "two");
    run_idle(f);
    assert_page(read_history(&p, CW_ANCHOR_LATEST, 0, 9), 1, 2, false);
    say_at(f, 111 * day, p.alice, cw_mailbox_of_user(p.alice), "the present");
    run_idle(f);
    assert_page(read_history(&p, CW_ANCHOR_LATEST, 0, 9), 2, 2, false);
    struct cw_store_result r =
        RUN(f, .op = CW_STORE_HISTORY_READ, .user_id = p.alice, .conversation = cooks, .limit = 9);
    assert_page(r, 2, 2, false);

    /* When all has gone the numbers go on all the same. */
    RUN_AT(f, 200 * day, .op = CW_STORE_USER_CREATE, .name = TEXT("e"), .key = TEXT("e"),
           .secret = TEXT("$"));
    run_idle(f);
    suite_reopen(f);
    r = read_history(&p, CW_ANCHOR_LATEST, 0, 9);
    assert_page(r, 0, 0, false);
    assert_int_equal(r.last_seq, 2);
    r = search(f, p.alice, "two", 0);
    ASSERT_IDS(&r, );
    r = RUN_AT(f, 200 * day, .op = CW_STORE_MESSAGE_APPEND, .user_id = p.bob,
               .mailbox = cw_mailbox_of_user(p.alice), .body = TEXT("new"));
    assert_int_equal(r.seq, 3);
    assert_int_equal(r.message_id, 6);
    r = read_inbox(f, p.alice, 0);
    ASSERT_IDS(&r, 6, );
}

int suite_search(const char *back_end_name)
{
    const struct CMUnitTest tests[] = {
        T(words_are_found),
        T(words_of_all_scripts_are_found),
        T(only_what_one_may_read_is_found),
        T(what_was_changed_is_found_as_it_is_now),
        T(a_search_goes_on_below),
        T(a_page_of_a_search_has_so_many_bytes),
        T(messages_are_found_by_what_they_have),
        T(what_a_message_has_goes_with_it),
        T(messages_are_found_by_their_time),
        T(so_many_of_each_conversation_are_kept),
        T(messages_grow_old),
    };
    return cmocka_run_group_tests_name(back_end_name, tests, NULL, NULL);
}
