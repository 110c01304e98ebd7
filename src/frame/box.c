/* box.c - see box.h. */
#include "frame/box.h"

#include <sodium.h>

_Static_assert(CW_BOX_KEY_N == crypto_box_PUBLICKEYBYTES, "");
_Static_assert(CW_BOX_KEY_N == crypto_box_SECRETKEYBYTES, "");
_Static_assert(CW_BOX_KEY_N == crypto_box_BEFORENMBYTES, "");
_Static_assert(CW_BOX_NONCE_N == crypto_box_NONCEBYTES, "");
_Static_assert(CW_BOX_MAC_N == crypto_box_MACBYTES, "");

void cw_box_public_key(uint8_t public_key[CW_BOX_KEY_N], const uint8_t secret_key[CW_BOX_KEY_N])
{
    crypto_scalarmult_base(public_key, secret_key);
}

bool cw_box_shared_key(uint8_t shared[CW_BOX_KEY_N], const uint8_t public_key[CW_BOX_KEY_N],
                       const uint8_t secret_key[CW_BOX_KEY_N])
{
    return crypto_box_beforenm(shared, public_key, secret_key) == 0;
}

void cw_box_seal(uint8_t *box, const uint8_t *plain, size_t n, const uint8_t nonce[CW_BOX_NONCE_N],
                 const uint8_t shared[CW_BOX_KEY_N])
{
    crypto_box_detached_afternm(box + CW_BOX_MAC_N, box, plain, n, nonce, shared);
}

bool cw_box_open(uint8_t *plain, const uint8_t *box, size_t n, const uint8_t nonce[CW_BOX_NONCE_N],
                 const uint8_t shared[CW_BOX_KEY_N])
{
    return crypto_box_open_detached_afternm(plain, box + CW_BOX_MAC_N, box, n, nonce, shared) == 0;
}

void cw_box_wipe(void *secret, size_t n)
{
    sodium_memzero(secret, n);
}
