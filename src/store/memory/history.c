/* history.c - conversations read again: pages and searches, in memory. */
#include "store/memory/memory.h"
#include "store/memory/share.h"
#include "store/rules_profile.h"
#include "text/query.h"
#include "text/words.h"

/* --- history ------------------------------------------------------------------------- */

/* The number of the first entry that is kept, 0: there is none. */
static uint64_t first_kept(const struct cw_memory_conversation *conversation)
{
    uint64_t seq = 1, last = cw_memory_last_seq(conversation);
    while (seq <= last && cw_memory_entry(conversation, seq) == NULL)
        seq++;
    return seq <= last ? seq : 0;
}

/* Appends to the result, which has room for so many messages. */
static void put_entry(struct cw_memory *m, struct cw_store_result *result, size_t *room,
                      struct cw_store_message message)
{
    if (result->message_count == *room) {
        struct cw_store_message *old = result->messages;
        *room = 2 * *room + 1;
        result->messages = cw_memory_out_array(m, *room, sizeof *old);
        if (result->message_count != 0)
            memcpy(result->messages, old, result->message_count * sizeof *old);
    }
    result->messages[result->message_count++] = message;
}

static void read_page(struct cw_memory *m, const struct cw_store_request *request,
                      const struct cw_memory_conversation *conversation,
                      struct cw_store_result *result)
{
    struct cw_store_history page = cw_store_history_begin(
        &m->store, request, first_kept(conversation), cw_memory_last_seq(conversation));
    size_t room = 0;
    uint64_t seq;
    for (; (seq = cw_store_history_next(&page)) != 0; cw_store_history_step(&page)) {
        struct cw_store_message message =
            cw_memory_show(m, cw_memory_entry(conversation, seq), false);
        if (cw_store_hides(&m->store, &message, request->user_id))
            continue;
        cw_memory_show_share(m, request->conversation, request->user_id, &message);
        if (!cw_store_history_takes(&page, &message))
            break;
        put_entry(m, result, &room, message);
    }
    cw_store_history_end(&page, result);
}

void cw_memory_history_read(struct cw_memory *m, const struct cw_store_request *request,
                            struct cw_store_result *result)
{
    result->status = cw_store_may_read(&m->store, request->user_id, request->conversation);
    if (result->status != CW_STORE_OK)
        return;
    const struct cw_memory_conversation *conversation =
        cw_memory_conversation(m, request->conversation);
    read_page(m, request, conversation, result);
    result->last_seq = cw_memory_last_seq(conversation);
    result->read_seq = cw_memory_read_seq(m, request->conversation, request->user_id);
    if (cw_mailbox_is_group(request->conversation))
        return;
    uint64_t peer_id = cw_conversation_peer(request->conversation, request->user_id);
    const struct cw_memory_user *peer = cw_memory_at(&m->users, peer_id);
    if (cw_store_hides_marks(&m->store, peer_id, request->user_id))
        return; /* what it has read and received is its own business now */
    result->peer_read_seq = cw_memory_read_seq(m, request->conversation, peer_id);
    result->peer_cursor = peer->high_cursor;
}

void cw_memory_voice_read(struct cw_memory *m, const struct cw_store_request *request,
                          struct cw_store_result *result)
{
    result->status = cw_store_may_read(&m->store, request->user_id, request->conversation);
    if (result->status != CW_STORE_OK)
        return;
    const struct cw_memory_entry *entry =
        cw_memory_entry(cw_memory_conversation(m, request->conversation), request->seq);
    struct cw_store_entry shown;
    if (!cw_memory_entry_at(&m->store, request->conversation, request->seq, &shown) ||
        !cw_store_has_recording(&shown)) {
        result->status = CW_STORE_NOT_FOUND;
        return;
    }
    result->messages = cw_memory_out_array(m, 1, sizeof result->messages[0]);
    result->messages[0] = cw_memory_show(m, entry, true);
    result->message_count = 1;
}

/* --- search -------------------------------------------------------------------------- */

/* The words of a file's name are words of its message; a recording has none. */
static bool has_words(const struct cw_store_message *message, struct cw_slice terms)
{
    struct cw_buf text = {0}, tokens = {0};
    if (terms.n == 0)
        return true;
    if (!message->voice && message->body.n != 0)
        cw_buf_append(&text, message->body.p, message->body.n);
    cw_buf_append_byte(&text, '\n');
    if (message->file_name.n != 0)
        cw_buf_append(&text, message->file_name.p, message->file_name.n);
    cw_words(cw_buf_slice(&text), &tokens);
    bool found = cw_words_match(cw_buf_slice(&tokens), terms);
    cw_buf_finish(&text);
    cw_buf_finish(&tokens);
    return found;
}

static bool passes_filters(const struct cw_store_request *request,
                           const struct cw_store_message *message)
{
    unsigned has = (message->file_id != 0 ? CW_HAS_FILE : 0u) |
                   (message->voice ? CW_HAS_VOICE : 0u) |
                   (!message->voice && cw_text_has_link(message->body) ? CW_HAS_LINK : 0u);
    return (request->has & ~has) == 0 && message->time_ms >= request->from_ms &&
           (request->until_ms == 0 || message->time_ms < request->until_ms) &&
           (request->other_id == 0 || request->other_id == message->sender_id);
}

static bool is_found(struct cw_memory *m, const struct cw_store_request *request,
                     struct cw_slice terms, const struct cw_memory_entry *entry)
{
    uint64_t conversation = entry->conversation->id;
    bool found = entry->message.kind == CW_KIND_TEXT || entry->message.kind == CW_KIND_VOICE;
    if (entry->gone || !found || entry->message.deleted_ms != 0 ||
        (request->conversation != 0 && request->conversation != conversation) ||
        cw_store_may_read(&m->store, request->user_id, conversation) != CW_STORE_OK)
        return false;
    struct cw_store_message message = cw_memory_show(m, entry, false);
    return passes_filters(request, &message) && has_words(&message, terms);
}

void cw_memory_search(struct cw_memory *m, const struct cw_store_request *request,
                      struct cw_store_result *result)
{
    uint64_t id = m->messages.count;
    size_t room = 0, bytes = 0;
    struct cw_buf terms = {0};
    if (request->conversation != 0)
        result->status = cw_store_may_read(&m->store, request->user_id, request->conversation);
    if (result->status != CW_STORE_OK)
        return;
    if (request->before != 0)
        id = cw_memory_place_above(m, request->before - 1);
    cw_words_query(request->body, &terms);
    if (!cw_store_asks_search(request, terms.n != 0))
        id = 0;
    for (; id >= 1 && !result->more; id--) {
        const struct cw_memory_entry *entry = m->messages.items[id - 1];
        if (!is_found(m, request, cw_buf_slice(&terms), entry))
            continue;
        struct cw_store_message message = cw_memory_show(m, entry, false);
        cw_store_hides(&m->store, &message, request->user_id);
        result->more = result->message_count == request->limit ||
                       !cw_store_has_room_for_bytes(result->message_count, bytes, message.body.n);
        bytes += message.body.n;
        if (result->more)
            break;
        put_entry(m, result, &room, message);
        result->scanned_to = message.message_id;
    }
    result->scanned_to = result->more ? result->scanned_to : 0;
    cw_buf_finish(&terms);
}
