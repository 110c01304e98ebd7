/* ring.h - calls of two users: ringing, answering, refusing, and what is missed. */
#ifndef CW_CORE_RING_H
#define CW_CORE_RING_H

#include "core/core.h"

struct far_here;
struct far_seat;
struct far_set;
struct pair;
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
/* --- of other nodes (far.h) --- */

/* The set says `here` now; `before`: its first seat before, or NULL. Devices of the callee here
 * ring, or do not any more. */
void cw_ring_far(struct cw_core *core, struct far_set *set, const struct far_here *here,
                 const struct far_seat *before);
/* The user has joined the call there: answered, if it was the callee. */
void cw_ring_far_joined(struct cw_core *core, struct pair *pair, uint64_t user_id);
/* The callee has refused there; and here, of a ring there. */
void cw_ring_far_refused(struct cw_core *core, struct pair *pair, uint64_t ring);
void cw_ring_far_refuse(struct cw_core *core, const struct far_set *set);

/* Ends calls of two that one has left, and rings that nobody has answered. */
void cw_rings_sweep(struct cw_core *core);
uint64_t cw_rings_deadline(const struct cw_core *core);
/* Frees every pair. */
void cw_rings_finish(struct cw_core *core);

#endif
