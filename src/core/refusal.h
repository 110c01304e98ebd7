/* refusal.h - the response code and reason of a refusal. */
#ifndef CW_CORE_REFUSAL_H
#define CW_CORE_REFUSAL_H

#include "core/core.h"

struct request;

/* The code of a status in a handler where it differs from refusal.c. An array of them ends with
 * {0}. */
struct refusal {
    enum cw_store_status status;
    int code;
};

/* Answers the code of the store's refusal and returns true; false: the store has not refused.
 * `others`: the codes that differ here, or NULL. */
bool cw_request_refused(struct cw_core *core, struct request *request,
                        const struct cw_store_result *result, const struct refusal *others);
/* The same about the group that the request names: it may not exist. */
bool cw_group_refused(struct cw_core *core, struct request *request,
                      const struct cw_store_result *result);
/* The same if the store could not execute it; every other status is left to the caller. */
bool cw_request_unavailable(struct cw_core *core, struct request *request,
                            const struct cw_store_result *result);
/* Is the name not valid for a new user or group? Then that has been answered. */
bool cw_names_refused(struct cw_core *core, struct request *request, struct cw_slice name);
/* Answers that the name exists, or which name it looks like. */
void cw_names_taken(struct cw_core *core, struct request *request,
                    const struct cw_store_result *result, int code);

#endif
