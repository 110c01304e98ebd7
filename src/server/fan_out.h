/* fan_out.h - a send effect carried out: encoded once for each form, and shared by
 * everybody who gets it. */
#ifndef CW_SERVER_FAN_OUT_H
#define CW_SERVER_FAN_OUT_H

#include "core/core.h"
#include "net/net.h"

/* `scratch` is the caller's, kept from one call to the next. */
void cw_fan_out(struct cw_net *net, struct cw_buf *scratch, const struct cw_effect *effect);

#endif
