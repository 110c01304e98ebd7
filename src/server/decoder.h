/* decoder.h - long messages, decoded by libuv's workers: walking the samples of
 * two minutes takes longer than anybody else should wait. */
#ifndef CW_SERVER_DECODER_H
#define CW_SERVER_DECODER_H

#include <uv.h>

#include "net/net.h"
#include "wire/msg.h"

/* One message on its way. */
struct cw_decoding {
    uv_work_t work;
    void (*done)(struct cw_decoding *decoding);
    void *context;
    cw_net_id id;
    bool envelope;
    struct cw_slice frame;
    void *memory;      /* what the frame lies in; whoever keeps it sets this to NULL */
    struct cw_msg msg; /* points into the frame */
    int code;          /* of cw_msg_decode */
};

/* Takes over `memory`, in which the frame lies, and decodes it; then `done` is
 * called on the loop, after which the decoding and the memory are freed. */
void cw_decoder_submit(uv_loop_t *loop, struct cw_slice frame, void *memory, cw_net_id id,
                       bool envelope, void (*done)(struct cw_decoding *decoding), void *context);

#endif
