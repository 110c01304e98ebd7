/* fan_out.h - sends a message that was just stored to its receivers. */
#ifndef CW_CORE_FAN_OUT_H
#define CW_CORE_FAN_OUT_H

#include "core/core.h"

struct request;

/* Sends the update to all receivers of a message to request->target or target_group, except the
 * session that sent it. */
void cw_text_fan_out(struct cw_core *core, const struct request *request,
                     struct cw_store_message *message);

#endif
