/* tls.h - the framer of TLS 1.2 and 1.3 (OpenSSL), around another one, for both ends of a
 * connection.
 *
 * The inner framer reads what was decrypted; its events are reported as they are, and what
 * the owner sets or reads in a struct cw_framer (message_max, judged_max, whole ...) is that
 * of the one returned here. What the inner one writes, messages and its `out`, is plain until
 * cw_framer_seal makes one or more TLS records of it.
 *
 * What TLS itself says in its handshake comes in `out`, too, and goes through cw_framer_seal
 * unchanged: it precedes everything plain. What it says later (an alert, the answer to a key
 * update) waits here and goes before what is sealed next. So the owner calls cw_framer_input
 * until CW_FRAMER_NEED_MORE even when *in is empty: decrypted bytes may be left.
 *
 * No tickets, no sessions to be resumed, no renegotiation, no client certificates, no early
 * data. Certificates and who trusts them: frame/tls_context.h.
 *
 * Pure but for OpenSSL's own randomness. Callers: src/net, src/client. */
#ifndef CW_FRAME_TLS_H
#define CW_FRAME_TLS_H

#include "frame/framer.h"
#include "frame/tls_context.h"

/* Makes the inner framer, which the framer of TLS owns, for a first byte that was decrypted:
 * NULL if that begins nothing that is spoken here. */
typedef struct cw_framer *(*cw_tls_inner)(void *context, uint8_t first);

/* For a connection whose first byte is CW_TLS_FIRST. It keeps what the server has now: `server`
 * may be destroyed before it. `inner` is called once at most; `context` is the caller's. */
#define CW_TLS_FIRST 0x16
struct cw_framer *cw_tls_create_server(struct cw_tls_server *server, cw_tls_inner inner,
                                       void *context, uint32_t message_max);

/* Whom a client wants to talk to. */
struct cw_tls_peer {
    const char *host;             /* a name or an IP address; need not outlive the call */
    const struct cw_tls_pin *pin; /* or NULL. With a pin it alone decides: neither the
                                     certificate's name nor its dates nor its issuer count */
    int64_t now_s;                /* the time, seconds since 1970, for the certificate's dates */
};

/* Takes over `inner`, which is started once the server has been verified, and its message_max.
 * A server that cannot be verified is CW_FRAMER_FAILED with the reason. `client` may be destroyed
 * before the framer. */
struct cw_framer *cw_tls_create_client(struct cw_tls_client *client, const struct cw_tls_peer *peer,
                                       struct cw_framer *inner);

/* The key that the server of a client's framer has shown, even one that was refused; false: none
 * has come. So somebody can be asked whether it is the right one. */
bool cw_tls_presented(const struct cw_framer *framer, struct cw_tls_pin *pin);

/* The server of a client's framer has proved that it has a key that is trusted. */
bool cw_tls_is_verified(const struct cw_framer *framer);

#endif
