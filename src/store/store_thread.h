/* store_thread.h - a back end on a thread of its own, with group commit.
 *
 * Requests that arrive while one commit is being synced go into the next; nothing is delayed on
 * purpose. Messages (MESSAGE_APPEND) take effect in the order of submission, and so do all other
 * requests. But messages go before other requests that wait (unless they must keep their turn:
 * cw_store_request.in_turn); a commit takes CW_COMMIT_OTHERS_MAX of the others. Results come in the
 * order in which requests took effect; but while the store waits for its database for long, what
 * has come meanwhile is answered UNAVAILABLE before that which is under way. */
#ifndef CW_STORE_STORE_THREAD_H
#define CW_STORE_STORE_THREAD_H

#include "store/store.h"

struct cw_store_thread;

/* One executed commit. results[i] answers requests[i]. */
struct cw_store_batch {
    struct cw_store_batch *next;
    struct cw_store_request **requests;
    struct cw_store_result *results;
    size_t n;
    struct cw_arena arena;
    struct cw_store_news_list *news; /* to be delivered before the results; or NULL */
    struct cw_store_notes *notes;    /* notes for the operator, or NULL */
    unsigned references;             /* the taker's own */
    uint64_t took_us;                /* how long the commit took */
    bool refused;                    /* it was none: see cw_store_set_refuser */
    const char *failure; /* why the store cannot continue (cw_store_failure), or NULL. Such a batch,
                            and one with news, may have no requests */
};

/* Starts the thread; it owns `store` from now on. `notify(context)` is called on the store thread
 * when a batch has become ready and none was ready before. Requests come from `pool` (NULL: none),
 * which only the loop thread touches, and go back there. */
struct cw_store_thread *cw_store_thread_start(struct cw_store *store, struct cw_pool *pool,
                                              void (*notify)(void *context), void *context);

/* Hands over requests (each made by cw_store_request_copy with the pool of
 * cw_store_thread_start; owned by the thread from now on). Loop thread only. */
void cw_store_thread_submit(struct cw_store_thread *thread, struct cw_store_request *requests[],
                            size_t n);

/* To be called each CW_STORE_TICK_MS: lets an idle thread check the store's folder if something may
 * have happened to it, and do work that is due once a second. Loop thread only. */
void cw_store_thread_tick(struct cw_store_thread *thread);

/* There may be news: as the store's own bell. Any thread. */
void cw_store_thread_look(struct cw_store_thread *thread);

/* As cw_store_epoch. Loop thread only. */
uint64_t cw_store_thread_epoch(const struct cw_store_thread *thread);

/* As cw_store_free_bytes. Loop thread only. */
uint64_t cw_store_thread_free_bytes(const struct cw_store_thread *thread);

/* As cw_store_waits_ms. */
uint64_t cw_store_thread_waits_ms(const struct cw_store_thread *thread);

/* As cw_store_renewed_ms. */
uint64_t cw_store_thread_renewed_ms(const struct cw_store_thread *thread);
/* As cw_store_lease. Loop thread only. */
void cw_store_thread_lease(struct cw_store_thread *thread, uint64_t call, bool take);

/* Calls visit(store, context) on the store's thread, after the batch under way, and waits until it
 * has returned; between two batches there is one visit. True from it: there may be work for idle
 * moments. On any thread but the store's and the loop's, before cw_store_thread_stop. */
typedef bool cw_store_visit(struct cw_store *store, void *context);
void cw_store_thread_visit(struct cw_store_thread *thread, cw_store_visit *visit, void *context);

/* As cw_store_set_options; in idle moments, too. Loop thread only. */
void cw_store_thread_set_options(struct cw_store_thread *thread,
                                 const struct cw_store_options *options);

/* Takes the batches that are ready, oldest first, or NULL. Loop thread only. */
struct cw_store_batch *cw_store_thread_take(struct cw_store_thread *thread);

/* `pool`: of cw_store_thread_start; the thread may be gone already. */
void cw_store_batch_destroy(struct cw_pool *pool, struct cw_store_batch *batch);

/* Finishes what was submitted, ends the thread and closes the store. */
void cw_store_thread_stop(struct cw_store_thread *thread);

#endif
