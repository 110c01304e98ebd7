/* fuzz_curve_open.c - replaces src/frame/box.c by boxes without encryption, which open without a
 * key: so a fuzzer, which cannot forge a real box, can get through the handshake. A box that begins
 * with 0xff does not open. The inputs are those of fuzz_curve.c. */
#include "frame/box.h"

#include <string.h>

void cw_box_public_key(uint8_t public_key[CW_BOX_KEY_N], const uint8_t secret_key[CW_BOX_KEY_N])
{
    for (int i = 0; i < CW_BOX_KEY_N; i++)
        public_key[i] = secret_key[i] ^ 1;
}

bool cw_box_shared_key(uint8_t shared[CW_BOX_KEY_N], const uint8_t public_key[CW_BOX_KEY_N],
                       const uint8_t secret_key[CW_BOX_KEY_N])
{
    for (int i = 0; i < CW_BOX_KEY_N; i++)
        shared[i] = public_key[i] ^ secret_key[i];
    return public_key[0] != 0;
}

void cw_box_seal(uint8_t *box, const uint8_t *plain, size_t n, const uint8_t nonce[CW_BOX_NONCE_N],
                 const uint8_t shared[CW_BOX_KEY_N])
{
    (void)nonce;
    (void)shared;
    memmove(box + CW_BOX_MAC_N, plain, n);
    memset(box, 0, CW_BOX_MAC_N);
}

bool cw_box_open(uint8_t *plain, const uint8_t *box, size_t n, const uint8_t nonce[CW_BOX_NONCE_N],
                 const uint8_t shared[CW_BOX_KEY_N])
{
    (void)nonce;
    (void)shared;
    if (box[0] == 0xff)
        return false;
    memmove(plain, box + CW_BOX_MAC_N, n);
    return true;
}

void cw_box_begin(struct cw_box_parts *parts, const uint8_t nonce[CW_BOX_NONCE_N],
                  const uint8_t shared[CW_BOX_KEY_N])
{
    (void)nonce;
    (void)shared;
    *parts = (struct cw_box_parts){.at = 0};
}

void cw_box_seal_part(struct cw_box_parts *parts, uint8_t *to, const uint8_t *plain, size_t n,
                      const uint8_t shared[CW_BOX_KEY_N])
{
    (void)shared;
    memmove(to, plain, n);
    parts->at += n;
}

void cw_box_tag(struct cw_box_parts *parts, uint8_t *box)
{
    memset(box, 0, CW_BOX_MAC_N);
    parts->tagged = true;
    parts->at = 0;
}

void cw_box_open_part(struct cw_box_parts *parts, uint8_t *bytes, size_t n,
                      const uint8_t shared[CW_BOX_KEY_N])
{
    (void)bytes;
    (void)shared;
    parts->at += n;
}

bool cw_box_verify(struct cw_box_parts *parts, const uint8_t *box)
{
    (void)parts;
    return box[0] != 0xff;
}

void cw_box_wipe(void *secret, size_t n)
{
    memset(secret, 0, n);
}
