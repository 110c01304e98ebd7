/* seat.h - seats in calls, which outlive their connection. */
#ifndef CW_CORE_SEAT_H
#define CW_CORE_SEAT_H

#include "core/core.h"

struct conn;
struct group;
struct user;

/* The connection has just been taken out of the group's call. */
void cw_seat_hold(struct cw_core *core, struct group *group, const struct conn *conn);
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
uint64_t cw_seats_deadline(const struct cw_core *core);

#endif
