/* session_end.h - sessions that do not exist any more. */
#ifndef CW_CORE_SESSION_END_H
#define CW_CORE_SESSION_END_H

#include "core/core.h"

struct conn;
struct request;
struct session;
struct user;

/* The session does not exist any more: its seats end, and all its connections except the one that
 * requested this are told `why` ("too_many", "revoked", "password", "logout", "deleted") and
 * closed. */
void cw_session_end(struct cw_core *core, struct session *session, const struct conn *asking,
                    const char *why);

/* The same for a session that nobody is to have, which is taken out of the store, too; it need not
 * be known here. */
void cw_session_drop(struct cw_core *core, uint64_t session_id);

/* The same for all of the user's sessions but this one, and for the requests under way in them. */
void cw_sessions_end_others(struct cw_core *core, struct user *user, uint64_t kept,
                            const char *why);

/* The same for all of the user's sessions. The connection that asked stays open until it has its
 * answer. */
void cw_sessions_end_all(struct cw_core *core, struct user *user, const struct request *request,
                         const char *why);

#endif
