/* client_core.c - see client_core.h.
 *
 * A connection goes through its states in order: WAITING for the back-off or for a reason to
 * connect, CONNECTING, HANDSHAKE, UP. A session outlives connections: when one is UP the session is
 * attached first, and no request overtakes that. One step of the input handles one frame, and its
 * events are handed out before the next frame is decoded. */
#include "client/client_core.h"

#include <stdlib.h>

#include "base/limits.h"
#include "client/client_state.h"
#include "client/client_way.h"
#include "frame/framer.h"

/* Reports of a connection's end and beginning that may come in one step, besides answers. */
#define REPORTS_MAX 8

struct cw_client *cw_client_create(const struct cw_client_config *config)
{
    struct cw_client *c = cw_alloc_zero(sizeof *c);
    if (c == NULL)
        return NULL;
    cw_client_events_reserve(&c->events, REPORTS_MAX);
    c->plain = config->plain;
    c->beside = config->beside;
    c->features = config->features;
    c->tells_reports = config->tells_reports;
    c->part = config->part;
    cw_buf_append(&c->client_name, config->client_name.p, config->client_name.n);
    c->has_seen = config->has_since;
    c->seen = config->has_since ? config->since : 0;
    cw_client_set(&c->db, config->db);
    cw_client_set(&c->era, config->era);
    c->backoff.random = config->seed;
    c->backoff.max_ms = config->retry_max_ms;
    c->connect_ms = config->connect_ms != 0 ? config->connect_ms : CW_CONNECT_MS;
    c->silence_ms = config->silence_ms != 0 ? config->silence_ms : CW_PEER_DEAD_MS;
    c->answer_by_ms = UINT64_MAX;
    return c;
}

void cw_client_destroy(struct cw_client *c)
{
    if (c == NULL)
        return;
    cw_framer_destroy(c->framer);
    cw_buf_finish(&c->client_name);
    cw_buf_finish(&c->in);
    cw_buf_finish(&c->unsealed);
    cw_buf_finish(&c->out);
    cw_buf_finish(&c->username);
    cw_buf_finish(&c->token);
    cw_buf_finish(&c->seen_by);
    cw_buf_finish(&c->db);
    cw_buf_finish(&c->era);
    cw_buf_finish(&c->way_at);
    cw_buf_finish(&c->way_key);
    cw_outbox_finish(&c->outbox);
    cw_outbox_finish(&c->files);
    while (c->asked_count != 0)
        free(cw_client_take_asked(c).kept);
    cw_client_events_finish(&c->events);
    free(c);
}

enum cw_client_state cw_client_state(const struct cw_client *c)
{
    return c->state;
}

/* --- requests ---------------------------------------------------------------------- */

/* What people say overtakes chunks; what may have to do with them does not. */
static bool overtakes(const struct cw_msg *msg)
{
    bool says = msg->action == CW_WHISPER || msg->action == CW_MSG_GROUP;
    return says && (msg->extras.present & CW_BIT(CW_X_FILE)) == 0;
}

static bool is_chunk(const struct cw_outbox_request *request)
{
    return request->msg.action == CW_UPLOAD_CHUNK;
}

static int64_t add_request(struct cw_client *c, const struct cw_msg *msg)
{
    bool waits = msg->action == CW_UPLOAD_CHUNK || (c->files.count != 0 && !overtakes(msg));
    size_t answers = c->asked_count + c->outbox.count + c->files.count + 1;
    if (!cw_client_events_reserve(&c->events, answers + REPORTS_MAX))
        return CHINWAG_NO_MEMORY;
    if (!cw_outbox_add(waits ? &c->files : &c->outbox, c->last_number + 1, msg))
        return cw_alloc_failed() ? CHINWAG_NO_MEMORY : CHINWAG_OUTBOX_FULL;
    cw_client_transfers(c, msg->action)->under_way += cw_client_file_bytes(msg);
    return ++c->last_number;
}

int64_t cw_client_request(struct cw_client *c, const struct cw_msg *msg)
{
    struct cw_msg join;
    if (msg->action == CW_JOIN_CALL) {
        join = *msg;
        cw_client_ask_reports(c, &join);
        msg = &join;
    }
    cw_alloc_begin_soft();
    int64_t number = cw_alloc_failed() ? CHINWAG_NO_MEMORY : add_request(c, msg);
    cw_alloc_end_soft();
    return number;
}

static void start_attach(struct cw_client *c, const struct cw_outbox_request *request,
                         uint64_t now_ms)
{
    if (cw_client_has_session(c)) {
        cw_client_events_add_answer(&c->events, request->number, CW_ATTACH,
                                    CHINWAG_IDENTITY_ALREADY_CONNECTED);
        return;
    }
    cw_client_set(&c->username, request->msg.username);
    cw_client_set(&c->token, request->msg.token);
    c->moved = false;
    c->attach_number = request->number;
    cw_client_put_attach(c, now_ms);
}

/* Messages, and what begins an upload, are numbered, so that they can be sent again without being
 * stored twice. */
static bool is_counted(const struct cw_client *c, const struct cw_msg *msg)
{
    return !c->plain && (msg->action == CW_WHISPER || msg->action == CW_MSG_GROUP ||
                         msg->action == CW_VOICE_MSG || msg->action == CW_UPLOAD);
}

static void count(struct cw_client *c, struct cw_outbox_request *request)
{
    struct cw_extras *extras = &request->msg.extras;
    if (cw_client_was_sent(request))
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
    if (cw_client_needs_session(msg->action) && !cw_client_has_session(c)) {
        cw_client_transfers(c, msg->action)->under_way -= cw_client_file_bytes(msg);
        cw_client_events_add_answer(&c->events, request->number, msg->action, CHINWAG_NO_SESSION);
        free(request);
        return;
    }
    if (counted)
        count(c, request);
    if (cw_client_needs_session(msg->action)) {
        msg->username = cw_buf_slice(&c->username);
        msg->token = cw_buf_slice(&c->token);
    }
    if (cw_client_logs_in(msg->action)) {
        struct cw_extras given = msg->extras;
        msg->extras = cw_client_session_extras(c, msg->username);
        msg->extras.present |= given.present & CW_BIT(CW_X_CODE);
        msg->extras.code = given.code;
    }
    cw_client_put_request(c, request->number, msg, counted ? request : NULL, now_ms);
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
    return cw_client_logs_in(action) || action == CW_LOGOUT || action == CW_ATTACH;
}

static bool may_send(const struct cw_client *c)
{
    return c->state == CW_CLIENT_UP && !is_barrier(c) && c->asked_count < CW_REQUESTS_IN_FLIGHT_MAX;
}

static void flush(struct cw_client *c, uint64_t now_ms)
{
    while (c->outbox.count != 0 && may_send(c))
        send_request(c, cw_outbox_pop(&c->outbox), now_ms);
    while (c->files.count != 0 && !is_chunk(c->files.first) && may_send(c))
        send_request(c, cw_outbox_pop(&c->files), now_ms);
}

bool cw_client_has_chunk(const struct cw_client *c)
{
    return c->files.count != 0 && is_chunk(c->files.first) && may_send(c) && !c->ended &&
           cw_client_output(c).n == 0;
}

void cw_client_drained(struct cw_client *c, uint64_t now_ms)
{
    struct cw_client_step step = cw_client_begin_step(c);
    if (cw_client_has_chunk(c))
        send_request(c, cw_outbox_pop(&c->files), now_ms);
    flush(c, now_ms);
    cw_client_end_step(c, step, now_ms);
}

size_t cw_client_file_room(const struct cw_client *c, bool upload)
{
    const struct transfers *transfers = upload ? &c->uploads : &c->fetches;
    const struct cw_line *line = &transfers->line;
    size_t most = upload ? cw_line_reserve(line) : cw_line_window(line);
    return transfers->under_way >= most ? 0 : cw_line_slice(line);
}

int cw_client_update(struct cw_client *c, const struct cw_msg *msg)
{
    if (!cw_client_has_session(c) || c->state != CW_CLIENT_UP || c->ended || is_barrier(c))
        return CHINWAG_NO_SESSION;
    size_t most =
        msg->samples.form == CW_SAMPLES_PACKET ? CW_CALL_PACKETS_WAITING_MAX : CW_CALL_DATA_MAX;
    if (c->out.n - c->out_sent > most)
        return CHINWAG_OUTBOX_FULL;
    struct cw_msg data = *msg;
    data.username = cw_buf_slice(&c->username);
    data.token = cw_buf_slice(&c->token);
    const size_t out_n = c->out.n;
    cw_alloc_begin_soft();
    if (!cw_alloc_failed())
        cw_client_put_message(c, &data);
    bool failed = cw_alloc_failed();
    cw_alloc_end_soft();
    if (!failed)
        return CHINWAG_SUCCESS;
    c->unsealed.n = 0;
    c->out.n = out_n;
    /* Half of it may be sealed with a nonce that the server has not seen. */
    cw_client_closed(c, CHINWAG_NO_MEMORY, chinwag_code_text(CHINWAG_NO_MEMORY));
    return CHINWAG_NO_MEMORY;
}

/* --- the transport ------------------------------------------------------------------- */

void cw_client_connected(struct cw_client *c, struct cw_framer *framer, enum cw_client_proof proof,
                         bool others, uint64_t now_ms)
{
    c->framer = framer;
    c->proof = proof;
    c->others = others;
    c->unsealed.n = c->out.n = c->out_sent = c->answers_n = 0;
    if (others && now_ms + CW_CONNECT_ADDRESS_MS < c->answer_by_ms)
        c->answer_by_ms = now_ms + CW_CONNECT_ADDRESS_MS;
    struct cw_client_step step = cw_client_begin_step(c);
    cw_framer_start(c->framer, &c->unsealed);
    cw_client_seal(c);
    c->state = CW_CLIENT_HANDSHAKE;
    c->last_input_ms = now_ms;
    c->pinged = false;
    cw_client_end_step(c, step, now_ms);
}

void cw_client_input(struct cw_client *c, struct cw_slice bytes, uint64_t now_ms)
{
    if (c->framer == NULL) /* left over from a closed connection */
        return;
    struct cw_client_step step = cw_client_begin_step(c);
    cw_buf_append(&c->in, bytes.p, bytes.n);
    c->more = true;
    c->last_input_ms = now_ms;
    c->pinged = false;
    cw_client_end_step(c, step, now_ms);
}

void cw_client_closed(struct cw_client *c, int code, const char *reason)
{
    if (c->state == CW_CLIENT_WAITING || c->ended)
        return;
    c->ended = true;
    c->ended_code = code;
    size_t n = strlen(reason);
    if (n > CW_CLIENT_REASON_MAX - 1)
        n = CW_CLIENT_REASON_MAX - 1;
    memcpy(c->reason, reason, n);
    c->reason[n] = 0;
}

void cw_client_close(struct cw_client *c)
{
    cw_client_end(c);
    c->state = CW_CLIENT_WAITING;
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
    c->out.n = c->out_sent = c->answers_n = 0;
    if (c->out.capacity > CW_MESSAGE_MAX)
        cw_buf_finish(&c->out);
}

/* --- time ------------------------------------------------------------------------------ */

static bool has_reason_to_connect(const struct cw_client *c)
{
    return cw_client_has_session(c) || c->outbox.count + c->files.count != 0;
}

/* When a silent server is sent a PING, or given up. */
static uint64_t silence_deadline(const struct cw_client *c)
{
    if (c->state != CW_CLIENT_UP || !c->framer->proves_receipt)
        return UINT64_MAX;
    if (c->in_call && c->silence_ms > CW_CALL_DEAD_MS)
        return c->last_input_ms + (c->pinged ? CW_CALL_DEAD_MS : CW_CALL_PING_IDLE_MS);
    return c->last_input_ms + (c->pinged ? c->silence_ms : c->silence_ms / 5 * 2);
}

uint64_t cw_client_silent_ms(const struct cw_client *c, uint64_t now_ms)
{
    return c->state == CW_CLIENT_UP && now_ms > c->last_input_ms ? now_ms - c->last_input_ms : 0;
}

uint64_t cw_client_deadline(const struct cw_client *c)
{
    return c->events.count != 0 ? 0 : cw_client_run_deadline(c);
}

uint64_t cw_client_run_deadline(const struct cw_client *c)
{
    if (c->ended || (c->outbox.count != 0 && may_send(c)))
        return 0;
    if (c->state == CW_CLIENT_WAITING)
        return has_reason_to_connect(c) ? c->retry_at_ms : UINT64_MAX;
    uint64_t silence = silence_deadline(c);
    return silence < c->answer_by_ms ? silence : c->answer_by_ms;
}

static void do_what_is_due(struct cw_client *c, uint64_t now_ms)
{
    if (c->state == CW_CLIENT_WAITING) {
        if (now_ms >= c->retry_at_ms && has_reason_to_connect(c)) {
            c->state = CW_CLIENT_CONNECTING;
            c->answer_by_ms = c->connect_by_ms = now_ms + c->connect_ms;
        }
        return;
    }
    if (now_ms >= c->answer_by_ms) {
        cw_client_disconnect_misunderstood(c, "the server did not answer in time", now_ms);
    } else if (now_ms >= silence_deadline(c)) {
        if (c->pinged) {
            cw_client_disconnect(c, "the server fell silent", now_ms);
        } else {
            cw_framer_probe(c->framer, 0, &c->unsealed);
            cw_client_seal(c);
            c->pinged = true;
        }
    }
    flush(c, now_ms);
}

void cw_client_run(struct cw_client *c, uint64_t now_ms)
{
    if (c->ended)
        return;
    struct cw_client_step step = cw_client_begin_step(c);
    do_what_is_due(c, now_ms);
    cw_client_end_step(c, step, now_ms);
}
