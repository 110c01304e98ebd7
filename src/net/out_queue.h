/* out_queue.h - what waits to be written to one connection.
 *
 * Two lanes: messages, which are never dropped, and live audio, which is
 * worthless late. Both hold references to shared bodies. A frame that was written in part is
 * finished before anything else. Private to src/net. */
#ifndef CW_NET_OUT_QUEUE_H
#define CW_NET_OUT_QUEUE_H

#include "base/pool.h"
#include "net/net.h"

/* RAW: without a header; the transport's own bytes, or a message's rest. */
enum { CW_OUT_RAW = 1, CW_OUT_ENVELOPE = 2 };

struct cw_out_entry {
    struct cw_body *body;
    uint32_t at_ms; /* low bits of the clock when it was queued */
    uint8_t flags;
};

struct cw_out_lane {
    struct cw_out_entry *ring;
    uint32_t first, count, capacity; /* capacity is a power of two, or 0 */
};

struct cw_out_queue {
    struct cw_out_lane messages;
    size_t bytes; /* in both lanes */
    size_t aside; /* of them, live audio and the long bodies of recordings */
    struct cw_out_lane live;
    struct cw_out_lane *partial; /* whose first frame was written in part */
    size_t partial_sent;         /* bytes of it */
};

/* The memory of lanes that are empty, for those that are not: of all queues of
 * one cw_net. */
struct cw_out_rings {
    struct cw_pool small, large;
};

void cw_out_rings_init(struct cw_out_rings *rings);
void cw_out_rings_finish(struct cw_out_rings *rings);

/* Small frames are copied here so that one send takes many of them. */
#define CW_OUT_SCRATCH (64u * 1024)

/* RFC 23: a REQ peer's empty delimiter frame is two octets before the message's. */
#define CW_OUT_DELIMITER_N 2

/* The whole frame as it goes out: the body, and how much of what is before it. */
static inline struct cw_slice cw_out_frame(struct cw_body *body, uint8_t flags)
{
    size_t before = body->header_n;
    if (flags & CW_OUT_RAW)
        return cw_slice_of(body->lent != NULL ? body->lent : body->bytes, body->n);
    if ((flags & CW_OUT_ENVELOPE) == 0)
        before -= CW_OUT_DELIMITER_N;
    return cw_slice_of((uint8_t *)body + offsetof(struct cw_body, bytes) - before,
                       before + body->n);
}

/* Room for one more: of a full message lane, or of live audio, which is dropped
 * where there is too much. For cw_out_push. */
void cw_out_make_room(struct cw_out_queue *queue, struct cw_out_lane *lane, struct cw_net *net);

/* What follows the body of a message, as entries of their own: nothing comes
 * between the entries of that lane. For cw_out_push. */
void cw_out_push_rest(struct cw_out_queue *queue, const struct cw_body *body, uint64_t now_ms);

/* What an entry takes beside its message's bytes: its place in a ring that may be half
 * empty, and what a short body leaves unused of its block. */
#define CW_OUT_ENTRY_COST 304u

/* At most so much memory is held by this queue; a body that others have, too, counts
 * in full. */
static inline size_t cw_out_cost(const struct cw_out_queue *queue)
{
    return queue->bytes + (size_t)(queue->messages.count + queue->live.count) * CW_OUT_ENTRY_COST;
}

/* The same without live audio, which grows old by itself, and recordings: answers and
 * updates that its peer does not read. */
static inline size_t cw_out_unread(const struct cw_out_queue *queue)
{
    return queue->bytes - queue->aside + (size_t)queue->messages.count * CW_OUT_ENTRY_COST;
}

/* Takes over a reference to the body. Its rest, if any (never live), follows it. */
static inline void cw_out_push(struct cw_out_queue *queue, struct cw_body *body, uint8_t flags,
                               bool live, uint64_t now_ms)
{
    struct cw_out_lane *lane = live ? &queue->live : &queue->messages;
    if (live || lane->count == lane->capacity)
        cw_out_make_room(queue, lane, body->net);
    lane->ring[(lane->first + lane->count++) & (lane->capacity - 1)] =
        (struct cw_out_entry){.body = body, .at_ms = (uint32_t)now_ms, .flags = flags};
    size_t n = cw_out_frame(body, flags).n;
    queue->bytes += n;
    if (live)
        queue->aside += n;
    if (body->rest[0] != NULL)
        cw_out_push_rest(queue, body, now_ms);
}

/* Drops live frames that are too old. Returns how many. */
size_t cw_out_drop_stale(struct cw_out_queue *queue, uint64_t now_ms);

/* What the next send is to write: bytes in `scratch`, or of one frame where it
 * lies, when it is large or nothing else waits. Empty when nothing does. */
struct cw_slice cw_out_gather(struct cw_out_queue *queue, uint8_t scratch[CW_OUT_SCRATCH]);

/* n bytes of what was gathered have been written. */
void cw_out_consume(struct cw_out_queue *queue, size_t n);

void cw_out_finish(struct cw_out_queue *queue);

#endif
