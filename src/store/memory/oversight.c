/* oversight.c - groups in the hands of administrators, in memory: all of them, the end of one,
 * another owner for an orphan; and what administrators announce to everybody. */
#include "store/memory/audit.h"
#include "store/memory/barring.h"
#include "store/memory/groups.h"
#include "store/memory/members.h"
#include "store/rules.h"
#include "store/rules_admin.h"
#include "store/rules_oversight.h"

/* --- all of them ----------------------------------------------------------------------------- */

static struct cw_store_person owner_of(struct cw_memory *m, const struct cw_store_request *request,
                                       uint64_t group_id)
{
    uint64_t user_id = cw_memory_first_member(&m->store, group_id, CW_ROLE_OWNER);
    const struct cw_memory_user *owner = cw_memory_at(&m->users, user_id);
    struct cw_store_result ban = {0};
    if (owner == NULL)
        return (struct cw_store_person){0};
    return (struct cw_store_person){.user_id = user_id,
                                    .name = cw_memory_out(m, owner->name),
                                    .seen_ms = owner->seen_ms,
                                    .barred = cw_memory_is_barred(m, request, user_id, &ban)};
}

void cw_memory_server_group_list(struct cw_memory *m, const struct cw_store_request *request,
                                 struct cw_store_result *result)
{
    result->status = cw_store_may_administer(&m->store, request->user_id);
    if (result->status != CW_STORE_OK)
        return;
    result->groups = cw_memory_out_array(m, request->limit, sizeof result->groups[0]);
    result->people = cw_memory_out_array(m, request->limit, sizeof result->people[0]);
    for (size_t i = request->after; i < m->groups.count; i++) {
        const struct cw_memory_group *group = m->groups.items[i];
        if (group == NULL)
            continue;
        result->more = result->group_count == request->limit;
        if (result->more)
            break;
        result->scanned_to = group->id;
        result->people[result->group_count] = owner_of(m, request, group->id);
        result->groups[result->group_count++] =
            (struct cw_store_group){.group_id = group->id,
                                    .name = cw_memory_out(m, group->name),
                                    .topic = cw_memory_out(m, group->topic),
                                    .member_count = group->members.count,
                                    .by_invitation = group->by_invitation};
    }
    result->person_count = result->group_count;
}

/* --- the end of one -------------------------------------------------------------------------- */

static struct cw_memory_membership *lowest_member(const struct cw_memory_group *group)
{
    struct cw_memory_membership *lowest = NULL;
    for (size_t i = 0; i < group->members.count; i++) {
        struct cw_memory_membership *membership = group->members.items[i];
        if (lowest == NULL || membership->user->id < lowest->user->id)
            lowest = membership;
    }
    return lowest;
}

void cw_memory_group_close(struct cw_memory *m, const struct cw_store_request *request,
                           struct cw_store_result *result)
{
    struct cw_memory_group *group = cw_map_get(&m->group_keys, request->key);
    struct cw_memory_membership *member;
    result->status = cw_store_may_close(&m->store, request, group == NULL ? 0 : group->id);
    if (result->status != CW_STORE_OK)
        return;
    struct cw_store_request notice = {
        .user_id = request->user_id, .group_id = group->id, .time_ms = request->time_ms};
    result->group_id = group->id;
    result->notice_id = m->last_notice_id + 1;
    result->people = cw_memory_out_array(m, group->members.count, sizeof result->people[0]);
    while ((member = lowest_member(group)) != NULL) {
        struct cw_store_result told = {0};
        notice.other_id = member->user->id;
        cw_memory_member_remove(m, member);
        cw_memory_notice_add(m, &notice, CW_NOTICE_CLOSED, &told);
        result->people[result->person_count++] =
            (struct cw_store_person){.user_id = notice.other_id};
    }
    cw_memory_audit(m, request, CW_AUDIT_CLOSE_GROUP, group->id, group->name);
    cw_memory_group_remove(m, group);
}

/* --- another owner --------------------------------------------------------------------------- */

static struct cw_memory_membership *admit(struct cw_memory *m, struct cw_memory_user *user,
                                          struct cw_memory_group *group)
{
    cw_memory_group_unban(group, user);
    cw_memory_notice_remove(user, group->id, CW_NOTICE_BANNED);
    return cw_memory_member_add(m, user, group);
}

/* As cw_sqlite_member_set_role. */
static void set_role(struct cw_memory *m, struct cw_memory_membership *membership,
                     enum cw_store_role role)
{
    membership->role = role;
    if (!cw_store_may_manage(CW_STORE_INVITE_CREATE, role, CW_ROLE_NONE))
        cw_memory_invitations_end(m, cw_mailbox_of_group(membership->group->id),
                                  membership->user->id);
}

static struct cw_store_taking describe_taking(const struct cw_memory *m,
                                              const struct cw_memory_group *group,
                                              const struct cw_store_person *owner)
{
    if (group == NULL)
        return (struct cw_store_taking){0};
    const struct cw_memory_user *user = cw_memory_at(&m->users, owner->user_id);
    return (struct cw_store_taking){.group_id = group->id,
                                    .member_count = group->members.count,
                                    .owner_id = owner->user_id,
                                    .owner_seen_ms = owner->seen_ms,
                                    .owner_barred = owner->barred,
                                    .owner_has_session = user != NULL && user->sessions != NULL};
}

void cw_memory_group_take(struct cw_memory *m, const struct cw_store_request *request,
                          struct cw_store_result *result)
{
    struct cw_memory_group *group = cw_map_get(&m->group_keys, request->key);
    struct cw_memory_user *user = cw_memory_at(&m->users, request->other_id);
    struct cw_store_person owner = {0};
    if (group != NULL)
        owner = owner_of(m, request, group->id);
    struct cw_store_taking taking = describe_taking(m, group, &owner);
    result->group_id = taking.group_id;
    enum cw_store_status status = cw_store_may_take(&m->store, request, &taking);
    result->repeated = status == CW_STORE_EXISTS;
    result->status = result->repeated ? CW_STORE_OK : status;
    if (status != CW_STORE_OK)
        return;
    struct cw_memory_membership *membership = cw_memory_membership_of(user, group->id);
    result->name = cw_memory_out(m, group->name);
    result->was_member = membership != NULL;
    if (membership == NULL)
        membership = admit(m, user, group);
    result->muted_until_ms = cw_memory_mute_of(group, user->id);
    if (owner.user_id != 0)
        set_role(m, cw_memory_membership_of(cw_memory_at(&m->users, owner.user_id), group->id),
                 CW_ROLE_MODERATOR);
    set_role(m, membership, CW_ROLE_OWNER);
    result->other_id = owner.user_id;
    result->other_name = owner.name;
    cw_memory_audit(m, request, CW_AUDIT_TAKE_GROUP, group->id, request->body);
}

/* --- announcements --------------------------------------------------------------------------- */

struct cw_memory_announcement {
    uint64_t by_id;
    struct cw_store_announcement shown;
};

static struct cw_memory_announcement *announcement_at(const struct cw_memory *m, size_t i)
{
    return m->announcements.items[i];
}

void cw_memory_announce_add(struct cw_memory *m, const struct cw_store_request *request,
                            struct cw_store_result *result)
{
    result->status = cw_store_may_administer(&m->store, request->user_id);
    if (result->status != CW_STORE_OK)
        return;
    for (size_t i = m->announcements.count; i-- > 0;)
        if (cw_store_is_over(request, announcement_at(m, i)->shown.until_ms))
            cw_memory_remove(&m->announcements, i);
    if (m->announcements.count >= CW_ANNOUNCEMENTS_MAX) {
        result->status = CW_STORE_FULL;
        return;
    }
    struct cw_memory_announcement *announcement = cw_memory_keep(m, sizeof *announcement);
    announcement->by_id = request->user_id;
    announcement->shown =
        (struct cw_store_announcement){.id = ++m->last_announcement_id,
                                       .time_ms = request->time_ms,
                                       .until_ms = request->until_ms,
                                       .body = cw_arena_copy(&m->arena, request->body)};
    cw_memory_add(&m->announcements, announcement);
    result->number = announcement->shown.id;
    result->time_ms = request->time_ms;
    cw_memory_audit(m, request, CW_AUDIT_ANNOUNCE, result->number, (struct cw_slice){0});
}

void cw_memory_announce_end(struct cw_memory *m, const struct cw_store_request *request,
                            struct cw_store_result *result)
{
    result->status = cw_store_may_administer(&m->store, request->user_id);
    for (size_t i = 0; result->status == CW_STORE_OK && i < m->announcements.count; i++) {
        if (announcement_at(m, i)->shown.id != request->number)
            continue;
        cw_memory_remove(&m->announcements, i);
        cw_memory_audit(m, request, CW_AUDIT_END_ANNOUNCEMENT, request->number,
                        (struct cw_slice){0});
        return;
    }
    if (result->status == CW_STORE_OK)
        result->status = CW_STORE_NOT_FOUND;
}

void cw_memory_announce_list(struct cw_memory *m, const struct cw_store_request *request,
                             struct cw_store_result *result)
{
    result->status = cw_store_may_administer(&m->store, request->user_id);
    if (result->status != CW_STORE_OK)
        return;
    result->announcements =
        cw_memory_out_array(m, m->announcements.count, sizeof result->announcements[0]);
    for (size_t i = 0; i < m->announcements.count; i++) {
        const struct cw_memory_announcement *kept = announcement_at(m, i);
        const struct cw_memory_user *by = cw_memory_at(&m->users, kept->by_id);
        if (cw_store_is_over(request, kept->shown.until_ms))
            continue;
        struct cw_store_announcement *shown = &result->announcements[result->announcement_count++];
        *shown = kept->shown;
        shown->body = cw_memory_out(m, kept->shown.body);
        if (by != NULL)
            shown->by = cw_memory_out(m, by->name);
    }
}

void cw_memory_server_settings_tell(struct cw_memory *m, const struct cw_store_request *request,
                                    struct cw_store_result *result)
{
    (void)m, (void)request, (void)result;
}
