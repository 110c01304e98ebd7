/* notice.h - tells users that were away that they were kicked, banned or muted. */
#ifndef CW_CORE_NOTICE_H
#define CW_CORE_NOTICE_H

#include "core/core.h"
#include "core/session.h"

struct user;

/* The session was attached: tells what the store keeps for its user. */
void cw_notices_begin(struct cw_core *core, struct session *session);
/* The group's event has just told the user's sessions of the notice. */
void cw_notice_told(struct cw_core *core, const struct user *user, uint64_t id);
/* The session has proved that it received what was sent before the probe. */
void cw_notices_received(struct cw_core *core, struct session *session);

/* Was a notice sent whose receipt the session has not proved? */
static inline bool cw_notice_unshown(const struct session *session)
{
    return session->pending != NULL && session->pending->notice_told != 0;
}

#endif
