/* behind.h - whether so much is under way to a listener, in queues that nobody can reach, that live
 * audio would only come later and later: the round trip is longer than the way needs.
 *
 * What the way needs is not what it has needed at best: a way may become longer by half a second
 * (another network, a satellite, somebody else's queue), and the kernel remembers the best of five
 * minutes, in which nothing would be heard. So the way is measured anew whenever nothing is under
 * way, as it soon is while nothing is added: what is sent then stands behind no queue of ours.
 * Pure; times are milliseconds of a clock that wraps. Caller: net.c. */
#ifndef CW_NET_BEHIND_H
#define CW_NET_BEHIND_H

#include "net/tcp_queue.h"

/* A zeroed struct: a connection on which no audio was sent. */
struct cw_behind {
    uint32_t looked_ms;
    uint32_t began_ms, acked; /* of the measurement: when it began, and what had arrived then */
    uint32_t way_ms;          /* what the way needs; 0: unknown, or nothing */
    bool measures, held;      /* ... and no audio was added before it */
    bool is;                  /* behind, at the last look */
};

/* Is it time to look? */
bool cw_behind_is_due(const struct cw_behind *behind, uint32_t now_ms);

/* Before audio is sent. True: it is better dropped. */
bool cw_behind_look(struct cw_behind *behind, const struct cw_tcp_sight *sight, uint32_t now_ms);

#endif
