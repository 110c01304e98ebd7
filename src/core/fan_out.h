/* fan_out.h - sends what has just been stored to all that receive it. */
#ifndef CW_CORE_FAN_OUT_H
#define CW_CORE_FAN_OUT_H

#include "core/core.h"

struct request;

/* Sends the update to all receivers of what request->target or target_group was sent,
 * but the session that sent it. */
void cw_text_fan_out(struct cw_core *core, const struct request *request,
                     struct cw_store_message *message);

#endif
