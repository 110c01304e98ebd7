/* out_queue.h - what waits to be written to one connection.
 *
 * Two lanes: messages, which are never dropped, and live audio, which is worthless late.
 * Both hold references to shared bodies. What a transport puts around them is made when
 * they are gathered to be sent, and again if the socket took only a part: a frame that was
 * written in part is finished before anything else.
 *
 * A transport that encrypts cannot make the same bytes twice. What it has sealed is no
 * entry any more; as far as the socket did not take it, it is kept here (`sealed`) and goes
 * first. So no more is sealed at once than may wait for long: of live audio as much as the
 * kernel shall hold, else CW_OUT_SEALED_MAX or one long message.
 *
 * Private to src/net. */
#ifndef CW_NET_OUT_QUEUE_H
#define CW_NET_OUT_QUEUE_H

#include "base/account.h"
#include "base/pool.h"
#include "frame/framer.h"
#include "net/body.h"
#include "net/net_pools.h"

/* RAW: without a header: what the transport itself says. */
enum { CW_OUT_RAW = 1, CW_OUT_ENVELOPE = 2 };

struct cw_out_entry {
    struct cw_body *body;
    uint32_t at_ms; /* low bits of the clock when it was queued */
    uint8_t flags;
    uint8_t header_n; /* bytes; known since it was gathered */
};

struct cw_out_lane {
    struct cw_out_entry *ring;
    uint32_t first, count, capacity; /* capacity is a power of two, or 0 */
};

/* Bytes of the wire that cannot be made again. */
struct cw_out_sealed {
    size_t n, sent;
    uint8_t bytes[];
};

enum { CW_OUT_NONE, CW_OUT_MESSAGES, CW_OUT_LIVE };

struct cw_out_queue {
    struct cw_out_lane messages;
    size_t bytes; /* of the bodies in both lanes, and of what is sealed */
    size_t aside; /* of them, live audio and the long bodies of recordings */
    struct cw_out_lane live;
    struct cw_out_sealed *sealed; /* or NULL */
    uint32_t partial_sent;        /* bytes of a frame that was written in part */
    uint8_t partial;              /* the lane whose first that is */
};

/* Where bytes lie between cw_out_gather and cw_out_consume: of all queues, too. */
struct cw_out_scratch {
    uint8_t *plain; /* CW_OUT_SCRATCH bytes: small frames, so that one send takes many */
    struct cw_buf sealed;
};

#define CW_OUT_SCRATCH    (64u * 1024)
#define CW_OUT_SEALED_MAX (16u * 1024)

void cw_out_scratch_init(struct cw_out_scratch *scratch);
void cw_out_scratch_finish(struct cw_out_scratch *scratch);

void cw_out_rings_init(struct cw_out_rings *rings);
void cw_out_rings_finish(struct cw_out_rings *rings);

/* Room for one more: of a full message lane, or of live audio, which is dropped
 * where there is too much. For cw_out_push. */
void cw_out_make_room(struct cw_out_queue *queue, struct cw_out_lane *lane,
                      struct cw_net_pools *pools);

/* Of a message, what is long and of a recording: see CW_BODY_INLINE_MAX. */
size_t cw_out_recorded(const struct cw_body *body);

/* What an entry takes beside its message's bytes: its place in a ring that may be half
 * empty, and what a short body leaves unused of its block. */
#define CW_OUT_ENTRY_COST 304u

/* At most so much memory is held by this queue; a body that others have, too, counts
 * in full. */
static inline size_t cw_out_cost(const struct cw_out_queue *queue)
{
    return queue->bytes + (size_t)(queue->messages.count + queue->live.count) * CW_OUT_ENTRY_COST;
}

/* Of it, what nobody else pays for. */
static inline size_t cw_out_own(const struct cw_out_queue *queue)
{
    size_t rings = (size_t)(queue->messages.capacity + queue->live.capacity);
    return rings * sizeof *queue->messages.ring +
           (queue->sealed == NULL ? 0 : cw_account_size(sizeof *queue->sealed + queue->sealed->n));
}

/* The same without live audio, which grows old by itself, and recordings: answers and
 * updates that its peer does not read. */
static inline size_t cw_out_unread(const struct cw_out_queue *queue)
{
    return queue->bytes - queue->aside + (size_t)queue->messages.count * CW_OUT_ENTRY_COST;
}

static inline bool cw_out_is_empty(const struct cw_out_queue *queue)
{
    return queue->messages.count + queue->live.count == 0 && queue->sealed == NULL;
}

/* Takes over a reference to the body. */
static inline void cw_out_push(struct cw_out_queue *queue, struct cw_body *body, uint8_t flags,
                               bool live, uint64_t now_ms)
{
    struct cw_out_lane *lane = live ? &queue->live : &queue->messages;
    if (live || lane->count == lane->capacity)
        cw_out_make_room(queue, lane, body->pools);
    lane->ring[(lane->first + lane->count++) & (lane->capacity - 1)] =
        (struct cw_out_entry){.body = body, .at_ms = (uint32_t)now_ms, .flags = flags};
    queue->bytes += body->whole;
    if (live)
        queue->aside += body->whole;
    else if (body->rest[0] != NULL)
        queue->aside += cw_out_recorded(body);
}

/* Drops live frames that are too old. Returns how many. */
size_t cw_out_drop_stale(struct cw_out_queue *queue, uint64_t now_ms);

/* What the next send is to write, in the scratch or where it lies: small frames as many as
 * fit, or a piece of a long one. Empty when nothing waits. What comes of the send is told
 * to cw_out_consume before anything else is done with the queue or the scratch, unless the
 * queue is finished. */
struct cw_slice cw_out_gather(struct cw_out_queue *queue, struct cw_framer *framer,
                              struct cw_out_scratch *scratch);

/* n bytes of what was gathered have been written, be it none. */
void cw_out_consume(struct cw_out_queue *queue, struct cw_out_scratch *scratch, size_t n);

void cw_out_finish(struct cw_out_queue *queue);

#endif
