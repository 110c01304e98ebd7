/* test_store_thread.c - order, group commit and the end of the store's thread. */
#include "support.h"

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#include "store/memory/open.h"
#include "store/store_backend.h"
#include "store/store_thread.h"

#define LEFT 3 /* pieces of work for idle moments, at the beginning */

/* A back end that shows its batches and waits for a permit before each. */
struct gated {
    struct cw_store store, *real; /* it is the first */
    sem_t entered, permits, looked, idled;
    bool disturbed;       /* used by the loop only */
    atomic_bool tick_due; /* read by the thread */
    size_t sizes[64];
    size_t appends[64]; /* those at the beginning of the batch */
    unsigned batches, idles;
    bool closed;
};

static void execute(struct cw_store *store, const struct cw_store_request *const requests[],
                    size_t n, struct cw_store_result results[], struct cw_arena *arena)
{
    struct gated *g = (struct gated *)store;
    size_t appends = 0;
    while (appends < n && requests[appends]->op == CW_STORE_MESSAGE_APPEND)
        appends++;
    for (size_t i = appends; i < n; i++)
        assert_true(requests[i]->op != CW_STORE_MESSAGE_APPEND || requests[i]->in_turn);
    g->appends[g->batches % 64] = appends;
    g->sizes[g->batches++ % 64] = n;
    sem_post(&g->entered);
    while (sem_wait(&g->permits) != 0)
        ;
    cw_store_execute(g->real, requests, n, results, arena);
}

static bool idle(struct cw_store *store, bool *again)
{
    struct gated *g = (struct gated *)store;
    *again = ++g->idles < LEFT;
    sem_post(&g->idled);
    return true;
}

static const char *failure(struct cw_store *store)
{
    sem_post(&((struct gated *)store)->looked);
    return NULL;
}

static bool disturbed(struct cw_store *store)
{
    return ((struct gated *)store)->disturbed;
}

static bool tick(struct cw_store *store)
{
    (void)store;
    return false;
}

static bool tick_due(const struct cw_store *store)
{
    return ((const struct gated *)store)->tick_due;
}

static void close_gated(struct cw_store *store)
{
    ((struct gated *)store)->closed = true;
}

static const struct cw_store_backend backend = {.execute = execute,
                                                .idle = idle,
                                                .failure = failure,
                                                .disturbed = disturbed,
                                                .tick = tick,
                                                .tick_due = tick_due,
                                                .close = close_gated};

/* The other side: a loop that is told when a batch is ready. */
struct world {
    struct gated gated;
    struct cw_store_thread *thread;
    sem_t ready;
};

static void notify(void *context)
{
    sem_post(&((struct world *)context)->ready);
}

static int set_up(void **state)
{
    struct world *w = cw_alloc_zero(sizeof *w);
    w->gated.store.backend = &backend;
    w->gated.real = cw_store_open_memory(&test_options);
    sem_init(&w->gated.entered, 0, 0);
    sem_init(&w->gated.permits, 0, 0);
    sem_init(&w->gated.looked, 0, 0);
    sem_init(&w->gated.idled, 0, 0);
    sem_init(&w->ready, 0, 0);
    w->thread = cw_store_thread_start(&w->gated.store, NULL, notify, w);
    *state = w;
    return 0;
}

static void permit(struct world *w, unsigned n)
{
    while (n-- > 0)
        sem_post(&w->gated.permits);
}

static void stop(struct world *w)
{
    cw_store_thread_stop(w->thread);
    w->thread = NULL;
}

static int tear_down(void **state)
{
    struct world *w = *state;
    permit(w, 64);
    if (w->thread != NULL)
        stop(w);
    cw_store_close(w->gated.real);
    sem_destroy(&w->gated.entered);
    sem_destroy(&w->gated.permits);
    sem_destroy(&w->gated.looked);
    sem_destroy(&w->gated.idled);
    sem_destroy(&w->ready);
    free(w);
    return 0;
}

static void submit_in_turn(struct world *w, uint64_t cookie)
{
    struct cw_store_request append = {.op = CW_STORE_MESSAGE_APPEND,
                                      .cookie = cookie,
                                      .user_id = 1,
                                      .mailbox = 2,
                                      .body = TEXT("hello"),
                                      .in_turn = true};
    struct cw_store_request *copy = cw_store_request_copy(NULL, &append);
    cw_store_thread_submit(w->thread, &copy, 1);
}

static void submit(struct world *w, enum cw_store_op op, uint64_t first_cookie, size_t n)
{
    struct cw_store_request **requests = cw_alloc(n * sizeof *requests);
    for (size_t i = 0; i < n; i++)
        requests[i] =
            cw_store_request_copy(NULL, &(struct cw_store_request){.op = op,
                                                                   .cookie = first_cookie + i,
                                                                   .user_id = 1,
                                                                   .mailbox = 2,
                                                                   .body = TEXT("hello")});
    cw_store_thread_submit(w->thread, requests, n);
    free(requests);
}

/* Takes batches until n results have come; their cookies must count up from
 * `cookie` and their message ids from `id`. */
static void take(struct world *w, size_t n, uint64_t cookie, uint64_t id)
{
    while (n > 0) {
        while (sem_wait(&w->ready) != 0)
            ;
        for (struct cw_store_batch *batch = cw_store_thread_take(w->thread), *next; batch != NULL;
             batch = next) {
            next = batch->next;
            for (size_t i = 0; i < batch->n; i++, n--) {
                assert_int_equal(batch->results[i].status, CW_STORE_OK);
                assert_int_equal(batch->results[i].cookie, cookie++);
                assert_int_equal(batch->results[i].message_id, id++);
                assert_ptr_equal(batch->results[i].request, batch->requests[i]);
                assert_slice(batch->results[i].request->body, "hello");
            }
            cw_store_batch_destroy(NULL, batch);
        }
    }
}

/* Until all pieces of work that there were at the beginning are done. */
static void wait_for_idle(struct world *w)
{
    const struct timespec end = {.tv_sec = time(NULL) + 120};
    for (int i = 0; i < LEFT; i++)
        while (sem_timedwait(&w->gated.idled, &end) != 0)
            assert_int_equal(errno, EINTR);
}

/* Or an index that is behind waits for the first request, which then waits for it. */
static void what_was_left_is_done_before_the_first_request(void **state)
{
    struct world *w = *state;
    wait_for_idle(w);
    stop(w);
    assert_int_equal(w->gated.idles, LEFT);
    assert_int_equal(w->gated.batches, 0);
}

static void a_batch_beside_others_is_not_announced_again(void **state)
{
    struct world *w = *state;
    int announced;
    for (uint64_t cookie = 0; cookie < 3; cookie++) {
        submit(w, CW_STORE_MESSAGE_APPEND, cookie, 1);
        sem_wait(&w->gated.entered); /* so those before it are out */
        permit(w, cookie < 2);
    }
    sem_getvalue(&w->ready, &announced);
    assert_int_equal(announced, 1);
    take(w, 2, 0, 1);
    permit(w, 1);
    take(w, 1, 2, 3);
}

static void what_waits_goes_into_the_next_commit(void **state)
{
    struct world *w = *state;
    wait_for_idle(w);
    submit(w, CW_STORE_MESSAGE_APPEND, 0, 1);
    sem_wait(&w->gated.entered);
    for (size_t i = 0; i < 5; i++)
        submit(w, CW_STORE_MESSAGE_APPEND, 1 + 500 * i, 500);
    permit(w, 4);
    take(w, 2501, 0, 1);
    stop(w);
    assert_int_equal(w->gated.batches, 4);
    assert_int_equal(w->gated.sizes[0], 1);
    assert_int_equal(w->gated.sizes[1], CW_COMMIT_MAX);
    assert_int_equal(w->gated.sizes[2], CW_COMMIT_MAX);
    assert_int_equal(w->gated.sizes[3], 2500 - 2 * CW_COMMIT_MAX);
    assert_int_equal(w->gated.idles, LEFT + 1); /* with nothing waiting any more */
}

static void pages_of_delivery_are_spread_over_commits(void **state)
{
    struct world *w = *state;
    submit(w, CW_STORE_MESSAGE_APPEND, 0, 1);
    sem_wait(&w->gated.entered);
    submit(w, CW_STORE_MESSAGE_APPEND, 0, 3);
    submit(w, CW_STORE_INBOX_READ, 0, CW_COMMIT_PAGES_MAX);
    submit(w, CW_STORE_MESSAGE_APPEND, 0, 2);
    submit(w, CW_STORE_INBOX_READ, 0, 1);
    submit(w, CW_STORE_MESSAGE_APPEND, 0, 1);
    permit(w, 3);
    stop(w);
    assert_int_equal(w->gated.batches, 3);
    assert_int_equal(w->gated.sizes[1], 3 + 2 + 1 + CW_COMMIT_PAGES_MAX);
    assert_int_equal(w->gated.sizes[2], 1);
}

/* What comes next, in the order of execution. */
static void assert_next(struct world *w, struct cw_store_batch **batch, size_t *at,
                        enum cw_store_op op, uint64_t cookie)
{
    while (*batch == NULL) {
        while (sem_wait(&w->ready) != 0)
            ;
        *batch = cw_store_thread_take(w->thread);
        *at = 0;
    }
    assert_int_equal((*batch)->results[*at].op, op);
    assert_int_equal((*batch)->results[*at].cookie, cookie);
    if (++*at == (*batch)->n) {
        struct cw_store_batch *done = *batch;
        *batch = done->next;
        *at = 0;
        cw_store_batch_destroy(NULL, done);
    }
}

static void messages_overtake_look_ups(void **state)
{
    struct world *w = *state;
    struct cw_store_batch *batch = NULL;
    size_t at = 0;
    submit(w, CW_STORE_USER_FIND, 0, 1);
    sem_wait(&w->gated.entered);
    submit(w, CW_STORE_SESSION_SAVE, 1000, 1);
    submit(w, CW_STORE_USER_FIND, 1001, CW_COMMIT_OTHERS_MAX);
    submit(w, CW_STORE_MESSAGE_APPEND, 1, 2);
    submit(w, CW_STORE_USER_FIND, 2000, 1);
    submit(w, CW_STORE_MESSAGE_APPEND, 3, 1);
    permit(w, 3);
    assert_next(w, &batch, &at, CW_STORE_USER_FIND, 0);
    for (uint64_t i = 1; i <= 3; i++)
        assert_next(w, &batch, &at, CW_STORE_MESSAGE_APPEND, i);
    assert_next(w, &batch, &at, CW_STORE_SESSION_SAVE, 1000);
    for (uint64_t i = 0; i < CW_COMMIT_OTHERS_MAX; i++)
        assert_next(w, &batch, &at, CW_STORE_USER_FIND, 1001 + i);
    assert_next(w, &batch, &at, CW_STORE_USER_FIND, 2000);
    assert_null(batch);
    assert_int_equal(w->gated.batches, 3);
    assert_int_equal(w->gated.sizes[1], 3 + CW_COMMIT_OTHERS_MAX);
    assert_int_equal(w->gated.sizes[2], 2);
}

static void a_message_may_keep_its_turn(void **state)
{
    struct world *w = *state;
    struct cw_store_batch *batch = NULL;
    size_t at = 0;
    submit(w, CW_STORE_USER_FIND, 0, 1);
    sem_wait(&w->gated.entered);
    submit(w, CW_STORE_INBOX_READ, 1, 1);
    submit_in_turn(w, 2);
    submit(w, CW_STORE_USER_FIND, 3, 1);
    submit(w, CW_STORE_MESSAGE_APPEND, 4, 1);
    permit(w, 2);
    assert_next(w, &batch, &at, CW_STORE_USER_FIND, 0);
    assert_next(w, &batch, &at, CW_STORE_MESSAGE_APPEND, 4);
    assert_next(w, &batch, &at, CW_STORE_INBOX_READ, 1);
    assert_next(w, &batch, &at, CW_STORE_MESSAGE_APPEND, 2);
    assert_next(w, &batch, &at, CW_STORE_USER_FIND, 3);
}

/* The page is the newest there is, and so is what it says about itself. */
static void a_page_shows_the_messages_that_overtook_it(void **state)
{
    struct world *w = *state;
    struct cw_store_batch *batch = NULL;
    size_t at = 0;
    submit(w, CW_STORE_USER_FIND, 0, 1);
    sem_wait(&w->gated.entered);
    submit(w, CW_STORE_INBOX_READ, 1, 1);
    submit(w, CW_STORE_MESSAGE_APPEND, 2, 3);
    permit(w, 1);
    assert_next(w, &batch, &at, CW_STORE_USER_FIND, 0);
    permit(w, 1);
    while (sem_wait(&w->ready) != 0)
        ;
    batch = cw_store_thread_take(w->thread);
    assert_int_equal(batch->n, 4);
    assert_int_equal(batch->results[2].message_id, 3);
    assert_int_equal(batch->results[3].op, CW_STORE_INBOX_READ);
    assert_int_equal(batch->results[3].scanned_to, 3);
    cw_store_batch_destroy(NULL, batch);
}

static void a_flood_of_messages_leaves_room_for_look_ups(void **state)
{
    struct world *w = *state;
    submit(w, CW_STORE_MESSAGE_APPEND, 0, 1);
    sem_wait(&w->gated.entered);
    submit(w, CW_STORE_MESSAGE_APPEND, 1, 3 * CW_COMMIT_MAX);
    submit(w, CW_STORE_USER_FIND, 0, CW_COMMIT_OTHERS_MAX + 3);
    permit(w, 5);
    stop(w);
    assert_int_equal(w->gated.sizes[1], CW_COMMIT_MAX);
    assert_int_equal(w->gated.appends[1], CW_COMMIT_MAX - CW_COMMIT_OTHERS_MAX);
    assert_int_equal(w->gated.sizes[2], CW_COMMIT_MAX);
    assert_int_equal(w->gated.appends[2], CW_COMMIT_MAX - 3);
    assert_int_equal(w->gated.sizes[3], CW_COMMIT_MAX);
    assert_int_equal(w->gated.sizes[4], CW_COMMIT_OTHERS_MAX + 3);
    assert_int_equal(w->gated.batches, 5);
}

static void wait_for_look(struct world *w)
{
    while (sem_wait(&w->gated.looked) != 0)
        ;
}

static int looks(struct world *w)
{
    int looks;
    sem_getvalue(&w->gated.looked, &looks);
    return looks;
}

static void an_idle_thread_looks_only_when_something_may_have_happened(void **state)
{
    struct world *w = *state;
    cw_store_thread_tick(w->thread);
    w->gated.disturbed = true;
    cw_store_thread_tick(w->thread);
    wait_for_look(w);
    w->gated.disturbed = false;
    cw_store_thread_tick(w->thread);
    permit(w, 1);
    submit(w, CW_STORE_MESSAGE_APPEND, 0, 1);
    take(w, 1, 0, 1);
    stop(w);
    assert_int_equal(looks(w), 0);
}

static void an_idle_thread_wakes_for_a_tick_that_is_due(void **state)
{
    struct world *w = *state;
    w->gated.tick_due = true;
    permit(w, 1);
    submit(w, CW_STORE_MESSAGE_APPEND, 0, 1);
    take(w, 1, 0, 1);
    while (looks(w) == 0) /* until the thread waits again */
        cw_store_thread_tick(w->thread);
    wait_for_look(w);
}

static void a_stop_finishes_what_was_submitted(void **state)
{
    struct world *w = *state;
    submit(w, CW_STORE_MESSAGE_APPEND, 0, 1);
    sem_wait(&w->gated.entered);
    submit(w, CW_STORE_MESSAGE_APPEND, 1, 3000);
    permit(w, 4);
    stop(w);
    assert_true(w->gated.closed);
    assert_int_equal(w->gated.batches, 4);
    struct cw_arena arena = {0};
    struct cw_store_request append = {.op = CW_STORE_MESSAGE_APPEND, .mailbox = 2};
    struct cw_store_result result;
    cw_store_execute(w->gated.real, &(const struct cw_store_request *){&append}, 1, &result,
                     &arena);
    assert_int_equal(result.message_id, 3002);
    cw_arena_finish(&arena);
}

static void a_stop_with_nothing_to_do(void **state)
{
    struct world *w = *state;
    assert_null(cw_store_thread_take(w->thread));
    cw_store_thread_submit(w->thread, NULL, 0);
    stop(w);
    assert_true(w->gated.closed);
    assert_int_equal(w->gated.batches, 0);
}

static void order_holds_under_load(void **state)
{
    struct world *w = *state;
    permit(w, 2000);
    for (uint64_t i = 0; i < 200; i++) {
        submit(w, CW_STORE_MESSAGE_APPEND, 10 * i, 10);
        if (i % 7 == 6)
            take(w, 70, 10 * (i - 6), 1 + 10 * (i - 6));
    }
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(a_batch_beside_others_is_not_announced_again),
        T(what_waits_goes_into_the_next_commit),
        T(pages_of_delivery_are_spread_over_commits),
        T(messages_overtake_look_ups),
        T(a_message_may_keep_its_turn),
        T(a_page_shows_the_messages_that_overtook_it),
        T(a_flood_of_messages_leaves_room_for_look_ups),
        T(what_was_left_is_done_before_the_first_request),
        T(an_idle_thread_looks_only_when_something_may_have_happened),
        T(an_idle_thread_wakes_for_a_tick_that_is_due),
        T(a_stop_finishes_what_was_submitted),
        T(a_stop_with_nothing_to_do),
        T(order_holds_under_load),
    };
    return cmocka_run_group_tests_name("store thread", tests, NULL, NULL);
}
