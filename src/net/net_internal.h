/* net_internal.h - what the files of src/net share. Private to src/net. */
#ifndef CW_NET_NET_INTERNAL_H
#define CW_NET_NET_INTERNAL_H

#include <sys/socket.h>

#include "base/alloc.h"
#include "base/pool.h"
#include "net/net.h"
#include "net/out_queue.h"

enum phase {
    PHASE_HANDSHAKE,
    PHASE_READY,
    PHASE_CLOSING,  /* deaf; what is queued is still written */
    PHASE_LINGERING /* written and shut down; waits for the peer's end */
};

/* What each delivery touches comes first, close together. */
struct peer {
    cw_net_id id;
    struct cw_net *net;
    struct peer *next_dirty;
    bool dirty; /* in net->dirty */
    uint8_t phase;
    uint64_t progress_ms; /* the last byte out, or when the queue was empty */
    struct cw_out_queue out;
    int fd;
    uint32_t unmarked; /* bytes sent to a listener since the last MSG_EOR */
    bool told;         /* handlers->opened was called, and closed not yet */
    bool authenticated;
    bool paused;     /* by cw_net_read */
    bool on_hold;    /* by cw_net_hold */
    bool resumed;    /* reading goes on: take in what was held, be it nothing */
    bool blocked;    /* the socket, or this tick, takes no more: wait until it is writable */
    bool full;       /* queue_full was reported */
    bool live_waits; /* in net->live */
    bool listens;    /* live audio was queued to it: cw_peer_begin_live */
    bool loopback;
    bool pinged; /* a PING is out that was not for a probe */
    uint8_t address_n;
    uint8_t pings;    /* from the peer in the current second ... */
    uint8_t commands; /* ... and commands of all kinds */
    uint8_t polled;   /* events that uv_poll watches */
    uint8_t address[16];
    struct peer *next_probed; /* in net->probed: a ZMTP 3.0 peer with a probe out */
    bool probed;
    uint64_t probe_mark;
    uint64_t commands_second;
    uint64_t opened_ms;
    uint64_t received_ms; /* the last byte in */
    uint64_t charged;     /* of zmtp.partial and what was kept, in net->buffered */
    uint64_t kept;        /* bytes of its input that somebody works on (cw_net_keep) */
    struct cw_zmtp zmtp;
    struct cw_buf held; /* input that came before reading was stopped */
    const char *reason; /* why it is being closed */
    uv_poll_t poll;
};

struct listener {
    struct listener *next;
    struct cw_net *net;
    int fd;
    uv_poll_t poll;
};

struct cw_net {
    uv_loop_t *loop;
    struct cw_net_handlers handlers;
    void *context;
    struct listener *listeners;
    struct peer **slots;
    uint32_t *generations;
    uint32_t *free_slots;
    size_t slot_count, free_count;
    size_t connections;
    struct cw_net_options options;
    size_t buffered; /* bytes in bodies and partial frames */
    struct peer *dirty, *last_dirty;
    struct peer *probed;
    cw_net_id *live; /* connections with nothing but live audio to say */
    size_t live_count, live_capacity;
    uint64_t live_flushed_ms;
    uv_timer_t live_timer;
    uv_timer_t sweep;
    uv_timer_t probes;
    int spare_fd;   /* given up to be able to refuse a connection when none is left */
    size_t handles; /* libuv's, that still refer to this struct */
    bool destroyed;
    struct cw_pool bodies;
    struct cw_out_rings rings;
    uint8_t *scratch; /* CW_OUT_SCRATCH */
    uint8_t *chunk;   /* CW_READ_CHUNK */
};

/* peer.c */
void cw_peer_accept(struct cw_net *net, int fd, const struct sockaddr *peer);
void cw_peer_begin_close(struct peer *peer, const char *reason);
void cw_peer_drop(struct peer *peer, const char *reason);
/* With the first live frame, until it closes: what TCP cannot send yet stays in
 * its queue, where audio can still be dropped. */
void cw_peer_begin_live(struct peer *peer);
/* Writes, reports, frees: what is due for a dirty connection. */
void cw_peer_settle(struct peer *peer);
/* What time has brought: deadlines of handshake, silence and writing. */
void cw_peer_check(struct peer *peer, uint64_t now_ms);
bool cw_peer_probe_answered(struct peer *peer);
void cw_peer_free(struct peer *peer);
void cw_peer_queue_raw(struct peer *peer, struct cw_slice bytes);

/* Its turn comes with the next flush. */
static inline void cw_peer_mark_dirty(struct peer *peer)
{
    struct cw_net *net = peer->net;
    if (peer->dirty)
        return;
    peer->dirty = true;
    peer->next_dirty = NULL;
    if (net->dirty == NULL)
        net->dirty = peer;
    else
        net->last_dirty->next_dirty = peer;
    net->last_dirty = peer;
}

/* Takes over a reference to the body. The caller marks the connection dirty. */
static inline void cw_peer_queue(struct peer *peer, struct cw_body *body, uint8_t flags, bool live,
                                 uint64_t now_ms)
{
    if (peer->out.bytes == 0)
        peer->progress_ms = now_ms; /* a stall counts from here */
    cw_out_push(&peer->out, body, flags, live, now_ms);
}

/* net.c */
uint64_t cw_net_now_ms(const struct cw_net *net);
void cw_net_handle_closed(struct cw_net *net);

#endif
