/* versions.c - earlier texts of edited messages, in SQLite, for the moderators of groups that keep
 * them. They go in the transaction that deletes their message, with it by retention, and each for
 * itself when its time is over: by the date, in idle moments; from then on nobody is shown it. */
#include "store/sqlite/versions.h"

#include "store/rules_group.h"
#include "store/sqlite/clean.h"
#include "store/sqlite/inbox.h"
#include "store/sqlite/messages.h"
#include "store/sqlite/operations.h"
#include "store/sqlite/sql.h"
#include "store/sqlite/state.h"

#define EXPIRED_PER_SLICE 32

static uint64_t end_of(const struct cw_store_request *request, uint64_t days)
{
    return cw_store_moment(request).earlier_ms + days * CW_DAY_MS;
}

/* --- keeping ----------------------------------------------------------------------------- */

void cw_sqlite_version_keep(struct cw_sqlite *s, const struct cw_store_request *request,
                            const struct cw_store_message *message)
{
    uint64_t group_id = message->mailbox >> 1;
    uint64_t days = cw_mailbox_is_group(message->mailbox)
                        ? cw_sql_query(s, CW_SQL_GROUP_VERSION_DAYS, CW_NUMBERS(group_id))
                        : 0;
    if (days == 0 || message->damaged)
        return;
    uint64_t number = cw_sql_query(s, CW_SQL_VERSION_LAST, CW_NUMBERS(message->message_id)) + 1;
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_VERSION_INSERT);
    cw_sql_int(st, 1, message->message_id);
    cw_sql_int(st, 2, number);
    cw_sql_int(st, 3, group_id);
    cw_sql_int(st, 4, message->edited_ms != 0 ? message->edited_ms : message->time_ms);
    cw_sql_int(st, 5, end_of(request, days));
    cw_sql_blob(st, 6, message->body);
    cw_sql_run(s, CW_SQL_VERSION_INSERT);
    if (number > CW_VERSIONS_MAX)
        cw_sql_run_with(s, CW_SQL_VERSIONS_TRIM,
                        CW_NUMBERS(message->message_id, number - CW_VERSIONS_MAX));
    s->version_ends_ms = 0;
}

void cw_sqlite_versions_drop(struct cw_sqlite *s, uint64_t message_id)
{
    cw_sql_run_with(s, CW_SQL_VERSIONS_DROP, CW_NUMBERS(message_id));
}

void cw_sqlite_group_versions(struct cw_sqlite *s, const struct cw_store_request *request,
                              struct cw_store_result *result, struct cw_arena *arena)
{
    (void)arena;
    uint64_t group_id = request->group_id, days = request->version_days;
    result->status = cw_store_may_change_group(&s->store, request, group_id);
    if (result->status != CW_STORE_OK)
        return;
    cw_sql_run_with(s, CW_SQL_GROUP_SET_VERSIONS, CW_NUMBERS(group_id, days));
    if (days == 0)
        cw_sql_run_with(s, CW_SQL_VERSIONS_DROP_GROUP, CW_NUMBERS(group_id));
    else
        cw_sql_run_with(s, CW_SQL_VERSIONS_SHORTEN, CW_NUMBERS(group_id, end_of(request, days)));
    s->version_ends_ms = 0;
    cw_sqlite_unclean(s, CW_UNCLEAN_LOG);
}

/* --- going --------------------------------------------------------------------------------- */

bool cw_sqlite_versions_due(const struct cw_sqlite *s)
{
    return s->version_ends_ms <= s->moment.earlier_ms;
}

/* The one whose time is over first; false: there is none. */
static bool find_first(struct cw_sqlite *s, uint64_t *message_id, uint64_t *number)
{
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_VERSION_FIRST);
    bool found = cw_sql_row(s, st);
    s->version_ends_ms = found ? cw_sql_column_int(st, 0) : UINT64_MAX;
    *message_id = found ? cw_sql_column_int(st, 1) : 0;
    *number = found ? cw_sql_column_int(st, 2) : 0;
    cw_sql_end(st);
    return found;
}

bool cw_sqlite_versions_expire(struct cw_sqlite *s)
{
    uint64_t message_id, number;
    for (int i = 0; i < EXPIRED_PER_SLICE && cw_sqlite_versions_due(s); i++) {
        if (!find_first(s, &message_id, &number) || !cw_sqlite_versions_due(s))
            return false;
        cw_sql_run_with(s, CW_SQL_VERSION_DELETE, CW_NUMBERS(message_id, number));
        cw_sqlite_unclean(s, CW_UNCLEAN_LOG);
        s->version_ends_ms = 0;
    }
    return cw_sqlite_versions_due(s) && s->trouble == CW_STORE_OK;
}

/* --- showing ------------------------------------------------------------------------------- */

void cw_sqlite_version_list(struct cw_sqlite *s, const struct cw_store_request *request,
                            struct cw_store_result *result, struct cw_arena *arena)
{
    struct cw_store_entry entry;
    uint64_t conversation = cw_mailbox_of_group(request->group_id);
    bool found = cw_sqlite_entry_at(&s->store, conversation, request->seq, &entry);
    result->status = cw_store_may_see_versions(&s->store, request, found ? &entry : NULL);
    if (result->status != CW_STORE_OK)
        return;
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_VERSIONS);
    cw_sql_int(st, 1, cw_sqlite_id_at(s, conversation, request->seq));
    cw_sql_int(st, 2, cw_store_moment(request).earlier_ms);
    result->messages = cw_arena_alloc(arena, CW_VERSIONS_MAX * sizeof result->messages[0]);
    while (result->message_count < CW_VERSIONS_MAX && cw_sql_row(s, st))
        result->messages[result->message_count++] =
            (struct cw_store_message){.seq = request->seq,
                                      .time_ms = cw_sql_column_int(st, 0),
                                      .body = cw_sql_column_copy(st, 1, arena)};
    cw_sql_end(st);
}
