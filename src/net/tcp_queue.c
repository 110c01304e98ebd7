/* tcp_queue.c - see tcp_queue.h. Without net_internal.h: libuv's headers have an older tcp_info. */
#include "net/tcp_queue.h"

#include <linux/tcp.h>
#include <netinet/in.h>
#include <stddef.h>
#include <sys/socket.h>

/* An older kernel than the headers knows less of the struct. */
#define KNOWN (offsetof(struct tcp_info, tcpi_min_rtt) + sizeof(uint32_t))

bool cw_tcp_look(int fd, struct cw_tcp_sight *sight)
{
    struct tcp_info info;
    socklen_t n = sizeof info;
    if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &n) != 0 || n < KNOWN)
        return false;
    *sight = (struct cw_tcp_sight){.unacked = info.tcpi_unacked,
                                   .acked = (uint32_t)info.tcpi_bytes_acked,
                                   .rtt_ms = info.tcpi_rtt / 1000,
                                   .least_ms = info.tcpi_min_rtt / 1000};
    return true;
}
