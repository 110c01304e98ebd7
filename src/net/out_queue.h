/* out_queue.h - the output of one connection. It has three lanes: messages, which are never
 * dropped; live audio, which is useless late; and pieces of files, which the others overtake. All
 * hold references to shared bodies. The transport's framing is made when they are gathered to be
 * sent, and again if the socket took only a part: a frame that was written in part is completed
 * before anything else.
 *
 * Answers keep their order: one that comes behind a piece waits in the lane of the files, and while
 * one waits there, so do the messages that come behind it.
 *
 * A transport that encrypts cannot make the same bytes twice. So a sealed frame is removed from its
 * lane, and the part that the socket did not take is kept here (`sealed`) and sent first. No more
 * is sealed at once than may wait: of live audio as much as the kernel may hold, else
 * CW_OUT_SEALED_MAX or one slice of a long message, which stays in its lane until its last slice.
 *
 * Private to src/net. */
#ifndef CW_NET_OUT_QUEUE_H
#define CW_NET_OUT_QUEUE_H

#include "base/account.h"
#include "base/pool.h"
#include "frame/framer.h"
#include "net/body.h"
#include "net/net_pools.h"

/* RAW: without a header, the transport's own output. PIECE: bytes of a file. ANSWER: overtakes no
 * piece. */
enum { CW_OUT_RAW = 1, CW_OUT_ENVELOPE = 2, CW_OUT_PIECE = 4, CW_OUT_ANSWER = 8 };

struct cw_out_entry {
    struct cw_body *body;
    uint32_t at_ms; /* low bits of the clock when it was queued */
    uint8_t flags;
    uint8_t header_n; /* bytes; set when it is gathered */
};

struct cw_out_lane {
    struct cw_out_entry *ring;
    uint32_t first, count, capacity; /* capacity is a power of two, or 0 */
};

/* The third lane. Few connections have one. */
struct cw_out_files {
    struct cw_out_lane lane;
    uint32_t others; /* of its entries, those that are no pieces */
};

/* Bytes of the wire that cannot be made again. */
struct cw_out_sealed {
    size_t n, sent;
    uint8_t bytes[];
};

enum { CW_OUT_NONE, CW_OUT_MESSAGES, CW_OUT_LIVE, CW_OUT_FILES };

struct cw_out_queue {
    struct cw_out_lane messages;
    size_t bytes; /* of the bodies in all lanes, and of the sealed bytes */
    size_t aside; /* of these, live audio and the long bodies of recordings */
    struct cw_out_lane live;
    struct cw_out_files *files;   /* NULL: nothing waits there */
    struct cw_out_sealed *sealed; /* or NULL */
    uint32_t partial_sent;        /* bytes of a frame that was written in part */
    uint8_t partial;              /* the lane whose first entry that frame is */
    bool slicing;                 /* `partial` is a frame of which not all slices were sealed */
};

/* Memory for bytes between cw_out_gather and cw_out_consume, shared by all queues. */
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

/* Makes room for one more entry: grows a full message lane, or drops live audio when there is too
 * much. For cw_out_push. */
void cw_out_make_room(struct cw_out_queue *queue, struct cw_out_lane *lane,
                      struct cw_net_pools *pools);

/* The lane of the files, which is made when there is none. */
struct cw_out_lane *cw_out_files_lane(struct cw_out_queue *queue, uint8_t flags);

/* The bytes of a message that are a long recording: see CW_BODY_INLINE_MAX. */
size_t cw_out_recorded(const struct cw_body *body);

/* The memory of an entry beside its message's bytes: its place in a ring that may be half empty,
 * and the unused part of a short body's block. */
#define CW_OUT_ENTRY_COST 304u

static inline size_t cw_out_files_count(const struct cw_out_queue *queue)
{
    return queue->files == NULL ? 0 : queue->files->lane.count;
}

/* The most memory that this queue may hold; a body that others share counts in full. */
static inline size_t cw_out_cost(const struct cw_out_queue *queue)
{
    size_t count = queue->messages.count + queue->live.count + cw_out_files_count(queue);
    return queue->bytes + count * CW_OUT_ENTRY_COST;
}

/* The part of it that is charged to this connection alone. */
static inline size_t cw_out_own(const struct cw_out_queue *queue)
{
    size_t rings = (size_t)(queue->messages.capacity + queue->live.capacity);
    size_t files = queue->files == NULL ? 0
                                        : sizeof *queue->files + queue->files->lane.capacity *
                                                                     sizeof *queue->messages.ring;
    return rings * sizeof *queue->messages.ring + files +
           (queue->sealed == NULL ? 0 : cw_account_size(sizeof *queue->sealed + queue->sealed->n)) +
           (queue->slicing ? CW_FRAMER_SEALING_MEMORY : 0);
}

/* The same without live audio, which expires, and recordings: unread answers and updates. */
static inline size_t cw_out_unread(const struct cw_out_queue *queue)
{
    size_t count = queue->messages.count + cw_out_files_count(queue);
    return queue->bytes - queue->aside + count * CW_OUT_ENTRY_COST;
}

static inline bool cw_out_is_empty(const struct cw_out_queue *queue)
{
    return queue->messages.count + queue->live.count == 0 && queue->files == NULL &&
           queue->sealed == NULL;
}

/* Nothing waits but pieces of files, of which none has begun: see cw_peer_is_drained. */
bool cw_out_is_at_piece(const struct cw_out_queue *queue);

/* Takes over a reference to the body. */
static inline void cw_out_push(struct cw_out_queue *queue, struct cw_body *body, uint8_t flags,
                               bool live, uint64_t now_ms)
{
    struct cw_out_lane *lane = live ? &queue->live : &queue->messages;
    if (!live && (queue->files != NULL || (flags & CW_OUT_PIECE) != 0))
        lane = cw_out_files_lane(queue, flags);
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

/* The bytes that the next cw_out_gather will encrypt of a long frame; 0: it does not. */
size_t cw_out_next_slice(struct cw_out_queue *queue, const struct cw_framer *framer);

/* The bytes for the next send, in the scratch or in a body: as many small frames as fit, or a piece
 * of a long one. Empty when nothing waits, and after a slice without bytes (cw_framer_seal_slice).
 * The caller must report the result of the send to cw_out_consume before it uses the queue or the
 * scratch again, unless it finishes the queue. */
struct cw_slice cw_out_gather(struct cw_out_queue *queue, struct cw_framer *framer,
                              struct cw_out_scratch *scratch);

/* n of the gathered bytes were written, possibly none. */
void cw_out_consume(struct cw_out_queue *queue, struct cw_out_scratch *scratch, size_t n);

void cw_out_finish(struct cw_out_queue *queue);

#endif
