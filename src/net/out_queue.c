/* out_queue.c - see out_queue.h. */
#include "net/out_queue.h"

#include <stdlib.h>

#include "base/alloc.h"

/* A frame above this is written from where it lies instead of being copied. */
#define COPY_MAX   (16u * 1024)
#define SMALL_RING 8

static struct cw_out_entry *at(const struct cw_out_lane *lane, uint32_t i)
{
    return &lane->ring[(lane->first + i) & (lane->capacity - 1)];
}

static void grow(struct cw_out_lane *lane)
{
    uint32_t capacity = lane->capacity == 0 ? SMALL_RING : lane->capacity * 2;
    struct cw_out_entry *ring = cw_alloc(capacity * sizeof *ring);
    for (uint32_t i = 0; i < lane->count; i++)
        ring[i] = *at(lane, i);
    free(lane->ring);
    lane->ring = ring;
    lane->first = 0;
    lane->capacity = capacity;
}

/* RFC 23: a REQ peer's empty delimiter frame is two octets before the message's. */
#define DELIMITER_N 2

/* The whole frame as it goes out. */
static struct cw_slice frame_of(const struct cw_out_entry *entry)
{
    struct cw_body *body = entry->body;
    size_t before = body->header_n;
    if (entry->flags & CW_OUT_RAW)
        before = 0;
    else if ((entry->flags & CW_OUT_ENVELOPE) == 0)
        before -= DELIMITER_N;
    return cw_slice_of((uint8_t *)body + offsetof(struct cw_body, bytes) - before,
                       before + body->n);
}

/* Removes entry i by moving those before it up: i is 0 or 1. */
static void drop(struct cw_out_queue *queue, struct cw_out_lane *lane, uint32_t i)
{
    queue->bytes -= frame_of(at(lane, i)).n;
    cw_body_release(at(lane, i)->body);
    if (i == 1)
        *at(lane, 1) = *at(lane, 0);
    lane->first++;
    if (--lane->count == 0 && lane->capacity > SMALL_RING) {
        free(lane->ring);
        *lane = (struct cw_out_lane){0};
    }
}

/* Index of the first live frame that may still be dropped. */
static uint32_t droppable(const struct cw_out_queue *queue)
{
    return queue->partial == &queue->live ? 1 : 0;
}

void cw_out_push(struct cw_out_queue *queue, struct cw_body *body, uint8_t flags, bool live,
                 uint64_t now_ms)
{
    struct cw_out_lane *lane = live ? &queue->live : &queue->messages;
    if (live && lane->count >= CW_LIVE_AUDIO_FRAMES_MAX)
        drop(queue, lane, droppable(queue));
    if (lane->count == lane->capacity)
        grow(lane);
    struct cw_out_entry *entry = at(lane, lane->count++);
    *entry = (struct cw_out_entry){.body = body, .at_ms = (uint32_t)now_ms, .flags = flags};
    queue->bytes += frame_of(entry).n;
}

size_t cw_out_drop_stale(struct cw_out_queue *queue, uint64_t now_ms)
{
    size_t dropped = 0;
    uint32_t i = droppable(queue);
    while (queue->live.count > i &&
           (uint32_t)now_ms - at(&queue->live, i)->at_ms > CW_LIVE_AUDIO_MAX_MS) {
        drop(queue, &queue->live, i);
        dropped++;
    }
    return dropped;
}

struct cw_slice cw_out_gather(const struct cw_out_queue *queue, uint8_t scratch[CW_OUT_SCRATCH])
{
    const struct cw_out_lane *lanes[3] = {&queue->live, &queue->messages, &queue->live};
    /* In the order of cw_out_consume: a partial live frame, messages, live. */
    uint32_t from[3] = {0, 0, droppable(queue)};
    uint32_t to[3] = {droppable(queue), queue->messages.count, queue->live.count};
    size_t used = 0;
    size_t sent = queue->partial_sent;
    for (int l = 0; l < 3; l++) {
        for (uint32_t i = from[l]; i < to[l]; i++, sent = 0) {
            const struct cw_out_entry *entry = at(lanes[l], i);
            struct cw_slice frame = frame_of(entry);
            size_t left = frame.n - sent;
            if (entry->body->n > COPY_MAX || used + left > CW_OUT_SCRATCH)
                return used == 0 ? cw_slice_of(frame.p + sent, left) : cw_slice_of(scratch, used);
            memcpy(scratch + used, frame.p + sent, left);
            used += left;
        }
    }
    return cw_slice_of(scratch, used);
}

void cw_out_consume(struct cw_out_queue *queue, size_t n)
{
    while (n > 0) {
        struct cw_out_lane *lane = queue->partial != NULL       ? queue->partial
                                   : queue->messages.count != 0 ? &queue->messages
                                                                : &queue->live;
        size_t left = frame_of(at(lane, 0)).n - queue->partial_sent;
        if (n < left) {
            queue->partial = lane;
            queue->partial_sent += n;
            return;
        }
        n -= left;
        queue->partial = NULL;
        queue->partial_sent = 0;
        drop(queue, lane, 0);
    }
}

static void finish_lane(struct cw_out_lane *lane)
{
    for (uint32_t i = 0; i < lane->count; i++)
        cw_body_release(at(lane, i)->body);
    free(lane->ring);
}

void cw_out_finish(struct cw_out_queue *queue)
{
    finish_lane(&queue->messages);
    finish_lane(&queue->live);
    *queue = (struct cw_out_queue){0};
}
