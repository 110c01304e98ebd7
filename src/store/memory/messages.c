/* messages.c - messages and their changes, in memory.
 *
 * An append touches nothing but the ends of lists. */
#include "store/memory/messages.h"

#include "store/memory/files.h"
#include "store/memory/mentions.h"
#include "store/memory/pins.h"
#include "store/memory/posting.h"
#include "store/memory/reactions.h"
#include "store/memory/versions.h"

/* --- conversations ------------------------------------------------------------------- */

static struct cw_memory_conversation *open_conversation(struct cw_memory *m, uint64_t id)
{
    struct cw_memory_conversation *conversation = cw_memory_conversation(m, id);
    if (conversation != NULL)
        return conversation;
    conversation = cw_memory_keep(m, sizeof *conversation);
    conversation->id = id;
    cw_memory_add(&m->conversations, conversation);
    cw_map_put(&m->conversation_ids, cw_map_id(&conversation->id), conversation);
    return conversation;
}

/* Adds an entry with a copy of the body behind it; the caller fills in what else
 * it says. */
static struct cw_memory_entry *add_entry(struct cw_memory *m,
                                         const struct cw_store_request *request, uint64_t mailbox,
                                         struct cw_slice body)
{
    struct cw_memory_entry *entry = cw_arena_alloc(&m->arena, sizeof *entry + body.n);
    *entry = (struct cw_memory_entry){.message.body = cw_slice_of(entry + 1, body.n)};
    if (body.n != 0)
        memcpy(entry + 1, body.p, body.n);
    entry->conversation = open_conversation(m, cw_conversation_of(mailbox, request->user_id));
    entry->message.message_id = ++m->newest;
    cw_memory_add(&m->messages, entry);
    entry->message.seq = (uint32_t)cw_memory_add(&entry->conversation->entries, entry);
    entry->message.time_ms = request->time_ms;
    entry->message.mailbox = mailbox;
    entry->message.sender_id = (uint32_t)request->user_id;
    return entry;
}

static void show_place(const struct cw_memory_entry *entry, struct cw_store_result *result)
{
    result->message_id = entry->message.message_id;
    result->seq = entry->message.seq;
    result->time_ms = entry->message.time_ms;
}

/* --- sending ------------------------------------------------------------------------- */

/* Tests chose the names and texts here. */
static const uint64_t sent_key[2] = {1, 2};

static void answer_retry(struct cw_memory *m, const struct cw_store_request *request, uint64_t id,
                         struct cw_store_result *result)
{
    const struct cw_memory_entry *entry = cw_memory_entry_with_id(m, id);
    struct cw_store_first first = {0};
    bool found = entry != NULL && !entry->gone;
    if (found)
        first = (struct cw_store_first){.message_id = id,
                                        .mailbox = entry->message.mailbox,
                                        .seq = entry->message.seq,
                                        .time_ms = entry->message.time_ms,
                                        .sent = entry->sent};
    cw_store_answer_retry(request, cw_store_sent_hash(sent_key, request), found ? &first : NULL,
                          result);
}

/* Has the part used n, or may it have? Then that is the answer. */
static bool is_retry(struct cw_memory *m, const struct cw_memory_session *session,
                     const struct cw_store_request *request, struct cw_store_result *result)
{
    const struct cw_memory_window *window =
        session == NULL || request->n == 0 ? NULL : cw_memory_window_find(session, request->part);
    enum cw_window_place place =
        window == NULL ? CW_WINDOW_FREE : cw_window_look(&window->window, request->n);
    if (place == CW_WINDOW_FREE)
        return false;
    if (place == CW_WINDOW_PAST)
        result->status = CW_STORE_UNKNOWN;
    else
        answer_retry(m, request, cw_window_id(&window->window, request->n), result);
    return true;
}

static struct cw_memory_recording *keep_recording(struct cw_memory *m,
                                                  const struct cw_store_request *request)
{
    struct cw_memory_recording *recording = cw_memory_keep(m, sizeof *recording);
    recording->duration_ms = request->duration_ms;
    recording->waveform = cw_arena_copy(&m->arena, request->waveform);
    return recording;
}

void cw_memory_message_append(struct cw_memory *m, const struct cw_store_request *request,
                              struct cw_store_result *result)
{
    struct cw_memory_session *session = cw_memory_at(&m->sessions, request->session_id);
    if (is_retry(m, session, request, result))
        return;
    const struct cw_memory_conversation *conversation =
        cw_memory_conversation(m, cw_conversation_of(request->mailbox, request->user_id));
    result->status = cw_store_may_append(&m->store, &m->options, request,
                                         cw_memory_last_seq(conversation), result);
    if (result->status != CW_STORE_OK)
        return;
    struct cw_memory_entry *entry = add_entry(m, request, request->mailbox, request->body);
    cw_memory_written(m, request);
    entry->message.voice = request->voice;
    entry->message.kind = (uint8_t)cw_store_kind_sent(request);
    cw_memory_count_stored(m, request->user_id, 0, cw_memory_stored_size(entry));
    entry->message.channels = (uint8_t)request->channels;
    entry->message.sample_rate = request->sample_rate;
    entry->message.reply_to = (uint32_t)request->reply_to;
    if (request->voice)
        entry->recording = keep_recording(m, request);
    if (request->file_id != 0)
        result->file_sent = cw_memory_file_send(m, request->file_id, entry->message.message_id);
    if (session != NULL && request->n != 0) {
        entry->sent = cw_store_sent_hash(sent_key, request);
        cw_memory_window_use(session, request->part, request->n, entry->message.message_id);
    }
    show_place(entry, result);
    result->quote = cw_memory_quote(m, entry->conversation->id, request->reply_to);
    cw_memory_mentions_add(m, request, entry, result);
}

/* --- changing ------------------------------------------------------------------------ */

/* The message that the request is about, which the asker may at least read. */
static struct cw_memory_entry *find_message(struct cw_memory *m,
                                            const struct cw_store_request *request,
                                            struct cw_store_result *result)
{
    result->status = cw_store_may_read(&m->store, request->user_id, request->conversation);
    if (result->status != CW_STORE_OK)
        return NULL;
    struct cw_memory_entry *entry =
        cw_memory_entry(cw_memory_conversation(m, request->conversation), request->seq);
    if (entry == NULL || !cw_kind_is_message(entry->message.kind)) {
        result->status = CW_STORE_NOT_FOUND;
        return NULL;
    }
    return entry;
}

/* The entry that says what was done to `entry`. */
static void add_event(struct cw_memory *m, const struct cw_store_request *request,
                      struct cw_memory_entry *entry, enum cw_store_kind kind,
                      struct cw_store_result *result)
{
    struct cw_memory_entry *event =
        add_entry(m, request, cw_store_event_mailbox(request), (struct cw_slice){0});
    event->message.kind = (uint8_t)kind;
    cw_memory_count_stored(m, request->user_id, 0, cw_memory_stored_size(event));
    event->message.of = entry->message.seq;
    entry->changed = event->message.seq;
    show_place(event, result);
}

/* The change was made before. */
static void answer_repeated(const struct cw_memory_entry *entry, struct cw_store_result *result)
{
    const struct cw_memory_entry *event = cw_memory_entry(entry->conversation, entry->changed);
    result->repeated = true;
    show_place(event != NULL ? event : entry, result);
}

/* Has the answer of the rules been OK? Else it is the result. */
static bool may_change(const struct cw_memory_entry *entry, enum cw_store_status status,
                       struct cw_store_result *result)
{
    if (status == CW_STORE_EXISTS)
        answer_repeated(entry, result);
    else
        result->status = status;
    return status == CW_STORE_OK;
}

void cw_memory_message_edit(struct cw_memory *m, const struct cw_store_request *request,
                            struct cw_store_result *result)
{
    struct cw_memory_entry *entry = find_message(m, request, result);
    if (entry == NULL)
        return;
    const struct cw_store_entry old = cw_memory_rules_entry(entry);
    if (!may_change(entry,
                    cw_store_may_edit(&m->store, &m->options, request, &old, entry->message.body,
                                      cw_memory_stored_size(entry)),
                    result))
        return;
    cw_memory_version_keep(m, request, entry);
    cw_memory_count_stored(m, request->user_id, entry->message.body.n, request->body.n);
    entry->message.body = cw_arena_copy(&m->arena, request->body);
    entry->message.edited_ms = request->time_ms;
    cw_memory_mentions_drop(m, entry->message.message_id);
    cw_memory_mentions_add(m, request, entry, result);
    add_event(m, request, entry, CW_KIND_EDIT, result);
}

void cw_memory_message_blank(struct cw_memory *m, struct cw_memory_entry *entry, uint64_t time_ms)
{
    entry->sent = 0;
    cw_memory_count_stored(m, entry->message.sender_id, entry->message.body.n, 0);
    entry->message.body = (struct cw_slice){0};
    entry->recording = NULL;
    cw_memory_file_forget(m, entry->message.message_id);
    entry->message.deleted_ms = time_ms;
    cw_memory_reactions_drop(m, entry->message.message_id);
    cw_memory_mentions_drop(m, entry->message.message_id);
    cw_memory_versions_drop(m, entry->message.message_id);
    cw_memory_pin_drop(m, entry->conversation->id, entry->message.seq);
}

void cw_memory_message_delete(struct cw_memory *m, const struct cw_store_request *request,
                              struct cw_store_result *result)
{
    struct cw_memory_entry *entry = find_message(m, request, result);
    if (entry == NULL)
        return;
    const struct cw_store_entry old = cw_memory_rules_entry(entry);
    if (!may_change(entry, cw_store_may_delete(&m->store, request, &old), result))
        return;
    cw_memory_message_blank(m, entry, request->time_ms);
    add_event(m, request, entry, CW_KIND_DELETE, result);
}
