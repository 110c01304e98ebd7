/* client_transport.h - what is spoken on a client's connections: its address, the keys, and the
 * framer of each connection. No socket.
 *
 * A server with a key is never spoken to without that key, and another machine never in the
 * clear. Callers: client_io.c, the tests. */
#ifndef CW_CLIENT_CLIENT_TRANSPORT_H
#define CW_CLIENT_CLIENT_TRANSPORT_H

#include "client/client_address.h"
#include "client/client_phase.h"
#include "frame/tls.h"
#include "frame/zmtp.h"

struct cw_client_transport {
    struct chinwag_address address;
    bool has_key;                 /* `curve` is to be spoken */
    struct cw_curve_client curve; /* with a pair of its own, which proves nothing */
    bool has_pin;
    struct cw_tls_pin pin;
    struct cw_tls_client *tls; /* NULL until the first connection that needs it */
};

/* Of server, server_key and tls_pin of the options. false: one is malformed, and there is nothing
 * to be finished. `random` is libsodium's, but in tests. */
bool cw_client_transport_begin(struct cw_client_transport *transport,
                               const struct chinwag_options *options, cw_random random);

/* Overwrites the secret key, and frees what there is. No framer of it may be left. */
void cw_client_transport_finish(struct cw_client_transport *transport);

/* The server replaces its key by this one: the next connections expect it. Only after
 * CHINWAG_NEXT_KEY, whose text it is. */
void cw_client_transport_follow(struct cw_client_transport *transport, const char *server_key);

/* NULL, or why nothing may be sent to the address: that would not be encrypted. */
const char *cw_client_transport_forbids(const struct cw_client_transport *transport);

/* The framer of a connection; how its peer proves who it is comes in *proof. now_s: the time,
 * seconds since 1970, for the dates of certificates. NULL: the host has no place in a URL, or the
 * system has no certificates of authorities. */
struct cw_framer *cw_client_transport_open(struct cw_client_transport *transport, int64_t now_s,
                                           enum cw_client_proof *proof);

/* TLS around `inner`, which is taken over and may be NULL; NULL as above. */
struct cw_framer *cw_client_transport_wrap(struct cw_client_transport *transport, int64_t now_s,
                                           struct cw_framer *inner);

/* The host as in a URL: IPv6 in brackets, the port unless it is the usual one. */
void cw_client_transport_host(const struct cw_client_transport *transport, const char *usual_port,
                              char *host, size_t size);

#endif
