/* edits.c - edits and deletions of messages, in SQLite. The text is stored once, in the message's
 * row: an EDIT's entry refers to that row, so a deletion leaves no copy of the text. What was there
 * before an edit, where it is kept, is in versions.c. */
#include "store/sqlite/edits.h"
#include "store/rules.h"
#include "store/rules_mention.h"
#include "store/sqlite/clean.h"
#include "store/sqlite/damage.h"
#include "store/sqlite/file_rows.h"
#include "store/sqlite/files.h"
#include "store/sqlite/inbox.h"
#include "store/sqlite/mentions.h"
#include "store/sqlite/message.h"
#include "store/sqlite/messages.h"
#include "store/sqlite/operations.h"
#include "store/sqlite/pins.h"
#include "store/sqlite/reactions.h"
#include "store/sqlite/retention.h"
#include "store/sqlite/search.h"
#include "store/sqlite/sql.h"
#include "store/sqlite/state.h"
#include "store/sqlite/stored.h"
#include "store/sqlite/versions.h"

/* The message that the request is about, which the asker may at least read. */
static bool find_subject(struct cw_sqlite *s, const struct cw_store_request *request,
                         struct cw_store_result *result, struct cw_sqlite_message *message,
                         struct cw_arena *arena)
{
    result->status = cw_store_may_read(&s->store, request->user_id, request->conversation);
    if (result->status != CW_STORE_OK)
        return false;
    uint64_t id = cw_sqlite_id_at(s, request->conversation, request->seq);
    if (id == 0 || !cw_sqlite_message_find(s, id, CW_WANT_TEXT, CW_NOBODY, message, arena) ||
        !cw_kind_is_message(message->m.kind)) {
        result->status = CW_STORE_NOT_FOUND;
        return false;
    }
    if (message->lost) /* its sender is unknown */
        result->status = CW_STORE_UNAVAILABLE;
    return !message->lost;
}

/* The entry that says what was done to the message. */
static void add_event(struct cw_sqlite *s, const struct cw_store_request *request,
                      const struct cw_sqlite_message *message, enum cw_store_kind kind,
                      uint64_t seq, struct cw_store_result *result, struct cw_arena *arena)
{
    struct cw_sqlite_new event = {.mailbox = cw_store_event_mailbox(request),
                                  .sender_id = request->user_id,
                                  .seq = seq,
                                  .time_ms = request->time_ms,
                                  .kind = kind,
                                  .about = message->m.seq,
                                  .previous = message->m.message_id};
    cw_sqlite_message_add(s, &event, result);
    cw_sqlite_prune(s, request->conversation, event.seq, arena);
}

static uint64_t next_seq(struct cw_sqlite *s, const struct cw_store_request *request)
{
    return cw_sqlite_last(s, request->conversation).seq + 1;
}

/* The number of the message with this id, and its newest event. */
static uint64_t read_place(struct cw_sqlite *s, uint64_t id, struct cw_store_result *result)
{
    uint64_t changed = 0;
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_MESSAGE_CHANGED);
    cw_sql_int(st, 1, id);
    if (cw_sql_row(s, st)) {
        result->message_id = id;
        result->seq = cw_sql_column_int(st, 0);
        result->time_ms = cw_sql_column_int(st, 1);
        changed = cw_sql_column_int(st, 2);
    }
    cw_sql_end(st);
    return changed;
}

/* The change was made before. For a change by version 0.1.0 no entry is known. */
static void answer_repeated(struct cw_sqlite *s, const struct cw_store_request *request,
                            const struct cw_sqlite_message *message, struct cw_store_result *result)
{
    result->repeated = true;
    uint64_t changed = read_place(s, message->m.message_id, result);
    if (changed != 0)
        read_place(s, cw_sqlite_id_at(s, request->conversation, changed), result);
}

/* Has the answer of the rules been OK? Else it is the result. */
static bool may_change(struct cw_sqlite *s, const struct cw_store_request *request,
                       const struct cw_sqlite_message *message, enum cw_store_status status,
                       struct cw_store_result *result)
{
    if (status == CW_STORE_EXISTS)
        answer_repeated(s, request, message, result);
    else
        result->status = status;
    return status == CW_STORE_OK;
}

/* Its body has so many bytes now. */
static void take_instead(struct cw_sqlite *s, const struct cw_sqlite_message *message, uint64_t n)
{
    cw_sqlite_stored_change(s, message->m.sender_id, message->m.message_id, message->stored,
                            cw_sqlite_stored_size(message->m.kind, "", n));
}

void cw_sqlite_message_edit(struct cw_sqlite *s, const struct cw_store_request *request,
                            struct cw_store_result *result, struct cw_arena *arena)
{
    struct cw_sqlite_message message;
    if (!find_subject(s, request, result, &message, arena))
        return;
    const struct cw_store_entry entry = cw_sqlite_message_entry(&message);
    if (!may_change(s, request, &message,
                    cw_store_may_edit(&s->store, &s->options, request, &entry, message.m.body,
                                      message.stored),
                    result))
        return;
    uint64_t seq = next_seq(s, request);
    cw_sqlite_version_keep(s, request, &message.m);
    cw_sqlite_search_remove(s, &message.m);
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_MESSAGE_EDIT);
    cw_sql_int(st, 1, message.m.message_id);
    cw_sql_int(st, 2, request->time_ms);
    cw_sql_blob(st, 3, request->body);
    cw_sql_int(st, 4, seq);
    cw_sql_int(st, 5, cw_sqlite_sum_with(&message.m, cw_store_body_sum(request->body)));
    cw_sql_run(s, CW_SQL_MESSAGE_EDIT);
    if (message.m.damaged || cw_store_may_mention(message.m.body))
        cw_sqlite_mentions_drop(s, message.m.message_id);
    cw_sqlite_mentions_add(s, request, &message.m, result, arena);
    take_instead(s, &message, request->body.n);
    cw_sqlite_unclean(s, CW_UNCLEAN_LOG);
    message.m.body = request->body;
    cw_sqlite_search_add(s, &message.m);
    add_event(s, request, &message, CW_KIND_EDIT, seq, result, arena);
}

void cw_sqlite_message_blank(struct cw_sqlite *s, const struct cw_sqlite_message *message,
                             uint64_t time_ms, uint64_t event_seq)
{
    const struct cw_store_message *m = &message->m;
    cw_sqlite_search_remove(s, m);
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_MESSAGE_BLANK);
    cw_sql_int(st, 1, m->message_id);
    cw_sql_int(st, 2, time_ms);
    cw_sql_int(st, 3, event_seq);
    cw_sql_int(st, 4, cw_sqlite_sum_with(m, cw_store_body_sum(cw_slice_of("", 0))));
    cw_sql_run(s, CW_SQL_MESSAGE_BLANK);
    take_instead(s, message, 0);
    cw_sqlite_reactions_drop(s, m);
    cw_sqlite_mentions_drop(s, m->message_id);
    cw_sqlite_versions_drop(s, m->message_id);
    cw_sqlite_pin_drop(s, cw_conversation_of(m->mailbox, m->sender_id), m->seq);
    cw_sqlite_unclean(s, CW_UNCLEAN_LOG);
    if (message->blob[0] != '\0')
        cw_sqlite_unlink_later(s, cw_slice_str(message->blob));
    if (m->file_id != 0)
        cw_sqlite_file_remove(s, m->file_id);
}

void cw_sqlite_message_delete(struct cw_sqlite *s, const struct cw_store_request *request,
                              struct cw_store_result *result, struct cw_arena *arena)
{
    struct cw_sqlite_message message;
    if (!find_subject(s, request, result, &message, arena))
        return;
    const struct cw_store_entry entry = cw_sqlite_message_entry(&message);
    if (!may_change(s, request, &message, cw_store_may_delete(&s->store, request, &entry), result))
        return;
    uint64_t seq = next_seq(s, request);
    cw_sqlite_message_blank(s, &message, request->time_ms, seq);
    add_event(s, request, &message, CW_KIND_DELETE, seq, result, arena);
}
