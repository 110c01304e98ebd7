/* tls_internal.h - what the files of TLS share. Private to frame/tls*.c. */
#ifndef CW_FRAME_TLS_INTERNAL_H
#define CW_FRAME_TLS_INTERNAL_H

#include <openssl/ssl.h>

#include "frame/tls_pin.h"

/* OpenSSL counts references to a context; each connection has one. */
struct cw_tls_server {
    SSL_CTX *context;
};

struct cw_tls_client {
    SSL_CTX *context;
};

/* The expected and the received key of a client's connection, in the app data of its SSL. */
struct cw_tls_check {
    struct cw_tls_pin wanted, shown;
    bool pinned;    /* only `wanted` is checked */
    bool presented; /* `shown` was received */
};

/* The certificates in a PEM text; NULL where there is none, or one is damaged. The caller frees
 * them, and clears OpenSSL's errors before and after. */
STACK_OF(X509) * cw_tls_certificates_of(struct cw_slice text);

struct cw_tls_peer;

/* Whom the certificate of a client's peer must be of, and at what time. */
void cw_tls_expect(SSL *ssl, const struct cw_tls_peer *peer);

/* The private key in a PEM text; NULL where there is none, or it is damaged or protected by a
 * passphrase. The caller frees it, and clears OpenSSL's errors. */
EVP_PKEY *cw_tls_key_of(struct cw_slice text, bool *has_passphrase);

#endif
