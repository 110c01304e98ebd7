/* stranger.h - the rate of first messages to strangers. */
#ifndef CW_CORE_STRANGER_H
#define CW_CORE_STRANGER_H

#include "core/core.h"

struct request;

/* A message is about to be stored for request->target: may it be the first to a stranger?
 * What is taken from the sender's rate for that is given back when it was none. */
bool cw_stranger_allowed(struct cw_core *core, struct request *request);
void cw_stranger_stored(struct cw_core *core, struct request *request,
                        const struct cw_store_result *result);

#endif
