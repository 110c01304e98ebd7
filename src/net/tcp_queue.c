/* tcp_queue.c - see tcp_queue.h. Without net_internal.h: libuv's headers have an older tcp_info. */
#include "net/tcp_queue.h"

#include <linux/tcp.h>
#include <netinet/in.h>
#include <stddef.h>
#include <sys/socket.h>

/* An older kernel than the headers knows less of the struct. */
#define KNOWN (offsetof(struct tcp_info, tcpi_min_rtt) + sizeof(uint32_t))

unsigned cw_tcp_queue_ms(int fd)
{
    struct tcp_info info;
    socklen_t n = sizeof info;
    if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &n) != 0 || n < KNOWN ||
        info.tcpi_unacked == 0 || info.tcpi_rtt <= info.tcpi_min_rtt)
        return 0;
    return (info.tcpi_rtt - info.tcpi_min_rtt) / 1000;
}
