/* test_store_batches.c - the rules of store.h about batches, over every back end. */
#include "suite.h"

/* --- batches ------------------------------------------------------------------------------ */

static void requests_see_those_before_them(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice"), bob = add_user(f, "bob");
    uint64_t cooks = cw_mailbox_of_group(add_group(f, bob, "cooks"));
    struct cw_store_request requests[] = {
        {.op = CW_STORE_MESSAGE_APPEND, .user_id = bob, .mailbox = cooks, .body = TEXT("1")},
        {.op = CW_STORE_GROUP_JOIN, .user_id = alice, .key = TEXT("cooks")},
        {.op = CW_STORE_MESSAGE_APPEND, .user_id = bob, .mailbox = cooks, .body = TEXT("2")},
        {.op = CW_STORE_INBOX_READ, .user_id = alice},
        {.op = CW_STORE_MESSAGE_APPEND, .user_id = bob, .mailbox = cooks, .body = TEXT("3")},
        {.op = CW_STORE_SESSION_CREATE,
         .user_id = alice,
         .secret = TEXT("t"),
         .has_since = true,
         .since = 3},
    };
    struct cw_store_result r[6];
    run_many(f, requests, 6, r);
    for (int i = 0; i < 6; i++)
        assert_int_equal(r[i].status, CW_STORE_OK);
    ASSERT_IDS(&r[3], 2, );
    assert_int_equal(r[3].scanned_to, 2);
    assert_int_equal(r[4].message_id, 3);
    assert_int_equal(r[5].cursor, 3);
    assert_int_equal(r[5].group_count, 1);
}

static void a_full_disk_refuses_writers_only(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice"), bob = add_user(f, "bob");
    uint64_t mailbox = cw_mailbox_of_user(alice);
    uint64_t session = add_session(f, alice, "token", 1);
    add_message(f, bob, mailbox, "kept");
    struct cw_store_request requests[] = {
        {.op = CW_STORE_MESSAGE_APPEND, .user_id = bob, .mailbox = mailbox, .body = TEXT("lost")},
        {.op = CW_STORE_USER_FIND, .key = TEXT("alice")},
        {.op = CW_STORE_USER_CREATE, .name = TEXT("eve"), .key = TEXT("eve"), .secret = TEXT("$")},
        {.op = CW_STORE_INBOX_READ, .user_id = alice},
        {.op = CW_STORE_SESSION_SAVE, .session_id = session, .cursor = 1},
        {.op = CW_STORE_SESSION_FIND, .key = TEXT("alice"), .secret = TEXT("token")},
        {.op = CW_STORE_GROUP_CREATE, .user_id = bob, .name = TEXT("g"), .key = TEXT("g")},
        {.op = CW_STORE_GROUP_FIND, .key = TEXT("g")},
        {.op = CW_STORE_USER_FIND, .key = TEXT("eve")},
    };
    static const enum cw_store_status expected[] = {
        CW_STORE_NO_ROOM, CW_STORE_OK,      CW_STORE_NO_ROOM,   CW_STORE_OK,       CW_STORE_NO_ROOM,
        CW_STORE_OK,      CW_STORE_NO_ROOM, CW_STORE_NOT_FOUND, CW_STORE_NOT_FOUND};
    struct cw_store_result r[9];
    suite_set_full(f, true);
    for (int round = 0; round < 2; round++) {
        run_many(f, requests, 9, r);
        for (int i = 0; i < 9; i++)
            assert_int_equal(r[i].status, expected[i]);
        assert_ptr_equal(r[0].request, &requests[0]);
        assert_int_equal(r[0].message_id, 0);
        ASSERT_IDS(&r[3], 1, );
        assert_int_equal(r[3].scanned_to, 1);
        assert_int_equal(r[5].cursor, 0);
    }

    /* It heals by itself, and there is no hole in the ids. */
    suite_set_full(f, false);
    run_many(f, requests, 9, r);
    for (int i = 0; i < 9; i++)
        assert_int_equal(r[i].status, CW_STORE_OK);
    assert_int_equal(r[0].message_id, 2);
    assert_int_equal(r[2].user_id, 3);
    ASSERT_IDS(&r[3], 1, 2, );
    assert_int_equal(r[5].cursor, 1);
    assert_int_equal(r[6].group_id, 1);
    assert_true(cw_store_idle(f->store, &(bool){false}));
}

int suite_batches(const char *back_end_name)
{
    const struct CMUnitTest tests[] = {
        T(requests_see_those_before_them),
        T(a_full_disk_refuses_writers_only),
    };
    return cmocka_run_group_tests_name(back_end_name, tests, NULL, NULL);
}
