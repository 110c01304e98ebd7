/* hex.c - see hex.h. */
#include "base/hex.h"

void cw_hex_write(struct cw_slice bytes, char *digits)
{
    for (size_t i = 0; i < 2 * bytes.n; i++)
        digits[i] = "0123456789abcdef"[bytes.p[i / 2] >> (i % 2 == 0 ? 4 : 0) & 15];
}

static int value_of_digit(uint8_t c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool cw_hex_read(struct cw_slice digits, uint8_t *bytes, size_t n)
{
    if (digits.n != 2 * n)
        return false;
    for (size_t i = 0; i < n; i++) {
        int high = value_of_digit(digits.p[2 * i]), low = value_of_digit(digits.p[2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        bytes[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}
