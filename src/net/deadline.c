/* deadline.c - what a peer must have done by when: its handshake, its next HTTP request, and
 * reading and sending at a least rate. All are checked each second, so a peer may have a second
 * more.
 *
 * The core has the deadline of a login, which runs beside these. Called by net.c. */
#include <assert.h>

#include "net/net_internal.h"

#define LINGER_MS 2000

/* Called each second. `moves`: bytes are due. Did less than the least rate move in the window that
 * ends now? */
static bool is_too_slow(struct peer *peer, bool moves, uint64_t now_ms)
{
    uint64_t window = peer->net->options.frame_window_ms;
    assert(peer->window_ms <= now_ms);
    if (!moves) {
        if (peer->window_ms != 0) /* or each sweep would write to each peer */
            peer->window_ms = 0;
        return false;
    }
    if (peer->window_ms != 0 && now_ms - peer->window_ms < window)
        return false;
    bool slow =
        peer->window_ms != 0 && peer->window_bytes < CW_FRAME_BYTES_PER_S_MIN * window / 1000;
    peer->window_ms = now_ms;
    peer->window_bytes = 0;
    return slow;
}

/* A peer that asks for pages may stay without a login. */
static void check_requests(struct peer *peer, uint64_t now_ms)
{
    bool is_sent = cw_out_is_empty(&peer->out);
    bool sends = peer->serves && !cw_peer_stopped(peer); /* the body of a PUT */
    if (!is_sent || peer->serves)
        peer->waits_since_ms = now_ms;
    if (is_too_slow(peer, !is_sent || sends, now_ms))
        cw_peer_drop(peer, sends ? "sends a file too slowly" : "reads an HTTP answer too slowly");
    else if (now_ms - peer->waits_since_ms >= CW_HTTP_KEEP_ALIVE_MS)
        cw_peer_begin_close(peer, NULL);
}

static void check_handshake(struct peer *peer, uint64_t now_ms)
{
    assert(peer->waits_since_ms <= now_ms);
    uint64_t waits_ms = now_ms - peer->waits_since_ms;
    if (peer->answered)
        check_requests(peer, now_ms);
    else if (peer->framer->agrees_keys && waits_ms >= CW_KEY_AGREEMENT_MS)
        cw_peer_begin_close(peer, "no handshake of TLS or CURVE in time");
    else if (waits_ms >= CW_UNAUTHENTICATED_MS)
        cw_peer_begin_close(peer, "no handshake in time");
}

static void check_silence(struct peer *peer, uint64_t now_ms)
{
    if (!peer->proves)
        return; /* the kernel's keepalive has to detect a dead peer */
    assert(peer->phase == PHASE_READY && now_ms >= peer->received_ms);
    uint64_t silent_ms = now_ms - peer->received_ms;
    if (silent_ms >= cw_peer_patience_ms(peer, true) && !cw_peer_stopped(peer)) {
        cw_peer_drop(peer, "silent for too long");
    } else if (silent_ms >= cw_peer_patience_ms(peer, false) && !peer->pinged) {
        cw_peer_ask(peer, 0);
        peer->pinged = true;
    }
}

static void check_frame(struct peer *peer, uint64_t now_ms)
{
    bool moves = peer->begun && !cw_peer_stopped(peer) && peer->authenticated;
    if (is_too_slow(peer, moves, now_ms))
        cw_peer_drop(peer, "sends a message too slowly");
}

static void check_all(struct peer *peer, uint64_t now_ms)
{
    if (peer->phase == PHASE_LINGERING) {
        if (now_ms - peer->progress_ms >= LINGER_MS)
            cw_peer_drop(peer, NULL);
    } else if (!cw_out_is_empty(&peer->out) && now_ms - peer->progress_ms >= CW_WRITE_STALL_MS) {
        cw_peer_drop(peer, "takes nothing");
    } else if (peer->phase == PHASE_HANDSHAKE) {
        check_handshake(peer, now_ms);
    } else if (peer->phase == PHASE_READY) {
        check_silence(peer, now_ms);
        check_frame(peer, now_ms);
    } else if (is_too_slow(peer, !cw_out_is_empty(&peer->out), now_ms)) {
        cw_peer_drop(peer, NULL); /* why it is being closed was told */
    }
}

void cw_peer_check(struct peer *peer, uint64_t now_ms)
{
    check_all(peer, now_ms);
    cw_peer_set_due(peer);
}
