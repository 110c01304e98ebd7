/* part.h - additional connections of a session. */
#ifndef CW_CORE_PART_H
#define CW_CORE_PART_H

#include "core/core.h"

struct conn;
struct request;

/* Does the request make its connection a part? */
bool cw_part_wanted(const struct cw_extras *extras);
/* Attaches the session that the store found or made to the request's connection, which becomes a
 * part. False: answered 1026, there are too many. */
bool cw_part_attach(struct cw_core *core, struct request *request,
                    const struct cw_store_result *result, struct cw_slice token);
void cw_part_leave(struct cw_core *core, struct conn *conn);
/* The connection is no longer a part, and has left its call. */
void cw_part_end(struct cw_core *core, struct conn *conn);

#endif
