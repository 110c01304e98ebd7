/* probe.c - asks the transport for proof of what was received. */
#include "core/probe.h"

#include <assert.h>

#include "base/limits.h"
#include "core/conn.h"
#include "core/effect.h"
#include "core/list.h"
#include "core/session.h"
#include "core/state.h"

/* The first probe is sent at once, since the peer may have connected only to fetch its messages;
 * more follow at intervals. */
static void probe_soon(struct cw_core *core, struct session *session)
{
    assert(session->probe == 0 && cw_list_empty(&session->unprobed));
    bool at_once = core->now_ms >= session->probed_ms + CW_PROBE_INTERVAL_MS;
    cw_list_append(at_once ? &core->probes_now : &core->probes, &session->unprobed);
}

void cw_session_probe(struct cw_core *core, struct session *session)
{
    if (session->probe == 0 && cw_list_empty(&session->unprobed))
        probe_soon(core, session);
}

static void send_probe(struct cw_core *core, struct session *session)
{
    assert(session->conn != NULL && session->probe == 0);
    assert(cw_list_empty(&session->unprobed));
    struct cw_effect *effect = cw_effect_add(core, CW_FX_PROBE);
    effect->probe.conn = session->conn->id;
    effect->probe.mark = session->probe = ++core->last_probe;
    session->probe_sent = session->sent;
    if (session->pending != NULL)
        session->pending->notice_probed = session->pending->notice_told;
    session->probed_ms = core->now_ms;
}

static void send_probes(struct cw_core *core, struct link *sessions)
{
    while (!cw_list_empty(sessions)) {
        struct session *session = CW_LINK_OWNER(sessions->next, struct session, unprobed);
        cw_list_remove(&session->unprobed);
        send_probe(core, session);
    }
}

static uint64_t probes_due_ms(const struct cw_core *core)
{
    return core->probed_ms + CW_PROBE_INTERVAL_MS;
}

void cw_probes_sweep(struct cw_core *core)
{
    send_probes(core, &core->probes_now);
    if (!cw_list_empty(&core->probes) && core->now_ms >= probes_due_ms(core)) {
        core->probed_ms = core->now_ms;
        send_probes(core, &core->probes);
    }
}

uint64_t cw_probes_deadline(const struct cw_core *core)
{
    return cw_list_empty(&core->probes) ? UINT64_MAX : probes_due_ms(core);
}
