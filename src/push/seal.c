/* seal.c - see seal.h. Names as in RFC 8291, 3.4. */
#include "push/seal.h"

#include <assert.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <string.h>

#include "base/alloc.h"

#define HASH_LEN   32
#define TAG_LEN    16
#define SECRET_LEN 32 /* what both sides compute: a coordinate */
#define RECORD_MAX 4096
#define DELIMITER  2 /* RFC 8188, 2: of the last record */

struct keys {
    uint8_t cek[16], nonce[12];
};

static bool agree(EVP_PKEY *own, EVP_PKEY *peer, uint8_t secret[SECRET_LEN])
{
    size_t n = SECRET_LEN;
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey(NULL, own, NULL);
    bool good = EVP_PKEY_derive_init(context) == 1 &&
                EVP_PKEY_derive_set_peer(context, peer) == 1 &&
                EVP_PKEY_derive(context, secret, &n) == 1 && n == SECRET_LEN;
    EVP_PKEY_CTX_free(context);
    return good;
}

/* HKDF of RFC 5869 with SHA-256, both steps. */
static void derive(struct cw_slice salt, struct cw_slice secret, struct cw_slice info, uint8_t *out,
                   size_t n)
{
    uint8_t prk[HASH_LEN], block[HASH_LEN], last[256];
    assert(info.n < sizeof last && n <= HASH_LEN);
    memcpy(last, info.p, info.n);
    last[info.n] = 1;
    if (HMAC(EVP_sha256(), salt.p, (int)salt.n, secret.p, secret.n, prk, NULL) == NULL ||
        HMAC(EVP_sha256(), prk, HASH_LEN, last, info.n + 1, block, NULL) == NULL)
        cw_alloc_missing(); /* else the key would be what was in memory */
    memcpy(out, block, n);
    OPENSSL_cleanse(prk, sizeof prk);
    OPENSSL_cleanse(block, sizeof block);
}

/* The zero at the end of each name belongs to it. */
static struct cw_slice info_of(const char *name)
{
    return cw_slice_of(name, strlen(name) + 1);
}

static void make_keys(const struct cw_push_peer *peer, const uint8_t own[CW_PUSH_POINT_LEN],
                      const uint8_t secret[SECRET_LEN], const uint8_t salt[CW_PUSH_SALT_LEN],
                      struct keys *keys)
{
    static const char name[] = "WebPush: info";
    uint8_t info[sizeof name + 2 * CW_PUSH_POINT_LEN], ikm[HASH_LEN];
    memcpy(info, name, sizeof name);
    memcpy(info + sizeof name, peer->point, CW_PUSH_POINT_LEN);
    memcpy(info + sizeof name + CW_PUSH_POINT_LEN, own, CW_PUSH_POINT_LEN);
    derive(cw_slice_of(peer->auth, CW_PUSH_AUTH_LEN), cw_slice_of(secret, SECRET_LEN),
           cw_slice_of(info, sizeof info), ikm, sizeof ikm);
    struct cw_slice from = cw_slice_of(salt, CW_PUSH_SALT_LEN), key = cw_slice_of(ikm, sizeof ikm);
    derive(from, key, info_of("Content-Encoding: aes128gcm"), keys->cek, sizeof keys->cek);
    derive(from, key, info_of("Content-Encoding: nonce"), keys->nonce, sizeof keys->nonce);
    OPENSSL_cleanse(ikm, sizeof ikm);
}

/* In place: the tag follows. */
static bool encrypt(const struct keys *keys, uint8_t *record, size_t n)
{
    int written = 0, rest = 0;
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    bool good = EVP_EncryptInit_ex(context, EVP_aes_128_gcm(), NULL, keys->cek, keys->nonce) == 1 &&
                EVP_EncryptUpdate(context, record, &written, record, (int)n) == 1 &&
                EVP_EncryptFinal_ex(context, record + written, &rest) == 1 &&
                EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_GET_TAG, TAG_LEN, record + n) == 1;
    EVP_CIPHER_CTX_free(context);
    return good;
}

/* RFC 8188, 2.1: salt, record size, and the sender's point as the id of the key. */
static uint8_t *put_head(uint8_t *at, const uint8_t salt[CW_PUSH_SALT_LEN],
                         const uint8_t own[CW_PUSH_POINT_LEN])
{
    static const uint8_t size[5] = {0, 0, RECORD_MAX >> 8, RECORD_MAX & 0xff, CW_PUSH_POINT_LEN};
    memcpy(at, salt, CW_PUSH_SALT_LEN);
    memcpy(at + CW_PUSH_SALT_LEN, size, sizeof size);
    memcpy(at + CW_PUSH_SALT_LEN + sizeof size, own, CW_PUSH_POINT_LEN);
    return at + CW_PUSH_SALT_LEN + sizeof size + CW_PUSH_POINT_LEN;
}

static bool agree_on_keys(const struct cw_push_peer *peer, const struct cw_push_random *random,
                          uint8_t own[CW_PUSH_POINT_LEN], struct keys *keys)
{
    uint8_t secret[SECRET_LEN];
    if (!cw_p256_point(random->secret, own))
        return false;
    EVP_PKEY *mine = cw_p256_key(random->secret, own), *theirs = cw_p256_key(NULL, peer->point);
    bool good = mine != NULL && theirs != NULL && agree(mine, theirs, secret);
    EVP_PKEY_free(mine);
    EVP_PKEY_free(theirs);
    if (good)
        make_keys(peer, own, secret, random->salt, keys);
    OPENSSL_cleanse(secret, sizeof secret);
    return good;
}

bool cw_push_seal(const struct cw_push_peer *peer, const struct cw_push_random *random,
                  struct cw_slice text, size_t padded, struct cw_buf *body)
{
    uint8_t own[CW_PUSH_POINT_LEN];
    struct keys keys;
    assert(text.n < padded && padded + TAG_LEN <= RECORD_MAX);
    if (!agree_on_keys(peer, random, own, &keys))
        return false;
    uint8_t *start = cw_buf_reserve(body, CW_PUSH_OVERHEAD + padded);
    uint8_t *record = put_head(start, random->salt, own);
    memset(record, 0, padded);
    if (text.n != 0)
        memcpy(record, text.p, text.n);
    record[text.n] = DELIMITER;
    bool good = encrypt(&keys, record, padded);
    OPENSSL_cleanse(&keys, sizeof keys);
    if (good)
        body->n += CW_PUSH_OVERHEAD + padded;
    return good;
}
