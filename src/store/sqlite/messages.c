/* messages.c - one message by its id, in SQLite. */
#include <stdio.h>

#include "store/blob.h"
#include "store/rules.h"
#include "store/sqlite/damage.h"
#include "store/sqlite/file_rows.h"
#include "store/sqlite/inbox.h"
#include "store/sqlite/lost.h"
#include "store/sqlite/message.h"
#include "store/sqlite/messages.h"
#include "store/sqlite/operations.h"
#include "store/sqlite/operator.h"
#include "store/sqlite/own.h"
#include "store/sqlite/rows.h"
#include "store/sqlite/sql.h"
#include "store/sqlite/state.h"
#include "store/sqlite/stored.h"
#include "store/sqlite/trouble.h"

/* --- one message ----------------------------------------------------------------------- */

static void read_message_row(cw_sql_statement *st, struct cw_sqlite_message *message,
                             struct cw_arena *arena)
{
    message->m.mailbox = cw_sql_column_int(st, 0);
    message->m.sender_id = cw_sql_column_int(st, 1);
    message->m.seq = cw_sql_column_int(st, 2);
    message->m.time_ms = cw_sql_column_int(st, 3);
    message->m.kind = (enum cw_store_kind)cw_sql_column_int(st, 4);
    message->m.voice = message->m.kind == CW_KIND_VOICE;
    message->m.channels = (uint32_t)cw_sql_column_int(st, 5);
    message->m.sample_rate = (uint32_t)cw_sql_column_int(st, 6);
    message->m.reply_to = cw_sql_column_int(st, 7);
    message->m.of = !cw_kind_is_message(message->m.kind) ? cw_sql_column_int(st, 8) : 0;
    message->m.edited_ms = cw_sql_column_int(st, 9);
    message->m.deleted_ms = cw_sql_column_int(st, 10);
    message->previous = cw_sql_column_int(st, 11);
    if (message->m.voice) {
        message->m.duration_ms = (uint32_t)cw_sql_column_int(st, 12);
        message->m.played_ms = cw_sql_column_int(st, 13);
        message->m.waveform = cw_sql_column_copy(st, 14, arena);
    }
    struct cw_slice blob = cw_sql_column_slice(st, 15);
    if (blob.n != 0)
        snprintf(message->blob, sizeof message->blob, "%.*s", (int)blob.n, (const char *)blob.p);
    message->m.size = cw_sql_column_int(st, 16);
    message->stored = cw_sqlite_stored_size(message->m.kind, message->blob, message->m.size);
    if (cw_sql_column_slice(st, 17).n != 0)
        message->m.body = cw_sql_column_copy(st, 17, arena);
    message->has_sum = !cw_sql_column_is_null(st, 18);
    message->sum = cw_sql_column_int(st, 18);
    message->m.file_id = cw_sql_column_int(st, 19);
}

/* An EDIT has the text and the deletion of the message that it is about. */
static void read_subject(struct cw_sqlite *s, struct cw_sqlite_message *message,
                         struct cw_arena *arena)
{
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_MESSAGE_TEXT);
    cw_sql_int(st, 1, message->previous);
    if (cw_sql_row(s, st)) {
        struct cw_sqlite_message subject = {.m = {.message_id = message->previous,
                                                  .body = cw_sql_column_copy(st, 1, arena),
                                                  .mailbox = cw_sql_column_int(st, 2),
                                                  .seq = cw_sql_column_int(st, 3),
                                                  .sender_id = cw_sql_column_int(st, 4),
                                                  .time_ms = cw_sql_column_int(st, 5)}};
        subject.m.kind = (enum cw_store_kind)cw_sql_column_int(st, 6);
        subject.has_sum = !cw_sql_column_is_null(st, 7);
        subject.sum = cw_sql_column_int(st, 7);
        cw_sqlite_check(s, &subject, cw_store_body_sum(subject.m.body));
        message->m.deleted_ms = cw_sql_column_int(st, 0);
        message->m.damaged |= subject.m.damaged;
        message->m.body = subject.m.damaged ? cw_slice_str(CW_DAMAGED_TEXT) : subject.m.body;
        message->m.size = message->m.body.n;
    }
    cw_sql_end(st);
    if (cw_sqlite_pass(s, CW_SQL_MESSAGE_TEXT))
        cw_sqlite_spoil(s, message, "the page of the message that it edits is damaged");
}

/* A page that its row needs is damaged: what stands before the body may be left. */
static bool find_head(struct cw_sqlite *s, struct cw_sqlite_message *message,
                      struct cw_arena *arena)
{
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_MESSAGE_HEAD);
    cw_sql_int(st, 1, message->m.message_id);
    bool found = cw_sql_row(s, st);
    if (found)
        read_message_row(st, message, arena);
    cw_sql_end(st);
    message->lost = cw_sqlite_pass(s, CW_SQL_MESSAGE_HEAD);
    if (found || message->lost)
        cw_sqlite_spoil(s, message, "its page of the database is damaged");
    return found || message->lost;
}

bool cw_sqlite_message_find(struct cw_sqlite *s, uint64_t id, enum cw_sqlite_want want,
                            uint64_t not_of, struct cw_sqlite_message *message,
                            struct cw_arena *arena)
{
    size_t size;
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_MESSAGE_BY_ID);
    *message = (struct cw_sqlite_message){.m = {.message_id = id}};
    cw_sql_int(st, 1, id);
    cw_sql_int(st, 2, not_of);
    cw_sql_int(st, 3, want == CW_WANT_ALL);
    bool found = cw_sql_row(s, st);
    if (found)
        read_message_row(st, message, arena);
    cw_sql_end(st);
    if (!found && cw_sqlite_pass(s, CW_SQL_MESSAGE_BY_ID))
        return find_head(s, message, arena);
    if (found && message->blob[0] != '\0') {
        if (!cw_blob_size(message->blob, &size))
            cw_sqlite_spoil(s, message, "its row is damaged: that is no name of a recording");
        else
            message->m.size = size;
    } else if (found) {
        cw_sqlite_check(s, message, cw_store_body_sum(message->m.body));
    }
    if (found && message->m.file_id != 0)
        cw_sqlite_file_describe(s, &message->m, arena);
    if (found && message->m.kind == CW_KIND_EDIT && message->m.sender_id != not_of)
        read_subject(s, message, arena);
    return found && s->trouble == CW_STORE_OK;
}

static bool find_entry(struct cw_sqlite *s, uint64_t id, struct cw_store_entry *entry)
{
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_MESSAGE_ENTRY);
    *entry = (struct cw_store_entry){.kind = CW_KIND_TEXT};
    cw_sql_int(st, 1, id);
    bool found = cw_sql_row(s, st);
    if (found) {
        entry->sender_id = cw_sql_column_int(st, 0);
        entry->kind = (enum cw_store_kind)cw_sql_column_int(st, 1);
        entry->deleted = cw_sql_column_int(st, 2) != 0;
    }
    cw_sql_end(st);
    /* If its row is damaged, it is shown as a text of an unknown user. */
    return found || cw_sqlite_pass(s, CW_SQL_MESSAGE_ENTRY);
}

bool cw_sqlite_entry_at(struct cw_store *store, uint64_t conversation, uint64_t seq,
                        struct cw_store_entry *entry)
{
    struct cw_sqlite *s = (struct cw_sqlite *)store;
    uint64_t id = cw_sqlite_id_at(s, conversation, seq);
    return id != 0 && find_entry(s, id, entry);
}

bool cw_sqlite_message_exists(struct cw_sqlite *s, uint64_t id)
{
    struct cw_store_entry entry;
    return find_entry(s, id, &entry);
}

enum cw_store_status cw_sqlite_message_load(struct cw_sqlite *s, struct cw_sqlite_message *message,
                                            struct cw_arena *arena)
{
    int error = 0;
    uint64_t sum = 0;
    struct cw_owned *body;
    if (message->blob[0] == '\0' || message->m.damaged)
        return CW_STORE_OK;
    switch (cw_blob_read(s->folder, message->blob, arena, &body, &sum, &error)) {
    case CW_STORE_OK:
        message->m.body = body->slice;
        message->m.body_owner = body;
        cw_sqlite_check(s, message, sum);
        return CW_STORE_OK;
    case CW_STORE_UNAVAILABLE: /* it exists, and can be read later */
        cw_sqlite_note_damage(s, message->m.message_id, message->blob, strerror(error));
        return CW_STORE_UNAVAILABLE;
    default:
        cw_sqlite_spoil(s, message,
                        error == 0 ? "its recording was cut or is too long"
                                   : "its recording is missing");
        return CW_STORE_OK;
    }
}

struct cw_slice cw_sqlite_known_name(struct cw_sqlite *s, struct cw_sqlite_name *known,
                                     uint64_t mailbox, struct cw_arena *arena)
{
    if (known->mailbox != mailbox)
        *known = (struct cw_sqlite_name){mailbox, cw_sqlite_name_of(s, mailbox, arena), false};
    return known->name;
}

void cw_sqlite_sender_name(struct cw_sqlite *s, struct cw_sqlite_name *known,
                           struct cw_store_message *message, struct cw_arena *arena)
{
    uint64_t mailbox = cw_mailbox_of_user(message->sender_id);
    if (message->sender_id == 0) {
        message->sender = cw_slice_str("?");
        return;
    }
    if (known->mailbox != mailbox) {
        cw_sqlite_known_name(s, known, mailbox, arena);
        known->bot = cw_store_is_bot(&s->store, message->sender_id);
        if (cw_sqlite_pass(s, CW_SQL_BOT_OWNER))
            cw_sqlite_note_loss(s); /* it reads as a user's */
    }
    message->sender = known->name;
    message->bot = known->bot;
}

void cw_sqlite_message_name(struct cw_sqlite *s, struct cw_store_message *message,
                            struct cw_sqlite_name names[2], struct cw_arena *arena)
{
    cw_sqlite_sender_name(s, &names[0], message, arena);
    message->mailbox_name = cw_sqlite_known_name(s, &names[1], message->mailbox, arena);
}
