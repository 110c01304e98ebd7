/* on_session.c - a user's sessions and the password: sessions, revoke_session, rename_session,
 * change_password. */
#include <assert.h>

#include "base/codes.h"
#include "core/conn.h"
#include "core/effect.h"
#include "core/handlers.h"
#include "core/list.h"
#include "core/login_link.h"
#include "core/password.h"
#include "core/refusal.h"
#include "core/request.h"
#include "core/seat.h"
#include "core/session.h"
#include "core/session_end.h"
#include "core/state.h"
#include "core/user.h"

/* --- sessions -------------------------------------------------------------------------- */

static void describe_session(struct cw_core *core, const struct request *request,
                             const struct cw_store_session *session, struct cw_entry *entry)
{
    const struct session *attached = cw_session_find(core, session->session_id);
    const struct conn *conn = attached == NULL ? NULL : attached->conn; /* not: only parts */
    *entry = (struct cw_entry){
        .present = CW_BIT(CW_E_SESSION) | CW_BIT(CW_E_CREATED) | CW_BIT(CW_E_SEEN) |
                   CW_BIT(CW_E_CURRENT) | CW_BIT(CW_E_STATE),
        .session = session->session_id,
        .name = session->name,
        .client = session->client,
        .address = conn != NULL ? cw_conn_address(core, conn) : session->address,
        .created_ms = session->created_ms,
        .seen_ms =
            attached != NULL && core->time_ms > session->seen_ms ? core->time_ms : session->seen_ms,
        .current = session->session_id == request->sender_session,
        .state = cw_slice_str(attached != NULL ? "online" : "offline"),
    };
    if (session->name.n != 0)
        entry->present |= CW_BIT(CW_E_NAME);
    if (session->client.n != 0)
        entry->present |= CW_BIT(CW_E_CLIENT);
    if (entry->address.n != 0)
        entry->present |= CW_BIT(CW_E_ADDRESS);
}

/* The order is: last seen first, of two with the same time the newer one. A connected session
 * counts as seen now, which the store does not know. */
static void put_in_order(struct cw_entry *entries, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        struct cw_entry entry = entries[i];
        size_t at = i;
        for (; at > 0 && (entries[at - 1].seen_ms < entry.seen_ms ||
                          (entries[at - 1].seen_ms == entry.seen_ms &&
                           entries[at - 1].session < entry.session));
             at--)
            entries[at] = entries[at - 1];
        entries[at] = entry;
    }
}

static void sessions_listed(struct cw_core *core, struct request *request,
                            const struct cw_event *event)
{
    const struct cw_store_result *result = event->store;
    if (cw_request_unavailable(core, request, result))
        return;
    struct cw_entry *entries =
        cw_arena_alloc(&core->effects->arena, result->session_count * sizeof *entries);
    for (size_t i = 0; i < result->session_count; i++)
        describe_session(core, request, &result->sessions[i], &entries[i]);
    put_in_order(entries, result->session_count);
    cw_request_answer_list(core, request, entries, result->session_count, 0);
}

void cw_on_sessions(struct cw_core *core, struct request *request)
{
    cw_request_submit(core, request, CW_STORE_SESSION_LIST, sessions_listed)->user_id =
        request->sender->id;
}

/* --- revoke_session ----------------------------------------------------------------------- */

static void revoke_session_stored(struct cw_core *core, struct request *request,
                                  const struct cw_event *event)
{
    if (cw_request_refused(core, request, event->store, NULL)) /* not a session of this user */
        return;
    assert(request->msg->session != request->sender_session);
    struct session *session = cw_session_find(core, request->msg->session);
    cw_requests_orphan(core, request->msg->session);
    if (session != NULL)
        cw_session_end(core, session, NULL, "revoked");
    else
        cw_seats_leave_of_session(core, request->sender, request->msg->session);
    cw_request_answer(core, request, CW_SUCCESS);
}

void cw_on_revoke_session(struct cw_core *core, struct request *request)
{
    uint64_t id = request->msg->session;
    assert(request->sender_session != 0);
    if (id == request->sender_session) { /* logout ends that one */
        cw_request_refuse(core, request, CW_RULE_OWN_SESSION);
        return;
    }
    struct cw_store_request *store =
        cw_request_ask_store(core, request, CW_STORE_SESSION_REVOKE, revoke_session_stored);
    store->user_id = request->sender->id;
    store->session_id = id;
    request->outlives = true;
}

/* --- rename_session ----------------------------------------------------------------------- */

static void rename_session_stored(struct cw_core *core, struct request *request,
                                  const struct cw_event *event)
{
    if (!cw_request_refused(core, request, event->store, NULL))
        cw_request_answer(core, request, CW_SUCCESS);
}

/* An empty name takes the present one away. */
void cw_on_rename_session(struct cw_core *core, struct request *request)
{
    struct cw_slice name = request->msg->device;
    if (name.n != 0 && !cw_device_name_good(name)) {
        cw_request_refuse_field(core, request, CW_RULE_DEVICE_NAME, "device", 0);
        return;
    }
    struct cw_store_request *store =
        cw_request_submit(core, request, CW_STORE_SESSION_NAME, rename_session_stored);
    store->user_id = request->sender->id;
    store->session_id = request->msg->session;
    store->name = name;
}

/* --- change_password ------------------------------------------------------------------------ */

static void change_password_stored(struct cw_core *core, struct request *request,
                                   const struct cw_event *event)
{
    /* The session has ended meanwhile; another change of the password was faster. */
    static const struct refusal others[] = {{CW_STORE_NOT_FOUND, CW_USER_NOT_CONNECTED},
                                            {CW_STORE_MISMATCH, CW_USER_WRONG_PASSWORD},
                                            {0}};
    if (cw_request_refused(core, request, event->store, others))
        return;
    assert(request->outlives && request->sender_session != 0);
    cw_sessions_end_others(core, request->sender, request->sender_session, "password");
    cw_login_link_end_of(core, request->sender);
    cw_request_answer(core, request, CW_SUCCESS);
}

static void change_password_hashed(struct cw_core *core, struct request *request,
                                   const struct cw_event *event)
{
    if (cw_request_not_hashed(core, request, event))
        return;
    struct cw_store_request *store =
        cw_request_submit(core, request, CW_STORE_PASSWORD_SET, change_password_stored);
    store->user_id = request->sender->id;
    store->session_id = request->sender_session;
    store->secret = cw_effect_copy(core, event->hash.secret);
    store->expected = cw_effect_copy(core, cw_buf_slice(&request->expected));
    request->outlives = true;
}

static void change_password_verified(struct cw_core *core, struct request *request)
{
    cw_request_ask_new_hash(core, request, request->msg->new_password, change_password_hashed);
}

void cw_on_change_password(struct cw_core *core, struct request *request)
{
    cw_request_ask_anew(core, request, change_password_verified);
}
