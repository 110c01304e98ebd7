/* tls_pin.c - see tls_pin.h. */
#include "frame/tls_pin.h"

#include <stdio.h>

void cw_tls_pin_text(const struct cw_tls_pin *pin, char text[CW_TLS_PIN_TEXT])
{
    for (size_t i = 0; i < sizeof pin->hash; i++)
        snprintf(text + 2 * i, 3, "%02x", pin->hash[i]);
}

static int digit_of(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool cw_tls_pin_parse(struct cw_slice text, struct cw_tls_pin *pin)
{
    if (text.n != 2 * sizeof pin->hash)
        return false;
    for (size_t i = 0; i < sizeof pin->hash; i++) {
        int high = digit_of(text.p[2 * i]), low = digit_of(text.p[2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        pin->hash[i] = (uint8_t)(high * 16 + low);
    }
    return true;
}
