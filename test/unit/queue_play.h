/* queue_play.h - a queue of output whose bytes are sent to nobody, but compared: for its tests. */
#ifndef CW_TEST_UNIT_QUEUE_PLAY_H
#define CW_TEST_UNIT_QUEUE_PLAY_H

#include "frame/zmtp.h"
#include "net/net_internal.h"

#define NOW     1000000
#define ALL     SIZE_MAX
#define COPIED  (16u * 1024)
#define BODY_N  4 /* of a message made by push_number ... */
#define FRAME_N 6 /* ... and on the wire */

/* Only counts the memory of bodies: 0 when every reference has been released. */
extern struct cw_ledger ledger;
extern struct cw_net net;
extern struct cw_out_scratch scratch;
extern struct cw_zmtp zmtp;

void push(struct cw_out_queue *queue, const char *text, uint8_t flags);
void push_live(struct cw_out_queue *queue, const char *text, uint64_t now_ms);
void push_filled(struct cw_out_queue *queue, char fill, size_t n);

/* Bytes of the wire. */
size_t waiting(const struct cw_out_queue *queue);

/* One send of which the socket takes at most `most` bytes. */
size_t send_some(struct cw_out_queue *queue, size_t most, struct cw_buf *out);
void drain(struct cw_out_queue *queue, size_t most, struct cw_buf *out);
void assert_bytes(const struct cw_buf *out, const void *wanted, size_t n);

#define ASSERT_SENT(out, literal) assert_bytes(out, literal, sizeof(literal) - 1)

void end_queue(struct cw_out_queue *queue, struct cw_buf *out);
void push_of_every_kind(struct cw_out_queue *queue);
void push_number(struct cw_out_queue *queue, char kind, unsigned number, uint64_t now_ms);
unsigned number_at(const struct cw_buf *out, size_t at, char kind);

#endif
