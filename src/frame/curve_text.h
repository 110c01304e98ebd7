/* curve_text.h - a public key of CURVE as people and links write it: base64url without padding
 * (RFC 4648, 5), which needs no quotes in a shell and no escapes in the fragment of a URL.
 *
 * Callers: src/client, and what prints a server's key. */
#ifndef CW_FRAME_CURVE_TEXT_H
#define CW_FRAME_CURVE_TEXT_H

#include "base/slice.h"
#include "frame/curve.h"

/* 43 characters and a zero. */
#define CW_CURVE_KEY_TEXT 44
void cw_curve_key_text(const uint8_t key[CW_CURVE_KEY_N], char text[CW_CURVE_KEY_TEXT]);

/* From text. Each key has one text: the two bits that are left over in the last character are 0.
 * false: it is none, and `key` is not changed. */
bool cw_curve_key_parse(struct cw_slice text, uint8_t key[CW_CURVE_KEY_N]);

#endif
