/* own.h - what a user sent, for their other devices. */
#ifndef CW_CORE_OWN_H
#define CW_CORE_OWN_H

#include "core/core.h"
#include "core/session.h"

struct user;

/* Does the session get what its user sent from elsewhere, in its place and marked? */
static inline bool cw_own_wanted(const struct session *session)
{
    return (session->features & CW_FEATURE_OWN) != 0;
}

/* Any session of the user's? */
bool cw_own_wanted_by(const struct user *user);
/* The session's connection has sent this message while the session is catching up: a
 * page is not to bring it back there. */
void cw_own_note(struct session *session, uint64_t message_id);
bool cw_own_is_noted(const struct session *session, uint64_t message_id);
/* No page will hold what comes up to this id any more. */
void cw_own_forget(struct session *session, uint64_t message_id);

#endif
