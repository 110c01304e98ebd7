/* work_queue.h - work for libuv's workers, of which only a limited number of jobs runs at once: the
 * rest waits here, so that it does not fill the pool, which others need, too. The owners of the
 * work take turns (base/turns.h): a job of one user waits for at most one of each other user. */
#ifndef CW_SERVER_WORK_QUEUE_H
#define CW_SERVER_WORK_QUEUE_H

#include <uv.h>

#include "base/account.h"
#include "base/turns.h"

/* One piece of work, inside the caller's own struct. */
struct cw_work {
    struct cw_turn turn;                /* first: a turn is its work */
    void (*run)(struct cw_work *work);  /* on a worker */
    void (*done)(struct cw_work *work); /* on the loop, after it; may free it */
    size_t scratch;                     /* bytes that `run` may need for itself */
    struct cw_work_queue *queue;
    uv_work_t uv;
};

struct cw_work_queue {
    uv_loop_t *loop;
    unsigned running, running_max;
    struct cw_turns waiting;
    struct cw_ledger *ledger; /* charged for the scratch of running work; outlives the queue */
};

void cw_work_queue_init(struct cw_work_queue *queue, uv_loop_t *loop, unsigned running_max,
                        struct cw_ledger *ledger);

/* Submits work of the owner with this number (cw_core_owner), whose work is done in the order of
 * submission. The caller sets `run`, `done` and `scratch`. All submitted work is done before the
 * loop's last run returns. */
void cw_work_queue_submit(struct cw_work_queue *queue, struct cw_work *work, uint64_t owner);

#endif
