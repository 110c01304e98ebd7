/* delivery.h - how messages reach a session: pages while it is catching up, and what is
 * stored while it is live. */
#ifndef CW_CORE_DELIVERY_H
#define CW_CORE_DELIVERY_H

#include "core/core.h"
#include "core/request.h"

struct session;

/* The request that attached it has been answered: its messages may follow. */
void cw_session_begin_delivery(struct cw_core *core, struct session *session);
/* The client says what form it wants and what it has received. */
void cw_session_take_extras(struct cw_core *core, struct session *session, struct request *request);
/* The message with this id is about to be fanned out: is this session to be in
 * the audience? Notes it either way. An Ogg Opus file, for clients that cannot read it, it
 * is to find in a page, where it is a list. */
bool cw_session_offer(struct cw_core *core, struct session *session, uint64_t message_id, bool ogg);
/* The message is this session's own: if it has all before it, it has it too, and
 * need not look at it when it comes back. */
void cw_session_sent_itself(struct cw_core *core, struct session *session, uint64_t message_id);
void cw_session_received(struct cw_core *core, struct session *session, uint64_t mark);
void cw_session_queue_full(struct session *session);
void cw_session_queue_empty(struct cw_core *core, struct session *session);
/* Sends the probes and cursors that are due. */
void cw_sessions_sweep(struct cw_core *core);
uint64_t cw_sessions_deadline(const struct cw_core *core);
/* Its client says that it has dealt with every message up to this id, which has been
 * sent to it; from now on, on this connection, nothing else shows it. Then saves that
 * for the request. */
void cw_session_confirm(struct cw_core *core, struct session *session, uint64_t message_id,
                        struct request *request, step_fn *resume);

#endif
