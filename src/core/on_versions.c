/* on_versions.c - versions: the earlier texts of an edited message of a group, for its owner and
 * moderators. */
#include "core/conversation.h"
#include "core/handlers.h"
#include "core/message_entry.h"
#include "core/refusal.h"
#include "core/request.h"
#include "core/user.h"

static void versions_read(struct cw_core *core, struct request *request,
                          const struct cw_event *event)
{
    const struct cw_store_result *result = event->store;
    if (cw_request_refused(core, request, result, NULL))
        return;
    struct cw_entry *entries = cw_request_make_entries(core, result->message_count);
    for (size_t i = 0; i < result->message_count; i++) {
        const struct cw_store_message *version = &result->messages[i];
        cw_entry_put_number(&entries[i], CW_E_SEQ, &entries[i].seq, version->seq);
        cw_entry_put_number(&entries[i], CW_E_TIME, &entries[i].time_ms, version->time_ms);
        cw_entry_put_string(&entries[i], CW_E_CONTENT, &entries[i].content, version->body);
    }
    cw_request_answer_list(core, request, entries, result->message_count, 0);
}

void cw_on_versions(struct cw_core *core, struct request *request)
{
    uint64_t seq = request->msg->seq;
    if (!cw_group_find_target(core, request))
        return;
    struct cw_store_request *store =
        cw_request_submit(core, request, CW_STORE_VERSION_LIST, versions_read);
    store->user_id = request->sender->id;
    store->group_id = request->target_group;
    store->seq = seq;
}
