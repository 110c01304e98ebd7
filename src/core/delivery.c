/* delivery.c - how messages reach a session.
 *
 * Delivery is a cursor over the stored messages. A session is live (new messages are fanned out to
 * it) or catching up (it reads pages from its cursor on, and becomes live when it has reached the
 * newest message). A new connection, a resume after a drop and a receiver whose queue was full all
 * lead to catching up. A message that was sent counts as received only when the peer has proved it
 * (a probe was answered). That cursor is saved from time to time, so after a crash a plain client
 * may get a message twice and never misses one. */
#include "core/delivery.h"

#include <assert.h>

#include "base/limits.h"
#include "core/audience.h"
#include "core/claim.h"
#include "core/conn.h"
#include "core/cursor.h"
#include "core/group.h"
#include "core/list.h"
#include "core/notice.h"
#include "core/notify.h"
#include "core/own.h"
#include "core/probe.h"
#include "core/receipt.h"
#include "core/request.h"
#include "core/session.h"
#include "core/state.h"
#include "core/update.h"
#include "core/user.h"

static void note_sent(struct cw_core *core, struct session *session, uint64_t message_id)
{
    assert(message_id > session->sent && session->conn != NULL);
    session->sent = message_id;
    if (!session->confirms)
        cw_session_probe(core, session);
}

static void set_received(struct cw_core *core, struct session *session, uint64_t message_id)
{
    assert(message_id <= session->sent);
    session->received = message_id;
    cw_session_save_later(core, session);
    cw_receipts_send(core, session);
}

/* --- catching up --------------------------------------------------------------------- */

static void wait_no_more(const struct session *session)
{
    if (session->pending != NULL)
        cw_list_remove(&session->pending->page_wait);
}

static step_fn page_came;

static void read_page(struct cw_core *core, struct session *session)
{
    assert(session->conn != NULL && session->delivery != DELIVERY_OFF);
    assert(session->reading == 0 || session->delivery != DELIVERY_READING);
    struct request *page = cw_request_create(core, NULL, NULL);
    page->sender_session = session->id;
    page->outlives = true;
    struct cw_store_request *store = cw_request_submit(core, page, CW_STORE_INBOX_READ, page_came);
    store->conn = session->conn_id;
    store->user_id = session->user->id;
    store->cursor = session->sent;
    store->lists = (session->features & CW_FEATURE_OPUS) == 0;
    store->own = cw_own_wanted(session);
    session->reading = page->cookie;
    session->delivery = DELIVERY_READING;
    wait_no_more(session);
}

/* Nothing is lost: the cursor stays until the next message can be read. */
static void read_page_later(struct cw_core *core, struct session *session)
{
    assert(session->delivery == DELIVERY_READING && session->reading == 0);
    struct pending *pending = cw_session_pending(session);
    pending->retry_ms = core->now_ms + CW_PAGE_RETRY_MS;
    cw_list_append(&core->page_waits, &pending->page_wait);
}

static const struct pending *longest_page_wait(const struct cw_core *core)
{
    assert(!cw_list_empty(&core->page_waits));
    return CW_LINK_OWNER(core->page_waits.next, struct pending, page_wait);
}

static void read_pages_again(struct cw_core *core)
{
    while (!cw_list_empty(&core->page_waits) && core->now_ms >= longest_page_wait(core)->retry_ms) {
        struct session *session = longest_page_wait(core)->session;
        wait_no_more(session);
        if (session->delivery == DELIVERY_READING) /* else it is read when its turn comes */
            read_page(core, session);
    }
}

/* The message is for this user, but the client does not support its kind. */
static bool is_beyond(const struct session *session, const struct cw_store_message *message)
{
    bool change = message->kind == CW_KIND_EDIT || message->kind == CW_KIND_DELETE;
    return change && (session->features & CW_FEATURE_EDITS) == 0;
}

/* The page was read while the session was in the group, and a worker has changed it since: a user
 * who has left the group gets nothing more of it. */
static bool is_out(const struct cw_core *core, const struct session *session,
                   const struct cw_store_message *message)
{
    if (!cw_mailbox_is_group(message->mailbox))
        return false;
    const struct group *group = cw_group_by_id(core, message->mailbox >> 1);
    return group == NULL || cw_group_membership(group, session) == NULL;
}

static void expect_receipt(struct cw_core *core, struct session *session,
                           const struct cw_store_message *message)
{
    assert(message->message_id > session->sent);
    if (cw_kind_is_message(message->kind) && message->sender_id != session->user->id &&
        cw_receipts_wanted(core, message->sender_id) && !cw_mailbox_is_group(message->mailbox))
        cw_receipt_expect(session, message->sender_id, message->message_id);
}

/* What was said while the user was away is judged by what they have set now. */
static void mark_page(const struct cw_core *core, const struct session *session,
                      const struct cw_store_message *message, struct cw_msg *update)
{
    const struct user *user = session->user;
    bool mentioned = message->mentions != NULL && message->mentions->mine;
    if (message->sender_id == user->id || (!mentioned && user->notify == NULL))
        return;
    unsigned marks = cw_notify_judge(
        core, user->notify, cw_conversation_of(message->mailbox, message->sender_id), mentioned);
    cw_notify_mark(update, cw_kind_is_message(message->kind) ? marks : marks & MARK_MENTIONED);
}

static void send_stored(struct cw_core *core, struct session *session,
                        const struct cw_store_message *message)
{
    assert(session->delivery != DELIVERY_OFF && session->delivery != DELIVERY_LIVE);
    struct cw_msg msg;
    struct audience audience;
    bool own = cw_own_wanted(session) && message->sender_id == session->user->id;
    if (is_beyond(session, message) || is_out(core, session, message) ||
        (own && cw_own_is_noted(session, message->message_id)))
        return; /* counts as sent, with the rest of the page */
    cw_update_of(core, message, &msg);
    mark_page(core, session, message, &msg);
    if (own) {
        msg.extras.present |= CW_BIT(CW_X_OWN);
        msg.extras.own = 1;
    }
    expect_receipt(core, session, message);
    /* The page belongs to the store's result; data that is sent must live through the step. */
    cw_audience_init(core, &audience, 1);
    cw_audience_add(&audience, session);
    cw_update_send(core, message, &msg, &audience);
    note_sent(core, session, message->message_id);
}

static void page_came(struct cw_core *core, struct request *page, const struct cw_event *event)
{
    const struct cw_store_result *result = event->store;
    struct session *session = cw_session_find(core, page->sender_session);
    if (session == NULL || session->reading != page->cookie)
        return;
    session->reading = 0;
    if (session->delivery == DELIVERY_DRAINING)
        return; /* it is read again when there is room */
    if (result->status != CW_STORE_OK) {
        read_page_later(core, session);
        return;
    }
    for (size_t i = 0; i < result->message_count; i++)
        send_stored(core, session, &result->messages[i]);
    assert(result->message_count == 0 || result->scanned_to >= session->sent);
    bool nothing_since = session->sent == session->received;
    session->sent = result->scanned_to;
    cw_own_forget(session, result->scanned_to);
    if (nothing_since && session->received < session->sent)
        set_received(core, session, session->sent); /* none of it was for this user */
    if (result->more || session->missed > session->sent)
        read_page(core, session);
    else
        session->delivery = DELIVERY_LIVE;
}

void cw_session_begin_delivery(struct cw_core *core, struct session *session)
{
    if (session->delivery != DELIVERY_ATTACHED)
        return;
    cw_notices_begin(core, session);
    read_page(core, session);
}

/* --- live ---------------------------------------------------------------------------- */

bool cw_session_offer(struct cw_core *core, struct session *session, uint64_t message_id, bool ogg)
{
    if (ogg && session->delivery == DELIVERY_LIVE && (session->features & CW_FEATURE_OPUS) == 0) {
        read_page(core, session);
        return false;
    }
    if (session->delivery != DELIVERY_LIVE) {
        session->missed = message_id;
        return false;
    }
    note_sent(core, session, message_id);
    return true;
}

void cw_session_missed(struct cw_core *core, struct session *session, uint64_t message_id)
{
    session->missed = message_id;
    if (session->delivery == DELIVERY_LIVE)
        read_page(core, session);
}

void cw_session_sent_itself(struct cw_core *core, struct session *session, uint64_t message_id)
{
    if (session->delivery == DELIVERY_LIVE && session->sent == session->received) {
        assert(message_id > session->sent);
        session->sent = message_id;
        set_received(core, session, message_id);
    } else if ((cw_own_wanted(session) || session->confirms) &&
               session->delivery == DELIVERY_LIVE) {
        note_sent(core, session, message_id);
    } else if (cw_own_wanted(session) && session->delivery != DELIVERY_OFF) {
        cw_own_note(session, message_id);
    }
}

void cw_session_queue_full(struct session *session)
{
    if (session->delivery != DELIVERY_OFF && session->delivery != DELIVERY_ATTACHED)
        session->delivery = DELIVERY_DRAINING;
}

void cw_session_queue_empty(struct cw_core *core, struct session *session)
{
    if (session->delivery == DELIVERY_DRAINING)
        read_page(core, session);
}

/* --- what the client has ------------------------------------------------------------- */

void cw_session_received(struct cw_core *core, struct session *session, uint64_t mark)
{
    /* A late answer to a probe of the connection's previous session proves nothing. */
    if (mark == 0 || mark != session->probe)
        return;
    assert(session->probe_sent <= session->sent);
    session->probe = 0;
    /* Otherwise only the network stack has the message, which proves nothing about the program. */
    if (!session->confirms && session->probe_sent > session->received)
        set_received(core, session, session->probe_sent);
    cw_notices_received(core, session);
    bool unshown = !session->confirms && session->sent > session->received;
    if (unshown || cw_notice_unshown(session))
        cw_session_probe(core, session);
}

/* From now on only `received` proves what the client has, or no longer. */
static void set_confirms(struct cw_core *core, struct session *session, bool confirms)
{
    session->confirms = confirms;
    if (confirms && !cw_notice_unshown(session))
        cw_list_remove(&session->unprobed);
    else if (!confirms && session->sent > session->received)
        cw_session_probe(core, session);
}

void cw_session_confirm(struct cw_core *core, struct session *session, uint64_t message_id,
                        struct request *request, step_fn *resume)
{
    assert(message_id <= session->sent && session->conn == request->conn);
    set_confirms(core, session, true);
    if (message_id > session->received)
        set_received(core, session, message_id);
    cw_session_fill_save(core, session, true,
                         cw_request_submit(core, request, CW_STORE_SESSION_SAVE, resume));
}

/* The client's claim replaces what the server had stored as received. */
static void take_claim(struct cw_core *core, struct session *session, struct request *request)
{
    assert(session->conn == request->conn);
    request->begins = cw_claim_begin(request, session->received);
    session->sent = request->begins;
    session->reading = 0;
    session->probe_sent = request->begins; /* the pending PONG proves nothing beyond it */
    if (session->delivery != DELIVERY_OFF)
        session->delivery = DELIVERY_ATTACHED;
    set_received(core, session, request->begins);
}

void cw_session_take_extras(struct cw_core *core, struct session *session, struct request *request)
{
    const struct cw_extras *extras = &request->msg->extras;
    if (!extras->map_present)
        return;
    session->extended = true;
    uint64_t pages = CW_FEATURE_OPUS | CW_FEATURE_OWN;
    bool other_pages = ((session->features ^ extras->features) & pages) != 0;
    session->features = extras->features;
    if (session->conn != NULL)
        cw_conn_tell_audio(core, session->conn);
    set_confirms(core, session, (session->features & CW_FEATURE_RECEIVED) != 0);
    if (other_pages && session->delivery == DELIVERY_READING) {
        session->reading = 0; /* it would contain the wrong messages, or have the wrong form */
        session->delivery = DELIVERY_ATTACHED;
    }
    if (cw_claim_judge(core, request) != CLAIM_NONE)
        take_claim(core, session, request);
}

/* --- time ---------------------------------------------------------------------------- */

void cw_sessions_sweep(struct cw_core *core)
{
    cw_probes_sweep(core);
    cw_cursors_sweep(core);
    read_pages_again(core);
    cw_touches_sweep(core);
}

uint64_t cw_sessions_deadline(const struct cw_core *core)
{
    uint64_t deadline_ms = cw_cursors_deadline(core), probes_ms = cw_probes_deadline(core);
    if (probes_ms < deadline_ms)
        deadline_ms = probes_ms;
    if (!cw_list_empty(&core->page_waits) && longest_page_wait(core)->retry_ms < deadline_ms)
        deadline_ms = longest_page_wait(core)->retry_ms;
    return deadline_ms;
}
