/* decoder.h - long messages and recordings, decoded and examined by libuv's workers: two minutes of
 * samples take longer than other connections should wait. */
#ifndef CW_SERVER_DECODER_H
#define CW_SERVER_DECODER_H

#include "net/net.h"
#include "server/work_queue.h"
#include "wire/msg.h"

/* One message on its way. */
struct cw_decoding {
    struct cw_work work;
    void (*done)(struct cw_decoding *decoding);
    void *context;
    cw_net_id id;
    uint64_t owner; /* takes turns by this: cw_core_owner */
    bool envelope;
    bool opus;                  /* its sender may send Ogg Opus */
    struct cw_owned frame;      /* which others may take when it is done */
    struct cw_msg msg;          /* points into the frame */
    struct cw_account *account; /* charged for the frame ... */
    size_t charged;             /* ... so much, by the caller */
    int code;                   /* of cw_msg_decode, and of cw_examine_recording */
};

/* Decodes the frame, which it owns, and examines the recording if it is one; then
 * `done` is called on the loop, after which the decoding is freed, and the frame unless
 * it was taken. The caller has allocated it and filled in the members from `done` to
 * `frame`. */
void cw_decoder_submit(struct cw_work_queue *queue, struct cw_decoding *decoding);

#endif
