/* on_pin.c - the pinned messages of a group: pin, unpin, pins. Members are told by a group_event,
 * as of its other settings. */
#include "base/codes.h"
#include "core/conversation.h"
#include "core/group.h"
#include "core/group_event.h"
#include "core/handlers.h"
#include "core/message_entry.h"
#include "core/refusal.h"
#include "core/request.h"
#include "core/user.h"

static void pin_stored(struct cw_core *core, struct request *request, const struct cw_event *event)
{
    if (cw_request_refused(core, request, event->store, NULL))
        return;
    const struct cw_extras which = {.present = CW_BIT(CW_X_SEQ), .seq = request->msg->seq};
    const struct group *group = cw_group_by_id(core, request->target_group);
    if (group != NULL && !event->store->repeated)
        cw_group_event_of(core, group, request->action == CW_PIN ? "pinned" : "unpinned", request,
                          &which);
    cw_request_answer(core, request, CW_SUCCESS);
}

void cw_on_pin(struct cw_core *core, struct request *request)
{
    if (!cw_group_find_target(core, request))
        return;
    struct cw_store_request *store = cw_request_ask_store(
        core, request, request->action == CW_PIN ? CW_STORE_PIN : CW_STORE_UNPIN, pin_stored);
    store->user_id = request->sender->id;
    store->group_id = request->target_group;
    store->seq = request->msg->seq;
    request->outlives = true;
}

static void pins_read(struct cw_core *core, struct request *request, const struct cw_event *event)
{
    const struct cw_store_result *result = event->store;
    size_t count = result->message_count;
    if (cw_request_refused(core, request, result, NULL))
        return;
    cw_request_answer_list(core, request, cw_entries_of_messages(core, result), count,
                           result->more && count != 0 ? result->messages[count - 1].seq : 0);
}

void cw_on_pins(struct cw_core *core, struct request *request)
{
    if (!cw_group_find_target(core, request))
        return;
    uint64_t after = request->msg->extras.after;
    struct cw_store_request *store = cw_request_submit(core, request, CW_STORE_PIN_LIST, pins_read);
    store->user_id = request->sender->id;
    store->group_id = request->target_group;
    store->after = after;
}
