/* handover.h - calls that go on in the process after this one. Called by core.c; what is listed and
 * taken is declared in core.h (struct cw_core_call, cw_core_list_calls). */
#ifndef CW_CORE_HANDOVER_H
#define CW_CORE_HANDOVER_H

#include "core/core.h"

/* Holds the seats of a call of the process before this one. What cannot be true any more, or is
 * there already, is left out. */
void cw_handover_take(struct cw_core *core, const struct cw_core_call *call);

#endif
