/* hook_sign.c - see hook_sign.h. */
#include "hook_sign.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

void hook_sign(char header[HOOK_SIGNATURE_MAX], const char *secret, int64_t time_s,
               const char *body, size_t n)
{
    crypto_auth_hmacsha256_state state;
    unsigned char mac[crypto_auth_hmacsha256_BYTES];
    char time[32], digits[2 * sizeof mac + 1];
    snprintf(time, sizeof time, "%" PRId64 ".", time_s);
    crypto_auth_hmacsha256_init(&state, (const unsigned char *)secret, strlen(secret));
    crypto_auth_hmacsha256_update(&state, (const unsigned char *)time, strlen(time));
    crypto_auth_hmacsha256_update(&state, (const unsigned char *)body, n);
    crypto_auth_hmacsha256_final(&state, mac);
    sodium_bin2hex(digits, sizeof digits, mac, sizeof mac);
    snprintf(header, HOOK_SIGNATURE_MAX, "Chinwag-Signature: t=%" PRId64 ",v1=%s", time_s, digits);
}
