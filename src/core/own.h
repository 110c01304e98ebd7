/* own.h - messages that a user has sent from other devices. */
#ifndef CW_CORE_OWN_H
#define CW_CORE_OWN_H

#include "core/core.h"
#include "core/session.h"

struct user;

/* Does the session get the messages that its user sent from other devices, in order and marked as
 * own? */
static inline bool cw_own_wanted(const struct session *session)
{
    return (session->features & CW_FEATURE_OWN) != 0;
}

/* Does any session of the user? */
bool cw_own_wanted_by(const struct user *user);
/* The session's connection has sent this message while the session is catching up: a page must not
 * send it back there. */
void cw_own_note(struct session *session, uint64_t message_id);
bool cw_own_is_noted(const struct session *session, uint64_t message_id);
/* No later page will contain a message up to this id. */
void cw_own_forget(struct session *session, uint64_t message_id);

#endif
