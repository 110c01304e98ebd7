/* on_hook.c - a group's hooks: hooks, remove_hook. on_bot.c creates them, on_text.c has what they
 * say. */
#include "base/codes.h"
#include "core/conversation.h"
#include "core/handlers.h"
#include "core/refusal.h"
#include "core/request.h"
#include "core/user.h"

static void hooks_listed(struct cw_core *core, struct request *request,
                         const struct cw_event *event)
{
    const struct cw_store_result *result = event->store;
    if (cw_group_refused(core, request, result))
        return;
    struct cw_entry *entries = cw_request_make_entries(core, result->hook_count);
    for (size_t i = 0; i < result->hook_count; i++) {
        entries[i].present = CW_BIT(CW_E_ID) | CW_BIT(CW_E_SENDER) | CW_BIT(CW_E_CREATED);
        entries[i].id = result->hooks[i].id;
        entries[i].sender = result->hooks[i].bot;
        entries[i].created_ms = result->hooks[i].created_ms;
    }
    cw_request_answer_list(core, request, entries, result->hook_count, 0);
}

void cw_on_hooks(struct cw_core *core, struct request *request)
{
    if (!cw_group_find_target(core, request))
        return;
    struct cw_store_request *store =
        cw_request_submit(core, request, CW_STORE_HOOK_LIST, hooks_listed);
    store->user_id = request->sender->id;
    store->group_id = request->target_group;
}

static void remove_hook_stored(struct cw_core *core, struct request *request,
                               const struct cw_event *event)
{
    if (!cw_request_refused(core, request, event->store, NULL))
        cw_request_answer(core, request, CW_SUCCESS);
}

void cw_on_remove_hook(struct cw_core *core, struct request *request)
{
    struct cw_store_request *store =
        cw_request_submit(core, request, CW_STORE_HOOK_DELETE, remove_hook_stored);
    store->user_id = request->sender->id;
    store->hook_id = request->msg->hook_id;
    request->outlives = true;
}
