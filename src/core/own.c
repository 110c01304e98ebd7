/* own.c - messages that a user has sent from other devices. A session with the feature `own` gets
 * them in the order of ids, by the same cursor as other messages. A message that the session's own
 * connection sends is answered there and is not sent back: a live session skips it; while the
 * session is catching up its id is kept here until no page can contain it any more. */
#include "core/own.h"

#include <assert.h>
#include <stdlib.h>

#include "base/limits.h"
#include "core/list.h"
#include "core/session.h"
#include "core/user.h"

bool cw_own_wanted_by(const struct user *user)
{
    CW_EACH_SESSION (session, user)
        if (cw_own_wanted(session))
            return true;
    return false;
}

/* Ids come in ascending order. Beyond CW_OWN_NOTED_MAX the oldest is forgotten: then that message
 * is sent back, marked as own. */
void cw_own_note(struct session *session, uint64_t message_id)
{
    struct pending *pending = cw_session_pending(session);
    assert(pending->said_count == 0 || pending->said[pending->said_count - 1] < message_id);
    if (pending->said_count == CW_OWN_NOTED_MAX)
        memmove(pending->said, pending->said + 1, --pending->said_count * sizeof *pending->said);
    if (pending->said_count == pending->said_capacity) {
        pending->said_capacity = pending->said_capacity == 0 ? 16 : pending->said_capacity * 2;
        pending->said = cw_realloc(pending->said, pending->said_capacity * sizeof *pending->said);
    }
    pending->said[pending->said_count++] = message_id;
    assert(pending->said_count <= CW_OWN_NOTED_MAX &&
           pending->said_count <= pending->said_capacity);
}

/* The index of the first id above this one. */
static unsigned place_above(const struct pending *pending, uint64_t message_id)
{
    unsigned low = 0, high = pending == NULL ? 0 : pending->said_count;
    while (low < high) {
        unsigned middle = (low + high) / 2;
        if (pending->said[middle] > message_id)
            high = middle;
        else
            low = middle + 1;
    }
    assert(low == 0 || pending->said[low - 1] <= message_id);
    return low;
}

bool cw_own_is_noted(const struct session *session, uint64_t message_id)
{
    const struct pending *pending = session->pending;
    unsigned above = place_above(pending, message_id);
    return above != 0 && pending->said[above - 1] == message_id;
}

void cw_own_forget(struct session *session, uint64_t message_id)
{
    struct pending *pending = session->pending;
    unsigned above = place_above(pending, message_id);
    if (above == 0)
        return;
    assert(above <= pending->said_count);
    pending->said_count -= above;
    memmove(pending->said, pending->said + above, pending->said_count * sizeof *pending->said);
}
