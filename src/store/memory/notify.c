/* notify.c - what users are told of, where it is not the default, in memory. */
#include "store/memory/notify.h"

#include "store/rules_mention.h"

void cw_memory_notify_list(struct cw_memory *m, const struct cw_memory_user *user,
                           struct cw_store_result *result)
{
    result->quiet_hours = cw_memory_out(m, user->quiet_hours);
    result->notify_count = user->notify.count;
    if (user->notify.count == 0)
        return;
    result->notify = cw_memory_out_array(m, user->notify.count, sizeof result->notify[0]);
    for (size_t i = 0; i < user->notify.count; i++)
        result->notify[i] = *(const struct cw_store_notify *)user->notify.items[i];
}

/* The place of the rule about this conversation, or where it would be. */
static size_t place_of_rule(const struct cw_memory_list *rules, uint64_t conversation, bool *known)
{
    size_t place = 0;
    while (place < rules->count &&
           ((const struct cw_store_notify *)rules->items[place])->conversation < conversation)
        place++;
    *known = place < rules->count &&
             ((const struct cw_store_notify *)rules->items[place])->conversation == conversation;
    return place;
}

void cw_memory_notify_forget(struct cw_memory_user *user, uint64_t conversation)
{
    bool known;
    size_t place = place_of_rule(&user->notify, conversation, &known);
    if (known)
        cw_memory_remove(&user->notify, place);
}

static void keep_rule(struct cw_memory *m, struct cw_memory_list *rules,
                      const struct cw_store_notify *rule, size_t place, bool known)
{
    if (known)
        cw_memory_remove(rules, place);
    if (cw_store_is_default(rule))
        return;
    struct cw_store_notify *kept = cw_memory_keep(m, sizeof *kept);
    *kept = *rule;
    cw_memory_insert(rules, place, kept);
}

void cw_memory_notify_set(struct cw_memory *m, const struct cw_store_request *request,
                          struct cw_store_result *result)
{
    struct cw_memory_user *user = cw_memory_at(&m->users, request->user_id);
    bool known = false;
    size_t place = user == NULL ? 0 : place_of_rule(&user->notify, request->conversation, &known);
    result->status =
        cw_store_may_set_notify(&m->store, request, known, user == NULL ? 0 : user->notify.count);
    if (result->status != CW_STORE_OK)
        return;
    struct cw_store_notify *rule = cw_memory_out_array(m, 1, sizeof *rule);
    *rule = (struct cw_store_notify){.conversation = request->conversation};
    if (known)
        *rule = *(const struct cw_store_notify *)user->notify.items[place];
    result->repeated = !cw_store_change_notify(request, rule);
    result->notify = rule;
    result->notify_count = 1;
    if (!result->repeated)
        keep_rule(m, &user->notify, rule, place, known);
}

void cw_memory_quiet_set(struct cw_memory *m, const struct cw_store_request *request,
                         struct cw_store_result *result)
{
    struct cw_memory_user *user = cw_memory_at(&m->users, request->user_id);
    result->quiet_hours = cw_memory_out(m, request->body);
    result->repeated = cw_slice_eq(user->quiet_hours, request->body);
    user->quiet_hours = cw_arena_copy(&m->arena, request->body);
}
