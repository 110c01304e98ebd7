/* test_store_identity.c - the identity and the eras of a database: identity.h, for every back
 * end. */
#include "suite.h"

static struct cw_store_identity identity_of(struct fixture *f)
{
    struct cw_store_identity identity = *cw_store_identity(f->store);
    assert_int_equal(strlen(identity.db), CW_DB_MAX - 1);
    assert_string_equal(identity.db + 2 * CW_DB_ID_LEN, ".0");
    assert_int_equal(strspn(identity.db, "0123456789abcdef"), 2 * CW_DB_ID_LEN);
    assert_in_range(identity.era_count, 1, CW_ERAS_MAX);
    return identity;
}

static void a_new_database_has_an_identity_and_an_era(void **state)
{
    struct fixture *f = *state;
    struct cw_store_identity identity = identity_of(f);
    assert_int_equal(identity.era_count, 1);
    assert_int_equal(identity.eras[0].first_id, 1);
    assert_int_equal(cw_store_newest(f->store), 0);
    uint64_t alice = add_user(f, "alice");
    for (uint64_t id = 1; id <= 3; id++) {
        assert_int_equal(add_message(f, alice, cw_mailbox_of_user(alice), "x"), id);
        assert_int_equal(cw_store_newest(f->store), id);
    }
    assert_string_equal(identity_of(f).db, identity.db);
    suite_reopen(f);
    assert_string_equal(identity_of(f).db, identity.db);
    assert_int_equal(cw_store_newest(f->store), 3);
}

static void another_identity_has_ids_of_its_own(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice"), mailbox = cw_mailbox_of_user(alice);
    struct cw_store_identity before = identity_of(f);
    for (int i = 0; i < 3; i++)
        add_message(f, alice, mailbox, "old");
    assert_true(cw_store_renew_identity(f->store));
    struct cw_store_identity after = identity_of(f);
    assert_string_not_equal(after.db, before.db);
    assert_int_equal(after.era_count, 1);
    assert_int_equal(after.eras[0].first_id, CW_ID_LEAP + 4);
    assert_true(after.eras[0].era != before.eras[0].era);
    assert_int_equal(cw_store_newest(f->store), CW_ID_LEAP + 3);
    suite_reopen(f);
    assert_string_equal(identity_of(f).db, after.db);
    assert_int_equal(cw_store_newest(f->store), CW_ID_LEAP + 3);
    assert_int_equal(add_message(f, alice, mailbox, "new"), CW_ID_LEAP + 4);
    assert_int_equal(add_message(f, alice, mailbox, "new"), CW_ID_LEAP + 5);
}

/* Cursors, pages, history, search and retries go over the hole. */
static void what_was_there_stays_in_its_place(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice"), bob = add_user(f, "bob");
    uint64_t session = add_session(f, alice, "token", 1);
    uint64_t to_bob = cw_mailbox_of_user(bob), pair = cw_conversation_of_pair(alice, bob);
    uint64_t group = add_group(f, alice, "cooks");
    struct cw_store_request numbered = {.op = CW_STORE_MESSAGE_APPEND,
                                        .user_id = alice,
                                        .mailbox = to_bob,
                                        .body = TEXT("one soup"),
                                        .session_id = session,
                                        .part = 7,
                                        .n = 1};
    assert_int_equal(run_one(f, &numbered).message_id, 1);
    add_message(f, alice, to_bob, "two");
    assert_true(cw_store_renew_identity(f->store));
    join_group(f, bob, "cooks");
    const uint64_t at = CW_ID_LEAP + 2;
    assert_int_equal(add_message(f, alice, cw_mailbox_of_group(group), "three soup"), at + 1);
    numbered.n = 2;
    numbered.body = TEXT("four soup");
    assert_int_equal(run_one(f, &numbered).message_id, at + 2);
    for (int i = 0; i < 2; i++) {
        struct cw_store_result r = run_one(f, &numbered);
        assert_true(r.repeated);
        assert_int_equal(r.message_id, numbered.n == 2 ? at + 2 : 1);
        r = read_inbox(f, bob, 0);
        ASSERT_IDS(&r, 1, 2, at + 1, at + 2, );
        assert_int_equal(r.scanned_to, at + 2);
        r = read_inbox(f, bob, 2);
        ASSERT_IDS(&r, at + 1, at + 2, );
        r = read_inbox(f, bob, at + 1);
        ASSERT_IDS(&r, at + 2, );
        r = RUN(f, .op = CW_STORE_HISTORY_READ, .user_id = bob, .conversation = pair, .limit = 10);
        ASSERT_IDS(&r, 1, 2, at + 2, );
        run_idle(f);
        r = RUN(f, .op = CW_STORE_SEARCH, .user_id = bob, .body = TEXT("soup"), .limit = 10);
        assert_int_equal(r.message_count, 3);
        assert_int_equal(r.messages[0].message_id, at + 2);
        r = RUN(f, .op = CW_STORE_SEARCH, .user_id = bob, .body = TEXT("soup"), .limit = 10,
                .before = at + 1);
        assert_int_equal(r.message_count, 1);
        numbered.n = 1;
        numbered.body = TEXT("one soup");
        suite_reopen(f);
    }
}

/* What is asked of a batch that is larger than what is indexed in an idle moment. */
static void an_idle_moment_ends(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice");
    add_message(f, alice, cw_mailbox_of_user(alice), "x");
    assert_true(cw_store_renew_identity(f->store));
    assert_true(cw_store_renew_identity(f->store));
    run_idle(f);
    assert_int_equal(cw_store_newest(f->store), 2 * CW_ID_LEAP + 1);
}

static void on_a_full_disk_all_is_as_before(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice");
    add_message(f, alice, cw_mailbox_of_user(alice), "x");
    struct cw_store_identity before = identity_of(f);
    suite_set_full(f, true);
    assert_false(cw_store_renew_identity(f->store));
    suite_set_full(f, false);
    assert_string_equal(identity_of(f).db, before.db);
    assert_int_equal(cw_store_newest(f->store), 1);
    assert_int_equal(add_message(f, alice, cw_mailbox_of_user(alice), "x"), 2);
    assert_true(cw_store_renew_identity(f->store));
}

int suite_identity(const char *back_end_name)
{
    const struct CMUnitTest tests[] = {
        T(a_new_database_has_an_identity_and_an_era), T(another_identity_has_ids_of_its_own),
        T(what_was_there_stays_in_its_place),         T(an_idle_moment_ends),
        T(on_a_full_disk_all_is_as_before),
    };
    return cmocka_run_group_tests_name(back_end_name, tests, NULL, NULL);
}
