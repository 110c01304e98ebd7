/* peer.c - one connection: its socket, its framer, its queue, its deadlines.
 *
 * It is freed in one place (cw_peer_settle, at the end of a tick) and never
 * inside a handler. Closing is gentle: what is queued is written, the socket is
 * shut down, and what the peer still sends is read and thrown away for a
 * moment, since closing with unread input would destroy our last answer. */
#include <assert.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "frame/zmtp.h"
#include "net/net_internal.h"

#define LINGER_MS 2000

/* --- small things ------------------------------------------------------------------- */

static void watch(struct peer *peer)
{
    bool reads = !cw_peer_stopped(peer) && peer->phase != PHASE_CLOSING;
    uint32_t events = (reads ? EPOLLIN : 0) | (peer->blocked ? EPOLLOUT : 0);
    struct epoll_event wanted = {.events = events, .data.u64 = peer->id};
    if (events == peer->polled)
        return;
    /* Not zero events, for which epoll would go on to report a hang-up. */
    int op = events == 0 ? EPOLL_CTL_DEL : peer->polled == 0 ? EPOLL_CTL_ADD : EPOLL_CTL_MOD;
    peer->polled = (uint8_t)events;
    epoll_ctl(peer->net->epoll, op, peer->fd, &wanted);
}

void cw_peer_describe(const struct peer *peer, char host[CW_NET_HOST_MAX])
{
    uv_inet_ntop(peer->address_n == 4 ? AF_INET : AF_INET6, peer->address, host, CW_NET_HOST_MAX);
}

/* --- opening ------------------------------------------------------------------------------ */

static void set_address(struct peer *peer, const struct sockaddr *address)
{
    const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)(const void *)address;
    if (address->sa_family == AF_INET) {
        const struct sockaddr_in *in = (const struct sockaddr_in *)(const void *)address;
        memcpy(peer->address, &in->sin_addr, 4);
        peer->address_n = 4;
        peer->loopback = peer->address[0] == 127;
    } else if (IN6_IS_ADDR_V4MAPPED(&in6->sin6_addr)) { /* by a listener for both kinds */
        memcpy(peer->address, in6->sin6_addr.s6_addr + 12, 4);
        peer->address_n = 4;
        peer->loopback = peer->address[0] == 127;
    } else {
        memcpy(peer->address, &in6->sin6_addr, 16);
        peer->address_n = 8; /* a household has a /64 */
        peer->loopback = IN6_IS_ADDR_LOOPBACK(&in6->sin6_addr);
    }
}

static void set_socket_options(int fd)
{
    int on = 1;
    unsigned stall_ms = CW_WRITE_STALL_MS;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
    setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &stall_ms, sizeof stall_ms);
}

/* tcp(7): `send` and poll refuse while so many bytes are unsent. Where the option
 * is unknown, audio comes late after a stall, and nothing else is wrong. */
void cw_peer_begin_live(struct peer *peer)
{
    assert(!peer->listens);
    int unsent = 1; /* 0 would be the system's default */
    peer->listens = true;
    setsockopt(peer->fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &unsent, sizeof unsent);
}

static void take_slot(struct peer *peer)
{
    struct cw_net *net = peer->net;
    if (net->free_count == 0) {
        size_t count = net->slot_count == 0 ? 64 : net->slot_count * 2;
        net->slots = cw_realloc(net->slots, count * sizeof *net->slots);
        net->generations = cw_realloc(net->generations, count * sizeof *net->generations);
        net->free_slots = cw_realloc(net->free_slots, count * sizeof *net->free_slots);
        for (size_t i = count; i-- > net->slot_count;) {
            net->slots[i] = NULL;
            net->generations[i] = 0;
            net->free_slots[net->free_count++] = (uint32_t)i;
        }
        net->slot_count = count;
    }
    uint32_t slot = net->free_slots[--net->free_count];
    net->slots[slot] = peer;
    peer->id = (uint64_t)++net->generations[slot] << 32 | slot;
    net->connections++;
}

void cw_peer_accept(struct cw_net *net, int fd, const struct sockaddr *address)
{
    struct peer *peer = cw_alloc_zero(sizeof *peer);
    peer->net = net;
    peer->fd = fd;
    set_address(peer, address);
    struct cw_net_peer about = {.address = cw_slice_of(peer->address, peer->address_n),
                                .loopback = peer->loopback};
    set_socket_options(fd);
    peer->opened_ms = peer->received_ms = peer->progress_ms = cw_net_now_ms(net);
    peer->framer = cw_zmtp_create(CW_FRAMER_SERVER, CW_UNAUTHENTICATED_MESSAGE_MAX);
    peer->framer->judged_max = CW_VOICE_MESSAGE_MAX;
    peer->account = cw_account_open(net->pools.ledger, cw_slice_of(peer->address, peer->address_n),
                                    CW_MEMORY_OF_STRANGER);
    take_slot(peer);
    watch(peer);
    peer->told = true;
    about.account = peer->account;
    net->handlers.opened(net->context, peer->id, &about);
}

/* --- reading ------------------------------------------------------------------------------- */

static void handshake_done(struct peer *peer)
{
    assert(peer->phase == PHASE_HANDSHAKE);
    struct cw_net_peer about = {.address = cw_slice_of(peer->address, peer->address_n),
                                .loopback = peer->loopback,
                                .takes_updates = peer->framer->takes_updates,
                                .account = peer->account};
    peer->phase = PHASE_READY;
    peer->net->handlers.ready(peer->net->context, peer->id, &about);
}

/* Commands are answered or thrown away at once, so no queue slows them down. */
static void count_command(struct peer *peer, bool ping)
{
    uint32_t second = (uint32_t)(cw_net_now_ms(peer->net) / 1000);
    if (second != peer->commands_second)
        peer->pings = peer->commands = 0;
    peer->commands_second = second;
    if (ping && ++peer->pings > CW_PINGS_PER_S_MAX)
        cw_peer_begin_close(peer, "too many PINGs");
    else if (++peer->commands > CW_COMMANDS_PER_S_MAX)
        cw_peer_begin_close(peer, "too many ZMTP commands");
}

static void take_pong(struct peer *peer, uint64_t mark)
{
    peer->pinged = false;
    if (mark != 0)
        peer->net->handlers.received(peer->net->context, peer->id, mark);
}

static void handle(struct peer *peer, const struct cw_framer_event *event)
{
    const struct cw_net_handlers *handlers = &peer->net->handlers;
    switch (event->type) {
    case CW_FRAMER_READY:
        handshake_done(peer);
        break;
    case CW_FRAMER_MESSAGE:
        handlers->message(peer->net->context, peer->id, event->body, event->envelope);
        break;
    case CW_FRAMER_HEAD:
        handlers->head(peer->net->context, peer->id, event->body, event->envelope);
        break;
    case CW_FRAMER_REFUSED:
        handlers->refused(peer->net->context, peer->id);
        break;
    case CW_FRAMER_PING:
        count_command(peer, true);
        break;
    case CW_FRAMER_IGNORED:
        count_command(peer, false);
        break;
    case CW_FRAMER_PONG:
        count_command(peer, false);
        take_pong(peer, event->mark);
        break;
    case CW_FRAMER_CLOSED:
        cw_peer_begin_close(peer, NULL);
        break;
    case CW_FRAMER_FAILED:
        cw_peer_begin_close(peer, event->reason);
        break;
    case CW_FRAMER_ANSWERED:
    case CW_FRAMER_NEED_MORE:
        break;
    }
}

/* Answers that are not read: nothing more is asked for this peer until they are. */
static void choke(struct peer *peer)
{
    assert(peer->framer != NULL);
    if (peer->authenticated && cw_out_unread(&peer->out) > CW_OUT_QUEUE_MAX)
        peer->choked = true;
}

/* What the framer itself says (greeting, READY, PONG) comes before the answers to
 * what is reported after it. */
static void queue_framers_output(struct peer *peer, struct cw_buf *out)
{
    cw_peer_queue_raw(peer, cw_buf_slice(out));
    out->n = 0;
}

/* Of just the size that it needs: it may wait for long. */
static void hold(struct peer *peer, struct cw_slice in)
{
    assert(peer->held.p == NULL);
    if (in.n == 0)
        return;
    peer->held = (struct cw_buf){.p = cw_alloc(in.n), .n = in.n, .capacity = in.n};
    memcpy(peer->held.p, in.p, in.n);
}

static void feed(struct peer *peer, struct cw_slice in)
{
    struct cw_buf out = {0};
    struct cw_framer_event event;
    do {
        event = cw_framer_input(peer->framer, &in, &out);
        queue_framers_output(peer, &out);
        handle(peer, &event);
        choke(peer);
        if (event.type != CW_FRAMER_NEED_MORE)
            peer->window_ms = 0;
    } while (event.type != CW_FRAMER_NEED_MORE && peer->phase < PHASE_CLOSING &&
             !cw_peer_stopped(peer));
    cw_buf_finish(&out);
    if (cw_peer_stopped(peer) && peer->phase < PHASE_CLOSING)
        hold(peer, in);
    cw_peer_account_in(peer);
    cw_peer_account_out(peer);
}

/* Even nothing is fed: the framer gives back the memory of a long message with
 * the next input, which an idle client may not send for days. */
static void feed_held(struct peer *peer)
{
    struct cw_buf held = peer->held;
    peer->resumed = false;
    peer->held = (struct cw_buf){0};
    feed(peer, cw_buf_slice(&held));
    cw_buf_finish(&held);
}

/* A peer that does not answer probes and has gone may have taken everything before. */
static void report_last_probe(struct peer *peer)
{
    struct cw_net *net = peer->net;
    if (peer->probe != NULL && peer->phase == PHASE_READY && cw_peer_probe_answered(peer))
        net->handlers.received(net->context, peer->id, peer->probe->mark);
}

static void on_readable(struct peer *peer)
{
    struct cw_net *net = peer->net;
    if (peer->phase < PHASE_CLOSING && !cw_peer_has_room(peer))
        return;
    ssize_t n = recv(peer->fd, net->chunk, CW_READ_CHUNK, 0);
    if (n > 0) {
        peer->received_ms = cw_net_now_ms(net);
        peer->window_bytes += (uint64_t)n;
        if (peer->phase < PHASE_CLOSING)
            feed(peer, cw_slice_of(net->chunk, (size_t)n));
    } else if (n == 0) {
        report_last_probe(peer);
        cw_peer_drop(peer, NULL);
    } else if (errno != EAGAIN && errno != EINTR) {
        cw_peer_drop(peer, NULL);
    }
}

/* After a hang-up what is waited for is tried, and fails. What was known of when it
 * was not wanted any more is left for the next time. */
void cw_peer_on_events(struct peer *peer, uint32_t events)
{
    if ((events & EPOLLERR) != 0) {
        cw_peer_drop(peer, NULL);
        return;
    }
    if ((events & EPOLLHUP) != 0)
        events = EPOLLIN | EPOLLOUT;
    events &= peer->polled;
    if ((events & EPOLLOUT) != 0) {
        peer->blocked = false;
        cw_peer_mark_dirty(peer);
    }
    if ((events & EPOLLIN) != 0 && !cw_peer_stopped(peer))
        on_readable(peer);
}

/* --- writing -------------------------------------------------------------------------------- */

/* The kernel asks for TCP_NOTSENT_LOWAT only when it begins a segment, and adds
 * to an unsent one up to 64 KiB: ten seconds of Opus. MSG_EOR closes it. Not with
 * every send: after a loss TCP puts small segments together, but not closed ones,
 * and would repeat one frame a packet. */
static int send_flags(struct peer *peer, size_t n)
{
    if (!peer->listens)
        return MSG_NOSIGNAL;
    peer->unmarked += (uint32_t)n;
    if (peer->unmarked < CW_LIVE_UNSENT_MAX)
        return MSG_NOSIGNAL;
    peer->unmarked = 0;
    return MSG_NOSIGNAL | MSG_EOR;
}

/* How many bytes it took; negative: none, for ever. */
static ssize_t send_some(struct peer *peer, struct cw_slice bytes)
{
    assert(bytes.n != 0 && !peer->blocked);
    ssize_t n;
    int flags = send_flags(peer, bytes.n);
    do
        n = send(peer->fd, bytes.p, bytes.n, flags);
    while (n < 0 && errno == EINTR);
    return n < 0 && errno == EAGAIN ? 0 : n;
}

/* After so much it is another's turn: the rest goes when the loop comes round. */
static void write_out(struct peer *peer)
{
    struct cw_net *net = peer->net;
    uint64_t now_ms = cw_net_now_ms(net);
    size_t left = CW_WRITE_PER_TICK;
    cw_out_drop_stale(&peer->out, now_ms);
    while (!peer->blocked && !cw_out_is_empty(&peer->out)) {
        struct cw_slice bytes = cw_out_gather(&peer->out, peer->framer, &net->scratch);
        if (bytes.n > left)
            bytes.n = left;
        /* Nothing is sealed of what is left after a failure. */
        ssize_t n = bytes.n == 0 ? 0 : send_some(peer, bytes);
        if (n < 0) {
            cw_peer_drop(peer, NULL);
            return;
        }
        cw_out_consume(&peer->out, &net->scratch, (size_t)n);
        if (n > 0)
            peer->progress_ms = now_ms;
        left -= (size_t)n;
        peer->blocked = (size_t)n < bytes.n || left == 0;
    }
}

static void report_queue(struct peer *peer)
{
    const struct cw_net *net = peer->net;
    if (peer->phase != PHASE_READY)
        return;
    if (!peer->authenticated && peer->out.bytes > CW_UNAUTHENTICATED_OUT_MAX) {
        cw_peer_begin_close(peer, "does not read its answers");
    } else if (!peer->full && peer->out.bytes > CW_OUT_QUEUE_MAX) {
        peer->full = true;
        net->handlers.queue_full(net->context, peer->id);
    } else if (peer->full && cw_out_is_empty(&peer->out)) {
        peer->full = false;
        net->handlers.queue_empty(net->context, peer->id);
    }
}

/* --- the end ------------------------------------------------------------------------------------
 */

void cw_peer_free(struct peer *peer)
{
    struct cw_net *net = peer->net;
    uint32_t slot = (uint32_t)peer->id;
    cw_peer_leave_probed(peer);
    net->slots[slot] = NULL;
    net->free_slots[net->free_count++] = slot;
    net->connections--;
    cw_buf_finish(&peer->held);
    cw_out_finish(&peer->out);
    cw_peer_account_close(peer);
    cw_framer_destroy(peer->framer);
    close(peer->fd); /* which takes it from epoll, too */
    free(peer);
}

static void tell_closed(struct peer *peer)
{
    struct cw_net *net = peer->net;
    if (peer->reason != NULL) {
        char host[CW_NET_HOST_MAX];
        cw_peer_describe(peer, host);
        net->handlers.log(net->context, host, peer->reason);
        peer->reason = NULL;
    }
    if (peer->told) {
        peer->told = false;
        net->handlers.closed(net->context, peer->id);
    }
}

/* All has been sealed. It is little, and not waited for: the peer has all else. */
static void say_end(struct peer *peer)
{
    struct cw_buf *sealed = &peer->net->scratch.sealed;
    sealed->n = 0;
    cw_framer_seal(peer->framer, NULL, 0, sealed);
    if (sealed->n != 0)
        send(peer->fd, sealed->p, sealed->n, MSG_NOSIGNAL);
    sealed->n = 0;
}

static void shut_down(struct peer *peer)
{
    if (cw_framer_seals(peer->framer))
        say_end(peer);
    peer->phase = PHASE_LINGERING;
    peer->progress_ms = cw_net_now_ms(peer->net);
    peer->paused = peer->on_hold = peer->choked = false;
    shutdown(peer->fd, SHUT_WR);
}

/* What was not read has been written. */
static void go_on(struct peer *peer)
{
    peer->choked = false;
    peer->resumed = true;
    cw_peer_mark_dirty(peer);
}

void cw_peer_settle(struct peer *peer)
{
    if (peer->phase < PHASE_CLOSING && !cw_peer_stopped(peer) && peer->resumed)
        feed_held(peer);
    if (peer->phase < PHASE_LINGERING)
        write_out(peer);
    cw_peer_account_out(peer);
    if (peer->choked && cw_out_unread(&peer->out) <= CW_OUT_QUEUE_MAX / 2)
        go_on(peer);
    report_queue(peer);
    if (peer->phase >= PHASE_CLOSING)
        tell_closed(peer);
    if (peer->phase == PHASE_CLOSING && cw_out_is_empty(&peer->out))
        shut_down(peer);
    if (peer->dirty)
        return; /* a handler gave it more to do: its turn comes again */
    if (peer->phase == PHASE_LINGERING && peer->progress_ms == 0)
        cw_peer_free(peer);
    else
        watch(peer);
}

/* --- time
 * ------------------------------------------------------------------------------------------ */

void cw_peer_ask(struct peer *peer, uint64_t mark)
{
    struct cw_buf probe = {0};
    cw_framer_probe(peer->framer, mark, &probe);
    cw_peer_queue_raw(peer, cw_buf_slice(&probe));
    cw_buf_finish(&probe);
}

static void check_silence(struct peer *peer, uint64_t now_ms)
{
    if (!peer->framer->proves_receipt)
        return; /* the kernel's keepalive must do */
    uint64_t silent_ms = now_ms - peer->received_ms;
    if (silent_ms >= CW_PEER_DEAD_MS && !cw_peer_stopped(peer)) {
        cw_peer_drop(peer, "silent for too long");
    } else if (silent_ms >= peer->net->options.ping_idle_ms && !peer->pinged) {
        cw_peer_ask(peer, 0);
        peer->pinged = true;
    }
}

void cw_peer_check(struct peer *peer, uint64_t now_ms)
{
    if (peer->phase == PHASE_LINGERING) {
        if (now_ms - peer->progress_ms >= LINGER_MS)
            cw_peer_drop(peer, NULL);
    } else if (!cw_out_is_empty(&peer->out) && now_ms - peer->progress_ms >= CW_WRITE_STALL_MS) {
        cw_peer_drop(peer, "takes nothing");
    } else if (peer->phase == PHASE_HANDSHAKE) {
        if (now_ms - peer->opened_ms >= CW_UNAUTHENTICATED_MS)
            cw_peer_begin_close(peer, "no handshake in time");
    } else if (peer->phase == PHASE_READY) {
        check_silence(peer, now_ms);
        cw_peer_check_frame(peer, now_ms);
    }
}
