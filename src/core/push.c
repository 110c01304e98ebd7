/* push.c - see push.h. The core does not know who is away: the store lists the subscriptions of
 * those who read the conversation, with what they have set about it, in pages. While nobody has
 * subscribed it is asked for nothing. */
#include "core/push.h"

#include <assert.h>
#include <stdlib.h>

#include "base/limits.h"
#include "base/utf8.h"
#include "core/effect.h"
#include "core/notify.h"
#include "core/request.h"
#include "core/session.h"
#include "core/state.h"
#include "core/user.h"
#include "text/url.h"

/* --- push services ---------------------------------------------------------------------------- */

void cw_push_init(struct cw_core *core, const struct cw_core_config *config)
{
    cw_buf_append(&core->push_hosts, config->push_hosts.p, config->push_hosts.n);
    core->pushes = config->pushes;
}

void cw_push_finish(struct cw_core *core)
{
    cw_buf_finish(&core->push_hosts);
}

static uint8_t lower(uint8_t c)
{
    return c >= 'A' && c <= 'Z' ? (uint8_t)(c + 'a' - 'A') : c;
}

/* "*.example.net" is every name below example.net. */
static bool is_host(struct cw_slice pattern, struct cw_slice host)
{
    bool below = pattern.n > 1 && pattern.p[0] == '*';
    struct cw_slice end = cw_slice_of(pattern.p + below, pattern.n - below);
    if (below ? host.n <= end.n : host.n != end.n)
        return false;
    for (size_t i = 0; i < end.n; i++)
        if (lower(host.p[host.n - end.n + i]) != lower(end.p[i]))
            return false;
    return true;
}

bool cw_push_serves(const struct cw_core *core, struct cw_slice endpoint)
{
    struct cw_url url;
    struct cw_slice rest = cw_buf_slice(&core->push_hosts);
    if (!cw_url_read(endpoint, &url) || !url.https)
        return false;
    while (rest.n != 0) {
        size_t n = 0;
        while (n < rest.n && rest.p[n] != ' ' && rest.p[n] != ',' && rest.p[n] != '\t')
            n++;
        if (n != 0 && is_host(cw_slice_of(rest.p, n), url.host))
            return true;
        n += n < rest.n;
        rest = cw_slice_of(rest.p + n, rest.n - n);
    }
    return false;
}

void cw_push_begin(struct cw_core *core)
{
    core->pushes = true;
}

/* --- who is told ------------------------------------------------------------------------------ */

/* At one of their devices, as far as its client says: then that one tells them. */
static bool is_there(const struct cw_core *core, uint64_t user_id)
{
    const struct user *user = cw_user_by_id(core, user_id);
    if (user == NULL)
        return false;
    CW_EACH_SESSION (session, user)
        if (session->extended && session->conn != NULL && !session->away)
            return true;
    return false;
}

static bool wants_push(const struct cw_core *core, const struct cw_store_push *push)
{
    struct cw_store_notify rule = push->rule;
    struct notify set = {.rules = &rule, .count = 1};
    if (!cw_quiet_hours_read(push->quiet_hours, &set.quiet))
        set.quiet.days = 0;
    return cw_notify_wants(core, &set, rule.conversation, push->mentioned);
}

/* As much of it as a push message has room for, cut between characters. */
static struct cw_slice beginning(struct cw_slice text)
{
    bool cut;
    if (text.n > CW_PUSH_TEXT_MAX)
        text.n = cw_utf8_valid_prefix(cw_slice_of(text.p, CW_PUSH_TEXT_MAX), &cut);
    return text;
}

static void add_push(struct cw_core *core, const struct cw_store_push *push,
                     const struct cw_store_message *message)
{
    struct cw_effect *effect = cw_effect_add(core, CW_FX_PUSH);
    bool group = cw_mailbox_is_group(message->mailbox);
    assert(push->endpoint.n != 0 && push->keys.n == CW_PUSH_KEYS_N);
    effect->push.user_id = push->user_id;
    effect->push.session_id = push->session_id;
    effect->push.conversation = push->rule.conversation;
    effect->push.endpoint = push->endpoint;
    effect->push.keys = push->keys;
    effect->push.urgent = push->mentioned || !group;
    if (!push->with_text)
        return;
    effect->push.sender = message->sender;
    effect->push.group = group ? message->mailbox_name : (struct cw_slice){0};
    effect->push.kind = message->kind;
    effect->push.text = beginning(message->body.n != 0 ? message->body : message->file_name);
}

/* --- asking the store ------------------------------------------------------------------------- */

static step_fn pushes_listed;

static void ask_for_page(struct cw_core *core, uint64_t conversation, uint64_t seq, uint64_t after)
{
    struct request *asked = cw_request_create(core, NULL, NULL);
    asked->outlives = true;
    asked->target_group = conversation;
    asked->message_seq = seq;
    struct cw_store_request *store =
        cw_request_submit(core, asked, CW_STORE_PUSH_LIST, pushes_listed);
    store->conversation = conversation;
    store->seq = seq;
    store->after = after;
    store->limit = CW_PUSHES_AT_ONCE;
    core->push_lists++;
}

static void pushes_listed(struct cw_core *core, struct request *asked, const struct cw_event *event)
{
    const struct cw_store_result *result = event->store;
    assert(core->push_lists > 0);
    core->push_lists--;
    if (result->status != CW_STORE_OK || result->message_count == 0)
        return;
    for (size_t i = 0; i < result->push_count; i++) {
        const struct cw_store_push *push = &result->pushes[i];
        if (cw_push_serves(core, push->endpoint) && !is_there(core, push->user_id) &&
            wants_push(core, push))
            add_push(core, push, result->messages);
    }
    if (result->more)
        ask_for_page(core, asked->target_group, asked->message_seq, result->scanned_to);
}

void cw_push_message(struct cw_core *core, const struct cw_store_message *message)
{
    uint64_t conversation = cw_conversation_of(message->mailbox, message->sender_id);
    assert(cw_kind_is_message(message->kind) && message->seq != 0);
    if (core->pushes && core->push_lists < CW_PUSH_LISTS_MAX)
        ask_for_page(core, conversation, message->seq, 0);
}

void cw_push_gone(struct cw_core *core, uint64_t session_id, struct cw_slice endpoint)
{
    struct cw_slice copied = cw_effect_copy(core, endpoint);
    struct cw_store_request *store = &cw_effect_add(core, CW_FX_STORE)->store;
    store->op = CW_STORE_PUSH_END;
    store->time_ms = core->time_ms;
    store->session_id = session_id;
    store->address = copied;
}
