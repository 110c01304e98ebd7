/* work_queue.c - see work_queue.h. */
#include "server/work_queue.h"

#include "server/worker.h"

static void start(struct cw_work_queue *queue);

static void on_worker(uv_work_t *uv)
{
    struct cw_work *work = uv->data;
    cw_worker_begin();
    work->run(work);
}

static void on_done(uv_work_t *uv, int status)
{
    struct cw_work *work = uv->data;
    struct cw_work_queue *queue = work->queue;
    (void)status; /* never cancelled */
    queue->running--;
    start(queue);
    work->done(work);
}

static void start(struct cw_work_queue *queue)
{
    while (queue->first != NULL && queue->running < queue->running_max) {
        struct cw_work *work = queue->first;
        queue->first = work->next;
        if (queue->first == NULL)
            queue->last = &queue->first;
        queue->running++;
        uv_queue_work(queue->loop, &work->uv, on_worker, on_done);
    }
}

void cw_work_queue_init(struct cw_work_queue *queue, uv_loop_t *loop, unsigned running_max)
{
    *queue = (struct cw_work_queue){.loop = loop, .running_max = running_max};
    queue->last = &queue->first;
}

void cw_work_queue_submit(struct cw_work_queue *queue, struct cw_work *work)
{
    work->queue = queue;
    work->uv.data = work;
    work->next = NULL;
    *queue->last = work;
    queue->last = &work->next;
    start(queue);
}
