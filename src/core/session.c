/* session.c - sessions that are attached: finding one, and what may be sent to it now.
 * attach.c makes them, session_end.c ends them, delivery.c sends them their messages. */
#include "core/session.h"

#include <assert.h>
#include <stdlib.h>

#include "base/map.h"
#include "core/list.h"
#include "core/state.h"

struct session *cw_session_find(const struct cw_core *core, uint64_t id)
{
    return cw_map_get(&core->sessions, cw_map_id(&id));
}

bool cw_session_takes(const struct session *session, uint64_t feature)
{
    bool ready = session->delivery == DELIVERY_LIVE || session->delivery == DELIVERY_READING;
    return ready && (session->features & feature) != 0;
}

struct pending *cw_session_pending(struct session *session)
{
    if (session->pending == NULL) {
        session->pending = cw_alloc_zero(sizeof *session->pending);
        session->pending->session = session;
        cw_list_init(&session->pending->page_wait);
    }
    return session->pending;
}

void cw_session_forget_pending(struct session *session)
{
    assert(session->pending == NULL || session->pending->session == session);
    if (session->pending == NULL)
        return;
    cw_list_remove(&session->pending->page_wait);
    free(session->pending->receipts);
    free(session->pending->said);
    free(session->pending);
    session->pending = NULL;
}
