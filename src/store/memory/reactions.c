/* reactions.c - reactions to messages, and quotes of what they answer, in memory. */
#include <stdlib.h>

#include "store/memory/reactions.h"
#include "store/rules_share.h"

/* --- changing ------------------------------------------------------------------------ */

/* The message that the request is about; NULL: the result says why not. */
static struct cw_memory_entry *find_reacted(struct cw_memory *m,
                                            const struct cw_store_request *request,
                                            struct cw_store_result *result)
{
    struct cw_store_entry facts;
    result->status = cw_store_may_read(&m->store, request->user_id, request->conversation);
    if (result->status != CW_STORE_OK)
        return NULL;
    bool found = cw_memory_entry_at(&m->store, request->conversation, request->seq, &facts);
    result->status = cw_store_may_react(&m->store, request, found ? &facts : NULL);
    return result->status != CW_STORE_OK
               ? NULL
               : cw_memory_entry(cw_memory_conversation(m, request->conversation), request->seq);
}

/* The place of the kind in m->reactions, and how many kinds the message has. */
static size_t place_of_kind(const struct cw_memory *m, uint64_t message_id, struct cw_slice emoji,
                            size_t *count)
{
    size_t place = m->reactions.count;
    *count = 0;
    for (size_t i = 0; i < m->reactions.count; i++) {
        const struct cw_memory_reaction *kind = m->reactions.items[i];
        if (kind->message_id != message_id)
            continue;
        ++*count;
        if (cw_slice_eq(kind->emoji, emoji))
            place = i;
    }
    return place;
}

static struct cw_memory_reaction *add_kind(struct cw_memory *m, uint64_t message_id,
                                           struct cw_slice emoji)
{
    struct cw_memory_reaction *kind = cw_memory_keep(m, sizeof *kind);
    kind->message_id = message_id;
    kind->emoji = cw_arena_copy(&m->arena, emoji);
    cw_memory_add(&m->reactions, kind);
    return kind;
}

void cw_memory_react(struct cw_memory *m, const struct cw_store_request *request,
                     struct cw_store_result *result)
{
    size_t count;
    const struct cw_memory_entry *entry = find_reacted(m, request, result);
    if (entry == NULL)
        return;
    uint64_t id = entry->message.message_id;
    size_t place = place_of_kind(m, id, request->body, &count);
    bool known = place < m->reactions.count;
    if (!known && !cw_store_has_reaction_room(count)) {
        result->status = CW_STORE_FULL;
        return;
    }
    struct cw_memory_reaction *kind =
        known ? m->reactions.items[place] : add_kind(m, id, request->body);
    result->repeated = cw_memory_has_user(&kind->users, request->user_id);
    if (!result->repeated)
        cw_memory_insert(&kind->users, cw_memory_place_of(&kind->users, request->user_id),
                         cw_memory_at(&m->users, request->user_id));
}

static void drop_kind(struct cw_memory *m, size_t place)
{
    struct cw_memory_reaction *kind = m->reactions.items[place];
    free(kind->users.items);
    cw_memory_remove(&m->reactions, place);
}

void cw_memory_unreact(struct cw_memory *m, const struct cw_store_request *request,
                       struct cw_store_result *result)
{
    size_t count;
    const struct cw_memory_entry *entry = find_reacted(m, request, result);
    if (entry == NULL)
        return;
    size_t place = place_of_kind(m, entry->message.message_id, request->body, &count);
    struct cw_memory_reaction *kind = place < m->reactions.count ? m->reactions.items[place] : NULL;
    result->repeated = kind == NULL || !cw_memory_has_user(&kind->users, request->user_id);
    if (result->repeated)
        return;
    cw_memory_remove(&kind->users, cw_memory_place_of(&kind->users, request->user_id));
    if (kind->users.count == 0)
        drop_kind(m, place);
}

void cw_memory_reactions_drop(struct cw_memory *m, uint64_t message_id)
{
    for (size_t i = m->reactions.count; i > 0; i--)
        if (((struct cw_memory_reaction *)m->reactions.items[i - 1])->message_id == message_id)
            drop_kind(m, i - 1);
}

/* --- reading ------------------------------------------------------------------------- */

static bool is_hidden(struct cw_memory *m, uint64_t conversation, uint64_t viewer_id,
                      uint64_t user_id)
{
    if (user_id == viewer_id)
        return false;
    return cw_store_hides_peer(&m->store, conversation, viewer_id) ||
           (cw_mailbox_is_group(conversation) &&
            cw_memory_has_blocked(&m->store, viewer_id, user_id));
}

void cw_memory_show_reactions(struct cw_memory *m, uint64_t conversation, uint64_t viewer_id,
                              struct cw_store_message *message)
{
    struct cw_store_reaction *shown = cw_memory_out_array(m, CW_REACTIONS_MAX, sizeof shown[0]);
    message->reactions = shown;
    for (size_t i = 0; i < m->reactions.count; i++) {
        const struct cw_memory_reaction *kind = m->reactions.items[i];
        struct cw_store_reaction *next = &shown[message->reaction_count];
        if (kind->message_id != message->message_id)
            continue;
        *next = (struct cw_store_reaction){.emoji = cw_memory_out(m, kind->emoji),
                                           .mine = cw_memory_has_user(&kind->users, viewer_id)};
        for (size_t j = 0; j < kind->users.count; j++) {
            const struct cw_memory_user *user = kind->users.items[j];
            next->count += !is_hidden(m, conversation, viewer_id, user->id);
        }
        message->reaction_count += next->count != 0;
    }
}

const struct cw_store_quote *cw_memory_quote(struct cw_memory *m, uint64_t conversation,
                                             uint64_t seq)
{
    const struct cw_memory_entry *entry =
        cw_memory_entry(cw_memory_conversation(m, conversation), seq);
    if (entry == NULL)
        return NULL;
    struct cw_store_message message = cw_memory_show(m, entry, false);
    if (!cw_store_is_quotable(&message))
        return NULL;
    struct cw_store_quote *quote = cw_arena_alloc(m->out, sizeof *quote);
    *quote = cw_store_quote_of(&message);
    return quote;
}
