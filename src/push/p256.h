/* p256.h - keys of the curve P-256. Its functions are private to src/push. */
#ifndef CW_PUSH_P256_H
#define CW_PUSH_P256_H

#include <stdbool.h>
#include <stdint.h>

#define CW_PUSH_POINT_LEN  65 /* not compressed */
#define CW_PUSH_SECRET_LEN 32

struct evp_pkey_st; /* EVP_PKEY */

/* The point of a private key. False: it is none. */
bool cw_p256_point(const uint8_t secret[CW_PUSH_SECRET_LEN], uint8_t point[CW_PUSH_POINT_LEN]);
/* NULL: there is no such key. `secret` may be NULL. The caller frees it. */
struct evp_pkey_st *cw_p256_key(const uint8_t *secret, const uint8_t point[CW_PUSH_POINT_LEN]);

#endif
