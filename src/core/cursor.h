/* cursor.h - saves the cursors of sessions, and the times when they were seen. */
#ifndef CW_CORE_CURSOR_H
#define CW_CORE_CURSOR_H

#include "core/core.h"

struct session;

/* Saves the session's cursor, and that it was seen, within seconds. */
void cw_session_save_later(struct cw_core *core, struct session *session);
/* The same now; its user was seen with it unless it is only in parts. */
void cw_session_save(struct cw_core *core, struct session *session);
/* ... or as `user_seen` says. */
void cw_session_touch(struct cw_core *core, struct session *session, bool user_seen);
/* Fills these in for a request to the store. */
void cw_session_fill_save(struct cw_core *core, struct session *session, bool user_seen,
                          struct cw_store_request *store);
/* Saves all that cw_session_save_later has put off. */
void cw_cursors_save_all(struct cw_core *core);
/* Saves the cursors that are due; then the last-seen times of sessions that stay attached. */
void cw_cursors_sweep(struct cw_core *core);
void cw_touches_sweep(struct cw_core *core);
uint64_t cw_cursors_deadline(const struct cw_core *core);

#endif
