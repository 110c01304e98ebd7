/* presence_state.h - the states of a user, as others are told. */
#ifndef CW_CORE_PRESENCE_STATE_H
#define CW_CORE_PRESENCE_STATE_H

enum presence { PRESENCE_OFFLINE, PRESENCE_ONLINE, PRESENCE_AWAY };

/* Of a user who is at two places. */
static inline enum presence cw_presence_of_both(enum presence a, enum presence b)
{
    return a == PRESENCE_OFFLINE || b == PRESENCE_ONLINE ? b : a;
}

#endif
