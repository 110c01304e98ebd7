/* store_queue.h - requests that wait for the store, the oldest first. Under the mutex of
 * store_thread.c, its only caller. */
#ifndef CW_STORE_STORE_QUEUE_H
#define CW_STORE_STORE_QUEUE_H

#include <stddef.h>

struct cw_store_request;

struct cw_store_queue {
    struct cw_store_request **requests; /* [first, end) of capacity; freed by the owner */
    size_t first, end, capacity;
};

static inline size_t cw_store_queue_count(const struct cw_store_queue *queue)
{
    return queue->end - queue->first;
}

void cw_store_queue_add(struct cw_store_queue *queue, struct cw_store_request *request);

/* Moves the n oldest; so many there are. */
void cw_store_queue_take(struct cw_store_queue *queue, size_t n, struct cw_store_request **to);

#endif
