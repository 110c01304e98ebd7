/* test_rules.c - the rules that all back ends share, on facts in variables: groups, messages,
 * accounts. Pages: test_rules_pages.c. */
#include "store/rules.h"

#include "facts_play.h"
#include "support.h"

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
        struct cw_store_leaving leaving = cw_store_leave(&facts_store, 3, cases[i].left);
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
#define EDIT(text) cw_store_may_edit(&facts_store, &options, &request, &entry, text, stored)
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
        assert_int_equal(cw_store_may_delete(&facts_store, &request, &cases[i].entry),
                         cases[i].expected);
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
        assert_int_equal(cw_store_may_set_password(&facts_store, &request, &password), good);
        facts.session = false;
        assert_int_equal(cw_store_may_set_password(&facts_store, &request, &password),
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
        assert_int_equal(
            cw_store_may_add_person(&facts_store, &request, cases[i].listed, cases[i].count),
            cases[i].expected);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_first_of_the_highest_role_is_the_heir, facts_set_up),
        cmocka_unit_test_setup(moderators_see_who_is_banned, facts_set_up),
        cmocka_unit_test_setup(recordings_of_others_are_marked_as_played_once, facts_set_up),
        cmocka_unit_test_setup(an_edit_has_one_answer_in_a_fixed_order, facts_set_up),
        cmocka_unit_test_setup(moderators_delete_what_others_wrote_in_a_group, facts_set_up),
        cmocka_unit_test_setup(what_is_beyond_the_count_is_surplus, facts_set_up),
        cmocka_unit_test_setup(a_password_is_the_expected_one_or_its_successor, facts_set_up),
        cmocka_unit_test_setup(a_hash_is_renewed_once, facts_set_up),
        cmocka_unit_test_setup(of_too_many_sessions_one_goes, facts_set_up),
        cmocka_unit_test_setup(of_too_many_parts_the_longest_silent_goes, facts_set_up),
        cmocka_unit_test_setup(a_list_of_people_has_a_limit, facts_set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
