/* session_end.c - a session that does not exist any more: its connections are told and
 * closed. */
#include "core/session_end.h"

#include <assert.h>

#include "core/attach.h"
#include "core/audience.h"
#include "core/call.h"
#include "core/conn.h"
#include "core/effect.h"
#include "core/list.h"
#include "core/part.h"
#include "core/request.h"
#include "core/seat.h"
#include "core/session.h"
#include "core/state.h"
#include "core/user.h"

static void tell_ended(struct cw_core *core, const struct conn *conn, const char *why)
{
    assert(conn->session != NULL);
    if (conn->closing || conn->no_updates || !cw_conn_extended(conn))
        return;
    struct cw_msg update = {.kind = CW_UPDATE,
                            .action = CW_SESSION_ENDED,
                            .username = cw_user_name(conn->session->user),
                            .reason = cw_slice_str(why)};
    cw_effect_answer(core, &update, conn, true, false);
}

static void end_parts(struct cw_core *core, struct session *session, const struct conn *asking,
                      const char *why)
{
    while (!cw_list_empty(&session->parts)) {
        struct conn *conn = CW_LINK_OWNER(session->parts.next, struct part, of_session)->conn;
        assert(conn->session == session);
        cw_call_leave(core, conn);
        if (conn != asking)
            tell_ended(core, conn, why);
        cw_part_end(core, conn);
        if (conn != asking)
            cw_conn_close(core, conn, "its session has ended");
    }
}

void cw_session_end(struct cw_core *core, struct session *session, const struct conn *asking,
                    const char *why)
{
    struct conn *conn = session->conn;
    assert(cw_session_find(core, session->id) == session);
    if (conn != NULL)
        cw_call_leave(core, conn);
    cw_seats_leave_of_session(core, session->user, session->id);
    if (conn != NULL && conn != asking)
        tell_ended(core, conn, why);
    end_parts(core, session, asking, why);
    if (conn == NULL) {
        cw_session_forget(core, session);
        return;
    }
    cw_session_detach(core, session);
    if (conn != asking)
        cw_conn_close(core, conn, "its session has ended");
}

void cw_session_drop(struct cw_core *core, uint64_t session_id)
{
    struct session *session = cw_session_find(core, session_id);
    struct cw_store_request *drop = &cw_effect_add(core, CW_FX_STORE)->store;
    drop->op = CW_STORE_SESSION_DROP;
    drop->time_ms = core->time_ms;
    drop->session_id = session_id;
    cw_requests_orphan(core, session_id);
    if (session != NULL)
        cw_session_end(core, session, NULL, "revoked");
}

void cw_sessions_end_others(struct cw_core *core, struct user *user, uint64_t kept, const char *why)
{
    cw_requests_orphan_others(core, user, kept);
    for (struct link *link = user->sessions.next, *next; link != &user->sessions; link = next) {
        struct session *session = CW_LINK_OWNER(link, struct session, of_user);
        next = link->next;
        assert(session->user == user);
        if (session->id != kept)
            cw_session_end(core, session, NULL, why);
    }
}

void cw_sessions_end_all(struct cw_core *core, struct user *user, const struct request *request,
                         const char *why)
{
    cw_requests_orphan_others(core, user, 0);
    while (!cw_list_empty(&user->sessions)) {
        struct session *session = cw_session_at(&user->sessions, user->sessions.next);
        bool own = session->id == request->sender_session;
        cw_session_end(core, session, own ? request->conn : NULL, why);
    }
}
