/* reason.h - reasons of refusals, for people: those that depend on groups and users. */
#ifndef CW_CORE_REASON_H
#define CW_CORE_REASON_H

#include "core/core.h"

struct request;

/* Answers 1027 and says until when, if the sender is muted in the group. */
bool cw_refused_as_muted(struct cw_core *core, struct request *request);
/* Why the store has refused the request so; NULL: there is no reason beyond the code, or it is
 * secret. */
const char *cw_reason_of(const struct request *request, enum cw_store_status status);

#endif
