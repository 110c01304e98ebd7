/* membership.c - sessions in the groups of their user.
 *
 * A session has one entry in each group of its user; each side knows the
 * other's position, so that leaving does not search. */
#include "core/membership.h"

#include <assert.h>
#include <stdlib.h>

#include "core/call.h"
#include "core/conn.h"
#include "core/group.h"
#include "core/group_event.h"
#include "core/list.h"
#include "core/notify.h"
#include "core/request.h"
#include "core/seat.h"
#include "core/session.h"
#include "core/share.h"
#include "core/state.h"
#include "core/user.h"

/* On a server alone held seats go with the group: nobody is there to be told. To other nodes they
 * are participants until their time is over (seat.c). */
static void forget_group(struct cw_core *core, struct group *group)
{
    if (core->config.node != 0 && group->seat_count != 0)
        return;
    assert(group->session_count == 0 && group->call_count == 0);
    cw_seats_forget(core, group);
    cw_group_destroy(core, group);
}

void cw_group_add(struct cw_core *core, const struct cw_store_group *stored,
                  struct session *session)
{
    struct group *group = cw_group_by_id(core, stored->group_id);
    if (group == NULL)
        group = cw_group_create(core, stored->group_id, stored->name);
    else if (cw_group_membership(group, session) != NULL)
        return;
    if (group->session_count == group->session_capacity) {
        group->session_capacity = group->session_capacity == 0 ? 4 : group->session_capacity * 2;
        group->sessions =
            cw_realloc(group->sessions, group->session_capacity * sizeof *group->sessions);
    }
    assert(cw_session_find(core, session->id) == session);
    size_t count = session->membership_count++;
    session->memberships =
        cw_realloc(session->memberships, (count + 1) * sizeof *session->memberships);
    session->memberships[count] = (struct membership){
        .group = group, .position = group->session_count, .muted_until_ms = stored->muted_until_ms};
    group->sessions[group->session_count++] = session;
}

void cw_group_add_user(struct cw_core *core, const struct cw_store_group *stored,
                       const struct user *user)
{
    CW_EACH_SESSION (session, user)
        cw_group_add(core, stored, session);
    cw_share_renew(core, user);
}

/* The group's last session takes the place, the session's last entry that of this. */
static void end_membership(struct session *session, struct membership *membership)
{
    struct group *group = membership->group;
    assert(membership->position < group->session_count);
    assert(group->sessions[membership->position] == session);
    struct session *last = group->sessions[--group->session_count];
    cw_group_membership(group, last)->position = membership->position;
    group->sessions[membership->position] = last;
    assert(session->membership_count > 0);
    *membership = session->memberships[--session->membership_count];
}

void cw_groups_leave(struct cw_core *core, struct session *session)
{
    while (session->membership_count != 0) {
        struct membership *membership = &session->memberships[session->membership_count - 1];
        struct group *group = membership->group;
        end_membership(session, membership);
        if (group->session_count == 0)
            forget_group(core, group);
    }
    free(session->memberships);
    session->memberships = NULL;
}

/* All sessions of the user leave the set before any leaves the call, so that they are not told of
 * the latter. */
void cw_group_remove(struct cw_core *core, struct group *group, struct user *user,
                     const char *reason, const struct conn *asking)
{
    cw_user_refer(core, user); /* a seat in the call may be all that holds the user */
    CW_EACH_SESSION (session, user) {
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
    cw_share_renew(core, user);
    if (user->notify != NULL) /* as the store has forgotten it */
        cw_notify_set(core, &user->notify,
                      &(struct cw_store_notify){.conversation = cw_mailbox_of_group(group->id)});
    cw_user_release(core, user);
    if (group->session_count == 0)
        forget_group(core, group);
}

/* The owner has left, and the store has chosen another one. */
static void hand_over(struct cw_core *core, const struct request *request, uint64_t group_id,
                      struct cw_slice heir)
{
    struct group *group = cw_group_by_id(core, group_id);
    if (group == NULL || heir.n == 0)
        return;
    struct cw_extras about = {.present = CW_BIT(CW_X_USER) | CW_BIT(CW_X_ROLE),
                              .user = heir,
                              .role = cw_role_name(CW_ROLE_OWNER)};
    cw_group_event_of(core, group, "role", request, &about);
}

void cw_group_leave(struct cw_core *core, const struct request *request, uint64_t group_id,
                    struct cw_slice heir)
{
    struct group *group = cw_group_by_id(core, group_id);
    if (group != NULL) {
        cw_group_event_of(core, group, "left", request, NULL);
        cw_group_remove(core, group, request->sender, "left", request->conn);
    }
    hand_over(core, request, group_id, heir);
}

void cw_group_set_muted(struct cw_core *core, struct group *group, struct user *user,
                        uint64_t until_ms)
{
    CW_EACH_SESSION (session, user) {
        struct membership *membership = cw_group_membership(group, session);
        if (membership != NULL)
            membership->muted_until_ms = until_ms;
    }
    if (until_ms > core->time_ms)
        cw_call_hush(core, group, user);
}
