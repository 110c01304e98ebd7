/* test_store_history.c - pages of history, and read markers. */
#include "suite.h"

#include <stdio.h>

#include "talk.h"

/* --- history --------------------------------------------------------------------------- */

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
    };
    return cmocka_run_group_tests_name(back_end_name, tests, NULL, NULL);
}
