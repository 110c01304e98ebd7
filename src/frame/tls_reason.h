/* tls_reason.h - why a connection of TLS has failed, for people. Private to frame/tls*.c. */
#ifndef CW_FRAME_TLS_REASON_H
#define CW_FRAME_TLS_REASON_H

#include <openssl/ssl.h>

/* After a call that has failed, by OpenSSL's queue of errors and what it found in the peer's
 * certificate. Static. */
const char *cw_tls_reason(const SSL *ssl);

#endif
