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

/* A ZMTP 3.0 peer that has not received all is looked at after 20 ms, 40 ms, ... up to
 * 1.28 s: each interval has a row of its own, in which the next due is the first. */
#define CW_PROBE_LEVELS 7
#define CW_PROBE_MS     20

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
    bool choked;     /* it does not read what waits for it: nor do we read from it */
    bool starved;    /* there is no room for its input: room.c */
    bool blocked;    /* the socket, or this tick, takes no more: wait until it is writable */
    bool full;       /* queue_full was reported */
    bool live_waits; /* in net->live */
    bool listens;    /* live audio was queued to it: cw_peer_begin_live */
    bool loopback;
    bool pinged; /* a PING is out that was not for a probe */
    uint8_t address_n;
    uint8_t pings;       /* from the peer in the current second ... */
    uint8_t commands;    /* ... and commands of all kinds */
    uint8_t polled;      /* events that uv_poll watches */
    uint8_t address[16]; /* 4 of them, or all; of IPv6 the first address_n count */
    struct peer *next_probed, **probed_link; /* in net->probed: a ZMTP 3.0 peer with a probe out */
    uint64_t probe_due_ms;
    uint8_t probe_level; /* how often it was looked at in vain */
    bool probed;
    uint64_t probe_mark;
    uint64_t commands_second;
    uint64_t opened_ms;
    uint64_t received_ms; /* the last byte in */
    struct cw_account *account;
    size_t in_charged;    /* of its input: partial frame and `held`, as charged */
    size_t out_charged;   /* of its queue, as the messages' receiver ... */
    size_t rings_charged; /* ... and to the server, of what is its own alone */
    struct peer *next_starved, **starved_link; /* in net->starved */
    size_t needs;                              /* room that it waits for, being starved */
    uint64_t starved_ms;                       /* since then */
    uint64_t holds_since_ms;                   /* CW_HELD_LITTLE or more; 0: it does not */
    uint64_t window_ms;    /* a frame is not whole since then, or its window began; 0: none */
    uint64_t window_bytes; /* that came since then */
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
    struct cw_ledger *ledger;
    struct peer *dirty, *last_dirty;
    struct peer *probed[CW_PROBE_LEVELS], **last_probed[CW_PROBE_LEVELS]; /* the next due first */
    struct peer *starved, **last_starved;                                 /* the longest first */
    cw_net_id *live; /* connections with nothing but live audio to say */
    size_t live_count, live_capacity;
    uint64_t live_flushed_ms;
    uv_timer_t live_timer;
    uv_timer_t sweep;
    uv_timer_t probes;
    uv_timer_t room;
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
/* The socket is of no use any more, or its memory is needed: closed at once. */
void cw_peer_drop(struct peer *peer, const char *reason);
bool cw_peer_stopped(const struct peer *peer);
/* Writes, reports, frees: what is due for a dirty connection. */
void cw_peer_settle(struct peer *peer);
/* What time has brought: deadlines of handshake, silence and writing. */
void cw_peer_check(struct peer *peer, uint64_t now_ms);
void cw_peer_free(struct peer *peer);
void cw_peer_queue_raw(struct peer *peer, struct cw_slice bytes);

/* room.c: what a peer's input and queue take is charged to its account. */
/* Is there room for what one read may bring? If not it is starved: not read until
 * there is. */
bool cw_peer_has_room(struct peer *peer);
/* Charges what has changed, and reserves the whole of a long frame. */
void cw_peer_account_in(struct peer *peer);
void cw_peer_account_out(struct peer *peer);
/* Gives all of it back, and the account up. */
void cw_peer_account_close(struct peer *peer);
/* A frame that comes too slowly ends its connection. */
void cw_peer_check_frame(struct peer *peer, uint64_t now_ms);
void cw_peer_on_room_timer(uv_timer_t *timer);

/* The address as text. */
void cw_peer_describe(const struct peer *peer, char host[CW_NET_HOST_MAX]);

/* probe.c: what a ZMTP 3.0 peer has received. */
bool cw_peer_probe_answered(struct peer *peer);
void cw_peer_watch_probe(struct peer *peer, uint64_t mark);
void cw_peer_leave_probed(struct peer *peer);
void cw_peer_on_probe_timer(uv_timer_t *timer);

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
