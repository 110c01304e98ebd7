/* reason.h - why a request is refused, for people: what depends on groups and users. */
#ifndef CW_CORE_REASON_H
#define CW_CORE_REASON_H

#include "core/core.h"

struct request;

/* Answers 1027 and says until when, if the sender is muted in the group. */
bool cw_refused_as_muted(struct cw_core *core, struct request *request);
/* Why the store has refused it so; NULL: the code says all that may be said. */
const char *cw_reason_of(const struct request *request, enum cw_store_status status);

#endif
