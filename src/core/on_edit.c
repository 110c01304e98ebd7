/* on_edit.c - edit, delete: an entry of its own in the conversation, which changes an earlier one.
 * It is delivered like a message to sessions with the feature; others skip it.
 */
#include <assert.h>

#include "base/codes.h"
#include "core/conversation.h"
#include "core/effect.h"
#include "core/fan_out.h"
#include "core/handlers.h"
#include "core/mention.h"
#include "core/refusal.h"
#include "core/request.h"
#include "core/state.h"
#include "core/user.h"

/* The text is the request's, which ends with this step; a deletion has none. */
static void fan_out_change(struct cw_core *core, const struct request *request,
                           const struct cw_store_result *result)
{
    const struct cw_msg *msg = request->msg;
    bool edit = request->action == CW_EDIT;
    struct cw_store_message message = {.message_id = result->message_id,
                                       .time_ms = result->time_ms,
                                       .kind = edit ? CW_KIND_EDIT : CW_KIND_DELETE,
                                       .seq = result->seq,
                                       .mentions = result->mentions,
                                       .of = msg->seq};
    if (edit)
        message.body = cw_effect_copy(core, msg->content);
    message.mailbox = request->target != NULL ? cw_mailbox_of_user(request->target->id)
                                              : cw_mailbox_of_group(request->target_group);
    cw_text_fan_out(core, request, &message);
}

static void edit_stored(struct cw_core *core, struct request *request, const struct cw_event *event)
{
    const struct cw_store_result *result = event->store;
    if (cw_request_refused(core, request, result, NULL))
        return;
    assert(result->repeated || (result->message_id != 0 && result->seq != 0));
    request->message_id = result->message_id;
    request->message_seq = result->seq;
    request->message_time_ms = result->time_ms;
    cw_request_note_mentions(request, result);
    if (!result->repeated)
        fan_out_change(core, request, result);
    cw_request_answer(core, request, CW_SUCCESS);
}

static void edit_found(struct cw_core *core, struct request *request)
{
    bool edit = request->action == CW_EDIT;
    if ((edit && !cw_conversation_open(core, request)) || !cw_text_allowed_there(core, request))
        return;
    cw_request_keep(core, request);
    struct cw_store_request *store = cw_request_submit(
        core, request, edit ? CW_STORE_MESSAGE_EDIT : CW_STORE_MESSAGE_DELETE, edit_stored);
    store->conversation = cw_conversation_id(request);
    store->user_id = request->sender->id;
    store->seq = request->msg->seq;
    if (edit)
        store->body = cw_request_bytes(core, request, request->msg->content);
    if (edit)
        request->cut = !cw_mentions_put(core, request->msg->content, store);
    request->outlives = true;
    cw_request_unblock(request);
}

void cw_on_edit(struct cw_core *core, struct request *request)
{
    if (cw_text_allowed(core, request))
        cw_conversation_find(core, request, request->msg->conversation, edit_found);
}

void cw_on_delete(struct cw_core *core, struct request *request)
{
    cw_on_edit(core, request);
}
