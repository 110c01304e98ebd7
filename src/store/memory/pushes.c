/* pushes.c - subscriptions to push messages, and who is to get one, in memory. */
#include <stdlib.h>

#include "base/limits.h"
#include "store/memory/mentions.h"
#include "store/memory/notify.h"
#include "store/rules_mention.h"

static void take_endpoint(struct cw_memory *m, struct cw_slice endpoint)
{
    for (size_t i = 0; i < m->sessions.count; i++) {
        struct cw_memory_session *session = m->sessions.items[i];
        if (session != NULL && cw_slice_eq(session->push.endpoint, endpoint))
            session->push = (struct cw_store_push){.user_id = 0};
    }
}

/* The user's others, without one of the same browser. */
static size_t count_others(const struct cw_memory_session *session, struct cw_slice endpoint)
{
    size_t count = 0;
    for (const struct cw_memory_session *s = session->user->sessions; s != NULL; s = s->next)
        count +=
            s != session && s->push.endpoint.n != 0 && !cw_slice_eq(s->push.endpoint, endpoint);
    return count;
}

void cw_memory_push_set(struct cw_memory *m, const struct cw_store_request *request,
                        struct cw_store_result *result)
{
    if (!cw_memory_session_exists(&m->store, request->session_id, request->user_id)) {
        result->status = CW_STORE_NOT_FOUND;
        return;
    }
    struct cw_memory_session *session = cw_memory_at(&m->sessions, request->session_id);
    if (count_others(session, request->address) >= CW_PUSHES_OF_USER_MAX) {
        result->status = CW_STORE_FULL;
        return;
    }
    take_endpoint(m, request->address);
    session->push = (struct cw_store_push){.user_id = request->user_id,
                                           .session_id = request->session_id,
                                           .endpoint = cw_arena_copy(&m->arena, request->address),
                                           .keys = cw_arena_copy(&m->arena, request->secret),
                                           .with_text = request->with_text};
}

void cw_memory_push_end(struct cw_memory *m, const struct cw_store_request *request,
                        struct cw_store_result *result)
{
    (void)result;
    struct cw_memory_session *session = cw_memory_at(&m->sessions, request->session_id);
    if (session != NULL &&
        (request->address.n == 0 || cw_slice_eq(session->push.endpoint, request->address)))
        session->push = (struct cw_store_push){.user_id = 0};
}

static bool is_pushed_to(struct cw_memory *m, const struct cw_memory_user *user,
                         const struct cw_store_message *pushed)
{
    uint64_t there = pushed->mailbox >> 1;
    return user != NULL && user->id != pushed->sender_id &&
           (cw_mailbox_is_group(pushed->mailbox) ? cw_memory_membership_of(user, there) != NULL
                                                 : user->id == there) &&
           !cw_memory_has_blocked(&m->store, user->id, pushed->sender_id);
}

static struct cw_store_push show_push(struct cw_memory *m, const struct cw_memory_session *session,
                                      uint64_t conversation)
{
    struct cw_store_push push = session->push;
    const struct cw_memory_user *user = session->user;
    push.endpoint = cw_memory_out(m, push.endpoint);
    push.keys = cw_memory_out(m, push.keys);
    push.quiet_hours = cw_memory_out(m, user->quiet_hours);
    push.rule = (struct cw_store_notify){.conversation = conversation};
    for (size_t i = 0; i < user->notify.count; i++) {
        const struct cw_store_notify *rule = user->notify.items[i];
        if (rule->conversation == conversation)
            push.rule = *rule;
    }
    return push;
}

static int by_session(const void *a, const void *b)
{
    const struct cw_store_push *x = a, *y = b;
    return x->session_id < y->session_id ? -1 : x->session_id > y->session_id;
}

static bool is_mentioned(struct cw_memory *m, uint64_t user_id,
                         const struct cw_store_message *pushed)
{
    for (size_t i = 0; i < m->mentions.count; i++) {
        const struct cw_memory_mention *mention = m->mentions.items[i];
        if (mention->message_id == pushed->message_id &&
            cw_memory_mention_is_of(m, user_id, mention))
            return true;
    }
    return false;
}

static void list_of_user(struct cw_memory *m, const struct cw_memory_user *user,
                         uint64_t conversation, const struct cw_store_message *pushed,
                         struct cw_store_result *result)
{
    size_t from = result->push_count;
    for (const struct cw_memory_session *s = user->sessions; s != NULL; s = s->next)
        if (s->push.endpoint.n != 0) {
            struct cw_store_push *push = &result->pushes[result->push_count++];
            *push = show_push(m, s, conversation);
            push->mentioned = is_mentioned(m, user->id, pushed);
        }
    qsort(result->pushes + from, result->push_count - from, sizeof result->pushes[0], by_session);
    if (result->push_count != from)
        result->scanned_to = user->id;
}

static bool has_push(const struct cw_memory_user *user)
{
    const struct cw_memory_session *s = user->sessions;
    while (s != NULL && s->push.endpoint.n == 0)
        s = s->next;
    return s != NULL;
}

void cw_memory_push_list(struct cw_memory *m, const struct cw_store_request *request,
                         struct cw_store_result *result)
{
    const struct cw_memory_entry *entry =
        cw_memory_entry(cw_memory_conversation(m, request->conversation), request->seq);
    if (entry == NULL || entry->message.deleted_ms != 0)
        return;
    result->messages = cw_memory_out_array(m, 1, sizeof result->messages[0]);
    result->messages[0] = cw_memory_show(m, entry, false);
    result->message_count = 1;
    result->pushes =
        cw_memory_out_array(m, request->limit + CW_PUSHES_OF_USER_MAX, sizeof result->pushes[0]);
    for (size_t i = request->after; i < m->users.count && !result->more; i++) {
        const struct cw_memory_user *user = m->users.items[i];
        if (!is_pushed_to(m, user, &result->messages[0]) || !has_push(user))
            continue;
        result->more = result->push_count >= request->limit;
        if (!result->more)
            list_of_user(m, user, request->conversation, &result->messages[0], result);
    }
}
