/* code.c - see code.h. */
#include "text/code.h"

#include <assert.h>
#include <string.h>

static const char alphabet[] = "abcdefghijklmnopqrstuvwxyz234567";

void cw_base32_write(const uint8_t *bytes, size_t n, char *text)
{
    assert(n % 5 == 0);
    for (size_t i = 0; i < n; i += 5) {
        uint64_t bits = 0;
        for (size_t j = 0; j < 5; j++)
            bits = bits << 8 | bytes[i + j];
        for (int shift = 35; shift >= 0; shift -= 5)
            *text++ = alphabet[bits >> shift & 31];
    }
}

bool cw_code_digits(struct cw_slice code, uint32_t *number)
{
    *number = 0;
    for (size_t i = 0; i < code.n; i++) {
        if (code.n != CW_CODE_DIGITS || code.p[i] < '0' || code.p[i] > '9')
            return false;
        *number = *number * 10 + (uint32_t)(code.p[i] - '0');
    }
    return code.n == CW_CODE_DIGITS;
}

static bool is_base32(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '2' && c <= '7');
}

bool cw_code_recovery(struct cw_slice code, char plain[CW_RECOVERY_CODE_LEN])
{
    size_t n = 0;
    for (size_t i = 0; i < code.n; i++) {
        char c = (char)code.p[i];
        if (c == '-')
            continue;
        if (c >= 'A' && c <= 'Z')
            c = (char)(c - 'A' + 'a');
        if (n == CW_RECOVERY_CODE_LEN || !is_base32(c))
            return false;
        plain[n++] = c;
    }
    return n == CW_RECOVERY_CODE_LEN;
}

bool cw_code_split(struct cw_slice *password, struct cw_slice *code)
{
    char plain[CW_RECOVERY_CODE_LEN];
    uint32_t number;
    size_t at = password->n;
    while (at != 0 && password->p[at - 1] != ' ')
        at--;
    if (at == 0)
        return false;
    *code = cw_slice_of(password->p + at, password->n - at);
    if (!cw_code_digits(*code, &number) && !cw_code_recovery(*code, plain))
        return false;
    password->n = at - 1;
    return true;
}

bool cw_code_is_device(struct cw_slice password)
{
    static const size_t prefix = sizeof CW_DEVICE_PASSWORD_PREFIX - 1;
    if (password.n != CW_DEVICE_PASSWORD_LEN ||
        memcmp(password.p, CW_DEVICE_PASSWORD_PREFIX, prefix) != 0)
        return false;
    for (size_t i = prefix; i < password.n; i++)
        if (!is_base32((char)password.p[i]))
            return false;
    return true;
}
