/* missed_call.c - see missed_call.h. */
#include "core/missed_call.h"

#include <assert.h>

#include "core/fan_out.h"
#include "core/request.h"
#include "core/state.h"
#include "core/stranger.h"
#include "core/user.h"

/* If it could not be stored, since the disk is full or the callee has just blocked the caller, it
 * is lost. */
static void missed_stored(struct cw_core *core, struct request *request,
                          const struct cw_event *event)
{
    const struct cw_store_result *result = event->store;
    cw_stranger_stored(core, request, result);
    if (result->status != CW_STORE_OK)
        return;
    assert(result->request != NULL && request->target != NULL && request->conn == NULL);
    struct cw_store_message message = {.message_id = result->message_id,
                                       .time_ms = result->time_ms,
                                       .mailbox = result->request->mailbox,
                                       .body = result->request->body,
                                       .kind = CW_KIND_CALL,
                                       .seq = result->seq};
    cw_text_fan_out(core, request, &message);
}

/* To the store it is a message of the caller. */
void cw_missed_store(struct cw_core *core, struct user *caller, struct user *callee)
{
    struct request *request = cw_request_create(core, NULL, NULL);
    assert(caller != callee && !callee->bot);
    cw_user_refer(core, caller);
    cw_user_refer(core, callee);
    request->sender = caller;
    request->target = callee;
    request->outlives = true;
    struct cw_store_request *store =
        cw_request_submit(core, request, CW_STORE_MESSAGE_APPEND, missed_stored);
    store->no_stranger = !cw_stranger_allowed(core, request);
    store->call = true;
    store->mailbox = cw_mailbox_of_user(callee->id);
    store->user_id = caller->id;
    store->body = cw_slice_str(CW_MISSED_CALL);
}
