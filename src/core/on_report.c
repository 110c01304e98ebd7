/* on_report.c - messages that users report to the administrators: report, reports, resolve_report.
 */
#include "base/codes.h"
#include "base/limits.h"
#include "core/conversation.h"
#include "core/effect.h"
#include "core/handlers.h"
#include "core/message_entry.h"
#include "core/refusal.h"
#include "core/request.h"
#include "core/state.h"
#include "core/user.h"
#include "text/profile_text.h"

/* --- report ---------------------------------------------------------------------------------- */

static void report_stored(struct cw_core *core, struct request *request,
                          const struct cw_event *event)
{
    if (!cw_request_refused(core, request, event->store, NULL))
        cw_request_answer(core, request, CW_SUCCESS);
}

static void report_found(struct cw_core *core, struct request *request)
{
    uint64_t seq = request->msg->seq;
    struct cw_slice reason = cw_request_bytes(core, request, request->msg->reason);
    struct cw_store_request *store =
        cw_request_ask_store(core, request, CW_STORE_REPORT_ADD, report_stored);
    store->user_id = request->sender->id;
    store->conversation = cw_conversation_id(request);
    store->seq = seq;
    store->name = reason;
    request->outlives = true;
}

void cw_on_report(struct cw_core *core, struct request *request)
{
    struct cw_slice reason = request->msg->reason;
    if (reason.n > CW_REPORT_REASON_MAX || !cw_status_is_good(reason))
        cw_request_refuse_field(core, request, CW_RULE_BAN_REASON, "reason", CW_REPORT_REASON_MAX);
    else
        cw_conversation_find(core, request, request->msg->conversation, report_found);
}

/* --- reports --------------------------------------------------------------------------------- */

/* A message that has gone, or was deleted, has no text. */
static void describe_report(struct cw_core *core, const struct cw_store_report *report,
                            const struct cw_store_message *message, struct cw_entry *entry)
{
    cw_entry_put_number(entry, CW_E_ID, &entry->id, report->id);
    cw_entry_put_number(entry, CW_E_CREATED, &entry->created_ms, report->created_ms);
    cw_entry_put_string(entry, CW_E_BY, &entry->by, report->by);
    if (report->reason.n != 0)
        cw_entry_put_string(entry, CW_E_REASON, &entry->reason, report->reason);
    if (message->sender.n == 0)
        return;
    cw_entry_put_string(entry, CW_E_SENDER, &entry->sender, message->sender);
    cw_entry_put_number(entry, CW_E_TIME, &entry->time_ms, message->time_ms);
    cw_entry_put_number(entry, CW_E_SEQ, &entry->seq, message->seq);
    if (message->deleted_ms != 0)
        cw_entry_put_number(entry, CW_E_DELETED, &entry->deleted_ms, message->deleted_ms);
    else if (!message->voice)
        cw_entry_put_string(entry, CW_E_CONTENT, &entry->content, message->body);
    if (!cw_mailbox_is_group(message->mailbox))
        return;
    uint8_t *name = cw_arena_alloc(&core->effects->arena, message->mailbox_name.n + 1);
    name[0] = '#';
    if (message->mailbox_name.n != 0)
        memcpy(name + 1, message->mailbox_name.p, message->mailbox_name.n);
    cw_entry_put_string(entry, CW_E_CONVERSATION, &entry->conversation,
                        cw_slice_of(name, message->mailbox_name.n + 1));
}

static void reports_listed(struct cw_core *core, struct request *request,
                           const struct cw_event *event)
{
    const struct cw_store_result *result = event->store;
    if (cw_request_refused(core, request, result, NULL))
        return;
    size_t count = result->report_count;
    struct cw_entry *entries = cw_request_make_entries(core, count);
    for (size_t i = 0; i < count; i++)
        describe_report(core, &result->reports[i], &result->messages[i], &entries[i]);
    cw_request_answer_list(core, request, entries, count,
                           result->more ? result->reports[count - 1].id : 0);
}

void cw_on_reports(struct cw_core *core, struct request *request)
{
    if (cw_request_page_good(core, request))
        cw_request_ask_page(core, request, CW_STORE_REPORT_LIST, reports_listed);
}

/* --- resolve_report -------------------------------------------------------------------------- */

void cw_on_resolve_report(struct cw_core *core, struct request *request)
{
    uint64_t number = request->msg->report;
    struct cw_store_request *store =
        cw_request_submit(core, request, CW_STORE_REPORT_RESOLVE, report_stored);
    store->user_id = cw_request_asker(request);
    store->number = number;
    request->outlives = true;
}
