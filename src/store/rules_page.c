/* rules_page.c - the rules about lists and pages that all back ends share: where a page begins and
 * ends, what is in it, what counts as unread. Pure, as rules.c: it has no storage; facts are
 * parameters, or come from struct cw_store_facts. Called by the back ends only. */
#include "store/rules_mention.h"

#include <stdlib.h>

/* --- pages of history -------------------------------------------------------------------- */

static uint64_t clip(uint64_t seq, uint64_t low, uint64_t high)
{
    return seq < low ? low : seq > high ? high : seq;
}

/* The position that has half a page before `at`. */
static uint64_t back_from(struct cw_store *store, const struct cw_store_request *request,
                          uint64_t at, uint64_t first)
{
    struct cw_store_entry entry;
    uint64_t count = 0, scanned = 0;
    for (; at > first && count < request->limit / 2 && scanned < CW_HISTORY_SCAN_MAX / 2;
         scanned++) {
        at--;
        count += store->backend->facts.entry_at(store, request->conversation, at, &entry) &&
                 cw_kind_is_message(entry.kind);
    }
    return at;
}

struct cw_store_history cw_store_history_begin(struct cw_store *store,
                                               const struct cw_store_request *request,
                                               uint64_t first, uint64_t last)
{
    struct cw_store_history page = {
        .first = first, .last = last, .at = last + 1, .limit = request->limit};
    uint64_t seq = clip(request->seq, first, last + 1);
    if (first == 0)
        return page;
    switch (request->anchor) {
    case CW_ANCHOR_BEFORE:
        page.at = seq;
        break;
    case CW_ANCHOR_AFTER:
        page.forward = true;
        page.at = request->seq >= last ? last + 1 : clip(request->seq + 1, first, last + 1);
        break;
    case CW_ANCHOR_AROUND:
        page.forward = true;
        page.at = back_from(store, request, seq, first);
        break;
    case CW_ANCHOR_LATEST:
        break;
    }
    return page;
}

static bool has_more(const struct cw_store_history *page)
{
    return page->first != 0 && (page->forward ? page->at <= page->last : page->at > page->first);
}

uint64_t cw_store_history_next(const struct cw_store_history *page)
{
    if (!has_more(page) || page->shown == page->limit || page->scanned == CW_HISTORY_SCAN_MAX)
        return 0;
    return page->forward ? page->at : page->at - 1;
}

void cw_store_history_step(struct cw_store_history *page)
{
    page->at = page->forward ? page->at + 1 : page->at - 1;
    page->scanned++;
}

/* What it takes of a page. */
static size_t shown_bytes(const struct cw_store_message *message)
{
    size_t bytes = message->body.n;
    if (message->quote != NULL)
        bytes += message->quote->sender.n + message->quote->text.n;
    for (size_t i = 0; i < message->reaction_count; i++)
        bytes += message->reactions[i].emoji.n + sizeof message->reactions[i];
    return bytes + cw_store_mentions_bytes(message->mentions);
}

bool cw_store_history_takes(struct cw_store_history *page, const struct cw_store_message *message)
{
    size_t bytes = shown_bytes(message);
    if (!cw_store_has_room_for_bytes(page->count, page->bytes, bytes))
        return false;
    page->count++;
    page->bytes += bytes;
    page->shown += cw_kind_is_message(message->kind);
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

void cw_store_history_end(const struct cw_store_history *page, struct cw_store_result *result)
{
    result->more = has_more(page);
    if (result->more && result->message_count == 0)
        result->seq = page->forward ? page->at - 1 : page->at;
    if (!page->forward)
        reverse(result->messages, result->message_count);
}

/* --- pages of delivery --------------------------------------------------------------------- */

bool cw_store_is_passed_over(struct cw_store *store, struct cw_store_message *message,
                             uint64_t user_id, bool own)
{
    bool own_in_group =
        cw_mailbox_is_group(message->mailbox) && message->sender_id == user_id && !own;
    return own_in_group || message->deleted_ms != 0 || cw_store_hides(store, message, user_id);
}

/* --- the list of conversations ------------------------------------------------------------- */

static bool is_unread(const struct cw_store_entry *entry, uint64_t user_id)
{
    return cw_kind_is_message(entry->kind) && !entry->deleted && entry->sender_id != user_id;
}

uint64_t cw_store_count_unread(struct cw_store *store, uint64_t user_id,
                               const struct cw_store_conversation *line, uint64_t last_seq,
                               uint64_t *budget)
{
    struct cw_store_entry entry;
    uint64_t count = 0, behind = last_seq > line->read_seq ? last_seq - line->read_seq : 0;
    if (behind > *budget)
        return behind;
    *budget -= behind;
    for (uint64_t seq = last_seq - behind + 1; seq <= last_seq; seq++)
        count += store->backend->facts.entry_at(store, line->conversation, seq, &entry) &&
                 is_unread(&entry, user_id);
    return count;
}

uint64_t cw_store_preview_seq(struct cw_store *store, uint64_t conversation, uint64_t last_seq)
{
    struct cw_store_entry entry;
    uint64_t seq = last_seq;
    for (int scanned = 0; seq != 0 && scanned < CW_PREVIEW_SCAN_MAX; scanned++, seq--)
        if (store->backend->facts.entry_at(store, conversation, seq, &entry) &&
            cw_kind_is_message(entry.kind) && !entry.deleted)
            return seq;
    return last_seq;
}

struct cw_slice cw_store_begin_of(struct cw_slice text, size_t most)
{
    if (text.n <= most)
        return text;
    while (most > 0 && (text.p[most] & 0xc0) == 0x80)
        most--;
    return cw_slice_of(text.p, most);
}

/* --- the list of sessions ------------------------------------------------------------------- */

static int by_last_seen(const void *a, const void *b)
{
    const struct cw_store_session *x = a, *y = b;
    if (x->seen_ms != y->seen_ms)
        return x->seen_ms > y->seen_ms ? -1 : 1;
    return x->session_id > y->session_id ? -1 : 1;
}

void cw_store_sort_sessions(struct cw_store_session *sessions, size_t n)
{
    if (n > 1)
        qsort(sessions, n, sizeof sessions[0], by_last_seen);
}
