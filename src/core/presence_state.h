/* presence_state.h - the states of a user, as others are told. HIDDEN goes between servers only:
 * the user is there, and can be reached, but clients are told that they are OFFLINE. */
#ifndef CW_CORE_PRESENCE_STATE_H
#define CW_CORE_PRESENCE_STATE_H

#include <stdbool.h>

enum presence { PRESENCE_OFFLINE, PRESENCE_ONLINE, PRESENCE_AWAY, PRESENCE_HIDDEN };

/* Of a user who is at two places. One that knows of no hiding yet wins. */
static inline enum presence cw_presence_of_both(enum presence a, enum presence b)
{
    bool b_wins = a == PRESENCE_OFFLINE || b == PRESENCE_ONLINE ||
                  (a == PRESENCE_HIDDEN && b != PRESENCE_OFFLINE);
    return b_wins ? b : a;
}

#endif
