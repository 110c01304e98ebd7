/* history.c - conversations read again: pages, voices, markers, in SQLite. */
#include "store/rules_share.h"
#include "store/sqlite/damage.h"
#include "store/sqlite/inbox.h"
#include "store/sqlite/mentions.h"
#include "store/sqlite/message.h"
#include "store/sqlite/messages.h"
#include "store/sqlite/operations.h"
#include "store/sqlite/pins.h"
#include "store/sqlite/quotes.h"
#include "store/sqlite/reactions.h"
#include "store/sqlite/retention.h"
#include "store/sqlite/rights.h"
#include "store/sqlite/rows.h"
#include "store/sqlite/sql.h"
#include "store/sqlite/state.h"
#include "store/sqlite/trouble.h"

/* --- markers ------------------------------------------------------------------------- */

void cw_sqlite_read_mark(struct cw_sqlite *s, const struct cw_store_request *request,
                         struct cw_store_result *result, struct cw_arena *arena)
{
    (void)arena;
    result->status = cw_store_may_read(&s->store, request->user_id, request->conversation);
    if (result->status != CW_STORE_OK)
        return;
    result->seq = cw_sqlite_read_seq(s, request->user_id, request->conversation);
    uint64_t last_seq = cw_sqlite_last(s, request->conversation).seq;
    result->status = cw_store_may_mark(request->seq, last_seq, result->seq);
    if (result->status != CW_STORE_OK)
        return;
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_MARK_SET);
    cw_sql_int(st, 1, request->user_id);
    cw_sql_int(st, 2, request->conversation);
    cw_sql_int(st, 3, request->seq);
    cw_sql_run(s, CW_SQL_MARK_SET);
    result->seq = request->seq;
}

/* The message that the request is about, which the asker may read. */
static bool find_message(struct cw_sqlite *s, const struct cw_store_request *request,
                         enum cw_sqlite_want want, struct cw_sqlite_message *message,
                         struct cw_store_result *result, struct cw_arena *arena)
{
    result->status = cw_store_may_read(&s->store, request->user_id, request->conversation);
    if (result->status != CW_STORE_OK)
        return false;
    uint64_t id = cw_sqlite_id_at(s, request->conversation, request->seq);
    if (id == 0 || !cw_sqlite_message_find(s, id, want, CW_NOBODY, message, arena))
        result->status = CW_STORE_NOT_FOUND;
    else if (message->lost)
        result->status = CW_STORE_UNAVAILABLE;
    return result->status == CW_STORE_OK;
}

void cw_sqlite_play_mark(struct cw_sqlite *s, const struct cw_store_request *request,
                         struct cw_store_result *result, struct cw_arena *arena)
{
    struct cw_sqlite_message message;
    if (!find_message(s, request, CW_WANT_TEXT, &message, result, arena))
        return;
    const struct cw_store_entry entry = cw_sqlite_message_entry(&message);
    result->status = cw_store_may_mark_played(&entry, request->user_id, message.m.played_ms != 0);
    if (result->status != CW_STORE_NOT_FOUND)
        result->seq = request->seq;
    if (result->status != CW_STORE_OK)
        return;
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_MESSAGE_PLAYED);
    cw_sql_int(st, 1, message.m.message_id);
    cw_sql_int(st, 2, request->time_ms);
    cw_sql_run(s, CW_SQL_MESSAGE_PLAYED);
}

/* --- history ------------------------------------------------------------------------- */

/* What the tables of a conversation say of entries in a row: each is asked once. */
#define SPAN_MAX 64
struct span {
    uint64_t first, last; /* 0: nothing was read yet */
    uint64_t ids[SPAN_MAX], pinned_ms[SPAN_MAX];
    struct cw_sqlite_kinds *kinds[SPAN_MAX];
};

struct reading {
    struct cw_sqlite *s;
    struct cw_store_result *result;
    struct cw_arena *arena;
    struct cw_sqlite_name names[2];
    struct cw_store_history page;
    struct cw_sqlite_viewer viewer;
    struct span span;
    uint64_t conversation, user_id;
    size_t room;
};

static void begin_reading(struct reading *reading, size_t room)
{
    reading->room = room;
    reading->result->messages =
        cw_arena_alloc(reading->arena, (room + 1) * sizeof reading->result->messages[0]);
    cw_sqlite_viewer_init(reading->s, &reading->viewer, reading->conversation, reading->user_id,
                          reading->arena);
}

static void put_entry(struct reading *reading, const struct cw_store_message *message)
{
    struct cw_store_result *result = reading->result;
    if (result->message_count == reading->room) {
        struct cw_store_message *old = result->messages;
        reading->room = 2 * reading->room + 1;
        result->messages = cw_arena_alloc(reading->arena, reading->room * sizeof *old);
        if (result->message_count != 0)
            memcpy(result->messages, old, result->message_count * sizeof *old);
    }
    result->messages[result->message_count++] = *message;
}

/* Its row went with a damaged page. */
static struct cw_sqlite_message lost_message(struct cw_sqlite *s, uint64_t id)
{
    struct cw_sqlite_message message = {.m = {.message_id = id}, .lost = true};
    cw_sqlite_spoil(s, &message, "its row is missing");
    return message;
}

/* The entry of the deletion says who has deleted it. */
static void read_deleter(struct reading *reading, struct cw_store_message *message)
{
    struct cw_sqlite *s = reading->s;
    uint64_t seq = cw_sql_query(s, CW_SQL_MESSAGE_ABOUT, CW_NUMBERS(message->message_id));
    uint64_t id = seq == 0 ? 0 : cw_sqlite_id_at(s, reading->conversation, seq);
    uint64_t by_id = id == 0 ? 0 : cw_sql_query(s, CW_SQL_MESSAGE_SENDER, CW_NUMBERS(id));
    if (by_id != 0 && by_id != message->sender_id)
        message->deleted_by = cw_sqlite_name_of(s, cw_mailbox_of_user(by_id), reading->arena);
}

static void read_span(struct reading *reading, uint64_t first, uint64_t last)
{
    struct span *span = &reading->span;
    span->first = first;
    span->last = last;
    cw_sqlite_ids_read(reading->s, reading->conversation, first, last, span->ids);
    cw_sqlite_pins_read(reading->s, reading->conversation, first, last, span->pinned_ms);
    cw_sqlite_kinds_read(reading->s, reading->conversation, first, last, span->kinds,
                         reading->arena);
}

/* From `seq` on in the page's direction: as many as it may still show. */
static void read_ahead(struct reading *reading, uint64_t seq)
{
    const struct cw_store_history *page = &reading->page;
    uint64_t further = page->forward ? page->last - seq : seq - page->first;
    if (further > page->limit - page->shown - 1)
        further = page->limit - page->shown - 1;
    if (further > SPAN_MAX - 1)
        further = SPAN_MAX - 1;
    if (page->forward)
        read_span(reading, seq, seq + further);
    else
        read_span(reading, seq - further, seq);
}

/* What belongs to a message, but does not stand in its row. */
static void read_share(struct reading *reading, uint64_t seq, struct cw_store_message *message)
{
    if (!cw_kind_is_message(message->kind))
        return;
    if (message->deleted_ms != 0) {
        read_deleter(reading, message);
        return;
    }
    message->quote =
        cw_sqlite_quote(reading->s, reading->conversation, message->reply_to, reading->arena);
    struct cw_sqlite_kinds *kinds = reading->span.kinds[seq - reading->span.first];
    if (kinds != NULL)
        cw_sqlite_reactions_read(reading->s, &reading->viewer, kinds, message);
    cw_sqlite_mentions_read(reading->s, reading->user_id, message->message_id, message,
                            reading->arena);
    message->pinned_ms = reading->span.pinned_ms[seq - reading->span.first];
}

/* The entry at `seq`, which is in the span, into the page; false when there is no room for it. */
static bool read_entry(struct reading *reading, uint64_t seq)
{
    struct cw_sqlite_message message;
    uint64_t id = reading->span.ids[seq - reading->span.first];
    bool found = id != 0 && cw_sqlite_message_find(reading->s, id, CW_WANT_TEXT, CW_NOBODY,
                                                   &message, reading->arena);
    if (reading->s->trouble != CW_STORE_OK)
        return false;
    if (!found) /* all numbers of the page were given */
        message = lost_message(reading->s, id);
    if (message.lost) {
        message.m.seq = seq;
        message.m.mailbox = cw_mailbox_is_group(reading->conversation) ? reading->conversation : 0;
    }
    if (!message.lost && cw_store_hides(&reading->s->store, &message.m, reading->user_id))
        return true;
    if (!message.lost)
        read_share(reading, seq, &message.m);
    if (reading->s->trouble != CW_STORE_OK || !cw_store_history_takes(&reading->page, &message.m))
        return false;
    cw_sqlite_message_name(reading->s, &message.m, reading->names, reading->arena);
    put_entry(reading, &message.m);
    return true;
}

static bool read_next(struct reading *reading, uint64_t seq)
{
    if (seq < reading->span.first || seq > reading->span.last)
        read_ahead(reading, seq);
    return read_entry(reading, seq);
}

static void read_peer(struct cw_sqlite *s, const struct cw_store_request *request,
                      struct cw_store_result *result)
{
    uint64_t peer_id = cw_conversation_peer(request->conversation, request->user_id);
    if (cw_store_hides_marks(&s->store, peer_id, request->user_id))
        return; /* what it has read and received is its own business now */
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_USER_BY_ID);
    cw_sql_int(st, 1, peer_id);
    result->peer_cursor = cw_sql_row(s, st) ? cw_sql_column_int(st, 1) : 0;
    cw_sql_end(st);
    result->peer_read_seq = cw_sqlite_read_seq(s, peer_id, request->conversation);
}

void cw_sqlite_history_read(struct cw_sqlite *s, const struct cw_store_request *request,
                            struct cw_store_result *result, struct cw_arena *arena)
{
    result->status = cw_store_may_read(&s->store, request->user_id, request->conversation);
    if (result->status != CW_STORE_OK)
        return;
    uint64_t seq;
    struct reading reading = {.s = s,
                              .result = result,
                              .arena = arena,
                              .conversation = request->conversation,
                              .user_id = request->user_id};
    result->last_seq = cw_sqlite_last(s, request->conversation).seq;
    result->read_seq = cw_sqlite_read_seq(s, request->user_id, request->conversation);
    uint64_t first = cw_sqlite_first_kept(s, request->conversation);
    begin_reading(&reading, request->limit);
    reading.page = cw_store_history_begin(&s->store, request, first, result->last_seq);
    while ((seq = cw_store_history_next(&reading.page)) != 0 && read_next(&reading, seq))
        cw_store_history_step(&reading.page);
    cw_store_history_end(&reading.page, result);
    if (!cw_mailbox_is_group(request->conversation))
        read_peer(s, request, result);
}

/* Puts the entries with these numbers into the result; `more`: those behind have no room. */
static void read_entries(struct cw_sqlite *s, uint64_t user_id, uint64_t conversation,
                         const uint64_t seqs[], size_t count, struct cw_store_result *result,
                         struct cw_arena *arena)
{
    struct reading reading = {
        .s = s, .result = result, .arena = arena, .conversation = conversation, .user_id = user_id};
    begin_reading(&reading, count);
    for (size_t i = 0; i < count && !result->more; i++) {
        read_span(&reading, seqs[i], seqs[i]);
        result->more = !read_entry(&reading, seqs[i]);
    }
}

void cw_sqlite_pin_list(struct cw_sqlite *s, const struct cw_store_request *request,
                        struct cw_store_result *result, struct cw_arena *arena)
{
    uint64_t conversation = cw_mailbox_of_group(request->group_id);
    uint64_t seqs[CW_PINS_MAX];
    size_t count = 0;
    result->status = cw_store_may_read(&s->store, request->user_id, conversation);
    if (result->status != CW_STORE_OK)
        return;
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_PINS);
    cw_sql_int(st, 1, request->group_id);
    cw_sql_int(st, 2, request->after);
    while (count < CW_PINS_MAX && cw_sql_row(s, st))
        seqs[count++] = cw_sql_column_int(st, 0);
    cw_sql_end(st);
    read_entries(s, request->user_id, conversation, seqs, count, result, arena);
}

void cw_sqlite_voice_read(struct cw_sqlite *s, const struct cw_store_request *request,
                          struct cw_store_result *result, struct cw_arena *arena)
{
    struct cw_sqlite_message message;
    struct cw_sqlite_name names[2] = {{0}};
    if (!find_message(s, request, CW_WANT_ALL, &message, result, arena))
        return;
    const struct cw_store_entry entry = cw_sqlite_message_entry(&message);
    if (!cw_store_has_recording(&entry)) {
        result->status = CW_STORE_NOT_FOUND;
        return;
    }
    result->status = cw_sqlite_message_load(s, &message, arena);
    if (result->status != CW_STORE_OK)
        return;
    cw_sqlite_message_name(s, &message.m, names, arena);
    result->messages = cw_arena_alloc(arena, sizeof result->messages[0]);
    result->messages[0] = message.m;
    result->message_count = 1;
}
