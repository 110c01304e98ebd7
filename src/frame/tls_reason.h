/* tls_reason.h - the reason, for people, of a failed TLS connection. Private to frame/tls*.c. */
#ifndef CW_FRAME_TLS_REASON_H
#define CW_FRAME_TLS_REASON_H

#include <openssl/ssl.h>

/* The reason of the OpenSSL call that has just failed, from OpenSSL's queue of errors and its
 * check of the peer's certificate. A static string. */
const char *cw_tls_reason(const SSL *ssl);

#endif
