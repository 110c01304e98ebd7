/* test_push.c - push messages and their signature: the examples of RFC 8291 and RFC 8292. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/sha.h>

#include "push/vapid.h"

/* Decodes base64url without padding into exactly n bytes. */
static void decode(const char *text, uint8_t *bytes, size_t n)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    uint32_t held = 0;
    unsigned bits = 0;
    size_t at = 0;
    for (; *text != 0; text++) {
        held = held << 6 | (uint32_t)(strchr(digits, *text) - digits);
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            assert_true(at < n);
            bytes[at++] = (uint8_t)(held >> bits);
        }
    }
    assert_int_equal(at, n);
}

static void expect_text(struct cw_buf *is, const char *wanted)
{
    cw_buf_append_byte(is, 0);
    assert_string_equal((const char *)is->p, wanted);
    cw_buf_finish(is);
}

/* RFC 8291, appendix A. */
static struct cw_push_peer example_peer(void)
{
    struct cw_push_peer peer;
    decode(
        "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
        peer.point, sizeof peer.point);
    decode("BTBZMqHH6r4Tts7J_aSIgg", peer.auth, sizeof peer.auth);
    return peer;
}

static struct cw_push_random example_random(void)
{
    struct cw_push_random random;
    decode("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw", random.secret, sizeof random.secret);
    decode("DGv6ra1nlYgDCS1FRnbzlw", random.salt, sizeof random.salt);
    return random;
}

static void the_example_of_rfc_8291(void **state)
{
    (void)state;
    struct cw_push_peer peer = example_peer();
    struct cw_push_random random = example_random();
    struct cw_slice text = cw_slice_str("When I grow up, I want to be a watermelon");
    struct cw_buf body = {0}, is = {0};
    assert_true(cw_push_seal(&peer, &random, text, text.n + 1, &body));
    cw_push_put_base64url(cw_buf_slice(&body), &is);
    expect_text(&is, "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27ml"
                     "mlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPT"
                     "pK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN");
    cw_buf_finish(&body);
}

static void all_bodies_have_one_length(void **state)
{
    (void)state;
    static const char *const texts[] = {"", "a", "a longer text"};
    struct cw_push_peer peer = example_peer();
    struct cw_push_random random = example_random();
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct cw_buf body = {0};
        assert_true(cw_push_seal(&peer, &random, cw_slice_str(texts[i]), 2048, &body));
        assert_int_equal(body.n, 2048 + CW_PUSH_OVERHEAD);
        cw_buf_finish(&body);
    }
}

static void what_is_no_key_is_refused(void **state)
{
    (void)state;
    struct cw_push_peer peer = example_peer();
    struct cw_push_random random = example_random();
    struct cw_buf body = {0};
    peer.point[64] ^= 1; /* not on the curve */
    assert_false(cw_push_seal(&peer, &random, cw_slice_str("x"), 16, &body));
    peer = example_peer();
    peer.point[0] = 3; /* compressed: another length */
    assert_false(cw_push_seal(&peer, &random, cw_slice_str("x"), 16, &body));
    peer = example_peer();
    memset(random.secret, 0, sizeof random.secret);
    assert_false(cw_push_seal(&peer, &random, cw_slice_str("x"), 16, &body));
    memset(random.secret, 0xff, sizeof random.secret); /* above the order */
    assert_false(cw_push_seal(&peer, &random, cw_slice_str("x"), 16, &body));
    assert_int_equal(body.n, 0);
}

/* Does the signature of a token ("t=" on) belong to this point? */
static bool is_signed(const char *token, const uint8_t point[CW_PUSH_POINT_LEN])
{
    size_t n = (size_t)(strrchr(token, '.') - token);
    uint8_t plain[64], digest[SHA256_DIGEST_LENGTH], der[80], *end = der;
    char last[87];
    snprintf(last, sizeof last, "%.86s", token + n + 1);
    decode(last, plain, sizeof plain);
    ECDSA_SIG *signature = ECDSA_SIG_new();
    ECDSA_SIG_set0(signature, BN_bin2bn(plain, 32, NULL), BN_bin2bn(plain + 32, 32, NULL));
    int der_n = i2d_ECDSA_SIG(signature, &end);
    ECDSA_SIG_free(signature);
    SHA256((const uint8_t *)token, n, digest);
    EVP_PKEY *key = cw_p256_key(NULL, point);
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
    assert_int_equal(EVP_PKEY_verify_init(context), 1);
    int good = EVP_PKEY_verify(context, der, (size_t)der_n, digest, sizeof digest);
    EVP_PKEY_CTX_free(context);
    EVP_PKEY_free(key);
    return good == 1;
}

/* RFC 8292, 2.4: the example's private key is not told, its token is. */
#define EXAMPLE_TOKEN                                                                              \
    "eyJ0eXAiOiJKV1QiLCJhbGciOiJFUzI1NiJ9.eyJhdWQiOiJodHRwczovL3B1c2guZXhhbXBsZS5uZXQiLCJleHAiOjE" \
    "0NTM1MjM3NjgsInN1YiI6Im1haWx0bzpwdXNoQGV4YW1wbGUuY29tIn0"
#define EXAMPLE_SIGNATURE                                                                          \
    "i3CYb7t4xfxCDquptFOepC9GAu_HLGkMlMuCGSK2rpiUfnK9ojFwDXb1JrErtmysazNjjvW2L9OkSSHzvoD1oA"
#define EXAMPLE_POINT                                                                              \
    "BA1Hxzyi1RUM1b5wjxsn7nGxAszw2u61m164i3MrAIxHF6YK5h4SDYic-dRuU_RCPCfA5aq9ojSwk5Y2EmClBPs"

static void the_example_of_rfc_8292(void **state)
{
    (void)state;
    static const struct cw_vapid_claims claims = {.audience = "https://push.example.net",
                                                  .subject = "mailto:push@example.com",
                                                  .expires_s = 1453523768};
    uint8_t theirs[CW_PUSH_POINT_LEN];
    struct cw_push_random random = example_random();
    struct cw_vapid_key key;
    struct cw_buf is = {0};
    assert_true(cw_vapid_key_make(random.secret, &key));
    assert_true(cw_vapid_put(&key, &claims, &is));
    cw_buf_append_byte(&is, 0);
    const char *text = (const char *)is.p;
    assert_memory_equal(text, "vapid t=" EXAMPLE_TOKEN ".", strlen("vapid t=" EXAMPLE_TOKEN "."));
    assert_string_equal(strstr(text, ", k="),
                        ", k=BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC"
                        "8wEqKK6PBru3jl7A8");
    decode(EXAMPLE_POINT, theirs, sizeof theirs);
    assert_true(is_signed(EXAMPLE_TOKEN "." EXAMPLE_SIGNATURE, theirs));
    assert_true(is_signed(text + strlen("vapid t="), key.point));
    assert_false(is_signed(text + strlen("vapid t="), theirs));
    cw_buf_finish(&is);
    uint8_t zeros[CW_PUSH_SECRET_LEN] = {0};
    assert_false(cw_vapid_key_make(zeros, &key));
}

static void base64url_has_no_padding(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {
        {"", ""},           {"f", "Zg"},          {"fo", "Zm8"},       {"foo", "Zm9v"},
        {"foob", "Zm9vYg"}, {"fooba", "Zm9vYmE"}, {"\xff\xfe", "__4"}, {"\xfb\xf0", "-_A"}};
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        struct cw_buf is = {0};
        cw_push_put_base64url(cw_slice_str(pairs[i][0]), &is);
        expect_text(&is, pairs[i][1]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_example_of_rfc_8291), cmocka_unit_test(all_bodies_have_one_length),
        cmocka_unit_test(what_is_no_key_is_refused), cmocka_unit_test(the_example_of_rfc_8292),
        cmocka_unit_test(base64url_has_no_padding)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
