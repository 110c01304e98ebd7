/* fan_out.h - carries out a send effect: the message is encoded once for each form, and shared by
 * all receivers. */
#ifndef CW_SERVER_FAN_OUT_H
#define CW_SERVER_FAN_OUT_H

#include "core/core.h"
#include "net/net.h"

/* The caller sets `net`, and frees `scratch` in the end. */
struct cw_fan_out {
    struct cw_net *net;
    struct cw_buf scratch;
    /* The long body that was sent last in this step, referred to, and whose memory it was:
     * another effect of the step may send it, too. */
    struct cw_body *shared;
    const struct cw_owned *owner;
    /* NULL, or: told of each message and the connections to which it was queued. */
    void (*sent)(void *context, const struct cw_effect *effect, const cw_conn_id conns[],
                 size_t count, size_t bytes);
    void *context; /* of `sent` */
    /* Counted, once for each receiver: messages of people, and frames of calls. */
    uint64_t deliveries, frames;
};

/* Long samples are taken from their owner instead of being copied. */
void cw_fan_out(struct cw_fan_out *out, const struct cw_effect *effect);

/* After the effects of each step. */
void cw_fan_out_end(struct cw_fan_out *out);

#endif
