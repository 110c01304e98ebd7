/* client_socket.c - see client_socket.h. */
#include "client/client_socket.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

/* A server that sends without end is not listened to. */
#define END_READS 16
/* The other end may wait so long before it acknowledges, and more with its timer. */
#define ACKNOWLEDGED_LATE_US 50000

int cw_client_socket_open(const struct addrinfo *address)
{
    int fd = socket(address->ai_family, SOCK_STREAM, 0);
    if (fd < 0)
        return -1;
    /* Requests are small, and the program waits for the answer. */
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
    if (fcntl(fd, F_SETFD, FD_CLOEXEC) == 0 && fcntl(fd, F_SETFL, O_NONBLOCK) == 0 &&
        (connect(fd, address->ai_addr, address->ai_addrlen) == 0 || errno == EINPROGRESS))
        return fd;
    int error = errno;
    close(fd);
    errno = error;
    return -1;
}

void cw_client_socket_end(int fd, uint8_t *chunk, size_t n)
{
    shutdown(fd, SHUT_WR);
    for (int i = 0; i < END_READS && recv(fd, chunk, n, 0) > 0; i++)
        continue;
    close(fd);
}

/* The option is set each time: it costs little beside a send, and the library keeps no state. */
bool cw_client_socket_takes(int fd, unsigned below)
{
    int unsent = 0;
    setsockopt(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &below, sizeof below);
    return ioctl(fd, SIOCOUTQNSD, &unsent) != 0 || (unsigned)unsent < below;
}

unsigned cw_client_socket_rtt_ms(int fd)
{
    struct tcp_info info;
    socklen_t n = sizeof info;
    /* An older kernel than the headers knows less of the struct. */
    const size_t known = offsetof(struct tcp_info, tcpi_min_rtt) + sizeof info.tcpi_min_rtt;
    if (fd < 0 || getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &n) != 0 || n < known ||
        info.tcpi_rtt == 0)
        return 0;
    unsigned rtt_us = info.tcpi_rtt;
    if (rtt_us < ACKNOWLEDGED_LATE_US || rtt_us - ACKNOWLEDGED_LATE_US < info.tcpi_min_rtt)
        rtt_us = info.tcpi_min_rtt < rtt_us ? info.tcpi_min_rtt : rtt_us;
    return rtt_us < 1000 ? 1 : rtt_us / 1000;
}

int cw_client_socket_error(int fd)
{
    int error = 0;
    socklen_t n = sizeof error;
    return getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &n) == 0 ? error : errno;
}
