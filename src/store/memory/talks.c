/* talks.c - groups without a name, of a few people, in memory. */
#include "store/memory/groups.h"
#include "store/memory/members.h"
#include "store/rules_group.h"

/* Lists those who can be put in; false: there is no such user. */
static bool find_people(struct cw_memory *m, const struct cw_store_request *request,
                        struct cw_store_result *result)
{
    struct cw_slice keys = request->active, key;
    result->people = cw_memory_out_array(m, CW_TALK_MEMBERS_MAX, sizeof result->people[0]);
    while ((key = cw_store_next_key(&keys)).n != 0) {
        const struct cw_memory_user *user = cw_map_get(&m->user_keys, key);
        if (user == NULL)
            return false;
        if (result->person_count < CW_TALK_MEMBERS_MAX &&
            cw_store_may_gather(&m->store, request->user_id, user->id))
            result->people[result->person_count++] = (struct cw_store_person){
                .user_id = user->id, .name = cw_memory_out(m, user->name), .role = CW_ROLE_MEMBER};
    }
    return true;
}

/* Whoever was named twice is one member. */
static void add_people(struct cw_memory *m, struct cw_memory_group *group,
                       struct cw_store_result *result)
{
    size_t count = 0;
    for (size_t i = 0; i < result->person_count; i++) {
        const struct cw_store_person person = result->people[i];
        struct cw_memory_user *user = cw_memory_at(&m->users, person.user_id);
        if (cw_memory_membership_of(user, group->id) != NULL)
            continue;
        cw_memory_member_add(m, user, group);
        result->people[count++] = person;
    }
    result->person_count = count;
}

void cw_memory_talk_create(struct cw_memory *m, const struct cw_store_request *request,
                           struct cw_store_result *result)
{
    char topic[CW_TOPIC_MAX];
    if (find_people(m, request, result))
        cw_memory_group_create(m, request, result);
    else
        result->status = CW_STORE_NOT_FOUND;
    if (result->status != CW_STORE_OK) {
        result->person_count = 0;
        return;
    }
    const struct cw_memory_user *maker = cw_memory_at(&m->users, request->user_id);
    struct cw_memory_group *group = cw_memory_at(&m->groups, result->group_id);
    group->by_invitation = true;
    add_people(m, group, result);
    size_t n = cw_store_talk_topic(maker->name, result->people, result->person_count, topic);
    group->topic = cw_arena_copy(&m->arena, cw_slice_of(topic, n));
}
