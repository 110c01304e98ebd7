/* close.c - begins the end of a connection. Nothing is freed here: cw_peer_settle does that, at the
 * end of the tick. */
#include <assert.h>

#include "net/net_internal.h"

static void queue_raw(struct peer *peer, struct cw_slice bytes, uint8_t flags)
{
    if (bytes.n == 0)
        return;
    struct cw_body *body = cw_body_create(&peer->net->pools, bytes.n);
    memcpy(body->bytes, bytes.p, bytes.n);
    cw_peer_queue(peer, body, CW_OUT_RAW | flags, false, cw_net_now_ms(peer->net));
    cw_peer_mark_dirty(peer);
}

void cw_peer_queue_raw(struct peer *peer, struct cw_slice bytes)
{
    queue_raw(peer, bytes, 0);
}

static void begin(struct peer *peer, const char *reason)
{
    assert(peer->phase < PHASE_CLOSING);
    peer->phase = PHASE_CLOSING;
    peer->reason = reason;
    peer->window_ms = 0; /* from here on for what is still to be sent */
    cw_peer_mark_dirty(peer);
}

void cw_peer_begin_close(struct peer *peer, const char *reason)
{
    struct cw_buf farewell = {0};
    if (peer->phase >= PHASE_CLOSING)
        return;
    if (peer->phase == PHASE_READY)
        cw_framer_close(peer->framer, &farewell);
    queue_raw(peer, cw_buf_slice(&farewell), CW_OUT_ANSWER);
    cw_buf_finish(&farewell);
    begin(peer, reason);
}

/* Also drops the output that was queued. */
void cw_peer_drop(struct peer *peer, const char *reason)
{
    if (peer->phase < PHASE_CLOSING)
        begin(peer, reason);
    cw_out_finish(&peer->out);
    peer->phase = PHASE_LINGERING;
    peer->progress_ms = 0;
    cw_peer_mark_dirty(peer);
}
