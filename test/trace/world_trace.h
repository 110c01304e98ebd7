/* world_trace.h - what comes out of a world's core, as text: the indented lines of a transcript.
 * Private to world*.c. */
#ifndef CW_TEST_TRACE_WORLD_TRACE_H
#define CW_TEST_TRACE_WORLD_TRACE_H

#include "base/attributes.h"
#include "world.h"

/* Appends to the trace, unless the world is quiet. */
CW_PRINTF_LIKE(2, 3)
void world_put(struct world *world, const char *format, ...);

/* The open connection with this id, or NULL. */
struct world_conn *world_conn_of(struct world *world, cw_conn_id id);
/* Its name, or "?". */
const char *world_conn_name(struct world *world, cw_conn_id id);

/* To these connections, in the plain or the extended form. */
void world_put_send(struct world *world, const struct cw_effect *effect, const cw_conn_id *ids,
                    size_t count, bool extended);
void world_put_push(struct world *world, const struct cw_effect *effect);
void world_put_store(struct world *world, const struct cw_store_request *request);
/* A line for what the store refuses. */
void world_put_result(struct world *world, const struct cw_store_result *result);

#endif
