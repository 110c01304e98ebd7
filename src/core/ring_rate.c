/* ring_rate.c - see ring_rate.h. */
#include "core/ring_rate.h"

#include <assert.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "core/request.h"
#include "core/state.h"
#include "core/user.h"

/* A user who was called. */
struct rung {
    uint64_t of; /* 0: no entry */
    uint64_t at_ms;
};

bool cw_ring_rate_take(struct cw_core *core, struct request *request)
{
    struct activity *activity = cw_user_activity(request->sender);
    struct rung *rung = activity->rung, *oldest;
    unsigned count = 0, of_pair = 0;
    if (rung == NULL)
        rung = activity->rung = cw_alloc_zero(CW_RINGS_PER_MINUTE * sizeof *rung);
    oldest = rung;
    for (unsigned i = 0; i < CW_RINGS_PER_MINUTE; i++) {
        bool recent = rung[i].of != 0 && core->now_ms - rung[i].at_ms < 60000;
        count += recent;
        of_pair += recent && rung[i].of == request->target->id;
        if (rung[i].of == 0 || rung[i].at_ms < oldest->at_ms)
            oldest = &rung[i];
    }
    if (of_pair >= CW_RINGS_OF_PAIR_PER_MINUTE)
        cw_request_refuse_above(core, request, CW_RULE_RING_RATE_OF_PAIR,
                                CW_RINGS_OF_PAIR_PER_MINUTE);
    else if (count == CW_RINGS_PER_MINUTE)
        cw_request_refuse_above(core, request, CW_RULE_RING_RATE, CW_RINGS_PER_MINUTE);
    else
        *oldest = (struct rung){request->target->id, core->now_ms};
    assert(of_pair <= count && count <= CW_RINGS_PER_MINUTE);
    return !request->done;
}
