/* attach.h - a session is attached to a connection, detached from it, and forgotten. */
#ifndef CW_CORE_ATTACH_H
#define CW_CORE_ATTACH_H

#include "core/core.h"

struct conn;
struct request;
struct session;

/* Attaches the session that the store found or made to the connection; moves it when it is attached
 * to another one. `request`: if it is a login or attach, else NULL. */
struct session *cw_session_attach(struct cw_core *core, struct conn *conn,
                                  const struct cw_store_result *result, struct cw_slice token,
                                  struct request *request);
/* A connection of another server has it now: a connection that it has here is told so. */
void cw_session_moved(struct cw_core *core, uint64_t session_id);
/* The session's connection is gone. */
void cw_session_detach(struct cw_core *core, struct session *session);
/* Makes the session that the store found or made, without a connection so far. */
struct session *cw_session_make(struct cw_core *core, const struct cw_store_result *result,
                                struct cw_slice token);
/* Nothing of it is connected any more. */
void cw_session_forget(struct cw_core *core, struct session *session);

#endif
