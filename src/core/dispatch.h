/* dispatch.h - chooses the handler, and checks the sender. Called by inbound.c. */
#ifndef CW_CORE_DISPATCH_H
#define CW_CORE_DISPATCH_H

#include "core/core.h"

struct request;

void cw_dispatch(struct cw_core *core, struct request *request);
/* Must all earlier requests of its connection be answered before this begins? */
bool cw_dispatch_alone(const struct request *request);

/* The same for the operator's request, which has no connection. */
void cw_dispatch_control(struct cw_core *core, struct request *request);

#endif
