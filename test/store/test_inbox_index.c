/* test_inbox_index.c - the index of mailboxes that follows behind the messages:
 * by itself, and under SQLite while runs fill, move and are made again. */
#include "store/inbox_index.h"

#include <stdlib.h>

#include "support.h"

#define MAILBOXES 7
#define BATCH     1024

/* --- by itself ---------------------------------------------------------------------- */

static void add(struct cw_inbox_index *index, uint64_t mailbox, uint64_t id)
{
    cw_inbox_index_count(index, id);
    cw_inbox_index_add(index, mailbox, id, 0);
}

static bool move(struct cw_inbox_index *index, uint64_t *mailbox, uint64_t *id)
{
    struct cw_inbox_row row = {0};
    bool moved = cw_inbox_index_move(index, &row);
    *mailbox = row.key;
    *id = row.id;
    return moved;
}

static void seeks_find_the_next_id_of_a_mailbox(void **state)
{
    struct cw_inbox_index index;
    (void)state;
    cw_inbox_index_init(&index);
    cw_inbox_index_begin(&index);
    add(&index, 2, 1);
    add(&index, 3, 2);
    add(&index, 2, 5);
    cw_inbox_index_keep(&index);
    assert_int_equal(cw_inbox_index_seek(&index, 2, 0), 1);
    assert_int_equal(cw_inbox_index_seek(&index, 2, 1), 5);
    assert_int_equal(cw_inbox_index_seek(&index, 2, 5), 0);
    assert_int_equal(cw_inbox_index_seek(&index, 3, 1), 2);
    assert_int_equal(cw_inbox_index_seek(&index, 4, 0), 0);
    cw_inbox_index_finish(&index);
}

static void an_undone_batch_leaves_nothing(void **state)
{
    struct cw_inbox_index index;
    uint64_t mailbox, id;
    (void)state;
    cw_inbox_index_init(&index);
    cw_inbox_index_begin(&index);
    for (uint64_t i = 1; i < CW_INBOX_RUN; i++)
        add(&index, 2, i);
    cw_inbox_index_keep(&index);
    cw_inbox_index_begin(&index);
    add(&index, 1, CW_INBOX_RUN);
    add(&index, 3, CW_INBOX_RUN + 1);
    cw_inbox_index_undo(&index);
    assert_int_equal(cw_inbox_index_seek(&index, 1, 0), 0);
    assert_false(move(&index, &mailbox, &id)); /* the run is not full */
    cw_inbox_index_begin(&index);
    add(&index, 2, CW_INBOX_RUN);
    cw_inbox_index_keep(&index);
    cw_inbox_index_begin(&index);
    for (uint64_t i = 1; i <= CW_INBOX_RUN; i++) {
        assert_true(move(&index, &mailbox, &id));
        assert_int_equal(mailbox, 2);
        assert_int_equal(id, i);
        assert_int_equal(cw_inbox_index_moved_to(&index), i == CW_INBOX_RUN ? i : 0);
    }
    assert_false(move(&index, &mailbox, &id));
    cw_inbox_index_undo(&index); /* the rows did not reach the disk: once more */
    cw_inbox_index_begin(&index);
    assert_true(move(&index, &mailbox, &id));
    assert_int_equal(id, 1);
    cw_inbox_index_finish(&index);
}

static void runs_move_mailbox_by_mailbox(void **state)
{
    struct cw_inbox_index index;
    uint64_t mailbox, id, last_mailbox = 0, changes = 0;
    (void)state;
    cw_inbox_index_init(&index);
    cw_inbox_index_begin(&index);
    for (uint64_t i = 1; i <= CW_INBOX_RUN; i++)
        add(&index, 1 + i % MAILBOXES, i);
    cw_inbox_index_keep(&index);
    cw_inbox_index_begin(&index);
    while (move(&index, &mailbox, &id)) {
        changes += mailbox != last_mailbox;
        last_mailbox = mailbox;
        assert_int_equal(mailbox, 1 + id % MAILBOXES);
    }
    assert_int_equal(changes, MAILBOXES);
    assert_int_equal(cw_inbox_index_seek(&index, 1, 0), MAILBOXES); /* until it is kept */
    cw_inbox_index_keep(&index);
    assert_int_equal(cw_inbox_index_seek(&index, 1, 0), 0);
    cw_inbox_index_finish(&index);
}

#define CONVERSATION 7u

static void assert_first(const struct cw_inbox_index *index, uint64_t from, uint64_t seq,
                         uint64_t id)
{
    uint64_t found_seq = from, found_id = 0;
    assert_true(cw_inbox_index_first(index, CONVERSATION, &found_seq, &found_id));
    assert_int_equal(found_seq, seq);
    assert_int_equal(found_id, id);
}

static void a_conversation_counts_its_messages(void **state)
{
    struct cw_inbox_index index;
    struct cw_inbox_row row;
    uint64_t seq = 0, id = 0;
    (void)state;
    cw_inbox_index_init(&index);
    cw_inbox_index_begin(&index);
    assert_false(cw_inbox_index_last(&index, CONVERSATION, &seq, &id));
    for (uint64_t i = 0; i < CW_INBOX_RUN; i++) {
        cw_inbox_index_count(&index, 10 + i);
        cw_inbox_index_add(&index, CONVERSATION, 10 + i, 100 + i);
    }
    cw_inbox_index_keep(&index); /* these are moved now */
    cw_inbox_index_begin(&index);
    cw_inbox_index_count(&index, 100000);
    cw_inbox_index_add(&index, CONVERSATION, 100000, 100 + CW_INBOX_RUN);
    assert_true(cw_inbox_index_last(&index, CONVERSATION, &seq, &id));
    assert_int_equal(seq, 100 + CW_INBOX_RUN);
    assert_int_equal(id, 100000);
    assert_first(&index, 1, 100, 10);
    assert_first(&index, 105, 105, 15);
    assert_first(&index, 100 + CW_INBOX_RUN, 100 + CW_INBOX_RUN, 100000);
    seq = 101 + CW_INBOX_RUN;
    assert_false(cw_inbox_index_first(&index, CONVERSATION, &seq, &id));
    assert_true(cw_inbox_index_move(&index, &row));
    assert_int_equal(row.key, CONVERSATION);
    assert_int_equal(row.seq, 100);
    assert_int_equal(row.id, 10);
    cw_inbox_index_undo(&index);
    assert_true(cw_inbox_index_last(&index, CONVERSATION, &seq, &id));
    assert_int_equal(seq, 99 + CW_INBOX_RUN);
    cw_inbox_index_finish(&index);
}

static void what_is_removed_is_neither_found_nor_moved(void **state)
{
    struct cw_inbox_index index;
    struct cw_inbox_row row;
    uint64_t seq, id;
    (void)state;
    cw_inbox_index_init(&index);
    cw_inbox_index_begin(&index);
    for (uint64_t i = 1; i <= CW_INBOX_RUN; i++) {
        cw_inbox_index_count(&index, i);
        cw_inbox_index_add(&index, CONVERSATION, i, i);
    }
    cw_inbox_index_remove(&index, CONVERSATION, 1);
    cw_inbox_index_keep(&index);
    cw_inbox_index_begin(&index);
    cw_inbox_index_remove(&index, CONVERSATION, 2);
    cw_inbox_index_remove(&index, CONVERSATION, 3);
    cw_inbox_index_remove(&index, CONVERSATION, CW_INBOX_RUN + 1); /* is not there */
    assert_first(&index, 1, 4, 4);
    assert_int_equal(cw_inbox_index_seek(&index, CONVERSATION, 1), 4);
    cw_inbox_index_undo(&index);
    assert_first(&index, 1, 2, 2);
    assert_int_equal(cw_inbox_index_seek(&index, CONVERSATION, 0), 2);
    cw_inbox_index_begin(&index);
    assert_true(cw_inbox_index_move(&index, &row));
    assert_int_equal(row.id, 2);
    assert_int_equal(row.seq, 2);
    cw_inbox_index_remove(&index, CONVERSATION, CW_INBOX_RUN);
    while (cw_inbox_index_move(&index, &row))
        id = row.id;
    assert_int_equal(id, CW_INBOX_RUN - 1);
    assert_int_equal(cw_inbox_index_moved_to(&index), CW_INBOX_RUN);
    assert_true(cw_inbox_index_last(&index, CONVERSATION, &seq, &id)); /* its number stays */
    assert_int_equal(seq, CW_INBOX_RUN);
    cw_inbox_index_finish(&index);
}

/* --- under SQLite --------------------------------------------------------------------------- */

/* The pages of the user of mailbox `m` hold every MAILBOXES-th id from `cursor`. */
static void check_pages(struct fixture *f, uint64_t user_id, uint64_t cursor, uint64_t newest)
{
    struct cw_store_result page;
    uint64_t expected = cursor + 1;
    while (expected % MAILBOXES != user_id - 1)
        expected++;
    do {
        page = read_inbox(f, user_id, cursor);
        for (size_t i = 0; i < page.message_count; i++, expected += MAILBOXES)
            assert_int_equal(page.messages[i].message_id, expected);
        cursor = page.scanned_to;
        cw_arena_reset(&f->arena);
    } while (page.more);
    assert_true(expected > newest);
    assert_int_equal(cursor, newest);
}

static void add_batch(struct fixture *f, uint64_t *newest)
{
    struct cw_store_request *requests = calloc(BATCH, sizeof *requests);
    struct cw_store_result *results = calloc(BATCH, sizeof *results);
    for (uint64_t i = 0; i < BATCH; i++)
        requests[i] = (struct cw_store_request){
            .op = CW_STORE_MESSAGE_APPEND,
            .time_ms = 1,
            .user_id = 1,
            .mailbox = cw_mailbox_of_user(1 + (*newest + i + 1) % MAILBOXES),
            .body = TEXT("x")};
    run_many(f, requests, BATCH, results);
    for (uint64_t i = 0; i < BATCH; i++)
        assert_int_equal(results[i].message_id, *newest + i + 1);
    *newest += BATCH;
    cw_arena_reset(&f->arena);
    free(requests);
    free(results);
}

static void pages_are_whole_while_runs_fill_and_move(void **state)
{
    struct fixture *f = *state;
    char name[] = "user0";
    uint64_t newest = 0;
    for (int i = 0; i < MAILBOXES; i++, name[4]++)
        add_user(f, name);
    for (int batch = 1; batch <= 3 * CW_INBOX_RUN / BATCH; batch++) {
        add_batch(f, &newest);
        if (batch % 48 != 0)
            continue;
        check_pages(f, 1 + (uint64_t)batch / 48 % MAILBOXES, newest > 99999 ? newest - 99999 : 0,
                    newest);
        if (batch % 96 == 0) { /* in the middle of moving, too */
            fixture_close(f);
            fixture_open_sqlite(f);
        }
    }
    for (uint64_t user_id = 1; user_id <= MAILBOXES; user_id += 3)
        check_pages(f, user_id, 0, newest);
}

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(seeks_find_the_next_id_of_a_mailbox),
        cmocka_unit_test(an_undone_batch_leaves_nothing),
        cmocka_unit_test(runs_move_mailbox_by_mailbox),
        cmocka_unit_test(a_conversation_counts_its_messages),
        cmocka_unit_test(what_is_removed_is_neither_found_nor_moved),
        cmocka_unit_test_setup_teardown(pages_are_whole_while_runs_fill_and_move, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
