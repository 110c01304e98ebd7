/* session.c - sessions that are attached: finding one, and what may be sent to it now.
 * attach.c makes them and ends them, delivery.c brings them their messages. */
#include "core/session.h"

#include "base/map.h"
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
