/* group.c - groups with an attached member, as the sets that fan-out walks.
 *
 * A session has one entry in each group of its user; each side knows the
 * other's position, so that leaving does not search. */
#include <stdlib.h>

#include "core/internal.h"

static struct cw_slice key_of(const struct group *group)
{
    return cw_slice_of(group->text + group->name_n, group->key_n);
}

struct group *cw_group_by_key(const struct cw_core *core, const struct cw_name_key *key)
{
    return cw_map_get(&core->groups_by_key, cw_name_key_slice(key));
}

struct group *cw_group_by_id(const struct cw_core *core, uint64_t id)
{
    return cw_map_get(&core->groups_by_id, cw_map_id(&id));
}

struct cw_slice cw_group_name(const struct group *group)
{
    return cw_slice_of(group->text, group->name_n);
}

struct membership *cw_group_membership(const struct group *group, const struct session *session)
{
    for (size_t i = 0; i < session->membership_count; i++)
        if (session->memberships[i].group == group)
            return &session->memberships[i];
    return NULL;
}

bool cw_group_muted(const struct cw_core *core, const struct membership *membership)
{
    return membership->muted_until_ms > core->time_ms;
}

static struct group *create(struct cw_core *core, uint64_t id, struct cw_slice name)
{
    struct cw_name_key key;
    bool valid = cw_names_fold(core, CW_NAME_OF_GROUP, name, &key);
    assert(valid);
    (void)valid;
    struct group *group = cw_alloc(sizeof *group + name.n + key.n);
    *group = (struct group){.id = id, .name_n = (uint8_t)name.n, .key_n = (uint16_t)key.n};
    cw_list_init(&group->seats);
    memcpy(group->text, name.p, name.n);
    memcpy(group->text + name.n, key.p, key.n);
    cw_map_put(&core->groups_by_id, cw_map_id(&group->id), group);
    cw_map_put(&core->groups_by_key, key_of(group), group);
    return group;
}

static void destroy(struct cw_core *core, struct group *group)
{
    assert(group->call_count == 0);
    cw_seats_forget(core, group);
    cw_map_remove(&core->groups_by_id, cw_map_id(&group->id));
    cw_map_remove(&core->groups_by_key, key_of(group));
    free(group->sessions);
    free(group->call);
    free(group);
}

void cw_group_add(struct cw_core *core, const struct cw_store_group *stored,
                  struct session *session)
{
    struct group *group = cw_group_by_id(core, stored->group_id);
    if (group == NULL)
        group = create(core, stored->group_id, stored->name);
    else if (cw_group_membership(group, session) != NULL)
        return;
    if (group->session_count == group->session_capacity) {
        group->session_capacity = group->session_capacity == 0 ? 4 : group->session_capacity * 2;
        group->sessions =
            cw_realloc(group->sessions, group->session_capacity * sizeof *group->sessions);
    }
    size_t count = session->membership_count++;
    session->memberships =
        cw_realloc(session->memberships, (count + 1) * sizeof *session->memberships);
    session->memberships[count] = (struct membership){
        .group = group, .position = group->session_count, .muted_until_ms = stored->muted_until_ms};
    group->sessions[group->session_count++] = session;
}

/* The group's last session takes the place, the session's last entry that of this. */
static void end_membership(struct session *session, struct membership *membership)
{
    struct group *group = membership->group;
    struct session *last = group->sessions[--group->session_count];
    cw_group_membership(group, last)->position = membership->position;
    group->sessions[membership->position] = last;
    *membership = session->memberships[--session->membership_count];
}

void cw_groups_leave(struct cw_core *core, struct session *session)
{
    while (session->membership_count != 0) {
        struct membership *membership = &session->memberships[session->membership_count - 1];
        struct group *group = membership->group;
        end_membership(session, membership);
        if (group->session_count == 0)
            destroy(core, group);
    }
    free(session->memberships);
    session->memberships = NULL;
}

/* All his sessions leave the set before any leaves the call: he is not told of
 * that any more. */
void cw_group_remove(struct cw_core *core, struct group *group, struct user *user,
                     const char *reason, const struct conn *asking)
{
    for (struct link *link = user->sessions.next; link != &user->sessions; link = link->next) {
        struct session *session = CW_LINK_OWNER(link, struct session, of_user);
        struct membership *membership = cw_group_membership(group, session);
        if (membership != NULL)
            end_membership(session, membership);
    }
    for (size_t i = group->call_count; i-- > 0;)
        if (group->call[i]->session->user == user) {
            if (group->call[i] != asking)
                cw_call_tell_left(core, group->call[i], group, reason);
            cw_call_leave(core, group->call[i]);
        }
    cw_seat_leave(core, group, user);
    if (group->session_count == 0)
        destroy(core, group);
}

void cw_group_set_muted(struct cw_core *core, struct group *group, struct user *user,
                        uint64_t until_ms)
{
    for (struct link *link = user->sessions.next; link != &user->sessions; link = link->next) {
        struct session *session = CW_LINK_OWNER(link, struct session, of_user);
        struct membership *membership = cw_group_membership(group, session);
        if (membership != NULL)
            membership->muted_until_ms = until_ms;
    }
    if (until_ms > core->time_ms)
        cw_call_hush(core, group, user);
}

bool cw_group_refused(struct cw_core *core, struct request *request,
                      const struct cw_store_result *result)
{
    if (result->status == CW_STORE_OK)
        return false;
    if (cw_request_unavailable(core, request, result))
        return true;
    cw_request_refuse(core, request,
                      result->status == CW_STORE_NOT_MEMBER  ? CW_GROUP_MEMBER_DOES_NOT_EXIST
                      : result->status == CW_STORE_NOT_FOUND ? CW_GROUP_DOES_NOT_EXIST
                                                             : CW_FORBIDDEN,
                      cw_refusal_of_group(request, result->status));
    return true;
}

static void looked_up(struct cw_core *core, struct request *request, const struct cw_event *event)
{
    if (cw_request_unavailable(core, request, event->store))
        return;
    cw_request_answer(core, request,
                      event->store->status == CW_STORE_OK ? CW_GROUP_MEMBER_DOES_NOT_EXIST
                                                          : CW_GROUP_DOES_NOT_EXIST);
}

struct group *cw_group_of_member(struct cw_core *core, struct request *request)
{
    /* The sender is here, so every group of his is known: one that is not, or
     * that he is not in, can only be refused. Which refusal, the store knows. */
    struct group *group = cw_group_by_key(core, request->key);
    const struct session *session = request->conn->session;
    if (group != NULL && session != NULL && cw_group_membership(group, session) != NULL)
        return group;
    if (group != NULL)
        cw_request_answer(core, request, CW_GROUP_MEMBER_DOES_NOT_EXIST);
    else
        cw_request_ask_store(core, request, CW_STORE_GROUP_FIND, looked_up);
    return NULL;
}
