/* work_queue.c - see work_queue.h. */
#include "server/work_queue.h"

#include "server/worker.h"

static void work_queue_start(struct cw_work_queue *queue);

static void work_on_worker(uv_work_t *uv)
{
    struct cw_work *work = uv->data;
    cw_worker_begin();
    work->run(work);
}

static void on_work_done(uv_work_t *uv, int status)
{
    struct cw_work *work = uv->data;
    struct cw_work_queue *queue = work->queue;
    (void)status; /* never cancelled */
    queue->running--;
    cw_ledger_give(queue->ledger, work->scratch);
    work_queue_start(queue);
    work->done(work);
}

static void work_queue_start(struct cw_work_queue *queue)
{
    while (queue->running < queue->running_max) {
        struct cw_work *work = (struct cw_work *)cw_turns_take(&queue->waiting);
        if (work == NULL)
            return;
        queue->running++;
        cw_ledger_charge(queue->ledger, work->scratch);
        uv_queue_work(queue->loop, &work->uv, work_on_worker, on_work_done);
    }
}

void cw_work_queue_init(struct cw_work_queue *queue, uv_loop_t *loop, unsigned running_max,
                        struct cw_ledger *ledger)
{
    *queue = (struct cw_work_queue){.loop = loop, .running_max = running_max, .ledger = ledger};
}

void cw_work_queue_submit(struct cw_work_queue *queue, struct cw_work *work, uint64_t owner)
{
    work->queue = queue;
    work->uv.data = work;
    cw_turns_add(&queue->waiting, &work->turn, owner, 0, uv_now(queue->loop));
    work_queue_start(queue);
}
