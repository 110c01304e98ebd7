/* trace.h - what passes on connections, for debugging, without contents: the lines of
 * `chinwagctl traffic`, and the log's lines of the level debug.
 *
 * While nobody looks it costs a comparison a step. Loop thread only. Caller: step.c. */
#ifndef CW_SERVER_TRACE_H
#define CW_SERVER_TRACE_H

#include "core/core.h"

struct cw_shell;
struct cw_trace;

/* Is anybody looking? */
bool cw_trace_is_on(const struct cw_shell *shell);

/* An event of a connection, before its step. */
void cw_trace_event(struct cw_shell *shell, const struct cw_event *event);

/* An effect, as far as it is no message. */
void cw_trace_effect(struct cw_shell *shell, const struct cw_effect *effect);

/* A message of `bytes` bytes was queued to these connections; of struct cw_fan_out. */
void cw_trace_sent(void *context, const struct cw_effect *effect, const cw_conn_id conns[],
                   size_t count, size_t bytes);

/* A connection's number as people write it: "5.1". */
#define CW_TRACE_CONN_MAX 24
void cw_trace_conn_text(cw_conn_id conn, char text[CW_TRACE_CONN_MAX]);

#endif
