/* test_store_messages.c - the rules of store.h about delivery, over every back end. */
#include "suite.h"

#include <stdlib.h>

/* --- messages --------------------------------------------------------------------------- */

static void a_page_is_in_the_order_of_ids(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "Alice"), bob = add_user(f, "Bob"), eve = add_user(f, "Eve");
    uint64_t cooks = cw_mailbox_of_group(add_group(f, bob, "Cooks"));
    uint64_t bakers = cw_mailbox_of_group(add_group(f, bob, "Bakers"));
    uint64_t to_alice = cw_mailbox_of_user(alice);
    add_message(f, bob, cooks, "before she joined"); /* 1 */
    join_group(f, alice, "Bakers");
    join_group(f, alice, "Cooks");
    add_message(f, bob, bakers, "two");                    /* 2 */
    add_message(f, eve, to_alice, "three");                /* 3 */
    add_message(f, alice, cooks, "her own");               /* 4 */
    add_message(f, bob, cooks, "five");                    /* 5 */
    add_message(f, bob, cw_mailbox_of_user(eve), "not h"); /* 6 */
    add_message(f, alice, to_alice, "to herself");         /* 7 */
    add_message(f, bob, bakers, "eight");                  /* 8 */
    add_message(f, alice, cw_mailbox_of_user(bob), "x");   /* 9 */

    struct cw_store_result r = read_inbox(f, alice, 0);
    ASSERT_IDS(&r, 2, 3, 5, 7, 8, );
    assert_false(r.more);
    assert_int_equal(r.scanned_to, 9);
    assert_slice(r.messages[0].body, "two");
    assert_slice(r.messages[0].sender, "Bob");
    assert_slice(r.messages[0].mailbox_name, "Bakers");
    assert_int_equal(r.messages[0].mailbox, bakers);
    assert_int_equal(r.messages[0].sender_id, bob);
    assert_int_equal(r.messages[0].time_ms, 1);
    assert_false(r.messages[0].voice);
    assert_slice(r.messages[1].body, "three");
    assert_slice(r.messages[1].sender, "Eve");
    assert_slice(r.messages[1].mailbox_name, "Alice");
    assert_slice(r.messages[2].mailbox_name, "Cooks");
    assert_slice(r.messages[2].sender, "Bob");
    assert_slice(r.messages[3].sender, "Alice");
    assert_slice(r.messages[4].mailbox_name, "Bakers");

    r = read_inbox(f, alice, 5);
    ASSERT_IDS(&r, 7, 8, );
    r = read_inbox(f, alice, 8);
    assert_int_equal(r.message_count, 0);
    assert_int_equal(r.scanned_to, 9);
    r = read_inbox(f, alice, 99);
    assert_int_equal(r.message_count, 0);
    assert_int_equal(r.scanned_to, 9);
    r = read_inbox(f, 77, 0);
    assert_int_equal(r.message_count, 0);
}

static void an_empty_store_has_an_empty_page(void **state)
{
    struct fixture *f = *state;
    struct cw_store_result r = read_inbox(f, add_user(f, "alice"), 0);
    assert_int_equal(r.message_count, 0);
    assert_false(r.more);
    assert_int_equal(r.scanned_to, 0);
}

static void a_message_keeps_every_byte(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice");
    uint8_t samples[] = {0xdd, 0, 0, 0, 2, 0, 0xff, 0xd1};
    struct cw_store_request append = {.op = CW_STORE_MESSAGE_APPEND,
                                      .time_ms = UINT64_C(1) << 42,
                                      .user_id = alice,
                                      .mailbox = cw_mailbox_of_user(alice),
                                      .body = cw_slice_of(samples, sizeof samples),
                                      .voice = true,
                                      .channels = 2,
                                      .sample_rate = 48000};
    struct cw_store_result r = run_one(f, &append);
    assert_int_equal(r.message_id, 1);
    assert_ptr_equal(r.request, &append);
    append.body = cw_slice_of(NULL, 0);
    append.voice = false;
    assert_int_equal(run_one(f, &append).message_id, 2);

    r = read_inbox(f, alice, 0);
    ASSERT_IDS(&r, 1, 2, );
    assert_int_equal(r.messages[0].body.n, sizeof samples);
    assert_memory_equal(r.messages[0].body.p, samples, sizeof samples);
    assert_true(r.messages[0].time_ms == UINT64_C(1) << 42);
    assert_true(r.messages[0].voice);
    assert_int_equal(r.messages[0].channels, 2);
    assert_int_equal(r.messages[0].sample_rate, 48000);
    assert_int_equal(r.messages[1].body.n, 0);
    assert_false(r.messages[1].voice);
}

static void add_messages(struct fixture *f, uint64_t sender_id, uint64_t mailbox, size_t n,
                         size_t size)
{
    uint8_t *body = cw_alloc_zero(size);
    struct cw_store_request *requests = cw_alloc_zero(n * sizeof *requests);
    struct cw_store_result *results = cw_alloc(n * sizeof *results);
    for (size_t i = 0; i < n; i++)
        requests[i] = (struct cw_store_request){.op = CW_STORE_MESSAGE_APPEND,
                                                .user_id = sender_id,
                                                .mailbox = mailbox,
                                                .body = cw_slice_of(body, size)};
    run_many(f, requests, n, results);
    for (size_t i = 1; i < n; i++)
        assert_int_equal(results[i].message_id, results[0].message_id + i);
    free(body);
    free(requests);
    free(results);
}

static void a_page_has_so_many_messages(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice"), mailbox = cw_mailbox_of_user(alice);
    add_messages(f, alice, mailbox, CW_PAGE_ROWS_MAX, 10);
    struct cw_store_result r = read_inbox(f, alice, 0);
    assert_int_equal(r.message_count, CW_PAGE_ROWS_MAX);
    assert_int_equal(r.scanned_to, CW_PAGE_ROWS_MAX);
    assert_false(r.more);

    add_messages(f, alice, mailbox, 1, 10);
    r = read_inbox(f, alice, 0);
    assert_int_equal(r.message_count, CW_PAGE_ROWS_MAX);
    assert_int_equal(r.scanned_to, CW_PAGE_ROWS_MAX);
    assert_true(r.more);
    r = read_inbox(f, alice, r.scanned_to);
    ASSERT_IDS(&r, CW_PAGE_ROWS_MAX + 1, );
    assert_false(r.more);
}

static void a_page_has_so_many_bytes(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice"), bob = add_user(f, "bob");
    add_messages(f, alice, cw_mailbox_of_user(alice), 4, CW_PAGE_BYTES_MAX / 4); /* 1 to 4 */
    struct cw_store_result r = read_inbox(f, alice, 0);
    ASSERT_IDS(&r, 1, 2, 3, 4, );
    assert_false(r.more);
    add_messages(f, alice, cw_mailbox_of_user(alice), 1, 1); /* 5 */
    r = read_inbox(f, alice, 0);
    ASSERT_IDS(&r, 1, 2, 3, 4, );
    assert_int_equal(r.scanned_to, 4);
    assert_true(r.more);

    /* A message over the limit is delivered all the same, alone. */
    add_messages(f, alice, cw_mailbox_of_user(bob), 2, CW_PAGE_BYTES_MAX + 1); /* 6, 7 */
    r = read_inbox(f, bob, 0);
    ASSERT_IDS(&r, 6, );
    assert_int_equal(r.messages[0].body.n, CW_PAGE_BYTES_MAX + 1);
    assert_true(r.more);
    r = read_inbox(f, bob, r.scanned_to);
    ASSERT_IDS(&r, 7, );
    assert_false(r.more);
}

static void a_page_looks_at_so_many_rows(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice"), bob = add_user(f, "bob");
    uint64_t cooks = cw_mailbox_of_group(add_group(f, alice, "cooks"));
    join_group(f, bob, "cooks");
    add_messages(f, alice, cooks, CW_PAGE_SCAN_MAX, 1);
    struct cw_store_result r = read_inbox(f, alice, 0);
    assert_int_equal(r.message_count, 0);
    assert_int_equal(r.scanned_to, CW_PAGE_SCAN_MAX);
    assert_false(r.more);

    uint64_t last = add_message(f, bob, cooks, "x");
    r = read_inbox(f, alice, 0);
    assert_int_equal(r.message_count, 0);
    assert_int_equal(r.scanned_to, CW_PAGE_SCAN_MAX);
    assert_true(r.more);
    r = read_inbox(f, alice, r.scanned_to);
    ASSERT_IDS(&r, last, );
    r = read_inbox(f, alice, 1);
    ASSERT_IDS(&r, last, );
    assert_false(r.more);
}

static void other_peoples_messages_are_not_looked_at(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice"), bob = add_user(f, "bob");
    add_messages(f, alice, cw_mailbox_of_user(bob), CW_PAGE_SCAN_MAX + 1, 1);
    uint64_t last = add_message(f, bob, cw_mailbox_of_user(alice), "x");
    struct cw_store_result r = read_inbox(f, alice, 0);
    ASSERT_IDS(&r, last, );
    assert_false(r.more);
}

int suite_messages(const char *back_end_name)
{
    const struct CMUnitTest tests[] = {
        T(a_page_is_in_the_order_of_ids),
        T(an_empty_store_has_an_empty_page),
        T(a_message_keeps_every_byte),
        T(a_page_has_so_many_messages),
        T(a_page_has_so_many_bytes),
        T(a_page_looks_at_so_many_rows),
        T(other_peoples_messages_are_not_looked_at),
    };
    return cmocka_run_group_tests_name(back_end_name, tests, NULL, NULL);
}
