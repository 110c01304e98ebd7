/* hook_rate.c - see hook_rate.h. */
#include "core/hook_rate.h"

#include <assert.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "core/bucket.h"
#include "core/state.h"
#include "core/user.h"

/* The hooks of a bot that are told apart: as many as a group has. */
struct hook_rates {
    struct {
        uint64_t hook_id;
        struct bucket posts;
    } hooks[CW_HOOKS_MAX];
};

/* The hook's place. One that has none takes the place with the fullest bucket, and what is missing
 * there: else a bot with many hooks would have no limit. */
static struct bucket *posts_of(struct hook_rates *rates, uint64_t hook_id)
{
    size_t fullest = 0;
    assert(hook_id != 0);
    for (size_t i = 0; i < CW_HOOKS_MAX; i++) {
        if (rates->hooks[i].hook_id == hook_id)
            return &rates->hooks[i].posts;
        if (rates->hooks[i].posts.full_ns < rates->hooks[fullest].posts.full_ns)
            fullest = i;
    }
    rates->hooks[fullest].hook_id = hook_id;
    return &rates->hooks[fullest].posts;
}

bool cw_hook_rate_take(struct cw_core *core, struct user *bot, uint64_t hook_id)
{
    struct activity *activity = cw_user_activity(bot);
    if (activity->hooks == NULL)
        activity->hooks = cw_alloc_zero(sizeof *activity->hooks);
    return cw_bucket_take(posts_of(activity->hooks, hook_id), core->now_ms, 1, CW_HOOK_POSTS_PER_S,
                          CW_HOOK_POSTS_BURST);
}
