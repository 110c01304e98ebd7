/* fan_out.h - a send effect carried out: encoded once for each form, and shared by
 * everybody who gets it. */
#ifndef CW_SERVER_FAN_OUT_H
#define CW_SERVER_FAN_OUT_H

#include "core/core.h"
#include "net/net.h"

/* Where a long body may lie whose memory can change hands instead of being
 * copied: in the request that was executed, or in the results' arena. All NULL:
 * nowhere. */
struct cw_lender {
    struct cw_store_request *request;
    struct cw_arena *arena;
};

/* `scratch` is the caller's, kept from one call to the next. A long body is taken
 * from the lender, which has it no more afterwards. */
void cw_fan_out(struct cw_net *net, struct cw_buf *scratch, struct cw_lender *lender,
                const struct cw_effect *effect);

#endif
