/* box.c - see box.h. */
#include "frame/box.h"

#include <sodium.h>
#include <string.h>

_Static_assert(CW_BOX_KEY_N == crypto_box_PUBLICKEYBYTES, "");
_Static_assert(CW_BOX_KEY_N == crypto_box_SECRETKEYBYTES, "");
_Static_assert(CW_BOX_KEY_N == crypto_box_BEFORENMBYTES, "");
_Static_assert(CW_BOX_NONCE_N == crypto_box_NONCEBYTES, "");
_Static_assert(CW_BOX_MAC_N == crypto_box_MACBYTES, "");
_Static_assert(sizeof((struct cw_box_parts *)0)->mac >= sizeof(crypto_onetimeauth_poly1305_state),
               "");

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

/* --- in parts ------------------------------------------------------------------- */

/* NaCl's crypto_secretbox: the first 32 bytes of the stream are the key of the authenticator, and
 * the content follows. */
#define STREAM_BEGIN 32
#define STREAM_BLOCK 64

static crypto_onetimeauth_poly1305_state *mac_of(struct cw_box_parts *parts)
{
    return (crypto_onetimeauth_poly1305_state *)(void *)parts->mac;
}

void cw_box_begin(struct cw_box_parts *parts, const uint8_t nonce[CW_BOX_NONCE_N],
                  const uint8_t shared[CW_BOX_KEY_N])
{
    uint8_t key[STREAM_BEGIN];
    *parts = (struct cw_box_parts){.at = 0};
    memcpy(parts->nonce, nonce, sizeof parts->nonce);
    crypto_stream_xsalsa20(key, sizeof key, nonce, shared);
    crypto_onetimeauth_poly1305_init(mac_of(parts), key);
    sodium_memzero(key, sizeof key);
}

/* A part may begin within a block of the stream. Returns how many bytes are of that block. */
static size_t finish_block(const struct cw_box_parts *parts, uint64_t at, uint8_t *to,
                           const uint8_t *from, size_t n, const uint8_t shared[CW_BOX_KEY_N])
{
    uint8_t block[STREAM_BLOCK] = {0};
    size_t skipped = at % STREAM_BLOCK, some = STREAM_BLOCK - skipped;
    if (skipped == 0 || n == 0)
        return 0;
    if (some > n)
        some = n;
    memcpy(block + skipped, from, some);
    crypto_stream_xsalsa20_xor_ic(block, block, skipped + some, parts->nonce, at / STREAM_BLOCK,
                                  shared);
    memcpy(to, block + skipped, some);
    sodium_memzero(block, sizeof block);
    return some;
}

static void apply_stream(struct cw_box_parts *parts, uint8_t *to, const uint8_t *from, size_t n,
                         const uint8_t shared[CW_BOX_KEY_N])
{
    uint64_t at = STREAM_BEGIN + parts->at;
    size_t some = finish_block(parts, at, to, from, n, shared);
    crypto_stream_xsalsa20_xor_ic(to + some, from + some, n - some, parts->nonce,
                                  (at + some) / STREAM_BLOCK, shared);
    parts->at += n;
}

void cw_box_seal_part(struct cw_box_parts *parts, uint8_t *to, const uint8_t *plain, size_t n,
                      const uint8_t shared[CW_BOX_KEY_N])
{
    apply_stream(parts, to, plain, n, shared);
    if (!parts->tagged)
        crypto_onetimeauth_poly1305_update(mac_of(parts), to, n);
}

void cw_box_tag(struct cw_box_parts *parts, uint8_t *box)
{
    crypto_onetimeauth_poly1305_final(mac_of(parts), box);
    parts->tagged = true;
    parts->at = 0;
}

void cw_box_open_part(struct cw_box_parts *parts, uint8_t *bytes, size_t n,
                      const uint8_t shared[CW_BOX_KEY_N])
{
    crypto_onetimeauth_poly1305_update(mac_of(parts), bytes, n);
    apply_stream(parts, bytes, bytes, n, shared);
}

bool cw_box_verify(struct cw_box_parts *parts, const uint8_t *box)
{
    uint8_t tag[CW_BOX_MAC_N];
    crypto_onetimeauth_poly1305_final(mac_of(parts), tag);
    return crypto_verify_16(tag, box) == 0;
}

void cw_box_wipe(void *secret, size_t n)
{
    sodium_memzero(secret, n);
}
