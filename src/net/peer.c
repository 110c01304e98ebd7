/* peer.c - one connection: its socket, its framer, its queue.
 *
 * It is freed in one place (cw_peer_settle, at the end of a tick) and never
 * inside a handler. Closing is gentle: queued output is written, the socket is shut down, and
 * further input is read and dropped for a moment, since a close with unread input would destroy our
 * last answer. */
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "net/net_internal.h"

/* --- small things ------------------------------------------------------------------- */

static void watch(struct peer *peer)
{
    bool reads = !cw_peer_stopped(peer) && peer->phase != PHASE_CLOSING;
    uint32_t events = (reads ? EPOLLIN : 0) | (peer->blocked || peer->draining ? EPOLLOUT : 0);
    struct epoll_event wanted = {.events = events, .data.u64 = peer->id};
    if (events == peer->polled)
        return;
    /* Removes the socket for zero events: epoll would continue to report a hang-up. */
    int op = events == 0 ? EPOLL_CTL_DEL : peer->polled == 0 ? EPOLL_CTL_ADD : EPOLL_CTL_MOD;
    peer->polled = (uint8_t)events;
    epoll_ctl(peer->net->epoll, op, peer->fd, &wanted);
}

/* --- reading ------------------------------------------------------------------------------- */

/* `forwarded`: what an HTTP proxy says of its client, where there is one. */
static void handshake_done(struct peer *peer, struct cw_slice forwarded)
{
    assert(peer->phase == PHASE_HANDSHAKE);
    if (!peer->told && !cw_peer_take_forwarded(peer, forwarded)) {
        cw_peer_begin_close(peer, "the proxy's header names no address");
        return;
    }
    if (peer->phase != PHASE_HANDSHAKE)
        return; /* its address has too many connections */
    struct cw_net_peer about = {.address = cw_slice_of(peer->address, peer->address_n),
                                .loopback = peer->loopback,
                                .takes_updates = peer->framer->takes_updates,
                                .by_old_key = peer->framer->sealing == CW_FRAMER_SEALED_BY_OLD_KEY,
                                .account = peer->account};
    peer->phase = PHASE_READY;
    peer->window_ms = 0; /* from here on for frames that arrive */
    peer->proves = peer->framer->proves_receipt;
    cw_peer_count_transport(peer);
    peer->net->handlers.ready(peer->net->context, peer->id, &about);
}

/* Commands are answered or dropped at once, so no queue limits their rate. */
static void count_command(struct peer *peer, bool ping)
{
    uint32_t second = (uint32_t)(cw_net_now_ms(peer->net) / 1000);
    if (second != peer->commands_second)
        peer->pings = peer->commands = 0;
    peer->commands_second = second;
    if (ping && ++peer->pings > CW_PINGS_PER_S_MAX)
        cw_peer_begin_close(peer, "too many PINGs");
    else if (++peer->commands > CW_COMMANDS_PER_S_MAX)
        cw_peer_begin_close(peer, "too many pings, pongs and commands");
}

static void take_pong(struct peer *peer, uint64_t mark)
{
    peer->pinged = false;
    if (mark != 0)
        peer->net->handlers.received(peer->net->context, peer->id, mark);
}

/* Replaces the framer, which has reported NEXT. */
static void go_on_with(struct peer *peer, struct cw_framer *next)
{
    struct cw_buf out = {0};
    next->judged_max = CW_VOICE_MESSAGE_MAX;
    cw_framer_destroy(peer->framer);
    peer->framer = next;
    cw_framer_start(next, &out);
    cw_peer_queue_raw(peer, cw_buf_slice(&out));
    cw_buf_finish(&out);
}

static void handle(struct peer *peer, const struct cw_framer_event *event)
{
    const struct cw_net_handlers *handlers = &peer->net->handlers;
    switch (event->type) {
    case CW_FRAMER_READY:
        handshake_done(peer, event->body);
        break;
    case CW_FRAMER_MESSAGE:
        if (event->text)
            cw_peer_begin_close(peer, "sends text messages");
        else
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
    case CW_FRAMER_NEXT:
        go_on_with(peer, event->next);
        break;
    case CW_FRAMER_ADDRESS:
        cw_peer_take_address(peer, event->body);
        break;
    case CW_FRAMER_ANSWERED:
        cw_peer_answered(peer);
        break;
    case CW_FRAMER_POSTED:
        cw_peer_on_posted(peer, event->post);
        break;
    case CW_FRAMER_ASKED:
        cw_peer_on_asked(peer, event->asked);
        break;
    case CW_FRAMER_PIECE:
        cw_peer_on_piece(peer, event->body);
        break;
    case CW_FRAMER_CLOSED:
        cw_peer_begin_close(peer, NULL);
        break;
    case CW_FRAMER_FAILED:
        cw_peer_begin_close(peer, event->reason);
        break;
    case CW_FRAMER_NEED_MORE:
        break;
    }
}

/* How many bytes of answers a peer may leave unread. */
static size_t unread_max(const struct peer *peer)
{
    return peer->authenticated ? CW_OUT_QUEUE_MAX : CW_UNAUTHENTICATED_OUT_MAX;
}

/* A peer that leaves its answers unread is not read until it has taken them. Between handshake
 * and login it is closed instead: report_queue. */
static void choke(struct peer *peer)
{
    assert(peer->framer != NULL);
    bool may_wait = peer->authenticated || peer->phase == PHASE_HANDSHAKE;
    if (peer->choked || !may_wait || cw_out_unread(&peer->out) <= unread_max(peer))
        return;
    peer->choked = true;
    cw_peer_mark_dirty(peer); /* until it is not watched any more, its input wakes the loop */
}

/* The framer's own output (greeting, READY, PONG) is queued before the answers to later events. */
static void queue_framers_output(struct peer *peer, struct cw_buf *out)
{
    cw_peer_queue_raw(peer, cw_buf_slice(out));
    out->n = 0;
}

/* Allocates just the size that is needed: the input may wait for long. */
static void hold(struct peer *peer, struct cw_slice in)
{
    assert(peer->held.p == NULL);
    if (in.n == 0)
        return;
    peer->held = (struct cw_buf){.p = cw_alloc(in.n), .n = in.n, .capacity = in.n};
    memcpy(peer->held.p, in.p, in.n);
}

/* The next message has a window of its own. Control frames may stand within a message of
 * WebSocket, and do not make it faster. */
static bool ends_message(enum cw_framer_event_type type)
{
    return type == CW_FRAMER_MESSAGE || type == CW_FRAMER_HEAD || type == CW_FRAMER_REFUSED;
}

static void feed(struct peer *peer, struct cw_slice in)
{
    struct cw_buf out = {0};
    struct cw_framer_event event;
    assert(peer->phase < PHASE_CLOSING && !cw_peer_stopped(peer));
    do {
        event = cw_framer_input(peer->framer, &in, &out);
        queue_framers_output(peer, &out);
        handle(peer, &event);
        choke(peer);
        if (ends_message(event.type))
            peer->window_ms = 0;
    } while (event.type != CW_FRAMER_NEED_MORE && peer->phase < PHASE_CLOSING &&
             !cw_peer_stopped(peer));
    cw_buf_finish(&out);
    peer->begun = cw_framer_has_begun(peer->framer);
    if (!peer->begun && peer->phase == PHASE_READY)
        peer->window_ms = 0;
    peer->net->due_s[(uint32_t)peer->id] = 0;
    if (cw_peer_stopped(peer) && peer->phase < PHASE_CLOSING)
        hold(peer, in);
    cw_peer_account_in(peer);
    cw_peer_account_out(peer);
}

/* Empty input is passed on, too: the framer frees the memory of a long message with the next input,
 * which an idle client may not send for days. */
static void feed_held(struct peer *peer)
{
    struct cw_buf held = peer->held;
    assert(peer->resumed);
    peer->resumed = false;
    peer->held = (struct cw_buf){0};
    feed(peer, cw_buf_slice(&held));
    cw_buf_finish(&held);
}

/* A peer that does not answer probes and has gone may have received everything before. */
static void report_last_probe(struct peer *peer)
{
    struct cw_net *net = peer->net;
    if (peer->probe != NULL && peer->phase == PHASE_READY && cw_peer_probe_answered(peer))
        net->handlers.received(net->context, peer->id, peer->probe->mark);
}

static void on_readable(struct peer *peer)
{
    struct cw_net *net = peer->net;
    assert(!cw_peer_stopped(peer) && (peer->held.n == 0 || peer->phase >= PHASE_CLOSING));
    if (peer->phase < PHASE_CLOSING && !cw_peer_has_room(peer))
        return;
    ssize_t n = recv(peer->fd, net->chunk, CW_READ_CHUNK, 0);
    if (n > 0) {
        peer->received_ms = cw_net_now_ms(net);
        net->bytes_in += (uint64_t)n;
        if (peer->phase == PHASE_READY || peer->serves)
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

/* After a hang-up the awaited read or write is tried, and fails. An event that is no longer awaited
 * is left for the next time. */
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
        cw_peer_end_drain(peer);
        cw_peer_mark_dirty(peer);
    }
    if ((events & EPOLLIN) != 0 && !cw_peer_stopped(peer))
        on_readable(peer);
}

/* --- writing -------------------------------------------------------------------------------- */

/* The kernel asks for TCP_NOTSENT_LOWAT only when it begins a segment, and adds
 * to an unsent one up to 64 KiB: ten seconds of Opus. MSG_EOR closes it. Not with every send: after
 * a loss TCP joins small segments, but not closed ones, and would repeat one frame in each
 * packet. */
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

/* How many bytes the socket took; negative: the connection is broken. */
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

/* One in a tick: where the kernel takes all at once, it would be said that none is unsent. */
static bool may_begin_piece(struct peer *peer, bool *begun)
{
    if (!cw_peer_is_drained(peer))
        return false;
    peer->blocked = *begun;
    *begun = true;
    return !peer->blocked;
}

/* After this many bytes other connections have their turn: the rest is sent in the next tick. */
static void write_out(struct peer *peer)
{
    struct cw_net *net = peer->net;
    uint64_t now_ms = cw_net_now_ms(net);
    size_t left = CW_WRITE_PER_TICK;
    bool begun_piece = false;
    cw_out_drop_stale(&peer->out, now_ms);
    while (!peer->blocked && !cw_out_is_empty(&peer->out)) {
        if (cw_out_is_at_piece(&peer->out) && !may_begin_piece(peer, &begun_piece))
            return;
        size_t slice = cw_out_next_slice(&peer->out, peer->framer);
        if (slice != 0 && !cw_peer_may_seal(peer, slice))
            return;
        struct cw_slice bytes = cw_out_gather(&peer->out, peer->framer, &net->scratch);
        if (bytes.n > left)
            bytes.n = left;
        /* Nothing is sealed of what is left after a failure. */
        ssize_t n = bytes.n == 0 ? 0 : send_some(peer, bytes);
        if (n < 0) {
            cw_peer_drop(peer, NULL);
            return;
        }
        net->bytes_out += (uint64_t)n;
        cw_out_consume(&peer->out, &net->scratch, (size_t)n);
        if (n > 0 || slice != 0)
            peer->progress_ms = now_ms;
        if (peer->phase != PHASE_READY)
            peer->window_bytes += (uint64_t)n;
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

/* --- the end ---------------------------------------------------------------------------------- */

void cw_peer_free(struct peer *peer)
{
    struct cw_net *net = peer->net;
    uint32_t slot = (uint32_t)peer->id;
    assert(net->slots[slot] == peer && net->free_count < net->slot_count);
    cw_peer_leave_probed(peer);
    cw_peer_leave_turns(peer);
    net->slots[slot] = NULL;
    net->free_slots[net->free_count++] = slot;
    net->connections--;
    net->by_transport[peer->transport]--;
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
    assert(peer->phase >= PHASE_CLOSING);
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
    assert(peer->phase == PHASE_CLOSING && !peer->told);
    if (cw_framer_seals(peer->framer))
        say_end(peer);
    peer->phase = PHASE_LINGERING;
    peer->progress_ms = cw_net_now_ms(peer->net);
    peer->paused = peer->on_hold = peer->choked = false;
    shutdown(peer->fd, SHUT_WR);
}

/* The output that the peer did not read has been written. */
static void go_on(struct peer *peer)
{
    assert(peer->choked);
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
    if (peer->choked && cw_out_unread(&peer->out) <= unread_max(peer) / 2)
        go_on(peer);
    report_queue(peer);
    if (peer->serves && peer->phase == PHASE_HANDSHAKE && !peer->paused &&
        cw_out_is_empty(&peer->out) && cw_peer_is_drained(peer))
        peer->net->handlers.drained(peer->net->context, peer->id);
    if (peer->phase >= PHASE_CLOSING)
        tell_closed(peer);
    if (peer->phase == PHASE_CLOSING && cw_out_is_empty(&peer->out))
        shut_down(peer);
    if (peer->dirty)
        return; /* a handler has queued more: it is handled again */
    cw_peer_set_due(peer);
    if (peer->phase == PHASE_LINGERING && peer->progress_ms == 0)
        cw_peer_free(peer);
    else
        watch(peer);
}

/* --- probes ----------------------------------------------------------------------------------- */

void cw_peer_ask(struct peer *peer, uint64_t mark)
{
    struct cw_buf probe = {0};
    assert(peer->phase == PHASE_READY && peer->proves);
    cw_framer_probe(peer->framer, mark, &probe);
    cw_peer_queue_raw(peer, cw_buf_slice(&probe));
    cw_buf_finish(&probe);
}
