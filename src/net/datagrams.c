/* datagrams.c - see datagrams.h. */
#include "net/datagrams.h"

#include <assert.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/alloc.h"
#include "net/net_internal.h"

/* Datagrams of one call of the system. */
#define BATCH 64
/* Calls for one socket in one tick: connections have their turn, too. */
#define BATCHES_PER_TICK 4
/* Of the kernel for what comes while the loop does something else: 100 ms of 40 speakers. */
#define RECEIVE_BUFFER (1024 * 1024)

/* What the bytes of a place are. */
struct place {
    uint8_t socket, family; /* index; 4 or 6 */
    uint16_t port;          /* of the peer, as on the network */
    uint32_t scope;         /* of an IPv6 address, or its interface */
    uint8_t peer[16], local[16];
};
_Static_assert(sizeof(struct place) <= sizeof(struct cw_voice_place), "a place has its room");

union control {
    struct cmsghdr align;
    uint8_t bytes[CMSG_SPACE(sizeof(struct in6_pktinfo)) + CMSG_SPACE(sizeof(struct in_pktinfo))];
};

struct batch {
    struct mmsghdr messages[BATCH];
    struct iovec parts[BATCH];
    struct sockaddr_storage names[BATCH];
    union control controls[BATCH];
    uint8_t bytes[BATCH][CW_DATAGRAM_MAX + 1]; /* one more: a longer one is noticed */
};

struct udp_socket {
    uv_poll_t poll; /* its data: the datagrams */
    int fd;
};

struct cw_datagrams {
    uv_loop_t *loop;
    cw_datagram_handler *came;
    void *context;
    struct udp_socket sockets[CW_LISTENERS_MAX];
    unsigned socket_count, closing;
    struct batch *in, *out;    /* NULL until the first socket */
    uint8_t out_socket[BATCH]; /* by which each leaves */
    unsigned out_count;
};

struct cw_datagrams *cw_datagrams_create(uv_loop_t *loop, cw_datagram_handler *came, void *context)
{
    struct cw_datagrams *datagrams = cw_alloc_zero(sizeof *datagrams);
    datagrams->loop = loop;
    datagrams->came = came;
    datagrams->context = context;
    return datagrams;
}

bool cw_datagrams_listens(const struct cw_datagrams *datagrams)
{
    return datagrams->socket_count != 0;
}

/* --- places ------------------------------------------------------------------------------- */

/* Where this machine was reached. */
static void read_local(struct msghdr *message, struct place *place)
{
    for (struct cmsghdr *c = CMSG_FIRSTHDR(message); c != NULL; c = CMSG_NXTHDR(message, c)) {
        if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO) {
            struct in_pktinfo info;
            memcpy(&info, CMSG_DATA(c), sizeof info);
            memcpy(place->local, &info.ipi_spec_dst, sizeof info.ipi_spec_dst);
        } else if (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_PKTINFO) {
            struct in6_pktinfo info;
            memcpy(&info, CMSG_DATA(c), sizeof info);
            memcpy(place->local, &info.ipi6_addr, sizeof info.ipi6_addr);
        }
    }
}

static struct cw_voice_place place_of(unsigned socket, struct msghdr *message)
{
    struct cw_voice_place result = {{0}};
    struct place place = {.socket = (uint8_t)socket};
    const struct sockaddr_storage *name = message->msg_name;
    if (name->ss_family == AF_INET6) {
        const struct sockaddr_in6 *from = message->msg_name;
        place.family = 6;
        place.port = from->sin6_port;
        place.scope = from->sin6_scope_id;
        memcpy(place.peer, &from->sin6_addr, 16);
    } else {
        const struct sockaddr_in *from = message->msg_name;
        place.family = 4;
        place.port = from->sin_port;
        memcpy(place.peer, &from->sin_addr, 4);
    }
    read_local(message, &place);
    memcpy(result.bytes, &place, sizeof place);
    return result;
}

static void write_local(const struct place *place, struct msghdr *message, union control *control)
{
    struct in_pktinfo info = {.ipi_ifindex = 0};
    struct in6_pktinfo info6 = {.ipi6_ifindex = place->scope};
    bool v6 = place->family == 6;
    size_t n = v6 ? sizeof info6 : sizeof info;
    memset(control, 0, sizeof *control);
    message->msg_control = control;
    message->msg_controllen = CMSG_SPACE(n);
    struct cmsghdr *c = CMSG_FIRSTHDR(message);
    c->cmsg_level = v6 ? IPPROTO_IPV6 : IPPROTO_IP;
    c->cmsg_type = v6 ? IPV6_PKTINFO : IP_PKTINFO;
    c->cmsg_len = CMSG_LEN(n);
    memcpy(&info.ipi_spec_dst, place->local, sizeof info.ipi_spec_dst);
    memcpy(&info6.ipi6_addr, place->local, sizeof info6.ipi6_addr);
    memcpy(CMSG_DATA(c), v6 ? (void *)&info6 : (void *)&info, n);
}

static void write_peer(const struct place *place, struct msghdr *message,
                       struct sockaddr_storage *name)
{
    memset(name, 0, sizeof *name);
    message->msg_name = name;
    if (place->family == 6) {
        struct sockaddr_in6 *to = (struct sockaddr_in6 *)name;
        to->sin6_family = AF_INET6;
        to->sin6_port = place->port;
        to->sin6_scope_id = place->scope;
        memcpy(&to->sin6_addr, place->peer, 16);
        message->msg_namelen = sizeof *to;
    } else {
        struct sockaddr_in *to = (struct sockaddr_in *)name;
        to->sin_family = AF_INET;
        to->sin_port = place->port;
        memcpy(&to->sin_addr, place->peer, 4);
        message->msg_namelen = sizeof *to;
    }
}

/* --- receiving ---------------------------------------------------------------------------- */

static int receive(struct batch *in, int fd)
{
    for (unsigned i = 0; i < BATCH; i++) {
        in->parts[i] = (struct iovec){in->bytes[i], sizeof in->bytes[i]};
        in->messages[i].msg_hdr = (struct msghdr){.msg_name = &in->names[i],
                                                  .msg_namelen = sizeof in->names[i],
                                                  .msg_iov = &in->parts[i],
                                                  .msg_iovlen = 1,
                                                  .msg_control = &in->controls[i],
                                                  .msg_controllen = sizeof in->controls[i]};
    }
    return recvmmsg(fd, in->messages, BATCH, MSG_DONTWAIT, NULL);
}

static void on_datagrams(uv_poll_t *poll, int status, int events)
{
    struct cw_datagrams *datagrams = poll->data;
    struct udp_socket *socket = (struct udp_socket *)poll; /* its first member */
    unsigned index = (unsigned)(socket - datagrams->sockets);
    (void)events;
    for (int batch = 0; status == 0 && batch < BATCHES_PER_TICK; batch++) {
        int n = receive(datagrams->in, socket->fd);
        for (int i = 0; i < n; i++) {
            struct mmsghdr *message = &datagrams->in->messages[i];
            struct cw_voice_place from = place_of(index, &message->msg_hdr);
            datagrams->came(datagrams->context,
                            cw_slice_of(datagrams->in->bytes[i], message->msg_len), &from);
        }
        if (n < BATCH)
            return;
    }
}

/* --- sending ------------------------------------------------------------------------------ */

uint8_t *cw_datagrams_room(struct cw_datagrams *datagrams)
{
    assert(cw_datagrams_listens(datagrams));
    if (datagrams->out_count == BATCH)
        cw_datagrams_flush(datagrams);
    return datagrams->out->bytes[datagrams->out_count];
}

void cw_datagrams_add(struct cw_datagrams *datagrams, const struct cw_voice_place *to, size_t n)
{
    struct place place;
    struct batch *out = datagrams->out;
    unsigned i = datagrams->out_count++;
    assert(i < BATCH && n <= CW_DATAGRAM_MAX);
    memcpy(&place, to->bytes, sizeof place);
    datagrams->out_socket[i] = place.socket;
    out->parts[i] = (struct iovec){out->bytes[i], n};
    out->messages[i].msg_hdr = (struct msghdr){.msg_iov = &out->parts[i], .msg_iovlen = 1};
    write_peer(&place, &out->messages[i].msg_hdr, &out->names[i]);
    write_local(&place, &out->messages[i].msg_hdr, &out->controls[i]);
}

/* All that leave by this socket, in one call. One that fails is lost; those behind it are not. */
static void send_by(struct cw_datagrams *datagrams, unsigned socket)
{
    struct mmsghdr messages[BATCH];
    unsigned first = 0, end = 0;
    for (unsigned i = 0; i < datagrams->out_count; i++)
        if (datagrams->out_socket[i] == socket)
            messages[end++] = datagrams->out->messages[i];
    while (first < end) {
        int n =
            sendmmsg(datagrams->sockets[socket].fd, messages + first, end - first, MSG_DONTWAIT);
        if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
            return;
        first += n > 0 ? (unsigned)n : 1;
    }
}

void cw_datagrams_flush(struct cw_datagrams *datagrams)
{
    for (unsigned i = 0; datagrams->out_count != 0 && i < datagrams->socket_count; i++)
        send_by(datagrams, i);
    datagrams->out_count = 0;
}

/* --- beginning and end ---------------------------------------------------------------------- */

static int open_socket(const struct sockaddr_storage *address, socklen_t size)
{
    int on = 1;
    bool v6 = address->ss_family == AF_INET6;
    int fd = socket(address->ss_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &(int){RECEIVE_BUFFER}, sizeof(int));
    if (setsockopt(fd, v6 ? IPPROTO_IPV6 : IPPROTO_IP, v6 ? IPV6_RECVPKTINFO : IP_PKTINFO, &on,
                   sizeof on) == 0 &&
        bind(fd, (const struct sockaddr *)address, size) == 0)
        return fd;
    int error = errno;
    close(fd);
    errno = error;
    return -1;
}

bool cw_datagrams_listen(struct cw_datagrams *datagrams, const char *text, char error[256])
{
    struct sockaddr_storage address = {0};
    socklen_t size;
    assert(datagrams->socket_count < CW_LISTENERS_MAX);
    int fd = cw_net_parse_address(text, &address, &size) ? open_socket(&address, size) : -1;
    if (fd < 0) {
        snprintf(error, 256, "no UDP at %s: %s", text, strerror(errno));
        return false;
    }
    struct udp_socket *socket = &datagrams->sockets[datagrams->socket_count++];
    socket->fd = fd;
    uv_poll_init(datagrams->loop, &socket->poll, fd);
    socket->poll.data = datagrams;
    uv_poll_start(&socket->poll, UV_READABLE, on_datagrams);
    if (datagrams->in == NULL) {
        datagrams->in = cw_alloc_zero(sizeof *datagrams->in);
        datagrams->out = cw_alloc_zero(sizeof *datagrams->out);
    }
    return true;
}

static void socket_closed(uv_handle_t *handle)
{
    struct cw_datagrams *datagrams = handle->data;
    close(((struct udp_socket *)handle)->fd);
    if (--datagrams->closing != 0)
        return;
    free(datagrams->in);
    free(datagrams->out);
    free(datagrams);
}

void cw_datagrams_destroy(struct cw_datagrams *datagrams)
{
    if (datagrams == NULL)
        return;
    unsigned n = datagrams->closing = datagrams->socket_count;
    if (n == 0)
        free(datagrams);
    for (unsigned i = 0; i < n; i++)
        uv_close((uv_handle_t *)&datagrams->sockets[i].poll, socket_closed);
}
