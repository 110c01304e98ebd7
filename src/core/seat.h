/* seat.h - seats in calls, which outlive their connection. */
#ifndef CW_CORE_SEAT_H
#define CW_CORE_SEAT_H

#include "core/core.h"

struct conn;
struct group;
struct link;
struct user;

/* The connection has just been taken out of the group's call. */
void cw_seat_hold(struct cw_core *core, struct group *group, const struct conn *conn);
/* A seat of a session that was connected to the process before this one. The group may have no
 * session yet. */
void cw_seat_restore(struct cw_core *core, struct group *group, struct user *user,
                     uint64_t session_id, bool part);
/* Whose seat this is, of the list group->seats. */
const struct user *cw_seat_holder(const struct link *of_group, uint64_t *session_id, bool *part);
uint64_t cw_seat_rank(const struct link *of_group);
/* The user has joined at another node, with this rank: a seat of an earlier join is not held any
 * more. The group may be forgotten with it. */
void cw_seat_yield(struct cw_core *core, struct group *group, const struct user *user,
                   uint64_t rank);
bool cw_seat_is_held(const struct group *group, const struct user *user);
/* The user is back: the seat, if there is one, is not held any more, and no update is sent. */
void cw_seat_take(struct cw_core *core, const struct group *group, const struct user *user);
/* The user has left: if a seat was held for them, the group is told. */
void cw_seat_leave(struct cw_core *core, const struct group *group, const struct user *user);
/* The same for the seats of one session. */
void cw_seats_leave_of_session(struct cw_core *core, const struct user *user, uint64_t session_id);
/* The group is forgotten: forgets its seats. */
void cw_seats_forget(struct cw_core *core, struct group *group);
void cw_seats_sweep(struct cw_core *core);
/* Forgets those of groups; calls of two are ring.h's. */
void cw_seats_finish(struct cw_core *core);
uint64_t cw_seats_deadline(const struct cw_core *core);

#endif
