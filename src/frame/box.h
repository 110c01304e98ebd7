/* box.h - the cryptographic boxes of NaCl (Curve25519, XSalsa20, Poly1305), as CURVE uses
 * them, by libsodium. All that the room computes with secrets goes through here, so that a
 * fuzz target can put boxes in its place that open without a key.
 *
 * Private to src/frame. */
#ifndef CW_FRAME_BOX_H
#define CW_FRAME_BOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CW_BOX_KEY_N   32 /* bytes of a key of any kind */
#define CW_BOX_NONCE_N 24
#define CW_BOX_MAC_N   16 /* a box is so much longer than what it holds */

/* The public key of a secret one. */
void cw_box_public_key(uint8_t public_key[CW_BOX_KEY_N], const uint8_t secret_key[CW_BOX_KEY_N]);

/* What two pairs have in common, with which boxes between them are sealed and opened.
 * false: the public key is none (of low order, such as all zeros). */
bool cw_box_shared_key(uint8_t shared[CW_BOX_KEY_N], const uint8_t public_key[CW_BOX_KEY_N],
                       const uint8_t secret_key[CW_BOX_KEY_N]);

/* Makes a box of n bytes: n + CW_BOX_MAC_N at `box`. The plain bytes may lie at
 * box + CW_BOX_MAC_N already. */
void cw_box_seal(uint8_t *box, const uint8_t *plain, size_t n, const uint8_t nonce[CW_BOX_NONCE_N],
                 const uint8_t shared[CW_BOX_KEY_N]);

/* Opens a box that holds n bytes; `plain` may be box + CW_BOX_MAC_N. false: it is forged,
 * or of another key or nonce; nothing is written. */
bool cw_box_open(uint8_t *plain, const uint8_t *box, size_t n, const uint8_t nonce[CW_BOX_NONCE_N],
                 const uint8_t shared[CW_BOX_KEY_N]);

/* Overwrites a secret that is not needed any more; a compiler may not leave it out. */
void cw_box_wipe(void *secret, size_t n);

#endif
