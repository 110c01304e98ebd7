/* store_queue.c - see store_queue.h. */
#include "store/store_queue.h"

#include <string.h>

#include "base/alloc.h"

static void make_room(struct cw_store_queue *queue)
{
    if (queue->end < queue->capacity)
        return;
    size_t waiting = cw_store_queue_count(queue);
    if (queue->first != 0)
        memmove(queue->requests, queue->requests + queue->first,
                waiting * sizeof queue->requests[0]);
    queue->first = 0;
    queue->end = waiting;
    if (2 * waiting >= queue->capacity) { /* or it would be moved again soon */
        queue->capacity = 2 * queue->capacity + 64;
        queue->requests = cw_realloc(queue->requests, queue->capacity * sizeof queue->requests[0]);
    }
}

void cw_store_queue_add(struct cw_store_queue *queue, struct cw_store_request *request)
{
    make_room(queue);
    queue->requests[queue->end++] = request;
}

void cw_store_queue_take(struct cw_store_queue *queue, size_t n, struct cw_store_request **to)
{
    if (n == 0)
        return;
    memcpy(to, queue->requests + queue->first, n * sizeof to[0]);
    queue->first += n;
    if (queue->first == queue->end)
        queue->first = queue->end = 0;
}
