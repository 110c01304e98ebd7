/* history.c - conversations read again: pages, voices, markers, in SQLite. */
#include "store/rules.h"
#include "store/sqlite/damage.h"
#include "store/sqlite/inbox.h"
#include "store/sqlite/message.h"
#include "store/sqlite/messages.h"
#include "store/sqlite/operations.h"
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
    cw_sql_statement *st = s->statements[CW_SQL_MARK_SET];
    cw_sql_int(st, 1, request->user_id);
    cw_sql_int(st, 2, request->conversation);
    cw_sql_int(st, 3, request->seq);
    cw_sql_run(s, CW_SQL_MARK_SET);
    result->seq = request->seq;
}

void cw_sqlite_play_mark(struct cw_sqlite *s, const struct cw_store_request *request,
                         struct cw_store_result *result, struct cw_arena *arena)
{
    struct cw_sqlite_message message;
    result->status = cw_store_may_read(&s->store, request->user_id, request->conversation);
    if (result->status != CW_STORE_OK)
        return;
    uint64_t id = cw_sqlite_id_at(s, request->conversation, request->seq);
    bool found = id != 0 && cw_sqlite_message_find(s, id, CW_WANT_TEXT, CW_NOBODY, &message, arena);
    if (found && message.lost) {
        result->status = CW_STORE_UNAVAILABLE;
        return;
    }
    if (!found || !message.m.voice || message.m.deleted_ms != 0 ||
        message.m.sender_id == request->user_id) {
        result->status = CW_STORE_NOT_FOUND;
        return;
    }
    result->seq = request->seq;
    if (message.m.played_ms != 0) {
        result->status = CW_STORE_EXISTS;
        return;
    }
    cw_sql_statement *st = s->statements[CW_SQL_MESSAGE_PLAYED];
    cw_sql_int(st, 1, id);
    cw_sql_int(st, 2, request->time_ms);
    cw_sql_run(s, CW_SQL_MESSAGE_PLAYED);
}

/* --- history ------------------------------------------------------------------------- */

/* A page goes on from `at`, or back from before it. */
struct window {
    uint64_t at;
    bool on;
};

static uint64_t clip(uint64_t seq, uint64_t low, uint64_t high)
{
    return seq < low ? low : seq > high ? high : seq;
}

/* A text or a voice, which may have been deleted; the others show in what they changed. */
static bool is_shown(struct cw_sqlite *s, uint64_t id)
{
    cw_sql_statement *st = s->statements[CW_SQL_MESSAGE_SHOWN];
    cw_sql_int(st, 1, id);
    bool shown = cw_sql_row(s, st);
    cw_sql_end(st);
    return shown || cw_sqlite_pass(s, CW_SQL_MESSAGE_SHOWN);
}

static uint64_t back_from(struct cw_sqlite *s, const struct cw_store_request *request, uint64_t at,
                          uint64_t first)
{
    uint64_t count = 0, scanned = 0;
    for (; at > first && count < request->limit / 2 && scanned < CW_HISTORY_SCAN_MAX / 2;
         scanned++) {
        at--;
        count += is_shown(s, cw_sqlite_id_at(s, request->conversation, at));
    }
    return at;
}

/* All from `first` to `last` are there. */
static struct window window_of(struct cw_sqlite *s, const struct cw_store_request *request,
                               uint64_t first, uint64_t last)
{
    switch (request->anchor) {
    case CW_ANCHOR_BEFORE:
        return (struct window){clip(request->seq, first, last + 1), false};
    case CW_ANCHOR_AFTER:
        return (struct window){
            request->seq >= last ? last + 1 : clip(request->seq + 1, first, last + 1), true};
    case CW_ANCHOR_AROUND:
        return (struct window){back_from(s, request, clip(request->seq, first, last + 1), first),
                               true};
    case CW_ANCHOR_LATEST:
        break;
    }
    return (struct window){last + 1, false};
}

struct reading {
    struct cw_sqlite *s;
    struct cw_store_result *result;
    struct cw_arena *arena;
    struct cw_sqlite_name names[2];
    uint64_t conversation, user_id;
    size_t bytes, scanned, shown, limit, room;
};

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

/* The entry at `seq` into the page; false when there is no room for it. */
static bool read_entry(struct reading *reading, uint64_t seq)
{
    struct cw_sqlite_message message;
    if (reading->shown == reading->limit || reading->scanned++ == CW_HISTORY_SCAN_MAX)
        return false;
    uint64_t id = cw_sqlite_id_at(reading->s, reading->conversation, seq);
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
    if (reading->result->message_count != 0 &&
        reading->bytes + message.m.body.n > CW_PAGE_BYTES_MAX)
        return false;
    reading->bytes += message.m.body.n;
    reading->shown += cw_kind_is_message(message.m.kind);
    cw_sqlite_message_name(reading->s, &message.m, reading->names, reading->arena);
    put_entry(reading, &message.m);
    return true;
}

/* From the anchor on, so that what has no room is what lies farther away. */
static void read_page(struct reading *reading, struct window window, uint64_t first, uint64_t last)
{
    struct cw_store_result *result = reading->result;
    uint64_t seq = window.at;
    if (window.on) {
        while (seq <= last && read_entry(reading, seq))
            seq++;
        result->more = seq <= last;
        result->seq = result->more && result->message_count == 0 ? seq - 1 : 0;
        return;
    }
    while (seq > first && read_entry(reading, seq - 1))
        seq--;
    result->more = seq > first;
    result->seq = result->more && result->message_count == 0 ? seq : 0;
    cw_store_reverse(result->messages, result->message_count);
}

static void read_peer(struct cw_sqlite *s, const struct cw_store_request *request,
                      struct cw_store_result *result)
{
    uint64_t peer_id = cw_conversation_peer(request->conversation, request->user_id);
    if (cw_sqlite_has_blocked(&s->store, peer_id, request->user_id))
        return; /* what it has read and received is its own business now */
    cw_sql_statement *st = s->statements[CW_SQL_USER_BY_ID];
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
    struct reading reading = {.s = s,
                              .result = result,
                              .arena = arena,
                              .conversation = request->conversation,
                              .user_id = request->user_id,
                              .limit = request->limit,
                              .room = request->limit};
    result->last_seq = cw_sqlite_last(s, request->conversation).seq;
    result->read_seq = cw_sqlite_read_seq(s, request->user_id, request->conversation);
    uint64_t first = cw_sqlite_first_kept(s, request->conversation);
    result->messages = cw_arena_alloc(arena, (reading.room + 1) * sizeof result->messages[0]);
    if (first != 0)
        read_page(&reading, window_of(s, request, first, result->last_seq), first,
                  result->last_seq);
    if (!cw_mailbox_is_group(request->conversation))
        read_peer(s, request, result);
}

void cw_sqlite_voice_read(struct cw_sqlite *s, const struct cw_store_request *request,
                          struct cw_store_result *result, struct cw_arena *arena)
{
    struct cw_sqlite_message message;
    struct cw_sqlite_name names[2] = {{0}};
    result->status = cw_store_may_read(&s->store, request->user_id, request->conversation);
    if (result->status != CW_STORE_OK)
        return;
    uint64_t id = cw_sqlite_id_at(s, request->conversation, request->seq);
    bool found = id != 0 && cw_sqlite_message_find(s, id, CW_WANT_ALL, CW_NOBODY, &message, arena);
    if (found && message.lost) {
        result->status = CW_STORE_UNAVAILABLE;
        return;
    }
    if (!found || !message.m.voice || message.m.deleted_ms != 0) {
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
