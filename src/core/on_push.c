/* on_push.c - push messages to the browser of a session: push_key, subscribe_push,
 * unsubscribe_push. Whom they go to: push.c. The key is the shell's, which makes it when it is
 * asked for: most servers never need one. */
#include <assert.h>

#include "base/buf.h"
#include "base/codes.h"
#include "base/limits.h"
#include "core/effect.h"
#include "core/handlers.h"
#include "core/push.h"
#include "core/refusal.h"
#include "core/request.h"
#include "core/state.h"
#include "core/user.h"

/* False: refused. */
static bool push_is_on(struct cw_core *core, struct request *request)
{
    bool on = core->push_hosts.n != 0;
    if (!on)
        cw_request_refuse(core, request, CW_RULE_PUSH_OFF);
    return on;
}

static void key_told(struct cw_core *core, struct request *request, const struct cw_event *event)
{
    if (event->server.status != CW_SERVER_DONE) {
        cw_request_refuse(core, request, CW_RULE_PUSH_OFF);
        return;
    }
    struct cw_msg *answer = cw_request_make_answer(core);
    answer->key = event->server.facts[0].text;
    cw_request_answer_with(core, request, answer);
}

void cw_on_push_key(struct cw_core *core, struct request *request)
{
    if (!push_is_on(core, request))
        return;
    uint64_t cookie = cw_request_hold(core, request, key_told);
    struct cw_effect *effect = cw_effect_add(core, CW_FX_SERVER);
    effect->server.cookie = cookie;
    effect->server.op = CW_ASK_PUSH_KEY;
}

/* --- subscribe_push --------------------------------------------------------------------------- */

static bool is_good_subscription(struct cw_core *core, struct request *request)
{
    const struct cw_msg *msg = request->msg;
    if (msg->endpoint.n > CW_PUSH_ENDPOINT_MAX)
        cw_request_refuse_field(core, request, CW_RULE_LENGTH_MAX, "endpoint",
                                CW_PUSH_ENDPOINT_MAX);
    else if (!cw_push_serves(core, msg->endpoint))
        cw_request_refuse_field(core, request, CW_RULE_PUSH_ENDPOINT, "endpoint", 0);
    else if (msg->p256dh.n != CW_PUSH_P256DH_N || msg->p256dh.p[0] != 4)
        cw_request_refuse_field(core, request, CW_RULE_PUSH_KEY_LENGTH, "p256dh", CW_PUSH_P256DH_N);
    else if (msg->auth.n != CW_PUSH_AUTH_N)
        cw_request_refuse_field(core, request, CW_RULE_PUSH_KEY_LENGTH, "auth", CW_PUSH_AUTH_N);
    else if (msg->with_text > 1)
        cw_request_refuse_field(core, request, CW_RULE_TO_MAX, "with_text", 1);
    else
        return true;
    return false;
}

static void push_stored(struct cw_core *core, struct request *request, const struct cw_event *event)
{
    /* The session has ended meanwhile. */
    static const struct refusal others[] = {{CW_STORE_NOT_FOUND, CW_USER_NOT_CONNECTED}, {0}};
    if (cw_request_refused(core, request, event->store, others))
        return;
    cw_push_begin(core);
    struct cw_msg *answer = cw_request_make_answer(core);
    answer->session = request->sender_session;
    cw_request_answer_with(core, request, answer);
}

void cw_on_subscribe_push(struct cw_core *core, struct request *request)
{
    struct cw_buf keys = {0};
    const struct cw_msg *msg = request->msg;
    if (!push_is_on(core, request) || !is_good_subscription(core, request))
        return;
    cw_buf_append(&keys, msg->p256dh.p, msg->p256dh.n);
    cw_buf_append(&keys, msg->auth.p, msg->auth.n);
    assert(keys.n == CW_PUSH_KEYS_N);
    struct cw_slice copied = cw_effect_copy(core, cw_buf_slice(&keys));
    cw_buf_finish(&keys);
    struct cw_slice endpoint = cw_effect_copy(core, msg->endpoint);
    bool with_text = msg->with_text == 1;
    struct cw_store_request *store =
        cw_request_submit(core, request, CW_STORE_PUSH_SET, push_stored);
    store->user_id = request->sender->id;
    store->session_id = request->sender_session;
    store->address = endpoint;
    store->secret = copied;
    store->with_text = with_text;
    request->outlives = true;
}

/* --- unsubscribe_push ------------------------------------------------------------------------- */

static void push_ended(struct cw_core *core, struct request *request, const struct cw_event *event)
{
    if (!cw_request_refused(core, request, event->store, NULL))
        cw_request_answer(core, request, CW_SUCCESS);
}

void cw_on_unsubscribe_push(struct cw_core *core, struct request *request)
{
    cw_request_submit(core, request, CW_STORE_PUSH_END, push_ended)->session_id =
        request->sender_session;
    request->outlives = true;
}
