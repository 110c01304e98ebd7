/* hook_queue.h - what waits to be posted by a hook: bounded, so that a receiver that is away costs
 * no more memory than that. For command_hook.c. */
#ifndef CHINWAG_CLI_HOOK_QUEUE_H
#define CHINWAG_CLI_HOOK_QUEUE_H

#include <stddef.h>
#include <stdint.h>

#define HOOK_QUEUE_COUNT 1000u
#define HOOK_QUEUE_BYTES ((size_t)8 << 20)

struct hook_item {
    uint64_t id;
    char *body; /* from malloc */
    size_t n;
};

/* A zeroed struct is empty. */
struct hook_queue {
    struct hook_item items[HOOK_QUEUE_COUNT];
    size_t first, count, bytes;
};

/* Puts it in, and takes its body over. Drops the oldest that leave no room: their number is
 * returned, and the id of the last of them is in *dropped. */
size_t hook_queue_put(struct hook_queue *queue, const struct hook_item *item, uint64_t *dropped);

/* The oldest; NULL: it is empty. */
const struct hook_item *hook_queue_front(const struct hook_queue *queue);
void hook_queue_drop_front(struct hook_queue *queue);

/* Frees what is in it. */
void hook_queue_finish(struct hook_queue *queue);

#endif
