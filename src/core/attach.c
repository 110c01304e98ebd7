/* attach.c - a session is attached to a connection, detached from it, and forgotten.
 *
 * A session is in the core's tables while a connection is attached to it, its own or a
 * part (part.c). */
#include "core/attach.h"

#include <assert.h>
#include <stdlib.h>

#include "base/limits.h"
#include "base/map.h"
#include "core/admission.h"
#include "core/audience.h"
#include "core/call.h"
#include "core/conn.h"
#include "core/cursor.h"
#include "core/delivery.h"
#include "core/list.h"
#include "core/membership.h"
#include "core/notify.h"
#include "core/presence.h"
#include "core/session.h"
#include "core/state.h"
#include "core/user.h"

struct session *cw_session_make(struct cw_core *core, const struct cw_store_result *result,
                                struct cw_slice token)
{
    struct session *session = cw_alloc_zero(sizeof *session);
    assert(result->session_id != 0 && cw_session_find(core, result->session_id) == NULL);
    session->id = result->session_id;
    session->extended = result->extended;
    session->features = result->features;
    session->by_device = result->device_id != 0;
    session->confirms = (session->features & CW_FEATURE_RECEIVED) != 0;
    session->sent = session->received = result->cursor;
    assert(token.n == CW_TOKEN_LEN);
    memcpy(session->token, token.p, CW_TOKEN_LEN);
    cw_list_init(&session->parts);
    cw_list_init(&session->unprobed);
    cw_list_init(&session->unsaved);
    cw_list_init(&session->touched);
    session->saved_ms = core->now_ms;
    cw_list_append(&core->touches, &session->touched);
    session->user = cw_user_take(core, result);
    cw_list_append(&session->user->sessions, &session->of_user);
    cw_map_put(&core->sessions, cw_map_id(&session->id), session);
    for (size_t i = 0; i < result->group_count; i++)
        cw_group_add(core, &result->groups[i], session);
    return session;
}

void cw_session_forget(struct cw_core *core, struct session *session)
{
    assert(session->conn == NULL && session->part_count == 0);
    if (!cw_list_empty(&session->unsaved))
        cw_session_save(core, session);
    cw_list_remove(&session->touched);
    cw_list_remove(&session->of_user);
    cw_groups_leave(core, session);
    cw_map_remove(&core->sessions, cw_map_id(&session->id));
    cw_user_release(core, session->user);
    cw_session_forget_pending(session);
    free(session);
}

/* What was sent on the old connection may never arrive: delivery starts again after the last
 * message that is known to have been received. */
static void leave_conn(struct cw_core *core, struct session *session)
{
    assert(session->conn != NULL && session->conn->session == session);
    cw_call_drop(core, session->conn);
    cw_conn_set_session(core, session->conn, NULL);
    session->sent = session->received;
    session->probe = 0;
    session->probed_ms = 0;
    session->reading = 0;
    session->confirms = (session->features & CW_FEATURE_RECEIVED) != 0;
    cw_session_forget_pending(session);
    cw_list_remove(&session->unprobed);
}

static void tell_moved(struct cw_core *core, const struct session *session, const struct conn *conn)
{
    if (conn->no_updates)
        return;
    if (cw_conn_call(conn) != NULL)
        cw_call_tell_left(core, conn, cw_conn_call(conn), "moved");
    struct cw_msg update = {
        .kind = CW_UPDATE, .action = CW_SESSION_MOVED, .username = cw_user_name(session->user)};
    cw_effect_answer(core, &update, conn, true, false);
}

/* The connection that the session leaves is told why it gets nothing more. Its earlier requests,
 * and later ones except an attach, do not bring an extended session back. */
static void displace(struct cw_core *core, struct session *session)
{
    assert(session->conn != NULL);
    struct conn *conn = session->conn;
    if (session->extended)
        tell_moved(core, session, conn);
    leave_conn(core, session);
    if (!session->extended)
        return;
    for (struct request *request = conn->first; request != NULL; request = request->next)
        request->stale = true;
    conn->visitor->displaced = session->id;
}

struct session *cw_session_attach(struct cw_core *core, struct conn *conn,
                                  const struct cw_store_result *result, struct cw_slice token,
                                  struct request *request)
{
    assert(conn->session == NULL && conn->part == NULL && !conn->closing);
    struct session *session = cw_session_find(core, result->session_id);
    if (session == NULL) {
        session = cw_session_make(core, result, token);
    } else if (session->conn != NULL) {
        displace(core, session);
    }
    session->conn = conn;
    session->conn_id = conn->id;
    session->asked_ms = core->now_ms;
    session->address_saved = session->away = false;
    session->generation = result->generation;
    if (result->notice_id != 0)
        cw_session_pending(session)->notice_newest = result->notice_id;
    cw_conn_set_session(core, conn, session);
    session->delivery = conn->no_updates ? DELIVERY_OFF : DELIVERY_ATTACHED;
    if (request != NULL)
        cw_session_take_extras(core, session, request);
    cw_user_set_account(session->user, result);
    cw_notify_load(core, &session->user->notify, result);
    cw_presence_attached(core, session, result);
    cw_session_save_later(core, session); /* it has been seen */
    return session;
}

/* No connection has it here any more. */
static void leave_user(struct cw_core *core, struct session *session)
{
    session->conn = NULL;
    session->conn_id = 0;
    session->delivery = DELIVERY_OFF;
    session->away = false;
    assert(session->pending == NULL && cw_list_empty(&session->unprobed));
    if (session->part_count == 0)
        cw_list_remove(&session->of_user);
    cw_presence_detached(core, session);
    if (session->part_count == 0)
        cw_session_forget(core, session);
}

/* Its cursor is the other server's now: nothing is saved. */
void cw_session_moved(struct cw_core *core, uint64_t session_id)
{
    struct session *session = cw_session_find(core, session_id);
    if (session == NULL || session->conn == NULL)
        return;
    displace(core, session);
    cw_list_remove(&session->unsaved);
    leave_user(core, session);
}

void cw_session_detach(struct cw_core *core, struct session *session)
{
    leave_conn(core, session);
    cw_session_save(core, session);
    leave_user(core, session);
}
