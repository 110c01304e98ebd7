/* part.h - connections beside a session's own. */
#ifndef CW_CORE_PART_H
#define CW_CORE_PART_H

#include "core/core.h"

struct conn;
struct request;

/* Is the request to make its connection a part? */
bool cw_part_wanted(const struct cw_extras *extras);
/* Attaches what the store found or made to the request's connection as a part. False:
 * answered 1026, there are too many. */
bool cw_part_attach(struct cw_core *core, struct request *request,
                    const struct cw_store_result *result, struct cw_slice token);
void cw_part_leave(struct cw_core *core, struct conn *conn);
/* It is a part no more, and the call that it was in has been left. */
void cw_part_end(struct cw_core *core, struct conn *conn);

#endif
