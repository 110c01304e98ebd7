/* search.c - the search index, in SQLite's FTS5. text/words.h splits a text into words: FTS5 gets
 * its tokens, and uses them unchanged ('ascii'). Each text is indexed with its words and with
 * tokens of its place: `u7` and `u9` for a conversation of users 7 and 9, `g3` for group 3. So a
 * query asks the index for words in places, and never reads messages that the user may not read.
 *
 * The index is updated after the messages, some hundreds at a time: a commit of one text costs as
 * much as one of many. A search updates it first. */
#include <stdio.h>

#include "store/rules.h"
#include "store/sqlite/clean.h"
#include "store/sqlite/lost.h"
#include "store/sqlite/message.h"
#include "store/sqlite/messages.h"
#include "store/sqlite/operations.h"
#include "store/sqlite/search.h"
#include "store/sqlite/sql.h"
#include "store/sqlite/state.h"
#include "store/sqlite/statements.h"
#include "store/sqlite/trouble.h"
#include "text/words.h"

#define PLACE_MAX 48
#define TOKEN_MAX 28
/* Room for the words of a text that is kept for the next. */
#define WORDS_KEPT 65536

/* --- following ------------------------------------------------------------------------ */

static void write_place(const struct cw_store_message *message, char place[PLACE_MAX])
{
    uint64_t receiver_id = message->mailbox >> 1;
    if (cw_mailbox_is_group(message->mailbox))
        snprintf(place, PLACE_MAX, "g%llu", (unsigned long long)receiver_id);
    else if (receiver_id == message->sender_id)
        snprintf(place, PLACE_MAX, "u%llu s%llu", (unsigned long long)receiver_id,
                 (unsigned long long)receiver_id);
    else
        snprintf(place, PLACE_MAX, "u%llu u%llu", (unsigned long long)message->sender_id,
                 (unsigned long long)receiver_id);
}

static void change(struct cw_sqlite *s, enum cw_sql which, const struct cw_store_message *message)
{
    char place[PLACE_MAX];
    cw_sql_statement *st = s->statements[which];
    write_place(message, place);
    cw_sql_int(st, 1, message->message_id);
    cw_words(message->body, &s->words);
    cw_sql_text_of(st, 2, cw_buf_slice(&s->words));
    cw_sql_text_of(st, 3, cw_slice_str(place));
    cw_sql_run(s, which);
    if (s->words.capacity > WORDS_KEPT)
        cw_buf_finish(&s->words);
}

static bool is_indexed(struct cw_sqlite *s, const struct cw_store_message *message)
{
    return message->message_id <= s->search_to && message->kind == CW_KIND_TEXT &&
           message->deleted_ms == 0;
}

void cw_sqlite_search_add(struct cw_sqlite *s, const struct cw_store_message *message)
{
    if (is_indexed(s, message))
        change(s, CW_SQL_SEARCH_INSERT, message);
}

void cw_sqlite_search_remove(struct cw_sqlite *s, const struct cw_store_message *message)
{
    if (!is_indexed(s, message))
        return;
    /* The words of a damaged text are unknown, and to remove others would break the index: they
     * stay until the next start, which rebuilds it. */
    if (message->damaged)
        cw_sql_run(s, CW_SQL_WORDS_FORGET);
    else
        change(s, CW_SQL_SEARCH_DELETE, message);
    cw_sqlite_unclean(s, CW_UNCLEAN_WORDS);
}

/* Before the gap no row is asked for that would be behind it. */
static bool at_gap(const struct cw_sqlite *s, uint64_t id)
{
    return s->search_gap.to != 0 && id == s->search_gap.at;
}

/* Indexes up to *rows messages behind *to. True: it went on to behind the gap. */
static bool index_pending(struct cw_sqlite *s, size_t *rows, uint64_t *to)
{
    cw_sql_statement *st = s->statements[CW_SQL_SEARCH_PENDING];
    cw_sql_int(st, 1, *to);
    for (; *rows > 0 && !at_gap(s, *to) && cw_sql_row(s, st); --*rows) {
        struct cw_store_message message = {.message_id = cw_sql_column_int(st, 0),
                                           .mailbox = cw_sql_column_int(st, 1),
                                           .sender_id = cw_sql_column_int(st, 2)};
        *to = message.message_id;
        if (cw_sql_column_is_null(st, 3))
            continue;
        message.body = cw_sql_column_slice(st, 3);
        change(s, CW_SQL_SEARCH_INSERT, &message);
    }
    cw_sql_end(st);
    bool gap = *rows > 0 && at_gap(s, *to);
    if (gap)
        *to = s->search_gap.to;
    return gap;
}

bool cw_sqlite_search_find_gap(struct cw_sqlite *s)
{
    cw_sql_statement *st = s->statements[CW_SQL_SEARCH_PENDING];
    uint64_t at = s->search_to, to;
    cw_sql_int(st, 1, at);
    while (cw_sql_row(s, st))
        at = cw_sql_column_int(st, 0);
    cw_sql_end(st);
    if (!cw_sqlite_pass(s, CW_SQL_SEARCH_PENDING))
        return false;
    to = at;
    if (!cw_sqlite_pass_rows(s, &to))
        to = s->newest;
    s->search_gap.at = at;
    s->search_gap.to = to;
    return s->trouble == CW_STORE_OK && to > at;
}

void cw_sqlite_search_follow(struct cw_sqlite *s, size_t rows)
{
    uint64_t to = s->search_to;
    while (rows > 0 && index_pending(s, &rows, &to))
        ;
    bool all = rows > 0; /* what is missing above the last row was removed */
    s->search_to = all ? s->newest : to;
    cw_sql_int(s->statements[CW_SQL_SEARCH_SET_PROGRESS], 1, s->search_to);
    cw_sql_run(s, CW_SQL_SEARCH_SET_PROGRESS);
    s->search_ms = s->now_ms;
}

/* --- the query ------------------------------------------------------------------------- */

struct query {
    char *text;
    size_t n;
};

static void put(struct query *query, const char *text, size_t n)
{
    memcpy(query->text + query->n, text, n);
    query->n += n;
}

/* Quoted, none of them can be an operator; none holds a quote. */
static bool put_words(struct query *query, struct cw_slice terms)
{
    struct cw_words_term term;
    bool any = terms.n != 0;
    put(query, "body : (", 8);
    while (cw_words_next(&terms, &term)) {
        put(query, "\"", 1);
        put(query, (const char *)term.tokens.p, term.tokens.n);
        put(query, term.begins ? "\"* " : "\" ", term.begins ? 3 : 2);
    }
    put(query, ")", 1);
    return any;
}

static void put_token(struct query *query, const char *before, char kind, uint64_t id)
{
    query->n += (size_t)snprintf(query->text + query->n, TOKEN_MAX, "%s%c%llu", before, kind,
                                 (unsigned long long)id);
}

static void put_places(struct cw_sqlite *s, const struct cw_store_request *request,
                       struct query *query)
{
    uint64_t conversation = request->conversation, user_id = request->user_id;
    put(query, " AND place : (", 14);
    if (conversation == 0) {
        cw_sql_statement *st = s->statements[CW_SQL_MEMBERSHIPS];
        put_token(query, "", 'u', user_id);
        cw_sql_int(st, 1, user_id);
        for (int i = 0; i < CW_GROUPS_PER_USER && cw_sql_row(s, st); i++)
            put_token(query, " OR ", 'g', cw_sql_column_int(st, 0));
        cw_sql_end(st);
    } else if (cw_mailbox_is_group(conversation)) {
        put_token(query, "", 'g', conversation >> 1);
    } else if (cw_conversation_peer(conversation, user_id) == user_id) {
        put_token(query, "", 's', user_id);
    } else {
        put_token(query, "", 'u', user_id);
        put_token(query, " ", 'u', cw_conversation_peer(conversation, user_id));
    }
    put(query, ")", 1);
}

/* The ids, newest first: one more than the limit tells that there are more. */
static size_t find_ids(struct cw_sqlite *s, const struct cw_store_request *request,
                       struct cw_slice query, uint64_t *ids)
{
    cw_sql_statement *st = s->statements[CW_SQL_SEARCH];
    size_t n = 0;
    cw_sql_text_of(st, 1, query);
    cw_sql_int(st, 2, request->before == 0 ? INT64_MAX : request->before);
    cw_sql_int(st, 3, (uint64_t)request->limit + 1);
    while (cw_sql_match(s, st))
        ids[n++] = cw_sql_column_int(st, 0);
    cw_sql_end(st);
    return n;
}

/* The messages of the ids, with at most so many bytes as a page of history. */
static void read_found(struct cw_sqlite *s, const struct cw_store_request *request,
                       const uint64_t *ids, size_t n, struct cw_store_result *result,
                       struct cw_arena *arena)
{
    struct cw_sqlite_name names[2] = {{0}};
    struct cw_sqlite_message message;
    size_t bytes = 0, i = 0;
    result->messages = cw_arena_alloc(arena, (n + 1) * sizeof result->messages[0]);
    for (; i < n && i < request->limit; i++) {
        if (!cw_sqlite_message_find(s, ids[i], CW_WANT_TEXT, CW_NOBODY, &message, arena) ||
            message.lost)
            continue;
        if (!cw_store_has_room_for_bytes(result->message_count, bytes, message.m.body.n))
            break;
        bytes += message.m.body.n;
        cw_store_hides(&s->store, &message.m, request->user_id);
        cw_sqlite_message_name(s, &message.m, names, arena);
        result->messages[result->message_count++] = message.m;
    }
    result->more = i < n;
}

void cw_sqlite_search(struct cw_sqlite *s, const struct cw_store_request *request,
                      struct cw_store_result *result, struct cw_arena *arena)
{
    if (request->conversation != 0)
        result->status = cw_store_may_read(&s->store, request->user_id, request->conversation);
    if (result->status != CW_STORE_OK)
        return;
    cw_words_query(request->body, &s->words);
    struct query query = {
        cw_arena_alloc(arena, 3 * s->words.n + 64 + (CW_GROUPS_PER_USER + 2) * TOKEN_MAX), 0};
    if (!put_words(&query, cw_buf_slice(&s->words)))
        return;
    put_places(s, request, &query);
    uint64_t *ids = cw_arena_alloc(arena, ((size_t)request->limit + 1) * sizeof ids[0]);
    size_t n = find_ids(s, request, cw_slice_of(query.text, query.n), ids);
    read_found(s, request, ids, n, result, arena);
}
