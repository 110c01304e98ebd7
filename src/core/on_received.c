/* on_received.c - received: the client reports up to which message it has processed all. A PONG
 * proves that the peer's network stack has a message, not that its program has read it. From the
 * first `received` on a connection, or from the start by the feature, nothing but `received` moves
 * the session's cursor. */
#include <assert.h>

#include "base/codes.h"
#include "core/conn.h"
#include "core/cursor.h"
#include "core/delivery.h"
#include "core/handlers.h"
#include "core/refusal.h"
#include "core/request.h"
#include "core/session.h"

static void received_saved(struct cw_core *core, struct request *request,
                           const struct cw_event *event)
{
    struct session *session = cw_session_find(core, request->sender_session);
    bool here = session != NULL && session->conn != NULL && session->conn == request->conn;
    if (here && event->store->status != CW_STORE_OK)
        cw_session_save_later(core, session);
    if (cw_request_unavailable(core, request, event->store))
        return;
    /* All those messages are sent before this answer. */
    if (here)
        request->conn->answered = session->sent;
    cw_request_answer(core, request, CW_SUCCESS);
}

void cw_on_received(struct cw_core *core, struct request *request)
{
    struct session *session = request->conn->session;
    assert(session->id == request->sender_session);
    uint64_t id = request->msg->message_id;
    bool part = request->conn->part != NULL;
    if (part || id > session->sent) {
        cw_request_refuse(core, request, part ? CW_RULE_PART_RECEIVES : CW_RULE_NOT_SENT);
        return;
    }
    if (id == 0) /* what its client had when it read the last answer */
        id = request->conn->answered < session->sent ? request->conn->answered : session->sent;
    cw_session_confirm(core, session, id, request, received_saved);
    cw_request_unblock(request);
}
