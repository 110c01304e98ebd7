/* net_internal.h - what the files of src/net share. Private to src/net. */
#ifndef CW_NET_NET_INTERNAL_H
#define CW_NET_NET_INTERNAL_H

#include <sys/socket.h>

#include "base/alloc.h"
#include "base/pool.h"
#include "net/begun.h"
#include "net/behind.h"
#include "net/net.h"
#include "net/out_queue.h"

enum phase {
    PHASE_HANDSHAKE,
    PHASE_READY,
    PHASE_CLOSING,  /* input is ignored; what is queued is still written */
    PHASE_LINGERING /* written and shut down; waits for the peer's end */
};

/* A peer that does not answer probes and has not received everything is checked after 20 ms, 40 ms,
 * ... up to 1.28 s: each interval has a list of its own, in which the next due is the first. */
#define CW_PROBE_LEVELS 7
#define CW_PROBE_MS     20

/* The pending probe of a peer that does not answer probes. */
struct probe {
    struct peer *peer;
    struct probe *next, **link; /* in net->probed */
    uint64_t due_ms;
    uint64_t mark;
    uint8_t level; /* how often it was checked without success */
};

/* For a peer for whose input there is no room. */
struct starving {
    struct peer *peer;
    struct starving *next, **link; /* in net->starved */
    size_t needs;                  /* bytes of room that it waits for ... */
    uint64_t since_ms;             /* ... since then */
};

/* For a peer that waits until it may encrypt the next slice of a long frame. */
struct turn {
    struct peer *peer;
    struct turn *next, **link; /* in net->waiting */
};

/* The members that each delivery uses come first, close together. An idle connection has only this
 * and its framer, so rarely needed data is allocated when it is needed. */
struct peer {
    cw_net_id id;
    struct cw_net *net;
    struct peer *next_dirty; /* in net->dirty */
    uint64_t progress_ms;    /* the last byte out, or when the queue was empty */
    struct cw_out_queue out;
    int fd;
    uint8_t phase;
    bool dirty;        /* in net->dirty */
    uint8_t polled;    /* events that are waited for: those of epoll */
    uint8_t address_n; /* bytes of `address` that count: 4, or 8 of IPv6 */
    uint8_t label;     /* cw_net_set_label */
    bool told : 1;     /* handlers->opened was called, and closed not yet */
    bool authenticated : 1;
    bool paused : 1;     /* by cw_net_read */
    bool on_hold : 1;    /* by cw_net_hold */
    bool resumed : 1;    /* reading continues: process the held input first, which may be empty */
    bool choked : 1;     /* it does not read its output, so it is not read from either */
    bool blocked : 1;    /* the socket, or this tick, takes no more: wait until it is writable */
    bool draining : 1;   /* it waits until the kernel holds no unsent byte */
    bool full : 1;       /* queue_full was reported */
    bool live_waits : 1; /* in net->live */
    bool listens : 1;    /* live audio was queued to it: cw_peer_begin_live */
    bool loopback : 1;
    bool shares : 1;      /* the connections of its address in a second are limited */
    bool pinged : 1;      /* a PING is out that was not for a probe */
    bool posted : 1;      /* a POST awaits its answer */
    bool answered : 1;    /* it asked by HTTP: it needs no handshake to have been served */
    bool serves : 1;      /* the caller answers what it asked by HTTP */
    bool begun : 1;       /* the framer has the beginning of a frame or record */
    bool proves : 1;      /* framer->proves_receipt, since it is ready */
    uint8_t pings;        /* from the peer in the current second ... */
    uint8_t commands;     /* ... and commands of all kinds */
    uint8_t transport;    /* enum cw_transport, under which it is counted */
    uint64_t received_ms; /* the last byte in */
    uint64_t window_ms;   /* deadline.c: when the present window began; 0: none has */
    uint32_t commands_second;
    uint32_t unmarked; /* bytes sent to a listener since the last MSG_EOR */
    uint8_t address[16];
    struct cw_behind behind;   /* of a listener: too much is under way to it */
    struct probe *probe;       /* or NULL */
    struct starving *starving; /* or NULL */
    struct turn *turn;         /* or NULL */
    uint64_t waits_since_ms;   /* in its handshake: since accept, or the end of its last answer */
    struct cw_account *account;
    size_t in_charged;       /* of its input: partial frame and `held`, as charged */
    size_t out_charged;      /* for its queue, as a receiver of the messages ... */
    size_t own_charged;      /* ... and to the server, for messages to this peer alone */
    uint64_t holds_since_ms; /* since when it holds CW_HELD_LITTLE or more; 0: it does not */
    uint64_t window_bytes;   /* since window_ms: received, or, when it is not READY, sent */
    struct cw_framer *framer;
    struct cw_buf held; /* input that came before reading was stopped */
    const char *reason; /* why it is being closed */
};

struct listener {
    uv_poll_t poll; /* first, so that it is found by it; its data is the net */
    struct listener *next;
    const struct cw_port *port; /* the transports that it accepts */
    int fd;
};

struct cw_net {
    uv_loop_t *loop;
    /* The sockets of connections are in this set, and libuv watches the set: its watcher of each
     * socket would take half as much memory as all other data of a peer. */
    int epoll;
    uv_poll_t poll;
    struct cw_net_handlers handlers;
    void *context;
    struct listener *listeners;
    struct peer **slots;
    uint32_t *generations;
    uint32_t *due_s; /* by slot: the sweep need not look at it before; 0: looks each time */
    uint32_t *free_slots;
    size_t slot_count, free_count;
    size_t connections;
    size_t by_transport[CW_TRANSPORTS]; /* the same by what they speak */
    uint64_t accepted, bytes_in, bytes_out;
    struct cw_net_options options;
    struct peer *dirty, *last_dirty;
    struct probe *probed[CW_PROBE_LEVELS], **last_probed[CW_PROBE_LEVELS]; /* the next due first */
    struct starving *starved, **last_starved;                              /* the longest first */
    struct turn *waiting, **last_waiting;                                  /* the longest first */
    cw_net_id turn_of;   /* whose turn it is; 0: nobody's */
    bool deaf;           /* cw_net_stop_input */
    size_t seal_left;    /* bytes of long frames that may still be encrypted in this tick */
    uv_idle_t tick;      /* active after such bytes, and while somebody waits */
    cw_net_id *nameless; /* CW_UNAUTHENTICATED_MAX places, a ring: the newest connections from
                            proxies, of which some have no client's address yet */
    size_t nameless_first, nameless_count;
    cw_net_id *live; /* connections whose only output is live audio */
    size_t live_count, live_capacity;
    uint64_t live_flushed_ms;
    uv_timer_t live_timer;
    uv_timer_t sweep;
    uv_timer_t probes;
    uv_timer_t room;
    int spare_fd;   /* closed in order to refuse a connection when no descriptor is left */
    size_t handles; /* libuv's, that still refer to this struct */
    struct cw_net_pools pools;
    struct cw_begun begun;
    struct cw_out_scratch scratch;
    uint8_t *chunk; /* CW_READ_CHUNK */
};

/* Reading has been stopped for some reason. */
static inline bool cw_peer_stopped(const struct peer *peer)
{
    return peer->paused || peer->on_hold || peer->choked || peer->starving != NULL ||
           peer->net->deaf;
}

static inline uint64_t cw_net_now_ms(const struct cw_net *net)
{
    return uv_now(net->loop);
}

/* close.c */
/* Gently: what is queued is written first. */
void cw_peer_begin_close(struct peer *peer, const char *reason);
/* The socket cannot be used any more, or its memory is needed: closed at once. */
void cw_peer_drop(struct peer *peer, const char *reason);
/* Queues output of its framer, in order. */
void cw_peer_queue_raw(struct peer *peer, struct cw_slice bytes);

/* listener.c: an address as users write it, "HOST:PORT" with a number as HOST. */
bool cw_net_parse_address(const char *text, struct sockaddr_storage *address, socklen_t *size);

/* listener.c: closed for libuv to call `closed`, and freed afterwards. */
void cw_listeners_stop(struct cw_net *net);
void cw_listeners_close(struct cw_net *net, uv_close_cb closed);
void cw_listeners_free(struct cw_net *net);

/* accept.c */
void cw_peer_accept(struct cw_net *net, const struct cw_port *port, int fd,
                    const struct sockaddr *peer);
/* With the first live frame: what TCP cannot send yet stays where audio can be dropped. */
void cw_peer_begin_live(struct peer *peer);
/* Closes the connection that has waited longest for a client's address from its proxy: the core
 * does not know it, and counts it nowhere. false: there is none. */
bool cw_peer_turn_nameless_away(struct cw_net *net);
/* Sets the client's address that a proxy has sent; empty: the connection is the proxy's own. */
void cw_peer_take_address(struct peer *peer, struct cw_slice address);
/* The same from a header such as X-Forwarded-For. false: it names no address. */
bool cw_peer_take_forwarded(struct peer *peer, struct cw_slice value);
/* asked.c: what its framer has reported: ANSWERED, ASKED, PIECE, POSTED. */
void cw_peer_answered(struct peer *peer);
void cw_peer_on_asked(struct peer *peer, const struct cw_http_asked *asked);
void cw_peer_on_piece(struct peer *peer, struct cw_slice bytes);
void cw_peer_on_posted(struct peer *peer, const struct cw_http_post *post);
/* Counts it under the transport that its framer speaks now. */
void cw_peer_count_transport(struct peer *peer);
/* The address as text. */
void cw_peer_describe(const struct peer *peer, char host[CW_NET_HOST_MAX]);

/* peer.c */
/* Checks that the peer is alive, or (mark not 0) asks for proof of what it has received. */
void cw_peer_ask(struct peer *peer, uint64_t mark);
/* Handles the events that epoll has reported for it. */
void cw_peer_on_events(struct peer *peer, uint32_t events);
/* Writes, reports, frees: what is due for a dirty connection. */
void cw_peer_settle(struct peer *peer);
void cw_peer_free(struct peer *peer);

/* drain.c */
/* Does the kernel hold no unsent byte? If it does, the peer waits until it does not. */
bool cw_peer_is_drained(struct peer *peer);
/* The socket is writable: the wait is over. */
void cw_peer_end_drain(struct peer *peer);

/* deadline.c */
/* Closes the peer if a deadline has passed. Called each second unless it is not due. */
void cw_peer_check(struct peer *peer, uint64_t now_ms);

/* room.c: memory of a peer's input and queue is charged to its account. */
/* Is there room for one read? If not the peer is starved: not read until there is. */
bool cw_peer_has_room(struct peer *peer);
/* Charges what has changed, and reserves the whole of a long frame. */
void cw_peer_account_in(struct peer *peer);
void cw_peer_account_out(struct peer *peer);
/* Releases all of it, and the account. */
void cw_peer_account_close(struct peer *peer);
void cw_peer_on_room_timer(uv_timer_t *timer);

/* turn.c: encrypting long frames. */
/* Is it its turn, to encrypt n bytes? If not it waits. */
bool cw_peer_may_seal(struct peer *peer, size_t n);
void cw_peer_leave_turns(struct peer *peer);
/* The next that has waited; NULL: none, or no more in this tick. */
struct peer *cw_net_next_turn(struct cw_net *net);
void cw_net_on_tick(uv_idle_t *idle);

/* probe.c: proof of receipt for a peer that does not answer probes. */
bool cw_peer_probe_answered(struct peer *peer);
void cw_peer_watch_probe(struct peer *peer, uint64_t mark);
void cw_peer_leave_probed(struct peer *peer);
void cw_peer_on_probe_timer(uv_timer_t *timer);

/* Nothing but silence can end this connection. */
static inline bool cw_peer_is_quiet(const struct peer *peer)
{
    return peer->phase == PHASE_READY && cw_out_is_empty(&peer->out) && !peer->begun;
}

/* How long it may say nothing until it is sent a PING, or then until it is given up. */
static inline uint64_t cw_peer_patience_ms(const struct peer *peer, bool pinged)
{
    uint64_t idle_ms = peer->net->options.ping_idle_ms;
    if (pinged)
        return peer->listens ? CW_LISTENER_DEAD_MS : CW_PEER_DEAD_MS;
    return peer->listens && idle_ms > CW_LISTENER_PING_IDLE_MS ? CW_LISTENER_PING_IDLE_MS : idle_ms;
}

/* A sweep that looked at each idle connection would read some of its cache lines each second. */
static inline void cw_peer_set_due(const struct peer *peer)
{
    uint64_t patience_ms = cw_peer_patience_ms(peer, peer->pinged);
    uint32_t *due_s = &peer->net->due_s[(uint32_t)peer->id];
    if (!cw_peer_is_quiet(peer))
        *due_s = 0;
    else
        *due_s = peer->proves ? (uint32_t)((peer->received_ms + patience_ms) / 1000) : UINT32_MAX;
}

/* The next flush handles it. */
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
    if (cw_out_is_empty(&peer->out))
        peer->progress_ms = now_ms; /* a stall counts from here */
    cw_out_push(&peer->out, body, flags, live, now_ms);
}

#endif
