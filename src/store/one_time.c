/* one_time.c - see one_time.h. */
#include "store/one_time.h"

#include <assert.h>
#include <openssl/evp.h>

#include "base/limits.h"
#include "text/code.h"

#define STEP_MS  30000
#define HMAC_LEN 20

/* RFC 4226, 5.3: four bytes, from where the last one says. */
uint32_t cw_totp_code(struct cw_slice secret, uint64_t step)
{
    uint8_t counter[8], mac[EVP_MAX_MD_SIZE];
    size_t n = 0;
    for (int i = 7; i >= 0; i--, step >>= 8)
        counter[i] = (uint8_t)step;
    const void *made = EVP_Q_mac(NULL, "HMAC", NULL, "SHA1", NULL, secret.p, secret.n, counter,
                                 sizeof counter, mac, sizeof mac, &n);
    assert(made != NULL && n == HMAC_LEN);
    (void)made;
    const uint8_t *p = mac + (mac[HMAC_LEN - 1] & 0x0f);
    uint32_t number =
        (uint32_t)(p[0] & 0x7f) << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
    return number % 1000000;
}

uint64_t cw_totp_step(struct cw_slice secret, struct cw_slice code, uint64_t time_ms,
                      uint64_t after)
{
    uint32_t number;
    uint64_t now = time_ms / STEP_MS, found = 0;
    if (!cw_code_digits(code, &number))
        return 0;
    for (uint64_t step = now == 0 ? 0 : now - 1; step <= now + 1; step++)
        if (step > after && found == 0 && cw_totp_code(secret, step) == number)
            found = step;
    return found;
}

bool cw_recovery_hash(struct cw_slice code, uint8_t hash[CW_RECOVERY_HASH_LEN])
{
    char plain[CW_RECOVERY_CODE_LEN];
    unsigned n = 0;
    if (!cw_code_recovery(code, plain))
        return false;
    int made = EVP_Digest(plain, sizeof plain, hash, &n, EVP_sha256(), NULL);
    assert(made == 1 && n == CW_RECOVERY_HASH_LEN);
    (void)made;
    return true;
}
