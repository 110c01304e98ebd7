/* attach.h - a login meets its connection, leaves it, and goes. */
#ifndef CW_CORE_ATTACH_H
#define CW_CORE_ATTACH_H

#include "core/core.h"

struct conn;
struct request;
struct session;

/* Attaches what the store found or made to the connection; moves it there when
 * it is attached elsewhere. `request`: if it is a login or attach, else NULL. */
struct session *cw_session_attach(struct cw_core *core, struct conn *conn,
                                  const struct cw_store_result *result, struct cw_slice token,
                                  struct request *request);
/* Its connection is gone. */
void cw_session_detach(struct cw_core *core, struct session *session);
/* What the store found or made, without a connection so far. */
struct session *cw_session_make(struct cw_core *core, const struct cw_store_result *result,
                                struct cw_slice token);
/* Nothing of it is connected any more. */
void cw_session_forget(struct cw_core *core, struct session *session);

#endif
