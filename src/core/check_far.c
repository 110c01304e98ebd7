/* check_far.c - checks what is known of calls at other nodes, and what is to be said of those here,
 * as check.c does. */
#undef NDEBUG
#include "core/check_far.h"

#include <assert.h>

#include "core/far.h"
#include "core/state.h"

static size_t length_of(const struct link *list)
{
    size_t count = 0;
    for (const struct link *link = list->next; link != list; link = link->next, count++)
        assert(link->next->prev == link && link->prev->next == link);
    return count;
}

void cw_check_far(const struct cw_core *core)
{
    size_t asks = 0, sets = 0, said = 0;
    for (size_t i = 0; i < core->far_calls.capacity; i++) {
        const struct far_call *call = core->far_calls.entries[i].value;
        if (call == NULL)
            continue;
        asks += call->ask_count;
        said += !cw_list_empty(&call->to_say);
        CW_EACH_FAR_SET(set, call)
        {
            assert(set->call == call && set->node != core->config.node);
            assert(set->count <= CW_CALL_MEMBERS_LIMIT);
            sets++;
        }
    }
    assert(asks == length_of(&core->call_asks));
    assert(sets == length_of(&core->far_sets) + length_of(&core->far_gone));
    assert(said == length_of(&core->far_said) && cw_list_empty(&core->far_changed));
}
