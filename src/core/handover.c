/* handover.c - the calls of one process become those of the next, when the server is upgraded: the
 * participants have lost their connections, and their seats are held, as after any loss. It is
 * nothing but calls: who is attached, and what was sent, the store and the clients know.
 *
 * The process before may have been of another version, so nothing of it is taken on trust. */
#include "core/handover.h"

#include <assert.h>
#include <stdlib.h>

#include "base/limits.h"
#include "core/conn.h"
#include "core/group.h"
#include "core/list.h"
#include "core/names.h"
#include "core/pair.h"
#include "core/seat.h"
#include "core/session.h"
#include "core/state.h"
#include "core/user.h"

/* --- what there is ------------------------------------------------------------------------ */

static struct cw_core_seat describe(const struct user *user, uint64_t session_id, bool part)
{
    return (struct cw_core_seat){.user_id = user->id,
                                 .name = cw_user_name(user),
                                 .blocked = user->blocked,
                                 .blocked_count = user->blocked_count,
                                 .bot = user->bot,
                                 .session_id = session_id,
                                 .part = part};
}

/* Participants and held seats, and one more that is free. Of the caller. */
static struct cw_core_seat *seats_of(const struct group *group, size_t *count)
{
    struct cw_core_seat *seats =
        cw_alloc_zero((group->call_count + group->seat_count + 1) * sizeof *seats);
    *count = 0;
    for (size_t i = 0; i < group->call_count; i++) {
        const struct session *session = group->call[i]->session;
        seats[(*count)++] = describe(session->user, session->id, group->call[i]->part != NULL);
    }
    for (const struct link *link = group->seats.next; link != &group->seats; link = link->next) {
        bool part;
        uint64_t session_id;
        const struct user *user = cw_seat_holder(link, &session_id, &part);
        seats[(*count)++] = describe(user, session_id, part);
    }
    return seats;
}

static void list_pairs(const struct cw_core *core, const struct link *pairs,
                       void (*take)(void *context, const struct cw_core_call *call), void *context)
{
    for (const struct link *link = pairs->next; link != pairs; link = link->next) {
        const struct pair *pair = CW_LINK_OWNER(link, struct pair, link);
        size_t count;
        struct cw_core_seat *seats = seats_of(pair->room, &count);
        struct cw_core_call call = {.seats = seats, .seat_count = 2};
        if (count != (pair->rings_until_ms != 0 ? 1 : 2)) {
            free(seats); /* the other one is at another node, which tells of it */
            continue;
        }
        if (count == 1)
            seats[1] = describe(pair->callee, 0, false);
        else if (seats[0].user_id != pair->caller->id) {
            struct cw_core_seat callee = seats[0];
            seats[0] = seats[1];
            seats[1] = callee;
        }
        if (pair->rings_until_ms > core->now_ms)
            call.rings_ms = pair->rings_until_ms - core->now_ms;
        take(context, &call);
        free(seats);
    }
}

void cw_core_list_calls(const struct cw_core *core,
                        void (*take)(void *context, const struct cw_core_call *call), void *context)
{
    for (size_t i = 0; i < core->groups_by_id.capacity; i++) {
        const struct group *group = core->groups_by_id.entries[i].value;
        if (group == NULL || group->call_count + group->seat_count == 0)
            continue;
        struct cw_core_call call = {.group_id = group->id, .group_name = cw_group_name(group)};
        struct cw_core_seat *seats = seats_of(group, &call.seat_count);
        call.seats = seats;
        take(context, &call);
        free(seats);
    }
    list_pairs(core, &core->talks, take, context);
    list_pairs(core, &core->rings, take, context);
}

/* --- what there was ----------------------------------------------------------------------- */

/* A reference to the user, or NULL. */
static struct user *take_user(struct cw_core *core, const struct cw_core_seat *seat)
{
    struct cw_name_key key;
    uint64_t *blocked =
        cw_arena_alloc(&core->effects->arena, (seat->blocked_count + 1) * sizeof *blocked);
    for (size_t i = 0; i < seat->blocked_count; i++) {
        blocked[i] = seat->blocked[i];
        if (i != 0 && blocked[i - 1] >= blocked[i])
            return NULL;
    }
    if (seat->user_id == 0 || !cw_names_fold(core, CW_NAME_OF_USER, seat->name, &key))
        return NULL;
    const struct user *known = cw_user_by_key(core, &key);
    if (known != NULL && known->id != seat->user_id)
        return NULL;
    return cw_user_take(core, &(struct cw_store_result){.user_id = seat->user_id,
                                                        .name = seat->name,
                                                        .bot = seat->bot,
                                                        .blocked = blocked,
                                                        .blocked_count = seat->blocked_count});
}

static void restore_seat(struct cw_core *core, struct group *group, const struct cw_core_seat *seat)
{
    struct user *user = seat->session_id == 0 ? NULL : take_user(core, seat);
    if (user == NULL)
        return;
    if (!cw_seat_is_held(group, user))
        cw_seat_restore(core, group, user, seat->session_id, seat->part);
    cw_user_release(core, user);
}

static void take_group_call(struct cw_core *core, const struct cw_core_call *call)
{
    struct cw_name_key key;
    if (!cw_names_fold(core, CW_NAME_OF_GROUP, call->group_name, &key) ||
        cw_group_by_key(core, &key) != NULL || cw_group_by_id(core, call->group_id) != NULL)
        return;
    struct group *group = cw_group_create(core, call->group_id, call->group_name);
    for (size_t i = 0; i < call->seat_count; i++)
        restore_seat(core, group, &call->seats[i]);
    if (group->seat_count == 0)
        cw_group_destroy(core, group);
}

/* When a ring ends that goes on; rings are in the order of their ends. */
static uint64_t end_of_ring(const struct cw_core *core, uint64_t rings_ms)
{
    uint64_t until_ms = core->now_ms + (rings_ms < CW_RING_MS ? rings_ms : CW_RING_MS);
    if (cw_list_empty(&core->rings))
        return until_ms;
    uint64_t last_ms = CW_LINK_OWNER(core->rings.prev, struct pair, link)->rings_until_ms;
    return until_ms < last_ms ? last_ms : until_ms;
}

static void restore_pair(struct cw_core *core, const struct cw_core_call *call, struct user *caller,
                         struct user *callee)
{
    bool rings = call->rings_ms != 0;
    struct pair *pair = cw_pair_create(core, caller, callee,
                                       end_of_ring(core, rings ? call->rings_ms : CW_RING_MS));
    cw_seat_restore(core, pair->room, caller, call->seats[0].session_id, call->seats[0].part);
    if (rings)
        return;
    cw_seat_restore(core, pair->room, callee, call->seats[1].session_id, call->seats[1].part);
    pair->rings_until_ms = 0;
    cw_list_remove(&pair->link);
    cw_list_append(&core->talks, &pair->link);
}

static void take_pair_call(struct cw_core *core, const struct cw_core_call *call)
{
    if (call->seat_count != 2 || call->seats[0].session_id == 0 ||
        (call->seats[1].session_id == 0) != (call->rings_ms != 0))
        return;
    struct user *caller = take_user(core, &call->seats[0]);
    struct user *callee = take_user(core, &call->seats[1]);
    if (caller != NULL && callee != NULL && caller != callee && caller->pair == NULL &&
        callee->pair == NULL)
        restore_pair(core, call, caller, callee);
    if (caller != NULL)
        cw_user_release(core, caller);
    if (callee != NULL)
        cw_user_release(core, callee);
}

void cw_handover_take(struct cw_core *core, const struct cw_core_call *call)
{
    if (call->group_id != 0)
        take_group_call(core, call);
    else
        take_pair_call(core, call);
}
