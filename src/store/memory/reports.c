/* reports.c - messages that users have reported, and what there is on the server for
 * administrators, in memory: all invitations. */
#include "store/memory/audit.h"
#include "store/rules.h"
#include "store/rules_admin.h"

/* A message that a user has reported. */
struct cw_memory_report {
    uint64_t id, user_id, message_id, created_ms;
    struct cw_slice reason;
};

/* --- reports --------------------------------------------------------------------------------- */

static bool is_reported(const struct cw_memory *m, uint64_t user_id, uint64_t message_id,
                        size_t *count)
{
    bool found = false;
    *count = 0;
    for (size_t i = 0; i < m->reports.count; i++) {
        const struct cw_memory_report *report = m->reports.items[i];
        *count += report->user_id == user_id;
        found |= report->user_id == user_id && report->message_id == message_id;
    }
    return found;
}

void cw_memory_report_add(struct cw_memory *m, const struct cw_store_request *request,
                          struct cw_store_result *result)
{
    size_t count;
    const struct cw_memory_conversation *conversation =
        cw_memory_conversation(m, request->conversation);
    const struct cw_memory_entry *entry =
        conversation == NULL ? NULL : cw_memory_entry(conversation, request->seq);
    if (entry == NULL || !cw_kind_is_message(entry->message.kind) ||
        entry->message.deleted_ms != 0) {
        result->status = CW_STORE_NOT_FOUND;
        return;
    }
    bool reported = is_reported(m, request->user_id, entry->message.message_id, &count);
    if (count >= CW_REPORTS_MAX) {
        result->status = CW_STORE_FULL;
        return;
    }
    result->repeated = reported;
    if (reported)
        return;
    struct cw_memory_report *report = cw_memory_keep(m, sizeof *report);
    *report = (struct cw_memory_report){.id = ++m->last_report_id,
                                        .user_id = request->user_id,
                                        .message_id = entry->message.message_id,
                                        .created_ms = request->time_ms,
                                        .reason = cw_arena_copy(&m->arena, request->name)};
    cw_memory_add(&m->reports, report);
}

static struct cw_slice name_of_user_or_none(struct cw_memory *m, uint64_t user_id)
{
    const struct cw_memory_user *user = cw_memory_at(&m->users, user_id);
    return user == NULL ? (struct cw_slice){0} : cw_memory_out(m, user->name);
}

void cw_memory_report_list(struct cw_memory *m, const struct cw_store_request *request,
                           struct cw_store_result *result)
{
    result->status = cw_store_may_administer(&m->store, request->user_id);
    if (result->status != CW_STORE_OK)
        return;
    result->reports = cw_memory_out_array(m, request->limit, sizeof result->reports[0]);
    result->messages = cw_memory_out_array(m, request->limit, sizeof result->messages[0]);
    for (size_t i = 0; i < m->reports.count; i++) {
        const struct cw_memory_report *report = m->reports.items[i];
        if (report->id <= request->after)
            continue;
        result->more = result->report_count == request->limit;
        if (result->more)
            break;
        const struct cw_memory_entry *entry = cw_memory_entry_with_id(m, report->message_id);
        result->messages[result->report_count] =
            entry != NULL ? cw_memory_show(m, entry, false)
                          : (struct cw_store_message){.message_id = report->message_id};
        result->reports[result->report_count++] =
            (struct cw_store_report){.id = report->id,
                                     .by = name_of_user_or_none(m, report->user_id),
                                     .message_id = report->message_id,
                                     .created_ms = report->created_ms,
                                     .reason = cw_memory_out(m, report->reason)};
    }
    result->message_count = result->report_count;
}

void cw_memory_report_resolve(struct cw_memory *m, const struct cw_store_request *request,
                              struct cw_store_result *result)
{
    result->status = cw_store_may_administer(&m->store, request->user_id);
    for (size_t i = 0; result->status == CW_STORE_OK && i < m->reports.count; i++) {
        if (((const struct cw_memory_report *)m->reports.items[i])->id != request->number)
            continue;
        cw_memory_remove(&m->reports, i);
        cw_memory_audit(m, request, CW_AUDIT_RESOLVE_REPORT, request->number, (struct cw_slice){0});
        return;
    }
    if (result->status == CW_STORE_OK)
        result->status = CW_STORE_NOT_FOUND;
}

/* --- invitations ----------------------------------------------------------------------------- */

static bool is_good_to_server(const struct cw_memory_invitation *invitation,
                              const struct cw_store_request *request)
{
    return invitation->mailbox == 0 && invitation->user_id != 0 && invitation->uses != 0 &&
           !cw_store_is_over(request, invitation->expires_ms);
}

void cw_memory_server_invite_list(struct cw_memory *m, const struct cw_store_request *request,
                                  struct cw_store_result *result)
{
    result->status = cw_store_may_administer(&m->store, request->user_id);
    if (result->status != CW_STORE_OK)
        return;
    result->invitations = cw_memory_out_array(m, request->limit, sizeof result->invitations[0]);
    for (size_t i = 0; i < m->invitations.count; i++) {
        const struct cw_memory_invitation *kept = m->invitations.items[i];
        if (kept->id <= request->after || !is_good_to_server(kept, request))
            continue;
        result->more = result->invitation_count == request->limit;
        if (result->more)
            return;
        result->invitations[result->invitation_count++] =
            (struct cw_store_invitation){.id = kept->id,
                                         .by = name_of_user_or_none(m, kept->user_id),
                                         .maker_id = kept->user_id,
                                         .created_ms = kept->created_ms,
                                         .expires_ms = kept->expires_ms,
                                         .uses = kept->uses};
    }
}

void cw_memory_server_invite_end(struct cw_memory *m, const struct cw_store_request *request,
                                 struct cw_store_result *result)
{
    result->status = cw_store_may_administer(&m->store, request->user_id);
    for (size_t i = 0; result->status == CW_STORE_OK && i < m->invitations.count; i++) {
        if (((const struct cw_memory_invitation *)m->invitations.items[i])->id !=
            request->invitation_id)
            continue;
        cw_memory_remove(&m->invitations, i);
        cw_memory_audit(m, request, CW_AUDIT_END_INVITATION, request->invitation_id,
                        (struct cw_slice){0});
        return;
    }
    if (result->status == CW_STORE_OK)
        result->status = CW_STORE_NOT_FOUND;
}
