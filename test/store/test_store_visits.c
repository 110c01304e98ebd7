/* test_store_visits.c - other threads that visit the store's: one visit between two batches, and
 * without waiting for one. */
#include "support.h"

#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>

#include "store/memory/open.h"
#include "store/store_backend.h"
#include "store/store_thread.h"

/* A back end that waits for a permit before each batch, and counts visits and idle moments. */
struct gated {
    struct cw_store store; /* first */
    struct cw_store *real;
    sem_t entered, permits;
    unsigned visits, most, since_batch; /* the most between two batches, since the last one */
    unsigned idle;
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
    (void)again;
    ((struct gated *)store)->idle++;
    return true;
}

static void close_gated(struct cw_store *store)
{
    (void)store;
}

static const struct cw_store_backend backend = {
    .execute = execute, .idle = idle, .close = close_gated};

/* The other side: a loop that is told when a batch is ready. */
struct world {
    struct gated gated;
    struct cw_store_thread *thread;
    sem_t ready, visited;
    atomic_bool enough;
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
    sem_init(&w->visited, 0, 0);
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
    sem_destroy(&w->visited);
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

static bool count_visit(struct cw_store *store, void *context)
{
    struct gated *g = (struct gated *)store;
    struct world *w = context;
    assert_ptr_equal(g, &w->gated);
    g->visits++;
    g->most = ++g->since_batch > g->most ? g->since_batch : g->most;
    sem_post(&w->visited);
    return w->enough;
}

static void *visit_always(void *context)
{
    struct world *w = context;
    while (!w->enough)
        cw_store_thread_visit(w->thread, count_visit, w);
    return NULL;
}

/* While requests wait there is one visit between two batches, whoever wants more. */
static void visits_go_between_batches(void **state)
{
    struct world *w = *state;
    enum { BATCHES = 50, VISITORS = 3 };
    pthread_t visitors[VISITORS];
    submit(w, 0);
    wait_for(&w->gated.entered);
    for (int i = 0; i < VISITORS; i++)
        assert_int_equal(pthread_create(&visitors[i], NULL, visit_always, w), 0);
    for (uint64_t cookie = 0; cookie < BATCHES; cookie++) {
        /* The next one waits already when this batch ends. */
        submit(w, cookie + 1);
        sem_post(&w->gated.permits);
        wait_for(&w->gated.entered);
        take(w, cookie);
    }
    assert_in_range(w->gated.most, 0, 1);
    assert_in_range(w->gated.visits, 0, BATCHES);
    sem_post(&w->gated.permits);
    take(w, BATCHES);
    wait_for(&w->visited);
    w->enough = true;
    for (int i = 0; i < VISITORS; i++)
        pthread_join(visitors[i], NULL);
}

/* It waits for no request; and a visit may leave work for idle moments. */
static void an_idle_store_is_visited(void **state)
{
    struct world *w = *state;
    for (unsigned i = 1; i <= 5; i++) {
        cw_store_thread_visit(w->thread, count_visit, w);
        assert_int_equal(w->gated.visits, i);
    }
    unsigned before = w->gated.idle;
    w->enough = true;
    cw_store_thread_visit(w->thread, count_visit, w);
    w->enough = false;
    cw_store_thread_visit(w->thread, count_visit, w);
    assert_int_equal(w->gated.idle, before + 1);
}

#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(visits_go_between_batches),
        T(an_idle_store_is_visited),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
