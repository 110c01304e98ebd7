/* inbound.h - handles the messages of connections, and results for requests. Called by core.c. */
#ifndef CW_CORE_INBOUND_H
#define CW_CORE_INBOUND_H

#include "core/core.h"

struct conn;

void cw_conn_closed(struct cw_core *core, struct conn *conn);
void cw_conn_message(struct cw_core *core, struct conn *conn, const struct cw_event *event);
/* Gives a result to the request that waits for it, if there still is one. */
void cw_request_resume(struct cw_core *core, uint64_t cookie, const struct cw_event *event);

/* The operator's request: the answer is a CW_FX_CONTROL. */
void cw_operator_asks(struct cw_core *core, const struct cw_event *event);

#endif
