/* p256.h - keys of the curve P-256, as OpenSSL has them. Private to src/push. */
#ifndef CW_PUSH_P256_H
#define CW_PUSH_P256_H

#include <openssl/evp.h>
#include <stdbool.h>
#include <stdint.h>

#include "push/seal.h"

/* The point of a private key. False: it is none. */
bool cw_p256_point(const uint8_t secret[CW_PUSH_SECRET_LEN], uint8_t point[CW_PUSH_POINT_LEN]);
/* NULL: there is no such key. `secret` may be NULL. The caller frees it. */
EVP_PKEY *cw_p256_key(const uint8_t *secret, const uint8_t point[CW_PUSH_POINT_LEN]);

#endif
