/* call.h - the participants of calls, and their audio. */
#ifndef CW_CORE_CALL_H
#define CW_CORE_CALL_H

#include "core/core.h"
#include "wire/msg.h"

struct conn;
struct group;
struct request;
struct user;

/* A request to join: answers it. True: its connection takes part now. */
bool cw_call_join(struct cw_core *core, struct request *request, struct group *group);
void cw_call_leave(struct cw_core *core, struct conn *conn);
/* Takes everybody out of a call of two, and tells them why; NULL: they are told otherwise. */
void cw_call_end(struct cw_core *core, struct group *room, const char *reason);
/* The connection, which is in no call any more, has gone. */
void cw_call_closed(struct conn *conn);
/* The user is muted in the call, but stays a participant. */
void cw_call_hush(struct cw_core *core, const struct group *group, const struct user *user);
/* Forwards a frame. False: it was dropped because of the rate. A frame that only comes too late
 * (the user was muted, the call is over) is dropped as well, but the result is true. `proved`: it
 * need not name user and call. */
bool cw_call_data(struct cw_core *core, struct conn *conn, const struct cw_msg *msg, bool proved);
/* Tells a speaker how much of it a listener does not hear. False: it was dropped because of the
 * rate, or is nonsense. */
bool cw_call_report(struct cw_core *core, struct conn *conn, const struct cw_msg *msg);
/* The connection is lost, or its session moves: the seat is held for a while. */
void cw_call_drop(struct cw_core *core, struct conn *conn);
/* Tells an extended client that it is not in the call any more, and why. */
void cw_call_tell_left(struct cw_core *core, const struct conn *conn, const struct group *group,
                       const char *reason);
/* The user takes part in the call, with any device, or a seat is held for them. */
bool cw_call_has(const struct group *group, const struct user *user);
/* Who is in the call of a group that the connection is in, itself and held seats included: entries
 * with names, in the step's memory. Of a call of two, none. */
struct cw_list cw_call_roster(struct cw_core *core, const struct conn *conn);
/* Participants and held seats. */
size_t cw_call_size(const struct group *group);

#endif
