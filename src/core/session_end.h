/* session_end.h - sessions that do not exist any more. */
#ifndef CW_CORE_SESSION_END_H
#define CW_CORE_SESSION_END_H

#include "core/core.h"

struct conn;
struct session;

/* The session does not exist any more: its seats end, and all its connections except the one that
 * requested this are told `why` ("too_many", "revoked", "password", "logout", "deleted") and
 * closed. */
void cw_session_end(struct cw_core *core, struct session *session, const struct conn *asking,
                    const char *why);

#endif
