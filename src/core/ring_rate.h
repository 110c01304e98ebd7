/* ring_rate.h - how often a user may call others, and one of them. ring.c asks, before anything
 * rings. */
#ifndef CW_CORE_RING_RATE_H
#define CW_CORE_RING_RATE_H

#include "core/core.h"

struct request;

/* Takes one from the rates of the caller. False: answered 1026. */
bool cw_ring_rate_take(struct cw_core *core, struct request *request);

#endif
