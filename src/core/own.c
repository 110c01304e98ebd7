/* own.c - what a user sent, for his other devices.
 *
 * A session with the feature `own` is delivered what its user sent from elsewhere,
 * in its place among the rest and by the same cursor. What its own connection sends
 * is answered there, and does not come back: live, its session passes over it;
 * catching up, its id is kept here until no page can hold it any more. */
#include "core/own.h"

#include <stdlib.h>

#include "base/limits.h"
#include "core/list.h"
#include "core/session.h"
#include "core/user.h"

bool cw_own_wanted_by(const struct user *user)
{
    for (struct link *link = user->sessions.next; link != &user->sessions; link = link->next)
        if (cw_own_wanted(CW_LINK_OWNER(link, struct session, of_user)))
            return true;
    return false;
}

/* Ids come in ascending order. Beyond CW_OWN_NOTED_MAX the oldest is forgotten: then
 * it does come back, marked as own. */
void cw_own_note(struct session *session, uint64_t message_id)
{
    if (session->said_count == CW_OWN_NOTED_MAX)
        memmove(session->said, session->said + 1, --session->said_count * sizeof *session->said);
    if (session->said_count == session->said_capacity) {
        session->said_capacity = session->said_capacity == 0 ? 16 : session->said_capacity * 2;
        session->said = cw_realloc(session->said, session->said_capacity * sizeof *session->said);
    }
    session->said[session->said_count++] = message_id;
}

/* The place of the first id above this one. */
static unsigned place_above(const struct session *session, uint64_t message_id)
{
    unsigned low = 0, high = session->said_count;
    while (low < high) {
        unsigned middle = (low + high) / 2;
        if (session->said[middle] > message_id)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

bool cw_own_is_noted(const struct session *session, uint64_t message_id)
{
    unsigned above = place_above(session, message_id);
    return above != 0 && session->said[above - 1] == message_id;
}

void cw_own_forget(struct session *session, uint64_t message_id)
{
    unsigned above = place_above(session, message_id);
    if (above == 0)
        return;
    session->said_count -= above;
    memmove(session->said, session->said + above, session->said_count * sizeof *session->said);
}
