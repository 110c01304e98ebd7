/* marks.c - read markers and played marks, in memory. */
#include "store/memory/memory.h"

static struct cw_memory_mark *mark_of(struct cw_memory *m, uint64_t conversation, uint64_t user_id)
{
    const uint64_t key[2] = {conversation, user_id};
    return cw_map_get(&m->marks, cw_slice_of(key, sizeof key));
}

uint64_t cw_memory_read_seq(struct cw_memory *m, uint64_t conversation, uint64_t user_id)
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

void cw_memory_mark_last(struct cw_memory *m, uint64_t conversation, uint64_t user_id)
{
    set_mark(m, conversation, user_id, cw_memory_last_seq(cw_memory_conversation(m, conversation)));
}

void cw_memory_read_mark(struct cw_memory *m, const struct cw_store_request *request,
                         struct cw_store_result *result)
{
    result->status = cw_store_may_read(&m->store, request->user_id, request->conversation);
    if (result->status != CW_STORE_OK)
        return;
    result->seq = cw_memory_read_seq(m, request->conversation, request->user_id);
    uint64_t last_seq = cw_memory_last_seq(cw_memory_conversation(m, request->conversation));
    result->status = cw_store_may_mark(request->seq, last_seq, result->seq);
    if (result->status != CW_STORE_OK)
        return;
    set_mark(m, request->conversation, request->user_id, request->seq);
    result->seq = request->seq;
}

void cw_memory_play_mark(struct cw_memory *m, const struct cw_store_request *request,
                         struct cw_store_result *result)
{
    result->status = cw_store_may_read(&m->store, request->user_id, request->conversation);
    if (result->status != CW_STORE_OK)
        return;
    struct cw_memory_entry *entry =
        cw_memory_entry(cw_memory_conversation(m, request->conversation), request->seq);
    if (entry == NULL) {
        result->status = CW_STORE_NOT_FOUND;
        return;
    }
    const struct cw_store_entry shown = cw_memory_rules_entry(entry);
    result->status = cw_store_may_mark_played(
        &shown, request->user_id, entry->recording != NULL && entry->recording->played_ms != 0);
    if (result->status != CW_STORE_NOT_FOUND)
        result->seq = request->seq;
    if (result->status == CW_STORE_OK)
        entry->recording->played_ms = request->time_ms;
}
