/* store_thread.c - see store_thread.h.
 *
 * One mutex guards two queues, requests going in and batches coming out; it is
 * never held while the store works. The loop thread submits and takes, the
 * store's thread does the rest. */
#include "store/store_thread.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "store/store_backend.h"

struct cw_store_thread {
    struct cw_store *store;
    void (*notify)(void *context);
    void *context;
    pthread_t thread;

    struct cw_pool *pool; /* the loop's own, where requests come from */

    pthread_mutex_t mutex;
    pthread_cond_t work;
    struct cw_store_request **waiting; /* [first, end) of capacity */
    size_t first, end, capacity;
    struct cw_store_batch *ready, **ready_end; /* oldest first */
    bool stopping;
};

/* --- the store's thread --------------------------------------------------------- */

/* How many of the waiting requests make the next commit. */
static size_t batch_size(const struct cw_store_thread *thread)
{
    size_t n = 0;
    for (unsigned pages = 0; thread->first + n < thread->end && n < CW_COMMIT_MAX; n++)
        if (thread->waiting[thread->first + n]->op == CW_STORE_INBOX_READ &&
            ++pages > CW_COMMIT_PAGES_MAX)
            break;
    return n;
}

static struct cw_store_batch *make_batch(struct cw_store_thread *thread)
{
    struct cw_store_batch *batch = cw_alloc_zero(sizeof *batch);
    batch->n = batch_size(thread);
    batch->requests = cw_alloc(batch->n * sizeof batch->requests[0]);
    batch->results = cw_alloc(batch->n * sizeof batch->results[0]);
    memcpy(batch->requests, thread->waiting + thread->first, batch->n * sizeof batch->requests[0]);
    thread->first += batch->n;
    if (thread->first == thread->end)
        thread->first = thread->end = 0;
    return batch;
}

/* The next batch, or NULL when there is nothing left to do, ever. */
static struct cw_store_batch *next_batch(struct cw_store_thread *thread)
{
    struct cw_store_batch *batch = NULL;
    pthread_mutex_lock(&thread->mutex);
    while (thread->end == 0 && !thread->stopping)
        pthread_cond_wait(&thread->work, &thread->mutex);
    if (thread->end != 0)
        batch = make_batch(thread);
    pthread_mutex_unlock(&thread->mutex);
    return batch;
}

/* Puts the batch out; true when nothing more is waiting. The loop that has not
 * taken the one before is told already. */
static bool deliver(struct cw_store_thread *thread, struct cw_store_batch *batch)
{
    pthread_mutex_lock(&thread->mutex);
    bool told = thread->ready != NULL;
    *thread->ready_end = batch;
    thread->ready_end = &batch->next;
    bool idle = thread->end == 0;
    pthread_mutex_unlock(&thread->mutex);
    if (!told)
        thread->notify(thread->context);
    return idle;
}

static bool nothing_waits(struct cw_store_thread *thread)
{
    pthread_mutex_lock(&thread->mutex);
    bool idle = thread->end == 0 && !thread->stopping;
    pthread_mutex_unlock(&thread->mutex);
    return idle;
}

static void *run(void *argument)
{
    struct cw_store_thread *thread = argument;
    struct cw_store_batch *batch;
    while ((batch = next_batch(thread)) != NULL) {
        cw_store_execute(thread->store, (const struct cw_store_request *const *)batch->requests,
                         batch->n, batch->results, &batch->arena);
        /* A failed sync in an idle moment shows in the next batch: the store
         * says FAILED to everything from then on. */
        bool again = deliver(thread, batch);
        while (again && cw_store_idle(thread->store, &again) && nothing_waits(thread))
            continue;
    }
    return NULL;
}

/* --- the loop's side --------------------------------------------------------------- */

struct cw_store_thread *cw_store_thread_start(struct cw_store *store, struct cw_pool *pool,
                                              void (*notify)(void *context), void *context)
{
    struct cw_store_thread *thread = cw_alloc_zero(sizeof *thread);
    thread->store = store;
    thread->pool = pool;
    thread->notify = notify;
    thread->context = context;
    thread->ready_end = &thread->ready;
    pthread_mutex_init(&thread->mutex, NULL);
    pthread_cond_init(&thread->work, NULL);
    if (pthread_create(&thread->thread, NULL, run, thread) != 0) {
        fputs("chinwag: cannot start the store's thread\n", stderr);
        abort();
    }
    return thread;
}

/* Room for n more requests behind the others. */
static void make_room(struct cw_store_thread *thread, size_t n)
{
    if (thread->end + n <= thread->capacity)
        return;
    if (thread->first != 0)
        memmove(thread->waiting, thread->waiting + thread->first,
                (thread->end - thread->first) * sizeof thread->waiting[0]);
    thread->end -= thread->first;
    thread->first = 0;
    if (thread->end + n > thread->capacity) {
        thread->capacity = 2 * (thread->end + n);
        thread->waiting = cw_realloc(thread->waiting, thread->capacity * sizeof thread->waiting[0]);
    }
}

void cw_store_thread_submit(struct cw_store_thread *thread, struct cw_store_request *requests[],
                            size_t n)
{
    if (n == 0)
        return;
    pthread_mutex_lock(&thread->mutex);
    make_room(thread, n);
    memcpy(thread->waiting + thread->end, requests, n * sizeof requests[0]);
    thread->end += n;
    pthread_mutex_unlock(&thread->mutex);
    /* After the mutex: whoever is woken would begin by waiting for it. */
    pthread_cond_signal(&thread->work);
}

struct cw_store_batch *cw_store_thread_take(struct cw_store_thread *thread)
{
    pthread_mutex_lock(&thread->mutex);
    struct cw_store_batch *batches = thread->ready;
    thread->ready = NULL;
    thread->ready_end = &thread->ready;
    pthread_mutex_unlock(&thread->mutex);
    return batches;
}

void cw_store_batch_destroy(struct cw_store_thread *thread, struct cw_store_batch *batch)
{
    if (batch == NULL)
        return;
    for (size_t i = 0; i < batch->n; i++)
        cw_store_request_destroy(thread->pool, batch->requests[i]);
    free(batch->requests);
    free(batch->results);
    cw_arena_finish(&batch->arena);
    free(batch);
}

void cw_store_thread_stop(struct cw_store_thread *thread)
{
    pthread_mutex_lock(&thread->mutex);
    thread->stopping = true;
    pthread_cond_signal(&thread->work);
    pthread_mutex_unlock(&thread->mutex);
    pthread_join(thread->thread, NULL);
    for (struct cw_store_batch *batch = cw_store_thread_take(thread), *next; batch != NULL;
         batch = next) {
        next = batch->next;
        cw_store_batch_destroy(thread, batch);
    }
    cw_store_close(thread->store);
    pthread_cond_destroy(&thread->work);
    pthread_mutex_destroy(&thread->mutex);
    free(thread->waiting);
    free(thread);
}
