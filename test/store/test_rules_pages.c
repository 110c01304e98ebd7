/* test_rules_pages.c - which entries are on a page of history, of delivery and of the list of
 * conversations, on facts in variables. */
#include "store/rules.h"

#include "facts_play.h"
#include "support.h"

/* --- pages of history ------------------------------------------------------------------------ */

struct page_case {
    enum cw_store_anchor anchor;
    uint64_t seq, limit, first, last;
    uint64_t low, high; /* the entries of the page; 0: none */
    bool more;
};

/* All that is in the page is in `messages`, in ascending order of their numbers. */
static void assert_page(const struct page_case *c)
{
    const struct cw_store_request request = {
        .anchor = c->anchor, .seq = c->seq, .limit = (uint32_t)c->limit};
    struct cw_store_message messages[ENTRIES];
    struct cw_store_result result = {.messages = messages};
    struct cw_store_history page =
        cw_store_history_begin(&facts_store, &request, c->first, c->last);
    for (uint64_t seq; (seq = cw_store_history_next(&page)) != 0; cw_store_history_step(&page)) {
        const struct cw_store_message message = {.kind = facts.entries[seq].entry.kind, .seq = seq};
        assert_in_range(seq, c->first, c->last);
        assert_true(cw_store_history_takes(&page, &message));
        messages[result.message_count++] = message;
    }
    cw_store_history_end(&page, &result);
    assert_true(c->first != 0 || facts.asked == 0);
    assert_int_equal(result.message_count, c->low == 0 ? 0 : c->high - c->low + 1);
    for (size_t i = 0; i < result.message_count; i++)
        assert_int_equal(messages[i].seq, c->low + i);
    assert_int_equal(result.more, c->more);
    assert_int_equal(result.seq, 0);
}

static void a_page_begins_at_its_anchor(void **state)
{
    static const struct page_case cases[] = {
        /* nothing is kept */
        {CW_ANCHOR_LATEST, 0, 5, 0, 0, 0, 0, false},
        {CW_ANCHOR_AROUND, 7, 5, 0, 20, 0, 0, false},
        /* 10 to 20 are kept */
        {CW_ANCHOR_LATEST, 0, 5, 10, 20, 16, 20, true},
        {CW_ANCHOR_LATEST, 0, 11, 10, 20, 10, 20, false},
        {CW_ANCHOR_BEFORE, 15, 3, 10, 20, 12, 14, true},
        {CW_ANCHOR_BEFORE, 15, 5, 10, 20, 10, 14, false},
        {CW_ANCHOR_BEFORE, 10, 5, 10, 20, 0, 0, false},
        {CW_ANCHOR_BEFORE, 0, 5, 10, 20, 0, 0, false},
        {CW_ANCHOR_BEFORE, UINT64_MAX, 2, 10, 20, 19, 20, true},
        {CW_ANCHOR_AFTER, 15, 3, 10, 20, 16, 18, true},
        {CW_ANCHOR_AFTER, 15, 5, 10, 20, 16, 20, false},
        {CW_ANCHOR_AFTER, 0, 2, 10, 20, 10, 11, true},
        {CW_ANCHOR_AFTER, 20, 2, 10, 20, 0, 0, false},
        {CW_ANCHOR_AFTER, UINT64_MAX, 2, 10, 20, 0, 0, false},
        {CW_ANCHOR_AROUND, 15, 5, 10, 20, 13, 17, true},
        {CW_ANCHOR_AROUND, 15, 1, 10, 20, 15, 15, true},
        {CW_ANCHOR_AROUND, 11, 6, 10, 20, 10, 15, true},
        {CW_ANCHOR_AROUND, 3, 4, 10, 20, 10, 13, true},
        {CW_ANCHOR_AROUND, UINT64_MAX, 4, 10, 20, 19, 20, false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_page(&cases[i]);
}

/* Entries from..to are edits. */
static void make_edits(uint64_t from, uint64_t to)
{
    for (uint64_t seq = from; seq <= to; seq++)
        facts.entries[seq].entry.kind = CW_KIND_EDIT;
}

static void edits_do_not_count_but_are_looked_at(void **state)
{
    (void)state;
    make_edits(12, 14);
    assert_page(&(struct page_case){CW_ANCHOR_BEFORE, 17, 3, 10, 20, 11, 16, true});
    assert_page(&(struct page_case){CW_ANCHOR_AROUND, 16, 4, 10, 20, 11, 17, true});
    make_edits(1, ENTRIES);
    assert_page(&(struct page_case){CW_ANCHOR_LATEST, 0, 5, 1, ENTRIES,
                                    ENTRIES - CW_HISTORY_SCAN_MAX + 1, ENTRIES, true});
    assert_page(&(struct page_case){CW_ANCHOR_AROUND, 1500, 4, 1, ENTRIES,
                                    1500 - CW_HISTORY_SCAN_MAX / 2, 1499 + CW_HISTORY_SCAN_MAX / 2,
                                    true});
}

static void a_page_ends_before_what_has_no_room(void **state)
{
    const struct cw_store_request request = {.anchor = CW_ANCHOR_AFTER, .limit = 9};
    struct cw_store_history page = cw_store_history_begin(&facts_store, &request, 1, 5);
    struct cw_store_message message = {.body = {.n = CW_PAGE_BYTES_MAX + 1}};
    (void)state;
    assert_true(cw_store_history_takes(&page, &message)); /* at least one */
    message.body.n = 0;
    assert_false(cw_store_history_takes(&page, &message));
    page = cw_store_history_begin(&facts_store, &request, 1, 5);
    message.body.n = CW_PAGE_BYTES_MAX / 2;
    assert_true(cw_store_history_takes(&page, &message));
    message.body.n = CW_PAGE_BYTES_MAX - CW_PAGE_BYTES_MAX / 2;
    assert_true(cw_store_history_takes(&page, &message));
    message.body.n = 1;
    assert_false(cw_store_history_takes(&page, &message));
    assert_int_equal(page.count, 2);
}

/* All entries that were looked at are hidden: the asker goes on from there. */
static void an_empty_page_says_where_it_ended(void **state)
{
    static const struct {
        enum cw_store_anchor anchor;
        int steps;
        bool more;
        uint64_t seq;
    } cases[] = {
        {CW_ANCHOR_AFTER, 3, true, 3},
        {CW_ANCHOR_AFTER, 5, false, 0},
        {CW_ANCHOR_LATEST, 3, true, 3},
        {CW_ANCHOR_LATEST, 5, false, 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct cw_store_request request = {.anchor = cases[i].anchor, .limit = 9};
        struct cw_store_history page = cw_store_history_begin(&facts_store, &request, 1, 5);
        struct cw_store_result result = {0};
        for (int step = 0; step < cases[i].steps; step++)
            cw_store_history_step(&page);
        cw_store_history_end(&page, &result);
        assert_int_equal(result.more, cases[i].more);
        assert_int_equal(result.seq, cases[i].seq);
    }
}

/* --- pages of delivery ----------------------------------------------------------------------- */

static void a_page_of_delivery_leaves_out(void **state)
{
    const uint64_t to_alice = cw_mailbox_of_user(ALICE), to_bob = cw_mailbox_of_user(BOB);
    const uint64_t group = cw_mailbox_of_group(3);
    const struct {
        uint64_t mailbox, sender_id, deleted_ms;
        enum cw_store_kind kind;
        bool own, blocked, passed_over;
    } cases[] = {
        {to_alice, BOB, 0, CW_KIND_TEXT, false, false, false},
        {to_alice, BOB, 1, CW_KIND_TEXT, false, false, true},
        {to_alice, BOB, 0, CW_KIND_EDIT, false, false, false},
        {to_alice, BOB, 0, CW_KIND_EDIT, false, true, true},
        {to_alice, ALICE, 0, CW_KIND_TEXT, false, false, false}, /* a whisper to oneself */
        {to_bob, ALICE, 0, CW_KIND_TEXT, true, false, false},
        {group, ALICE, 0, CW_KIND_TEXT, false, false, true},
        {group, ALICE, 0, CW_KIND_TEXT, true, false, false},
        {group, ALICE, 1, CW_KIND_TEXT, true, false, true},
        {group, BOB, 0, CW_KIND_TEXT, false, true, false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct cw_store_message message = {.mailbox = cases[i].mailbox,
                                           .sender_id = cases[i].sender_id,
                                           .kind = cases[i].kind,
                                           .deleted_ms = cases[i].deleted_ms};
        facts.blocked = cases[i].blocked;
        assert_int_equal(cw_store_is_passed_over(&facts_store, &message, ALICE, cases[i].own),
                         cases[i].passed_over);
    }
}

static void a_page_of_delivery_has_room(void **state)
{
    (void)state;
    assert_true(cw_store_page_has_room(0, 0, CW_PAGE_BYTES_MAX + 1));
    assert_true(cw_store_page_has_room(1, 1, CW_PAGE_BYTES_MAX - 1));
    assert_false(cw_store_page_has_room(1, 1, CW_PAGE_BYTES_MAX));
    assert_true(cw_store_page_has_room(CW_PAGE_ROWS_MAX - 1, 0, 0));
    assert_false(cw_store_page_has_room(CW_PAGE_ROWS_MAX, 0, 0));
}

/* --- the list of conversations --------------------------------------------------------------- */

static uint64_t unread(uint64_t read_seq, uint64_t last_seq, uint64_t *budget)
{
    const struct cw_store_conversation line = {.read_seq = read_seq};
    return cw_store_count_unread(&facts_store, ALICE, &line, last_seq, budget);
}

static void messages_of_others_are_unread(void **state)
{
    uint64_t budget = 100;
    (void)state;
    facts.entries[4].entry.sender_id = ALICE;
    facts.entries[5].entry.kind = CW_KIND_EDIT;
    facts.entries[6].entry.kind = CW_KIND_DELETE;
    facts.entries[7].entry.deleted = true;
    facts.entries[8].entry.kind = CW_KIND_VOICE;
    facts.entries[9].kept = false;
    assert_int_equal(unread(0, 10, &budget), 5); /* 1, 2, 3, 8, 10 */
    assert_int_equal(budget, 90);
    assert_int_equal(unread(3, 10, &budget), 2);
    assert_int_equal(unread(10, 10, &budget), 0);
    assert_int_equal(unread(11, 10, &budget), 0);
    assert_int_equal(unread(0, 0, &budget), 0);
    assert_int_equal(budget, 83);
}

static void beyond_the_budget_no_entry_is_looked_at(void **state)
{
    uint64_t budget = 10;
    (void)state;
    facts.entries[5].entry.deleted = true;
    assert_int_equal(unread(0, 11, &budget), 11);
    assert_int_equal(facts.asked, 0);
    assert_int_equal(unread(0, 10, &budget), 9);
    assert_int_equal(facts.asked, 10);
    assert_int_equal(unread(4, 5, &budget), 1); /* nothing is left of it */
    assert_int_equal(facts.asked, 10);
}

static void a_preview_is_the_last_message_that_is_there(void **state)
{
    const uint64_t last = 500;
    (void)state;
    assert_int_equal(cw_store_preview_seq(&facts_store, 1, last), last);
    facts.entries[last].entry.deleted = true;
    facts.entries[last - 1].kept = false;
    make_edits(last - 3, last - 2);
    facts.entries[last - 4].entry.kind = CW_KIND_VOICE;
    assert_int_equal(cw_store_preview_seq(&facts_store, 1, last), last - 4);
    make_edits(last - CW_PREVIEW_SCAN_MAX + 2, last);
    assert_int_equal(cw_store_preview_seq(&facts_store, 1, last), last - CW_PREVIEW_SCAN_MAX + 1);
    make_edits(last - CW_PREVIEW_SCAN_MAX + 1, last);
    assert_int_equal(cw_store_preview_seq(&facts_store, 1, last), last);
    make_edits(1, 3);
    assert_int_equal(cw_store_preview_seq(&facts_store, 1, 3), 3);
    assert_int_equal(cw_store_preview_seq(&facts_store, 1, 0), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_page_begins_at_its_anchor, facts_set_up),
        cmocka_unit_test_setup(edits_do_not_count_but_are_looked_at, facts_set_up),
        cmocka_unit_test_setup(a_page_ends_before_what_has_no_room, facts_set_up),
        cmocka_unit_test_setup(an_empty_page_says_where_it_ended, facts_set_up),
        cmocka_unit_test_setup(a_page_of_delivery_leaves_out, facts_set_up),
        cmocka_unit_test_setup(a_page_of_delivery_has_room, facts_set_up),
        cmocka_unit_test_setup(messages_of_others_are_unread, facts_set_up),
        cmocka_unit_test_setup(beyond_the_budget_no_entry_is_looked_at, facts_set_up),
        cmocka_unit_test_setup(a_preview_is_the_last_message_that_is_there, facts_set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
