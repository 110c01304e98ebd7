/* part.c - additional connections of a session: for a program that sends requests, and may be in a
 * call. A part has no delivery, makes its user online only while it is in a call, and is not a
 * device of its own. It can come and go without disturbing the session's connection. When only
 * parts are connected, the session is in the core's tables without a connection, and gets no
 * messages. */
#include "core/part.h"

#include <assert.h>
#include <stdlib.h>

#include "base/codes.h"
#include "base/limits.h"
#include "core/admission.h"
#include "core/attach.h"
#include "core/call.h"
#include "core/conn.h"
#include "core/cursor.h"
#include "core/list.h"
#include "core/notify.h"
#include "core/request.h"
#include "core/session.h"
#include "core/state.h"
#include "core/user.h"

static struct conn *part_of(const struct session *session, uint64_t id)
{
    for (struct link *link = session->parts.next; link != &session->parts; link = link->next) {
        struct part *part = CW_LINK_OWNER(link, struct part, of_session);
        if (part->id == id)
            return part->conn;
    }
    return NULL;
}

static void make_part(struct session *session, struct conn *conn, const struct cw_extras *extras)
{
    assert(conn->session == NULL && conn->part == NULL && extras->part != 0);
    assert(session->part_count <= CW_PARTS_PER_SESSION_MAX); /* with one whose place it takes */
    struct part *part = conn->part = cw_alloc(sizeof *part);
    *part = (struct part){.conn = conn, .id = extras->part, .features = extras->features};
    cw_list_append(&session->parts, &part->of_session);
    session->part_count++;
}

void cw_part_end(struct cw_core *core, struct conn *conn)
{
    assert(conn->part != NULL && conn->session->part_count > 0);
    cw_list_remove(&conn->part->of_session);
    conn->session->part_count--;
    free(conn->part);
    conn->part = NULL;
    cw_conn_set_session(core, conn, NULL);
}

void cw_part_leave(struct cw_core *core, struct conn *conn)
{
    assert(conn->session != NULL && conn->part != NULL);
    struct session *session = conn->session;
    cw_call_drop(core, conn);
    cw_part_end(core, conn);
    if (session->conn == NULL && session->part_count == 0)
        cw_session_forget(core, session);
}

bool cw_part_attach(struct cw_core *core, struct request *request,
                    const struct cw_store_result *result, struct cw_slice token)
{
    const struct cw_extras *extras = &request->msg->extras;
    struct conn *conn = request->conn, *before = NULL;
    struct session *session = cw_session_find(core, result->session_id);
    if (session != NULL)
        before = part_of(session, extras->part);
    if (before == NULL && session != NULL && session->part_count >= CW_PARTS_PER_SESSION_MAX) {
        cw_request_refuse_above(core, request, CW_RULE_PARTS, CW_PARTS_PER_SESSION_MAX);
        return false;
    }
    if (session == NULL)
        session = cw_session_make(core, result, token);
    session->asked_ms = core->now_ms;
    make_part(session, conn, extras);
    cw_conn_set_session(core, conn, session);
    if (before != NULL) /* the same program, whose connection broke without a close */
        cw_part_leave(core, before);
    cw_user_set_account(session->user, result);
    cw_notify_load(core, &session->user->notify, result);
    if (session->conn == NULL)
        cw_session_touch(core, session, false);
    return true;
}

bool cw_part_wanted(const struct cw_extras *extras)
{
    return (extras->present & CW_BIT(CW_X_PART)) != 0;
}
