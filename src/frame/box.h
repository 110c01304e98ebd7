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

/* Overwrites a secret that is not needed any more; the compiler cannot remove the call. */
void cw_box_wipe(void *secret, size_t n);

#endif
