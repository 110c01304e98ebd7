/* tcp_queue.h - what is under way on a connection, as the kernel has measured it. What it has sent
 * is nowhere to be dropped any more: it stands before the narrowest line, and TCP fills that queue
 * by seconds before it notices. Called by net.c; behind.h judges it. */
#ifndef CW_NET_TCP_QUEUE_H
#define CW_NET_TCP_QUEUE_H

#include <stdbool.h>
#include <stdint.h>

struct cw_tcp_sight {
    uint32_t unacked;  /* packets under way */
    uint32_t acked;    /* bytes that have arrived so far, of a count that wraps */
    uint32_t rtt_ms;   /* round trip: each acknowledgement is in the average by an eighth */
    uint32_t least_ms; /* the shortest one; of the last five minutes */
};

/* False: this kernel does not say it. */
bool cw_tcp_look(int fd, struct cw_tcp_sight *sight);

#endif
