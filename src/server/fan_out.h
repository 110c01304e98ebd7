/* fan_out.h - carries out a send effect: the message is encoded once for each form, and shared by
 * all receivers. */
#ifndef CW_SERVER_FAN_OUT_H
#define CW_SERVER_FAN_OUT_H

#include "core/core.h"
#include "net/net.h"

/* Memory that may contain a long body and can be handed over instead of copied: the executed
 * request, or the results' arena. All NULL: none. */
struct cw_lender {
    struct cw_store_request *request;
    struct cw_arena *arena;
};

/* `scratch` belongs to the caller, who keeps it between calls. A long body is taken out of the
 * lender. */
void cw_fan_out(struct cw_net *net, struct cw_buf *scratch, struct cw_lender *lender,
                const struct cw_effect *effect);

#endif
