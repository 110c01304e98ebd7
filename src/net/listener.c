/* listener.c - the listening sockets and their addresses. */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "net/net_internal.h"

/* --- connections that come ---------------------------------------------------------------- */

/* When no descriptor is left, a waiting connection would wake the loop again and again: close the
 * spare one, accept the connection and close it. */
static void refuse_one(struct cw_net *net, int listening)
{
    close(net->spare_fd);
    int fd = accept(listening, NULL, NULL);
    if (fd >= 0)
        close(fd);
    net->spare_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (!cw_peer_turn_nameless_away(net))
        net->handlers.crowded(net->context);
}

static void on_connection(uv_poll_t *poll, int status, int events)
{
    struct listener *listener = (struct listener *)poll; /* its first member */
    struct cw_net *net = poll->data;
    (void)events;
    assert(net->connections <= net->options.connections_max + CW_NET_SPARE);
    for (int i = 0; status == 0 && i < 64; i++) {
        struct sockaddr_storage address;
        socklen_t size = sizeof address;
        bool full = net->connections >= net->options.connections_max + CW_NET_SPARE;
        if (full && cw_peer_turn_nameless_away(net))
            return; /* the next tick has its place */
        int fd =
            accept4(listener->fd, (struct sockaddr *)&address, &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0 && (errno == EMFILE || errno == ENFILE))
            refuse_one(net, listener->fd);
        if (fd < 0)
            return;
        if (full)
            close(fd);
        else
            cw_peer_accept(net, listener->port, fd, (struct sockaddr *)&address);
    }
}

/* --- addresses ------------------------------------------------------------------------------ */

/* ZeroMQ writes addresses with "tcp://" in front. */
bool cw_net_parse_address(const char *text, struct sockaddr_storage *address, socklen_t *size)
{
    char host[64];
    if (strncmp(text, "tcp://", 6) == 0)
        text += 6;
    const char *colon = strrchr(text, ':');
    if (colon == NULL || colon == text || (size_t)(colon - text) >= sizeof host)
        return false;
    memcpy(host, text, (size_t)(colon - text));
    host[colon - text] = 0;
    char *end;
    unsigned long port = strtoul(colon + 1, &end, 10);
    if (colon[1] < '0' || colon[1] > '9' || *end != 0 || port > 65535)
        return false;
    size_t n = strlen(host);
    if (host[0] == '[' && host[n - 1] == ']') {
        host[n - 1] = 0;
        *size = sizeof(struct sockaddr_in6);
        return uv_ip6_addr(host + 1, (int)port, (struct sockaddr_in6 *)address) == 0;
    }
    *size = sizeof(struct sockaddr_in);
    return uv_ip4_addr(strcmp(host, "localhost") == 0 ? "127.0.0.1" : host, (int)port,
                       (struct sockaddr_in *)address) == 0;
}

static bool is_loopback(const struct sockaddr_storage *address)
{
    if (address->ss_family == AF_INET6)
        return IN6_IS_ADDR_LOOPBACK(&((const struct sockaddr_in6 *)address)->sin6_addr);
    return ntohl(((const struct sockaddr_in *)address)->sin_addr.s_addr) >> 24 == 127;
}

bool cw_net_address_good(const char *text)
{
    struct sockaddr_storage address = {0};
    socklen_t size;
    return cw_net_parse_address(text, &address, &size);
}

bool cw_net_address_is_loopback(const char *text)
{
    struct sockaddr_storage address = {0};
    socklen_t size;
    return cw_net_parse_address(text, &address, &size) && is_loopback(&address);
}

/* --- beginning and end ------------------------------------------------------------------------ */

static int open_listener(const struct sockaddr_storage *address, socklen_t size)
{
    int on = 1;
    int fd = socket(address->ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(fd, (const struct sockaddr *)address, size) == 0 && listen(fd, SOMAXCONN) == 0)
        return fd;
    int error = errno;
    close(fd);
    errno = error;
    return -1;
}

static void name_address(int fd, char text[64])
{
    struct sockaddr_storage address = {0};
    socklen_t size = sizeof address;
    char host[48];
    getsockname(fd, (struct sockaddr *)&address, &size);
    if (address.ss_family == AF_INET6) {
        uv_ip6_name((struct sockaddr_in6 *)&address, host, sizeof host);
        snprintf(text, 64, "[%s]:%u", host, ntohs(((struct sockaddr_in6 *)&address)->sin6_port));
    } else {
        uv_ip4_name((struct sockaddr_in *)&address, host, sizeof host);
        snprintf(text, 64, "%s:%u", host, ntohs(((struct sockaddr_in *)&address)->sin_port));
    }
}

static in_port_t *port_in(struct sockaddr_storage *address)
{
    return address->ss_family == AF_INET6 ? &((struct sockaddr_in6 *)address)->sin6_port
                                          : &((struct sockaddr_in *)address)->sin_port;
}

bool cw_net_listens_at(int fd, const char *text)
{
    struct sockaddr_storage wanted = {0}, bound = {0};
    socklen_t size = 0, bound_size = sizeof bound, listens_size = sizeof(int);
    int listens = 0;
    if (!cw_net_parse_address(text, &wanted, &size) ||
        getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &listens_size) != 0 || !listens ||
        getsockname(fd, (struct sockaddr *)&bound, &bound_size) != 0 || bound_size != size)
        return false;
    if (*port_in(&wanted) == 0) /* any */
        *port_in(&bound) = 0;
    return memcmp(&wanted, &bound, size) == 0;
}

bool cw_net_listen(struct cw_net *net, const char *text, int fd, const struct cw_port *port,
                   char bound[64], char error[256])
{
    struct sockaddr_storage address = {0};
    socklen_t size = 0;
    if (!cw_net_parse_address(text, &address, &size)) {
        snprintf(error, 256, "'%s' is no address to listen at: write HOST:PORT, as 127.0.0.1:4242",
                 text);
        return false;
    }
    if (fd < 0)
        fd = open_listener(&address, size);
    if (fd < 0) {
        snprintf(error, 256, "cannot listen at %s: %s%s", text, strerror(errno),
                 errno == EADDRINUSE ? " (is another server running?)"
                 : errno == EACCES   ? " (ports below 1024 need CAP_NET_BIND_SERVICE)"
                                     : "");
        return false;
    }
    struct listener *listener = cw_alloc_zero(sizeof *listener);
    listener->fd = fd;
    listener->port = port;
    listener->next = net->listeners;
    net->listeners = listener;
    uv_poll_init_socket(net->loop, &listener->poll, fd);
    net->handles++;
    listener->poll.data = net;
    uv_poll_start(&listener->poll, UV_READABLE, on_connection);
    name_address(fd, bound);
    return true;
}

size_t cw_net_copy_listeners(const struct cw_net *net, int fds[], size_t max)
{
    size_t n = 0;
    for (const struct listener *l = net->listeners; l != NULL && n < max; l = l->next) {
        fds[n] = fcntl(l->fd, F_DUPFD_CLOEXEC, 0);
        n += fds[n] >= 0;
    }
    return n;
}

void cw_listeners_stop(struct cw_net *net)
{
    for (struct listener *l = net->listeners; l != NULL; l = l->next)
        uv_poll_stop(&l->poll);
}

void cw_listeners_close(struct cw_net *net, uv_close_cb closed)
{
    for (struct listener *l = net->listeners; l != NULL; l = l->next) {
        uv_poll_stop(&l->poll);
        close(l->fd);
        uv_close((uv_handle_t *)&l->poll, closed);
    }
}

void cw_listeners_free(struct cw_net *net)
{
    assert(net->handles == 0); /* libuv has let go of all of them */
    while (net->listeners != NULL) {
        struct listener *listener = net->listeners;
        net->listeners = listener->next;
        free(listener);
    }
}
