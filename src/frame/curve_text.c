/* curve_text.c - see curve_text.h. */
#include "frame/curve_text.h"

#include <string.h>

#define DIGITS (CW_CURVE_KEY_TEXT - 1)

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/* Eight bits at a time go in, six come out. */
void cw_curve_key_text(const uint8_t key[CW_CURVE_KEY_N], char text[CW_CURVE_KEY_TEXT])
{
    unsigned bits = 0, count = 0;
    for (size_t i = 0; i < CW_CURVE_KEY_N; i++) {
        bits = bits << 8 | key[i];
        for (count += 8; count >= 6; count -= 6)
            *text++ = digits[bits >> (count - 6) & 63];
    }
    *text++ = digits[bits << (6 - count) & 63];
    *text = 0;
}

bool cw_curve_key_parse(struct cw_slice text, uint8_t key[CW_CURVE_KEY_N])
{
    uint8_t bytes[CW_CURVE_KEY_N], *end = bytes;
    unsigned bits = 0, count = 0;
    if (text.n != DIGITS)
        return false;
    for (size_t i = 0; i < text.n; i++) {
        const char *digit = memchr(digits, text.p[i], sizeof digits - 1);
        if (digit == NULL)
            return false;
        bits = bits << 6 | (unsigned)(digit - digits);
        count += 6;
        if (count < 8)
            continue;
        count -= 8;
        *end++ = (uint8_t)(bits >> count);
    }
    if ((bits & ((1u << count) - 1)) != 0)
        return false;
    memcpy(key, bytes, sizeof bytes);
    return true;
}
