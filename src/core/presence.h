/* presence.h - the state of users, and its updates. */
#ifndef CW_CORE_PRESENCE_H
#define CW_CORE_PRESENCE_H

#include "core/core.h"
#include "core/presence_state.h"

struct remote;
struct session;
struct user;

/* The session is attached, or its features have changed; `result` names the user's contacts. */
void cw_presence_attached(struct cw_core *core, struct session *session,
                          const struct cw_store_result *result);
/* The session has just left its user's list, and is still in its groups. */
void cw_presence_detached(struct cw_core *core, struct session *session);
/* The user has no session and will have none: others are told at once. */
void cw_presence_gone(struct cw_core *core, struct user *user);
/* A part of the session has joined or left a call, which may change the user's state. */
void cw_presence_changed(struct cw_core *core, const struct session *session);
/* The client of the session says whether the user is at the device. */
void cw_presence_set_away(struct cw_core *core, struct session *session, bool away);
/* The user does not want others to know when the user is there, and is not told of others: they are
 * told now that the user has gone, or is there again. */
void cw_presence_set_hidden(struct cw_core *core, struct user *user, bool hidden);
/* Sends the update of the profile of a user, whose name it gets, to those who are told of the
 * user's state and have the feature `profiles`, unless it is for the user's `own` sessions alone;
 * and to these, except one. */
void cw_presence_tell_profile(struct cw_core *core, uint64_t user_id, struct cw_msg *update,
                              bool own, uint64_t except);
/* The same of a user of another server, as news of the store name them: with the groups. */
void cw_presence_tell_foreign_profile(struct cw_core *core, const struct cw_store_result *user,
                                      struct cw_msg *update, bool own);
/* Does this session want updates of others, and are the contacts of its user not known yet? */
bool cw_presence_needs_contacts(const struct session *session);
/* Sets state and seen of an entry, for the user who gets the list. `seen_ms`: from the store, 0 for
 * never. */
void cw_presence_describe(struct cw_core *core, uint64_t user_id, uint64_t seen_ms,
                          struct cw_entry *entry);
/* The state of a user at all servers together, as others are told who may be. */
enum presence cw_presence_total(const struct cw_core *core, uint64_t user_id);
/* Another server has said something new of the user, who is still in remote.h; the total before it.
 */
void cw_presence_tell_elsewhere(struct cw_core *core, uint64_t user_id, enum presence before);
/* Reports the users as offline whose time of grace is over. */
void cw_presence_sweep(struct cw_core *core);
uint64_t cw_presence_deadline(const struct cw_core *core);
void cw_presence_finish(struct cw_core *core);
/* For cw_core_check. */
void cw_presence_check(const struct cw_core *core);

#endif
