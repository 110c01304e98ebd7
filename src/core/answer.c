/* answer.c - makes the message of an answer. */
#include "core/answer.h"

#include <assert.h>

#include "base/codes.h"
#include "core/announced.h"
#include "core/audience.h"
#include "core/call.h"
#include "core/claim.h"
#include "core/conn.h"
#include "core/effect.h"
#include "core/request.h"
#include "core/session.h"
#include "core/state.h"
#include "core/user.h"

/* Only a connection that was sealed with the old key proves to the client that the next key comes
 * from the server which it knows. */
static void add_next_key(const struct cw_core *core, const struct conn *conn,
                         struct cw_extras *extras)
{
    if (!conn->by_old_key || core->next_key.n == 0)
        return;
    extras->present |= CW_BIT(CW_X_NEXT_KEY);
    extras->next_key = cw_buf_slice(&core->next_key);
}

/* The shell makes the way of datagrams, and writes its address and key into the two keys. */
static void add_call(struct cw_core *core, const struct request *request, struct cw_extras *extras)
{
    const struct cw_list roster = cw_call_roster(core, request->conn);
    const uint64_t both = CW_FEATURE_UDP | CW_FEATURE_OPUS;
    if (request->call != NULL) {
        extras->map_present = true;
        extras->present = CW_BIT(CW_X_CALL);
        extras->call = cw_slice_str(request->call);
    }
    if (cw_conn_call(request->conn) == NULL) /* it has left, or its session is elsewhere by now */
        return;
    if (roster.count != 0) {
        extras->map_present = true;
        extras->present |= CW_BIT(CW_X_LIST);
        extras->list = roster;
    }
    if ((cw_conn_features(request->conn) & both) == both) {
        extras->map_present = true;
        extras->present |= CW_BIT(CW_X_UDP) | CW_BIT(CW_X_UDP_KEY);
    }
    if (cw_conn_is_compact(request->conn)) {
        extras->map_present = true;
        extras->present |= CW_BIT(CW_X_CALL_ID);
        extras->call_id = request->conn->member->call_id;
    }
}

/* The extended client's map: the name of the server, or the position of the message. */
static void add_extras(struct cw_core *core, const struct request *request, struct cw_msg *msg)
{
    struct cw_extras *extras = &msg->extras;
    if (request->action == CW_LOGIN || request->action == CW_LOGIN_BY_LINK ||
        request->action == CW_ATTACH) {
        extras->map_present = true;
        extras->present = CW_BIT(CW_X_SERVER) | CW_BIT(CW_X_FEATURES);
        extras->server = core->server_name;
        extras->features = CW_FEATURES_ALL;
        if (request->conn->session != NULL && request->conn->session->user->admin) {
            extras->present |= CW_BIT(CW_X_ADMIN);
            extras->admin = 1;
        }
        if (core->web_build.n != 0) {
            extras->present |= CW_BIT(CW_X_BUILD);
            extras->build = core->web_build;
        }
        extras->announcements = cw_announced_list(core);
        if (extras->announcements.count != 0)
            extras->present |= CW_BIT(CW_X_ANNOUNCEMENTS);
        cw_claim_tell(core, request, extras);
        add_next_key(core, request->conn, extras);
    } else if (request->message_id != 0) {
        extras->map_present = true;
        extras->present = CW_BIT(CW_X_ID) | CW_BIT(CW_X_TIME) | CW_BIT(CW_X_SEQ);
        extras->id = request->message_id;
        extras->seq = request->message_seq;
        extras->time_ms = request->message_time_ms;
    } else if (request->action == CW_JOIN_CALL) {
        add_call(core, request, extras);
    }
}

/* A refusal's map: only for clients that have shown that they read maps. */
static void add_rule(struct cw_core *core, const struct request *request, struct cw_slice name,
                     struct cw_msg *msg)
{
    const struct cw_fault *fault = &request->fault;
    struct cw_extras *extras = &msg->extras;
    enum cw_rule_parameters parameters = cw_rule_parameters(fault->rule);
    uint8_t *text = cw_arena_alloc(&core->effects->arena, CW_RULE_TEXT_MAX);
    size_t n = cw_rule_text(fault, request->fault_until_ms, name, (char *)text);
    assert(n != 0 && n <= CW_RULE_TEXT_MAX);
    extras->map_present = true;
    extras->present |= CW_BIT(CW_X_REASON) | CW_BIT(CW_X_RULE);
    extras->reason = cw_slice_of(text, n);
    extras->rule = cw_slice_str(cw_rule_identifier(fault->rule));
    if ((parameters & CW_RULE_FIELD) != 0) {
        extras->present |= CW_BIT(CW_X_FIELD);
        extras->field = cw_slice_str(fault->field);
    }
    if ((parameters & CW_RULE_LIMIT) != 0) {
        extras->present |= CW_BIT(CW_X_LIMIT);
        extras->limit = fault->limit;
    }
    if ((parameters & CW_RULE_UNTIL) != 0) {
        extras->present |= CW_BIT(CW_X_UNTIL);
        extras->until = request->fault_until_ms;
    }
    if ((parameters & CW_RULE_USER) != 0 && name.n != 0) {
        extras->present |= CW_BIT(CW_X_USER);
        extras->user = name;
    }
    if ((parameters & CW_RULE_WHY) != 0 && name.n != 0) {
        extras->present |= CW_BIT(CW_X_WHY);
        extras->why = name;
    }
    if ((parameters & CW_RULE_GROUP) != 0) {
        extras->present |= CW_BIT(CW_X_GROUP);
        extras->group = name;
    }
}

/* Added to every response, whatever its code: after a reconnect that its library hides, a client
 * finds the request by it. */
static void add_n(const struct request *request, struct cw_msg *msg)
{
    struct cw_extras *extras = &msg->extras;
    if (request->gone) {
        extras->map_present = true;
        extras->present |= CW_BIT(CW_X_GONE);
        extras->gone = 1;
    }
    if (!request->has_n)
        return;
    extras->map_present = true;
    extras->present |= CW_BIT(CW_X_N);
    extras->n = request->n;
}

/* The form that the connection's session has chosen. Without a session: that of the session that
 * the request was made with, or extended if the request has a map.
 */
static bool reads_maps(const struct request *request)
{
    const struct session *session = request->conn->session;
    bool own = request->extended || request->has_n;
    return request->had_map || (session != NULL ? cw_conn_extended(request->conn) : own);
}

static void send_answer(struct cw_core *core, const struct request *request, struct cw_msg *msg)
{
    add_n(request, msg);
    if (request->control == 0) {
        cw_effect_answer(core, msg, request->conn, reads_maps(request), request->envelope)
            ->send.request = request->number;
        return;
    }
    cw_effect_own(core, msg);
    struct cw_effect *effect = cw_effect_add(core, CW_FX_CONTROL);
    effect->control.msg = *msg;
    effect->control.call = request->control;
}

void cw_request_send_answer(struct cw_core *core, struct request *request)
{
    struct cw_msg msg = {.kind = CW_RESPONSE, .action = request->action, .code = request->code};
    assert(request->done && (request->conn != NULL || request->control != 0));
    if (request->answer != NULL) {
        assert(request->code == CW_SUCCESS && request->fault.rule == CW_RULE_NONE);
        msg = *request->answer;
        msg.kind = CW_RESPONSE;
        msg.action = request->action;
        send_answer(core, request, &msg);
        return;
    }
    struct cw_slice name = cw_slice_of(request->name, request->name_n);
    if (request->action == CW_ACTION_UNKNOWN) {
        msg.action_name = name;
    } else if (request->code == CW_SUCCESS) {
        msg.username = msg.group_name = name;
        msg.token = cw_slice_of(request->token, request->token_n);
        msg.offset = request->reached;
        add_extras(core, request, &msg);
    }
    if (request->fault.rule != CW_RULE_NONE)
        add_rule(core, request, name, &msg);
    send_answer(core, request, &msg);
}
