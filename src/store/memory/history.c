/* history.c - conversations read again: pages, searches, markers, lists, in memory. */
#include <stdlib.h>

#include "store/memory/memory.h"
#include "text/words.h"

/* --- markers ------------------------------------------------------------------------- */

static struct cw_memory_mark *mark_of(struct cw_memory *m, uint64_t conversation, uint64_t user_id)
{
    const uint64_t key[2] = {conversation, user_id};
    return cw_map_get(&m->marks, cw_slice_of(key, sizeof key));
}

static uint64_t read_seq(struct cw_memory *m, uint64_t conversation, uint64_t user_id)
{
    const struct cw_memory_mark *mark = mark_of(m, conversation, user_id);
    return mark == NULL ? 0 : mark->seq;
}

static void set_mark(struct cw_memory *m, uint64_t conversation, uint64_t user_id, uint64_t seq)
{
    struct cw_memory_mark *mark = mark_of(m, conversation, user_id);
    if (mark == NULL) {
        mark = cw_memory_keep(m, sizeof *mark);
        mark->key[0] = conversation;
        mark->key[1] = user_id;
        cw_map_put(&m->marks, cw_slice_of(mark->key, sizeof mark->key), mark);
    }
    mark->seq = seq;
}

void cw_memory_mark_drop(struct cw_memory *m, uint64_t conversation, uint64_t user_id)
{
    struct cw_memory_mark *mark = mark_of(m, conversation, user_id);
    if (mark != NULL)
        mark->seq = 0;
}

static uint64_t last_seq(const struct cw_memory_conversation *conversation)
{
    return conversation == NULL ? 0 : conversation->entries.count;
}

void cw_memory_mark_last(struct cw_memory *m, uint64_t conversation, uint64_t user_id)
{
    set_mark(m, conversation, user_id, last_seq(cw_memory_conversation(m, conversation)));
}

void cw_memory_read_mark(struct cw_memory *m, const struct cw_store_request *request,
                         struct cw_store_result *result)
{
    result->status = cw_memory_may_read(m, request->user_id, request->conversation);
    if (result->status != CW_STORE_OK)
        return;
    result->seq = read_seq(m, request->conversation, request->user_id);
    if (request->seq > last_seq(cw_memory_conversation(m, request->conversation))) {
        result->status = CW_STORE_MISMATCH;
    } else if (request->seq <= result->seq) {
        result->status = CW_STORE_EXISTS;
    } else {
        set_mark(m, request->conversation, request->user_id, request->seq);
        result->seq = request->seq;
    }
}

void cw_memory_play_mark(struct cw_memory *m, const struct cw_store_request *request,
                         struct cw_store_result *result)
{
    result->status = cw_memory_may_read(m, request->user_id, request->conversation);
    if (result->status != CW_STORE_OK)
        return;
    struct cw_memory_entry *entry =
        cw_memory_entry(cw_memory_conversation(m, request->conversation), request->seq);
    if (entry == NULL || entry->message.kind != CW_KIND_VOICE || entry->message.deleted_ms != 0 ||
        entry->message.sender_id == request->user_id) {
        result->status = CW_STORE_NOT_FOUND;
        return;
    }
    result->seq = request->seq;
    if (entry->recording->played_ms != 0)
        result->status = CW_STORE_EXISTS;
    else
        entry->recording->played_ms = request->time_ms;
}

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

/* The others show in what they changed. */
static bool is_shown(const struct cw_memory_entry *entry)
{
    return entry != NULL && entry->message.kind <= CW_KIND_VOICE;
}

static uint64_t back_from(const struct cw_memory_conversation *conversation, uint64_t at,
                          uint64_t most)
{
    uint64_t count = 0, scanned = 0;
    while (at > 1 && count < most && scanned < CW_HISTORY_SCAN_MAX / 2) {
        const struct cw_memory_entry *entry = cw_memory_entry(conversation, --at);
        scanned += entry != NULL;
        count += is_shown(entry);
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
    default:
        return (struct window){last + 1, false};
    }
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
    if (cw_memory_hides(m, &message, page->user_id))
        return true;
    if (page->result->message_count != 0 && page->bytes + message.body.n > CW_PAGE_BYTES_MAX)
        return false;
    page->bytes += message.body.n;
    page->shown += is_shown(entry);
    put_entry(m, page, message);
    return true;
}

static void reverse(struct cw_store_message *messages, size_t n)
{
    for (size_t i = 0; i < n / 2; i++) {
        struct cw_store_message message = messages[i];
        messages[i] = messages[n - 1 - i];
        messages[n - 1 - i] = message;
    }
}

/* From the anchor on, so that what has no room is what lies farther away. */
static void read_page(struct cw_memory *m, const struct cw_store_request *request,
                      const struct cw_memory_conversation *conversation,
                      struct cw_store_result *result)
{
    uint64_t last = last_seq(conversation);
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
    reverse(result->messages, result->message_count);
    result->more = is_any_kept(conversation, 1, seq - 1);
    result->seq = result->more && result->message_count == 0 ? seq : 0;
}

void cw_memory_history_read(struct cw_memory *m, const struct cw_store_request *request,
                            struct cw_store_result *result)
{
    result->status = cw_memory_may_read(m, request->user_id, request->conversation);
    if (result->status != CW_STORE_OK)
        return;
    const struct cw_memory_conversation *conversation =
        cw_memory_conversation(m, request->conversation);
    read_page(m, request, conversation, result);
    result->last_seq = last_seq(conversation);
    result->read_seq = read_seq(m, request->conversation, request->user_id);
    if (cw_mailbox_is_group(request->conversation))
        return;
    uint64_t peer_id = cw_conversation_peer(request->conversation, request->user_id);
    const struct cw_memory_user *peer = cw_memory_at(&m->users, peer_id);
    if (cw_memory_has_user(&peer->blocked, request->user_id))
        return; /* what it has read and received is its own business now */
    result->peer_read_seq = read_seq(m, request->conversation, peer_id);
    result->peer_cursor = peer->high_cursor;
}

void cw_memory_voice_read(struct cw_memory *m, const struct cw_store_request *request,
                          struct cw_store_result *result)
{
    result->status = cw_memory_may_read(m, request->user_id, request->conversation);
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
           cw_memory_may_read(m, request->user_id, conversation) == CW_STORE_OK &&
           has_words(entry->message.body, terms);
}

void cw_memory_search(struct cw_memory *m, const struct cw_store_request *request,
                      struct cw_store_result *result)
{
    uint64_t id = m->messages.count;
    struct page page = {.result = result, .limit = request->limit, .user_id = request->user_id};
    struct cw_buf terms = {0};
    if (request->conversation != 0)
        result->status = cw_memory_may_read(m, request->user_id, request->conversation);
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

/* The newest entry that is kept, or NULL. */
static const struct cw_memory_entry *last_of(const struct cw_memory_conversation *conversation)
{
    const struct cw_memory_entry *entry = NULL;
    for (uint64_t seq = last_seq(conversation); seq >= 1 && entry == NULL; seq--)
        entry = cw_memory_entry(conversation, seq);
    return entry;
}

/* The message that a preview shows. */
static const struct cw_memory_entry *find_preview(const struct cw_memory_entry *last)
{
    uint64_t seq = last->message.seq;
    for (int scanned = 0; seq != 0 && scanned < CW_PREVIEW_SCAN_MAX; scanned++, seq--) {
        const struct cw_memory_entry *entry = cw_memory_entry(last->conversation, seq);
        if (is_shown(entry) && entry->message.deleted_ms == 0)
            return entry;
    }
    return last;
}

static uint64_t count_unread(const struct cw_memory_conversation *conversation, uint64_t user_id,
                             uint64_t read, uint64_t *budget)
{
    uint64_t last = last_seq(conversation), count = 0;
    if (last - read > *budget)
        return last - read;
    *budget -= last - read;
    for (uint64_t seq = read + 1; seq <= last; seq++) {
        const struct cw_memory_entry *entry = cw_memory_entry(conversation, seq);
        count += entry != NULL && entry->message.sender_id != user_id &&
                 entry->message.kind <= CW_KIND_VOICE && entry->message.deleted_ms == 0;
    }
    return count;
}

/* At most `most` bytes, without half a character at the end. */
static struct cw_slice cut(struct cw_slice text, size_t most)
{
    if (text.n <= most)
        return text;
    while (most > 0 && (text.p[most] & 0xc0) == 0x80)
        most--;
    return cw_slice_of(text.p, most);
}

static void show_peer(struct cw_memory *m, uint64_t user_id, struct cw_store_conversation *line)
{
    line->peer_id = cw_conversation_peer(line->conversation, user_id);
    const struct cw_memory_user *peer = cw_memory_at(&m->users, line->peer_id);
    line->peer = cw_memory_out(m, peer->name);
    if (cw_memory_has_user(&peer->blocked, user_id))
        return;
    line->peer_seen_ms = peer->seen_ms;
    line->peer_read_seq = read_seq(m, line->conversation, line->peer_id);
    line->peer_cursor = peer->high_cursor;
}

static struct cw_store_conversation show_line(struct cw_memory *m, uint64_t user_id, uint64_t id,
                                              const struct cw_memory_entry *last, uint64_t *budget)
{
    struct cw_store_conversation line = {.conversation = id, .empty = last == NULL};
    const struct cw_memory_user *user = cw_memory_at(&m->users, user_id);
    if (cw_mailbox_is_group(id))
        line.group = cw_memory_show_group(m, cw_memory_membership_of(user, id >> 1), true);
    else
        show_peer(m, user_id, &line);
    line.read_seq = read_seq(m, id, user_id);
    line.unread = count_unread(cw_memory_conversation(m, id), user_id, line.read_seq, budget);
    if (last != NULL) {
        line.last_id = last->message.message_id;
        line.last = cw_memory_show(m, find_preview(last), false);
        cw_memory_hides(m, &line.last, user_id);
        line.last.body = cut(line.last.body, CW_PREVIEW_BYTES_MAX);
    }
    return line;
}

/* The user's conversation with the newest last message below `before`, or NULL. */
static const struct cw_memory_entry *newest_below(struct cw_memory *m, uint64_t user_id,
                                                  uint64_t before)
{
    const struct cw_memory_entry *newest = NULL;
    for (size_t i = 0; i < m->conversations.count; i++) {
        const struct cw_memory_conversation *conversation = m->conversations.items[i];
        const struct cw_memory_entry *last = last_of(conversation);
        if (last != NULL && last->message.message_id < before &&
            (newest == NULL || last->message.message_id > newest->message.message_id) &&
            cw_memory_may_read(m, user_id, conversation->id) == CW_STORE_OK)
            newest = last;
    }
    return newest;
}

/* Behind the last of them come groups in which there is nothing. */
static void add_empty_groups(struct cw_memory *m, const struct cw_memory_user *user,
                             struct cw_store_result *result, uint64_t *budget)
{
    for (size_t i = 0; i < user->memberships.count; i++) {
        const struct cw_memory_membership *membership = user->memberships.items[i];
        uint64_t id = cw_mailbox_of_group(membership->group->id);
        if (last_of(cw_memory_conversation(m, id)) == NULL)
            result->conversations[result->conversation_count++] =
                show_line(m, user->id, id, NULL, budget);
    }
}

void cw_memory_conversations(struct cw_memory *m, const struct cw_store_request *request,
                             struct cw_store_result *result)
{
    const struct cw_memory_user *user = cw_memory_at(&m->users, request->user_id);
    uint64_t before = request->before == 0 ? UINT64_MAX : request->before;
    uint64_t budget = CW_UNREAD_COUNTED_MAX;
    const struct cw_memory_entry *last;
    if (user == NULL)
        return;
    result->conversations = cw_memory_out_array(m, request->limit + CW_GROUPS_PER_USER,
                                                sizeof result->conversations[0]);
    while ((last = newest_below(m, user->id, before)) != NULL) {
        if (result->conversation_count == request->limit) {
            result->more = true;
            return;
        }
        result->conversations[result->conversation_count++] =
            show_line(m, user->id, last->conversation->id, last, &budget);
        before = last->message.message_id;
    }
    add_empty_groups(m, user, result, &budget);
}
