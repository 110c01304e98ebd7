/* asked.c - requests of HTTP: those that the framer has answered, and those that the caller
 * answers. Called by peer.c. */
#include <assert.h>

#include "net/net_internal.h"

void cw_peer_answered(struct peer *peer)
{
    struct cw_net *net = peer->net;
    bool first = !peer->answered;
    assert(peer->phase == PHASE_HANDSHAKE);
    peer->answered = true;
    if (first)
        cw_peer_count_transport(peer);
    peer->waits_since_ms = cw_net_now_ms(net);
    if (first && peer->told)
        net->handlers.answered(net->context, peer->id);
}

/* What follows is not read before the caller wants it. */
static void hold_asking(struct peer *peer)
{
    peer->on_hold = true;
    peer->resumed = false;
    cw_peer_mark_dirty(peer);
}

/* It asks for what the caller answers, which needs to know whose connection it is. */
void cw_peer_on_asked(struct peer *peer, const struct cw_http_asked *asked)
{
    if (!peer->told && !cw_peer_take_forwarded(peer, asked->forwarded)) {
        cw_peer_begin_close(peer, "the proxy's header names no address");
        return;
    }
    if (peer->phase != PHASE_HANDSHAKE)
        return;             /* its address has too many connections */
    cw_peer_answered(peer); /* from here on its deadlines are those of HTTP */
    peer->serves = true;
    hold_asking(peer);
    peer->net->handlers.asked(peer->net->context, peer->id, asked);
}

void cw_peer_on_piece(struct peer *peer, struct cw_slice bytes)
{
    hold_asking(peer);
    peer->window_ms = 0; /* the next piece has a window of its own */
    peer->net->handlers.piece(peer->net->context, peer->id, bytes);
}

void cw_peer_on_posted(struct peer *peer, const struct cw_http_post *post)
{
    const struct cw_net_handlers *handlers = &peer->net->handlers;
    void *context = peer->net->context;
    struct cw_buf message = {0};
    if (!peer->told && !cw_peer_take_forwarded(peer, post->forwarded)) {
        cw_peer_begin_close(peer, "the proxy's header names no address");
        return;
    }
    if (peer->phase != PHASE_HANDSHAKE)
        return;             /* its address has too many connections */
    cw_peer_answered(peer); /* it needs no handshake to be served */
    peer->posted = true;
    if (handlers->posted(context, peer->id, post, &message))
        handlers->message(context, peer->id, cw_buf_slice(&message), false);
    cw_buf_finish(&message);
}
