/* test_store_history.c - the rules of store.h about reading again: pages, searches, markers, lists
 * and what is no longer kept, over every back end. */
#include "suite.h"

#include <stdio.h>

/* --- history --------------------------------------------------------------------------- */

struct pair {
    struct fixture *f;
    uint64_t alice, bob, conversation;
};

/* Alice and Bob have said n things in turn, at 1, 2, 3, ... */
static struct pair talk(struct fixture *f, unsigned n)
{
    struct pair p = {f, add_user(f, "alice"), add_user(f, "bob"), 0};
    p.conversation = cw_conversation_of_pair(p.alice, p.bob);
    for (unsigned i = 1; i <= n; i++) {
        char body[16];
        snprintf(body, sizeof body, "text %u", i);
        uint64_t to = cw_mailbox_of_user(i % 2 != 0 ? p.bob : p.alice);
        assert_int_equal(say_at(f, i, i % 2 != 0 ? p.alice : p.bob, to, body), i);
    }
    return p;
}

static struct cw_store_result read_history(const struct pair *p, enum cw_store_anchor anchor,
                                           uint64_t seq, uint32_t limit)
{
    return RUN(p->f, .op = CW_STORE_HISTORY_READ, .user_id = p->alice,
               .conversation = p->conversation, .anchor = anchor, .seq = seq, .limit = limit);
}

/* The page holds the entries `first` to `last`, or nothing when `first` is 0. */
static void assert_page(struct cw_store_result r, uint64_t first, uint64_t last, bool more)
{
    assert_int_equal(r.status, CW_STORE_OK);
    assert_int_equal(r.message_count, first == 0 ? 0 : last - first + 1);
    for (size_t i = 0; i < r.message_count; i++)
        assert_int_equal(r.messages[i].seq, first + i);
    assert_int_equal(r.more, more);
}

static void a_page_of_history_lies_where_it_is_wanted(void **state)
{
    struct pair p = talk(*state, 10);
    static const struct {
        enum cw_store_anchor anchor;
        uint64_t seq;
        uint32_t limit;
        uint64_t first, last;
        bool more;
    } rows[] = {
        {CW_ANCHOR_LATEST, 0, 4, 7, 10, true},
        {CW_ANCHOR_LATEST, 0, 10, 1, 10, false},
        {CW_ANCHOR_LATEST, 0, 9, 2, 10, true},
        {CW_ANCHOR_LATEST, 0, 200, 1, 10, false},
        {CW_ANCHOR_LATEST, 3, 1, 10, 10, true},
        {CW_ANCHOR_BEFORE, 0, 5, 0, 0, false},
        {CW_ANCHOR_BEFORE, 1, 5, 0, 0, false},
        {CW_ANCHOR_BEFORE, 2, 5, 1, 1, false},
        {CW_ANCHOR_BEFORE, 5, 4, 1, 4, false},
        {CW_ANCHOR_BEFORE, 5, 3, 2, 4, true},
        {CW_ANCHOR_BEFORE, 10, 1, 9, 9, true},
        {CW_ANCHOR_BEFORE, 11, 2, 9, 10, true},
        {CW_ANCHOR_BEFORE, 99, 2, 9, 10, true},
        {CW_ANCHOR_BEFORE, UINT64_MAX >> 1, 2, 9, 10, true},
        {CW_ANCHOR_AFTER, 0, 3, 1, 3, true},
        {CW_ANCHOR_AFTER, 0, 10, 1, 10, false},
        {CW_ANCHOR_AFTER, 7, 2, 8, 9, true},
        {CW_ANCHOR_AFTER, 7, 3, 8, 10, false},
        {CW_ANCHOR_AFTER, 9, 200, 10, 10, false},
        {CW_ANCHOR_AFTER, 10, 5, 0, 0, false},
        {CW_ANCHOR_AFTER, 11, 5, 0, 0, false},
        {CW_ANCHOR_AFTER, UINT64_MAX >> 1, 5, 0, 0, false},
        {CW_ANCHOR_AROUND, 5, 1, 5, 5, true},
        {CW_ANCHOR_AROUND, 5, 2, 4, 5, true},
        {CW_ANCHOR_AROUND, 5, 5, 3, 7, true},
        {CW_ANCHOR_AROUND, 0, 3, 1, 3, true},
        {CW_ANCHOR_AROUND, 1, 4, 1, 4, true},
        {CW_ANCHOR_AROUND, 2, 4, 1, 4, true},
        {CW_ANCHOR_AROUND, 9, 4, 7, 10, false},
        {CW_ANCHOR_AROUND, 10, 4, 8, 10, false},
        {CW_ANCHOR_AROUND, 11, 4, 9, 10, false},
        {CW_ANCHOR_AROUND, 99, 4, 9, 10, false},
        {CW_ANCHOR_AROUND, 5, 200, 1, 10, false},
    };
    suite_reopen(*state);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_page(read_history(&p, rows[i].anchor, rows[i].seq, rows[i].limit), rows[i].first,
                    rows[i].last, rows[i].more);
}

/* Another text each time: an equal one is no edit. */
static void edit(const struct pair *p, uint64_t seq, int i)
{
    char body[32];
    snprintf(body, sizeof body, "better %d", i);
    EXPECT(p->f, CW_STORE_OK, .op = CW_STORE_MESSAGE_EDIT, .user_id = p->alice,
           .conversation = p->conversation, .seq = seq, .body = TEXT(body));
}

/* Eight texts; at 4 to 6 and 9 to 11 edits, at 12 a deletion (of 7). */
static void edits_and_deletions_do_not_fill_a_page(void **state)
{
    struct pair p = talk(*state, 3);
    uint64_t to = cw_mailbox_of_user(p.bob);
    static const struct {
        enum cw_store_anchor anchor;
        uint64_t seq;
        uint32_t limit;
        uint64_t first, last;
        bool more;
    } rows[] = {
        {CW_ANCHOR_LATEST, 0, 1, 14, 14, true},  {CW_ANCHOR_LATEST, 0, 2, 13, 14, true},
        {CW_ANCHOR_LATEST, 0, 3, 8, 14, true},   {CW_ANCHOR_LATEST, 0, 4, 7, 14, true},
        {CW_ANCHOR_LATEST, 0, 5, 3, 14, true},   {CW_ANCHOR_LATEST, 0, 7, 1, 14, false},
        {CW_ANCHOR_BEFORE, 13, 1, 8, 12, true},  {CW_ANCHOR_BEFORE, 7, 2, 2, 6, true},
        {CW_ANCHOR_AFTER, 2, 2, 3, 7, true},     {CW_ANCHOR_AFTER, 3, 3, 4, 13, true},
        {CW_ANCHOR_AFTER, 13, 3, 14, 14, false}, {CW_ANCHOR_AROUND, 7, 2, 3, 7, true},
        {CW_ANCHOR_AROUND, 7, 4, 2, 8, true},    {CW_ANCHOR_AROUND, 13, 2, 8, 13, true},
        {CW_ANCHOR_AROUND, 5, 1, 5, 7, true},
    };
    for (int i = 0; i < 3; i++)
        edit(&p, 1, i);
    say_at(p.f, 1, p.alice, to, "seven");
    say_at(p.f, 1, p.alice, to, "eight");
    for (int i = 0; i < 3; i++)
        edit(&p, 8, i);
    EXPECT(p.f, CW_STORE_OK, .op = CW_STORE_MESSAGE_DELETE, .user_id = p.alice,
           .conversation = p.conversation, .seq = 7);
    say_at(p.f, 1, p.alice, to, "thirteen");
    say_at(p.f, 1, p.alice, to, "fourteen");
    suite_reopen(*state);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_page(read_history(&p, rows[i].anchor, rows[i].seq, rows[i].limit), rows[i].first,
                    rows[i].last, rows[i].more);
}

/* Endless edits do not make a page long. */
static void a_page_of_edits_alone_ends(void **state)
{
    struct pair p = talk(*state, 1);
    for (int i = 0; i < CW_HISTORY_SCAN_MAX + 5; i++)
        edit(&p, 1, i);
    const uint64_t last = CW_HISTORY_SCAN_MAX + 6;
    assert_page(read_history(&p, CW_ANCHOR_LATEST, 0, 1), 7, last, true);
    assert_page(read_history(&p, CW_ANCHOR_BEFORE, 7, 1), 1, 6, false);
    assert_page(read_history(&p, CW_ANCHOR_AFTER, 1, 1), 2, last - 5, true);
    assert_page(read_history(&p, CW_ANCHOR_AROUND, last, 9), last - CW_HISTORY_SCAN_MAX / 2, last,
                false);
}

static void a_conversation_without_a_word_is_empty(void **state)
{
    struct pair p = talk(*state, 0);
    for (int anchor = CW_ANCHOR_LATEST; anchor <= CW_ANCHOR_AROUND; anchor++) {
        struct cw_store_result r = read_history(&p, (enum cw_store_anchor)anchor, 1, 9);
        assert_page(r, 0, 0, false);
        assert_int_equal(r.last_seq, 0);
        assert_int_equal(r.read_seq, 0);
    }
}

static void history_has_everything_but_the_sound(void **state)
{
    struct pair p = talk(*state, 1);
    EXPECT_AT(p.f, CW_STORE_OK, 5, .op = CW_STORE_MESSAGE_APPEND, .user_id = p.bob,
              .mailbox = cw_mailbox_of_user(p.alice), .voice = true, .channels = 2,
              .sample_rate = 48000, .reply_to = 1, .body = TEXT("samples"));
    struct cw_store_result r = read_history(&p, CW_ANCHOR_LATEST, 0, 9);
    assert_page(r, 1, 2, false);
    assert_int_equal(r.last_seq, 2);
    const struct cw_store_message *m = r.messages;
    assert_int_equal(m[0].message_id, 1);
    assert_int_equal(m[0].kind, CW_KIND_TEXT);
    assert_slice(m[0].body, "text 1");
    assert_int_equal(m[0].size, 6);
    assert_slice(m[0].sender, "alice");
    assert_slice(m[0].mailbox_name, "bob");
    assert_int_equal(m[0].time_ms, 1);
    assert_int_equal(m[1].kind, CW_KIND_VOICE);
    assert_true(m[1].voice);
    assert_int_equal(m[1].body.n, 0);
    assert_int_equal(m[1].size, 7);
    assert_int_equal(m[1].channels, 2);
    assert_int_equal(m[1].sample_rate, 48000);
    assert_int_equal(m[1].reply_to, 1);
    assert_int_equal(m[1].sender_id, p.bob);
    assert_int_equal(m[1].mailbox, cw_mailbox_of_user(p.alice));
}

static void a_long_page_of_history_is_cut_far_from_its_anchor(void **state)
{
    static char body[CW_CONTENT_BYTES_MAX + 1];
    struct pair p = talk(*state, 0);
    enum { FIT = CW_PAGE_BYTES_MAX / CW_CONTENT_BYTES_MAX };
    memset(body, 'x', sizeof body - 1);
    for (int i = 0; i < FIT + 3; i++)
        say_at(p.f, 1, p.alice, cw_mailbox_of_user(p.bob), body);
    assert_page(read_history(&p, CW_ANCHOR_LATEST, 0, 200), 4, FIT + 3, true);
    assert_page(read_history(&p, CW_ANCHOR_BEFORE, FIT + 2, 200), 2, FIT + 1, true);
    assert_page(read_history(&p, CW_ANCHOR_AFTER, 1, 200), 2, FIT + 1, true);
    assert_page(read_history(&p, CW_ANCHOR_BEFORE, 4, 200), 1, 3, false);
}

static void only_who_is_in_it_reads_a_conversation(void **state)
{
    struct fixture *f = *state;
    struct pair p = talk(f, 2);
    uint64_t eve = add_user(f, "eve"), group_id = add_group(f, p.alice, "cooks");
    uint64_t cooks = cw_mailbox_of_group(group_id);
    say_at(f, 1, p.alice, cooks, "before she came");
    static const enum cw_store_op ops[] = {CW_STORE_HISTORY_READ, CW_STORE_SEARCH,
                                           CW_STORE_READ_MARK};
    for (int i = 0; i < 3; i++) {
        struct cw_store_request request = {
            .op = ops[i], .user_id = eve, .seq = 1, .limit = 9, .body = TEXT("t")};
        request.conversation = p.conversation;
        assert_int_equal(run_one(f, &request).status, CW_STORE_NOT_MEMBER);
        request.conversation = cooks;
        assert_int_equal(run_one(f, &request).status, CW_STORE_NOT_MEMBER);
        request.conversation = cw_mailbox_of_group(9);
        assert_int_equal(run_one(f, &request).status, CW_STORE_NOT_FOUND);
        request.conversation = cw_conversation_of_pair(eve, 99);
        assert_int_equal(run_one(f, &request).status, CW_STORE_NOT_FOUND);
    }
    join_group(f, eve, "cooks");
    struct cw_store_result r =
        RUN(f, .op = CW_STORE_HISTORY_READ, .user_id = eve, .conversation = cooks, .limit = 9);
    assert_page(r, 1, 1, false);
    assert_slice(r.messages[0].mailbox_name, "cooks");
}

static void markers_go_forward_only(void **state)
{
    struct fixture *f = *state;
    struct pair p = talk(f, 5);
    struct cw_store_request mark = {
        .op = CW_STORE_READ_MARK, .user_id = p.alice, .conversation = p.conversation, .seq = 3};
    static const struct {
        uint64_t seq;
        enum cw_store_status status;
        uint64_t stands;
    } rows[] = {{0, CW_STORE_EXISTS, 0}, {3, CW_STORE_OK, 3}, {3, CW_STORE_EXISTS, 3},
                {2, CW_STORE_EXISTS, 3}, {4, CW_STORE_OK, 4}, {6, CW_STORE_MISMATCH, 4},
                {1, CW_STORE_EXISTS, 4}, {5, CW_STORE_OK, 5}, {99, CW_STORE_MISMATCH, 5}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        mark.seq = rows[i].seq;
        struct cw_store_result r = run_one(f, &mark);
        assert_int_equal(r.status, rows[i].status);
        if (r.status != CW_STORE_MISMATCH)
            assert_int_equal(r.seq, rows[i].stands);
        if (i == 4)
            suite_reopen(f);
    }
    mark.user_id = p.bob;
    mark.seq = 2;
    assert_int_equal(run_one(f, &mark).status, CW_STORE_OK);
    uint64_t session = add_session(f, p.bob, "b", 1);
    RUN(f, .op = CW_STORE_SESSION_SAVE, .session_id = session, .cursor = 4);
    struct cw_store_result r = read_history(&p, CW_ANCHOR_LATEST, 0, 1);
    assert_int_equal(r.last_seq, 5);
    assert_int_equal(r.read_seq, 5);
    assert_int_equal(r.peer_read_seq, 2);
    assert_int_equal(r.peer_cursor, 4);
}

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

int suite_history(const char *back_end_name)
{
    const struct CMUnitTest tests[] = {
        T(a_page_of_history_lies_where_it_is_wanted),
        T(edits_and_deletions_do_not_fill_a_page),
        T(a_page_of_edits_alone_ends),
        T(a_conversation_without_a_word_is_empty),
        T(history_has_everything_but_the_sound),
        T(a_long_page_of_history_is_cut_far_from_its_anchor),
        T(only_who_is_in_it_reads_a_conversation),
        T(markers_go_forward_only),
        T(words_are_found),
        T(words_of_all_scripts_are_found),
        T(only_what_one_may_read_is_found),
        T(what_was_changed_is_found_as_it_is_now),
        T(a_search_goes_on_below),
        T(a_page_of_a_search_has_so_many_bytes),
        T(so_many_of_each_conversation_are_kept),
        T(messages_grow_old),
    };
    return cmocka_run_group_tests_name(back_end_name, tests, NULL, NULL);
}
