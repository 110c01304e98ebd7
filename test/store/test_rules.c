/* test_rules.c - tables of cases for the rules that all back ends share (store/rules.h), over facts
 * that the test sets. Whether the back ends use them is for the suite (suite.h). */
#include "store/rules.h"

#include "support.h"

#define ENTRIES 2000
#define ALICE   7u
#define BOB     9u

/* The facts; an entry without `kept` is not kept. */
static struct {
    uint64_t first_members[CW_ROLE_OWNER + 1]; /* by role */
    bool session, blocked, known;
    enum cw_store_role role;
    enum cw_store_status say;
    uint64_t stored;
    struct {
        struct cw_store_entry entry;
        bool kept;
    } entries[ENTRIES + 1]; /* by number */
    uint64_t asked;         /* how many entries the rule has asked for */
} facts;

static uint64_t first_member(struct cw_store *store, uint64_t group_id, enum cw_store_role role)
{
    (void)store;
    assert_int_equal(group_id, 3);
    return facts.first_members[role];
}

static bool session_exists(struct cw_store *store, uint64_t session_id, uint64_t user_id)
{
    (void)store, (void)session_id, (void)user_id;
    return facts.session;
}

static bool user_exists(struct cw_store *store, uint64_t user_id)
{
    (void)store;
    return user_id == ALICE || facts.known;
}

static bool has_blocked(struct cw_store *store, uint64_t user_id, uint64_t other_id)
{
    (void)store, (void)user_id, (void)other_id;
    return facts.blocked;
}

static enum cw_store_role role_of(struct cw_store *store, uint64_t user_id, uint64_t group_id)
{
    (void)store, (void)user_id, (void)group_id;
    return facts.role;
}

static enum cw_store_status may_say(struct cw_store *store, uint64_t user_id, uint64_t conversation,
                                    uint64_t time_ms)
{
    (void)store, (void)user_id, (void)conversation, (void)time_ms;
    return facts.say;
}

static uint64_t stored_of(struct cw_store *store, uint64_t user_id)
{
    (void)store, (void)user_id;
    return facts.stored;
}

static bool entry_at(struct cw_store *store, uint64_t conversation, uint64_t seq,
                     struct cw_store_entry *entry)
{
    (void)store, (void)conversation;
    assert_in_range(seq, 1, ENTRIES);
    facts.asked++;
    *entry = facts.entries[seq].entry;
    return facts.entries[seq].kept;
}

static const struct cw_store_backend backend = {.facts = {.first_member = first_member,
                                                          .session_exists = session_exists,
                                                          .user_exists = user_exists,
                                                          .has_blocked = has_blocked,
                                                          .role_of = role_of,
                                                          .may_say = may_say,
                                                          .stored_of = stored_of,
                                                          .entry_at = entry_at}};
static struct cw_store store = {.backend = &backend};

/* Texts of Bob. */
static int set_up(void **state)
{
    (void)state;
    memset(&facts, 0, sizeof facts);
    for (size_t i = 1; i <= ENTRIES; i++) {
        facts.entries[i].entry = (struct cw_store_entry){BOB, CW_KIND_TEXT, false};
        facts.entries[i].kept = true;
    }
    return 0;
}

/* --- groups ----------------------------------------------------------------------------------- */

static void the_first_of_the_highest_role_is_the_heir(void **state)
{
    static const struct {
        enum cw_store_role left;
        uint64_t member, moderator, owner; /* the first one of each */
        struct cw_store_leaving expected;
    } cases[] = {
        {CW_ROLE_OWNER, 0, 0, 0, {true, 0}},   {CW_ROLE_OWNER, 5, 0, 0, {false, 5}},
        {CW_ROLE_OWNER, 5, 6, 0, {false, 6}},  {CW_ROLE_OWNER, 0, 6, 0, {false, 6}},
        {CW_ROLE_MEMBER, 5, 6, 7, {false, 0}}, {CW_ROLE_MODERATOR, 0, 0, 7, {false, 0}},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        facts.first_members[CW_ROLE_MEMBER] = cases[i].member;
        facts.first_members[CW_ROLE_MODERATOR] = cases[i].moderator;
        facts.first_members[CW_ROLE_OWNER] = cases[i].owner;
        struct cw_store_leaving leaving = cw_store_leave(&store, 3, cases[i].left);
        assert_int_equal(leaving.empty, cases[i].expected.empty);
        assert_int_equal(leaving.heir_id, cases[i].expected.heir_id);
    }
}

static void moderators_see_who_is_banned(void **state)
{
    (void)state;
    assert_false(cw_store_sees_banned(CW_ROLE_NONE));
    assert_false(cw_store_sees_banned(CW_ROLE_MEMBER));
    assert_true(cw_store_sees_banned(CW_ROLE_MODERATOR));
    assert_true(cw_store_sees_banned(CW_ROLE_OWNER));
}

/* --- messages --------------------------------------------------------------------------------- */

static void recordings_of_others_are_marked_as_played_once(void **state)
{
    static const struct {
        struct cw_store_entry entry;
        bool played;
        enum cw_store_status expected;
    } cases[] = {
        {{BOB, CW_KIND_VOICE, false}, false, CW_STORE_OK},
        {{BOB, CW_KIND_VOICE, false}, true, CW_STORE_EXISTS},
        {{BOB, CW_KIND_VOICE, true}, false, CW_STORE_NOT_FOUND},
        {{BOB, CW_KIND_TEXT, false}, false, CW_STORE_NOT_FOUND},
        {{BOB, CW_KIND_DELETE, false}, false, CW_STORE_NOT_FOUND},
        {{ALICE, CW_KIND_VOICE, false}, false, CW_STORE_NOT_FOUND},
        {{ALICE, CW_KIND_VOICE, false}, true, CW_STORE_NOT_FOUND},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(cw_store_may_mark_played(&cases[i].entry, ALICE, cases[i].played),
                         cases[i].expected);
}

/* Each case has one fact more that would refuse, so that the order is seen. */
static void an_edit_has_one_answer_in_a_fixed_order(void **state)
{
    const struct cw_store_options options = {.quota = 3 * CW_STORED_ROW_BYTES};
    struct cw_store_entry entry = {ALICE, CW_KIND_TEXT, false};
    struct cw_store_request request = {
        .user_id = ALICE, .conversation = cw_conversation_of_pair(ALICE, BOB), .body = TEXT("new")};
    struct cw_slice old = TEXT("old");
    uint64_t stored = CW_STORED_ROW_BYTES + 3;
    (void)state;
#define EDIT(text) cw_store_may_edit(&store, &options, &request, &entry, text, stored)
    facts.stored = 2 * CW_STORED_ROW_BYTES;
    assert_int_equal(EDIT(old), CW_STORE_OK);
    facts.stored = 2 * CW_STORED_ROW_BYTES + 1; /* its own row, and a byte and a row of others */
    assert_int_equal(EDIT(old), CW_STORE_OVER_QUOTA);
    facts.stored = stored - 1; /* it cannot take more than all: nothing is left for the others */
    assert_int_equal(EDIT(old), CW_STORE_OK);
    facts.stored = UINT64_MAX;
    facts.blocked = true;
    assert_int_equal(EDIT(old), CW_STORE_FORBIDDEN);
    request.conversation = cw_mailbox_of_group(3);
    assert_int_equal(EDIT(old), CW_STORE_OVER_QUOTA); /* in a group nobody is blocked */
    assert_int_equal(EDIT(TEXT("new")), CW_STORE_EXISTS);
    facts.say = CW_STORE_NOT_MEMBER;
    assert_int_equal(EDIT(TEXT("new")), CW_STORE_NOT_MEMBER);
    entry.deleted = true;
    assert_int_equal(EDIT(TEXT("new")), CW_STORE_NOT_FOUND);
    entry.kind = CW_KIND_VOICE;
    assert_int_equal(EDIT(TEXT("new")), CW_STORE_FORBIDDEN);
    entry = (struct cw_store_entry){BOB, CW_KIND_TEXT, true};
    assert_int_equal(EDIT(TEXT("new")), CW_STORE_FORBIDDEN);
#undef EDIT
}

static void moderators_delete_what_others_wrote_in_a_group(void **state)
{
    const uint64_t pair = cw_conversation_of_pair(ALICE, BOB), group = cw_mailbox_of_group(3);
    const struct {
        uint64_t conversation;
        struct cw_store_entry entry;
        enum cw_store_role role;
        enum cw_store_status expected;
    } cases[] = {
        {pair, {ALICE, CW_KIND_TEXT, false}, CW_ROLE_NONE, CW_STORE_OK},
        {pair, {ALICE, CW_KIND_TEXT, true}, CW_ROLE_NONE, CW_STORE_EXISTS},
        {pair, {BOB, CW_KIND_TEXT, false}, CW_ROLE_OWNER, CW_STORE_FORBIDDEN},
        {pair, {BOB, CW_KIND_TEXT, true}, CW_ROLE_NONE, CW_STORE_FORBIDDEN},
        {group, {ALICE, CW_KIND_VOICE, false}, CW_ROLE_MEMBER, CW_STORE_OK},
        {group, {BOB, CW_KIND_VOICE, false}, CW_ROLE_MEMBER, CW_STORE_FORBIDDEN},
        {group, {BOB, CW_KIND_TEXT, false}, CW_ROLE_MODERATOR, CW_STORE_OK},
        {group, {BOB, CW_KIND_TEXT, true}, CW_ROLE_OWNER, CW_STORE_EXISTS},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct cw_store_request request = {.user_id = ALICE,
                                                 .conversation = cases[i].conversation};
        facts.role = cases[i].role;
        assert_int_equal(cw_store_may_delete(&store, &request, &cases[i].entry), cases[i].expected);
    }
}

static void what_is_beyond_the_count_is_surplus(void **state)
{
    (void)state;
    assert_int_equal(cw_store_surplus_to((struct cw_store_retention){.count = 0}, 9), 0);
    assert_int_equal(cw_store_surplus_to((struct cw_store_retention){.count = 9}, 8), 0);
    assert_int_equal(cw_store_surplus_to((struct cw_store_retention){.count = 9}, 9), 0);
    assert_int_equal(cw_store_surplus_to((struct cw_store_retention){.count = 9}, 11), 2);
}

/* --- accounts --------------------------------------------------------------------------------- */

static void a_password_is_the_expected_one_or_its_successor(void **state)
{
    static const struct {
        bool found, replaced_expected;
        const char *hash, *expected;
        enum cw_store_status expected_status;
    } cases[] = {
        {true, false, "h", "h", CW_STORE_OK},       {true, false, "h", "", CW_STORE_OK},
        {true, true, "new", "old", CW_STORE_OK},    {true, false, "new", "old", CW_STORE_MISMATCH},
        {false, false, "", "", CW_STORE_NOT_FOUND}, {false, true, "h", "h", CW_STORE_NOT_FOUND},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct cw_store_password password = {cases[i].found, TEXT(cases[i].hash),
                                                   cases[i].replaced_expected};
        const struct cw_store_request request = {.expected = TEXT(cases[i].expected)};
        enum cw_store_status good = cases[i].expected_status;
        assert_int_equal(cw_store_password_status(&request, &password), good);
        facts.session = true;
        assert_int_equal(cw_store_may_set_password(&store, &request, &password), good);
        facts.session = false;
        assert_int_equal(cw_store_may_set_password(&store, &request, &password),
                         good == CW_STORE_OK ? CW_STORE_NOT_FOUND : good);
    }
}

static void a_hash_is_renewed_once(void **state)
{
    const struct cw_store_password old = {true, TEXT("old"), false};
    const struct cw_store_password renewed = {true, TEXT("new"), true};
    (void)state;
    struct cw_store_request request = {.expected = TEXT("old"), .renewed = TEXT("new")};
    assert_true(cw_store_renews_password(&request, &old));
    assert_false(cw_store_renews_password(&request, &renewed));
    request.renewed = (struct cw_slice){0};
    assert_false(cw_store_renews_password(&request, &old));
}

/* Sessions 1 to 4, used in the order 2, 1, 4, 3; the limit is `most`. */
static uint64_t session_that_goes(unsigned most, uint64_t new_id, struct cw_slice active)
{
    static const uint64_t used[] = {0, 20, 10, 40, 30};
    const struct cw_store_options options = {.sessions_per_user = most};
    const struct cw_store_request request = {.active = active};
    struct cw_store_choice choice = {0};
    for (uint64_t id = 1; id <= 4; id++)
        cw_store_choose_session(&choice, &request, new_id, id, used[id]);
    return cw_store_chosen_session(&choice, &options);
}

static void of_too_many_sessions_one_goes(void **state)
{
    static const uint64_t all[] = {3, 1, 2, 4}, some[] = {2, 9};
    (void)state;
    assert_int_equal(session_that_goes(4, 3, (struct cw_slice){0}), 0);
    assert_int_equal(session_that_goes(3, 3, (struct cw_slice){0}), 2);
    assert_int_equal(session_that_goes(3, 2, (struct cw_slice){0}), 1); /* never the new one */
    assert_int_equal(session_that_goes(3, 3, cw_slice_of(some, sizeof some)), 1);
    assert_int_equal(session_that_goes(3, 4, cw_slice_of(all, sizeof all)), 3);
    assert_int_equal(session_that_goes(3, 3, cw_slice_of(all, sizeof all)), 1);
}

static void of_too_many_parts_the_longest_silent_goes(void **state)
{
    struct cw_store_choice choice = {0};
    (void)state;
    cw_store_choose_part(&choice, 0, 1); /* the session's own stays and does not count */
    for (uint64_t i = 0; i < CW_PART_WINDOWS_MAX; i++)
        cw_store_choose_part(&choice, 100 + i, i == 5 ? 10 : 20 + i);
    assert_int_equal(cw_store_chosen_part(&choice), 0);
    cw_store_choose_part(&choice, 300, 500);
    assert_int_equal(cw_store_chosen_part(&choice), 105);
}

static void a_list_of_people_has_a_limit(void **state)
{
    static const struct {
        enum cw_store_op op;
        bool known, listed;
        uint64_t count;
        enum cw_store_status expected;
    } cases[] = {
        {CW_STORE_CONTACT_ADD, true, false, CW_CONTACTS_MAX - 1, CW_STORE_OK},
        {CW_STORE_CONTACT_ADD, true, false, CW_CONTACTS_MAX, CW_STORE_FULL},
        {CW_STORE_CONTACT_ADD, true, true, CW_CONTACTS_MAX, CW_STORE_EXISTS},
        {CW_STORE_CONTACT_ADD, false, true, CW_CONTACTS_MAX, CW_STORE_NOT_FOUND},
        {CW_STORE_BLOCK, true, false, CW_BLOCKED_MAX - 1, CW_STORE_OK},
        {CW_STORE_BLOCK, true, false, CW_BLOCKED_MAX, CW_STORE_FULL},
        {CW_STORE_BLOCK, true, true, CW_BLOCKED_MAX, CW_STORE_EXISTS},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct cw_store_request request = {
            .op = cases[i].op, .user_id = ALICE, .other_id = BOB};
        facts.known = cases[i].known;
        assert_int_equal(cw_store_may_add_person(&store, &request, cases[i].listed, cases[i].count),
                         cases[i].expected);
    }
}

/* --- pages of history ---------------------------------------------------------------------------
 */

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
    struct cw_store_history page = cw_store_history_begin(&store, &request, c->first, c->last);
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
    struct cw_store_history page = cw_store_history_begin(&store, &request, 1, 5);
    struct cw_store_message message = {.body = {.n = CW_PAGE_BYTES_MAX + 1}};
    (void)state;
    assert_true(cw_store_history_takes(&page, &message)); /* at least one */
    message.body.n = 0;
    assert_false(cw_store_history_takes(&page, &message));
    page = cw_store_history_begin(&store, &request, 1, 5);
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
        struct cw_store_history page = cw_store_history_begin(&store, &request, 1, 5);
        struct cw_store_result result = {0};
        for (int step = 0; step < cases[i].steps; step++)
            cw_store_history_step(&page);
        cw_store_history_end(&page, &result);
        assert_int_equal(result.more, cases[i].more);
        assert_int_equal(result.seq, cases[i].seq);
    }
}

/* --- pages of delivery --------------------------------------------------------------------------
 */

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
        assert_int_equal(cw_store_is_passed_over(&store, &message, ALICE, cases[i].own),
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

/* --- the list of conversations ------------------------------------------------------------------
 */

static uint64_t unread(uint64_t read_seq, uint64_t last_seq, uint64_t *budget)
{
    const struct cw_store_conversation line = {.read_seq = read_seq};
    return cw_store_count_unread(&store, ALICE, &line, last_seq, budget);
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
    assert_int_equal(cw_store_preview_seq(&store, 1, last), last);
    facts.entries[last].entry.deleted = true;
    facts.entries[last - 1].kept = false;
    make_edits(last - 3, last - 2);
    facts.entries[last - 4].entry.kind = CW_KIND_VOICE;
    assert_int_equal(cw_store_preview_seq(&store, 1, last), last - 4);
    make_edits(last - CW_PREVIEW_SCAN_MAX + 2, last);
    assert_int_equal(cw_store_preview_seq(&store, 1, last), last - CW_PREVIEW_SCAN_MAX + 1);
    make_edits(last - CW_PREVIEW_SCAN_MAX + 1, last);
    assert_int_equal(cw_store_preview_seq(&store, 1, last), last);
    make_edits(1, 3);
    assert_int_equal(cw_store_preview_seq(&store, 1, 3), 3);
    assert_int_equal(cw_store_preview_seq(&store, 1, 0), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_first_of_the_highest_role_is_the_heir, set_up),
        cmocka_unit_test_setup(moderators_see_who_is_banned, set_up),
        cmocka_unit_test_setup(recordings_of_others_are_marked_as_played_once, set_up),
        cmocka_unit_test_setup(an_edit_has_one_answer_in_a_fixed_order, set_up),
        cmocka_unit_test_setup(moderators_delete_what_others_wrote_in_a_group, set_up),
        cmocka_unit_test_setup(what_is_beyond_the_count_is_surplus, set_up),
        cmocka_unit_test_setup(a_password_is_the_expected_one_or_its_successor, set_up),
        cmocka_unit_test_setup(a_hash_is_renewed_once, set_up),
        cmocka_unit_test_setup(of_too_many_sessions_one_goes, set_up),
        cmocka_unit_test_setup(of_too_many_parts_the_longest_silent_goes, set_up),
        cmocka_unit_test_setup(a_list_of_people_has_a_limit, set_up),
        cmocka_unit_test_setup(a_page_begins_at_its_anchor, set_up),
        cmocka_unit_test_setup(edits_do_not_count_but_are_looked_at, set_up),
        cmocka_unit_test_setup(a_page_ends_before_what_has_no_room, set_up),
        cmocka_unit_test_setup(an_empty_page_says_where_it_ended, set_up),
        cmocka_unit_test_setup(a_page_of_delivery_leaves_out, set_up),
        cmocka_unit_test_setup(a_page_of_delivery_has_room, set_up),
        cmocka_unit_test_setup(messages_of_others_are_unread, set_up),
        cmocka_unit_test_setup(beyond_the_budget_no_entry_is_looked_at, set_up),
        cmocka_unit_test_setup(a_preview_is_the_last_message_that_is_there, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
