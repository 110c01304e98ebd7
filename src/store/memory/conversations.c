/* conversations.c - the list of a user's conversations, newest first, in memory. */
#include "store/memory/memory.h"
#include "store/memory/mentions.h"
#include "store/memory/profiles.h"

/* The newest entry that is kept, or NULL. */
static const struct cw_memory_entry *last_of(const struct cw_memory_conversation *conversation)
{
    const struct cw_memory_entry *entry = NULL;
    for (uint64_t seq = cw_memory_last_seq(conversation); seq >= 1 && entry == NULL; seq--)
        entry = cw_memory_entry(conversation, seq);
    return entry;
}

static void show_peer(struct cw_memory *m, uint64_t user_id, struct cw_store_conversation *line)
{
    line->peer_id = cw_conversation_peer(line->conversation, user_id);
    const struct cw_memory_user *peer = cw_memory_at(&m->users, line->peer_id);
    line->peer = cw_memory_out(m, peer->name);
    struct cw_store_person person = {.user_id = peer->id, .seen_ms = peer->seen_ms};
    cw_memory_face_person(m, user_id, &person);
    line->peer_seen_ms = person.seen_ms;
    line->peer_display = person.display;
    if (cw_store_hides_marks(&m->store, line->peer_id, user_id))
        return;
    line->peer_read_seq = cw_memory_read_seq(m, line->conversation, line->peer_id);
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
    line.read_seq = cw_memory_read_seq(m, id, user_id);
    line.unread = cw_store_count_unread(&m->store, user_id, &line,
                                        cw_memory_last_seq(cw_memory_conversation(m, id)), budget);
    if (line.unread != 0)
        line.mentions = cw_memory_mentions_unread(m, user_id, &line);
    if (last != NULL) {
        uint64_t seq = cw_store_preview_seq(&m->store, id, last->message.seq);
        line.last_id = last->message.message_id;
        line.last = cw_memory_show(m, cw_memory_entry(last->conversation, seq), false);
        cw_store_hides(&m->store, &line.last, user_id);
        line.last.body = cw_store_begin_of(line.last.body, CW_PREVIEW_BYTES_MAX);
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
            cw_store_may_read(&m->store, user_id, conversation->id) == CW_STORE_OK)
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
