/* sqlite_append.c - a message takes its place: the row, its number in the conversation,
 * and whether the session sent it before.
 *
 * The counters of sessions are kept for the length of a batch and written once
 * before its commit, however many messages a session has in it. */
#include <stdlib.h>

#include "store/sqlite.h"

/* What only a voice has, behind the parameters of every message. */
static void bind_voice(sqlite3_stmt *st, int at, const struct cw_sqlite_new *new)
{
    cw_sql_int(st, at, new->channels);
    cw_sql_int(st, at + 1, new->sample_rate);
    cw_sql_int(st, at + 2, new->duration_ms);
    sqlite3_bind_null(st, at + 3);
    sqlite3_bind_null(st, at + 4);
    if (new->waveform.n != 0)
        cw_sql_text_of(st, at + 3, new->waveform);
    if (new->blob.n != 0)
        cw_sql_text_of(st, at + 4, new->blob);
}

static uint64_t sum_of(const struct cw_sqlite_new *new, uint64_t id, bool inside)
{
    const struct cw_store_message message = {.message_id = id,
                                             .mailbox = new->mailbox,
                                             .seq = new->seq,
                                             .sender_id = new->sender_id,
                                             .time_ms = new->time_ms,
                                             .kind = new->kind};
    struct cw_slice body = inside ? new->body : cw_slice_of("", 0);
    return cw_sqlite_sum(&message, new->blob.n != 0 ? new->body_sum : cw_store_body_sum(body));
}

uint64_t cw_sqlite_message_add(struct cw_sqlite *s, const struct cw_sqlite_new *new,
                               struct cw_store_result *result)
{
    bool voice = new->kind == CW_KIND_VOICE || new->blob.n != 0;
    enum cw_sql insert = voice ? CW_SQL_VOICE_INSERT : CW_SQL_MESSAGE_INSERT;
    sqlite3_stmt *st = s->statements[insert];
    const uint64_t numbers[] = {s->newest + 1,   new->mailbox, new->sender_id, new->seq,
                                new->time_ms,    new->kind,    new->reply_to,  new->about,
                                new->session_id, new->n,       new->previous};
    enum { NUMBERS = sizeof numbers / sizeof numbers[0] };
    for (int i = 0; i < NUMBERS; i++)
        cw_sql_int(st, i + 1, numbers[i]);
    bool inside = new->kind <= CW_KIND_VOICE &&new->blob.n == 0;
    if (inside)
        cw_sql_blob(st, NUMBERS + 1, new->body);
    else
        sqlite3_bind_null(st, NUMBERS + 1);
    cw_sql_int(st, NUMBERS + 2, sum_of(new, s->newest + 1, inside));
    if (voice)
        bind_voice(st, NUMBERS + 3, new);
    cw_sql_run(s, insert);
    if (s->trouble != CW_STORE_OK)
        return 0;
    s->newest++;
    cw_sqlite_inbox_add(s, new->mailbox, new->sender_id, s->newest, new->seq);
    result->message_id = s->newest;
    result->seq = new->seq;
    result->time_ms = new->time_ms;
    return s->newest;
}

/* --- counters ------------------------------------------------------------------------ */

struct cw_sqlite_counter {
    struct cw_sqlite_counter *next;
    uint64_t session_id;
    uint64_t last_n;
    uint64_t counted_id; /* the message with that counter */
    bool is_there, changed;
};

/* The session's counter; NULL when there is no such session. */
static struct cw_sqlite_counter *counter_of(struct cw_sqlite *s, uint64_t session_id)
{
    struct cw_sqlite_counter *counter = cw_map_get(&s->counter_ids, cw_map_id(&session_id));
    if (counter == NULL) {
        sqlite3_stmt *st = s->statements[CW_SQL_SESSION_COUNTER];
        cw_sql_int(st, 1, session_id);
        counter = cw_alloc(sizeof *counter);
        *counter = (struct cw_sqlite_counter){.next = s->counters, .session_id = session_id};
        if (cw_sql_row(s, st)) {
            counter->is_there = true;
            counter->last_n = cw_sql_column_int(st, 0);
            counter->counted_id = cw_sql_column_int(st, 1);
        }
        cw_sql_end(st);
        s->counters = counter;
        cw_map_put(&s->counter_ids, cw_map_id(&counter->session_id), counter);
    }
    return counter->is_there ? counter : NULL;
}

void cw_sqlite_counters_write(struct cw_sqlite *s)
{
    sqlite3_stmt *st = s->statements[CW_SQL_SESSION_COUNT];
    for (struct cw_sqlite_counter *counter = s->counters; counter != NULL;
         counter = counter->next) {
        if (!counter->changed)
            continue;
        cw_sql_int(st, 1, counter->session_id);
        cw_sql_int(st, 2, counter->last_n);
        cw_sql_int(st, 3, counter->counted_id);
        cw_sql_run(s, CW_SQL_SESSION_COUNT);
    }
}

void cw_sqlite_counters_forget(struct cw_sqlite *s)
{
    while (s->counters != NULL) {
        struct cw_sqlite_counter *counter = s->counters;
        s->counters = counter->next;
        cw_map_remove(&s->counter_ids, cw_map_id(&counter->session_id));
        free(counter);
    }
}

/* --- retries ------------------------------------------------------------------------- */

/* What the message with this id was given, if it is the one with the counter. */
static bool is_first_time(struct cw_sqlite *s, const struct cw_store_request *request, uint64_t id,
                          uint64_t *previous, struct cw_store_result *result)
{
    bool found = false;
    sqlite3_stmt *st = s->statements[CW_SQL_MESSAGE_COUNTED];
    cw_sql_int(st, 1, id);
    *previous = 0;
    if (cw_sql_row(s, st) && cw_sql_column_int(st, 0) == request->session_id) {
        uint64_t n = cw_sql_column_int(st, 1);
        found = n == request->n && cw_sql_column_int(st, 2) == request->mailbox;
        *previous = n > request->n ? cw_sql_column_int(st, 3) : 0;
        if (found) {
            result->message_id = id;
            result->seq = cw_sql_column_int(st, 4);
            result->time_ms = cw_sql_column_int(st, 5);
        }
    }
    cw_sql_end(st);
    return found;
}

static void answer_retry(struct cw_sqlite *s, const struct cw_store_request *request, uint64_t id,
                         struct cw_store_result *result)
{
    uint64_t previous;
    for (int i = 0; i < CW_RETRIES_MAX && id != 0 && !result->repeated; i++, id = previous)
        result->repeated = is_first_time(s, request, id, &previous, result);
    if (!result->repeated)
        result->status = CW_STORE_MISMATCH;
    if (request->blob.n != 0) /* written again for nothing */
        cw_sqlite_unlink_later(s, request->blob);
}

/* --- appending ------------------------------------------------------------------------ */

void cw_sqlite_message_append(struct cw_sqlite *s, const struct cw_store_request *request,
                              struct cw_store_result *result, struct cw_arena *arena)
{
    uint64_t conversation = cw_conversation_of(request->mailbox, request->user_id);
    struct cw_sqlite_counter *counter = request->n == 0 ? NULL : counter_of(s, request->session_id);
    if (counter != NULL && request->n <= counter->last_n) {
        answer_retry(s, request, counter->counted_id, result);
        return;
    }
    struct cw_sqlite_place last = cw_sqlite_last(s, conversation);
    if (request->reply_to > last.seq) {
        result->status = CW_STORE_NOT_FOUND;
        return;
    }
    struct cw_sqlite_new new = {.mailbox = request->mailbox,
                                .sender_id = request->user_id,
                                .seq = last.seq + 1,
                                .time_ms = request->time_ms,
                                .kind = request->voice ? CW_KIND_VOICE : CW_KIND_TEXT,
                                .channels = request->channels,
                                .sample_rate = request->sample_rate,
                                .reply_to = request->reply_to,
                                .duration_ms = request->duration_ms,
                                .waveform = request->waveform,
                                .blob = request->blob,
                                .body_sum = request->body_sum,
                                .body = request->body};
    if (counter != NULL) {
        new.session_id = request->session_id;
        new.n = request->n;
        new.previous = counter->counted_id;
    }
    uint64_t id = cw_sqlite_message_add(s, &new, result);
    if (counter != NULL) {
        counter->last_n = request->n;
        counter->counted_id = id;
        counter->changed = true;
    }
    cw_sqlite_prune(s, conversation, new.seq, arena);
}
