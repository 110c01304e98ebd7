/* on_call.c - join_call, leave_call and refuse_call: the handlers. A call is of a group, or, for
 * clients with the feature `calls`, of two users (ring.c). */
#include "base/codes.h"
#include "core/call.h"
#include "core/conn.h"
#include "core/conversation.h"
#include "core/far.h"
#include "core/find_user.h"
#include "core/handlers.h"
#include "core/lease.h"
#include "core/request.h"
#include "core/ring.h"
#include "core/seat.h"

/* To other clients it is a group's name that is not valid, as before there were calls of two. */
static bool names_user(const struct request *request)
{
    struct cw_slice name = request->msg->group_name;
    return (request->features & CW_FEATURE_CALLS) != 0 && name.n > 1 && name.p[0] == '@';
}

/* It may join, as was decided for all nodes; the group is looked up anew. */
static void join_admitted(struct cw_core *core, struct request *request,
                          const struct cw_event *event)
{
    (void)event;
    if (!cw_lease_admitted(core, request))
        return;
    struct group *group = cw_group_of_member(core, request);
    if (group != NULL)
        cw_call_join(core, request, group);
}

void cw_on_join_call(struct cw_core *core, struct request *request)
{
    struct cw_slice name = request->msg->group_name;
    if (names_user(request)) {
        if (cw_request_fold(core, request, cw_slice_of(name.p + 1, name.n - 1)))
            cw_user_find(core, request, cw_ring_call);
        return;
    }
    if (!cw_request_fold_group(core, request, name))
        return;
    struct group *group = cw_group_of_member(core, request);
    if (group != NULL && cw_lease_admit(core, request, cw_far_id(group), join_admitted))
        cw_call_join(core, request, group);
}

void cw_on_leave_call(struct cw_core *core, struct request *request)
{
    bool joined = cw_conn_call(request->conn) != NULL;
    cw_call_leave(core, request->conn);
    /* Releases a seat that is held for the session; this connection is in no call. */
    cw_seats_leave_of_session(core, request->sender, request->sender_session);
    cw_request_answer(core, request, joined ? CW_SUCCESS : CW_CALL_NOT_JOINED);
}

void cw_on_refuse_call(struct cw_core *core, struct request *request)
{
    if (cw_request_fold(core, request, request->msg->conversation))
        cw_user_find(core, request, cw_ring_refuse);
}
