/* session.c - sessions that are attached, and how messages reach them.
 *
 * Delivery is a cursor over the stored messages. A session is live (what is
 * stored is fanned out to it) or catching up (it reads pages by its cursor and
 * turns live when it has met the head). A new connection, a resume after a
 * drop and a receiver whose queue was full are all the same catching up.
 *
 * What has been sent counts as received only when the peer has shown it (a
 * probe came back); that cursor is saved from time to time, so after a crash a
 * plain client may see a message twice and never misses one. */
#include <stdlib.h>

#include "core/internal.h"

struct session *cw_session_find(const struct cw_core *core, uint64_t id)
{
    return cw_map_get(&core->sessions, cw_map_id(&id));
}

struct pending *cw_session_pending(struct session *session)
{
    if (session->pending == NULL) {
        session->pending = cw_alloc_zero(sizeof *session->pending);
        session->pending->session = session;
        cw_list_init(&session->pending->page_wait);
    }
    return session->pending;
}

static void wait_no_more(const struct session *session)
{
    if (session->pending != NULL)
        cw_list_remove(&session->pending->page_wait);
}

static void forget_pending(struct session *session)
{
    if (session->pending == NULL)
        return;
    wait_no_more(session);
    free(session->pending->receipts);
    free(session->pending->said);
    free(session->pending);
    session->pending = NULL;
}

/* --- catching up --------------------------------------------------------------- */

/* The first probe goes out at once, since its peer may only have come to fetch
 * its messages; more follow at intervals. */
static void probe_soon(struct cw_core *core, struct session *session)
{
    bool at_once = core->now_ms >= session->probed_ms + CW_PROBE_INTERVAL_MS;
    cw_list_append(at_once ? &core->probes_now : &core->probes, &session->unprobed);
}

void cw_session_probe(struct cw_core *core, struct session *session)
{
    if (session->probe == 0 && cw_list_empty(&session->unprobed))
        probe_soon(core, session);
}

static void note_sent(struct cw_core *core, struct session *session, uint64_t message_id)
{
    session->sent = message_id;
    if (!session->confirms)
        cw_session_probe(core, session);
}

static void save_later(struct cw_core *core, struct session *session)
{
    if (!cw_list_empty(&session->unsaved))
        return;
    if (cw_list_empty(&core->saves))
        core->saves_due_ms = core->now_ms + CW_CURSOR_SAVE_MS;
    cw_list_append(&core->saves, &session->unsaved);
}

static void set_received(struct cw_core *core, struct session *session, uint64_t message_id)
{
    session->received = message_id;
    save_later(core, session);
    cw_receipts_send(core, session);
}

static step_fn page_came;

static void read_page(struct cw_core *core, struct session *session)
{
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

/* Nothing is lost: the cursor waits until what comes next can be read. */
static void read_page_later(struct cw_core *core, struct session *session)
{
    struct pending *pending = cw_session_pending(session);
    pending->retry_ms = core->now_ms + CW_PAGE_RETRY_MS;
    cw_list_append(&core->page_waits, &pending->page_wait);
}

static const struct pending *longest_waiting(const struct cw_core *core)
{
    return CW_LINK_OWNER(core->page_waits.next, struct pending, page_wait);
}

static void read_pages_again(struct cw_core *core)
{
    while (!cw_list_empty(&core->page_waits) && core->now_ms >= longest_waiting(core)->retry_ms) {
        struct session *session = longest_waiting(core)->session;
        wait_no_more(session);
        if (session->delivery == DELIVERY_READING) /* else it is read when its turn comes */
            read_page(core, session);
    }
}

/* It is for this user, but the client would not know what it is. */
static bool is_beyond(const struct session *session, const struct cw_store_message *message)
{
    bool change = message->kind == CW_KIND_EDIT || message->kind == CW_KIND_DELETE;
    return change && (session->features & CW_FEATURE_EDITS) == 0;
}

/* The page was read while the session was in the group, and has been made readable since
 * by a worker: who is out hears nothing more of it. */
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
    const struct user *sender = cw_map_get(&core->users_by_id, cw_map_id(&message->sender_id));
    bool text = message->kind == CW_KIND_TEXT || message->kind == CW_KIND_VOICE;
    if (text && sender != NULL && sender != session->user && cw_receipts_wanted(sender) &&
        !cw_mailbox_is_group(message->mailbox))
        cw_receipt_expect(session, sender->id, message->message_id);
}

static void send_stored(struct cw_core *core, struct session *session,
                        const struct cw_store_message *message)
{
    struct cw_msg msg;
    struct audience audience;
    bool own = cw_own_wanted(session) && message->sender_id == session->user->id;
    if (is_beyond(session, message) || is_out(core, session, message) ||
        (own && cw_own_is_noted(session, message->message_id)))
        return; /* counts as sent, with the rest of the page */
    cw_update_of(core, message, &msg);
    if (own) {
        msg.extras.present |= CW_BIT(CW_X_OWN);
        msg.extras.own = 1;
    }
    expect_receipt(core, session, message);
    /* The page is the store's; what is sent must live through the step. */
    cw_audience_init(core, &audience, 1);
    cw_audience_add(&audience, session);
    cw_effect_send(core, &msg, &audience, false);
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

void cw_session_sent_itself(struct cw_core *core, struct session *session, uint64_t message_id)
{
    if (session->delivery == DELIVERY_LIVE && session->sent == session->received) {
        session->sent = message_id;
        set_received(core, session, message_id);
    } else if ((cw_own_wanted(session) || session->confirms) &&
               session->delivery == DELIVERY_LIVE) {
        note_sent(core, session, message_id);
    } else if (cw_own_wanted(session) && session->delivery != DELIVERY_OFF) {
        cw_own_note(session, message_id);
    }
}

bool cw_session_takes(const struct session *session, uint64_t feature)
{
    bool ready = session->delivery == DELIVERY_LIVE || session->delivery == DELIVERY_READING;
    return ready && (session->features & feature) != 0;
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

/* --- probes and saved cursors ------------------------------------------------------ */

void cw_session_received(struct cw_core *core, struct session *session, uint64_t mark)
{
    /* A late answer to a probe of the session that was here before says nothing. */
    if (mark == 0 || mark != session->probe)
        return;
    session->probe = 0;
    /* Else the network has it, which says nothing of the program. */
    if (!session->confirms && session->probe_sent > session->received)
        set_received(core, session, session->probe_sent);
    cw_notices_received(core, session);
    bool unshown = !session->confirms && session->sent > session->received;
    if ((unshown || cw_notice_unshown(session)) && cw_list_empty(&session->unprobed))
        probe_soon(core, session);
}

static void send_probe(struct cw_core *core, struct session *session)
{
    struct cw_effect *effect = cw_effect_add(core, CW_FX_PROBE);
    effect->probe.conn = session->conn->id;
    effect->probe.mark = session->probe = ++core->last_probe;
    session->probe_sent = session->sent;
    if (session->pending != NULL)
        session->pending->notice_probed = session->pending->notice_told;
    session->probed_ms = core->now_ms;
}

static void fill_save(struct cw_core *core, struct session *session, bool user_seen,
                      struct cw_store_request *store)
{
    session->saved_ms = core->now_ms;
    cw_list_remove(&session->unsaved);
    cw_list_remove(&session->touched);
    cw_list_append(&core->touches, &session->touched);
    store->session_id = session->id;
    store->part = !user_seen;
    store->cursor = session->received;
    store->extended = session->extended;
    store->features = session->features;
    if (!session->address_saved && session->conn != NULL)
        store->address = cw_conn_address(core, session->conn);
    session->address_saved = true;
}

static void save_as(struct cw_core *core, struct session *session, bool user_seen)
{
    struct cw_store_request *store = &cw_effect_add(core, CW_FX_STORE)->store;
    store->op = CW_STORE_SESSION_SAVE;
    store->time_ms = core->time_ms;
    fill_save(core, session, user_seen, store);
}

static void save(struct cw_core *core, struct session *session)
{
    save_as(core, session, session->conn != NULL || cw_part_in_call(session));
}

static uint64_t probes_due_ms(const struct cw_core *core)
{
    return core->probed_ms + CW_PROBE_INTERVAL_MS;
}

static struct session *longest_unsaved(const struct cw_core *core)
{
    return CW_LINK_OWNER(core->touches.next, struct session, touched);
}

static void send_probes(struct cw_core *core, struct link *sessions)
{
    while (!cw_list_empty(sessions)) {
        struct session *session = CW_LINK_OWNER(sessions->next, struct session, unprobed);
        cw_list_remove(&session->unprobed);
        send_probe(core, session);
    }
}

/* A few at a time: they go into commits that messages wait for. */
static void send_saves(struct cw_core *core)
{
    for (int i = 0; i < CW_CURSORS_SAVED_AT_ONCE && !cw_list_empty(&core->saves); i++)
        save(core, CW_LINK_OWNER(core->saves.next, struct session, unsaved));
    core->saves_due_ms = core->now_ms + CW_CURSOR_SAVE_PAUSE_MS;
}

void cw_sessions_sweep(struct cw_core *core)
{
    send_probes(core, &core->probes_now);
    if (!cw_list_empty(&core->probes) && core->now_ms >= probes_due_ms(core)) {
        core->probed_ms = core->now_ms;
        send_probes(core, &core->probes);
    }
    if (core->now_ms >= core->saves_due_ms)
        send_saves(core);
    read_pages_again(core);
    while (!cw_list_empty(&core->touches) &&
           core->now_ms >= longest_unsaved(core)->saved_ms + CW_SESSION_TOUCH_MS)
        save(core, longest_unsaved(core));
}

uint64_t cw_sessions_deadline(const struct cw_core *core)
{
    uint64_t deadline_ms = UINT64_MAX;
    if (!cw_list_empty(&core->touches))
        deadline_ms = longest_unsaved(core)->saved_ms + CW_SESSION_TOUCH_MS;
    if (!cw_list_empty(&core->probes) && probes_due_ms(core) < deadline_ms)
        deadline_ms = probes_due_ms(core);
    if (!cw_list_empty(&core->saves) && core->saves_due_ms < deadline_ms)
        deadline_ms = core->saves_due_ms;
    if (!cw_list_empty(&core->page_waits) && longest_waiting(core)->retry_ms < deadline_ms)
        deadline_ms = longest_waiting(core)->retry_ms;
    return deadline_ms;
}

/* --- what the client confirms itself ---------------------------------------------------- */

/* It says what it has by `received` alone, or not any more. */
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
    set_confirms(core, session, true);
    if (message_id > session->received)
        set_received(core, session, message_id);
    fill_save(core, session, true, cw_request_submit(core, request, CW_STORE_SESSION_SAVE, resume));
}

void cw_session_save_later(struct cw_core *core, struct session *session)
{
    save_later(core, session);
}

/* --- attaching ------------------------------------------------------------------------ */

struct session *cw_session_make(struct cw_core *core, const struct cw_store_result *result,
                                struct cw_slice token)
{
    struct session *session = cw_alloc_zero(sizeof *session);
    session->id = result->session_id;
    session->extended = result->extended;
    session->features = result->features;
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

/* What was sent on the old connection may never arrive: deliver again from
 * what is known to have been received. */
static void leave_conn(struct cw_core *core, struct session *session)
{
    cw_call_drop(core, session->conn);
    cw_conn_set_session(core, session->conn, NULL);
    session->sent = session->received;
    session->probe = 0;
    session->probed_ms = 0;
    session->reading = 0;
    session->confirms = (session->features & CW_FEATURE_RECEIVED) != 0;
    session->conn->answered = 0;
    forget_pending(session);
    cw_list_remove(&session->unprobed);
}

static void tell_moved(struct cw_core *core, const struct session *session, const struct conn *conn)
{
    if (conn->no_updates)
        return;
    if (cw_conn_call(conn) != NULL)
        cw_call_tell_left(core, conn, cw_conn_call(conn), "moved");
    struct cw_msg update = {.kind = CW_UPDATE,
                            .action = CW_SESSION_MOVED,
                            .username =
                                cw_arena_copy(&core->effects->arena, cw_user_name(session->user))};
    cw_effect_answer(core, &update, conn, true, false);
}

/* The connection that the session leaves learns why it hears nothing more. What it
 * asked before, or asks from now on, does not bring an extended session back. */
static void displace(struct cw_core *core, struct session *session)
{
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

/* What the client has is received, whatever the server thought. */
static void take_claim(struct cw_core *core, struct session *session, struct request *request)
{
    request->begins = cw_claim_begin(request, session->received);
    session->sent = request->begins;
    session->reading = 0;
    session->probe_sent = request->begins; /* the PONG that is due proves nothing beyond */
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
    set_confirms(core, session, (session->features & CW_FEATURE_RECEIVED) != 0);
    if (other_pages && session->delivery == DELIVERY_READING) {
        session->reading = 0; /* it would hold what is not wanted, or in the wrong form */
        session->delivery = DELIVERY_ATTACHED;
    }
    if (cw_claim_judge(core, request) != CLAIM_NONE)
        take_claim(core, session, request);
}

struct session *cw_session_attach(struct cw_core *core, struct conn *conn,
                                  const struct cw_store_result *result, struct cw_slice token,
                                  struct request *request)
{
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
    if (result->notice_id != 0)
        cw_session_pending(session)->notice_newest = result->notice_id;
    cw_conn_set_session(core, conn, session);
    session->delivery = conn->no_updates ? DELIVERY_OFF : DELIVERY_ATTACHED;
    if (request != NULL)
        cw_session_take_extras(core, session, request);
    cw_user_set_blocked(session->user, result);
    cw_presence_attached(core, session, result);
    save_later(core, session); /* it has been seen */
    return session;
}

void cw_session_forget(struct cw_core *core, struct session *session)
{
    if (!cw_list_empty(&session->unsaved))
        save(core, session);
    cw_list_remove(&session->touched);
    cw_list_remove(&session->of_user);
    cw_groups_leave(core, session);
    cw_map_remove(&core->sessions, cw_map_id(&session->id));
    cw_user_release(core, session->user);
    forget_pending(session);
    free(session);
}

void cw_session_touch(struct cw_core *core, struct session *session, bool user_seen)
{
    save_as(core, session, user_seen);
}

void cw_session_detach(struct cw_core *core, struct session *session)
{
    leave_conn(core, session);
    save(core, session);
    session->conn = NULL;
    session->conn_id = 0;
    session->delivery = DELIVERY_OFF;
    session->away = false;
    if (session->part_count == 0)
        cw_list_remove(&session->of_user);
    cw_presence_detached(core, session);
    if (session->part_count == 0)
        cw_session_forget(core, session);
}

void cw_session_tell_ended(struct cw_core *core, const struct conn *conn, const char *why)
{
    if (conn->closing || conn->no_updates || !cw_conn_extended(conn))
        return;
    struct cw_slice name = cw_user_name(conn->session->user);
    struct cw_msg update = {.kind = CW_UPDATE,
                            .action = CW_SESSION_ENDED,
                            .username = cw_arena_copy(&core->effects->arena, name),
                            .reason = cw_slice_str(why)};
    cw_effect_answer(core, &update, conn, true, false);
}

void cw_session_end(struct cw_core *core, struct session *session, const struct conn *asking,
                    const char *why)
{
    struct conn *conn = session->conn;
    if (conn != NULL)
        cw_call_leave(core, conn);
    cw_seats_leave_of_session(core, session->user, session->id);
    if (conn != NULL && conn != asking)
        cw_session_tell_ended(core, conn, why);
    cw_parts_end(core, session, asking, why);
    if (conn == NULL) {
        cw_session_forget(core, session);
        return;
    }
    cw_session_detach(core, session);
    if (conn != asking)
        cw_effect_close(core, conn, "its session has ended");
}
