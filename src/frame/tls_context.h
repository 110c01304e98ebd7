/* tls_context.h - what TLS connections share: a server's certificate and key, a client's trusted
 * certificates, and the versions, ciphers and curves of both.
 *
 * A context is used by one thread at a time. Connections keep references to its content, so it
 * may be destroyed or replaced while they exist. */
#ifndef CW_FRAME_TLS_CONTEXT_H
#define CW_FRAME_TLS_CONTEXT_H

#include "frame/tls_pin.h"

/* Room for an error text for the operator, its zero included. */
#define CW_TLS_ERROR_MAX 256

/* --- a server ---------------------------------------------------------------------- */

struct cw_tls_server;

/* Creates it from a certificate with its chain and a private key, both PEM. NULL on failure;
 * `error` then says what is wrong and what to do. now_s: the time, seconds since 1970; an expired
 * certificate is refused. */
struct cw_tls_server *cw_tls_server_create(struct cw_slice certificates, struct cw_slice key,
                                           int64_t now_s, char error[CW_TLS_ERROR_MAX]);

/* NULL is allowed. Existing connections keep their certificate. */
void cw_tls_server_destroy(struct cw_tls_server *server);

void cw_tls_server_pin(const struct cw_tls_server *server, struct cw_tls_pin *pin);

/* SHA-256 of the certificate as browsers show it: 32 pairs of upper-case digits, with colons
 * between them, and a zero. */
#define CW_TLS_FINGERPRINT_TEXT 96
void cw_tls_server_fingerprint(const struct cw_tls_server *server,
                               char text[CW_TLS_FINGERPRINT_TEXT]);

/* --- a client ------------------------------------------------------------------------ */

struct cw_tls_client;

/* Trusts the certificates in `roots` (PEM), or the system's if `roots` is empty. NULL: `roots` has
 * no certificate. */
struct cw_tls_client *cw_tls_client_create(struct cw_slice roots);

void cw_tls_client_destroy(struct cw_tls_client *client);

#endif
