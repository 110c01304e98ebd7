/* out_queue.h - what waits to be written to one connection.
 *
 * Two lanes: messages, which are never dropped, and live audio, which is
 * worthless late. Both hold references to shared bodies. A frame that was written in part is
 * finished before anything else. Private to src/net. */
#ifndef CW_NET_OUT_QUEUE_H
#define CW_NET_OUT_QUEUE_H

#include "net/net.h"

enum { CW_OUT_RAW = 1 /* bytes of the transport's own */, CW_OUT_ENVELOPE = 2 };

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
    struct cw_out_lane live;
    struct cw_out_lane *partial; /* whose first frame was written in part */
    size_t partial_sent;         /* bytes of it */
    size_t bytes;                /* in both lanes */
};

/* Small frames are copied here so that one send takes many of them. */
#define CW_OUT_SCRATCH (64u * 1024)

/* Takes over a reference to the body. */
void cw_out_push(struct cw_out_queue *queue, struct cw_body *body, uint8_t flags, bool live,
                 uint64_t now_ms);

/* Drops live frames that are too old. Returns how many. */
size_t cw_out_drop_stale(struct cw_out_queue *queue, uint64_t now_ms);

/* What the next send is to write: bytes in `scratch`, or of one large frame
 * where it lies. Empty when nothing waits. */
struct cw_slice cw_out_gather(const struct cw_out_queue *queue, uint8_t scratch[CW_OUT_SCRATCH]);

/* n bytes of what was gathered have been written. */
void cw_out_consume(struct cw_out_queue *queue, size_t n);

void cw_out_finish(struct cw_out_queue *queue);

#endif
