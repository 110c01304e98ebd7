/* tls_pin.h - the hash of a TLS server's public key, by which a client can identify the server. */
#ifndef CW_FRAME_TLS_PIN_H
#define CW_FRAME_TLS_PIN_H

#include "base/slice.h"

/* SHA-256 of a certificate's SubjectPublicKeyInfo: the same for all certificates of one key. */
struct cw_tls_pin {
    uint8_t hash[32];
};

/* The size of a pin as text: 64 hexadecimal digits, and a zero. */
#define CW_TLS_PIN_TEXT 65
void cw_tls_pin_text(const struct cw_tls_pin *pin, char text[CW_TLS_PIN_TEXT]);
/* Parses 64 hexadecimal digits, in upper or lower case; false: the text is something else. */
bool cw_tls_pin_parse(struct cw_slice text, struct cw_tls_pin *pin);

#endif
