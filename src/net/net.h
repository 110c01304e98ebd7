/* net.h - listening sockets and connections on a libuv loop: bytes to frames, frames to bytes, with
 * a limit on everything. It moves messages and does not read their contents. Nothing is written
 * while events are handled: cw_net_flush, at the end of a tick, makes one send for each connection
 * that has output. Handlers are called from the loop and from cw_net_flush, never from inside
 * another cw_net function, so a handler may call any of them but cw_net_flush.
 *
 * Caller: src/server/shell.c. Loop thread only. */
#ifndef CW_NET_NET_H
#define CW_NET_NET_H

#include <uv.h>

#include "base/account.h"
#include "base/limits.h"
#include "base/slice.h"
#include "frame/port.h"
#include "net/body.h"
#include "net/forwarded.h"

struct cw_net;

/* A connection's name, never used twice: slot in the low 32 bits, generation
 * above. Functions ignore the id of a connection that is gone. */
typedef uint64_t cw_net_id;

struct cw_net_peer {
    struct cw_slice address; /* 4 or 16 bytes; IPv6 counts by its /64 */
    bool loopback;
    bool takes_updates; /* not a ZMTP REQ socket */
    bool by_old_key;    /* sealed with a key that the server is replacing */
    struct cw_account *account;
};

struct cw_net_handlers {
    /* Accepted, and whose it is is known; `closed` follows. takes_updates and by_old_key
     * are not known yet. */
    void (*opened)(void *context, cw_net_id id, const struct cw_net_peer *peer);
    /* There was no descriptor left for a connection; it was refused. */
    void (*crowded)(void *context);
    /* The handshake is done. */
    void (*ready)(void *context, cw_net_id id, const struct cw_net_peer *peer);
    /* Before `ready`: the connection's first HTTP request was answered. From here to `ready` the
     * net alone closes it when it asks for nothing. Not for a connection that was not opened. */
    void (*answered)(void *context, cw_net_id id);
    /* Before `ready`: an HTTP POST has come. Hold the connection until cw_net_answer. True:
     * *message, which the net frees, says the same as a message, which `message` gets next. */
    bool (*posted)(void *context, cw_net_id id, const struct cw_http_post *post,
                   struct cw_buf *message);
    /* Before `ready`: it asks by HTTP for what the caller answers, by cw_net_put and
     * cw_net_answered. It is on hold meanwhile; after a PUT cw_net_hold(false) brings the pieces of
     * its body, each of which puts it on hold again. *asked and the bytes are valid until the
     * handler returns. */
    void (*asked)(void *context, cw_net_id id, const struct cw_http_asked *asked);
    void (*piece)(void *context, cw_net_id id, struct cw_slice bytes);
    /* Between `asked` and cw_net_answered: all of cw_net_put has left the kernel, up to the peer's
     * window, and the connection may be read. It may come again without anything in between. */
    void (*drained)(void *context, cw_net_id id);
    /* `body` is valid until the handler returns. `envelope`: the answer must be sent with one. */
    void (*message)(void *context, cw_net_id id, struct cw_slice body, bool envelope);
    /* The beginning of a message that is too long for a connection without a login. It is accepted
     * if the connection has logged in when reading continues. */
    void (*head)(void *context, cw_net_id id, struct cw_slice head, bool envelope);
    /* The transport has refused a message; the connection stays open. */
    void (*refused)(void *context, cw_net_id id);
    /* Gone. */
    void (*closed)(void *context, cw_net_id id);
    /* Everything sent before cw_net_probe(mark) has been received. */
    void (*received)(void *context, cw_net_id id, uint64_t mark);
    /* More than CW_OUT_QUEUE_MAX bytes wait; and later: none wait any more. */
    void (*queue_full)(void *context, cw_net_id id);
    void (*queue_empty)(void *context, cw_net_id id);
    /* A connection was closed by this side; for the log. */
    void (*log)(void *context, const char *peer, const char *reason);
};

/* connections_max: the handler `opened` enforces it. Up to CW_NET_SPARE connections more are
 * accepted, since a connection that is closed for a new one takes a moment; beyond that a new one
 * is closed at once. */
#define CW_NET_SPARE 64
struct cw_net_options {
    size_t connections_max;
    uint64_t frame_window_ms; /* see CW_FRAME_WINDOW_MS */
    struct cw_ledger *ledger; /* charged for memory that is held for peers; outlives the net */
    uint64_t ping_idle_ms;    /* see CW_PING_IDLE_MS, which is its usual value and the most */
    /* Of the proxies in a header, those behind which the client is looked for; they outlive the
     * net. */
    const struct cw_network *trusted;
    unsigned trusted_count;
};

struct cw_net *cw_net_create(uv_loop_t *loop, const struct cw_net_options *options,
                             const struct cw_net_handlers *handlers, void *context);

/* Listens at "HOST:PORT" ("[::1]:4242" for IPv6, port 0: any) for the transports of `port`, which
 * outlives the net. `fd` is a socket that listens there already, which the net then owns, or -1. On
 * success writes the address in use to `bound`; on failure returns false with a sentence in
 * `error`. */
bool cw_net_listen(struct cw_net *net, const char *address, int fd, const struct cw_port *port,
                   char bound[64], char error[256]);

/* True if the descriptor is a TCP socket that listens at exactly this "HOST:PORT"; port 0: at any
 * port of the host. */
bool cw_net_listens_at(int fd, const char *address);

/* Copies of the descriptors of all listeners, at most `max`, for another process; of the caller. */
size_t cw_net_copy_listeners(const struct cw_net *net, int fds[], size_t max);

/* Other values of the options of these names, for what begins from here on. */
void cw_net_set_times(struct cw_net *net, uint64_t frame_window_ms, uint64_t ping_idle_ms);

/* For good: nobody is accepted any more, and nothing is read from anybody. What is queued is still
 * written. */
void cw_net_stop_input(struct cw_net *net);

/* True if cw_net_listen accepts the text as an address. */
bool cw_net_address_good(const char *address);

/* True when the host of "HOST:PORT" can only be reached from this machine. */
bool cw_net_address_is_loopback(const char *address);

enum cw_net_lane {
    CW_NET_UPDATE, /* overtakes pieces */
    CW_NET_ANSWER, /* overtakes nothing */
    CW_NET_PIECE,  /* bytes of a file: written only when the kernel holds no unsent byte */
    CW_NET_LIVE,   /* dropped when it has waited CW_LIVE_AUDIO_MAX_MS */
    CW_NET_AUDIO   /* the same, and its receivers are in a call: it must not wait in the kernel */
};

/* Queues a message to n connections. */
void cw_net_send(struct cw_net *net, const cw_net_id ids[], size_t n, struct cw_body *body,
                 bool envelope, enum cw_net_lane lane);

/* Answers the POST of a connection, and ends the hold on it. False: it awaits no answer. */
bool cw_net_answer(struct cw_net *net, cw_net_id id, const struct cw_http_answer *answer);

/* Queues bytes of an answer, of a connection that has asked. */
void cw_net_put(struct cw_net *net, cw_net_id id, struct cw_slice bytes);

/* All of the answer was queued. `closes`: it ends the connection. */
void cw_net_answered(struct cw_net *net, cw_net_id id, bool closes);

/* Asks for `received(mark)` once all that was queued so far has arrived (not live). */
void cw_net_probe(struct cw_net *net, cw_net_id id, uint64_t mark);

/* Closes it once what is queued has been written. */
void cw_net_close(struct cw_net *net, cw_net_id id, const char *reason);

/* Closes it at once, whatever is queued: its place is needed. */
void cw_net_drop(struct cw_net *net, cw_net_id id, const char *reason);

void cw_net_close_all(struct cw_net *net, const char *reason);

/* Stops reading from it, or continues. */
void cw_net_read(struct cw_net *net, cw_net_id id, bool on);

/* The same for the caller's own reason: it reads only while both agree. */
void cw_net_hold(struct cw_net *net, cw_net_id id, bool hold);

/* In the handler `message`, of a connection on hold: makes the message's bytes
 * the caller's, who charges them to the account. See cw_framer_keep. */
struct cw_owned cw_net_keep(struct cw_net *net, cw_net_id id, struct cw_slice body);

/* The connection has logged in as this user: larger messages and a longer queue are allowed; 0: it
 * has no login any more. */
void cw_net_set_user(struct cw_net *net, cw_net_id id, uint64_t user);

/* A byte that the caller stores with the connection: 0 at first, and for one that is gone. */
void cw_net_set_label(struct cw_net *net, cw_net_id id, uint8_t label);
uint8_t cw_net_label(struct cw_net *net, cw_net_id id);

/* The account that is charged for work for this connection; NULL when it is gone. */
struct cw_account *cw_net_account(struct cw_net *net, cw_net_id id);

/* The peer's address as text, without a port; "?" when it has gone. */
#define CW_NET_HOST_MAX 46
void cw_net_host(struct cw_net *net, cw_net_id id, char host[CW_NET_HOST_MAX]);

/* Writes what was queued and frees closed connections. Call it at the end of a tick, and in between
 * when very much is queued. */
void cw_net_flush(struct cw_net *net);

/* Does all hold that always holds among its tables, just after cw_net_flush? Ends the process if
 * not. Looks at everything: for tests, and servers built with -Dcheck=true. */
void cw_net_check(const struct cw_net *net);

/* What it has counted since its creation. */
struct cw_net_stats {
    size_t by_transport[CW_TRANSPORTS]; /* open connections */
    uint64_t accepted, bytes_in, bytes_out;
    uint64_t late; /* live messages that were dropped: too much waits for the peer, or on its way */
};
struct cw_net_stats cw_net_stats(const struct cw_net *net);

/* A connection that is known to the caller. */
struct cw_net_row {
    cw_net_id id;
    enum cw_transport transport;
    size_t held, queued; /* bytes: charged to its account; waiting to be sent */
    uint64_t silent_ms;  /* since the last byte in */
};

/* Goes through all connections: the next one from *place on, which is 0 at first. False: there is
 * none left. */
bool cw_net_next(const struct cw_net *net, size_t *place, struct cw_net_row *row);

/* For the bodies that are sent by it: net/body.h. */
struct cw_net_pools *cw_net_pools(struct cw_net *net);

/* Stops listening and closes all connections without calling handlers. The
 * memory is freed by the loop's next run. */
void cw_net_destroy(struct cw_net *net);

#endif
