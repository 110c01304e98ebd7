/* stranger.h - the rate of first messages to strangers. */
#ifndef CW_CORE_STRANGER_H
#define CW_CORE_STRANGER_H

#include "core/core.h"

struct request;

/* A message is about to be stored for request->target: takes one from the sender's rate of first
 * messages, in case it is one. cw_stranger_stored gives it back if it was not. */
bool cw_stranger_allowed(struct cw_core *core, struct request *request);
void cw_stranger_stored(struct cw_core *core, struct request *request,
                        const struct cw_store_result *result);

#endif
