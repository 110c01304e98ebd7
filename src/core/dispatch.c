/* dispatch.c - chooses the handler of a request, and is the one place that checks whether the
 * sender is the user that it names. A token request names user and token. The pair of the
 * connection's own session is accepted at once. Any other pair is looked up; on a connection
 * without a session a valid pair attaches its session, whatever the result of the request. */
#include "core/dispatch.h"

#include <assert.h>

#include "base/account.h"
#include "base/codes.h"
#include "base/limits.h"
#include "core/admission.h"
#include "core/attach.h"
#include "core/bot.h"
#include "core/bucket.h"
#include "core/conn.h"
#include "core/effect.h"
#include "core/handlers.h"
#include "core/names.h"
#include "core/pace.h"
#include "core/part.h"
#include "core/refusal.h"
#include "core/request.h"
#include "core/session.h"
#include "core/state.h"
#include "core/user.h"

/* `rights` of messages.def. */
enum rights { OPEN, LINKED, TOKEN, EXTENDED, LISTING, ADMIN, ADMIN_LIST };

static const struct {
    handler_fn *run;
    enum rights rights;
} handlers[CW_ACTION_COUNT] = {
#define CW_MESSAGE(kind, action, name, ...)
#define CW_ACTION(action)
#define CW_REQUEST_ROW(action, name, handler, rights, ...)                                         \
    [CW_##action] = {cw_on_##handler, rights},
#include "wire/messages.def"
#undef CW_ACTION
#undef CW_MESSAGE
#undef CW_REQUEST_ROW
};

bool cw_dispatch_alone(const struct request *request)
{
    assert(request->action < CW_ACTION_COUNT);
    enum rights rights = handlers[request->action].rights;
    return rights == LISTING || rights == LINKED || rights == ADMIN_LIST;
}

static void run_authorised(struct cw_core *core, struct request *request)
{
    assert(request->conn->session != NULL && request->sender == NULL);
    struct session *session = request->conn->session;
    if (request->head) {
        cw_request_answer(core, request, CW_SUCCESS);
        return;
    }
    request->sender = session->user;
    cw_user_refer(core, session->user);
    request->sender_session = session->id;
    request->sender_part = cw_part_id(request->conn);
    request->extended = cw_conn_extended(request->conn);
    request->features = cw_conn_features(request->conn);
    if (handlers[request->action].rights >= EXTENDED && !request->extended) {
        cw_request_refuse(core, request, CW_RULE_NEEDS_MAP);
        return;
    }
    if (request->sender->bot && !cw_bot_may(request->action)) {
        cw_request_refuse(core, request, CW_RULE_NOT_FOR_BOTS);
        return;
    }
    if (session->by_device &&
        (handlers[request->action].rights >= ADMIN || !cw_device_may(request->action))) {
        cw_request_refuse(core, request, CW_RULE_BY_DEVICE_PASSWORD);
        return;
    }
    if (handlers[request->action].rights >= ADMIN && !session->user->admin) {
        cw_request_refuse(core, request, CW_RULE_ADMINS_ONLY);
        return;
    }
    handlers[request->action].run(core, request);
}

/* An extended session that has moved away returns to this connection only by an attach that was
 * sent afterwards. So two programs do not take it from each other in turn, and neither do late
 * requests of a dead connection. */
static bool must_not_return(const struct request *request, uint64_t session_id)
{
    assert(request->conn->visitor != NULL);
    return request->conn->visitor->displaced == session_id &&
           (request->action != CW_ATTACH || request->stale);
}

/* Attaches the session, then continues the request, whatever its result. */
static void attach_session(struct cw_core *core, struct request *request,
                           const struct cw_store_result *result)
{
    const struct cw_msg *msg = request->msg;
    const struct cw_extras *extras = request->action == CW_ATTACH ? &msg->extras : NULL;
    assert(request->conn->session == NULL && !request->orphan);
    if (extras != NULL && cw_part_wanted(extras)) {
        if (extras->part == 0)
            cw_request_refuse_key(core, request, CW_RULE_FROM_ONE, "part", 0);
        else if (cw_part_attach(core, request, result, msg->token))
            run_authorised(core, request);
        return;
    }
    cw_session_attach(core, request->conn, result, msg->token, extras == NULL ? NULL : request);
    run_authorised(core, request);
}

/* Where not everybody may register, only members may learn whether a name exists: the answer to a
 * wrong token is the same as that to a wrong name. */
static int wrong_token(const struct cw_core *core, const struct conn *conn)
{
    bool secret = conn->session == NULL && !core->config.registration_open;
    return secret ? CW_USER_NOT_CONNECTED : CW_USER_INCORRECT_TOKEN;
}

static void token_found(struct cw_core *core, struct request *request, const struct cw_event *event)
{
    const struct cw_store_result *result = event->store;
    struct conn *conn = request->conn;
    const struct refusal others[] = {{CW_STORE_NOT_FOUND, CW_USER_NOT_CONNECTED},
                                     {CW_STORE_MISMATCH, wrong_token(core, conn)},
                                     {0}};
    if (cw_request_refused(core, request, result, others))
        return;
    if (conn->session == NULL && must_not_return(request, result->session_id)) {
        cw_request_refuse(core, request, CW_RULE_SESSION_MOVED);
    } else if (conn->session == NULL) {
        attach_session(core, request, result);
    } else {
        cw_request_refuse(core, request, CW_RULE_OTHER_SESSION);
    }
}

static void token_hashed(struct cw_core *core, struct request *request,
                         const struct cw_event *event)
{
    struct cw_slice secret = cw_effect_copy(core, event->hash.secret);
    bool part = request->action == CW_ATTACH && cw_part_wanted(&request->msg->extras);
    struct cw_store_request *store =
        cw_request_ask_store(core, request, CW_STORE_SESSION_FIND, token_found);
    store->secret = secret;
    store->part = part || request->conn->session != NULL;
    if (!store->part && (request->action != CW_ATTACH || request->stale))
        store->session_id = request->conn->visitor->displaced;
}

/* Does it name the session of its connection? */
static bool is_of_session(struct cw_core *core, const struct request *request)
{
    const struct session *session = request->conn->session;
    const struct cw_msg *msg = request->msg;
    return session != NULL &&
           cw_slice_eq_secret(msg->token, cw_slice_of(session->token, CW_TOKEN_LEN)) &&
           cw_user_is_called(core, session->user, msg->username);
}

/* A piece of a file is not counted as a request: its bytes are, and refusals by links. */
static bool within_rate(struct cw_core *core, struct request *request)
{
    const struct cw_core_config *config = &core->config;
    bool piece = request->action == CW_UPLOAD_CHUNK || request->action == CW_FETCH_FILE;
    return (piece && is_of_session(core, request)) || handlers[request->action].rights == LINKED ||
           cw_bucket_take(&cw_pace_of(request->conn)->requests, core->now_ms, 1,
                          config->requests_per_s, config->requests_burst);
}

static void authorise(struct cw_core *core, struct request *request)
{
    const struct cw_msg *msg = request->msg;
    if (is_of_session(core, request)) {
        run_authorised(core, request);
        return;
    }
    request->key = &core->folded;
    if (!cw_names_fold(core, CW_NAME_OF_USER, msg->username,
                       request->key)) /* no user has this name */
        cw_request_answer(core, request, CW_USER_NOT_CONNECTED);
    else
        cw_request_ask_hash(core, request, CW_HASH_TOKEN, msg->token, (struct cw_slice){0},
                            token_hashed);
}

/* Memory for the time that it waits for the store or a hash. A request that has waited for its turn
 * has it already, and is not asked again: if its session has moved to another connection meanwhile,
 * this one may hold more (a page on its way) than a connection without a session is allowed. */
static bool has_room(const struct request *request)
{
    size_t n = request->frame.slice.n + sizeof *request->copy;
    return request->copy != NULL || cw_account_shortage(request->account, n) == CW_SHORT_OF_NOTHING;
}

/* What anybody may ask for, asked on a bot's connection. */
static bool is_of_bot(const struct request *request)
{
    const struct session *session = request->conn->session;
    return session != NULL && session->user->bot;
}

/* Refused by the decoder, or by a worker that has examined it. */
static void refuse_frame(struct cw_core *core, struct request *request)
{
    struct cw_fault fault = request->msg->fault;
    if (fault.rule != CW_RULE_NONE && cw_rule_code(fault.rule) == request->code)
        cw_request_refuse_fault(core, request, fault);
    else
        cw_request_answer(core, request, request->code);
}

void cw_dispatch(struct cw_core *core, struct request *request)
{
    assert(request->conn->blocker == request && !request->in_flight);
    assert(request->action < CW_ACTION_COUNT);
    if (request->code != CW_SUCCESS) {
        refuse_frame(core, request);
    } else if (!has_room(request)) {
        cw_request_refuse(core, request, CW_RULE_NO_MEMORY);
    } else if (!within_rate(core, request)) {
        cw_request_refuse_above(core, request, CW_RULE_REQUEST_RATE, core->config.requests_per_s);
    } else if (handlers[request->action].rights > LINKED) {
        authorise(core, request);
    } else if (request->head) {
        cw_request_answer(core, request, CW_TOO_LARGE); /* its map has not been read */
    } else if (is_of_bot(request) && !cw_bot_may(request->action)) {
        cw_request_refuse(core, request, CW_RULE_NOT_FOR_BOTS);
    } else {
        handlers[request->action].run(core, request);
    }
}

/* Who may open the control socket has all rights that the data folder gives: no second check. */
void cw_dispatch_control(struct cw_core *core, struct request *request)
{
    assert(request->conn == NULL && request->control != 0);
    request->extended = request->outlives = true;
    request->features = CW_FEATURES_ALL;
    if (request->code != CW_SUCCESS)
        refuse_frame(core, request);
    else if (handlers[request->action].rights < ADMIN)
        cw_request_refuse(core, request, CW_RULE_ADMINS_ONLY);
    else
        handlers[request->action].run(core, request);
}
