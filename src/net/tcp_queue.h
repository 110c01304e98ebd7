/* tcp_queue.h - what waits on the way of a connection, as the kernel has measured it. What it has
 * sent is nowhere to be dropped any more: it stands before the narrowest line, and TCP fills that
 * queue by seconds before it notices. Called by net.c. */
#ifndef CW_NET_TCP_QUEUE_H
#define CW_NET_TCP_QUEUE_H

/* The round trip is longer by so much than it was at best; 0 also where that is not known, and
 * where nothing is under way: then the last round trip is of a queue that is gone, and would be the
 * last for as long as nothing is sent because of it. */
unsigned cw_tcp_queue_ms(int fd);

#endif
