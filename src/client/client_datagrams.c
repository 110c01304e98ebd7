/* client_datagrams.c - see client_datagrams.h. */
#include "client/client_datagrams.h"

#include <fcntl.h>
#include <netdb.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "client/client_way.h"

void cw_client_datagrams_begin(struct cw_client_datagrams *datagrams)
{
    *datagrams = (struct cw_client_datagrams){.fd = -1, .both_fd = -1, .open_ms = UINT64_MAX};
}

static void close_fd(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

void cw_client_datagrams_end(struct cw_client_datagrams *datagrams)
{
    close_fd(&datagrams->fd);
    close_fd(&datagrams->both_fd);
    cw_client_lookup_drop(datagrams->lookup);
    datagrams->lookup = NULL;
    cw_voice_link_finish(&datagrams->link);
}

/* --- where the server is ------------------------------------------------------------------- */

static bool parse(struct cw_slice at, char host[], char **port)
{
    if (at.n == 0 || at.n > CW_HOST_NAME_MAX + 7)
        return false;
    memcpy(host, at.p, at.n);
    host[at.n] = 0;
    *port = strrchr(host, ':');
    if (*port == NULL)
        return false;
    *(*port)++ = 0;
    return true;
}

/* "HOST:PORT", as the server tells it. */
static void look_up_name(struct cw_client_datagrams *datagrams, struct cw_slice at)
{
    char text[CW_HOST_NAME_MAX + 8], *host = text, *port;
    if (!parse(at, text, &port))
        return;
    size_t n = strlen(host);
    if (n > 1 && host[0] == '[' && host[n - 1] == ']') {
        host[n - 1] = 0;
        host++;
    }
    datagrams->lookup = cw_client_lookup_begin(host, port, SOCK_DGRAM);
}

/* Ends the look-up, which is done. */
static bool find_name(struct cw_client_datagrams *datagrams)
{
    struct addrinfo *found;
    int error = cw_client_lookup_take(datagrams->lookup, &found);
    datagrams->lookup = NULL;
    if (error != 0)
        return false;
    memcpy(&datagrams->to, found->ai_addr, found->ai_addrlen);
    datagrams->to_n = found->ai_addrlen;
    freeaddrinfo(found);
    return true;
}

/* Where the connection leads. */
static bool find_peer(struct cw_client_datagrams *datagrams, int connection_fd)
{
    datagrams->to_n = sizeof datagrams->to;
    return connection_fd >= 0 &&
           getpeername(connection_fd, (struct sockaddr *)&datagrams->to, &datagrams->to_n) == 0;
}

/* --- beginning and end ----------------------------------------------------------------------- */

static bool read_secret(struct cw_slice text, uint8_t secret[CW_DATAGRAM_SECRET_N])
{
    size_t n;
    return sodium_base642bin(secret, CW_DATAGRAM_SECRET_N, (const char *)text.p, text.n, NULL, &n,
                             NULL, sodium_base64_VARIANT_URLSAFE_NO_PADDING) == 0 &&
           n == CW_DATAGRAM_SECRET_N;
}

/* It is not bound to an address of this machine: when that changes, the next datagram leaves from
 * the new one. */
static void open_socket(struct cw_client_datagrams *datagrams, const struct cw_client_way *way,
                        uint64_t now_ms)
{
    uint8_t secret[CW_DATAGRAM_SECRET_N];
    if (!read_secret(way->key, secret))
        return;
    int fd = socket(datagrams->to.ss_family, SOCK_DGRAM, 0);
    if (fd >= 0 && fcntl(fd, F_SETFD, FD_CLOEXEC) == 0 && fcntl(fd, F_SETFL, O_NONBLOCK) == 0) {
        datagrams->fd = fd;
        datagrams->open_ms = UINT64_MAX;
        cw_voice_link_begin(&datagrams->link, secret, now_ms);
    } else if (fd >= 0) {
        close(fd);
    }
    sodium_memzero(secret, sizeof secret);
}

static void begin_to_open(struct cw_client_datagrams *datagrams, const struct cw_client_way *way,
                          int connection_fd, uint64_t now_ms)
{
    if (way->at.n == 0 && find_peer(datagrams, connection_fd))
        open_socket(datagrams, way, now_ms);
    else if (way->at.n != 0 && datagrams->lookup == NULL)
        look_up_name(datagrams, way->at);
}

static void put(struct cw_client_datagrams *datagrams, const uint8_t *datagram, size_t n)
{
    /* What the system does not take is lost, as on the way. */
    (void)!sendto(datagrams->fd, datagram, n, MSG_NOSIGNAL, (const struct sockaddr *)&datagrams->to,
                  datagrams->to_n);
}

void cw_client_datagrams_run(struct cw_client_datagrams *datagrams, struct cw_client *core,
                             int connection_fd, uint64_t now_ms)
{
    uint8_t datagram[CW_DATAGRAM_MAX];
    struct cw_client_way way = cw_client_way(core);
    if (way.number != datagrams->way) {
        cw_client_datagrams_end(datagrams);
        datagrams->way = way.number;
        datagrams->open_ms = way.key.n != 0 ? now_ms : UINT64_MAX;
    }
    if (now_ms >= datagrams->open_ms) {
        datagrams->open_ms = now_ms + CW_VOICE_OPEN_AGAIN_MS; /* unless it is open then */
        begin_to_open(datagrams, &way, connection_fd, now_ms);
    }
    if (datagrams->lookup != NULL && cw_client_lookup_is_done(datagrams->lookup) &&
        find_name(datagrams))
        open_socket(datagrams, &way, now_ms);
    size_t n = datagrams->fd >= 0 ? cw_voice_link_probe(&datagrams->link, now_ms, datagram) : 0;
    if (n != 0)
        put(datagrams, datagram, n);
}

/* --- audio --------------------------------------------------------------------------------- */

/* As many at most as 25 speakers send in 100 ms: the connection has its turn, too. */
#define READS_MAX 128

void cw_client_datagrams_read(struct cw_client_datagrams *datagrams, struct cw_client *core,
                              uint64_t now_ms)
{
    uint8_t datagram[CW_DATAGRAM_MAX + 1];
    struct cw_voice_heard heard;
    for (int i = 0; datagrams->fd >= 0 && i < READS_MAX; i++) {
        ssize_t n = recv(datagrams->fd, datagram, sizeof datagram, 0);
        if (n < 0)
            return;
        if (!cw_voice_link_take(&datagrams->link, cw_slice_of(datagram, (size_t)n), now_ms, &heard))
            continue;
        if (heard.reply_n != 0)
            put(datagrams, heard.reply, heard.reply_n);
        for (const struct cw_voice_said *said = heard.said; said < heard.said + heard.said_count;
             said++)
            cw_client_heard(core, said->speaker, said->packet, said->again);
    }
}

bool cw_client_datagrams_are_live(const struct cw_client_datagrams *datagrams, uint64_t now_ms)
{
    return datagrams->fd >= 0 && cw_voice_link_is_live(&datagrams->link, now_ms);
}

bool cw_client_datagrams_send(struct cw_client_datagrams *datagrams, struct cw_slice packet,
                              uint64_t now_ms)
{
    uint8_t datagram[CW_DATAGRAM_MAX];
    if (!cw_client_datagrams_are_live(datagrams, now_ms))
        return false;
    put(datagrams, datagram, cw_voice_link_seal(&datagrams->link, packet, datagram));
    return true;
}

uint64_t cw_client_datagrams_deadline(const struct cw_client_datagrams *datagrams, uint64_t now_ms)
{
    if (datagrams->lookup != NULL)
        return now_ms + CW_CLIENT_LOOKUP_AGAIN_MS;
    return datagrams->fd < 0 ? datagrams->open_ms : datagrams->link.due_ms;
}

/* --- for programs with a loop of their own ---------------------------------------------------- */

int cw_client_datagrams_watch(struct cw_client_datagrams *datagrams, int connection_fd,
                              bool wants_write)
{
    struct epoll_event event = {.events = EPOLLIN};
    if (datagrams->both_fd < 0) {
        datagrams->both_fd = epoll_create1(EPOLL_CLOEXEC);
        epoll_ctl(datagrams->both_fd, EPOLL_CTL_ADD, datagrams->fd, &event);
    }
    if (wants_write)
        event.events |= EPOLLOUT;
    /* A connection that was closed has left the set. */
    if (connection_fd >= 0 &&
        epoll_ctl(datagrams->both_fd, EPOLL_CTL_MOD, connection_fd, &event) != 0)
        epoll_ctl(datagrams->both_fd, EPOLL_CTL_ADD, connection_fd, &event);
    return datagrams->both_fd;
}
