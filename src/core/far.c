/* far.c - see far.h. */
#include "core/far.h"

#include <assert.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "core/group.h"
#include "core/pair.h"
#include "core/state.h"
#include "core/user.h"

uint64_t cw_far_id(const struct group *group)
{
    const struct pair *pair = group->pair;
    return pair == NULL ? cw_mailbox_of_group(group->id)
                        : cw_conversation_of_pair(pair->caller->id, pair->callee->id);
}

struct group *cw_far_group(const struct cw_core *core, uint64_t id)
{
    if (cw_mailbox_is_group(id))
        return cw_group_by_id(core, id >> 1);
    const struct user *user = cw_user_by_id(core, id >> 32);
    bool of_both = user != NULL && user->pair != NULL && cw_far_id(user->pair->room) == id;
    return of_both ? user->pair->room : NULL;
}

struct far_call *cw_far_find(const struct cw_core *core, uint64_t id)
{
    return cw_map_get(&core->far_calls, cw_map_id(&id));
}

struct far_call *cw_far_of(const struct cw_core *core, const struct group *group)
{
    return core->config.node == 0 ? NULL : cw_far_find(core, cw_far_id(group));
}

struct far_call *cw_far_take(struct cw_core *core, uint64_t id)
{
    struct far_call *call = cw_far_find(core, id);
    if (call != NULL || core->far_calls.count >= CW_FAR_CALLS_MAX)
        return call;
    call = cw_alloc_zero(sizeof *call);
    call->id = id;
    cw_list_init(&call->to_say);
    cw_map_put(&core->far_calls, cw_map_id(&call->id), call);
    return call;
}

static void destroy_call(struct cw_core *core, struct far_call *call)
{
    assert(call->sets == NULL && call->ask_count == 0);
    cw_list_remove(&call->to_say);
    cw_map_remove(&core->far_calls, cw_map_id(&call->id));
    free(call->lease.grants);
    free(call);
}

void cw_far_forget(struct cw_core *core, struct far_call *call)
{
    if (call->sets == NULL && call->ask_count == 0 && cw_list_empty(&call->to_say) &&
        !call->lease.asked && call->lease.node != core->config.node)
        destroy_call(core, call);
}

void cw_far_changed(struct cw_core *core, const struct group *group)
{
    if (core->config.node == 0)
        return;
    struct far_call *call = cw_far_take(core, cw_far_id(group));
    if (call == NULL)
        return;
    call->said_empty = 0;
    cw_list_remove(&call->to_say);
    cw_list_append(&core->far_changed, &call->to_say);
}

/* --- sets ---------------------------------------------------------------------------------- */

struct far_set *cw_far_set(struct cw_core *core, struct far_call *call, unsigned node,
                           uint64_t epoch, bool make)
{
    CW_EACH_FAR_SET(set, call)
    if (set->node == node && set->epoch <= epoch && !set->gone) {
        set->epoch = epoch; /* of another process it would be gone: the bus says that first */
        return set;
    }
    if (!make)
        return NULL;
    struct far_set *set = cw_alloc_zero(sizeof *set);
    set->call = call;
    set->node = node;
    set->epoch = epoch;
    set->at_ms = core->now_ms;
    set->next = call->sets;
    call->sets = set;
    cw_list_init(&set->ringing);
    cw_list_append(&core->far_sets, &set->by_time);
    return set;
}

void cw_far_set_remove(struct cw_core *core, struct far_set *set)
{
    struct far_call *call = set->call;
    struct far_set **place = &call->sets;
    while (*place != set)
        place = &(*place)->next;
    *place = set->next;
    cw_list_remove(&set->by_time);
    cw_list_remove(&set->ringing);
    free(set);
    cw_far_forget(core, call);
}

const struct far_seat *cw_far_seat_of(const struct far_call *call, uint64_t user_id)
{
    const struct far_seat *best = NULL;
    CW_EACH_FAR_SET(set, call)
    for (size_t i = 0; i < set->count; i++)
        if (set->seats[i].user_id == user_id && (best == NULL || set->seats[i].rank > best->rank))
            best = &set->seats[i];
    return best;
}

bool cw_far_has_user(const struct cw_core *core, uint64_t user_id, uint64_t but, bool of_two)
{
    for (size_t i = 0; i < core->far_calls.capacity; i++) {
        const struct far_call *call = core->far_calls.entries[i].value;
        if (call != NULL && call->id != but && !(of_two && cw_mailbox_is_group(call->id)) &&
            cw_far_seat_of(call, user_id) != NULL)
            return true;
    }
    return false;
}

struct far_seat *cw_far_seat_at(struct far_set *set, uint64_t rank)
{
    for (size_t i = 0; i < set->count; i++)
        if (set->seats[i].rank == rank)
            return &set->seats[i];
    return NULL;
}

/* --- beginning and end ---------------------------------------------------------------------- */

void cw_far_init(struct cw_core *core)
{
    cw_map_init(&core->far_calls, core->config.hash_seed);
    struct link *lists[] = {&core->far_changed, &core->far_said,  &core->far_sets,
                            &core->far_gone,    &core->call_asks, &core->far_rings};
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++)
        cw_list_init(lists[i]);
}

void cw_far_finish(struct cw_core *core)
{
    for (size_t i = 0; i < core->far_calls.capacity; i++) {
        struct far_call *call = core->far_calls.entries[i].value;
        while (call != NULL && call->sets != NULL) {
            struct far_set *set = call->sets;
            call->sets = set->next;
            free(set);
        }
        if (call != NULL)
            free(call->lease.grants);
        free(call);
    }
    cw_map_finish(&core->far_calls);
    cw_buf_finish(&core->far_body);
}
