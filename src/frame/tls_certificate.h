/* tls_certificate.h - a key and a certificate that it signs itself, for a server that was given
 * none. Not the files of both: server/tls_files.h. */
#ifndef CW_FRAME_TLS_CERTIFICATE_H
#define CW_FRAME_TLS_CERTIFICATE_H

#include "base/buf.h"

/* A certificate for `names` (host names and IP addresses, count of them), good from not_before_s to
 * not_after_s, seconds since 1970; its serial number is random. `key` holds the private key as PEM,
 * or is empty: then a new P-256 key is made, and appended as PEM. Its memory is secret: the caller
 * wipes it. Appends the certificate as PEM. False: a name is neither an address nor ASCII, or there
 * is none, or the key cannot be read. */
bool cw_tls_self_signed(const char *const names[], size_t count, int64_t not_before_s,
                        int64_t not_after_s, struct cw_buf *certificate, struct cw_buf *key);

/* Can this private key, PEM, be read? */
bool cw_tls_key_is_good(struct cw_slice key);

/* True: the first certificate of a PEM text belongs to the key and is for all these names, and
 * *until_s is its end, seconds since 1970. */
bool cw_tls_certificate_fits(struct cw_slice certificate, struct cw_slice key,
                             const char *const names[], size_t count, int64_t *until_s);

#endif
