/* tls_context.h - what connections of TLS have in common: a server's certificate and key, a
 * client's list of who is trusted, and the rules of both: versions, ciphers, curves.
 *
 * A context is used by one thread at a time. Connections share what they need of it with
 * frame/tls.h, so that it may be destroyed or replaced while they go on. */
#ifndef CW_FRAME_TLS_CONTEXT_H
#define CW_FRAME_TLS_CONTEXT_H

#include "frame/tls_pin.h"

/* A sentence for the operator, its end included. */
#define CW_TLS_ERROR_MAX 256

/* --- a server ---------------------------------------------------------------------- */

struct cw_tls_server;

/* Of a certificate with its chain and a private key, both PEM. On failure NULL, and `error` says
 * what is wrong and what to do. now_s: the time, seconds since 1970: a certificate that has
 * expired is refused. */
struct cw_tls_server *cw_tls_server_create(struct cw_slice certificates, struct cw_slice key,
                                           int64_t now_s, char error[CW_TLS_ERROR_MAX]);

/* Or NULL. Connections keep what they began with. */
void cw_tls_server_destroy(struct cw_tls_server *server);

void cw_tls_server_pin(const struct cw_tls_server *server, struct cw_tls_pin *pin);

/* SHA-256 of the certificate as browsers show it: 32 pairs of upper-case digits, with colons
 * between them, and a zero. */
#define CW_TLS_FINGERPRINT_TEXT 96
void cw_tls_server_fingerprint(const struct cw_tls_server *server,
                               char text[CW_TLS_FINGERPRINT_TEXT]);

/* --- a client ------------------------------------------------------------------------ */

struct cw_tls_client;

/* Trusts the certificates in `roots` (PEM), or the system's where that is empty. NULL: there is
 * none in it. */
struct cw_tls_client *cw_tls_client_create(struct cw_slice roots);

void cw_tls_client_destroy(struct cw_tls_client *client);

#endif
