/* append.c - stores a message: its row, its number in the conversation, and the check for a retry
 * (window.c). */
#include "store/rules.h"
#include "store/rules_mention.h"
#include "store/sqlite/damage.h"
#include "store/sqlite/file_rows.h"
#include "store/sqlite/inbox.h"
#include "store/sqlite/mentions.h"
#include "store/sqlite/messages.h"
#include "store/sqlite/operations.h"
#include "store/sqlite/posting.h"
#include "store/sqlite/quotes.h"
#include "store/sqlite/retention.h"
#include "store/sqlite/sql.h"
#include "store/sqlite/state.h"
#include "store/sqlite/statements.h"
#include "store/sqlite/stored.h"
#include "store/sqlite/window.h"

/* The parameters of a voice message, after those of every message. */
static void bind_voice(cw_sql_statement *st, int at, const struct cw_sqlite_new *new)
{
    cw_sql_int(st, at, new->channels);
    cw_sql_int(st, at + 1, new->sample_rate);
    cw_sql_int(st, at + 2, new->duration_ms);
    cw_sql_null(st, at + 3);
    cw_sql_null(st, at + 4);
    if (new->waveform.n != 0)
        cw_sql_text_of(st, at + 3, new->waveform);
    if (new->blob.n != 0)
        cw_sql_text_of(st, at + 4, new->blob);
}

static uint64_t sum_of(const struct cw_sqlite_new *new, uint64_t id, bool inside)
{
    struct cw_slice body = inside ? new->body : cw_slice_of("", 0);
    const struct cw_sqlite_summed summed = {.message_id = id,
                                            .mailbox = new->mailbox,
                                            .seq = new->seq,
                                            .sender_id = new->sender_id,
                                            .time_ms = new->time_ms,
                                            .kind = new->kind,
                                            .body_sum = new->blob.n != 0 ? new->body_sum
                                                                         : cw_store_body_sum(body)};
    return cw_sqlite_sum(&summed);
}

static uint64_t size_of(const struct cw_sqlite_new *new)
{
    if (new->blob.n == 0)
        return cw_store_stored_size(new->kind, cw_kind_is_message(new->kind) ? new->body.n : 0);
    char blob[CW_BLOB_NAME_MAX] = "";
    memcpy(blob, new->blob.p, new->blob.n < sizeof blob ? new->blob.n : sizeof blob - 1);
    return cw_sqlite_stored_size(new->kind, blob, 0);
}

uint64_t cw_sqlite_message_add(struct cw_sqlite *s, const struct cw_sqlite_new *new,
                               struct cw_store_result *result)
{
    bool voice = new->kind == CW_KIND_VOICE || new->blob.n != 0;
    enum cw_sql insert = voice ? CW_SQL_VOICE_INSERT : CW_SQL_MESSAGE_INSERT;
    cw_sql_statement *st = cw_sql_of(s, insert);
    const uint64_t numbers[] = {s->newest + 1,   new->mailbox, new->sender_id, new->seq,
                                new->time_ms,    new->kind,    new->reply_to,  new->about,
                                new->session_id, new->n,       new->previous};
    enum { NUMBERS = sizeof numbers / sizeof numbers[0] };
    for (int i = 0; i < NUMBERS; i++)
        cw_sql_int(st, i + 1, numbers[i]);
    bool inside = cw_kind_is_message(new->kind) && new->blob.n == 0;
    if (inside)
        cw_sql_blob(st, NUMBERS + 1, new->body);
    else
        cw_sql_null(st, NUMBERS + 1);
    cw_sql_int(st, NUMBERS + 2, sum_of(new, s->newest + 1, inside));
    if (voice)
        bind_voice(st, NUMBERS + 3, new);
    cw_sql_run(s, insert);
    if (s->trouble != CW_STORE_OK)
        return 0;
    s->newest++;
    cw_sqlite_stored_add(s, new->sender_id, size_of(new));
    cw_sqlite_inbox_add(s, new->mailbox, new->sender_id, s->newest, new->seq);
    result->message_id = s->newest;
    result->seq = new->seq;
    result->time_ms = new->time_ms;
    return s->newest;
}

/* --- retries ------------------------------------------------------------------------- */

/* The part has used n, for the message with this id. */
static void answer_retry(struct cw_sqlite *s, const struct cw_store_request *request, uint64_t id,
                         uint64_t sent, struct cw_store_result *result)
{
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_MESSAGE_COUNTED);
    struct cw_store_first first = {0};
    cw_sql_int(st, 1, id);
    bool found = cw_sql_row(s, st) && cw_sql_column_int(st, 0) == request->session_id &&
                 cw_sql_column_int(st, 1) == request->n;
    if (found)
        first = (struct cw_store_first){.message_id = id,
                                        .mailbox = cw_sql_column_int(st, 2),
                                        .sent = cw_sql_column_int(st, 3),
                                        .seq = cw_sql_column_int(st, 4),
                                        .time_ms = cw_sql_column_int(st, 5)};
    cw_sql_end(st);
    cw_store_answer_retry(request, sent, found ? &first : NULL, result);
}

/* Has the part used n, or may it have? Then that is the answer. */
static bool is_retry(struct cw_sqlite *s, const struct cw_store_request *request,
                     const struct cw_sqlite_window *window, uint64_t sent,
                     struct cw_store_result *result)
{
    enum cw_window_place place =
        window == NULL ? CW_WINDOW_FREE : cw_window_look(&window->window, request->n);
    if (place == CW_WINDOW_FREE)
        return false;
    if (place == CW_WINDOW_PAST)
        result->status = CW_STORE_UNKNOWN;
    else
        answer_retry(s, request, cw_window_id(&window->window, request->n), sent, result);
    return true;
}

/* --- appending ------------------------------------------------------------------------ */

void cw_sqlite_message_append(struct cw_sqlite *s, const struct cw_store_request *request,
                              struct cw_store_result *result, struct cw_arena *arena)
{
    uint64_t conversation = cw_conversation_of(request->mailbox, request->user_id);
    uint64_t sent = request->n == 0 ? 0 : cw_store_sent_hash(s->retry_key, request);
    struct cw_sqlite_window *window =
        request->n == 0 ? NULL : cw_sqlite_window(s, request->session_id, request->part);
    struct cw_sqlite_place last = {0};
    bool done = is_retry(s, request, window, sent, result);
    if (!done) {
        last = cw_sqlite_last(s, conversation);
        result->status = cw_store_may_append(&s->store, &s->options, request, last.seq, result);
    }
    if (done || result->status != CW_STORE_OK)
        return; /* execute removes the unused file of a body */
    struct cw_sqlite_new new = {.mailbox = request->mailbox,
                                .sender_id = request->user_id,
                                .seq = last.seq + 1,
                                .time_ms = request->time_ms,
                                .kind = cw_store_kind_sent(request),
                                .channels = request->channels,
                                .sample_rate = request->sample_rate,
                                .reply_to = request->reply_to,
                                .duration_ms = request->duration_ms,
                                .waveform = request->waveform,
                                .blob = request->blob,
                                .body_sum = request->body_sum,
                                .body = request->body};
    if (window != NULL) {
        new.session_id = request->session_id;
        new.n = request->n;
        new.previous = sent;
    }
    uint64_t id = cw_sqlite_message_add(s, &new, result);
    cw_sqlite_written(s, request);
    if (request->file_id != 0 && id != 0)
        result->file_sent = cw_sqlite_file_send(s, request->file_id, id, arena);
    if (window != NULL && id != 0) {
        cw_window_use(&window->window, request->n, id);
        window->last_id = id;
        window->changed = true;
    }
    if (request->reply_to != 0)
        result->quote = cw_sqlite_quote(s, conversation, request->reply_to, arena);
    if (id != 0 && cw_store_mentions_any(request)) {
        const struct cw_store_message message = {
            .message_id = id, .mailbox = new.mailbox, .sender_id = new.sender_id, .seq = new.seq};
        cw_sqlite_mentions_add(s, request, &message, result, arena);
    }
    cw_sqlite_prune(s, conversation, new.seq, arena);
}
