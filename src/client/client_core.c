/* client_core.c - see client_core.h.
 *
 * A connection goes through its states in order: WAITING for the back-off or for a reason to
 * connect, CONNECTING, HANDSHAKE, UP. A session outlives connections: when one is UP the session is
 * attached first, and no request overtakes that. One step of the input handles one frame, and its
 * events are handed out before the next frame is decoded. */
#include "client/client_core.h"

#include <stdlib.h>

#include "base/limits.h"
#include "client/client_backoff.h"
#include "client/client_events.h"
#include "client/client_outbox.h"
#include "client/client_sent.h"
#include "frame/zmtp.h"

#define REASON_MAX 256

/* A request that was sent. A message with a number `n` is kept, since it can be sent again. */
struct asked {
    int64_t number;
    enum cw_action action;
    struct cw_outbox_request *kept; /* or NULL */
};

struct cw_client {
    bool plain, beside;
    uint64_t features;
    struct cw_buf client_name;
    enum cw_client_state state;

    /* the connection */
    struct cw_framer *framer; /* NULL while there is no connection */
    struct cw_buf in;
    size_t in_used;
    struct cw_buf out;
    size_t out_sent;
    bool ended; /* the transport is gone; `in` may hold more */
    char reason[REASON_MAX];
    uint64_t retry_at_ms;   /* WAITING: not before */
    uint64_t answer_by_ms;  /* after this time the attempt has failed */
    uint64_t last_input_ms; /* when the server was heard last */
    bool pinged;            /* since then */
    struct cw_backoff backoff;

    /* the session */
    struct cw_buf username;
    struct cw_buf token;   /* empty: none */
    bool moved;            /* another connection has the session; only the program can take it
                              back */
    int64_t attach_number; /* the attach that the program has requested; 0: none */
    struct cw_buf seen_by; /* the user of `seen`; empty: the next user who logs in */
    bool has_seen;
    uint64_t seen;         /* highest message id handed out */
    struct cw_buf db, era; /* the database of that id, as the server said last; empty: unknown */
    struct cw_client_sent sent;

    /* requests */
    int64_t last_number;
    uint64_t part;   /* the part that the numbers belong to */
    uint64_t last_n; /* the last number `n` of a message */
    struct cw_outbox outbox;
    struct asked asked[CW_REQUESTS_IN_FLIGHT_MAX]; /* a ring, oldest at asked_first */
    size_t asked_first;
    size_t asked_count;

    struct cw_client_events events;
};

static void set(struct cw_buf *buf, struct cw_slice s)
{
    buf->n = 0;
    cw_buf_append(buf, s.p, s.n);
}

struct cw_client *cw_client_create(const struct cw_client_config *config)
{
    struct cw_client *c = cw_alloc_zero(sizeof *c);
    c->plain = config->plain;
    c->beside = config->beside;
    c->features = config->features;
    c->part = config->part;
    cw_buf_append(&c->client_name, config->client_name.p, config->client_name.n);
    c->has_seen = config->has_since;
    c->seen = config->has_since ? config->since : 0;
    set(&c->db, config->db);
    set(&c->era, config->era);
    c->backoff.random = config->seed;
    c->answer_by_ms = UINT64_MAX;
    return c;
}

static struct asked take_asked(struct cw_client *c)
{
    struct asked asked = c->asked[c->asked_first];
    c->asked_first = (c->asked_first + 1) % CW_REQUESTS_IN_FLIGHT_MAX;
    c->asked_count--;
    return asked;
}

void cw_client_destroy(struct cw_client *c)
{
    if (c == NULL)
        return;
    cw_framer_destroy(c->framer);
    cw_buf_finish(&c->client_name);
    cw_buf_finish(&c->in);
    cw_buf_finish(&c->out);
    cw_buf_finish(&c->username);
    cw_buf_finish(&c->token);
    cw_buf_finish(&c->seen_by);
    cw_buf_finish(&c->db);
    cw_buf_finish(&c->era);
    cw_outbox_finish(&c->outbox);
    while (c->asked_count != 0)
        free(take_asked(c).kept);
    cw_client_events_finish(&c->events);
    free(c);
}

enum cw_client_state cw_client_state(const struct cw_client *c)
{
    return c->state;
}

static bool has_session(const struct cw_client *c)
{
    return c->token.n != 0 && !c->moved;
}

/* --- the end of a connection ------------------------------------------------------ */

/* Reports the sent requests that will not be sent again. An attach is repeated by the client
 * itself. */
static void report_unanswered(struct cw_client *c)
{
    struct cw_outbox_request *kept[CW_REQUESTS_IN_FLIGHT_MAX];
    size_t count = 0;
    while (c->asked_count != 0) {
        struct asked asked = take_asked(c);
        if (asked.kept != NULL)
            kept[count++] = asked.kept;
        else if (asked.action != CW_ATTACH)
            cw_client_events_add_answer(&c->events, asked.number, asked.action, CHINWAG_UNANSWERED);
    }
    while (count != 0)
        cw_outbox_return(&c->outbox, kept[--count]);
}

/* `code`: the code of the event, besides the reason. */
static void disconnect_with(struct cw_client *c, int code, const char *reason, uint64_t now_ms)
{
    uint32_t delay_ms = cw_backoff_next(&c->backoff);
    struct chinwag_event *event = cw_client_events_add(&c->events, CHINWAG_DISCONNECTED);
    event->code = code;
    event->text = cw_client_events_copy(&c->events, cw_slice_str(reason));
    event->delay_ms = delay_ms;
    report_unanswered(c);
    cw_framer_destroy(c->framer);
    c->framer = NULL;
    c->in.n = c->in_used = 0;
    c->out.n = c->out_sent = 0;
    c->ended = false;
    c->state = CW_CLIENT_WAITING;
    c->retry_at_ms = now_ms + delay_ms;
    c->answer_by_ms = UINT64_MAX;
}

static void disconnect(struct cw_client *c, const char *reason, uint64_t now_ms)
{
    disconnect_with(c, CHINWAG_SUCCESS, reason, now_ms);
}

/* A server of protocol v1 does not know `attach`: it answers nothing, or something unexpected. */
static void disconnect_misunderstood(struct cw_client *c, const char *reason, uint64_t now_ms)
{
    if (c->asked_count != 0 && c->asked[c->asked_first].action == CW_ATTACH)
        disconnect_with(c, CHINWAG_UNKNOWN_ACTION, "the server does not know 'attach'", now_ms);
    else
        disconnect(c, reason, now_ms);
}

/* --- output ------------------------------------------------------------------------ */

static void put_message(struct cw_client *c, const struct cw_msg *msg)
{
    struct cw_buf body = {0};
    cw_msg_encode(msg, !c->plain, &body);
    cw_framer_put(c->framer, cw_buf_slice(&body), &c->out);
    cw_buf_finish(&body);
}

static void put_request(struct cw_client *c, int64_t number, const struct cw_msg *msg,
                        struct cw_outbox_request *kept)
{
    put_message(c, msg);
    size_t end = (c->asked_first + c->asked_count++) % CW_REQUESTS_IN_FLIGHT_MAX;
    c->asked[end] = (struct asked){number, msg->action, kept};
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
static struct cw_extras session_extras(const struct cw_client *c, struct cw_slice username)
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

static void put_attach(struct cw_client *c, uint64_t now_ms)
{
    struct cw_msg msg = {
        .kind = CW_REQUEST,
        .action = CW_ATTACH,
        .username = cw_buf_slice(&c->username),
        .token = cw_buf_slice(&c->token),
        .extras = session_extras(c, cw_buf_slice(&c->username)),
    };
    put_request(c, c->attach_number, &msg, NULL);
    c->answer_by_ms = now_ms + CW_CONNECT_MS;
}

/* --- requests ---------------------------------------------------------------------- */

int64_t cw_client_request(struct cw_client *c, const struct cw_msg *msg)
{
    if (!cw_outbox_add(&c->outbox, c->last_number + 1, msg))
        return CHINWAG_OUTBOX_FULL;
    return ++c->last_number;
}

static bool needs_session(enum cw_action action)
{
    return action != CW_REGISTER && action != CW_LOGIN && action != CW_ATTACH;
}

static void start_attach(struct cw_client *c, const struct cw_outbox_request *request,
                         uint64_t now_ms)
{
    if (has_session(c)) {
        cw_client_events_add_answer(&c->events, request->number, CW_ATTACH,
                                    CHINWAG_IDENTITY_ALREADY_CONNECTED);
        return;
    }
    set(&c->username, request->msg.username);
    set(&c->token, request->msg.token);
    c->moved = false;
    c->attach_number = request->number;
    put_attach(c, now_ms);
}

/* Messages are numbered, so that they can be sent again without being stored twice. */
static bool is_counted(const struct cw_client *c, const struct cw_msg *msg)
{
    return !c->plain && (msg->action == CW_WHISPER || msg->action == CW_MSG_GROUP ||
                         msg->action == CW_VOICE_MSG);
}

static bool was_sent(const struct cw_outbox_request *request)
{
    return request != NULL && (request->msg.extras.present & CW_BIT(CW_X_N)) != 0;
}

static void count(struct cw_client *c, struct cw_outbox_request *request)
{
    struct cw_extras *extras = &request->msg.extras;
    if (was_sent(request))
        return;
    extras->map_present = true;
    extras->present |= CW_BIT(CW_X_N) | CW_BIT(CW_X_PART);
    extras->n = ++c->last_n;
    extras->part = c->part;
}

/* Takes ownership of the request. */
static void send_request(struct cw_client *c, struct cw_outbox_request *request, uint64_t now_ms)
{
    struct cw_msg *msg = &request->msg;
    bool counted = is_counted(c, msg);
    if (msg->action == CW_ATTACH) {
        start_attach(c, request, now_ms);
        free(request);
        return;
    }
    if (needs_session(msg->action) && !has_session(c)) {
        cw_client_events_add_answer(&c->events, request->number, msg->action, CHINWAG_NO_SESSION);
        free(request);
        return;
    }
    if (counted)
        count(c, request);
    if (needs_session(msg->action)) {
        msg->username = cw_buf_slice(&c->username);
        msg->token = cw_buf_slice(&c->token);
    }
    if (msg->action == CW_LOGIN)
        msg->extras = session_extras(c, msg->username);
    put_request(c, request->number, msg, counted ? request : NULL);
    if (!counted)
        free(request);
}

/* Requests after these depend on their answer, and wait for it. */
static bool is_barrier(const struct cw_client *c)
{
    if (c->asked_count == 0)
        return false;
    size_t last = (c->asked_first + c->asked_count - 1) % CW_REQUESTS_IN_FLIGHT_MAX;
    enum cw_action action = c->asked[last].action;
    return action == CW_LOGIN || action == CW_LOGOUT || action == CW_ATTACH;
}

static bool may_send(const struct cw_client *c)
{
    return c->state == CW_CLIENT_UP && !is_barrier(c) && c->asked_count < CW_REQUESTS_IN_FLIGHT_MAX;
}

static void flush(struct cw_client *c, uint64_t now_ms)
{
    while (c->outbox.count != 0 && may_send(c))
        send_request(c, cw_outbox_pop(&c->outbox), now_ms);
}

int cw_client_update(struct cw_client *c, const struct cw_msg *msg)
{
    if (!has_session(c) || c->state != CW_CLIENT_UP || c->ended || is_barrier(c))
        return CHINWAG_NO_SESSION;
    size_t most =
        msg->samples.form == CW_SAMPLES_PACKET ? CW_CALL_PACKETS_WAITING_MAX : CW_CALL_DATA_MAX;
    if (c->out.n - c->out_sent > most)
        return CHINWAG_OUTBOX_FULL;
    struct cw_msg data = *msg;
    data.username = cw_buf_slice(&c->username);
    data.token = cw_buf_slice(&c->token);
    put_message(c, &data);
    return CHINWAG_SUCCESS;
}

/* --- answers ----------------------------------------------------------------------- */

/* `seen` is a position among this user's messages, so it is reset for another user. */
static void begin_session(struct cw_client *c, struct cw_slice username)
{
    if (c->seen_by.n != 0 && !cw_slice_eq(cw_buf_slice(&c->seen_by), username)) {
        c->seen = 0;
        c->has_seen = false;
    }
    set(&c->seen_by, username);
    set(&c->username, username);
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
        set(&c->db, msg->extras.db);
        set(&c->era, cw_client_has_extra(msg, CW_X_ERA) ? msg->extras.era : (struct cw_slice){0});
    }
    if (!cw_client_has_extra(msg, CW_X_RESTARTED) || msg->extras.restarted == 0)
        return;
    c->seen = cw_client_has_extra(msg, CW_X_SINCE) ? msg->extras.since : 0;
    c->has_seen = true;
    c->sent = (struct cw_client_sent){0}; /* those ids name other messages now */
    struct chinwag_event *event = cw_client_events_add(&c->events, CHINWAG_RESTARTED);
    event->id = c->seen;
    event->text = "the server has other messages than before: its data folder is new, or was "
                  "restored from an older backup";
    fill_identity(c, event);
}

static struct chinwag_event *lose_session(struct cw_client *c, int code)
{
    if (!has_session(c))
        return NULL;
    c->token.n = 0;
    /* Numbers belong to a session: messages of another session cannot be sent again. */
    while (was_sent(c->outbox.first)) {
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
        disconnect_with(c, msg->code, chinwag_code_text(msg->code), now_ms);
        return;
    }
    int64_t number = c->attach_number;
    c->attach_number = 0;
    c->answer_by_ms = UINT64_MAX;
    if (msg->code == CW_SUCCESS) {
        begin_session(c, msg->username);
        take_identity(c, msg);
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
}

static void on_answer(struct cw_client *c, struct asked asked, const struct cw_msg *msg)
{
    if (asked.action == CW_LOGIN && msg->code == CW_SUCCESS) {
        begin_session(c, msg->username);
        take_identity(c, msg);
        set(&c->token, msg->token);
        c->moved = false;
    }
    if (asked.action == CW_LOGOUT && msg->code == CW_SUCCESS)
        c->token.n = 0;
    free(asked.kept);
    if (msg->code == CW_SUCCESS && msg->extras.id != 0)
        cw_client_sent_add(&c->sent, msg->extras.id);
    cw_client_events_add_response(&c->events, asked.number, asked.action, msg);
    if (needs_session(asked.action) &&
        (msg->code == CW_USER_NOT_CONNECTED || msg->code == CW_USER_INCORRECT_TOKEN))
        lose_session(c, msg->code);
}

/* Answers come in the order of the requests. A response with an empty action answers a request that
 * the server could not read. */
static void on_response(struct cw_client *c, const struct cw_msg *msg, uint64_t now_ms)
{
    bool named = msg->action_name.n != 0;
    if (c->asked_count == 0 || (named && msg->action != c->asked[c->asked_first].action)) {
        disconnect_misunderstood(c, "the server sent an unexpected response", now_ms);
        return;
    }
    struct asked asked = take_asked(c);
    if (asked.action == CW_ATTACH) {
        on_attach(c, msg, now_ms);
    } else {
        on_answer(c, asked, msg);
    }
    if (c->state == CW_CLIENT_UP)
        c->backoff.failures = 0;
}

/* --- input ------------------------------------------------------------------------- */

static void on_update(struct cw_client *c, const struct cw_msg *msg)
{
    if (msg->action == CW_SESSION_MOVED)
        c->moved = true;
    if (msg->action == CW_SESSION_ENDED) {
        on_session_ended(c, msg);
        return;
    }
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

static void on_message(struct cw_client *c, struct cw_slice body, uint64_t now_ms)
{
    struct cw_msg msg;
    int code = cw_msg_decode(CW_READER_CLIENT, body, &msg);
    if (msg.kind == CW_RESPONSE && code == CW_SUCCESS)
        on_response(c, &msg, now_ms);
    else if (msg.kind == CW_UPDATE && code == CW_SUCCESS)
        on_update(c, &msg);
    else if (msg.kind != CW_UPDATE || msg.action_name.n == 0)
        disconnect_misunderstood(c, "the server sent an invalid message", now_ms);
    /* An unknown update comes from a newer server and is ignored. */
}

static void on_ready(struct cw_client *c, uint64_t now_ms)
{
    c->state = CW_CLIENT_UP;
    c->answer_by_ms = UINT64_MAX;
    cw_client_events_add(&c->events, CHINWAG_CONNECTED);
    if (has_session(c))
        put_attach(c, now_ms);
}

static void on_frame(struct cw_client *c, const struct cw_framer_event *event, uint64_t now_ms)
{
    switch (event->type) {
    case CW_FRAMER_READY:
        on_ready(c, now_ms);
        break;
    case CW_FRAMER_MESSAGE:
        on_message(c, event->body, now_ms);
        break;
    case CW_FRAMER_REFUSED:
        disconnect(c, "the server sent a message of several frames", now_ms);
        break;
    case CW_FRAMER_FAILED:
        disconnect(c, event->reason, now_ms);
        break;
    case CW_FRAMER_NEED_MORE:
    case CW_FRAMER_PING:
    case CW_FRAMER_PONG:
    case CW_FRAMER_IGNORED:
    case CW_FRAMER_HEAD: /* only where judged_max is set */
        break;
    }
}

/* Handles one frame; false: no complete frame is there. */
static bool step_input(struct cw_client *c, uint64_t now_ms)
{
    if (c->in_used == c->in.n)
        return false;
    struct cw_slice rest = cw_slice_of(c->in.p + c->in_used, c->in.n - c->in_used);
    struct cw_framer_event event = cw_framer_input(c->framer, &rest, &c->out);
    c->in_used = c->in.n - rest.n;
    on_frame(c, &event, now_ms);
    if (c->in_used == c->in.n)
        c->in_used = c->in.n = 0;
    return true;
}

bool cw_client_next(struct cw_client *c, uint64_t now_ms, struct chinwag_event *event)
{
    if (c->events.count == 0) {
        cw_client_events_reset(&c->events);
        while (c->events.count == 0 && step_input(c, now_ms))
            continue;
        if (c->events.count == 0 && c->ended)
            disconnect(c, c->reason, now_ms);
    }
    return cw_client_events_pop(&c->events, event);
}

/* --- the transport ------------------------------------------------------------------- */

void cw_client_connected(struct cw_client *c, uint64_t now_ms)
{
    c->framer = cw_zmtp_create(CW_FRAMER_CLIENT, CW_VOICE_LIST_MAX + CW_UPDATE_GROWTH_MAX);
    cw_framer_start(c->framer, &c->out);
    c->state = CW_CLIENT_HANDSHAKE;
    c->last_input_ms = now_ms;
    c->pinged = false;
}

void cw_client_input(struct cw_client *c, struct cw_slice bytes, uint64_t now_ms)
{
    if (c->framer == NULL) /* left over from a closed connection */
        return;
    cw_buf_append(&c->in, bytes.p, bytes.n);
    c->last_input_ms = now_ms;
    c->pinged = false;
}

void cw_client_closed(struct cw_client *c, const char *reason)
{
    if (c->state == CW_CLIENT_WAITING || c->ended)
        return;
    c->ended = true;
    size_t n = strlen(reason);
    if (n > REASON_MAX - 1)
        n = REASON_MAX - 1;
    memcpy(c->reason, reason, n);
    c->reason[n] = 0;
}

struct cw_slice cw_client_output(const struct cw_client *c)
{
    if (c->out_sent == c->out.n)
        return (struct cw_slice){NULL, 0};
    return cw_slice_of(c->out.p + c->out_sent, c->out.n - c->out_sent);
}

void cw_client_sent(struct cw_client *c, size_t n)
{
    c->out_sent += n;
    if (c->out_sent < c->out.n)
        return;
    c->out.n = c->out_sent = 0;
    if (c->out.capacity > CW_MESSAGE_MAX)
        cw_buf_finish(&c->out);
}

/* --- time ------------------------------------------------------------------------------ */

static bool has_reason_to_connect(const struct cw_client *c)
{
    return has_session(c) || c->outbox.count != 0;
}

/* When a silent server is sent a PING, or given up. */
static uint64_t silence_deadline(const struct cw_client *c)
{
    if (c->state != CW_CLIENT_UP || !c->framer->proves_receipt)
        return UINT64_MAX;
    return c->last_input_ms + (c->pinged ? CW_PEER_DEAD_MS : CW_PING_IDLE_MS);
}

uint64_t cw_client_deadline(const struct cw_client *c)
{
    if (c->events.count != 0 || c->ended || (c->outbox.count != 0 && may_send(c)))
        return 0;
    if (c->state == CW_CLIENT_WAITING)
        return has_reason_to_connect(c) ? c->retry_at_ms : UINT64_MAX;
    uint64_t silence = silence_deadline(c);
    return silence < c->answer_by_ms ? silence : c->answer_by_ms;
}

void cw_client_run(struct cw_client *c, uint64_t now_ms)
{
    if (c->ended)
        return;
    if (c->state == CW_CLIENT_WAITING) {
        if (now_ms >= c->retry_at_ms && has_reason_to_connect(c)) {
            c->state = CW_CLIENT_CONNECTING;
            c->answer_by_ms = now_ms + CW_CONNECT_MS;
        }
        return;
    }
    if (now_ms >= c->answer_by_ms) {
        disconnect_misunderstood(c, "the server did not answer in time", now_ms);
    } else if (now_ms >= silence_deadline(c)) {
        if (c->pinged) {
            disconnect(c, "the server fell silent", now_ms);
        } else {
            cw_framer_probe(c->framer, 0, &c->out);
            c->pinged = true;
        }
    }
    flush(c, now_ms);
}
