/* call.h - the participants of calls. Their audio: call_audio.h. */
#ifndef CW_CORE_CALL_H
#define CW_CORE_CALL_H

#include "core/core.h"
#include "core/far_body.h"
#include "wire/msg.h"

struct call_member;
struct conn;
struct far_call;
struct far_seat;
struct group;
struct request;
struct user;

/* A request to join: answers it. True: its connection takes part now. */
bool cw_call_join(struct cw_core *core, struct request *request, struct group *group);
void cw_call_leave(struct cw_core *core, struct conn *conn);
/* The connection's state in calls; made if there is none. */
struct call_member *cw_call_member(struct conn *conn);
/* No receiver needs this speaker's packets as PCM arrays any more, if any did. */
void cw_call_end_lists(struct cw_core *core, bool *listed, cw_conn_id speaker);
/* Takes everybody out of a call of two, and tells them why; NULL: they are told otherwise. */
void cw_call_end(struct cw_core *core, struct group *room, const char *reason);
/* The connection, which is in no call any more, has gone. */
void cw_call_closed(struct conn *conn);
/* The user is muted in the call, but stays a participant. */
void cw_call_hush(struct cw_core *core, const struct group *group, const struct user *user);
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
/* The same of this call, wherever: also at another node (far.h). */
bool cw_call_has_id(const struct cw_core *core, uint64_t call_id, uint64_t user_id);
/* Participants and held seats, at all nodes. */
size_t cw_call_size(const struct cw_core *core, const struct group *group);
/* May the user join, when so many others are about to? For all nodes, and the one place. */
enum call_verdict cw_call_judge(const struct cw_core *core, uint64_t call_id, uint64_t user_id,
                                bool echo, size_t on_their_way);

/* --- participants at other nodes --- */

/* Whom this node has in the call, and what they do. */
void cw_call_describe(const struct group *group, struct far_here *here);
/* They have joined there: an earlier join here is over. The group may be forgotten with it. */
void cw_call_yield(struct cw_core *core, struct group *group, const struct far_seat *seat);
/* They are not there any more: nobody needs their packets as PCM arrays. */
void cw_call_far_gone(struct cw_core *core, struct far_seat *seat);

#endif
