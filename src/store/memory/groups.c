/* groups.c - groups, their members and roles, in memory. */
#include <stdlib.h>

#include "store/memory/groups.h"
#include "store/memory/members.h"
#include "store/memory/mentions.h"
#include "store/memory/profiles.h"
#include "store/rules_group.h"

static void set_muted(struct cw_memory *m, struct cw_memory_group *group, uint64_t user_id,
                      uint64_t until_ms)
{
    size_t i = 0;
    while (i < group->mutes.count &&
           ((struct cw_memory_mute *)group->mutes.items[i])->user_id != user_id)
        i++;
    if (i == group->mutes.count)
        cw_memory_add(&group->mutes, cw_memory_keep(m, sizeof(struct cw_memory_mute)));
    *(struct cw_memory_mute *)group->mutes.items[i] = (struct cw_memory_mute){user_id, until_ms};
}

struct cw_memory_membership *cw_memory_member_add(struct cw_memory *m, struct cw_memory_user *user,
                                                  struct cw_memory_group *group)
{
    struct cw_memory_membership *membership = cw_memory_keep(m, sizeof *membership);
    *membership = (struct cw_memory_membership){
        .user = user, .group = group, .joined_message_id = m->newest, .role = CW_ROLE_MEMBER};
    size_t i = 0;
    while (i < user->memberships.count &&
           ((struct cw_memory_membership *)user->memberships.items[i])->group->id < group->id)
        i++;
    cw_memory_insert(&user->memberships, i, membership);
    cw_memory_add(&group->members, membership);
    cw_memory_mark_last(m, cw_mailbox_of_group(group->id), user->id);
    return membership;
}

static void remove_item(struct cw_memory_list *list, const void *item)
{
    size_t i = 0;
    while (list->items[i] != item)
        i++;
    cw_memory_remove(list, i);
}

static void end_hooks(struct cw_memory *m, uint64_t group_id, const struct cw_memory_user *bot)
{
    for (size_t i = m->hooks.count; i-- > 0;) {
        const struct cw_memory_hook *hook = m->hooks.items[i];
        if (hook->group_id == group_id && hook->bot == bot)
            cw_memory_remove(&m->hooks, i);
    }
}

/* As in SQLite's members.c. */
static void leave_talk(struct cw_memory *m, const struct cw_memory_user *user,
                       struct cw_memory_group *group)
{
    char topic[CW_TOPIC_MAX];
    size_t n;
    if (cw_store_talk_topic_without(group->key, group->topic, user->name, topic, &n))
        group->topic = cw_arena_copy(&m->arena, cw_slice_of(topic, n));
}

void cw_memory_member_remove(struct cw_memory *m, struct cw_memory_membership *membership)
{
    uint64_t mailbox = cw_mailbox_of_group(membership->group->id);
    cw_memory_mark_drop(m, mailbox, membership->user->id);
    cw_memory_mentions_leave(m, membership->user->id, mailbox);
    cw_memory_invitations_end(m, mailbox, membership->user->id);
    end_hooks(m, membership->group->id, membership->user);
    leave_talk(m, membership->user, membership->group);
    remove_item(&membership->user->memberships, membership);
    remove_item(&membership->group->members, membership);
}

/* As cw_sqlite_bots_leave. */
static void bots_leave(struct cw_memory *m, uint64_t owner_id, struct cw_memory_group *group,
                       struct cw_store_result *result)
{
    for (size_t i = 0; i < m->users.count; i++) {
        struct cw_memory_user *user = m->users.items[i];
        struct cw_memory_membership *membership = cw_memory_membership_of(user, group->id);
        if (membership == NULL || !user->bot || (owner_id != 0 && user->owner_id != owner_id))
            continue;
        if (result->people == NULL)
            result->people = cw_memory_out_array(m, m->users.count, sizeof result->people[0]);
        result->people[result->person_count++] =
            (struct cw_store_person){.user_id = user->id, .bot = true};
        cw_memory_member_remove(m, membership);
    }
}

/* --- making, finding, joining, leaving ----------------------------------------------- */

static const struct cw_memory_group *find_twin_group(struct cw_memory *m, struct cw_slice looks)
{
    for (size_t i = 0; i < m->groups.count; i++) {
        const struct cw_memory_group *group = m->groups.items[i];
        if (group != NULL && cw_memory_look_alike(looks, group->looks))
            return group;
    }
    return NULL;
}

void cw_memory_group_create(struct cw_memory *m, const struct cw_store_request *request,
                            struct cw_store_result *result)
{
    struct cw_memory_user *user = cw_memory_at(&m->users, request->user_id);
    bool taken = cw_map_get(&m->group_keys, request->key) != NULL;
    result->status = cw_store_may_create_group(&m->store, request, taken);
    if (result->status != CW_STORE_OK)
        return;
    const struct cw_memory_group *twin = find_twin_group(m, request->looks);
    if (twin != NULL) {
        result->status = CW_STORE_EXISTS;
        result->other_name = cw_memory_out(m, twin->name);
        return;
    }
    struct cw_memory_group *group = cw_memory_keep(m, sizeof *group + request->key.n);
    group->name = cw_arena_copy(&m->arena, request->name);
    group->key = cw_memory_key_behind(group + 1, request->key);
    group->looks = cw_arena_copy(&m->arena, request->looks);
    result->group_id = group->id = cw_memory_add(&m->groups, group);
    cw_map_put(&m->group_keys, group->key, group);
    cw_memory_member_add(m, user, group)->role = CW_ROLE_OWNER;
}

void cw_memory_group_find(struct cw_memory *m, const struct cw_store_request *request,
                          struct cw_store_result *result)
{
    const struct cw_memory_group *group = cw_map_get(&m->group_keys, request->key);
    if (group == NULL) {
        result->status = CW_STORE_NOT_FOUND;
        return;
    }
    result->group_id = group->id;
    result->name = cw_memory_out(m, group->name);
}

static const struct cw_memory_user *banner_of(const struct cw_memory_group *group,
                                              const struct cw_memory_user *user)
{
    return group->banners.items[cw_memory_place_of(&group->banned, user->id)];
}

static void insert_banned(struct cw_memory_group *group, struct cw_memory_user *user,
                          struct cw_memory_user *by)
{
    size_t place = cw_memory_place_of(&group->banned, user->id);
    cw_memory_insert(&group->banned, place, user);
    cw_memory_insert(&group->banners, place, by);
}

void cw_memory_group_unban(struct cw_memory_group *group, const struct cw_memory_user *user)
{
    if (!cw_memory_has_user(&group->banned, user->id))
        return;
    size_t place = cw_memory_place_of(&group->banned, user->id);
    cw_memory_remove(&group->banned, place);
    cw_memory_remove(&group->banners, place);
}

void cw_memory_group_join(struct cw_memory *m, const struct cw_store_request *request,
                          struct cw_store_result *result)
{
    struct cw_memory_user *user = cw_memory_at(&m->users, request->user_id);
    struct cw_memory_group *group = cw_map_get(&m->group_keys, request->key);
    result->status = group == NULL ? CW_STORE_NOT_FOUND
                                   : cw_store_may_join(&m->store, request, group->id,
                                                       group->members.count, group->by_invitation);
    if (result->status == CW_STORE_BANNED)
        result->other_name = cw_memory_out(m, banner_of(group, user)->name);
    if (result->status != CW_STORE_OK)
        return;
    if (group->by_invitation)
        cw_memory_invitation_find(m, cw_mailbox_of_group(group->id), request)->uses--;
    cw_memory_member_add(m, user, group);
    cw_memory_notice_remove(user, group->id, CW_NOTICE_BANNED);
    result->group_id = group->id;
    result->name = cw_memory_out(m, group->name);
    result->muted_until_ms = cw_memory_mute_of(group, user->id);
}

void cw_memory_group_finish(struct cw_memory_group *group)
{
    if (group == NULL)
        return;
    free(group->members.items);
    free(group->banned.items);
    free(group->banners.items);
    free(group->mutes.items);
    free(group->pins.items);
    free(group->written.items);
}

void cw_memory_group_set_heading(struct cw_memory *m, struct cw_memory_group *group,
                                 struct cw_memory_heading *heading)
{
    struct cw_memory_heading *before = group->heading;
    group->heading = heading;
    if (heading != NULL)
        heading->groups++;
    if (before == NULL || --before->groups != 0)
        return;
    for (size_t i = m->headings.count; i-- > 0;)
        if (m->headings.items[i] == before)
            cw_memory_remove(&m->headings, i);
}

void cw_memory_group_remove(struct cw_memory *m, struct cw_memory_group *group)
{
    cw_map_remove(&m->group_keys, group->key);
    cw_memory_group_set_heading(m, group, NULL);
    cw_memory_invitations_drop(m, cw_mailbox_of_group(group->id));
    m->groups.items[group->id - 1] = NULL;
    m->forgets = true;
    cw_memory_group_finish(group);
}

/* The asker's membership; a status other than OK: none. */
static enum cw_store_status find_membership(struct cw_memory *m,
                                            const struct cw_store_request *request,
                                            struct cw_memory_membership **asker)
{
    enum cw_store_role role;
    enum cw_store_status status =
        cw_store_find_asker(&m->store, request->user_id, request->group_id, &role);
    if (status == CW_STORE_OK)
        *asker =
            cw_memory_membership_of(cw_memory_at(&m->users, request->user_id), request->group_id);
    return status;
}

void cw_memory_group_leave(struct cw_memory *m, const struct cw_store_request *request,
                           struct cw_store_result *result)
{
    struct cw_memory_membership *asker;
    result->status = find_membership(m, request, &asker);
    if (result->status != CW_STORE_OK)
        return;
    struct cw_memory_group *group = asker->group;
    cw_memory_member_remove(m, asker);
    struct cw_store_leaving leaving = cw_store_leave(&m->store, group->id, asker->role);
    if (leaving.empty) {
        bots_leave(m, 0, group, result);
        cw_memory_group_remove(m, group);
    } else if (leaving.heir_id != 0) {
        const struct cw_memory_user *heir = cw_memory_at(&m->users, leaving.heir_id);
        cw_memory_membership_of(heir, group->id)->role = CW_ROLE_OWNER;
        result->other_id = heir->id;
        result->other_name = cw_memory_out(m, heir->name);
    }
}

void cw_memory_group_list(struct cw_memory *m, const struct cw_store_request *request,
                          struct cw_store_result *result)
{
    const struct cw_memory_user *user = cw_memory_at(&m->users, request->user_id);
    if (user == NULL)
        return;
    result->group_count = user->memberships.count;
    result->groups = cw_memory_out_array(m, result->group_count, sizeof result->groups[0]);
    for (size_t i = 0; i < result->group_count; i++)
        result->groups[i] = cw_memory_show_group(m, user->memberships.items[i], true);
}

/* --- what roles allow ---------------------------------------------------------------- */

/* May the asker do it to the group? */
static enum cw_store_status may_set(struct cw_memory *m, const struct cw_store_request *request,
                                    struct cw_memory_group **group)
{
    *group = cw_memory_at(&m->groups, request->group_id);
    return cw_store_may_change_group(&m->store, request, request->group_id);
}

void cw_memory_group_topic(struct cw_memory *m, const struct cw_store_request *request,
                           struct cw_store_result *result)
{
    struct cw_memory_group *group;
    result->status = may_set(m, request, &group);
    if (result->status == CW_STORE_OK)
        group->topic = cw_arena_copy(&m->arena, request->body);
}

void cw_memory_group_access(struct cw_memory *m, const struct cw_store_request *request,
                            struct cw_store_result *result)
{
    struct cw_memory_group *group;
    result->status = may_set(m, request, &group);
    if (result->status != CW_STORE_OK)
        return;
    group->by_invitation = request->by_invitation;
    group->unlisted = request->unlisted;
}

void cw_memory_group_retain(struct cw_memory *m, const struct cw_store_request *request,
                            struct cw_store_result *result)
{
    struct cw_memory_group *group;
    result->status = may_set(m, request, &group);
    if (result->status != CW_STORE_OK)
        return;
    group->retain = request->retain;
    m->forgets = true;
}

struct two {
    struct cw_memory_membership *asker, *other; /* other: NULL when it is no member */
    struct cw_memory_user *user;                /* the other one */
};

/* May the asker do it to the other one? */
static enum cw_store_status may_manage(struct cw_memory *m, const struct cw_store_request *request,
                                       struct two *two)
{
    enum cw_store_role of_other;
    enum cw_store_status status = cw_store_may_change_member(&m->store, request, &of_other);
    if (status != CW_STORE_OK)
        return status;
    const struct cw_memory_user *user = cw_memory_at(&m->users, request->user_id);
    two->asker = cw_memory_membership_of(user, request->group_id);
    two->user = cw_memory_at(&m->users, request->other_id);
    two->other = cw_memory_membership_of(two->user, request->group_id);
    return CW_STORE_OK;
}

void cw_memory_member_role(struct cw_memory *m, const struct cw_store_request *request,
                           struct cw_store_result *result)
{
    struct two two;
    result->status = may_manage(m, request, &two);
    if (result->status != CW_STORE_OK)
        return;
    two.other->role = request->role;
    if (!cw_store_may_manage(CW_STORE_INVITE_CREATE, request->role, CW_ROLE_NONE))
        cw_memory_invitations_end(m, cw_mailbox_of_group(request->group_id), request->other_id);
    if (request->role == CW_ROLE_OWNER)
        two.asker->role = CW_ROLE_MODERATOR;
}

void cw_memory_member_kick(struct cw_memory *m, const struct cw_store_request *request,
                           struct cw_store_result *result)
{
    struct two two;
    result->status = may_manage(m, request, &two);
    if (result->status != CW_STORE_OK)
        return;
    cw_memory_member_remove(m, two.other);
    cw_memory_notice_add(m, request, CW_NOTICE_KICKED, result);
}

void cw_memory_member_ban(struct cw_memory *m, const struct cw_store_request *request,
                          struct cw_store_result *result)
{
    struct two two;
    result->status = may_manage(m, request, &two);
    if (result->status != CW_STORE_OK)
        return;
    struct cw_memory_list *banned = &two.asker->group->banned;
    bots_leave(m, two.user->id, two.asker->group, result);
    result->was_member = two.other != NULL;
    if (two.other != NULL) {
        cw_memory_member_remove(m, two.other);
        cw_memory_notice_add(m, request, CW_NOTICE_BANNED, result);
    }
    if (!cw_memory_has_user(banned, two.user->id))
        insert_banned(two.asker->group, two.user, two.asker->user);
}

void cw_memory_member_unban(struct cw_memory *m, const struct cw_store_request *request,
                            struct cw_store_result *result)
{
    struct two two;
    result->status = may_manage(m, request, &two);
    if (result->status != CW_STORE_OK)
        return;
    cw_memory_group_unban(two.asker->group, two.user);
    cw_memory_notice_unbanned(two.user, request->group_id);
}

void cw_memory_member_mute(struct cw_memory *m, const struct cw_store_request *request,
                           struct cw_store_result *result)
{
    struct two two;
    result->status = may_manage(m, request, &two);
    if (result->status != CW_STORE_OK)
        return;
    set_muted(m, two.asker->group, two.user->id, request->until_ms);
    if (request->until_ms == 0)
        cw_memory_notice_remove(two.user, request->group_id, CW_NOTICE_MUTED);
    else if (two.other != NULL)
        cw_memory_notice_add(m, request, CW_NOTICE_MUTED, result);
}

/* --- the list of members ------------------------------------------------------------- */

static bool show_person(struct cw_memory *m, const struct cw_memory_user *user,
                        const struct cw_memory_membership *asker, struct cw_store_person *person)
{
    const struct cw_memory_membership *membership = cw_memory_membership_of(user, asker->group->id);
    bool banned =
        cw_store_sees_banned(asker->role) && cw_memory_has_user(&asker->group->banned, user->id);
    if (membership == NULL && !banned)
        return false;
    *person = (struct cw_store_person){.user_id = user->id,
                                       .name = cw_memory_out(m, user->name),
                                       .seen_ms = user->seen_ms,
                                       .bot = user->bot};
    cw_memory_face_person(m, asker->user->id, person);
    if (membership != NULL) {
        person->role = membership->role;
        person->muted_until_ms = cw_memory_mute_of(asker->group, user->id);
    }
    return true;
}

void cw_memory_member_list(struct cw_memory *m, const struct cw_store_request *request,
                           struct cw_store_result *result)
{
    struct cw_memory_membership *asker;
    struct cw_store_person person;
    result->status = find_membership(m, request, &asker);
    if (result->status != CW_STORE_OK)
        return;
    result->people = cw_memory_out_array(m, request->limit, sizeof result->people[0]);
    for (size_t i = request->after; i < m->users.count && !result->more; i++) {
        if (!show_person(m, m->users.items[i], asker, &person))
            continue;
        if (result->person_count == request->limit)
            result->more = true;
        else
            result->people[result->person_count++] = person;
    }
}
