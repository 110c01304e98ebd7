/* tls_certificate.h - a new key and a certificate that it signs itself, for a server that was
 * given none. */
#ifndef CW_FRAME_TLS_CERTIFICATE_H
#define CW_FRAME_TLS_CERTIFICATE_H

#include "base/buf.h"

/* A P-256 key and a certificate for `names` (host names and IP addresses, count of them), good
 * from not_before_s to not_after_s, seconds since 1970; its serial number is random. Appends both
 * as PEM. The key's memory is secret: the caller wipes it. False: a name is neither an address nor
 * ASCII, or there is none. */
bool cw_tls_self_signed(const char *const names[], size_t count, int64_t not_before_s,
                        int64_t not_after_s, struct cw_buf *certificate, struct cw_buf *key);

#endif
