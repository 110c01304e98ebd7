/* websocket_accept.c - see websocket_accept.h. */
#include "frame/websocket_accept.h"

#include <assert.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/sha.h>

#include "base/alloc.h"

/* RFC 6455, 1.3: "the Globally Unique Identifier [...] in string form". */
#define GUID "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

void cw_websocket_accept(struct cw_slice key, char accept[CW_WEBSOCKET_ACCEPT_LEN + 1])
{
    uint8_t text[CW_WEBSOCKET_KEY_LEN + sizeof GUID - 1], hash[SHA_DIGEST_LENGTH];
    assert(key.n == CW_WEBSOCKET_KEY_LEN);
    memcpy(text, key.p, CW_WEBSOCKET_KEY_LEN);
    memcpy(text + CW_WEBSOCKET_KEY_LEN, GUID, sizeof GUID - 1);
    accept[0] = 0;
    /* If OpenSSL had no memory to begin, its functions do not notice it. */
    if (OSSL_LIB_CTX_get0_global_default() == NULL || SHA1(text, sizeof text, hash) == NULL) {
        cw_alloc_missing();
        return;
    }
    EVP_EncodeBlock((unsigned char *)accept, hash, sizeof hash);
}
