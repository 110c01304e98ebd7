/* test_store_copying.c - a copy of the database on the store's thread: one step between two
 * batches, and what an end of it means. */
#include "support.h"

#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>

#include "store/memory/open.h"
#include "store/store_backend.h"
#include "store/store_thread.h"

/* A back end that waits for a permit before each batch, and counts the steps of a copy. */
struct gated {
    struct cw_store store; /* first */
    struct cw_store *real;
    sem_t entered, permits;
    unsigned steps, steps_left; /* of a copy; 13 left: it fails */
    unsigned most, since_batch; /* steps: the most between two batches, since the last one */
    bool copy_ended;
};

static void execute(struct cw_store *store, const struct cw_store_request *const requests[],
                    size_t n, struct cw_store_result results[], struct cw_arena *arena)
{
    struct gated *g = (struct gated *)store;
    g->since_batch = 0;
    sem_post(&g->entered);
    while (sem_wait(&g->permits) != 0)
        continue;
    cw_store_execute(g->real, requests, n, results, arena);
}

static bool idle(struct cw_store *store, bool *again)
{
    (void)store, (void)again;
    return true;
}

static bool copy_begin(struct cw_store *store, const char *path, char error[256])
{
    (void)store, (void)error;
    assert_string_equal(path, "copy");
    return true;
}

static enum cw_store_copying copy_step(struct cw_store *store, char error[256])
{
    struct gated *g = (struct gated *)store;
    snprintf(error, 256, "no room");
    g->steps++;
    g->most = ++g->since_batch > g->most ? g->since_batch : g->most;
    if (g->steps_left == 13)
        return CW_COPY_FAILED;
    return --g->steps_left == 0 ? CW_COPY_DONE : CW_COPY_MORE;
}

static void copy_end(struct cw_store *store)
{
    ((struct gated *)store)->copy_ended = true;
}

static void close_gated(struct cw_store *store)
{
    (void)store;
}

static const struct cw_store_backend backend = {.execute = execute,
                                                .idle = idle,
                                                .copy_begin = copy_begin,
                                                .copy_step = copy_step,
                                                .copy_end = copy_end,
                                                .close = close_gated};

/* The other side: a loop that is told when a batch is ready. */
struct world {
    struct gated gated;
    struct cw_store_thread *thread;
    sem_t ready, copied;
    const char *failure; /* of the copy */
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
    sem_init(&w->ready, 0, 0);
    sem_init(&w->copied, 0, 0);
    w->thread = cw_store_thread_start(&w->gated.store, NULL, notify, w);
    *state = w;
    return 0;
}

static int tear_down(void **state)
{
    struct world *w = *state;
    for (int i = 0; i < 64; i++)
        sem_post(&w->gated.permits);
    cw_store_thread_stop(w->thread);
    cw_store_close(w->gated.real);
    sem_destroy(&w->gated.entered);
    sem_destroy(&w->gated.permits);
    sem_destroy(&w->ready);
    sem_destroy(&w->copied);
    free(w);
    return 0;
}

static void wait_for(sem_t *sem)
{
    while (sem_wait(sem) != 0)
        continue;
}

static void submit(struct world *w, uint64_t cookie)
{
    struct cw_store_request *request =
        cw_store_request_copy(NULL, &(struct cw_store_request){.op = CW_STORE_MESSAGE_APPEND,
                                                               .cookie = cookie,
                                                               .user_id = 1,
                                                               .mailbox = 2,
                                                               .body = TEXT("hello")});
    cw_store_thread_submit(w->thread, &request, 1);
}

/* The answer to the one request that is under way. */
static void take(struct world *w, uint64_t cookie)
{
    wait_for(&w->ready);
    struct cw_store_batch *batch = cw_store_thread_take(w->thread);
    assert_int_equal(batch->n, 1);
    assert_int_equal(batch->results[0].cookie, cookie);
    cw_store_batch_destroy(NULL, batch);
}

static void on_copied(void *context, const char *failure)
{
    struct world *w = context;
    w->failure = failure == NULL ? NULL : strdup(failure);
    sem_post(&w->copied);
}

/* While requests wait there is one step between two batches; and each request is answered
 * before the copy is complete. */
static void a_copy_goes_between_batches(void **state)
{
    struct world *w = *state;
    enum { BATCHES = 50 };
    w->gated.steps_left = 1000000; /* more than there are batches; not reached */
    submit(w, 0);
    wait_for(&w->gated.entered);
    cw_store_thread_copy(w->thread, "copy", on_copied, w);
    for (uint64_t cookie = 0; cookie < BATCHES; cookie++) {
        /* The next one waits already when this batch ends. */
        submit(w, cookie + 1);
        sem_post(&w->gated.permits);
        wait_for(&w->gated.entered);
        take(w, cookie);
    }
    assert_int_equal(w->gated.most, 1);
    assert_in_range(w->gated.steps, BATCHES - 2, BATCHES);
    assert_false(w->gated.copy_ended);
    sem_post(&w->gated.permits);
    take(w, BATCHES);
    cw_store_thread_copy_end(w->thread); /* in the middle of it */
    assert_true(w->gated.copy_ended);
    assert_int_equal(sem_trywait(&w->copied), -1);
}

/* Without requests it goes on by itself. */
static void an_idle_store_copies_to_the_end(void **state)
{
    struct world *w = *state;
    w->gated.steps_left = 5;
    cw_store_thread_copy(w->thread, "copy", on_copied, w);
    wait_for(&w->copied);
    assert_null(w->failure);
    assert_int_equal(w->gated.steps, 5);
    assert_false(w->gated.copy_ended);
    cw_store_thread_copy_end(w->thread);
    assert_true(w->gated.copy_ended);
    cw_store_thread_copy_end(w->thread); /* once more does nothing */
}

static void a_copy_that_fails_is_told(void **state)
{
    struct world *w = *state;
    w->gated.steps_left = 15;
    cw_store_thread_copy(w->thread, "copy", on_copied, w);
    wait_for(&w->copied);
    assert_string_equal(w->failure, "no room");
    free((char *)(uintptr_t)w->failure);
    cw_store_thread_copy_end(w->thread);
    w->gated.steps_left = 2;
    cw_store_thread_copy(w->thread, "copy", on_copied, w);
    wait_for(&w->copied);
    assert_null(w->failure);
    cw_store_thread_copy_end(w->thread);
}

#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(a_copy_goes_between_batches),
        T(an_idle_store_copies_to_the_end),
        T(a_copy_that_fails_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
