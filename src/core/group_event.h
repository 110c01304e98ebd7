/* group_event.h - telling a group's sessions what happens in it. */
#ifndef CW_CORE_GROUP_EVENT_H
#define CW_CORE_GROUP_EVENT_H

#include "core/core.h"

struct conn;
struct group;
struct request;
struct user;

/* Tells the group's sessions with the feature what `actor` did, except the session `asking` (0:
 * none). `more`: keys of the map, or NULL. All of it is copied. */
void cw_group_event(struct cw_core *core, const struct group *group, const char *event,
                    const struct user *actor, uint64_t asking, const struct cw_extras *more);
/* The same about a request's sender (the operator: nobody) and session. */
void cw_group_event_of(struct cw_core *core, const struct group *group, const char *event,
                       const struct request *request, const struct cw_extras *more);
/* The user, who is in the call with this connection, speaks or is silent. */
void cw_group_event_speaking(struct cw_core *core, const struct group *group, bool speaking,
                             const struct conn *conn);
/* The same of a user at another node. */
void cw_group_event_far(struct cw_core *core, const struct group *group, bool speaking,
                        struct cw_slice name);
struct cw_slice cw_role_name(enum cw_store_role role);

/* The same of a user who need not be known here; all sessions are told. */
void cw_group_event_named(struct cw_core *core, const struct group *group, const char *event,
                          struct cw_slice actor, const struct cw_extras *more);

#endif
