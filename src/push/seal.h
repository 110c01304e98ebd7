/* seal.h - the body of a push message, which only one browser can open: RFC 8291 (keys) and RFC
 * 8188 (aes128gcm, one record). Who carries it learns its length alone, which is always the same.
 *
 * Pure: the caller gives the random bytes. Caller: src/server. */
#ifndef CW_PUSH_SEAL_H
#define CW_PUSH_SEAL_H

#include "base/buf.h"
#include "base/slice.h"
#include "push/p256.h"

#define CW_PUSH_AUTH_LEN 16
#define CW_PUSH_SALT_LEN 16
/* What is put before the text and behind it: salt, record size, length and point; tag. */
#define CW_PUSH_OVERHEAD (CW_PUSH_SALT_LEN + 4 + 1 + CW_PUSH_POINT_LEN + 16)

/* Of a subscription: `p256dh` and `auth` of the browser's PushSubscription. */
struct cw_push_peer {
    uint8_t point[CW_PUSH_POINT_LEN];
    uint8_t auth[CW_PUSH_AUTH_LEN];
};

/* Random bytes, new for each message. */
struct cw_push_random {
    uint8_t secret[CW_PUSH_SECRET_LEN]; /* a private key */
    uint8_t salt[CW_PUSH_SALT_LEN];
};

/* Appends the body: text, delimiter and zeros are `padded` bytes together, which is more than the
 * text has. False, and nothing is appended: the peer's point is not on the curve, or `secret` is no
 * private key (once in 2^32). */
bool cw_push_seal(const struct cw_push_peer *peer, const struct cw_push_random *random,
                  struct cw_slice text, size_t padded, struct cw_buf *body);

#endif
