/* far_call.h - takes what other nodes say of calls, and says what this one has to say. Called by
 * nodes.c with what comes by the bus, and by core.c at the end of each step. */
#ifndef CW_CORE_FAR_CALL_H
#define CW_CORE_FAR_CALL_H

#include "core/core.h"

void cw_far_apply(struct cw_core *core, const struct cw_core_bus *bus);
void cw_far_sweep(struct cw_core *core);
uint64_t cw_far_deadline(const struct cw_core *core);

#endif
