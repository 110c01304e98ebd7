/* missed_call.h - what a callee finds in the conversation who has neither answered nor refused.
 * Called by ring.c. */
#ifndef CW_CORE_MISSED_CALL_H
#define CW_CORE_MISSED_CALL_H

#include "core/core.h"

struct user;

void cw_missed_store(struct cw_core *core, struct user *caller, struct user *callee);

#endif
