/* hook_queue.h - what waits to be posted by a hook: bounded, so that a receiver that is away costs
 * no more memory than that. For command_hook.c. */
#ifndef CHINWAG_CLI_HOOK_QUEUE_H
#define CHINWAG_CLI_HOOK_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HOOK_QUEUE_COUNT 1000u
#define HOOK_QUEUE_BYTES ((size_t)8 << 20)

struct hook_item {
    uint64_t id;
    char *body; /* from malloc */
    size_t n;
};

/* Attempts for one message, which take 12 minutes: each waits twice as long as the one before. */
#define HOOK_ATTEMPTS_MAX  20u
#define HOOK_WAIT_FIRST_MS 250
#define HOOK_WAIT_MAX_MS   60000

/* A zeroed struct is empty. */
struct hook_queue {
    struct hook_item items[HOOK_QUEUE_COUNT];
    size_t first, count, bytes;
    unsigned attempts; /* that have failed, for the oldest */
    unsigned failures; /* in a row */
    int64_t next_ms;   /* before then nothing is posted */
};

/* Puts it in, and takes its body over. Drops the oldest that leave no room: their number is
 * returned, and the id of the last of them is in *dropped. */
size_t hook_queue_put(struct hook_queue *queue, const struct hook_item *item, uint64_t *dropped);

/* The oldest; NULL: it is empty. */
const struct hook_item *hook_queue_front(const struct hook_queue *queue);
void hook_queue_drop_front(struct hook_queue *queue);

/* An attempt for the oldest has failed now, and the receiver asks to be left alone for asked_ms:
 * sets next_ms, and returns how long that is. */
int64_t hook_queue_failed(struct hook_queue *queue, int64_t now_ms, int64_t asked_ms);
/* No other attempt is made for the oldest. */
bool hook_queue_gives_up(const struct hook_queue *queue);

/* Frees what is in it. */
void hook_queue_finish(struct hook_queue *queue);

#endif
