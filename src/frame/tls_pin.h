/* tls_pin.h - what a server of TLS is known by, where it is not known by its name. */
#ifndef CW_FRAME_TLS_PIN_H
#define CW_FRAME_TLS_PIN_H

#include "base/slice.h"

/* What identifies a server's key, whatever certificate it is in: SHA-256 of the certificate's
 * SubjectPublicKeyInfo. */
struct cw_tls_pin {
    uint8_t hash[32];
};

/* As text: 64 hexadecimal digits, and a zero. */
#define CW_TLS_PIN_TEXT 65
void cw_tls_pin_text(const struct cw_tls_pin *pin, char text[CW_TLS_PIN_TEXT]);
/* From text, in upper or lower case; false: it is none. */
bool cw_tls_pin_parse(struct cw_slice text, struct cw_tls_pin *pin);

#endif
