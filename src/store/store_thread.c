/* store_thread.c - see store_thread.h.
 *
 * One mutex guards the waiting requests and the finished batches; it is never held while the store
 * works. The loop thread submits and takes, the store's thread does the rest.
 *
 * Messages overtake all other requests, which wait in a queue of their own: a thousand users who
 * come back at once cause two thousand look-ups and pages, and messages of others need not wait for
 * these. Why nothing relies on the order between the two queues:
 * - Within one connection, every request except an append blocks the later ones (core/request.c)
 * until its result has arrived. So no append is ever submitted behind a waiting look-up or join of
 * its own connection; and an append keeps its place before later requests.
 * - Between connections no order is promised, and the core acts on results only:
 *   permission to write to a group was settled by a result, not by a waiting request.
 * - A page and a new session's cursor depend on the state of the store when they were executed.
 * Results are taken in the order of execution, so an append that overtook a page is in that page,
 * and was reported before it. The shell may hold a page back while a worker decodes recordings in
 * it: a message that is reported before that page then counts as missed, and is read next.
 * - A message that a user sends while a page of theirs is awaited must not be in that page for the
 * session that sent it, and the user's other devices get a copy only once they are live: so the
 * message keeps its turn (in_turn), and so do later messages of the session.
 * - A cursor that is saved names messages that are stored already. */
#include "store/store_thread.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "store/store_backend.h"
#include "store/store_lease.h"
#include "store/store_queue.h"

/* One that waits for its visit, on the stack of its thread. */
struct visitor {
    struct visitor *next;
    cw_store_visit *visit;
    void *context;
    bool done;
};

struct cw_store_thread {
    struct cw_store *store;
    void (*notify)(void *context);
    void *context;
    pthread_t thread;

    struct cw_pool *pool; /* the loop's own, where requests come from */

    pthread_mutex_t mutex;
    pthread_cond_t work;
    struct cw_store_queue appends, others;
    struct cw_store_batch *ready, **ready_end; /* oldest first */
    struct visitor *visitors, **visitors_end;  /* oldest first */
    pthread_cond_t visited;
    bool stopping;
    bool looking;     /* the thread must check the store */
    bool has_options; /* ... and use these from now on */
    struct cw_store_options options;
    bool tick_due;      /* there is work for a tick */
    bool failed;        /* the loop has been told; used by the store's thread */
    uint64_t ticked_ms; /* the same */
};

/* --- the store's thread --------------------------------------------------------- */

static bool nothing_waits(const struct cw_store_thread *thread)
{
    return cw_store_queue_count(&thread->appends) == 0 &&
           cw_store_queue_count(&thread->others) == 0;
}

/* How many requests other than appends go into the next commit. */
static size_t others_in_batch(const struct cw_store_queue *others)
{
    size_t n = 0;
    for (unsigned pages = 0; n < cw_store_queue_count(others) && n < CW_COMMIT_OTHERS_MAX; n++)
        if (cw_store_op_is_page(others->requests[others->first + n]->op) &&
            ++pages > CW_COMMIT_PAGES_MAX)
            break;
    return n;
}

static struct cw_store_batch *make_batch(struct cw_store_thread *thread)
{
    struct cw_store_batch *batch = cw_alloc_zero(sizeof *batch);
    size_t others = others_in_batch(&thread->others);
    size_t appends = cw_store_queue_count(&thread->appends);
    if (appends > CW_COMMIT_MAX - others)
        appends = CW_COMMIT_MAX - others;
    batch->requests = cw_alloc((appends + others) * sizeof batch->requests[0]);
    batch->results = cw_alloc((appends + others) * sizeof batch->results[0]);
    cw_store_queue_take(&thread->appends, appends, batch->requests);
    cw_store_queue_take(&thread->others, others, batch->requests + appends);
    batch->n = appends + others;
    return batch;
}

/* The next batch: without requests when the store only has to be checked, or somebody waits for a
 * visit; NULL when the thread must end. */
static struct cw_store_batch *next_batch(struct cw_store_thread *thread)
{
    struct cw_store_batch *batch = NULL;
    pthread_mutex_lock(&thread->mutex);
    thread->tick_due = cw_store_tick_due(thread->store);
    while (nothing_waits(thread) && !thread->stopping && !thread->looking &&
           thread->visitors == NULL)
        pthread_cond_wait(&thread->work, &thread->mutex);
    thread->looking = false;
    if (thread->has_options)
        cw_store_set_options(thread->store, &thread->options);
    thread->has_options = false;
    if (!nothing_waits(thread) || !thread->stopping)
        batch = make_batch(thread);
    pthread_mutex_unlock(&thread->mutex);
    return batch;
}

/* Publishes the batch; true when nothing more is waiting. If the batch before was not taken yet,
 * the loop has been told already. */
static bool deliver(struct cw_store_thread *thread, struct cw_store_batch *batch)
{
    pthread_mutex_lock(&thread->mutex);
    bool told = thread->ready != NULL;
    *thread->ready_end = batch;
    thread->ready_end = &batch->next;
    bool idle = nothing_waits(thread);
    pthread_mutex_unlock(&thread->mutex);
    if (!told)
        thread->notify(thread->context);
    return idle;
}

static bool may_idle(struct cw_store_thread *thread)
{
    pthread_mutex_lock(&thread->mutex);
    bool idle = nothing_waits(thread) && !thread->stopping;
    pthread_mutex_unlock(&thread->mutex);
    return idle;
}

/* Notes of an idle moment come with the next batch. */
static void take_notes(struct cw_store *store, struct cw_store_batch *batch)
{
    if (store->notes.count == 0)
        return;
    batch->notes = cw_arena_alloc(&batch->arena, sizeof *batch->notes);
    cw_store_take_notes(store, batch->notes);
}

static uint64_t now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

static bool tick(struct cw_store_thread *thread)
{
    uint64_t now = now_us() / 1000;
    if (now - thread->ticked_ms < CW_STORE_TICK_MS)
        return false;
    thread->ticked_ms = now;
    return cw_store_tick(thread->store);
}

/* What has come without a request. */
static void deliver_news(struct cw_store_thread *thread)
{
    struct cw_store_news_list *news = cw_store_take_news(thread->store);
    if (news == NULL)
        return;
    struct cw_store_batch *batch = cw_alloc_zero(sizeof *batch);
    batch->news = news;
    deliver(thread, batch);
}

/* Work for idle moments; after a tick one piece of it is done even if the store is not idle. Each
 * piece hears news, too. */
static void be_idle(struct cw_store_thread *thread, bool idle)
{
    bool again = tick(thread) || idle;
    while (again && cw_store_idle(thread->store, &again)) {
        deliver_news(thread);
        again &= may_idle(thread);
    }
}

/* Without a request only news are delivered, and a failure, once. */
static void look(struct cw_store_thread *thread, struct cw_store_batch *batch)
{
    if (!thread->failed)
        cw_store_look(thread->store);
    deliver_news(thread);
    batch->failure = thread->failed ? NULL : cw_store_failure(thread->store);
    if (batch->failure == NULL) {
        cw_store_batch_destroy(NULL, batch);
        return;
    }
    thread->failed = true;
    deliver(thread, batch);
}

/* Who has waited for the longest time; the next one after the next batch. */
static void receive_visitor(struct cw_store_thread *thread)
{
    pthread_mutex_lock(&thread->mutex);
    struct visitor *visitor = thread->visitors;
    pthread_mutex_unlock(&thread->mutex);
    if (visitor == NULL)
        return;
    bool again = visitor->visit(thread->store, visitor->context);
    pthread_mutex_lock(&thread->mutex);
    thread->visitors = visitor->next;
    if (thread->visitors == NULL)
        thread->visitors_end = &thread->visitors;
    visitor->done = true;
    pthread_cond_broadcast(&thread->visited);
    pthread_mutex_unlock(&thread->mutex);
    if (again)
        be_idle(thread, true);
}

static void *run(void *argument)
{
    struct cw_store_thread *thread = argument;
    struct cw_store_batch *batch;
    be_idle(thread, may_idle(thread)); /* what the process before this one has left */
    while ((batch = next_batch(thread)) != NULL) {
        if (batch->n == 0) {
            look(thread, batch);
            be_idle(thread, false);
            receive_visitor(thread);
            continue;
        }
        uint64_t begun_us = now_us();
        cw_store_execute(thread->store, (const struct cw_store_request *const *)batch->requests,
                         batch->n, batch->results, &batch->arena);
        batch->took_us = now_us() - begun_us;
        batch->news = cw_store_take_news(thread->store);
        take_notes(thread->store, batch);
        if (batch->results[0].status == CW_STORE_FAILED)
            batch->failure = cw_store_failure(thread->store);
        /* A failed sync in an idle moment is reported by the next batch: the store answers FAILED
         * to everything from then on. */
        be_idle(thread, deliver(thread, batch));
        receive_visitor(thread);
    }
    return NULL;
}

/* The store waits for its database for long: what was not given to it yet is not stored. */
static void refuse_what_waits(void *context)
{
    struct cw_store_thread *thread = context;
    for (bool all = false; !all;) {
        pthread_mutex_lock(&thread->mutex);
        struct cw_store_batch *batch = nothing_waits(thread) ? NULL : make_batch(thread);
        pthread_mutex_unlock(&thread->mutex);
        if (batch == NULL)
            return;
        for (size_t i = 0; i < batch->n; i++)
            cw_store_result_init(&batch->results[i], batch->requests[i], CW_STORE_UNAVAILABLE);
        batch->refused = true;
        cw_store_drop_files(thread->store, (const struct cw_store_request *const *)batch->requests,
                            batch->n, batch->results);
        all = deliver(thread, batch);
    }
}

void cw_store_thread_look(struct cw_store_thread *thread)
{
    pthread_mutex_lock(&thread->mutex);
    thread->looking = true;
    pthread_mutex_unlock(&thread->mutex);
    pthread_cond_signal(&thread->work);
}

static void on_bell(void *context)
{
    cw_store_thread_look(context);
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
    thread->ticked_ms = now_us() / 1000;
    pthread_mutex_init(&thread->mutex, NULL);
    pthread_cond_init(&thread->work, NULL);
    pthread_cond_init(&thread->visited, NULL);
    thread->visitors_end = &thread->visitors;
    cw_store_set_bell(store, on_bell, thread);
    cw_store_set_refuser(store, refuse_what_waits, thread);
    if (pthread_create(&thread->thread, NULL, run, thread) != 0) {
        fputs("chinwag: cannot start the store's thread\n", stderr);
        abort();
    }
    return thread;
}

static bool overtakes(const struct cw_store_request *request)
{
    return request->op == CW_STORE_MESSAGE_APPEND && !request->in_turn;
}

void cw_store_thread_submit(struct cw_store_thread *thread, struct cw_store_request *requests[],
                            size_t n)
{
    if (n == 0)
        return;
    pthread_mutex_lock(&thread->mutex);
    for (size_t i = 0; i < n; i++)
        cw_store_queue_add(overtakes(requests[i]) ? &thread->appends : &thread->others,
                           requests[i]);
    pthread_mutex_unlock(&thread->mutex);
    /* After unlocking: otherwise the woken thread would wait for the mutex first. */
    pthread_cond_signal(&thread->work);
}

void cw_store_thread_tick(struct cw_store_thread *thread)
{
    bool disturbed = cw_store_disturbed(thread->store);
    pthread_mutex_lock(&thread->mutex);
    thread->looking |= nothing_waits(thread) && (disturbed || thread->tick_due);
    bool looking = thread->looking;
    pthread_mutex_unlock(&thread->mutex);
    if (looking)
        pthread_cond_signal(&thread->work);
}

uint64_t cw_store_thread_waits_ms(const struct cw_store_thread *thread)
{
    return cw_store_waits_ms(thread->store);
}

uint64_t cw_store_thread_renewed_ms(const struct cw_store_thread *thread)
{
    return cw_store_renewed_ms(thread->store);
}

void cw_store_thread_lease(struct cw_store_thread *thread, uint64_t call, bool take)
{
    cw_store_lease(thread->store, call, take);
}

uint64_t cw_store_thread_epoch(const struct cw_store_thread *thread)
{
    return cw_store_epoch(thread->store);
}

uint64_t cw_store_thread_free_bytes(const struct cw_store_thread *thread)
{
    return cw_store_free_bytes(thread->store);
}

void cw_store_thread_visit(struct cw_store_thread *thread, cw_store_visit *visit, void *context)
{
    struct visitor visitor = {.visit = visit, .context = context};
    pthread_mutex_lock(&thread->mutex);
    *thread->visitors_end = &visitor;
    thread->visitors_end = &visitor.next;
    pthread_cond_signal(&thread->work);
    while (!visitor.done)
        pthread_cond_wait(&thread->visited, &thread->mutex);
    pthread_mutex_unlock(&thread->mutex);
}

void cw_store_thread_set_options(struct cw_store_thread *thread,
                                 const struct cw_store_options *options)
{
    pthread_mutex_lock(&thread->mutex);
    thread->options = *options;
    thread->has_options = thread->looking = true;
    pthread_mutex_unlock(&thread->mutex);
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

void cw_store_batch_destroy(struct cw_pool *pool, struct cw_store_batch *batch)
{
    if (batch == NULL)
        return;
    for (size_t i = 0; i < batch->n; i++)
        cw_store_request_destroy(pool, batch->requests[i]);
    free(batch->requests);
    free(batch->results);
    cw_store_news_destroy(batch->news);
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
        cw_store_batch_destroy(thread->pool, batch);
    }
    cw_store_close(thread->store);
    pthread_cond_destroy(&thread->work);
    pthread_cond_destroy(&thread->visited);
    pthread_mutex_destroy(&thread->mutex);
    free(thread->appends.requests);
    free(thread->others.requests);
    free(thread);
}
