/* out_queue.c - see out_queue.h. */
#include "net/out_queue.h"

#include "net/net_internal.h"

/* A frame above this is written from where it lies instead of being copied. */
#define COPY_MAX (16u * 1024)

/* Entries of a lane that begins, and when those do not do. Most that is queued
 * leaves at the end of the tick, so few lanes have any of it for long. */
#define SMALL_RING       8
#define LARGE_RING       64
#define SMALL_RINGS_KEPT 8192
#define LARGE_RINGS_KEPT 2048

static struct cw_out_entry *at(const struct cw_out_lane *lane, uint32_t i)
{
    return &lane->ring[(lane->first + i) & (lane->capacity - 1)];
}

void cw_out_rings_init(struct cw_out_rings *rings)
{
    const size_t entry = sizeof(struct cw_out_entry);
    rings->small = (struct cw_pool){.block_size = SMALL_RING * entry, .kept_max = SMALL_RINGS_KEPT};
    rings->large = (struct cw_pool){.block_size = LARGE_RING * entry, .kept_max = LARGE_RINGS_KEPT};
}

void cw_out_rings_finish(struct cw_out_rings *rings)
{
    cw_pool_finish(&rings->small);
    cw_pool_finish(&rings->large);
}

static struct cw_pool *pool_of(struct cw_net *net, uint32_t capacity)
{
    return capacity == SMALL_RING ? &net->rings.small : &net->rings.large;
}

static void give_ring(struct cw_out_lane *lane, struct cw_net *net)
{
    if (lane->capacity != 0)
        cw_pool_give(pool_of(net, lane->capacity), lane->ring, lane->capacity * sizeof *lane->ring);
    *lane = (struct cw_out_lane){0};
}

static void grow(struct cw_out_lane *lane, struct cw_net *net)
{
    struct cw_out_lane wider = {.count = lane->count};
    wider.capacity = lane->capacity == 0            ? SMALL_RING
                     : lane->capacity == SMALL_RING ? LARGE_RING
                                                    : lane->capacity * 2;
    wider.ring = cw_pool_take(pool_of(net, wider.capacity), wider.capacity * sizeof *wider.ring);
    for (uint32_t i = 0; i < lane->count; i++)
        wider.ring[i] = *at(lane, i);
    give_ring(lane, net);
    *lane = wider;
}

static struct cw_slice frame_of(const struct cw_out_entry *entry)
{
    return cw_out_frame(entry->body, entry->flags);
}

/* Removes entry i by moving those before it up: i is 0 or 1. */
static void drop(struct cw_out_queue *queue, struct cw_out_lane *lane, uint32_t i)
{
    struct cw_body *body = at(lane, i)->body;
    struct cw_net *net = body->net;
    size_t n = frame_of(at(lane, i)).n;
    queue->bytes -= n;
    if (lane == &queue->live ||
        (body->n > CW_BODY_INLINE_MAX && (at(lane, i)->flags & CW_OUT_RAW) != 0))
        queue->aside -= n;
    cw_body_release(body);
    if (i == 1)
        *at(lane, 1) = *at(lane, 0);
    lane->first++;
    if (--lane->count == 0)
        give_ring(lane, net);
}

/* Index of the first live frame that may still be dropped. */
static uint32_t droppable(const struct cw_out_queue *queue)
{
    return queue->partial == &queue->live ? 1 : 0;
}

void cw_out_make_room(struct cw_out_queue *queue, struct cw_out_lane *lane, struct cw_net *net)
{
    if (lane == &queue->live && lane->count >= CW_LIVE_AUDIO_FRAMES_MAX)
        drop(queue, lane, droppable(queue));
    if (lane->count == lane->capacity)
        grow(lane, net);
}

void cw_out_push_rest(struct cw_out_queue *queue, const struct cw_body *body, uint64_t now_ms)
{
    for (int i = 0; i < 2 && body->rest[i] != NULL; i++) {
        body->rest[i]->references++;
        if (body->rest[i]->n > CW_BODY_INLINE_MAX)
            queue->aside += body->rest[i]->n;
        cw_out_push(queue, body->rest[i], CW_OUT_RAW, false, now_ms);
    }
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

/* A partial frame, messages, live audio: the order of all that leaves. */
static struct cw_out_lane *next_lane(struct cw_out_queue *queue)
{
    if (queue->partial != NULL)
        return queue->partial;
    return queue->messages.count != 0 ? &queue->messages : &queue->live;
}

struct gathering {
    uint8_t *scratch;
    size_t used;
    size_t sent; /* of the frame that comes next */
};

/* Copies the frames [from, to) of a lane; false at one that must wait. */
static bool copy_frames(struct gathering *g, const struct cw_out_lane *lane, uint32_t from,
                        uint32_t to)
{
    for (uint32_t i = from; i < to; i++) {
        const struct cw_out_entry *entry = at(lane, i);
        struct cw_slice frame = frame_of(entry);
        size_t left = frame.n - g->sent;
        if (entry->body->n > COPY_MAX || g->used + left > CW_OUT_SCRATCH)
            return false;
        memcpy(g->scratch + g->used, frame.p + g->sent, left);
        g->used += left;
        g->sent = 0;
    }
    return true;
}

struct cw_slice cw_out_gather(struct cw_out_queue *queue, uint8_t scratch[CW_OUT_SCRATCH])
{
    size_t waiting = queue->bytes - queue->partial_sent;
    if (waiting == 0)
        return cw_slice_of(scratch, 0);
    const struct cw_out_entry *first = at(next_lane(queue), 0);
    struct cw_slice frame = frame_of(first);
    if (first->body->n > COPY_MAX || frame.n - queue->partial_sent == waiting)
        return cw_slice_of(frame.p + queue->partial_sent, frame.n - queue->partial_sent);
    struct gathering g = {.scratch = scratch, .sent = queue->partial_sent};
    uint32_t partial = droppable(queue);
    if (copy_frames(&g, &queue->live, 0, partial) &&
        copy_frames(&g, &queue->messages, 0, queue->messages.count))
        copy_frames(&g, &queue->live, partial, queue->live.count);
    return cw_slice_of(scratch, g.used);
}

/* Without a look at sizes: nothing is left to tell apart. */
static void release_all(struct cw_out_lane *lane)
{
    struct cw_net *net = lane->count == 0 ? NULL : at(lane, 0)->body->net;
    for (uint32_t i = 0; i < lane->count; i++)
        cw_body_release(at(lane, i)->body);
    if (net != NULL)
        give_ring(lane, net);
}

void cw_out_finish(struct cw_out_queue *queue)
{
    release_all(&queue->messages); /* an empty lane has no ring */
    release_all(&queue->live);
    queue->bytes = queue->aside = queue->partial_sent = 0;
    queue->partial = NULL;
}

void cw_out_consume(struct cw_out_queue *queue, size_t n)
{
    if (n != 0 && n == queue->bytes - queue->partial_sent) {
        cw_out_finish(queue);
        return;
    }
    while (n > 0) {
        struct cw_out_lane *lane = next_lane(queue);
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
