/* client_link.c - the connection of a client: its end, and what is written to it. See
 * client_state.h. Called by client_core.c and client_answers.c. */
#include <stdlib.h>

#include "client/client_state.h"
#include "client/client_way.h"

#include "base/limits.h"
#include "frame/tls.h"
#include "frame/zmtp.h"

struct asked cw_client_take_asked(struct cw_client *c)
{
    struct asked asked = c->asked[c->asked_first];
    c->asked_first = (c->asked_first + 1) % CW_REQUESTS_IN_FLIGHT_MAX;
    c->asked_count--;
    cw_client_transfers(c, asked.action)->under_way -= asked.n;
    return asked;
}

/* --- the end of a connection ------------------------------------------------------ */

/* Chunks continue where the server says, so those that waited are no longer good. */
static void report_files(struct cw_client *c)
{
    struct cw_outbox_request *request;
    while (c->state == CW_CLIENT_UP && (request = cw_outbox_pop(&c->files)) != NULL) {
        enum cw_action action = request->msg.action;
        cw_client_transfers(c, action)->under_way -= cw_client_file_bytes(&request->msg);
        cw_client_events_add_answer(&c->events, request->number, action, CHINWAG_UNANSWERED);
        free(request);
    }
}

/* Reports the sent requests that will not be sent again. An attach is repeated by the client
 * itself. */
static void report_unanswered(struct cw_client *c)
{
    struct cw_outbox_request *kept[CW_REQUESTS_IN_FLIGHT_MAX];
    size_t count = 0;
    while (c->asked_count != 0) {
        struct asked asked = cw_client_take_asked(c);
        if (asked.kept != NULL)
            kept[count++] = asked.kept;
        else if (asked.action != CW_ATTACH)
            cw_client_events_add_answer(&c->events, asked.number, asked.action, CHINWAG_UNANSWERED);
    }
    while (count != 0)
        cw_outbox_return(&c->outbox, kept[--count]);
    report_files(c);
}

/* A server that does not have the expected key closes the connection without a word when it has
 * read what was sealed for that key; and an impostor can do nothing else. A peer that does not
 * speak ZMTP at all shows nothing about the key. */
static bool is_key_refused(const struct cw_client *c)
{
    return c->state == CW_CLIENT_HANDSHAKE && c->proof == CW_CLIENT_PROOF_CURVE &&
           cw_zmtp_is_greeted(c->framer);
}

/* The server has shown a certificate during the handshake. */
static bool has_shown_pin(const struct cw_client *c, struct cw_tls_pin *pin)
{
    return c->state == CW_CLIENT_HANDSHAKE && c->proof == CW_CLIENT_PROOF_TLS &&
           cw_tls_presented(c->framer, pin);
}

/* Adds to the event of an end what a handshake has shown of the server. */
static void judge_handshake(struct cw_client *c, struct chinwag_event *event)
{
    struct cw_tls_pin pin;
    char text[CW_TLS_PIN_TEXT];
    if (is_key_refused(c)) {
        event->code = CHINWAG_NOT_VERIFIED;
        event->text = "the server did not prove that it has the expected key";
    }
    if (!has_shown_pin(c, &pin))
        return;
    if (!cw_tls_is_verified(c->framer))
        event->code = CHINWAG_NOT_VERIFIED;
    cw_tls_pin_text(&pin, text);
    event->tls_pin = cw_client_events_copy(&c->events, cw_slice_str(text));
}

/* The handshake failed for a reason that another address of the host may not have. A wrong key is
 * none: the user must hear of it. */
static bool may_try_next(const struct cw_client *c, uint64_t now_ms)
{
    struct cw_tls_pin pin;
    bool wrong_key =
        is_key_refused(c) || (has_shown_pin(c, &pin) && !cw_tls_is_verified(c->framer));
    return c->state == CW_CLIENT_HANDSHAKE && c->others && !wrong_key && now_ms < c->connect_by_ms;
}

/* `code`: the code of the event, besides the reason. */
void cw_client_disconnect_with(struct cw_client *c, int code, const char *reason, uint64_t now_ms)
{
    if (may_try_next(c, now_ms)) {
        cw_client_end(c);
        c->state = CW_CLIENT_CONNECTING;
        c->answer_by_ms = c->connect_by_ms;
        return;
    }
    /* Who talks comes back at once. Whether the server can take all at once is seen by the second
     * attempt. */
    uint32_t delay_ms = c->in_call ? 0 : cw_backoff_next(&c->backoff);
    c->in_call = false;
    struct chinwag_event *event = cw_client_events_add(&c->events, CHINWAG_DISCONNECTED);
    event->code = code;
    event->text = cw_client_events_copy(&c->events, cw_slice_str(reason));
    if (event->text == NULL)
        event->text = chinwag_code_text(CHINWAG_NO_MEMORY);
    event->delay_ms = delay_ms;
    judge_handshake(c, event);
    report_unanswered(c);
    cw_client_end(c);
    c->state = CW_CLIENT_WAITING;
    c->retry_at_ms = now_ms + delay_ms;
    c->answer_by_ms = UINT64_MAX;
}

void cw_client_disconnect(struct cw_client *c, const char *reason, uint64_t now_ms)
{
    cw_client_disconnect_with(c, CHINWAG_SUCCESS, reason, now_ms);
}

/* A server of protocol v1 does not know `attach`: it answers nothing, or something unexpected. One
 * that has answered an attach before is only slow. */
void cw_client_disconnect_misunderstood(struct cw_client *c, const char *reason, uint64_t now_ms)
{
    if (!c->knows_attach && c->asked_count != 0 && c->asked[c->asked_first].action == CW_ATTACH)
        cw_client_disconnect_with(c, CHINWAG_UNKNOWN_ACTION, "the server does not know 'attach'",
                                  now_ms);
    else
        cw_client_disconnect(c, reason, now_ms);
}

/* --- output ------------------------------------------------------------------------ */

void cw_client_seal(struct cw_client *c)
{
    struct cw_slice plain = cw_buf_slice(&c->unsealed);
    if (plain.n == 0 || cw_alloc_failed()) /* perhaps a frame has no header */
        return;
    if (cw_framer_seals(c->framer))
        cw_framer_seal(c->framer, &plain, 1, &c->out);
    else
        cw_buf_append(&c->out, plain.p, plain.n);
    c->unsealed.n = 0;
    if (c->unsealed.capacity > CW_MESSAGE_MAX)
        cw_buf_finish(&c->unsealed);
}

/* Nothing is sealed afterwards. */
static void seal_end(struct cw_client *c)
{
    if (c->framer == NULL)
        return;
    cw_client_seal(c);
    cw_framer_close(c->framer, &c->unsealed);
    cw_client_seal(c);
    if (cw_framer_seals(c->framer))
        cw_framer_seal(c->framer, NULL, 0, &c->out);
}

void cw_client_end(struct cw_client *c)
{
    seal_end(c);
    cw_client_end_way(c);
    cw_framer_destroy(c->framer);
    c->framer = NULL;
    c->in.n = c->in_used = 0;
    c->ended = c->more = false;
}

void cw_client_put_message(struct cw_client *c, const struct cw_msg *msg)
{
    struct cw_buf body = {0};
    cw_msg_encode(msg, !c->plain, &body);
    cw_framer_put(c->framer, cw_buf_slice(&body), &c->unsealed);
    cw_buf_finish(&body);
    cw_client_seal(c);
}

void cw_client_put_request(struct cw_client *c, int64_t number, const struct cw_msg *msg,
                           struct cw_outbox_request *kept, uint64_t now_ms)
{
    cw_client_put_message(c, msg);
    size_t end = (c->asked_first + c->asked_count++) % CW_REQUESTS_IN_FLIGHT_MAX;
    c->asked[end] = (struct asked){number, msg->action, kept, now_ms, cw_client_file_bytes(msg)};
}

/* Adds the database that `since` belongs to. */
static void put_identity(const struct cw_client *c, struct cw_extras *extras)
{
    if (c->db.n == 0)
        return;
    extras->present |= CW_BIT(CW_X_DB);
    extras->db = cw_buf_slice(&c->db);
    if (c->era.n == 0)
        return;
    extras->present |= CW_BIT(CW_X_ERA);
    extras->era = cw_buf_slice(&c->era);
}

/* The map of login and attach. A position is sent only for the user it belongs to. */
struct cw_extras cw_client_session_extras(const struct cw_client *c, struct cw_slice username)
{
    struct cw_extras extras = {
        .map_present = true,
        .present = CW_BIT(CW_X_CLIENT) | CW_BIT(CW_X_FEATURES),
        .client = cw_buf_slice(&c->client_name),
        .features = c->features,
    };
    if (c->beside) {
        extras.present |= CW_BIT(CW_X_PART);
        extras.part = c->part;
        return extras;
    }
    bool own = c->seen_by.n == 0 || cw_slice_eq(cw_buf_slice(&c->seen_by), username);
    if (c->has_seen && own) {
        extras.present |= CW_BIT(CW_X_SINCE);
        extras.since = c->seen;
        put_identity(c, &extras);
    }
    return extras;
}

void cw_client_put_attach(struct cw_client *c, uint64_t now_ms)
{
    struct cw_msg msg = {
        .kind = CW_REQUEST,
        .action = CW_ATTACH,
        .username = cw_buf_slice(&c->username),
        .token = cw_buf_slice(&c->token),
        .extras = cw_client_session_extras(c, cw_buf_slice(&c->username)),
    };
    cw_client_put_request(c, c->attach_number, &msg, NULL, now_ms);
    c->answer_by_ms = now_ms + c->connect_ms;
}
