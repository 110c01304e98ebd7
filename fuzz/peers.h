/* peers.h - the peers of fuzz_peer.c: connections of net/peer.c over socket pairs, both of whose
 * ends are here, and what was sent on each. peers_heard.c checks what comes out at either end;
 * fuzz_peer.c has the steps.
 *
 * Caller: fuzz_peer.c. */
#ifndef CW_FUZZ_PEERS_H
#define CW_FUZZ_PEERS_H

#include "frame/zmtp.h"
#include "fuzz.h"
#include "net/net_internal.h"

#define PEERS_CONNS 4
#define SENT_MAX    512

struct sent {
    uint32_t number;
    size_t n;
    bool live, envelope;
};

struct conn {
    int fd; /* the client's end; -1: none, or closed by it */
    cw_net_id id;
    bool open, ready, closing;
    bool on_hold;
    struct cw_account *kept_account; /* of the message that is worked on */
    void *kept;
    size_t kept_charged;
    struct cw_zmtp client; /* reads what the server says */
    bool failed;
    struct sent sent[SENT_MAX];
    size_t sent_count, read_messages; /* how far the client is among those not live */
    uint32_t last_live;
    uint64_t last_mark, answered_mark;
    size_t sent_before_mark; /* that are not live */
};

struct peers {
    struct cw_slice program;
    uv_loop_t loop;
    struct cw_net *net;
    struct cw_ledger ledger;
    struct conn conns[PEERS_CONNS];
    struct conn *accepting; /* the one that is being accepted, or NULL */
    uint32_t number;
    unsigned heads;
};

extern struct peers peers;

/* What is checked at the server's end. Its context is &peers. */
extern const struct cw_net_handlers peers_handlers;

/* The open one with this id, or NULL. */
struct conn *peers_conn(cw_net_id id);

/* The message that is worked on, if there is one, is freed and not charged any more. */
void peers_release_kept(struct conn *conn);

/* The client reads so many bytes at most, and checks what they say. */
void peers_client_reads(struct conn *conn, size_t most);

#endif
