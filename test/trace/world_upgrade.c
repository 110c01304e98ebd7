/* world_upgrade.c - one process hands its calls over to the next, as the shell does it
 * (src/server/handover.c): all connections are gone, and nothing that was acknowledged is. */
#include <assert.h>
#include <string.h>

#include "base/alloc.h"
#include "world_step.h"

#define CALLS_MAX 8

struct taken {
    struct cw_core_call calls[CALLS_MAX];
    size_t count;
    struct cw_arena arena;
};

static struct cw_slice keep_bytes(struct taken *taken, const void *bytes, size_t n)
{
    uint8_t *copy = cw_arena_alloc(&taken->arena, n + 1);
    if (n != 0)
        memcpy(copy, bytes, n);
    return cw_slice_of(copy, n);
}

static void take_call(void *context, const struct cw_core_call *call)
{
    struct taken *taken = context;
    assert(taken->count < CALLS_MAX);
    struct cw_core_call *copy = &taken->calls[taken->count++];
    struct cw_core_seat *seats =
        cw_arena_alloc(&taken->arena, call->seat_count * sizeof *call->seats);
    *copy = *call;
    copy->group_name = keep_bytes(taken, call->group_name.p, call->group_name.n);
    copy->seats = seats;
    for (size_t i = 0; i < call->seat_count; i++) {
        const struct cw_core_seat *seat = &call->seats[i];
        seats[i] = *seat;
        seats[i].name = keep_bytes(taken, seat->name.p, seat->name.n);
        seats[i].blocked = (const void *)keep_bytes(taken, seat->blocked,
                                                    seat->blocked_count * sizeof *seat->blocked)
                               .p;
    }
}

void world_upgrade(struct world *world)
{
    struct taken taken = {.count = 0};
    cw_core_list_calls(world->core, take_call, &taken);
    world_restart(world, false);
    for (size_t i = 0; i < taken.count; i++) {
        world_step(world, &(struct cw_event){.type = CW_EV_CALL, .call = &taken.calls[i]});
        world_run(world);
    }
    cw_arena_finish(&taken.arena);
}
