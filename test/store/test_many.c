/* test_many.c - over PostgreSQL, statements that are run many times in a batch leave together
 * (store/postgres/many.h): the rows of the indexes of mailboxes, when they go to their tables. Run
 * by tools/with_postgres. */
#include <stdlib.h>

#include "databases.h"
#include "store/inbox_index.h"

enum { BATCH = 1000 };

static int set_up(void **state)
{
    struct fixture *f = cw_alloc_zero(sizeof *f);
    fixture_init(f);
    database_open(f);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    fixture_close(f);
    database_drop(f);
    fixture_finish(f);
    free(f);
    return 0;
}

/* Each text to bob has a row for its place and one for his mailbox. */
static void say_many(struct fixture *f, uint64_t alice, uint64_t bob, enum cw_store_status status)
{
    static struct cw_store_request requests[BATCH];
    static struct cw_store_result results[BATCH];
    for (size_t i = 0; i < BATCH; i++)
        requests[i] = (struct cw_store_request){.op = CW_STORE_MESSAGE_APPEND,
                                                .time_ms = 1,
                                                .user_id = alice,
                                                .mailbox = cw_mailbox_of_user(bob),
                                                .body = TEXT("soup")};
    run_many(f, requests, BATCH, results);
    for (size_t i = 0; i < BATCH; i++)
        assert_int_equal(results[i].status, status);
}

static uint64_t number_of(const char *sql)
{
    return strtoull(database_ask(sql), NULL, 10);
}

/* The tables have what the messages say, and all of it up to where they have come. */
static void assert_indexes_are_right(void)
{
    assert_int_equal(
        number_of("SELECT count(*) FROM chinwag.history h FULL JOIN (SELECT m.* FROM"
                  " chinwag.messages m, chinwag.progress p WHERE m.id <= p.inbox_to) m ON m.id ="
                  " h.message_id AND m.seq = h.seq WHERE m.id IS NULL AND h.message_id <= (SELECT"
                  " inbox_to FROM chinwag.progress) OR h.message_id IS NULL"),
        0);
    assert_int_equal(
        number_of("SELECT count(*) FROM chinwag.inbox i FULL JOIN (SELECT m.* FROM"
                  " chinwag.messages m, chinwag.progress p WHERE m.id <= p.inbox_to) m ON m.id ="
                  " i.message_id AND m.mailbox = i.mailbox WHERE m.id IS NULL AND i.message_id <="
                  " (SELECT inbox_to FROM chinwag.progress) OR i.message_id IS NULL"),
        0);
}

static void rows_of_the_indexes_reach_their_tables(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice"), bob = add_user(f, "bob"), moved = 0;
    while (moved < CW_INBOX_RUN) {
        say_many(f, alice, bob, CW_STORE_OK);
        moved = number_of("SELECT inbox_to FROM chinwag.progress");
    }
    assert_indexes_are_right();
    assert_int_equal(number_of("SELECT count(*) FROM chinwag.marks"), 2); /* of a new pair, once */
    struct cw_store_result inbox = read_inbox(f, bob, 1);
    for (size_t i = 0; i < inbox.message_count; i++)
        assert_int_equal(inbox.messages[i].message_id, i + 2);
    assert_true(inbox.message_count > 1);
}

/* What is undone is forgotten. */
static void nothing_is_left_of_a_batch_that_is_undone(void **state)
{
    struct fixture *f = *state;
    uint64_t alice = add_user(f, "alice"), bob = add_user(f, "bob");
    for (int i = 0; i < CW_INBOX_RUN / BATCH + 2; i++) /* and some of the first run have moved */
        say_many(f, alice, bob, CW_STORE_OK);
    uint64_t moved = number_of("SELECT count(*) FROM chinwag.history");
    assert_true(moved > 0);
    database_fill(f, true);
    say_many(f, alice, bob, CW_STORE_NO_ROOM);
    assert_int_equal(number_of("SELECT count(*) FROM chinwag.history"), moved);
    database_fill(f, false);
    while (number_of("SELECT inbox_to FROM chinwag.progress") == 0)
        say_many(f, alice, bob, CW_STORE_OK);
    assert_indexes_are_right();
}

#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(rows_of_the_indexes_reach_their_tables),
        T(nothing_is_left_of_a_batch_that_is_undone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
