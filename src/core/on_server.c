/* on_server.c - the server itself, for administrators: server_status, server_settings, set_setting.
 * What only the shell knows it is asked for by CW_FX_SERVER. A setting is written into the audit
 * log before it holds; where several servers are on one database the others read it then. */
#include <stdio.h>

#include "base/codes.h"
#include "base/limits.h"
#include "core/effect.h"
#include "core/handlers.h"
#include "core/message_entry.h"
#include "core/refusal.h"
#include "core/request.h"
#include "core/state.h"

static void ask_server(struct cw_core *core, struct request *request, enum cw_ask_op op,
                       step_fn *resume)
{
    uint64_t cookie = cw_request_hold(core, request, resume);
    struct cw_effect *effect = cw_effect_add(core, CW_FX_SERVER);
    effect->server.cookie = cookie;
    effect->server.op = op;
    if (op == CW_ASK_STATUS)
        return;
    effect->server.name = cw_effect_copy(core, request->msg->setting);
    effect->server.value = cw_effect_copy(core, request->msg->value);
}

/* False: it was refused. */
static bool server_agreed(struct cw_core *core, struct request *request,
                          const struct cw_event *event)
{
    switch (event->server.status) {
    case CW_SERVER_DONE:
        break;
    case CW_SERVER_NO_SETTING:
        cw_request_refuse_field(core, request, CW_RULE_NO_SETTING, "setting", 0);
        return false;
    case CW_SERVER_BAD_VALUE:
        cw_request_refuse_name(core, request, CW_RULE_SETTING_VALUE, event->server.why);
        return false;
    }
    return true;
}

/* --- server_status, server_settings ---------------------------------------------------------- */

static void describe_fact(const struct cw_server_fact *fact, struct cw_entry *entry)
{
    cw_entry_put_string(entry, CW_E_NAME, &entry->name, fact->name);
    if (fact->is_text)
        cw_entry_put_string(entry, CW_E_CONTENT, &entry->content, fact->text);
    else
        cw_entry_put_number(entry, CW_E_COUNTED, &entry->count, fact->number);
    if (fact->about.n != 0)
        cw_entry_put_string(entry, CW_E_DETAIL, &entry->detail, fact->about);
    if (fact->set)
        cw_entry_put_string(entry, CW_E_KIND, &entry->kind, cw_slice_str("set"));
}

static void facts_listed(struct cw_core *core, struct request *request,
                         const struct cw_event *event)
{
    if (!server_agreed(core, request, event))
        return;
    size_t count = event->server.fact_count;
    struct cw_entry *entries = cw_request_make_entries(core, count);
    for (size_t i = 0; i < count; i++)
        describe_fact(&event->server.facts[i], &entries[i]);
    cw_request_answer_list(core, request, entries, count, 0);
}

void cw_on_server_status(struct cw_core *core, struct request *request)
{
    ask_server(core, request, CW_ASK_STATUS, facts_listed);
}

void cw_on_server_settings(struct cw_core *core, struct request *request)
{
    if (request->msg->setting.n > CW_SETTING_MAX)
        cw_request_refuse_field(core, request, CW_RULE_NO_SETTING, "setting", 0);
    else
        ask_server(core, request, CW_ASK_SETTINGS, facts_listed);
}

/* --- set_setting ----------------------------------------------------------------------------- */

static void setting_told(struct cw_core *core, struct request *request,
                         const struct cw_event *event)
{
    if (!cw_request_refused(core, request, event->store, NULL)) /* else it holds here alone */
        cw_request_answer(core, request, CW_SUCCESS);
}

static void setting_set(struct cw_core *core, struct request *request, const struct cw_event *event)
{
    if (!server_agreed(core, request, event))
        return;
    if (core->config.node == 0)
        cw_request_answer(core, request, CW_SUCCESS);
    else
        cw_request_ask_store(core, request, CW_STORE_SERVER_SETTINGS_TELL, setting_told);
}

void cw_settings_heard(struct cw_core *core)
{
    cw_effect_add(core, CW_FX_SERVER)->server.op = CW_ASK_READ;
}

static void setting_logged(struct cw_core *core, struct request *request,
                           const struct cw_event *event)
{
    if (!cw_request_refused(core, request, event->store, NULL))
        ask_server(core, request, CW_ASK_SET, setting_set);
}

/* "registration = closed", as far as the log has room. */
static struct cw_slice act_of_setting(struct cw_core *core, const struct cw_msg *msg)
{
    char *text = cw_arena_alloc(&core->effects->arena, CW_AUDIT_DETAIL_MAX);
    int n = snprintf(text, CW_AUDIT_DETAIL_MAX, "%.*s = %.*s", (int)msg->setting.n,
                     (const char *)msg->setting.p, (int)msg->value.n, (const char *)msg->value.p);
    size_t most = CW_AUDIT_DETAIL_MAX - 1;
    return cw_slice_of(text, (size_t)n < most ? (size_t)n : most);
}

static void setting_checked(struct cw_core *core, struct request *request,
                            const struct cw_event *event)
{
    if (!server_agreed(core, request, event))
        return;
    struct cw_slice act = act_of_setting(core, request->msg);
    struct cw_store_request *store =
        cw_request_ask_store(core, request, CW_STORE_AUDIT_ADD, setting_logged);
    store->user_id = cw_request_asker(request);
    store->act = CW_AUDIT_SET_SETTING;
    store->body = act;
}

void cw_on_set_setting(struct cw_core *core, struct request *request)
{
    const struct cw_msg *msg = request->msg;
    request->outlives = true;
    if (msg->setting.n > CW_SETTING_MAX)
        cw_request_refuse_field(core, request, CW_RULE_NO_SETTING, "setting", 0);
    else if (msg->value.n > CW_SETTING_MAX)
        cw_request_refuse_name(core, request, CW_RULE_SETTING_VALUE,
                               cw_slice_str("no setting has so long a value"));
    else
        ask_server(core, request, CW_ASK_CHECK, setting_checked);
}
