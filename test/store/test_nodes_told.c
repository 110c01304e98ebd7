/* test_nodes_told.c - two stores on one PostgreSQL: what each tells the other of contacts, profiles
 * and settings of groups. Run by tools/with_postgres. */
#include "nodes.h"

static void contacts_and_settings_are_told(void **state)
{
    struct nodes *n = *state;
    uint64_t alice = add_user(&n->a, "alice"), bob = add_user(&n->a, "bob");
    uint64_t group = add_group(&n->a, alice, "g");
    const struct cw_store_request settings[] = {
        {.op = CW_STORE_GROUP_ACCESS, .by_invitation = true},
        {.op = CW_STORE_GROUP_ACCESS, .unlisted = true},
        {.op = CW_STORE_GROUP_ACCESS},
        {.op = CW_STORE_GROUP_WRITERS, .announcements = true},
        {.op = CW_STORE_GROUP_HERE, .here = CW_HERE_NOBODY},
        {.op = CW_STORE_GROUP_SLOW, .slow_s = 30},
        {.op = CW_STORE_GROUP_VERSIONS, .version_days = 7},
        {.op = CW_STORE_GROUP_RETAIN, .retain = {.days = 9}}};
    told(&n->b);
    EXPECT(&n->a, CW_STORE_OK, .op = CW_STORE_CONTACT_ADD, .user_id = alice, .other_id = bob);
    EXPECT(&n->a, CW_STORE_OK, .op = CW_STORE_CONTACT_REMOVE, .user_id = alice, .other_id = bob);
    assert_string_equal(told(&n->b), "contact added alice bob; contact removed alice bob; ");
    for (size_t i = 0; i < sizeof settings / sizeof settings[0]; i++) {
        struct cw_store_request request = settings[i];
        request.user_id = alice;
        request.group_id = group;
        assert_int_equal(run_one(&n->a, &request).status, CW_STORE_OK);
        request.user_id = bob; /* who is no member: nothing to be told */
        assert_int_equal(run_one(&n->a, &request).status, CW_STORE_NOT_MEMBER);
    }
    assert_string_equal(told(&n->b), "access alice ; access alice ; access alice ; writers alice ; "
                                     "here alice ; slow mode alice ; versions alice ; "
                                     "retention alice ; ");
    assert_string_equal(
        database_ask("SELECT string_agg(number::text, ' ' ORDER BY id) FROM chinwag.news WHERE"
                     " group_id = 1 AND kind <> 'joined'"),
        "1 2 0 1 2 30 7 0");
}

/* Who has heard of it removes what is too old or too much, too. */
static void a_retention_holds_at_both(void **state)
{
    struct nodes *n = *state;
    uint64_t alice = add_user(&n->a, "alice"), group = add_group(&n->a, alice, "g");
    EXPECT(&n->a, CW_STORE_OK, .op = CW_STORE_GROUP_RETAIN, .user_id = alice, .group_id = group,
           .retain.count = 1);
    told(&n->b);
    add_message(&n->b, alice, cw_mailbox_of_group(group), "one");
    add_message(&n->b, alice, cw_mailbox_of_group(group), "two");
    assert_string_equal(database_ask("SELECT count(*) FROM chinwag.messages"), "1");
}

/* As it is when it is read: the words themselves are not in the rows. */
static void a_profile_is_told_as_it_is(void **state)
{
    struct nodes *n = *state;
    uint64_t alice = add_user(&n->a, "alice"), bob = add_user(&n->a, "bob");
    uint64_t group = add_group(&n->a, alice, "g");
    EXPECT(&n->a, CW_STORE_OK, .op = CW_STORE_BLOCK, .user_id = alice, .other_id = bob);
    told(&n->b);
    for (int i = 0; i < 2; i++) /* once more: it is so already */
        EXPECT(&n->a, CW_STORE_OK, .op = CW_STORE_PROFILE_SET, .user_id = alice,
               .item = CW_PROFILE_STATUS, .body = TEXT("at lunch"), .until_ms = 7);
    cw_store_look(n->b.store);
    struct cw_store_news_list *news = cw_store_take_news(n->b.store);
    assert_non_null(news);
    assert_int_equal(news->count, 1);
    assert_int_equal(news->items[0].kind, CW_NEWS_PROFILE);
    assert_int_equal(news->items[0].number, CW_PROFILE_STATUS);
    const struct cw_store_result *user = &news->items[0].user;
    assert_int_equal(user->user_id, alice);
    assert_slice(user->name, "alice");
    assert_slice(user->profile.status, "at lunch");
    assert_int_equal(user->profile.status_until_ms, 7);
    assert_int_equal(user->group_count, 1);
    assert_int_equal(user->groups[0].group_id, group);
    assert_int_equal(user->blocked_count, 1);
    cw_store_news_destroy(news);
    EXPECT(&n->a, CW_STORE_OK, .op = CW_STORE_PROFILE_SET, .user_id = alice,
           .item = CW_PROFILE_LAST_SEEN, .on = false);
    assert_string_equal(told(&n->b), "hidden alice ; profile alice ; ");
    assert_string_equal(
        database_ask("SELECT count(*) FROM chinwag.news WHERE kind = 'profile' AND body <> ''"),
        "0");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(contacts_and_settings_are_told, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_retention_holds_at_both, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_profile_is_told_as_it_is, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("nodes told", tests, NULL, NULL);
}
