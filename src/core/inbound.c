/* inbound.c - the requests of a connection, in their order. This begins a request when the earlier
 * ones allow it, sends an answer when all before it were sent, and gives results to the requests
 * that wait for them. */
#include "core/inbound.h"

#include <assert.h>

#include "base/codes.h"
#include "base/limits.h"
#include "core/admission.h"
#include "core/announced.h"
#include "core/answer.h"
#include "core/attach.h"
#include "core/call.h"
#include "core/call_audio.h"
#include "core/conn.h"
#include "core/delivery.h"
#include "core/dispatch.h"
#include "core/handlers.h"
#include "core/pace.h"
#include "core/part.h"
#include "core/request.h"
#include "core/ring.h"
#include "core/session.h"
#include "core/state.h"

/* --- its turn ------------------------------------------------------------------------ */

static void append_request(struct conn *conn, struct request *request)
{
    assert(request->conn == conn && request->next == NULL);
    assert(conn->waiting == NULL || conn->first != NULL);
    if (conn->first == NULL)
        conn->first = request;
    else
        conn->last->next = request;
    conn->last = request;
    if (conn->waiting == NULL)
        conn->waiting = request;
    conn->request_count++;
    conn->long_count += request->frame.slice.n > CW_MESSAGE_MAX;
}

static void answer_first(struct cw_core *core, struct conn *conn)
{
    assert(conn->first != NULL && conn->first->done && !conn->first->in_flight);
    assert(conn->request_count > 0);
    struct request *request = conn->first;
    conn->first = request->next;
    conn->request_count--;
    conn->long_count -= request->frame.slice.n > CW_MESSAGE_MAX;
    if (request->code != CW_SUCCESS)
        cw_pace_idle(core, conn, request->code == CW_RATE_LIMITED ? CW_REFUSAL_OF_RATE : 1);
    if (!request->head || request->code != CW_SUCCESS)
        cw_request_send_answer(core, request);
    bool login = request->action == CW_LOGIN;
    cw_request_destroy(core, request);
    if (conn->session == NULL || conn->part != NULL)
        return;
    bool begins = conn->session->delivery == DELIVERY_ATTACHED;
    if (begins && login && !conn->session->extended)
        cw_announced_tell(core, conn->session);
    cw_session_begin_delivery(core, conn->session);
    if (begins)
        cw_ring_tell(core, conn->session);
}

static void advance(struct cw_core *core, struct conn *conn)
{
    for (;;) {
        while (conn->first != NULL && conn->first->done)
            answer_first(core, conn);
        struct request *request = conn->waiting;
        if (request == NULL || conn->blocker != NULL)
            break;
        if (conn->first != request && cw_dispatch_alone(request))
            break;
        conn->waiting = request->next;
        conn->blocker = request;
        cw_dispatch(core, request);
        assert(request->done || request->in_flight); /* or it would never be answered */
    }
    if (conn->malformed >= CW_MALFORMED_MAX && conn->first == NULL)
        cw_conn_close(core, conn, "keeps sending what is no message");
    if (conn->incorrigible && conn->first == NULL)
        cw_conn_close(core, conn, "keeps sending what comes to nothing");
    cw_conn_balance(core, conn);
}

/* --- what comes ---------------------------------------------------------------------- */

/* An update has no answer; a dropped one counts like a refusal. */
static void take_update(struct cw_core *core, struct conn *conn, const struct cw_event *event)
{
    assert(event->message.msg->kind == CW_CLIENT_UPDATE);
    const struct cw_msg *msg = event->message.msg;
    bool good = event->message.code == CW_SUCCESS;
    if (!good)
        core->dropped_call_data += cw_is_live_audio(msg);
    else if (msg->action == CW_TYPING)
        good = cw_typing(core, conn, msg);
    else if (msg->action == CW_CALL_REPORT)
        good = cw_call_report(core, conn, msg);
    else
        good = cw_call_data(core, conn, msg, event->message.proved);
    if (good)
        return;
    cw_pace_idle(core, conn, 1);
    if (conn->incorrigible && conn->first == NULL)
        cw_conn_close(core, conn, "keeps sending what comes to nothing");
}

void cw_conn_message(struct cw_core *core, struct conn *conn, const struct cw_event *event)
{
    const struct cw_msg *msg = event->message.msg;
    if (conn->closing)
        return;
    if (conn->session != NULL)
        conn->session->asked_ms = core->now_ms;
    if (msg->action == CW_UPLOAD_CHUNK || msg->action == CW_WRITE_LINKED)
        cw_pace_file(core, conn, event->message.frame.n);
    else
        cw_pace_bytes(core, conn, event->message.frame.n);
    if (msg->kind == CW_CLIENT_UPDATE) {
        take_update(core, conn, event);
        return;
    }
    bool malformed = event->message.code == CW_BAD_REQUEST && msg->action_name.n == 0;
    conn->malformed = malformed ? (uint8_t)(conn->malformed + 1) : 0;
    struct request *request = cw_request_create(core, conn, event);
    if (msg->action == CW_ACTION_UNKNOWN)
        cw_request_set_name(request, msg->action_name);
    append_request(conn, request);
    advance(core, conn);
    if (conn->waiting != NULL)
        cw_request_keep(core, conn->last); /* it begins in a later step */
}

/* It has no connection: it begins at once, and its answer waits for nobody. */
static void end_control(struct cw_core *core, struct request *request)
{
    if (request->done && request->control != 0)
        cw_request_send_answer(core, request);
    if (!request->in_flight)
        cw_request_destroy(core, request);
}

void cw_operator_asks(struct cw_core *core, const struct cw_event *event)
{
    struct request *request = cw_request_create(core, NULL, event);
    request->control = event->conn;
    cw_dispatch_control(core, request);
    end_control(core, request);
}

void cw_request_resume(struct cw_core *core, uint64_t cookie, const struct cw_event *event)
{
    uint32_t index = (uint32_t)cookie;
    if (index >= core->request_capacity)
        return;
    struct request *request = core->requests[index];
    if (!request->in_flight || request->cookie != cookie)
        return;
    struct conn *conn = request->conn;
    assert(request->index == index && !request->done && request->resume != NULL);
    request->in_flight = false;
    if (conn != NULL && conn->closing && !request->outlives)
        return; /* it ends with its connection, and attaches nothing to it */
    core->asker = request->sender;
    if (request->orphan && !request->outlives && conn != NULL)
        cw_request_answer(core, request, CW_USER_NOT_CONNECTED);
    else if (conn != NULL || request->outlives)
        request->resume(core, request, event);
    core->asker = NULL;
    if (conn != NULL)
        advance(core, conn);
    else
        end_control(core, request);
}

/* --- the end ------------------------------------------------------------------------- */

/* A request in flight is orphaned: its result may still concern others. */
static void drop_requests(struct cw_core *core, struct conn *conn)
{
    assert(conn->closing);
    for (struct request *request = conn->first, *next; request != NULL; request = next) {
        next = request->next;
        request->conn = NULL;
        if (!request->in_flight)
            cw_request_destroy(core, request);
    }
}

void cw_conn_closed(struct cw_core *core, struct conn *conn)
{
    conn->closing = true;
    assert(cw_conn_find(core, conn->id) == conn);
    if (conn->part != NULL)
        cw_part_leave(core, conn);
    else if (conn->session != NULL)
        cw_session_detach(core, conn->session);
    cw_admission_closed(core, conn);
    cw_pace_closed(conn);
    cw_call_closed(conn);
    drop_requests(core, conn);
    cw_conn_destroy(core, conn);
}
