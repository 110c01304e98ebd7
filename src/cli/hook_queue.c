/* hook_queue.c - see hook_queue.h. */
#include "hook_queue.h"

#include <stdlib.h>

const struct hook_item *hook_queue_front(const struct hook_queue *queue)
{
    return queue->count == 0 ? NULL : &queue->items[queue->first];
}

void hook_queue_drop_front(struct hook_queue *queue)
{
    struct hook_item *front = &queue->items[queue->first];
    queue->bytes -= front->n;
    free(front->body);
    *front = (struct hook_item){.body = NULL};
    queue->first = (queue->first + 1) % HOOK_QUEUE_COUNT;
    queue->count--;
    queue->attempts = 0;
}

size_t hook_queue_put(struct hook_queue *queue, const struct hook_item *item, uint64_t *dropped)
{
    size_t count = 0;
    while (queue->count == HOOK_QUEUE_COUNT ||
           (queue->count > 0 && queue->bytes + item->n > HOOK_QUEUE_BYTES)) {
        *dropped = hook_queue_front(queue)->id;
        hook_queue_drop_front(queue);
        count++;
    }
    queue->items[(queue->first + queue->count++) % HOOK_QUEUE_COUNT] = *item;
    queue->bytes += item->n;
    return count;
}

int64_t hook_queue_failed(struct hook_queue *queue, int64_t now_ms, int64_t asked_ms)
{
    int64_t wait = HOOK_WAIT_FIRST_MS;
    for (unsigned i = 0; i < queue->failures && wait < HOOK_WAIT_MAX_MS; i++)
        wait *= 2;
    wait = wait < HOOK_WAIT_MAX_MS ? wait : HOOK_WAIT_MAX_MS;
    wait = wait < asked_ms ? asked_ms : wait;
    queue->failures++;
    queue->attempts++;
    queue->next_ms = now_ms + wait;
    return wait;
}

bool hook_queue_gives_up(const struct hook_queue *queue)
{
    return queue->attempts >= HOOK_ATTEMPTS_MAX;
}

void hook_queue_finish(struct hook_queue *queue)
{
    while (queue->count > 0)
        hook_queue_drop_front(queue);
}
