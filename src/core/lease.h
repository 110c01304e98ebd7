/* lease.h - who decides which users may join a call over several nodes: the one that holds the
 * call's lease, a row with an epoch in the database they share. Called by on_call.c, far_call.c and
 * core.c; on a server that is alone nobody is asked.
 *
 * It decides about joins alone. Who is in a call, and what is said in it, goes on without it, so
 * the end of that node, or of its lease, stops nothing but joins, until another one takes it. */
#ifndef CW_CORE_LEASE_H
#define CW_CORE_LEASE_H

#include "core/request.h"

struct far_call;

/* A request to join this call (far.h). True: it may go on to cw_call_join, now. False: it was
 * refused, or waits and goes on with `resume`, which calls cw_lease_admitted first. */
bool cw_lease_admit(struct cw_core *core, struct request *request, uint64_t call_id,
                    step_fn *resume);
/* True: it may go on. False: it was refused. */
bool cw_lease_admitted(struct cw_core *core, struct request *request);

/* CW_EV_LEASE: what the database says. */
void cw_lease_take(struct cw_core *core, const struct cw_core_lease *lease);
/* From the bus: CALL_ASK, CALL_VERDICT, and a set's epoch of the lease. */
void cw_lease_asked(struct cw_core *core, unsigned node, uint64_t epoch, struct cw_slice body);
void cw_lease_told(struct cw_core *core, struct cw_slice body);
void cw_lease_heard(struct cw_core *core, struct far_call *call, unsigned node, uint64_t epoch);
/* This node has the lease, and may decide. */
bool cw_lease_is_held(const struct cw_core *core, const struct far_call *call);
/* Nobody here needs it any more. */
void cw_lease_drop(struct cw_core *core, struct far_call *call);

/* The cookie of a request that does not wait any more, to be resumed and then forgotten; 0: none.
 * Asks again where no answer came. */
uint64_t cw_leases_sweep(struct cw_core *core);
void cw_lease_forget(struct cw_core *core, uint64_t cookie);
uint64_t cw_leases_deadline(const struct cw_core *core);
void cw_leases_finish(struct cw_core *core);

#endif
