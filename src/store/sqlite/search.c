/* search.c - the search index, in SQLite's FTS5. text/words.h splits a text into words: FTS5 gets
 * its tokens, and uses them unchanged ('ascii'). Each text is indexed with its words and with
 * tokens of its place: `u7` and `u9` for a conversation of users 7 and 9, `g3` for group 3. So a
 * query asks the index for words in places, and never reads messages that the user may not read.
 * Beside them stand `f7`, who sent it, and `hf`, `hv`, `hl`: it has a file, sound, a link. The
 * words of a file's name are words of its message; a recording has none.
 *
 * The index is updated after the messages, some hundreds at a time: a commit of one text costs as
 * much as one of many. A search updates it first. */
#include <stdio.h>

#include "store/rules_profile.h"
#include "store/sqlite/clean.h"
#include "store/sqlite/file_rows.h"
#include "store/sqlite/lost.h"
#include "store/sqlite/message.h"
#include "store/sqlite/messages.h"
#include "store/sqlite/operations.h"
#include "store/sqlite/query.h"
#include "store/sqlite/search.h"
#include "store/sqlite/sql.h"
#include "store/sqlite/state.h"
#include "store/sqlite/statements.h"
#include "store/sqlite/trouble.h"
#include "text/query.h"
#include "text/words.h"

#define PLACE_MAX 96
/* By so much the clock may have been wrong when a message was stored. */
#define CLOCK_MARGIN_MS (UINT64_C(24) * 3600 * 1000)
/* Room for the words of a text that is kept for the next. */
#define WORDS_KEPT 65536

/* --- following ------------------------------------------------------------------------ */

static size_t put_place(char *place, size_t n, const char *before, char kind, uint64_t id)
{
    return n + (size_t)snprintf(place + n, PLACE_MAX - n, "%s%c%llu", before, kind,
                                (unsigned long long)id);
}

static void write_place(const struct cw_store_message *message, bool link, char place[PLACE_MAX])
{
    uint64_t sender_id = message->sender_id, receiver_id = message->mailbox >> 1;
    size_t n = 0;
    if (cw_mailbox_is_group(message->mailbox)) {
        n = put_place(place, n, "", 'g', receiver_id);
    } else if (receiver_id == sender_id) {
        n = put_place(place, n, "", 'u', receiver_id);
        n = put_place(place, n, " ", 's', receiver_id);
    } else {
        n = put_place(place, n, "", 'u', sender_id);
        n = put_place(place, n, " ", 'u', receiver_id);
    }
    n = put_place(place, n, " ", 'f', sender_id);
    snprintf(place + n, PLACE_MAX - n, "%s%s%s", message->file_id != 0 ? " hf" : "",
             message->kind == CW_KIND_VOICE ? " hv" : "", link ? " hl" : "");
}

/* False: its file cannot be read, whose name has words. */
static bool change(struct cw_sqlite *s, enum cw_sql which, const struct cw_store_message *message)
{
    char place[PLACE_MAX];
    struct cw_arena arena = {0};
    struct cw_buf text = {0};
    struct cw_store_file file;
    bool voice = message->kind == CW_KIND_VOICE, whole = true;
    cw_sql_statement *st = cw_sql_of(s, which);
    struct cw_slice body = voice ? (struct cw_slice){0} : message->body;
    if (body.n != 0)
        cw_buf_append(&text, body.p, body.n);
    if (message->file_id != 0 && (whole = cw_sqlite_file_row(s, message->file_id, &file, &arena))) {
        cw_buf_append_byte(&text, '\n');
        cw_buf_append(&text, file.name.p, file.name.n);
    }
    write_place(message, cw_text_has_link(body), place);
    cw_sql_int(st, 1, message->message_id);
    cw_words(cw_buf_slice(&text), &s->words);
    cw_sql_text_of(st, 2, cw_buf_slice(&s->words));
    cw_sql_text_of(st, 3, cw_slice_str(place));
    if (whole || which == CW_SQL_SEARCH_INSERT)
        cw_sql_run(s, which);
    if (s->words.capacity > WORDS_KEPT)
        cw_buf_finish(&s->words);
    cw_buf_finish(&text);
    cw_arena_finish(&arena);
    return whole;
}

static bool is_indexed(struct cw_sqlite *s, const struct cw_store_message *message)
{
    bool found = message->kind == CW_KIND_TEXT || message->kind == CW_KIND_VOICE;
    return message->message_id <= s->search_to && found && message->deleted_ms == 0;
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
    if (message->damaged || !change(s, CW_SQL_SEARCH_DELETE, message))
        cw_sql_run(s, CW_SQL_WORDS_FORGET);
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
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_SEARCH_PENDING);
    cw_sql_int(st, 1, *to);
    for (; *rows > 0 && !at_gap(s, *to) && cw_sql_row(s, st); --*rows) {
        struct cw_store_message message = {.message_id = cw_sql_column_int(st, 0),
                                           .mailbox = cw_sql_column_int(st, 1),
                                           .sender_id = cw_sql_column_int(st, 2),
                                           .kind = (enum cw_store_kind)cw_sql_column_int(st, 4),
                                           .file_id = cw_sql_column_int(st, 5)};
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
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_SEARCH_PENDING);
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
    cw_sql_int(cw_sql_of(s, CW_SQL_SEARCH_SET_PROGRESS), 1, s->search_to);
    cw_sql_run(s, CW_SQL_SEARCH_SET_PROGRESS);
    s->search_ms = s->now_ms;
}

/* --- times ------------------------------------------------------------------------------ */

/* Messages with these ids may be of the time that is asked for. */
struct span {
    uint64_t from, to; /* to: the first that is not */
    bool dated;
};

/* The first message behind `after`; 0: there is none. */
static uint64_t time_behind(struct cw_sqlite *s, uint64_t after, uint64_t *time_ms)
{
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_MESSAGE_TIME);
    cw_sql_int(st, 1, after);
    uint64_t id = cw_sql_row(s, st) ? cw_sql_column_int(st, 0) : 0;
    *time_ms = id == 0 ? UINT64_MAX : cw_sql_column_int(st, 1);
    cw_sql_end(st);
    return id;
}

/* Ids ascend with the time, but for a clock that was set: halves what lies between. Messages up to
 * the result are older. */
static uint64_t last_before(struct cw_sqlite *s, uint64_t time_ms)
{
    uint64_t low = 0, high = s->newest;
    while (low < high) {
        uint64_t middle = low + (high - low) / 2, found_ms;
        uint64_t id = time_behind(s, middle, &found_ms);
        if (id == 0 || found_ms >= time_ms)
            high = middle;
        else
            low = id;
    }
    return low;
}

static struct span span_of(struct cw_sqlite *s, const struct cw_store_request *request)
{
    struct span span = {0, request->before == 0 ? INT64_MAX : request->before,
                        request->from_ms != 0 || request->until_ms != 0};
    if (request->from_ms > CLOCK_MARGIN_MS)
        span.from = last_before(s, request->from_ms - CLOCK_MARGIN_MS);
    uint64_t to = request->until_ms == 0 ? INT64_MAX
                                         : last_before(s, request->until_ms + CLOCK_MARGIN_MS) + 1;
    span.to = to < span.to ? to : span.to;
    cw_sqlite_pass(s, CW_SQL_MESSAGE_TIME);
    return span;
}

static bool is_of_time(struct cw_sqlite *s, const struct cw_store_request *request, uint64_t id)
{
    uint64_t time_ms;
    bool found = time_behind(s, id - 1, &time_ms) == id;
    return found && time_ms >= request->from_ms &&
           (request->until_ms == 0 || time_ms < request->until_ms);
}

/* --- what is found ------------------------------------------------------------------------- */

/* The ids, newest first: one more than the limit tells that there are more. *scanned_to: what
 * lies before it was not looked at; 0: all was. */
static size_t find_ids(struct cw_sqlite *s, const struct cw_store_request *request,
                       struct cw_slice query, uint64_t *ids, uint64_t *scanned_to)
{
    struct span span = span_of(s, request);
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_SEARCH);
    size_t n = 0, scanned = 0, most = span.dated ? CW_SEARCH_SCAN_MAX : request->limit + 1u;
    uint64_t id = 0;
    cw_sql_text_of(st, 1, query);
    cw_sql_int(st, 2, span.to);
    cw_sql_int(st, 3, most);
    while (n <= request->limit && cw_sql_match(s, st)) {
        id = cw_sql_column_int(st, 0);
        if (id <= span.from)
            break;
        scanned++;
        if (!span.dated || is_of_time(s, request, id))
            ids[n++] = id;
    }
    cw_sql_end(st);
    *scanned_to = span.dated && scanned == most && n <= request->limit ? id : 0;
    return n;
}

/* The messages of the ids, with at most so many bytes as a page of history. */
static void read_found(struct cw_sqlite *s, const struct cw_store_request *request,
                       const uint64_t *ids, size_t n, uint64_t scanned_to,
                       struct cw_store_result *result, struct cw_arena *arena)
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
    result->more = i < n || scanned_to != 0;
    if (result->more)
        result->scanned_to = i < n ? ids[i - 1] : scanned_to;
}

void cw_sqlite_search(struct cw_sqlite *s, const struct cw_store_request *request,
                      struct cw_store_result *result, struct cw_arena *arena)
{
    if (request->conversation != 0)
        result->status = cw_store_may_read(&s->store, request->user_id, request->conversation);
    if (result->status != CW_STORE_OK)
        return;
    cw_words_query(request->body, &s->words);
    if (!cw_store_asks_search(request, s->words.n != 0))
        return;
    struct cw_slice query = cw_sqlite_query(s, request, arena);
    uint64_t *ids = cw_arena_alloc(arena, ((size_t)request->limit + 1) * sizeof ids[0]);
    uint64_t scanned_to;
    size_t n = find_ids(s, request, query, ids, &scanned_to);
    read_found(s, request, ids, n, scanned_to, result, arena);
}
