/* refusal.h - what is told to whoever is refused something. */
#ifndef CW_CORE_REFUSAL_H
#define CW_CORE_REFUSAL_H

#include "core/core.h"

struct request;

/* Answers 1029 and returns true when the store could not do it. */
bool cw_request_unavailable(struct cw_core *core, struct request *request,
                            const struct cw_store_result *result);
/* Answers what the store refused, and returns true; false: it has been done. */
bool cw_group_refused(struct cw_core *core, struct request *request,
                      const struct cw_store_result *result);
/* Answers what the store's refusal is called here, and returns true, unless all
 * went well. For requests about messages. */
bool cw_conversation_refused(struct cw_core *core, struct request *request,
                             const struct cw_store_result *result);
/* Is it no good for a new user or group? Then that has been answered. */
bool cw_names_refused(struct cw_core *core, struct request *request, struct cw_slice name);
/* Answers that it exists, or what it looks like. */
void cw_names_taken(struct cw_core *core, struct request *request,
                    const struct cw_store_result *result, int code);

#endif
