/* box.h - the cryptographic boxes of NaCl (Curve25519, XSalsa20, Poly1305), as CURVE uses
 * them, by libsodium. All computations with CURVE's secrets are here, so that a fuzz target
 * can replace this file by boxes that open without a key.
 *
 * Private to src/frame. */
#ifndef CW_FRAME_BOX_H
#define CW_FRAME_BOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CW_BOX_KEY_N   32 /* bytes of a key of any kind */
#define CW_BOX_NONCE_N 24
#define CW_BOX_MAC_N   16 /* a box is so many bytes longer than its content */

/* Computes the public key of a secret key. */
void cw_box_public_key(uint8_t public_key[CW_BOX_KEY_N], const uint8_t secret_key[CW_BOX_KEY_N]);

/* Computes the key that seals and opens the boxes between two key pairs.
 * false: the public key is of low order (such as all zeros). */
bool cw_box_shared_key(uint8_t shared[CW_BOX_KEY_N], const uint8_t public_key[CW_BOX_KEY_N],
                       const uint8_t secret_key[CW_BOX_KEY_N]);

/* Seals n bytes into n + CW_BOX_MAC_N at `box`. `plain` may be box + CW_BOX_MAC_N. */
void cw_box_seal(uint8_t *box, const uint8_t *plain, size_t n, const uint8_t nonce[CW_BOX_NONCE_N],
                 const uint8_t shared[CW_BOX_KEY_N]);

/* Opens a box with n bytes of content; `plain` may be box + CW_BOX_MAC_N. false: the box is
 * forged, or was sealed with another key or nonce; nothing is written. */
bool cw_box_open(uint8_t *plain, const uint8_t *box, size_t n, const uint8_t nonce[CW_BOX_NONCE_N],
                 const uint8_t shared[CW_BOX_KEY_N]);

/* A box that is sealed or opened in parts, which may have any lengths. */
struct cw_box_parts {
    _Alignas(16) uint8_t mac[256]; /* libsodium's state; has a secret */
    uint8_t nonce[CW_BOX_NONCE_N];
    uint64_t at; /* bytes of the content so far */
    bool tagged; /* see cw_box_tag */
};

void cw_box_begin(struct cw_box_parts *parts, const uint8_t nonce[CW_BOX_NONCE_N],
                  const uint8_t shared[CW_BOX_KEY_N]);

/* Encrypts the next n bytes of the content. `to` may be `plain`. */
void cw_box_seal_part(struct cw_box_parts *parts, uint8_t *to, const uint8_t *plain, size_t n,
                      const uint8_t shared[CW_BOX_KEY_N]);

/* After the last part: writes the first CW_BOX_MAC_N bytes of the box. Then the same parts may be
 * sealed again, from the first one; nothing else, since they have the same nonce. */
void cw_box_tag(struct cw_box_parts *parts, uint8_t *box);

/* Decrypts the next n bytes where they are. Not to be used before cw_box_verify returned true. */
void cw_box_open_part(struct cw_box_parts *parts, uint8_t *bytes, size_t n,
                      const uint8_t shared[CW_BOX_KEY_N]);

/* After the last part; `box` is where the box begins. false: it is forged. */
bool cw_box_verify(struct cw_box_parts *parts, const uint8_t *box);

/* Overwrites a secret that is not needed any more; the compiler cannot remove the call. */
void cw_box_wipe(void *secret, size_t n);

#endif
