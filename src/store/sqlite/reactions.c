/* reactions.c - reactions to messages, in SQLite.
 *
 * reaction_kinds has the emoji of a message with their counts, so that a page of history reads at
 * most CW_REACTIONS_MAX rows of a message, however many people react. It is keyed by the place in
 * the conversation: one query finds those of all entries of a page, and messages without reactions
 * cost nothing. `reactions` says who, by the message's id. To add one is a look-up and two writes,
 * however many messages there are. */
#include "store/sqlite/reactions.h"

#include <stdlib.h>

#include "store/rules_share.h"
#include "store/sqlite/inbox.h"
#include "store/sqlite/lost.h"
#include "store/sqlite/messages.h"
#include "store/sqlite/operations.h"
#include "store/sqlite/rights.h"
#include "store/sqlite/sql.h"
#include "store/sqlite/state.h"
#include "store/sqlite/trouble.h"

/* --- changing ------------------------------------------------------------------------- */

/* The kinds of a message; `number` 0: the emoji that was looked for is not one of them. */
struct kinds {
    size_t count;
    uint64_t last, number;
};

/* Rows seq, number, emoji and count of the entries `first` to `last`. */
static cw_sql_statement *begin_kinds(struct cw_sqlite *s, uint64_t conversation, uint64_t first,
                                     uint64_t last)
{
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_REACTION_KINDS);
    cw_sql_int(st, 1, conversation);
    cw_sql_int(st, 2, first);
    cw_sql_int(st, 3, last);
    return st;
}

/* The emoji among those of the message that the request is about. */
static struct kinds find_kind(struct cw_sqlite *s, const struct cw_store_request *request)
{
    struct kinds kinds = {0};
    cw_sql_statement *st = begin_kinds(s, request->conversation, request->seq, request->seq);
    while (cw_sql_row(s, st)) {
        kinds.count++;
        kinds.last = cw_sql_column_int(st, 1);
        if (cw_slice_eq(cw_sql_column_slice(st, 2), request->body))
            kinds.number = kinds.last;
    }
    cw_sql_end(st);
    return kinds;
}

/* The message that the request is about, or 0 and the result says why not. */
static uint64_t find_reacted(struct cw_sqlite *s, const struct cw_store_request *request,
                             struct cw_store_result *result)
{
    struct cw_store_entry entry;
    result->status = cw_store_may_read(&s->store, request->user_id, request->conversation);
    if (result->status != CW_STORE_OK)
        return 0;
    bool found = cw_sqlite_entry_at(&s->store, request->conversation, request->seq, &entry);
    result->status = cw_store_may_react(&s->store, request, found ? &entry : NULL);
    return result->status == CW_STORE_OK ? cw_sqlite_id_at(s, request->conversation, request->seq)
                                         : 0;
}

static uint64_t add_kind(struct cw_sqlite *s, const struct cw_store_request *request,
                         uint64_t number)
{
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_REACTION_KIND_INSERT);
    cw_sql_int(st, 1, request->conversation);
    cw_sql_int(st, 2, request->seq);
    cw_sql_int(st, 3, number);
    cw_sql_text_of(st, 4, request->body);
    cw_sql_run(s, CW_SQL_REACTION_KIND_INSERT);
    return number;
}

void cw_sqlite_react(struct cw_sqlite *s, const struct cw_store_request *request,
                     struct cw_store_result *result, struct cw_arena *arena)
{
    (void)arena;
    uint64_t id = find_reacted(s, request, result);
    if (id == 0)
        return;
    struct kinds kinds = find_kind(s, request);
    if (kinds.number == 0 && !cw_store_has_reaction_room(kinds.count)) {
        result->status = CW_STORE_FULL;
        return;
    }
    if (kinds.number == 0)
        kinds.number = add_kind(s, request, kinds.last + 1);
    result->repeated = cw_sql_run_with(s, CW_SQL_REACTION_INSERT,
                                       CW_NUMBERS(id, request->user_id, kinds.number)) == 0;
    if (!result->repeated)
        cw_sql_run_with(s, CW_SQL_REACTION_KIND_COUNT,
                        CW_NUMBERS(request->conversation, request->seq, kinds.number, 1, 0));
}

void cw_sqlite_unreact(struct cw_sqlite *s, const struct cw_store_request *request,
                       struct cw_store_result *result, struct cw_arena *arena)
{
    (void)arena;
    uint64_t id = find_reacted(s, request, result);
    if (id == 0)
        return;
    uint64_t number = find_kind(s, request).number;
    result->repeated =
        number == 0 ||
        cw_sql_run_with(s, CW_SQL_REACTION_DELETE, CW_NUMBERS(id, request->user_id, number)) == 0;
    if (result->repeated)
        return;
    cw_sql_run_with(s, CW_SQL_REACTION_KIND_COUNT,
                    CW_NUMBERS(request->conversation, request->seq, number, 0, 1));
    cw_sql_run_with(s, CW_SQL_REACTION_KIND_DELETE,
                    CW_NUMBERS(request->conversation, request->seq, number));
}

void cw_sqlite_reactions_drop(struct cw_sqlite *s, const struct cw_store_message *message)
{
    uint64_t conversation = cw_conversation_of(message->mailbox, message->sender_id);
    if (cw_sql_run_with(s, CW_SQL_REACTION_KINDS_DROP, CW_NUMBERS(conversation, message->seq)) != 0)
        cw_sql_run_with(s, CW_SQL_REACTIONS_DROP, CW_NUMBERS(message->message_id));
}

/* --- reading -------------------------------------------------------------------------- */

static void hide_blocked(struct cw_sqlite *s, struct cw_sqlite_viewer *viewer,
                         struct cw_arena *arena)
{
    uint64_t count = cw_sql_query(s, CW_SQL_BLOCKS_COUNT, CW_NUMBERS(viewer->user_id));
    if (count == 0)
        return;
    viewer->hidden = cw_arena_alloc(arena, count * sizeof viewer->hidden[0]);
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_BLOCKS);
    cw_sql_int(st, 1, viewer->user_id);
    while (viewer->hidden_count < count && cw_sql_row(s, st))
        viewer->hidden[viewer->hidden_count++] = cw_sql_column_int(st, 0);
    cw_sql_end(st);
}

void cw_sqlite_viewer_init(struct cw_sqlite *s, struct cw_sqlite_viewer *viewer,
                           uint64_t conversation, uint64_t user_id, struct cw_arena *arena)
{
    *viewer = (struct cw_sqlite_viewer){.user_id = user_id};
    if (cw_mailbox_is_group(conversation)) {
        hide_blocked(s, viewer, arena);
    } else if (cw_store_hides_peer(&s->store, conversation, user_id)) {
        viewer->hidden = cw_arena_alloc(arena, sizeof viewer->hidden[0]);
        viewer->hidden[viewer->hidden_count++] = cw_conversation_peer(conversation, user_id);
    }
}

static struct cw_store_reaction *numbered(struct cw_sqlite_kinds *kinds, uint64_t number)
{
    for (size_t i = 0; i < kinds->count; i++)
        if (kinds->numbers[i] == number)
            return &kinds->reactions[i];
    return NULL;
}

static void hide_one(struct cw_store_reaction *reaction)
{
    if (reaction != NULL && reaction->count != 0)
        reaction->count--;
}

static void hide_of_user(struct cw_sqlite *s, struct cw_sqlite_kinds *kinds, uint64_t message_id,
                         uint64_t user_id)
{
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_REACTIONS_OF_USER);
    cw_sql_int(st, 1, message_id);
    cw_sql_int(st, 2, user_id);
    while (cw_sql_row(s, st))
        hide_one(numbered(kinds, cw_sql_column_int(st, 0)));
    cw_sql_end(st);
}

static int compare_ids(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

/* By way of the shorter list: of those who are hidden, or of those who have reacted. */
static void hide(struct cw_sqlite *s, struct cw_sqlite_kinds *kinds,
                 const struct cw_sqlite_viewer *viewer, uint64_t message_id)
{
    if (viewer->hidden_count <= kinds->total) {
        for (size_t i = 0; i < viewer->hidden_count; i++)
            hide_of_user(s, kinds, message_id, viewer->hidden[i]);
        return;
    }
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_REACTIONS);
    cw_sql_int(st, 1, message_id);
    while (cw_sql_row(s, st)) {
        uint64_t user_id = cw_sql_column_int(st, 0);
        if (bsearch(&user_id, viewer->hidden, viewer->hidden_count, sizeof user_id, compare_ids) !=
            NULL)
            hide_one(numbered(kinds, cw_sql_column_int(st, 1)));
    }
    cw_sql_end(st);
}

static void mark_mine(struct cw_sqlite *s, struct cw_sqlite_kinds *kinds,
                      const struct cw_sqlite_viewer *viewer, uint64_t message_id)
{
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_REACTIONS_OF_USER);
    cw_sql_int(st, 1, message_id);
    cw_sql_int(st, 2, viewer->user_id);
    while (cw_sql_row(s, st)) {
        struct cw_store_reaction *reaction = numbered(kinds, cw_sql_column_int(st, 0));
        if (reaction != NULL)
            reaction->mine = true;
    }
    cw_sql_end(st);
}

static void put_kind(struct cw_sqlite_kinds *kinds, cw_sql_statement *st, struct cw_arena *arena)
{
    if (kinds->count == CW_REACTIONS_MAX)
        return;
    kinds->numbers[kinds->count] = cw_sql_column_int(st, 1);
    kinds->reactions[kinds->count] = (struct cw_store_reaction){
        .emoji = cw_sql_column_copy(st, 2, arena), .count = cw_sql_column_int(st, 3)};
    kinds->total += kinds->reactions[kinds->count++].count;
}

void cw_sqlite_kinds_read(struct cw_sqlite *s, uint64_t conversation, uint64_t first, uint64_t last,
                          struct cw_sqlite_kinds *kinds[], struct cw_arena *arena)
{
    memset(kinds, 0, (last - first + 1) * sizeof kinds[0]);
    cw_sql_statement *st = begin_kinds(s, conversation, first, last);
    while (cw_sql_row(s, st)) {
        uint64_t at = cw_sql_column_int(st, 0) - first;
        if (at > last - first)
            continue; /* its page is damaged */
        if (kinds[at] == NULL) {
            kinds[at] = cw_arena_alloc(arena, sizeof *kinds[at]);
            kinds[at]->count = kinds[at]->total = 0;
        }
        put_kind(kinds[at], st, arena);
    }
    cw_sql_end(st);
    if (!cw_sqlite_pass(s, CW_SQL_REACTION_KINDS))
        return;
    cw_sqlite_note_loss(s);
    memset(kinds, 0, (last - first + 1) * sizeof kinds[0]); /* the messages can be read */
}

void cw_sqlite_reactions_read(struct cw_sqlite *s, const struct cw_sqlite_viewer *viewer,
                              struct cw_sqlite_kinds *kinds, struct cw_store_message *message)
{
    size_t shown = 0;
    mark_mine(s, kinds, viewer, message->message_id);
    hide(s, kinds, viewer, message->message_id);
    if (cw_sqlite_pass(s, CW_SQL_REACTIONS_OF_USER) || cw_sqlite_pass(s, CW_SQL_REACTIONS)) {
        cw_sqlite_note_loss(s);
        return; /* the message can be read all the same */
    }
    for (size_t i = 0; i < kinds->count; i++)
        if (kinds->reactions[i].count != 0)
            kinds->reactions[shown++] = kinds->reactions[i];
    message->reactions = kinds->reactions;
    message->reaction_count = shown;
}
