/* speaking.c - tells members with the feature who speaks in a call, whether they are in it or not.
 *
 * Nothing is examined or stored while no member wants to know. */
#include "core/speaking.h"

#include <assert.h>

#include "base/limits.h"
#include "core/conn.h"
#include "core/far.h"
#include "core/group.h"
#include "core/group_event.h"
#include "core/list.h"
#include "core/session.h"
#include "core/state.h"

static bool speaks(const struct call_member *member)
{
    return !cw_list_empty(&member->speaking);
}

static void fall_silent(struct cw_core *core, struct call_member *member)
{
    assert(!cw_list_empty(&member->speaking) && member->group != NULL);
    cw_list_remove(&member->speaking);
    cw_far_changed(core, member->group);
    cw_group_event_speaking(core, member->group, false, member->conn);
}

/* Other nodes are told, whoever listens there. */
static bool somebody_listens(const struct cw_core *core, const struct group *group,
                             const struct session *speaker)
{
    if (core->bus_up)
        return true;
    for (size_t i = 0; i < group->session_count; i++)
        if (group->sessions[i] != speaker &&
            cw_session_takes(group->sessions[i], CW_FEATURE_SPEAKING))
            return true;
    for (size_t i = 0; i < group->call_count; i++)
        if (group->call[i]->part != NULL && group->call[i]->session != speaker &&
            (group->call[i]->part->features & CW_FEATURE_SPEAKING) != 0)
            return true;
    return false;
}

void cw_speaking_heard(struct cw_core *core, struct call_member *member, bool loud)
{
    assert(member->group != NULL);
    if (core->now_ms >= member->listened_ms) {
        member->heard = member->group->pair == NULL && /* who is in it hears it */
                        somebody_listens(core, member->group, member->conn->session);
        member->listened_ms = core->now_ms + CW_SPEAKING_LISTENERS_MS;
        cw_conn_tell_audio(core, member->conn);
    }
    if (!loud || !member->heard)
        return;
    bool began = !speaks(member);
    if (began)
        cw_far_changed(core, member->group);
    member->spoke_ms = core->now_ms;
    cw_list_remove(&member->speaking);
    assert(cw_list_empty(&core->speakers) ||
           CW_LINK_OWNER(core->speakers.prev, struct call_member, speaking)->spoke_ms <=
               core->now_ms);
    cw_list_append(&core->speakers, &member->speaking);
    if (!began && core->now_ms < member->named_ms + CW_SPEAKING_AGAIN_MS)
        return;
    member->named_ms = core->now_ms;
    cw_group_event_speaking(core, member->group, true, member->conn);
}

void cw_speaking_left(struct cw_core *core, struct call_member *member)
{
    if (speaks(member))
        fall_silent(core, member);
    member->heard = false;
    member->listened_ms = 0;
    assert(!speaks(member));
    cw_conn_tell_audio(core, member->conn);
}

static struct call_member *longest_silent(const struct cw_core *core)
{
    assert(!cw_list_empty(&core->speakers));
    return CW_LINK_OWNER(core->speakers.next, struct call_member, speaking);
}

void cw_speaking_sweep(struct cw_core *core)
{
    while (core->now_ms >= cw_speaking_deadline(core))
        fall_silent(core, longest_silent(core));
}

uint64_t cw_speaking_deadline(const struct cw_core *core)
{
    return cw_list_empty(&core->speakers) ? UINT64_MAX
                                          : longest_silent(core)->spoke_ms + CW_SPEAKING_SILENCE_MS;
}
