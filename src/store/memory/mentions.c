/* mentions.c - whom messages mention, in memory. */
#include "store/memory/mentions.h"

#include "store/memory/notify.h"
#include "store/rules_mention.h"

uint64_t cw_memory_user_by_key(struct cw_store *store, struct cw_slice key)
{
    const struct cw_memory_user *user = cw_map_get(&((struct cw_memory *)store)->user_keys, key);
    return user == NULL ? 0 : user->id;
}

/* --- changing ------------------------------------------------------------------------- */

static void insert(struct cw_memory *m, uint64_t user_id, const struct cw_memory_entry *entry)
{
    struct cw_memory_mention *mention = cw_memory_keep(m, sizeof *mention);
    *mention = (struct cw_memory_mention){.message_id = entry->message.message_id,
                                          .user_id = user_id,
                                          .conversation = entry->conversation->id,
                                          .sender_id = entry->message.sender_id,
                                          .seq = entry->message.seq};
    size_t place = m->mentions.count;
    for (; place > 0; place--) {
        const struct cw_memory_mention *before = m->mentions.items[place - 1];
        if (before->message_id < mention->message_id ||
            (before->message_id == mention->message_id && before->user_id < user_id))
            break;
    }
    cw_memory_insert(&m->mentions, place, mention);
}

void cw_memory_mentions_add(struct cw_memory *m, const struct cw_store_request *request,
                            const struct cw_memory_entry *entry, struct cw_store_result *result)
{
    struct cw_store_mentioned mentioned;
    if (!cw_store_mentions_any(request))
        return;
    cw_store_resolve(&m->store, request, entry->conversation->id, &mentioned);
    result->not_all = mentioned.not_all;
    if (mentioned.count == 0 && !mentioned.all)
        return;
    if (mentioned.all)
        insert(m, 0, entry);
    struct cw_store_mention *users = cw_memory_out_array(m, mentioned.count, sizeof users[0]);
    for (size_t i = 0; i < mentioned.count; i++) {
        const struct cw_memory_user *user = cw_memory_at(&m->users, mentioned.ids[i]);
        insert(m, user->id, entry);
        users[i] = (struct cw_store_mention){user->id, cw_memory_out(m, user->name)};
    }
    struct cw_store_mentions *mentions = cw_arena_alloc(m->out, sizeof *mentions);
    *mentions =
        (struct cw_store_mentions){.users = users, .count = mentioned.count, .all = mentioned.all};
    result->mentions = mentions;
}

void cw_memory_mentions_drop(struct cw_memory *m, uint64_t message_id)
{
    for (size_t i = m->mentions.count; i > 0; i--)
        if (((struct cw_memory_mention *)m->mentions.items[i - 1])->message_id == message_id)
            cw_memory_remove(&m->mentions, i - 1);
}

void cw_memory_mentions_leave(struct cw_memory *m, uint64_t user_id, uint64_t conversation)
{
    cw_memory_notify_forget(cw_memory_at(&m->users, user_id), conversation);
    for (size_t i = m->mentions.count; i > 0; i--) {
        const struct cw_memory_mention *mention = m->mentions.items[i - 1];
        if (mention->user_id == user_id && mention->conversation == conversation)
            cw_memory_remove(&m->mentions, i - 1);
    }
}

void cw_memory_mentions_block(struct cw_memory *m, uint64_t user_id, uint64_t sender_id)
{
    for (size_t i = m->mentions.count; i > 0; i--) {
        const struct cw_memory_mention *mention = m->mentions.items[i - 1];
        if (mention->user_id == user_id && mention->sender_id == sender_id)
            cw_memory_remove(&m->mentions, i - 1);
    }
}

void cw_memory_mentions_of_deleted(struct cw_memory *m)
{
    for (size_t i = m->mentions.count; i > 0; i--) {
        const struct cw_memory_mention *mention = m->mentions.items[i - 1];
        const struct cw_memory_user *user = cw_memory_at(&m->users, mention->user_id);
        if (user != NULL && user->deleted) /* NULL: it is of everybody */
            cw_memory_remove(&m->mentions, i - 1);
    }
}

/* --- reading -------------------------------------------------------------------------- */

bool cw_memory_mention_is_of(struct cw_memory *m, uint64_t user_id,
                             const struct cw_memory_mention *mention)
{
    return mention->user_id == user_id ||
           (mention->user_id == 0 &&
            cw_store_is_called(&m->store, user_id, mention->conversation, mention->sender_id));
}

void cw_memory_show_mentions(struct cw_memory *m, uint64_t viewer_id,
                             const struct cw_memory_entry *entry, struct cw_store_message *message)
{
    uint64_t id = cw_memory_subject_of(entry)->message.message_id;
    if (message->voice || message->damaged || !cw_store_may_mention(message->body))
        return;
    struct cw_store_mention *users = cw_memory_out_array(m, CW_MENTIONS_MAX, sizeof users[0]);
    struct cw_store_mentions *found = cw_arena_alloc(m->out, sizeof *found);
    *found = (struct cw_store_mentions){.users = users};
    for (size_t i = 0; i < m->mentions.count; i++) {
        const struct cw_memory_mention *mention = m->mentions.items[i];
        if (mention->message_id != id)
            continue;
        found->mine |= cw_memory_mention_is_of(m, viewer_id, mention);
        found->all |= mention->user_id == 0;
        if (mention->user_id == 0)
            continue;
        const struct cw_memory_user *user = cw_memory_at(&m->users, mention->user_id);
        users[found->count++] = (struct cw_store_mention){user->id, cw_memory_out(m, user->name)};
    }
    if (found->count != 0 || found->all)
        message->mentions = found;
}

uint64_t cw_memory_mentions_unread(struct cw_memory *m, uint64_t user_id,
                                   const struct cw_store_conversation *line)
{
    uint64_t count = 0;
    for (size_t i = 0; i < m->mentions.count; i++) {
        const struct cw_memory_mention *mention = m->mentions.items[i];
        count += mention->conversation == line->conversation && mention->seq > line->read_seq &&
                 cw_memory_mention_is_of(m, user_id, mention);
    }
    return count;
}

void cw_memory_mention_list(struct cw_memory *m, const struct cw_store_request *request,
                            struct cw_store_result *result)
{
    uint64_t before = request->before == 0 ? UINT64_MAX : request->before;
    size_t bytes = 0;
    result->messages = cw_memory_out_array(m, request->limit, sizeof result->messages[0]);
    for (size_t i = m->mentions.count; i > 0; i--) {
        const struct cw_memory_mention *mention = m->mentions.items[i - 1];
        if (mention->message_id >= before || !cw_memory_mention_is_of(m, request->user_id, mention))
            continue;
        result->more = result->message_count == request->limit;
        if (result->more)
            return;
        before = mention->message_id; /* once, by name and with everybody */
        const struct cw_memory_entry *entry = cw_memory_entry_with_id(m, mention->message_id);
        struct cw_store_message message = cw_memory_show(m, entry, false);
        if (cw_store_hides(&m->store, &message, request->user_id))
            continue;
        cw_memory_show_mentions(m, request->user_id, entry, &message);
        size_t size = message.body.n + cw_store_mentions_bytes(message.mentions);
        result->more = !cw_store_has_room_for_bytes(result->message_count, bytes, size);
        if (result->more)
            return;
        bytes += size;
        result->messages[result->message_count++] = message;
        result->scanned_to = message.message_id;
    }
}
