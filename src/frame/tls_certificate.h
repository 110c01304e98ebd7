/* tls_certificate.h - makes a key and a self-signed certificate, for a server without a
 * configured one. */
#ifndef CW_FRAME_TLS_CERTIFICATE_H
#define CW_FRAME_TLS_CERTIFICATE_H

#include "base/buf.h"

/* Makes a P-256 key and a certificate for `count` names (host names and IP addresses), valid from
 * not_before_s to not_after_s, seconds since 1970, with a random serial number. Appends both as
 * PEM. The caller wipes the key's memory. False: a name is neither an address nor ASCII, or there
 * is no name. */
bool cw_tls_self_signed(const char *const names[], size_t count, int64_t not_before_s,
                        int64_t not_after_s, struct cw_buf *certificate, struct cw_buf *key);

#endif
