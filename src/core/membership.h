/* membership.h - sessions in the groups of their user: begin, end and mutes. */
#ifndef CW_CORE_MEMBERSHIP_H
#define CW_CORE_MEMBERSHIP_H

#include "core/core.h"

struct conn;
struct group;
struct request;
struct session;
struct user;

/* A group of the session's user, as the store described it. */
void cw_group_add(struct cw_core *core, const struct cw_store_group *stored,
                  struct session *session);
/* The same of all sessions of a user. */
void cw_group_add_user(struct cw_core *core, const struct cw_store_group *stored,
                       const struct user *user);
/* The user is no longer a member: their sessions leave the group and its call, and those in the
 * call, except `asking`, are told the reason. An empty group is forgotten. */
void cw_group_remove(struct cw_core *core, struct group *group, struct user *user,
                     const char *reason, const struct conn *asking);
/* The request's sender has left the group: its members are told, and who owns it now, if that has
 * changed (`heir` is not empty). */
void cw_group_leave(struct cw_core *core, const struct request *request, uint64_t group_id,
                    struct cw_slice heir);
/* Applies the store's decision to all the user's sessions. */
void cw_group_set_muted(struct cw_core *core, struct group *group, struct user *user,
                        uint64_t until_ms);
/* Takes the session out of all its groups; empty groups are forgotten. */
void cw_groups_leave(struct cw_core *core, struct session *session);

#endif
