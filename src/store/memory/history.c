/* history.c - conversations read again: pages and searches, in memory. */
#include "store/memory/memory.h"
#include "text/words.h"

/* --- history ------------------------------------------------------------------------- */

static bool is_any_kept(const struct cw_memory_conversation *conversation, uint64_t from,
                        uint64_t to)
{
    for (uint64_t seq = from; seq <= to; seq++)
        if (cw_memory_entry(conversation, seq) != NULL)
            return true;
    return false;
}

/* A page: on from number `at`, or back from before it. */
struct window {
    uint64_t at;
    bool on;
};

static uint64_t back_from(const struct cw_memory_conversation *conversation, uint64_t at,
                          uint64_t most)
{
    uint64_t count = 0, scanned = 0;
    while (at > 1 && count < most && scanned < CW_HISTORY_SCAN_MAX / 2) {
        const struct cw_memory_entry *entry = cw_memory_entry(conversation, --at);
        scanned += entry != NULL;
        count += cw_memory_is_shown(entry);
    }
    return at;
}

static struct window window_of(const struct cw_store_request *request,
                               const struct cw_memory_conversation *conversation, uint64_t last)
{
    uint64_t seq = request->seq > last ? last + 1 : request->seq;
    switch (request->anchor) {
    case CW_ANCHOR_BEFORE:
        return (struct window){seq == 0 ? 1 : seq, false};
    case CW_ANCHOR_AFTER:
        return (struct window){seq + 1, true};
    case CW_ANCHOR_AROUND:
        return (struct window){back_from(conversation, seq == 0 ? 1 : seq, request->limit / 2),
                               true};
    case CW_ANCHOR_LATEST:
        break;
    }
    return (struct window){last + 1, false};
}

/* What is in a page. */
struct page {
    struct cw_store_result *result;
    uint64_t user_id;
    size_t bytes, scanned, shown, limit, room;
};

static void put_entry(struct cw_memory *m, struct page *page, struct cw_store_message message)
{
    struct cw_store_result *result = page->result;
    if (result->message_count == page->room) {
        struct cw_store_message *old = result->messages;
        page->room = 2 * page->room + 1;
        result->messages = cw_memory_out_array(m, page->room, sizeof *old);
        if (result->message_count != 0)
            memcpy(result->messages, old, result->message_count * sizeof *old);
    }
    result->messages[result->message_count++] = message;
}

/* The entry into the page, if there is one; false when there is no room for it. */
static bool take(struct cw_memory *m, const struct cw_memory_entry *entry, struct page *page)
{
    if (entry == NULL)
        return true;
    if (page->shown == page->limit || page->scanned++ == CW_HISTORY_SCAN_MAX)
        return false;
    struct cw_store_message message = cw_memory_show(m, entry, false);
    if (cw_store_hides(&m->store, &message, page->user_id))
        return true;
    if (page->result->message_count != 0 && page->bytes + message.body.n > CW_PAGE_BYTES_MAX)
        return false;
    page->bytes += message.body.n;
    page->shown += cw_memory_is_shown(entry);
    put_entry(m, page, message);
    return true;
}

/* From the anchor on, so that what has no room is what lies farther away. */
static void read_page(struct cw_memory *m, const struct cw_store_request *request,
                      const struct cw_memory_conversation *conversation,
                      struct cw_store_result *result)
{
    uint64_t last = cw_memory_last_seq(conversation);
    struct window window = window_of(request, conversation, last);
    struct page page = {.result = result, .limit = request->limit, .user_id = request->user_id};
    uint64_t seq = window.at;
    if (window.on) {
        while (seq <= last && take(m, cw_memory_entry(conversation, seq), &page))
            seq++;
        result->more = is_any_kept(conversation, seq, last);
        result->seq = result->more && result->message_count == 0 ? seq - 1 : 0;
        return;
    }
    while (seq > 1 && take(m, cw_memory_entry(conversation, seq - 1), &page))
        seq--;
    cw_store_reverse(result->messages, result->message_count);
    result->more = is_any_kept(conversation, 1, seq - 1);
    result->seq = result->more && result->message_count == 0 ? seq : 0;
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
    if (cw_memory_has_user(&peer->blocked, request->user_id))
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
    if (entry == NULL || !entry->message.voice || entry->message.deleted_ms != 0) {
        result->status = CW_STORE_NOT_FOUND;
        return;
    }
    result->messages = cw_memory_out_array(m, 1, sizeof result->messages[0]);
    result->messages[0] = cw_memory_show(m, entry, true);
    result->message_count = 1;
}

/* --- search -------------------------------------------------------------------------- */

static bool has_words(struct cw_slice text, struct cw_slice terms)
{
    struct cw_buf tokens = {0};
    cw_words(text, &tokens);
    bool found = cw_words_match(cw_buf_slice(&tokens), terms);
    cw_buf_finish(&tokens);
    return found;
}

static bool is_found(struct cw_memory *m, const struct cw_store_request *request,
                     struct cw_slice terms, const struct cw_memory_entry *entry)
{
    uint64_t conversation = entry->conversation->id;
    return !entry->gone && entry->message.kind == CW_KIND_TEXT && entry->message.deleted_ms == 0 &&
           (request->conversation == 0 || request->conversation == conversation) &&
           cw_store_may_read(&m->store, request->user_id, conversation) == CW_STORE_OK &&
           has_words(entry->message.body, terms);
}

void cw_memory_search(struct cw_memory *m, const struct cw_store_request *request,
                      struct cw_store_result *result)
{
    uint64_t id = m->messages.count;
    struct page page = {.result = result, .limit = request->limit, .user_id = request->user_id};
    struct cw_buf terms = {0};
    if (request->conversation != 0)
        result->status = cw_store_may_read(&m->store, request->user_id, request->conversation);
    if (result->status != CW_STORE_OK)
        return;
    if (request->before != 0)
        id = cw_memory_place_above(m, request->before - 1);
    cw_words_query(request->body, &terms);
    for (; id >= 1 && !result->more; id--) {
        const struct cw_memory_entry *entry = m->messages.items[id - 1];
        if (is_found(m, request, cw_buf_slice(&terms), entry))
            result->more = !take(m, entry, &page);
    }
    cw_buf_finish(&terms);
}

/* --- the list of conversations ------------------------------------------------------- */
