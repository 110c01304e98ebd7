/* client_answers.c - what the server says: answers to requests, and updates. See client_state.h.
 * Called by client_core.c. */
#include <stdlib.h>

#include "client/client_state.h"
#include "client/client_way.h"
#include "frame/curve_text.h"

/* --- answers ----------------------------------------------------------------------- */

/* `seen` is a position among this user's messages, so it is reset for another user. */
static void begin_session(struct cw_client *c, struct cw_slice username)
{
    if (c->seen_by.n != 0 && !cw_slice_eq(cw_buf_slice(&c->seen_by), username)) {
        c->seen = 0;
        c->has_seen = false;
    }
    cw_client_set(&c->seen_by, username);
    cw_client_set(&c->username, username);
}

static void fill_identity(struct cw_client *c, struct chinwag_event *event)
{
    if (c->db.n != 0)
        event->db = cw_client_events_copy(&c->events, cw_buf_slice(&c->db));
    if (c->era.n != 0)
        event->era = cw_client_events_copy(&c->events, cw_buf_slice(&c->era));
}

/* The answer to login or attach names the database of the ids from here on. If `since` belonged to
 * other messages, it also says where delivery begins. */
static void take_identity(struct cw_client *c, const struct cw_msg *msg)
{
    if (cw_client_has_extra(msg, CW_X_DB)) {
        cw_client_set(&c->db, msg->extras.db);
        cw_client_set(&c->era,
                      cw_client_has_extra(msg, CW_X_ERA) ? msg->extras.era : (struct cw_slice){0});
    }
    if (!cw_client_has_extra(msg, CW_X_RESTARTED) || msg->extras.restarted == 0)
        return;
    c->seen = cw_client_has_extra(msg, CW_X_SINCE) ? msg->extras.since : 0;
    c->has_seen = true;
    c->sent = (struct cw_client_sent){0}; /* those ids name other messages now */
    c->announced = 0;
    struct chinwag_event *event = cw_client_events_add(&c->events, CHINWAG_RESTARTED);
    event->id = c->seen;
    event->text = "the server has other messages than before: its data folder is new, or was "
                  "restored from an older backup";
    fill_identity(c, event);
}

/* The server replaces its key. Only a server that has proved on this connection that it has the
 * expected one may say so. */
static void take_next_key(struct cw_client *c, const struct cw_msg *msg)
{
    uint8_t key[CW_CURVE_KEY_N];
    if (c->proof != CW_CLIENT_PROOF_CURVE || !cw_client_has_extra(msg, CW_X_NEXT_KEY))
        return;
    bool good = cw_curve_key_parse(msg->extras.next_key, key);
    if (!good && c->bad_key_told)
        return;
    c->bad_key_told |= !good;
    struct chinwag_event *event = cw_client_events_add(&c->events, CHINWAG_NEXT_KEY);
    event->server_key = good ? cw_client_events_copy(&c->events, msg->extras.next_key) : NULL;
    event->text = good ? "the server replaces its key"
                       : "the server replaces its key, but what it told as the next one is no "
                         "key; the one in use stays";
}

static void leave_call(struct cw_client *c)
{
    c->in_call = false;
    cw_client_end_way(c);
}

/* What stood before, and was not handed out yet. */
static void take_announcements(struct cw_client *c, const struct cw_msg *msg)
{
    struct cw_list list = msg->extras.announcements;
    struct cw_entry entry;
    if (msg->code != CW_SUCCESS || (c->features & CW_FEATURE_ANNOUNCEMENTS) == 0 ||
        !cw_client_has_extra(msg, CW_X_ANNOUNCEMENTS))
        return;
    while (cw_entry_next(&list, &entry)) {
        if (entry.id <= c->announced)
            continue;
        c->announced = entry.id;
        cw_client_events_add_announcement(&c->events, &entry);
    }
}

static struct chinwag_event *lose_session(struct cw_client *c, int code)
{
    if (!cw_client_has_session(c))
        return NULL;
    c->token.n = 0;
    leave_call(c);
    /* Numbers belong to a session: messages of another session cannot be sent again. */
    while (cw_client_was_sent(c->outbox.first)) {
        struct cw_outbox_request *request = cw_outbox_pop(&c->outbox);
        cw_client_events_add_answer(&c->events, request->number, request->msg.action,
                                    CHINWAG_UNANSWERED);
        free(request);
    }
    struct chinwag_event *event = cw_client_events_add(&c->events, CHINWAG_SESSION_LOST);
    event->code = code;
    event->text = chinwag_code_text(code);
    return event;
}

/* The server closes the connection, and the token is not valid any more. */
static void on_session_ended(struct cw_client *c, const struct cw_msg *msg)
{
    struct chinwag_event *event = lose_session(c, CW_USER_NOT_CONNECTED);
    if (event == NULL)
        return;
    event->state = cw_client_events_copy(&c->events, msg->reason);
    event->text = cw_client_ended_text(msg->reason);
}

static void on_attach(struct cw_client *c, const struct cw_msg *msg, uint64_t now_ms)
{
    if (msg->code == CW_RATE_LIMITED || msg->code == CW_UNAVAILABLE) {
        cw_client_disconnect_with(c, msg->code, chinwag_code_text(msg->code), now_ms);
        return;
    }
    int64_t number = c->attach_number;
    c->attach_number = 0;
    c->answer_by_ms = UINT64_MAX;
    if (msg->code == CW_SUCCESS) {
        c->knows_attach = true;
        begin_session(c, msg->username);
        take_identity(c, msg);
        take_next_key(c, msg);
    } else if (number != 0) {
        c->token.n = 0;
    } else {
        lose_session(c, msg->code);
    }
    if (number != 0) {
        cw_client_events_add_response(&c->events, number, CW_ATTACH, msg);
    } else if (msg->code == CW_SUCCESS) {
        struct chinwag_event *event = cw_client_events_add(&c->events, CHINWAG_ATTACHED);
        event->username = cw_client_events_copy(&c->events, msg->username);
        fill_identity(c, event);
    }
    take_announcements(c, msg);
}

static void measure(struct cw_client *c, const struct asked *asked, uint64_t now_ms)
{
    struct cw_line *line = &cw_client_transfers(c, asked->action)->line;
    cw_line_passed(line, asked->n, now_ms * 1000);
    cw_line_answered(line, (now_ms - asked->sent_ms) * 1000);
}

static void follow_call(struct cw_client *c, enum cw_action action, const struct cw_msg *msg)
{
    int code = msg->code;
    if (action == CW_JOIN_CALL && (code == CW_SUCCESS || code == CW_CALL_ALREADY_JOINED))
        c->in_call = true;
    if (action == CW_JOIN_CALL && code == CW_SUCCESS)
        cw_client_take_way(c, msg);
    else if (action == CW_LEAVE_CALL && (code == CW_SUCCESS || code == CW_CALL_NOT_JOINED))
        leave_call(c);
}

static void on_answer(struct cw_client *c, struct asked asked, const struct cw_msg *msg)
{
    if (cw_client_logs_in(asked.action) && msg->code == CW_SUCCESS) {
        begin_session(c, msg->username);
        take_identity(c, msg);
        take_next_key(c, msg);
        cw_client_set(&c->token, msg->token);
        c->moved = false;
    }
    bool ends = asked.action == CW_LOGOUT || asked.action == CW_DELETE_ACCOUNT;
    if (ends && msg->code == CW_SUCCESS)
        c->token.n = 0;
    follow_call(c, asked.action, msg);
    free(asked.kept);
    if (msg->code == CW_SUCCESS && msg->extras.id != 0)
        cw_client_sent_add(&c->sent, msg->extras.id);
    cw_client_events_add_response(&c->events, asked.number, asked.action, msg);
    if (cw_client_logs_in(asked.action))
        take_announcements(c, msg);
    if (cw_client_needs_session(asked.action) &&
        (msg->code == CW_USER_NOT_CONNECTED || msg->code == CW_USER_INCORRECT_TOKEN))
        lose_session(c, msg->code);
}

/* Answers come in the order of the requests. A response with an empty action answers a request that
 * the server could not read. */
static void on_response(struct cw_client *c, const struct cw_msg *msg, uint64_t now_ms)
{
    bool named = msg->action_name.n != 0;
    if (c->asked_count == 0 || (named && msg->action != c->asked[c->asked_first].action)) {
        cw_client_disconnect_misunderstood(c, "the server sent an unexpected response", now_ms);
        return;
    }
    struct asked asked = cw_client_take_asked(c);
    if (asked.n != 0)
        measure(c, &asked, now_ms);
    if (asked.action == CW_ATTACH) {
        on_attach(c, msg, now_ms);
    } else {
        on_answer(c, asked, msg);
    }
    if (c->state == CW_CLIENT_UP)
        c->backoff.failures = 0;
}

/* --- updates --------------------------------------------------------------------------- */

static void on_update(struct cw_client *c, const struct cw_msg *msg, uint64_t now_ms)
{
    if (msg->action == CW_CALL_REPORT) {
        cw_client_take_report(c, msg, now_ms);
        if (!c->tells_reports)
            return;
    }
    if (msg->action == CW_SESSION_MOVED)
        c->moved = true;
    if (msg->action == CW_SESSION_MOVED || msg->action == CW_CALL_LEFT)
        leave_call(c);
    if (msg->action == CW_SESSION_ENDED) {
        on_session_ended(c, msg);
        return;
    }
    if (msg->action == CW_ANNOUNCE)
        c->announced = msg->announcement;
    if (cw_client_has_extra(msg, CW_X_ID)) {
        if (msg->extras.id <= c->seen)
            return;
        c->seen = msg->extras.id;
        c->has_seen = true;
        if (msg->extras.own != 0 && cw_client_sent_has(&c->sent, msg->extras.id))
            return;
    }
    cw_client_events_add_update(&c->events, msg, cw_buf_slice(&c->username));
}

void cw_client_take_message(struct cw_client *c, struct cw_slice body, uint64_t now_ms)
{
    struct cw_msg msg;
    int code = cw_msg_decode(CW_READER_CLIENT, body, &msg);
    if (msg.kind == CW_RESPONSE && code == CW_SUCCESS)
        on_response(c, &msg, now_ms);
    else if (msg.kind == CW_UPDATE && code == CW_SUCCESS)
        on_update(c, &msg, now_ms);
    else if (msg.kind != CW_UPDATE || msg.action_name.n == 0)
        cw_client_disconnect_misunderstood(c, "the server sent an invalid message", now_ms);
    /* An unknown update comes from a newer server and is ignored. */
}
