/* conversations.c - the list of a user's conversations, newest first, in SQLite.
 *
 * The last message of each is one seek in the index; what else a line shows is
 * looked up for the lines of the page alone. */
#include <stdlib.h>

#include "store/rules.h"
#include "store/sqlite/groups.h"
#include "store/sqlite/inbox.h"
#include "store/sqlite/mentions.h"
#include "store/sqlite/message.h"
#include "store/sqlite/messages.h"
#include "store/sqlite/operations.h"
#include "store/sqlite/profiles.h"
#include "store/sqlite/retention.h"
#include "store/sqlite/rights.h"
#include "store/sqlite/rows.h"
#include "store/sqlite/sql.h"
#include "store/sqlite/state.h"
#include "store/sqlite/trouble.h"

/* Where a conversation stands in the list. */
struct line {
    uint64_t conversation;
    struct cw_sqlite_place last; /* id 0: nothing is kept */
};

struct lines {
    struct line *items;
    size_t count, capacity;
};

static void add_line(struct cw_sqlite *s, struct lines *lines, uint64_t conversation)
{
    if (lines->count == lines->capacity) {
        lines->capacity = lines->capacity * 2 + 64;
        lines->items = cw_realloc(lines->items, lines->capacity * sizeof lines->items[0]);
    }
    lines->items[lines->count++] = (struct line){conversation, cw_sqlite_last(s, conversation)};
}

/* Newest first; of those without a message, and of the same one met twice, the
 * lower number first. */
static int by_newest(const void *a, const void *b)
{
    const struct line *x = a, *y = b;
    if (x->last.id != y->last.id)
        return x->last.id > y->last.id ? -1 : 1;
    return x->conversation < y->conversation ? -1 : x->conversation > y->conversation;
}

/* All of the user's, sorted; a new pair may stand in memory and in the table. */
static struct lines find_lines(struct cw_sqlite *s, uint64_t user_id)
{
    struct lines lines = {0};
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_MARKS_OF_USER);
    cw_sql_int(st, 1, user_id);
    while (cw_sql_row(s, st))
        add_line(s, &lines, cw_sql_column_int(st, 0));
    cw_sql_end(st);
    for (int run = 0; run < 2; run++) {
        size_t count;
        const uint64_t *pairs = cw_inbox_index_new_pairs(&s->inbox, user_id, run, &count);
        for (size_t i = 0; i < count; i++)
            add_line(s, &lines, pairs[i]);
    }
    if (lines.count != 0)
        qsort(lines.items, lines.count, sizeof lines.items[0], by_newest);
    size_t kept = 0;
    for (size_t i = 0; i < lines.count; i++)
        if (kept == 0 || lines.items[kept - 1].conversation != lines.items[i].conversation)
            lines.items[kept++] = lines.items[i];
    lines.count = kept;
    return lines;
}

/* --- one line ------------------------------------------------------------------------- */

static bool show_peer(struct cw_sqlite *s, uint64_t user_id, struct cw_store_conversation *shown,
                      struct cw_arena *arena)
{
    shown->peer_id = cw_conversation_peer(shown->conversation, user_id);
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_USER_BY_ID);
    cw_sql_int(st, 1, shown->peer_id);
    bool found = cw_sql_row(s, st);
    if (found) {
        shown->peer = cw_sql_column_copy(st, 0, arena);
        shown->peer_cursor = cw_sql_column_int(st, 1);
        shown->peer_seen_ms = cw_sql_column_int(st, 2);
    }
    cw_sql_end(st);
    struct cw_store_person peer = {.user_id = shown->peer_id, .seen_ms = shown->peer_seen_ms};
    cw_sqlite_face_person(s, user_id, &peer, arena);
    shown->peer_seen_ms = peer.seen_ms;
    shown->peer_display = peer.display;
    if (cw_store_hides_marks(&s->store, shown->peer_id, user_id))
        shown->peer_cursor = 0;
    else
        shown->peer_read_seq = cw_sqlite_read_seq(s, shown->peer_id, shown->conversation);
    return found;
}

/* The id of the message that a preview shows. */
static uint64_t find_preview(struct cw_sqlite *s, const struct line *line)
{
    uint64_t seq = cw_store_preview_seq(&s->store, line->conversation, line->last.seq);
    return seq == line->last.seq ? line->last.id : cw_sqlite_id_at(s, line->conversation, seq);
}

/* False for a pair of which nothing is kept, or without the other one. */
static bool show(struct cw_sqlite *s, uint64_t user_id, const struct line *line, uint64_t *budget,
                 struct cw_store_conversation *shown, struct cw_arena *arena)
{
    struct cw_sqlite_message message;
    struct cw_sqlite_name names[2] = {{0}};
    bool group = cw_mailbox_is_group(line->conversation);
    *shown = (struct cw_store_conversation){.conversation = line->conversation};
    shown->last_id = line->last.id;
    shown->empty =
        line->last.id == 0 ||
        !cw_sqlite_message_find(s, find_preview(s, line), CW_WANT_TEXT, CW_NOBODY, &message, arena);
    if (shown->empty && !group)
        return false;
    if (group)
        cw_sqlite_group_of(s, user_id, line->conversation >> 1, &shown->group, arena);
    else if (!show_peer(s, user_id, shown, arena))
        return false;
    shown->read_seq = cw_sqlite_read_seq(s, user_id, line->conversation);
    shown->unread = cw_store_count_unread(&s->store, user_id, shown, line->last.seq, budget);
    if (shown->unread != 0)
        shown->mentions = cw_sqlite_mentions_unread(s, user_id, shown);
    if (shown->empty)
        return true;
    cw_sqlite_message_name(s, &message.m, names, arena);
    cw_store_hides(&s->store, &message.m, user_id);
    shown->last = message.m;
    shown->last.body = cw_store_begin_of(message.m.body, CW_PREVIEW_BYTES_MAX);
    return true;
}

/* Has anything of it been kept? What was removed last has left its number only. */
static void forget_removed(struct cw_sqlite *s, struct lines *lines)
{
    for (size_t i = 0; i < lines->count; i++)
        if (lines->items[i].last.id != 0 && !cw_sqlite_message_exists(s, lines->items[i].last.id))
            lines->items[i].last.id = 0;
    qsort(lines->items, lines->count, sizeof lines->items[0], by_newest);
}

/* Would `show` show it? */
static bool is_listed(struct cw_sqlite *s, uint64_t user_id, const struct line *line)
{
    return cw_sqlite_message_exists(s, line->last.id) &&
           cw_store_may_read(&s->store, user_id, line->conversation) == CW_STORE_OK;
}

void cw_sqlite_conversations(struct cw_sqlite *s, const struct cw_store_request *request,
                             struct cw_store_result *result, struct cw_arena *arena)
{
    uint64_t budget = CW_UNREAD_COUNTED_MAX;
    if (!cw_sqlite_user_exists(&s->store, request->user_id))
        return;
    struct lines lines = find_lines(s, request->user_id);
    if (lines.count != 0 && cw_sqlite_may_remove(s))
        forget_removed(s, &lines);
    result->conversations = cw_arena_alloc(arena, (request->limit + CW_GROUPS_PER_USER + 1) *
                                                      sizeof result->conversations[0]);
    for (size_t i = 0; i < lines.count; i++) {
        const struct line *line = &lines.items[i];
        if (request->before != 0 && line->last.id >= request->before)
            continue;
        /* Groups without a message stand behind the last page, whatever the limit. */
        if (line->last.id != 0 && result->conversation_count == request->limit) {
            result->more = is_listed(s, request->user_id, line);
            if (result->more)
                break;
            continue;
        }
        if (result->conversation_count == request->limit + CW_GROUPS_PER_USER)
            break;
        if (show(s, request->user_id, line, &budget,
                 &result->conversations[result->conversation_count], arena))
            result->conversation_count++;
    }
    free(lines.items);
}
