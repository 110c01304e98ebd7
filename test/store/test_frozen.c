/* test_frozen.c - a store on its way to another database (store/move.h): it only reads, and its
 * rows are read some at a time. */
#include <string.h>

#include "store/sqlite/leave.h"
#include "store/sqlite/state.h"
#include "support.h"

static int set_up(void **state)
{
    struct fixture *f = cw_alloc_zero(sizeof *f);
    fixture_init(f);
    fixture_open_sqlite(f);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    fixture_finish(*state);
    free(*state);
    return 0;
}

/* Each result is that of its own request, and what was refused is not stored, also not later. */
static void what_writes_is_refused_and_what_reads_is_not(void **state)
{
    struct fixture *f = *state;
    char error[256] = "";
    uint64_t alice = add_user(f, "alice"), bob = add_user(f, "bob");
    uint64_t id = add_message(f, alice, cw_mailbox_of_user(bob), "before");
    f->store->frozen = true;
    const struct cw_store_request requests[] = {
        {.op = CW_STORE_MESSAGE_APPEND,
         .cookie = 1,
         .user_id = alice,
         .mailbox = cw_mailbox_of_user(bob),
         .body = TEXT("lost")},
        {.op = CW_STORE_USER_FIND, .cookie = 2, .key = TEXT("bob")},
        {.op = CW_STORE_GROUP_CREATE,
         .cookie = 3,
         .user_id = alice,
         .key = TEXT("cooks"),
         .name = TEXT("cooks")},
        {.op = CW_STORE_USER_FIND, .cookie = 4, .key = TEXT("alice")},
        {.op = CW_STORE_USER_FIND, .cookie = 5, .key = TEXT("nobody")},
    };
    struct cw_store_result results[5];
    run_many(f, requests, 5, results);
    for (uint64_t i = 0; i < 5; i++)
        assert_int_equal(results[i].cookie, i + 1);
    assert_int_equal(results[0].status, CW_STORE_UNAVAILABLE);
    assert_int_equal(results[1].user_id, bob);
    assert_int_equal(results[2].status, CW_STORE_UNAVAILABLE);
    assert_int_equal(results[3].user_id, alice);
    assert_int_equal(results[4].status, CW_STORE_NOT_FOUND);
    EXPECT(f, CW_STORE_UNAVAILABLE, .op = CW_STORE_SESSION_DROP, .session_id = 1);
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_SESSION_SAVE, .session_id = 1); /* its client attaches */
    bool again = true;
    assert_true(cw_store_idle(f->store, &again));
    assert_false(again);
    assert_false(cw_store_tick(f->store));
    assert_false(cw_store_copy_begin(f->store, fixture_path(f, "copy"), error));
    assert_non_null(strstr(error, "on its way to PostgreSQL"));
    fixture_close(f);
    fixture_open_sqlite(f);
    struct cw_store_result inbox = read_inbox(f, bob, 0);
    ASSERT_IDS(&inbox, id, );
    EXPECT(f, CW_STORE_OK, .op = CW_STORE_GROUP_CREATE, .user_id = alice, .key = TEXT("cooks"),
           .name = TEXT("cooks"));
}

static bool add_up(void *to, const struct cw_move_value *values)
{
    uint64_t *sum = to;
    *sum += values[0].number;
    return values[0].number != 13;
}

static cw_database *database_of(struct fixture *f)
{
    return ((struct cw_sqlite *)f->store)->db;
}

#define TO_20                                                                                      \
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20) SELECT i FROM n"

static void rows_are_read_some_at_a_time(void **state)
{
    struct fixture *f = *state;
    uint64_t sum = 0;
    struct cw_sqlite_leaving_rows rows = {
        .sql = TO_20 " WHERE i <> 13", .kinds = "n", .row = add_up, .to = &sum};
    for (int visits = 1; cw_sqlite_leaving_read(&rows, database_of(f), 5); visits++)
        assert_in_range(visits, 1, 3);
    assert_int_equal(rows.rc, CW_DATABASE_GOOD);
    assert_int_equal(sum, 210 - 13);
}

static void reading_ends_early(void **state)
{
    struct fixture *f = *state;
    uint64_t sum = 0;
    struct cw_sqlite_leaving_rows by_row = {.sql = TO_20, .kinds = "n", .row = add_up, .to = &sum};
    assert_false(cw_sqlite_leaving_read(&by_row, database_of(f), 100)); /* with 13 */
    assert_int_equal(by_row.rc, CW_DATABASE_GOOD);
    assert_int_equal(sum, 91);
    struct cw_sqlite_leaving_rows stopped = {.sql = TO_20, .kinds = "n", .row = add_up, .to = &sum};
    assert_true(cw_sqlite_leaving_read(&stopped, database_of(f), 2));
    assert_false(cw_sqlite_leaving_read(&stopped, database_of(f), 0));
    assert_int_equal(stopped.rc, CW_DATABASE_GOOD);
    struct cw_sqlite_leaving_rows wrong = {
        .sql = "SELECT i FROM nothing", .kinds = "n", .row = add_up, .to = &sum};
    assert_false(cw_sqlite_leaving_read(&wrong, database_of(f), 2));
    assert_int_not_equal(wrong.rc, CW_DATABASE_GOOD);
}

#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(what_writes_is_refused_and_what_reads_is_not),
        T(rows_are_read_some_at_a_time),
        T(reading_ends_early),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
