/* vapid.h - by what a push service knows this server: a signed statement for each service (RFC
 * 8292), by a key pair of the server's own. No account anywhere, and no gateway between.
 *
 * Pure, but that ECDSA takes random bytes from OpenSSL. Caller: src/server. */
#ifndef CW_PUSH_VAPID_H
#define CW_PUSH_VAPID_H

#include "push/seal.h"

struct cw_vapid_key {
    uint8_t secret[CW_PUSH_SECRET_LEN];
    uint8_t point[CW_PUSH_POINT_LEN]; /* what browsers call applicationServerKey */
};

/* The pair of 32 random bytes. False: they are no private key (once in 2^32). */
bool cw_vapid_key_make(const uint8_t random[CW_PUSH_SECRET_LEN], struct cw_vapid_key *key);

struct cw_vapid_claims {
    const char *audience; /* "https://push.example.net": the origin of the push service */
    const char *subject;  /* "https://chat.example.org" or "mailto:...": whom it may tell */
    uint64_t expires_s;   /* UTC, within 24 h */
};

/* Appends the value of the header Authorization. Audience and subject have no quotes and
 * backslashes. */
bool cw_vapid_put(const struct cw_vapid_key *key, const struct cw_vapid_claims *claims,
                  struct cw_buf *out);

/* Appends base64url without padding (RFC 4648, 5), in which keys and tokens are written. */
void cw_push_put_base64url(struct cw_slice bytes, struct cw_buf *out);

#endif
