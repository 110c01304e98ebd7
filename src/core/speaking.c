/* speaking.c - who speaks in a call, told to the members who want to know, in the
 * call or not.
 *
 * Nothing is looked at, or remembered, while nobody wants to know. */
#include "core/speaking.h"

#include "base/limits.h"
#include "core/conn.h"
#include "core/group.h"
#include "core/group_event.h"
#include "core/list.h"
#include "core/session.h"
#include "core/state.h"

static bool speaks(const struct conn *conn)
{
    return !cw_list_empty(&conn->speaking);
}

static void fall_silent(struct cw_core *core, struct conn *conn, const struct group *group)
{
    cw_list_remove(&conn->speaking);
    cw_group_event_speaking(core, group, false, conn);
}

static bool somebody_listens(const struct group *group, const struct session *speaker)
{
    for (size_t i = 0; i < group->session_count; i++)
        if (group->sessions[i] != speaker &&
            cw_session_takes(group->sessions[i], CW_FEATURE_SPEAKING))
            return true;
    for (size_t i = 0; i < group->call_count; i++)
        if (group->call[i]->part != 0 && group->call[i]->session != speaker &&
            (group->call[i]->part_features & CW_FEATURE_SPEAKING) != 0)
            return true;
    return false;
}

void cw_speaking_heard(struct cw_core *core, struct conn *conn, bool loud)
{
    if (core->now_ms >= conn->listened_ms) {
        conn->heard = somebody_listens(conn->call, conn->session);
        conn->listened_ms = core->now_ms + CW_SPEAKING_LISTENERS_MS;
    }
    if (!loud || !conn->heard)
        return;
    bool began = !speaks(conn);
    conn->spoke_ms = core->now_ms;
    cw_list_remove(&conn->speaking);
    cw_list_append(&core->speakers, &conn->speaking);
    if (!began && core->now_ms < conn->named_ms + CW_SPEAKING_AGAIN_MS)
        return;
    conn->named_ms = core->now_ms;
    cw_group_event_speaking(core, conn->call, true, conn);
}

void cw_speaking_left(struct cw_core *core, struct conn *conn, const struct group *group)
{
    if (speaks(conn))
        fall_silent(core, conn, group);
    conn->heard = false;
    conn->listened_ms = 0;
}

static struct conn *longest_silent(const struct cw_core *core)
{
    return CW_LINK_OWNER(core->speakers.next, struct conn, speaking);
}

void cw_speaking_sweep(struct cw_core *core)
{
    while (core->now_ms >= cw_speaking_deadline(core)) {
        struct conn *conn = longest_silent(core);
        fall_silent(core, conn, conn->call);
    }
}

uint64_t cw_speaking_deadline(const struct cw_core *core)
{
    return cw_list_empty(&core->speakers) ? UINT64_MAX
                                          : longest_silent(core)->spoke_ms + CW_SPEAKING_SILENCE_MS;
}
