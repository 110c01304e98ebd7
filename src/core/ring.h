/* ring.h - calls of two users: ringing, answering, refusing, and what is missed. */
#ifndef CW_CORE_RING_H
#define CW_CORE_RING_H

#include "core/core.h"

struct request;
struct session;
struct user;

/* join_call of request->target: rings there, answers their ring, or returns to the call. */
void cw_ring_call(struct cw_core *core, struct request *request);
/* refuse_call of request->target's ring. */
void cw_ring_refuse(struct cw_core *core, struct request *request);
/* The session's delivery has begun: it rings, too, if its user is being called. */
void cw_ring_tell(struct cw_core *core, const struct session *session);
/* The user has blocked the other one: a call of the two is over. */
void cw_ring_blocked(struct cw_core *core, const struct user *user, const struct user *other);
/* Ends calls of two that one has left, and rings that nobody has answered. */
void cw_rings_sweep(struct cw_core *core);
uint64_t cw_rings_deadline(const struct cw_core *core);
/* Frees every pair. */
void cw_rings_finish(struct cw_core *core);

#endif
