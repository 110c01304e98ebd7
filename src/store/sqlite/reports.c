/* reports.c - messages that users have reported, and what there is on the server for
 * administrators, in SQLite: all invitations. */
#include <stdlib.h>

#include "store/rules.h"
#include "store/rules_admin.h"
#include "store/sqlite/audit.h"
#include "store/sqlite/inbox.h"
#include "store/sqlite/message.h"
#include "store/sqlite/messages.h"
#include "store/sqlite/operations.h"
#include "store/sqlite/rows.h"
#include "store/sqlite/sql.h"
#include "store/sqlite/state.h"

/* --- reports --------------------------------------------------------------------------------- */

void cw_sqlite_report_add(struct cw_sqlite *s, const struct cw_store_request *request,
                          struct cw_store_result *result, struct cw_arena *arena)
{
    (void)arena;
    struct cw_store_entry entry;
    bool found = cw_sqlite_entry_at(&s->store, request->conversation, request->seq, &entry) &&
                 cw_kind_is_message(entry.kind) && !entry.deleted;
    uint64_t count = cw_sql_query(s, CW_SQL_REPORTS_OF_USER, CW_NUMBERS(request->user_id));
    if (!found || count >= CW_REPORTS_MAX) {
        result->status = found ? CW_STORE_FULL : CW_STORE_NOT_FOUND;
        return;
    }
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_REPORT_INSERT);
    cw_sql_int(st, 1, request->user_id);
    cw_sql_int(st, 2, cw_sqlite_id_at(s, request->conversation, request->seq));
    cw_sql_int(st, 3, request->time_ms);
    cw_sql_text_of(st, 4, request->name.n != 0 ? request->name : cw_slice_of("", 0));
    result->repeated = cw_sql_run(s, CW_SQL_REPORT_INSERT) == 0;
}

/* Of a message that is no longer there nothing but its number is known. */
static void find_reported(struct cw_sqlite *s, uint64_t message_id,
                          struct cw_store_message *message, struct cw_arena *arena)
{
    struct cw_sqlite_message found;
    struct cw_sqlite_name names[2] = {{0}, {0}};
    *message = (struct cw_store_message){.message_id = message_id};
    if (!cw_sqlite_message_find(s, message_id, CW_WANT_TEXT, CW_NOBODY, &found, arena))
        return;
    cw_sqlite_message_load(s, &found, arena);
    *message = found.m;
    cw_sqlite_message_name(s, message, names, arena);
}

void cw_sqlite_report_list(struct cw_sqlite *s, const struct cw_store_request *request,
                           struct cw_store_result *result, struct cw_arena *arena)
{
    uint64_t by[CW_LIST_MAX];
    result->status = cw_store_may_administer(&s->store, request->user_id);
    if (result->status != CW_STORE_OK)
        return;
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_REPORTS_AFTER);
    cw_sql_int(st, 1, request->after);
    result->reports = cw_arena_alloc(arena, request->limit * sizeof result->reports[0]);
    result->messages = cw_arena_alloc(arena, request->limit * sizeof result->messages[0]);
    while (cw_sql_row(s, st)) {
        result->more = result->report_count == request->limit;
        if (result->more) {
            cw_sql_end(st);
            break;
        }
        by[result->report_count] = cw_sql_column_int(st, 1);
        result->reports[result->report_count++] =
            (struct cw_store_report){.id = cw_sql_column_int(st, 0),
                                     .message_id = cw_sql_column_int(st, 2),
                                     .created_ms = cw_sql_column_int(st, 3),
                                     .reason = cw_sql_column_copy(st, 4, arena)};
    }
    for (size_t i = 0; i < result->report_count; i++) {
        result->reports[i].by = cw_sqlite_name_of(s, cw_mailbox_of_user(by[i]), arena);
        find_reported(s, result->reports[i].message_id, &result->messages[i], arena);
    }
    result->message_count = result->report_count;
}

void cw_sqlite_report_resolve(struct cw_sqlite *s, const struct cw_store_request *request,
                              struct cw_store_result *result, struct cw_arena *arena)
{
    (void)arena;
    result->status = cw_store_may_administer(&s->store, request->user_id);
    if (result->status != CW_STORE_OK)
        return;
    if (cw_sql_run_with(s, CW_SQL_REPORT_DELETE, CW_NUMBERS(request->number)) == 0)
        result->status = CW_STORE_NOT_FOUND;
    else
        cw_sqlite_audit(s, request, CW_AUDIT_RESOLVE_REPORT, request->number, (struct cw_slice){0});
}

/* --- invitations ----------------------------------------------------------------------------- */

static int by_invitation_id(const void *a, const void *b)
{
    const struct cw_store_invitation *x = a, *y = b;
    return x->id < y->id ? -1 : x->id > y->id;
}

/* The index has them by their makers: the page with the lowest ids is kept of all. */
void cw_sqlite_server_invite_list(struct cw_sqlite *s, const struct cw_store_request *request,
                                  struct cw_store_result *result, struct cw_arena *arena)
{
    size_t count = 0, capacity = 0;
    struct cw_store_invitation *all = NULL;
    result->status = cw_store_may_administer(&s->store, request->user_id);
    if (result->status != CW_STORE_OK)
        return;
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_SERVER_INVITATIONS);
    cw_sql_int(st, 1, cw_store_moment(request).earlier_ms);
    while (cw_sql_row(s, st)) {
        if (cw_sql_column_int(st, 0) <= request->after)
            continue;
        if (count == capacity)
            all = cw_realloc(all, (capacity = capacity * 2 + 64) * sizeof all[0]);
        all[count++] = (struct cw_store_invitation){.id = cw_sql_column_int(st, 0),
                                                    .uses = cw_sql_column_int(st, 4),
                                                    .created_ms = cw_sql_column_int(st, 2),
                                                    .expires_ms = cw_sql_column_int(st, 3),
                                                    .maker_id = cw_sql_column_int(st, 1)};
    }
    if (count > 1)
        qsort(all, count, sizeof all[0], by_invitation_id);
    result->more = count > request->limit;
    result->invitation_count = result->more ? request->limit : count;
    result->invitations =
        cw_arena_alloc(arena, (result->invitation_count + 1) * sizeof result->invitations[0]);
    for (size_t i = 0; i < result->invitation_count; i++) {
        result->invitations[i] = all[i];
        result->invitations[i].by =
            cw_sqlite_name_of(s, cw_mailbox_of_user(all[i].maker_id), arena);
    }
    free(all);
}

void cw_sqlite_server_invite_end(struct cw_sqlite *s, const struct cw_store_request *request,
                                 struct cw_store_result *result, struct cw_arena *arena)
{
    (void)arena;
    result->status = cw_store_may_administer(&s->store, request->user_id);
    if (result->status != CW_STORE_OK)
        return;
    if (cw_sql_run_with(s, CW_SQL_INVITATION_DELETE, CW_NUMBERS(request->invitation_id)) == 0)
        result->status = CW_STORE_NOT_FOUND;
    else
        cw_sqlite_audit(s, request, CW_AUDIT_END_INVITATION, request->invitation_id,
                        (struct cw_slice){0});
}
