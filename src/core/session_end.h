/* session_end.h - sessions that do not exist any more. */
#ifndef CW_CORE_SESSION_END_H
#define CW_CORE_SESSION_END_H

#include "core/core.h"

struct conn;
struct session;

/* It does not exist any more: no seat is held for it, all its connections but the one that asked
 * for it are told `why` ("too_many", "revoked", "password", "logout") and closed. */
void cw_session_end(struct cw_core *core, struct session *session, const struct conn *asking,
                    const char *why);

#endif
