/* seat.c - seats in calls, which outlive their connection for some seconds. When a connection in a
 * call is lost, or its session moves, the seat is held: it counts as a participant, and the group
 * is not told. If the user joins the same call again within CW_CALL_SEAT_MS, with any device, the
 * group is told neither of a leave nor of a join. Otherwise the seat ends, and the group is told of
 * the leave. */
#include "core/seat.h"

#include <assert.h>
#include <stdlib.h>

#include "base/limits.h"
#include "core/conn.h"
#include "core/far.h"
#include "core/group.h"
#include "core/group_event.h"
#include "core/list.h"
#include "core/pair.h"
#include "core/session.h"
#include "core/state.h"
#include "core/user.h"

/* A user has at most one in a group. */
struct seat {
    struct link by_time;  /* in core->seats */
    struct link of_group; /* in group->seats */
    struct seat *next;    /* of the user's */
    struct group *group;
    struct user *user; /* referred to */
    uint64_t session_id;
    uint64_t rank;   /* of its join (far.h) */
    uint64_t untold; /* the session that is not told of it; 0 for a part, whose session is told */
    uint64_t until_ms;
};

static struct seat *find_seat(const struct group *group, const struct user *user)
{
    struct seat *seat = user->seats;
    while (seat != NULL && seat->group != group)
        seat = seat->next;
    return seat;
}

static void remove_seat(struct cw_core *core, struct seat *seat)
{
    assert(seat->group->seat_count > 0 && seat->user->references > 0);
    struct seat **of_user = &seat->user->seats;
    while (*of_user != seat && *of_user != NULL)
        of_user = &(*of_user)->next;
    assert(*of_user == seat);
    *of_user = seat->next;
    cw_list_remove(&seat->by_time);
    cw_list_remove(&seat->of_group);
    seat->group->seat_count--;
    cw_far_changed(core, seat->group);
    cw_user_release(core, seat->user);
    free(seat);
}

/* The group is told before the user can be forgotten. A call of two is over. */
static void end_seat(struct cw_core *core, struct seat *seat)
{
    assert(find_seat(seat->group, seat->user) == seat);
    if (seat->group->pair != NULL)
        cw_pair_break(core, seat->group->pair);
    else
        cw_group_event(core, seat->group, "call_left", seat->user, seat->untold, NULL);
    remove_seat(core, seat);
}

/* Seats that were handed over, or that other nodes count, may be of groups without a session. */
static void forget_deserted(struct cw_core *core, struct group *group)
{
    if (group->pair == NULL && group->session_count == 0 && group->seat_count == 0)
        cw_group_destroy(core, group);
}

static struct seat *add_seat(struct cw_core *core, struct group *group, struct user *user,
                             uint64_t session_id, bool part)
{
    assert(!cw_seat_is_held(group, user) && session_id != 0);
    struct seat *seat = cw_alloc_zero(sizeof *seat);
    seat->group = group;
    seat->user = user;
    seat->session_id = session_id;
    seat->untold = part ? 0 : session_id;
    seat->until_ms = core->now_ms + CW_CALL_SEAT_MS;
    cw_user_refer(core, seat->user);
    assert(cw_list_empty(&core->seats) ||
           CW_LINK_OWNER(core->seats.prev, struct seat, by_time)->until_ms <= seat->until_ms);
    cw_list_append(&core->seats, &seat->by_time);
    struct seat **last = &seat->user->seats;
    while (*last != NULL)
        last = &(*last)->next;
    *last = seat;
    cw_list_append(&group->seats, &seat->of_group);
    group->seat_count++;
    cw_far_changed(core, group);
    return seat;
}

void cw_seat_restore(struct cw_core *core, struct group *group, struct user *user,
                     uint64_t session_id, bool part)
{
    add_seat(core, group, user, session_id, part);
}

void cw_seat_hold(struct cw_core *core, struct group *group, const struct conn *conn)
{
    assert(conn->session != NULL && cw_conn_call(conn) == NULL);
    add_seat(core, group, conn->session->user, conn->session->id, conn->part != NULL)->rank =
        conn->member->rank;
}

bool cw_seat_is_held(const struct group *group, const struct user *user)
{
    return find_seat(group, user) != NULL;
}

void cw_seat_take(struct cw_core *core, const struct group *group, const struct user *user)
{
    struct seat *seat = find_seat(group, user);
    if (seat != NULL)
        remove_seat(core, seat);
}

void cw_seat_yield(struct cw_core *core, struct group *group, const struct user *user,
                   uint64_t rank)
{
    struct seat *seat = find_seat(group, user);
    if (seat == NULL || seat->rank >= rank)
        return;
    remove_seat(core, seat);
    forget_deserted(core, group);
}

void cw_seat_leave(struct cw_core *core, const struct group *group, const struct user *user)
{
    struct seat *seat = find_seat(group, user);
    if (seat != NULL)
        end_seat(core, seat);
}

void cw_seats_leave_of_session(struct cw_core *core, const struct user *user, uint64_t session_id)
{
    for (struct seat *seat = user->seats, *next; seat != NULL; seat = next) {
        struct group *group = seat->group;
        next = seat->next;
        if (seat->session_id != session_id)
            continue;
        end_seat(core, seat);
        forget_deserted(core, group);
    }
}

void cw_seats_forget(struct cw_core *core, struct group *group)
{
    while (!cw_list_empty(&group->seats))
        remove_seat(core, CW_LINK_OWNER(group->seats.next, struct seat, of_group));
}

uint64_t cw_seats_deadline(const struct cw_core *core)
{
    return cw_list_empty(&core->seats)
               ? UINT64_MAX
               : CW_LINK_OWNER(core->seats.next, struct seat, by_time)->until_ms;
}

void cw_seats_sweep(struct cw_core *core)
{
    while (core->now_ms >= cw_seats_deadline(core)) {
        struct seat *seat = CW_LINK_OWNER(core->seats.next, struct seat, by_time);
        struct group *group = seat->group;
        end_seat(core, seat);
        forget_deserted(core, group);
    }
}

void cw_seats_finish(struct cw_core *core)
{
    for (struct link *link = core->seats.next, *next; link != &core->seats; link = next) {
        struct seat *seat = CW_LINK_OWNER(link, struct seat, by_time);
        struct group *group = seat->group;
        next = link->next;
        if (group->pair != NULL)
            continue;
        remove_seat(core, seat);
        forget_deserted(core, group);
    }
}

uint64_t cw_seat_rank(const struct link *of_group)
{
    return CW_LINK_OWNER(of_group, struct seat, of_group)->rank;
}

const struct user *cw_seat_holder(const struct link *of_group, uint64_t *session_id, bool *part)
{
    const struct seat *seat = CW_LINK_OWNER(of_group, struct seat, of_group);
    *session_id = seat->session_id;
    *part = seat->untold == 0;
    return seat->user;
}
