/* vapid.c - see vapid.h. */
#include "push/vapid.h"

#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

#define NUMBER_LEN    32
#define SIGNATURE_LEN (2 * NUMBER_LEN) /* RFC 7518, 3.4 */
#define DER_MAX       80

void cw_push_put_base64url(struct cw_slice bytes, struct cw_buf *out)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    for (size_t i = 0; i < bytes.n; i += 3) {
        size_t n = bytes.n - i < 3 ? bytes.n - i : 3;
        uint32_t three = (uint32_t)bytes.p[i] << 16;
        three |= n > 1 ? (uint32_t)bytes.p[i + 1] << 8 : 0;
        three |= n > 2 ? bytes.p[i + 2] : 0;
        for (size_t k = 0; k <= n; k++)
            cw_buf_append_byte(out, (uint8_t)digits[three >> (18 - 6 * k) & 63]);
    }
}

bool cw_vapid_key_make(const uint8_t random[CW_PUSH_SECRET_LEN], struct cw_vapid_key *key)
{
    memcpy(key->secret, random, CW_PUSH_SECRET_LEN);
    return cw_p256_point(key->secret, key->point);
}

/* The claims in the order of the example of RFC 8292, 2.4. */
static void put_token(const struct cw_vapid_claims *claims, struct cw_buf *out)
{
    static const char head[] = "{\"typ\":\"JWT\",\"alg\":\"ES256\"}";
    struct cw_buf text = {0};
    char number[24];
    snprintf(number, sizeof number, "%llu", (unsigned long long)claims->expires_s);
    cw_buf_append_str(&text, "{\"aud\":\"");
    cw_buf_append_str(&text, claims->audience);
    cw_buf_append_str(&text, "\",\"exp\":");
    cw_buf_append_str(&text, number);
    cw_buf_append_str(&text, ",\"sub\":\"");
    cw_buf_append_str(&text, claims->subject);
    cw_buf_append_str(&text, "\"}");
    cw_push_put_base64url(cw_slice_str(head), out);
    cw_buf_append_byte(out, '.');
    cw_push_put_base64url(cw_buf_slice(&text), out);
    cw_buf_finish(&text);
}

/* OpenSSL writes the two numbers as DER; a token has them as they are. */
static bool plain_signature(const uint8_t *der, size_t n, uint8_t plain[SIGNATURE_LEN])
{
    const unsigned char *at = der;
    ECDSA_SIG *signature = d2i_ECDSA_SIG(NULL, &at, (long)n);
    bool good =
        signature != NULL &&
        BN_bn2binpad(ECDSA_SIG_get0_r(signature), plain, NUMBER_LEN) == NUMBER_LEN &&
        BN_bn2binpad(ECDSA_SIG_get0_s(signature), plain + NUMBER_LEN, NUMBER_LEN) == NUMBER_LEN;
    ECDSA_SIG_free(signature);
    return good;
}

static bool sign(const struct cw_vapid_key *key, struct cw_slice text, uint8_t plain[SIGNATURE_LEN])
{
    uint8_t der[DER_MAX];
    size_t n = sizeof der;
    EVP_PKEY *pair = cw_p256_key(key->secret, key->point);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool good = pair != NULL &&
                EVP_DigestSignInit_ex(context, NULL, "SHA256", NULL, NULL, pair, NULL) == 1 &&
                EVP_DigestSign(context, der, &n, text.p, text.n) == 1 &&
                plain_signature(der, n, plain);
    EVP_MD_CTX_free(context);
    EVP_PKEY_free(pair);
    return good;
}

bool cw_vapid_put(const struct cw_vapid_key *key, const struct cw_vapid_claims *claims,
                  struct cw_buf *out)
{
    uint8_t signature[SIGNATURE_LEN];
    struct cw_buf token = {0};
    put_token(claims, &token);
    bool good = sign(key, cw_buf_slice(&token), signature);
    if (good) {
        cw_buf_append_str(out, "vapid t=");
        cw_buf_append(out, token.p, token.n);
        cw_buf_append_byte(out, '.');
        cw_push_put_base64url(cw_slice_of(signature, sizeof signature), out);
        cw_buf_append_str(out, ", k=");
        cw_push_put_base64url(cw_slice_of(key->point, sizeof key->point), out);
    }
    cw_buf_finish(&token);
    return good;
}
