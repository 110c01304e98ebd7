/* out_queue.c - see out_queue.h. */
#include "net/out_queue.h"

#include <assert.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/attributes.h"
#include "base/limits.h"

/* A frame with a body above this is long: it is not copied, but written from its body. */
#define COPY_MAX (16u * 1024)

/* Entries of a new lane, and of one that needs more. Most entries are sent at the end of the tick,
 * so few lanes hold a ring for long. */
#define SMALL_RING       8
#define LARGE_RING       64
#define SMALL_RINGS_KEPT 8192
#define LARGE_RINGS_KEPT 2048

static struct cw_out_entry *at(const struct cw_out_lane *lane, uint32_t i)
{
    assert(i < lane->count);
    return &lane->ring[(lane->first + i) & (lane->capacity - 1)];
}

/* --- memory ------------------------------------------------------------ */

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

void cw_out_scratch_init(struct cw_out_scratch *scratch)
{
    *scratch = (struct cw_out_scratch){.plain = cw_alloc(CW_OUT_SCRATCH)};
}

void cw_out_scratch_finish(struct cw_out_scratch *scratch)
{
    free(scratch->plain);
    cw_buf_finish(&scratch->sealed);
}

static struct cw_pool *pool_of(struct cw_net_pools *pools, uint32_t capacity)
{
    return capacity == SMALL_RING ? &pools->rings.small : &pools->rings.large;
}

static void give_ring(struct cw_out_lane *lane, struct cw_net_pools *pools)
{
    assert(lane->capacity != 0);
    cw_pool_give(pool_of(pools, lane->capacity), lane->ring, lane->capacity * sizeof *lane->ring);
    *lane = (struct cw_out_lane){0};
}

static void widen(struct cw_out_lane *lane, struct cw_net_pools *pools)
{
    assert(lane->capacity != 0 && lane->count == lane->capacity);
    uint32_t capacity = lane->capacity == SMALL_RING ? LARGE_RING : lane->capacity * 2;
    struct cw_out_entry *ring = cw_pool_take(pool_of(pools, capacity), capacity * sizeof *ring);
    uint32_t count = lane->count;
    for (uint32_t i = 0; i < count; i++)
        ring[i] = *at(lane, i);
    give_ring(lane, pools);
    *lane = (struct cw_out_lane){.ring = ring, .count = count, .capacity = capacity};
}

static void grow(struct cw_out_lane *lane, struct cw_net_pools *pools)
{
    if (lane->capacity != 0) {
        widen(lane, pools);
        return;
    }
    lane->ring = cw_pool_take(&pools->rings.small, SMALL_RING * sizeof *lane->ring);
    lane->first = lane->count = 0;
    lane->capacity = SMALL_RING;
}

/* --- what waits -------------------------------------------------------- */

size_t cw_out_recorded(const struct cw_body *body)
{
    size_t n = 0;
    for (int i = 0; i < 2 && body->rest[i] != NULL; i++)
        if (body->rest[i]->n > CW_BODY_INLINE_MAX)
            n += body->rest[i]->n;
    return n;
}

/* The messages that came before the pieces overtake them; a message that came behind an answer
 * stays behind it. */
struct cw_out_lane *cw_out_files_lane(struct cw_out_queue *queue, uint8_t flags)
{
    const bool piece = (flags & CW_OUT_PIECE) != 0;
    if (queue->files == NULL)
        queue->files = cw_alloc_zero(sizeof *queue->files);
    if (!piece && (flags & CW_OUT_ANSWER) == 0 && queue->files->others == 0)
        return &queue->messages;
    if (!piece)
        queue->files->others++;
    return &queue->files->lane;
}

static void leave_files(struct cw_out_queue *queue, uint8_t flags)
{
    struct cw_out_files *files = queue->files;
    assert((flags & CW_OUT_PIECE) != 0 || files->others != 0);
    if ((flags & CW_OUT_PIECE) == 0)
        files->others--;
    if (files->lane.count != 0)
        return;
    free(files);
    queue->files = NULL;
}

/* Removes entry i by moving those before it up: i is 0 or 1. */
static void drop(struct cw_out_queue *queue, struct cw_out_lane *lane, uint32_t i)
{
    assert(i <= 1 && i < lane->count);
    struct cw_body *body = at(lane, i)->body;
    struct cw_net_pools *pools = body->pools;
    const uint8_t flags = at(lane, i)->flags;
    assert(queue->bytes >= body->whole);
    queue->bytes -= body->whole;
    if (lane == &queue->live)
        queue->aside -= body->whole;
    else if (body->rest[0] != NULL)
        queue->aside -= cw_out_recorded(body);
    cw_body_release(body);
    if (i == 1)
        *at(lane, 1) = *at(lane, 0);
    lane->first++;
    if (--lane->count == 0)
        give_ring(lane, pools);
    if (queue->files != NULL && lane == &queue->files->lane)
        leave_files(queue, flags);
}

/* Index of the first live frame that may still be dropped. */
static uint32_t droppable(const struct cw_out_queue *queue)
{
    return queue->partial == CW_OUT_LIVE ? 1 : 0;
}

void cw_out_make_room(struct cw_out_queue *queue, struct cw_out_lane *lane,
                      struct cw_net_pools *pools)
{
    if (lane == &queue->live && lane->count >= CW_LIVE_AUDIO_FRAMES_MAX) {
        pools->late++;
        drop(queue, lane, droppable(queue));
    }
    if (lane->count == lane->capacity)
        grow(lane, pools);
}

size_t cw_out_drop_stale(struct cw_out_queue *queue, uint64_t now_ms)
{
    size_t dropped = 0;
    uint32_t i = droppable(queue);
    while (queue->live.count > i &&
           (uint32_t)now_ms - at(&queue->live, i)->at_ms > CW_LIVE_AUDIO_MAX_MS) {
        at(&queue->live, i)->body->pools->late++;
        drop(queue, &queue->live, i);
        dropped++;
    }
    return dropped;
}

/* The order of sending: a partial frame, messages, live audio, files. */
static struct cw_out_lane *next_lane(struct cw_out_queue *queue)
{
    if (queue->partial == CW_OUT_LIVE)
        return &queue->live;
    if (queue->partial == CW_OUT_FILES)
        return &queue->files->lane;
    if (queue->messages.count != 0)
        return &queue->messages;
    return queue->live.count != 0 || queue->files == NULL ? &queue->live : &queue->files->lane;
}

static uint8_t name_of(const struct cw_out_queue *queue, const struct cw_out_lane *lane)
{
    return lane == &queue->messages ? CW_OUT_MESSAGES
           : lane == &queue->live   ? CW_OUT_LIVE
                                    : CW_OUT_FILES;
}

bool cw_out_is_at_piece(const struct cw_out_queue *queue)
{
    return queue->files != NULL && queue->messages.count + queue->live.count == 0 &&
           queue->sealed == NULL && queue->partial == CW_OUT_NONE &&
           (at(&queue->files->lane, 0)->flags & CW_OUT_PIECE) != 0;
}

/* --- frames in plain form ---------------------------------------------- */

struct gathering {
    struct cw_framer *framer;
    uint8_t *to;
    size_t used, room; /* the first frame may need more than that */
};

static bool is_long_entry(const struct cw_out_entry *entry)
{
    return entry->body->whole > COPY_MAX;
}

/* Its header and the body's own bytes. */
static struct cw_slice frame_of(const struct cw_framer *framer, struct cw_out_entry *entry)
{
    struct cw_body *body = entry->body;
    size_t n = (entry->flags & CW_OUT_RAW) != 0
                   ? 0
                   : cw_framer_header(framer, body->bytes, body->whole,
                                      (entry->flags & CW_OUT_ENVELOPE) != 0);
    entry->header_n = (uint8_t)n;
    return cw_slice_of((uint8_t *)body + offsetof(struct cw_body, bytes) - n, n + body->n);
}

/* All of it, in up to three pieces. Returns how many. */
static size_t pieces_of(const struct cw_framer *framer, struct cw_out_entry *entry,
                        struct cw_slice pieces[3])
{
    const struct cw_body *body = entry->body;
    size_t count = 1;
    pieces[0] = frame_of(framer, entry);
    for (int i = 0; i < 2 && body->rest[i] != NULL; i++)
        pieces[count++] = cw_body_own(body->rest[i]);
    return count;
}

static void put_piece(struct gathering *g, struct cw_slice piece)
{
    assert(piece.n <= CW_OUT_SCRATCH - g->used);
    memcpy(g->to + g->used, piece.p, piece.n);
    g->used += piece.n;
}

/* Copies the frames [from, to) of a lane; false at one that must wait. */
static bool put_frames(struct gathering *g, const struct cw_out_lane *lane, uint32_t from,
                       uint32_t to)
{
    assert(to <= lane->count);
    for (uint32_t i = from; i < to; i++) {
        struct cw_out_entry *entry = at(lane, i);
        const struct cw_body *body = entry->body;
        if (is_long_entry(entry) ||
            (g->used != 0 && g->used + CW_FRAMER_HEADER_MAX + body->whole > g->room))
            return false;
        put_piece(g, frame_of(g->framer, entry));
        for (int k = 0; k < 2 && body->rest[k] != NULL; k++)
            put_piece(g, cw_body_own(body->rest[k]));
    }
    return true;
}

/* Of a long frame of which some bytes have been sent. */
static struct cw_slice next_piece(const struct gathering *g, struct cw_out_entry *entry,
                                  size_t sent)
{
    struct cw_slice pieces[3];
    size_t i = 0, count = pieces_of(g->framer, entry, pieces);
    for (; i < count && sent >= pieces[i].n; i++)
        sent -= pieces[i].n;
    assert(i < count);
    return cw_slice_of(pieces[i].p + sent, pieces[i].n - sent);
}

/* Small frames are copied from their beginning, also one that was sent in part. */
static struct cw_slice gather_plain(struct cw_out_queue *queue, struct gathering *g)
{
    uint32_t partial = droppable(queue);
    const struct cw_out_lane *lane = next_lane(queue);
    struct cw_out_entry *first = at(lane, 0);
    if (is_long_entry(first))
        return next_piece(g, first, queue->partial_sent);
    if (name_of(queue, lane) == CW_OUT_FILES)
        put_frames(g, lane, 0, 1);
    if (put_frames(g, &queue->live, 0, partial) &&
        put_frames(g, &queue->messages, 0, queue->messages.count))
        put_frames(g, &queue->live, partial, queue->live.count);
    assert(g->used > queue->partial_sent);
    return cw_slice_of(g->to + queue->partial_sent, g->used - queue->partial_sent);
}

static void consume_plain(struct cw_out_queue *queue, size_t n)
{
    while (n > 0) {
        struct cw_out_lane *lane = next_lane(queue);
        const struct cw_out_entry *entry = at(lane, 0);
        size_t left = entry->header_n + (size_t)entry->body->whole - queue->partial_sent;
        assert(queue->partial_sent < entry->header_n + (size_t)entry->body->whole);
        if (n < left) {
            queue->partial = name_of(queue, lane);
            queue->partial_sent += (uint32_t)n;
            return;
        }
        n -= left;
        queue->partial = CW_OUT_NONE;
        queue->partial_sent = 0;
        drop(queue, lane, 0);
    }
}

/* --- frames that are sealed -------------------------------------------- */

/* It is removed from its lane with the last slice, and stays the first until then. */
static struct cw_slice gather_slice(struct cw_out_queue *queue, struct cw_out_lane *lane,
                                    struct gathering *g, struct cw_buf *sealed)
{
    struct cw_slice pieces[3];
    size_t count = pieces_of(g->framer, at(lane, 0), pieces);
    queue->slicing = !cw_framer_seal_slice(g->framer, pieces, count, sealed);
    queue->partial = CW_OUT_NONE;
    if (!queue->slicing)
        drop(queue, lane, 0);
    else
        queue->partial = name_of(queue, lane);
    return cw_buf_slice(sealed);
}

/* Sealed short frames are removed from their lanes at once. */
static struct cw_slice gather_sealed(struct cw_out_queue *queue, struct gathering *g,
                                     struct cw_buf *sealed)
{
    assert(queue->sealed == NULL && sealed->n == 0);
    struct cw_out_lane *lane = next_lane(queue);
    if (is_long_entry(at(lane, 0)))
        return gather_slice(queue, lane, g, sealed);
    g->room = CW_OUT_SEALED_MAX;
    bool all = put_frames(g, &queue->messages, 0, queue->messages.count);
    g->room = CW_LIVE_UNSENT_MAX;
    if (all)
        put_frames(g, &queue->live, 0, queue->live.count);
    if (g->used == 0)
        put_frames(g, lane, 0, 1); /* of the files */
    struct cw_slice plain = cw_slice_of(g->to, g->used);
    cw_framer_seal(g->framer, &plain, 1, sealed);
    consume_plain(queue, plain.n);
    return cw_buf_slice(sealed);
}

static struct cw_slice unsent(const struct cw_out_sealed *sealed)
{
    return cw_slice_of(sealed->bytes + sealed->sent, sealed->n - sealed->sent);
}

static void drop_sealed(struct cw_out_queue *queue)
{
    free(queue->sealed);
    queue->sealed = NULL;
}

static void consume_sealed(struct cw_out_queue *queue, size_t n)
{
    assert(n <= unsent(queue->sealed).n && n <= queue->bytes);
    queue->sealed->sent += n;
    queue->bytes -= n;
    if (unsent(queue->sealed).n == 0)
        drop_sealed(queue);
}

/* Keeps the bytes that were just sealed, except the first n. */
static void keep_sealed(struct cw_out_queue *queue, struct cw_buf *sealed, size_t n)
{
    assert(queue->sealed == NULL && n <= sealed->n);
    size_t left = sealed->n - n;
    if (left != 0) {
        queue->sealed = cw_alloc(sizeof *queue->sealed + left);
        *queue->sealed = (struct cw_out_sealed){.n = left};
        memcpy(queue->sealed->bytes, sealed->p + n, left);
        queue->bytes += left;
    }
    if (sealed->capacity > CW_OUT_SCRATCH)
        cw_buf_finish(sealed); /* of a long message */
    sealed->n = 0;
}

/* --- the interface ----------------------------------------------------- */

/* The entry of a queue with just one short message, the usual case when it is gathered; else
 * NULL. */
static struct cw_out_entry *lone_message(const struct cw_out_queue *queue)
{
    const struct cw_out_lane *lane = &queue->messages;
    if (lane->count != 1 || queue->live.count != 0 || queue->files != NULL)
        return NULL;
    struct cw_out_entry *entry = at(lane, 0);
    return is_long_entry(entry) || entry->body->rest[0] != NULL ? NULL : entry;
}

static CW_NOINLINE struct cw_slice
gather_several(struct cw_out_queue *queue, struct cw_framer *framer, struct cw_out_scratch *scratch)
{
    struct gathering g = {.framer = framer, .to = scratch->plain, .room = CW_OUT_SCRATCH};
    if (queue->sealed != NULL)
        return unsent(queue->sealed);
    if (cw_out_is_empty(queue))
        return (struct cw_slice){0};
    return cw_framer_seals(framer) ? gather_sealed(queue, &g, &scratch->sealed)
                                   : gather_plain(queue, &g);
}

size_t cw_out_next_slice(struct cw_out_queue *queue, const struct cw_framer *framer)
{
    if (!cw_framer_seals(framer) || queue->sealed != NULL || cw_out_is_empty(queue))
        return 0;
    const struct cw_out_entry *entry = at(next_lane(queue), 0);
    if (!is_long_entry(entry))
        return 0;
    return entry->body->whole < CW_SEAL_SLICE ? entry->body->whole : CW_SEAL_SLICE;
}

struct cw_slice cw_out_gather(struct cw_out_queue *queue, struct cw_framer *framer,
                              struct cw_out_scratch *scratch)
{
    struct cw_out_entry *entry = lone_message(queue);
    scratch->sealed.n = 0;
    if (entry == NULL || queue->sealed != NULL || cw_framer_seals(framer))
        return gather_several(queue, framer, scratch);
    struct cw_slice frame = frame_of(framer, entry);
    return cw_slice_of(frame.p + queue->partial_sent, frame.n - queue->partial_sent);
}

static CW_NOINLINE void consume_several(struct cw_out_queue *queue, struct cw_out_scratch *scratch,
                                        size_t n)
{
    assert(queue->sealed == NULL || scratch->sealed.n == 0);
    if (queue->sealed != NULL)
        consume_sealed(queue, n);
    else if (scratch->sealed.n != 0)
        keep_sealed(queue, &scratch->sealed, n);
    else
        consume_plain(queue, n);
}

void cw_out_consume(struct cw_out_queue *queue, struct cw_out_scratch *scratch, size_t n)
{
    const struct cw_out_entry *entry = lone_message(queue);
    bool sealed = queue->sealed != NULL || scratch->sealed.n != 0;
    if (entry == NULL || sealed || entry->header_n + entry->body->n != n) {
        consume_several(queue, scratch, n);
        return;
    }
    struct cw_body *body = entry->body;
    give_ring(&queue->messages, body->pools);
    queue->bytes = queue->aside = 0;
    cw_body_release(body);
}

/* Without computing sizes: all entries are released. */
static void release_all(struct cw_out_lane *lane)
{
    if (lane->count == 0)
        return; /* it has no ring */
    struct cw_net_pools *pools = at(lane, 0)->body->pools;
    assert(lane->count <= lane->capacity);
    for (uint32_t i = 0; i < lane->count; i++)
        cw_body_release(at(lane, i)->body);
    give_ring(lane, pools);
}

void cw_out_finish(struct cw_out_queue *queue)
{
    release_all(&queue->messages);
    release_all(&queue->live);
    if (queue->files != NULL)
        release_all(&queue->files->lane);
    free(queue->files);
    queue->files = NULL;
    drop_sealed(queue);
    queue->bytes = queue->aside = queue->partial_sent = 0;
    queue->partial = CW_OUT_NONE;
    queue->slicing = false;
}
