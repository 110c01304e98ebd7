/* tcp_queue.c - see tcp_queue.h. Without net_internal.h: libuv's headers have an older tcp_info. */
#include "net/tcp_queue.h"

#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/socket.h>

unsigned cw_tcp_queue_ms(int fd)
{
    struct tcp_info info;
    socklen_t n = sizeof info;
    if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &n) != 0 || n != sizeof info ||
        info.tcpi_rtt <= info.tcpi_min_rtt)
        return 0;
    return (info.tcpi_rtt - info.tcpi_min_rtt) / 1000;
}
