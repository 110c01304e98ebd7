/* p256.c - see p256.h. */
#include "push/p256.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/obj_mac.h>
#include <openssl/param_build.h>

bool cw_p256_point(const uint8_t secret[CW_PUSH_SECRET_LEN], uint8_t point[CW_PUSH_POINT_LEN])
{
    EC_GROUP *group = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
    EC_POINT *at = EC_POINT_new(group);
    BIGNUM *number = BN_bin2bn(secret, CW_PUSH_SECRET_LEN, BN_secure_new());
    bool good = number != NULL && !BN_is_zero(number) &&
                BN_cmp(number, EC_GROUP_get0_order(group)) < 0 &&
                EC_POINT_mul(group, at, number, NULL, NULL, NULL) == 1 &&
                EC_POINT_point2oct(group, at, POINT_CONVERSION_UNCOMPRESSED, point,
                                   CW_PUSH_POINT_LEN, NULL) == CW_PUSH_POINT_LEN;
    BN_clear_free(number);
    EC_POINT_free(at);
    EC_GROUP_free(group);
    return good;
}

static EVP_PKEY *key_of(OSSL_PARAM *params, bool has_secret)
{
    EVP_PKEY *key = NULL;
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
    if (params != NULL && EVP_PKEY_fromdata_init(context) == 1)
        EVP_PKEY_fromdata(context, &key, has_secret ? EVP_PKEY_KEYPAIR : EVP_PKEY_PUBLIC_KEY,
                          params);
    EVP_PKEY_CTX_free(context);
    return key;
}

EVP_PKEY *cw_p256_key(const uint8_t *secret, const uint8_t point[CW_PUSH_POINT_LEN])
{
    BIGNUM *number = secret == NULL ? NULL : BN_bin2bn(secret, CW_PUSH_SECRET_LEN, BN_secure_new());
    OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
    OSSL_PARAM_BLD_push_utf8_string(build, OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0);
    OSSL_PARAM_BLD_push_octet_string(build, OSSL_PKEY_PARAM_PUB_KEY, point, CW_PUSH_POINT_LEN);
    if (number != NULL)
        OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_PRIV_KEY, number);
    OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(build);
    EVP_PKEY *key = key_of(params, number != NULL);
    OSSL_PARAM_free(params);
    OSSL_PARAM_BLD_free(build);
    BN_clear_free(number);
    return key;
}
