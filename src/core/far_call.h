/* far_call.h - takes what other nodes say of calls, and says what this one has to say. Called by
 * nodes.c with what comes by the bus, and by core.c at the end of each step. */
#ifndef CW_CORE_FAR_CALL_H
#define CW_CORE_FAR_CALL_H

#include "core/core.h"

/* A message of one of the rows CALL_*. */
void cw_far_take_message(struct cw_core *core, const struct cw_core_bus *bus);
/* The node is: its participants come back elsewhere, and their seats are held until then. What
 * rang there rings no more. */
void cw_far_node_gone(struct cw_core *core, unsigned node);
/* Somebody may have missed what was said. */
void cw_far_say_again(struct cw_core *core);
/* At the end of a step: ends what was not said again; then, last of all, says what is due. */
void cw_far_expire(struct cw_core *core);
void cw_far_sweep(struct cw_core *core);
uint64_t cw_far_deadline(const struct cw_core *core);

#endif
