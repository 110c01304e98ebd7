/* tls.h - the framer of TLS 1.2 and 1.3 (OpenSSL), around another one, for both ends of a
 * connection.
 *
 * The inner framer reads the decrypted bytes, and its events are reported unchanged. The owner
 * sets and reads the members of struct cw_framer (message_max, judged_max, whole ...) in the
 * outer framer only. The output of the inner framer, messages and `out`, is plain until
 * cw_framer_seal makes TLS records of it.
 *
 * The bytes of TLS's handshake are appended to `out`, too; cw_framer_seal does not change them,
 * and they precede all plain bytes. Later records of TLS itself (an alert, the answer to a key
 * update) wait here and precede the bytes that are sealed next. The owner calls cw_framer_input
 * until CW_FRAMER_NEED_MORE even when *in is empty, since decrypted bytes may be left.
 *
 * No tickets, no resumption, no renegotiation, no client certificates, no early data.
 * Certificates and trust: frame/tls_context.h.
 *
 * Pure but for OpenSSL's own randomness. Callers: src/net, src/client. */
#ifndef CW_FRAME_TLS_H
#define CW_FRAME_TLS_H

#include "frame/framer.h"
#include "frame/tls_context.h"

/* Creates the inner framer, which the framer of TLS owns, by the first decrypted byte. NULL: no
 * protocol of this server begins with this byte. */
typedef struct cw_framer *(*cw_tls_inner)(void *context, uint8_t first);

/* For a connection whose first byte is CW_TLS_FIRST. The framer keeps the server's present
 * certificate: `server` may be destroyed first. `inner` is called at most once, with `context`. */
#define CW_TLS_FIRST 0x16
struct cw_framer *cw_tls_create_server(struct cw_tls_server *server, cw_tls_inner inner,
                                       void *context, uint32_t message_max);

/* The server that a client expects. */
struct cw_tls_peer {
    const char *host;             /* a name or an IP address; need not outlive the call */
    const struct cw_tls_pin *pin; /* or NULL. With a pin nothing else of the certificate is
                                     checked: neither its name nor its dates nor its issuer */
    int64_t now_s;                /* the time, seconds since 1970, for the certificate's dates */
};

/* The new framer owns `inner`, starts it when the server was verified, and has its message_max.
 * If the server cannot be verified it reports CW_FRAMER_FAILED with the reason. `client` may be
 * destroyed before the framer. */
struct cw_framer *cw_tls_create_client(struct cw_tls_client *client, const struct cw_tls_peer *peer,
                                       struct cw_framer *inner);

/* The key in the server's certificate, even if it was refused; false: no certificate was received.
 * So a program can ask its user whether the key is right. */
bool cw_tls_presented(const struct cw_framer *framer, struct cw_tls_pin *pin);

/* The server of a client's framer has proved that it has a key that is trusted. */
bool cw_tls_is_verified(const struct cw_framer *framer);

#endif
