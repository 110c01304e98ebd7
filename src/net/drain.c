/* drain.c - waits until the kernel holds no unsent byte of a connection: the next piece of a file
 * is written then, so what is said meanwhile waits behind one piece at most. Bytes that were sent
 * and not acknowledged are under way, and do not count. Called by peer.c. */
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>

#include "net/net_internal.h"

/* tcp(7): the socket is writable when fewer bytes are unsent; 0: the system's default. */
static void set_writable_below(int fd, unsigned unsent)
{
    setsockopt(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &unsent, sizeof unsent);
}

/* A listener's socket is set so for good: cw_peer_begin_live. */
bool cw_peer_is_drained(struct peer *peer)
{
    int unsent = 0;
    if (peer->draining)
        return false;
    if (ioctl(peer->fd, SIOCOUTQNSD, &unsent) != 0 || unsent == 0)
        return true;
    peer->draining = true;
    if (!peer->listens)
        set_writable_below(peer->fd, 1);
    return false;
}

void cw_peer_end_drain(struct peer *peer)
{
    if (!peer->draining)
        return;
    peer->draining = false;
    if (!peer->listens)
        set_writable_below(peer->fd, 0);
}
