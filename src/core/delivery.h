/* delivery.h - how messages reach a session: by pages while it is catching up, and as they are
 * stored while it is live. */
#ifndef CW_CORE_DELIVERY_H
#define CW_CORE_DELIVERY_H

#include "core/core.h"
#include "core/request.h"

struct session;

/* The request that attached the session has been answered: its messages may follow. */
void cw_session_begin_delivery(struct cw_core *core, struct session *session);
/* The client says what form it wants and what it has received. */
void cw_session_take_extras(struct cw_core *core, struct session *session, struct request *request);
/* The message with this id is about to be fanned out: does this session belong to the audience?
 * Notes the id in both cases. A client that cannot read Ogg Opus gets a file by a page instead, in
 * which it is a list. */
bool cw_session_offer(struct cw_core *core, struct session *session, uint64_t message_id, bool ogg);
/* This session has sent the message itself: if it has all messages before it, it has this one, too,
 * and a page need not contain it. */
void cw_session_sent_itself(struct cw_core *core, struct session *session, uint64_t message_id);
/* Messages up to this id were stored and are not fanned out: the session reads them by pages. */
void cw_session_missed(struct cw_core *core, struct session *session, uint64_t message_id);
void cw_session_received(struct cw_core *core, struct session *session, uint64_t mark);
void cw_session_queue_full(struct session *session);
void cw_session_queue_empty(struct cw_core *core, struct session *session);
/* Sends the probes and cursors that are due. */
void cw_sessions_sweep(struct cw_core *core);
uint64_t cw_sessions_deadline(const struct cw_core *core);
/* The client has processed every message up to this id, which was sent to it; from now on nothing
 * else is a proof on this connection. Then saves the cursor for the request. */
void cw_session_confirm(struct cw_core *core, struct session *session, uint64_t message_id,
                        struct request *request, step_fn *resume);

#endif
