/* test_store_own.c - the rules of store.h about pages with what a user sent himself,
 * over every back end. */
#include "suite.h"

#include <stdlib.h>

static struct cw_store_result read_own(struct fixture *f, uint64_t user_id, uint64_t cursor)
{
    struct cw_store_result r =
        RUN(f, .op = CW_STORE_INBOX_READ, .user_id = user_id, .cursor = cursor, .own = true);
    assert_int_equal(r.status, CW_STORE_OK);
    return r;
}

static void what_was_sent_stands_in_its_place(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "Alice"), bob = add_user(f, "Bob"), eve = add_user(f, "Eve");
    uint64_t cooks = cw_mailbox_of_group(add_group(f, bob, "Cooks"));
    uint64_t to_alice = cw_mailbox_of_user(alice);
    add_message(f, bob, cooks, "before she joined"); /* 1 */
    join_group(f, alice, "Cooks");
    add_message(f, alice, cw_mailbox_of_user(bob), "two");    /* 2 */
    add_message(f, bob, to_alice, "three");                   /* 3 */
    add_message(f, alice, cooks, "four");                     /* 4 */
    add_message(f, bob, cw_mailbox_of_user(eve), "not hers"); /* 5 */
    add_message(f, alice, to_alice, "to herself");            /* 6 */
    add_message(f, eve, to_alice, "seven");                   /* 7 */
    add_message(f, alice, cw_mailbox_of_user(eve), "eight");  /* 8 */
    add_message(f, bob, cooks, "nine");                       /* 9 */

    struct cw_store_result r = read_own(f, alice, 0);
    ASSERT_IDS(&r, 2, 3, 4, 6, 7, 8, 9, );
    assert_false(r.more);
    assert_int_equal(r.scanned_to, 9);
    assert_slice(r.messages[0].sender, "Alice");
    assert_slice(r.messages[0].mailbox_name, "Bob");
    assert_slice(r.messages[0].body, "two");
    assert_int_equal(r.messages[0].sender_id, alice);
    assert_int_equal(r.messages[0].mailbox, cw_mailbox_of_user(bob));
    assert_int_equal(r.messages[0].seq, 1);
    assert_slice(r.messages[1].sender, "Bob");
    assert_slice(r.messages[1].mailbox_name, "Alice");
    assert_slice(r.messages[2].sender, "Alice");
    assert_slice(r.messages[2].mailbox_name, "Cooks");
    assert_slice(r.messages[3].mailbox_name, "Alice");
    assert_slice(r.messages[5].mailbox_name, "Eve");
    for (uint64_t cursor = 1; cursor <= 10; cursor++) {
        static const uint64_t hers[] = {2, 3, 4, 6, 7, 8, 9};
        size_t n = 0;
        r = read_own(f, alice, cursor);
        for (size_t i = 0; i < 7; i++)
            if (hers[i] > cursor)
                assert_int_equal(r.messages[n++].message_id, hers[i]);
        assert_int_equal(r.message_count, n);
    }
    /* Who does not ask for it is not given it. */
    r = read_inbox(f, alice, 0);
    ASSERT_IDS(&r, 3, 6, 7, 9, );
    r = read_own(f, eve, 0);
    ASSERT_IDS(&r, 5, 7, 8, );
    r = read_own(f, 77, 0);
    assert_int_equal(r.message_count, 0);
}

static void what_was_changed_or_left_is_as_ever(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "Alice"), bob = add_user(f, "Bob");
    uint64_t cooks = cw_mailbox_of_group(add_group(f, bob, "Cooks"));
    uint64_t pair = cw_conversation_of_pair(alice, bob);
    add_message(f, alice, cw_mailbox_of_user(bob), "wrong"); /* 1 */
    add_message(f, alice, cw_mailbox_of_user(bob), "gone");  /* 2 */
    struct cw_store_result r = RUN(f, .op = CW_STORE_MESSAGE_EDIT, .user_id = alice,
                                   .conversation = pair, .seq = 1, .body = TEXT("right")); /* 3 */
    assert_int_equal(r.status, CW_STORE_OK);
    r = RUN(f, .op = CW_STORE_MESSAGE_DELETE, .user_id = alice, .conversation = pair,
            .seq = 2); /* 4 */
    assert_int_equal(r.status, CW_STORE_OK);
    join_group(f, alice, "Cooks");
    add_message(f, alice, cooks, "in a group that she leaves"); /* 5 */
    r = RUN(f, .op = CW_STORE_GROUP_LEAVE, .user_id = alice, .group_id = cooks >> 1);
    assert_int_equal(r.status, CW_STORE_OK);

    r = read_own(f, alice, 0);
    ASSERT_IDS(&r, 1, 3, 4, );
    assert_slice(r.messages[0].body, "right");
    assert_int_equal(r.messages[1].kind, CW_KIND_EDIT);
    assert_slice(r.messages[1].body, "right");
    assert_slice(r.messages[1].mailbox_name, "Bob");
    assert_int_equal(r.messages[1].of, 1);
    assert_int_equal(r.messages[2].kind, CW_KIND_DELETE);
    assert_int_equal(r.messages[2].of, 2);
    r = read_inbox(f, alice, 0);
    assert_int_equal(r.message_count, 0);
}

/* More than the index has in memory: what is older is in the tables. */
enum { PEERS = 7, BATCH = 1000, MANY = 80 * BATCH };

static void write_many(struct fixture *f, uint64_t user_id, const uint64_t others[PEERS])
{
    struct cw_store_request *requests = cw_alloc_zero(BATCH * sizeof *requests);
    struct cw_store_result *results = cw_alloc(BATCH * sizeof *results);
    for (uint64_t i = 0, at = 1; i < MANY; i++, at = at * 7 % 1009) {
        uint64_t other = others[i < MANY - 100 ? at % PEERS : at % 2];
        bool sends = at % 3 != 0;
        requests[i % BATCH] =
            (struct cw_store_request){.op = CW_STORE_MESSAGE_APPEND,
                                      .time_ms = 1,
                                      .user_id = sends ? user_id : other,
                                      .mailbox = cw_mailbox_of_user(sends ? other : user_id),
                                      .body = TEXT("x")};
        if (i % BATCH == BATCH - 1)
            run_many(f, requests, BATCH, results);
    }
    free(requests);
    free(results);
}

/* By whatever cursor one begins: nothing is left out, and nothing comes twice. */
static void pages_go_on_where_they_ended(void **state)
{
    static const uint64_t cursors[] = {0, MANY / 2, MANY - 105, MANY - 99, MANY - 1, MANY};
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice"), others[PEERS];
    char name[] = "peer 0";
    for (int i = 0; i < PEERS; i++, name[5]++)
        others[i] = add_user(f, name);
    write_many(f, alice, others);
    for (size_t i = 0; i < sizeof cursors / sizeof cursors[0]; i++) {
        struct cw_store_result r = {.more = true};
        uint64_t next = cursors[i];
        while (r.more) {
            r = read_own(f, alice, next);
            for (size_t j = 0; j < r.message_count; j++)
                assert_int_equal(r.messages[j].message_id, ++next);
        }
        assert_int_equal(next, MANY);
        assert_int_equal(r.scanned_to, MANY);
    }
}

int suite_own(const char *back_end_name)
{
    const struct CMUnitTest tests[] = {
        T(what_was_sent_stands_in_its_place),
        T(what_was_changed_or_left_is_as_ever),
        T(pages_go_on_where_they_ended),
    };
    return cmocka_run_group_tests_name(back_end_name, tests, NULL, NULL);
}
