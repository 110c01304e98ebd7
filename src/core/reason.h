/* reason.h - for which rule a request is refused: where that depends on groups, users and the
 * store. */
#ifndef CW_CORE_REASON_H
#define CW_CORE_REASON_H

#include "base/rule.h"
#include "core/core.h"

struct request;

/* Answers 1027 and says until when, if the sender is muted in the group. */
bool cw_refused_as_muted(struct cw_core *core, struct request *request);
/* For which rule the store has refused the request so; CW_RULE_NONE: there is nothing to say beyond
 * the code, or it is secret. */
struct cw_fault cw_reason_of(const struct cw_core *core, const struct request *request,
                             enum cw_store_status status);

#endif
