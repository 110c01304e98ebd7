/* seal.c - see seal.h. */
#include "backup/seal.h"

#include <string.h>

#define MAGIC   (sizeof CW_SEAL_MAGIC - 1)
#define KEY     crypto_secretstream_xchacha20poly1305_KEYBYTES
#define SEALED  (KEY + crypto_box_SEALBYTES)
#define SMALLER crypto_secretstream_xchacha20poly1305_ABYTES

void cw_seal_begin(struct cw_seal *seal, const uint8_t to[crypto_box_PUBLICKEYBYTES],
                   struct cw_slice name, uint8_t head[CW_SEAL_HEAD])
{
    uint8_t key[KEY];
    crypto_secretstream_xchacha20poly1305_keygen(key);
    memcpy(head, CW_SEAL_MAGIC, MAGIC);
    crypto_box_seal(head + MAGIC, key, sizeof key, to);
    crypto_secretstream_xchacha20poly1305_init_push(&seal->stream, head + MAGIC + SEALED, key);
    sodium_memzero(key, sizeof key);
    seal->name = name;
    seal->ended = false;
}

size_t cw_seal_next(struct cw_seal *seal, struct cw_slice content, bool last,
                    uint8_t sealed[CW_SEAL_SEALED])
{
    crypto_secretstream_xchacha20poly1305_push(
        &seal->stream, sealed, NULL, content.p, content.n, seal->name.p, seal->name.n,
        last ? crypto_secretstream_xchacha20poly1305_TAG_FINAL
             : crypto_secretstream_xchacha20poly1305_TAG_MESSAGE);
    seal->name = (struct cw_slice){0};
    seal->ended = last;
    return content.n + SMALLER;
}

bool cw_unseal_begin(struct cw_seal *seal, const struct cw_seal_key *pair, struct cw_slice name,
                     const uint8_t head[CW_SEAL_HEAD])
{
    uint8_t key[KEY];
    bool good =
        memcmp(head, CW_SEAL_MAGIC, MAGIC) == 0 &&
        crypto_box_seal_open(key, head + MAGIC, SEALED, pair->public_key, pair->secret_key) == 0 &&
        crypto_secretstream_xchacha20poly1305_init_pull(&seal->stream, head + MAGIC + SEALED,
                                                        key) == 0;
    sodium_memzero(key, sizeof key);
    seal->name = name;
    seal->ended = false;
    return good;
}

bool cw_unseal_next(struct cw_seal *seal, struct cw_slice sealed, uint8_t content[CW_SEAL_STEP],
                    size_t *n)
{
    unsigned char tag = 0;
    bool good =
        !seal->ended && sealed.n >= SMALLER && sealed.n <= CW_SEAL_SEALED &&
        crypto_secretstream_xchacha20poly1305_pull(&seal->stream, content, NULL, &tag, sealed.p,
                                                   sealed.n, seal->name.p, seal->name.n) == 0;
    *n = good ? sealed.n - SMALLER : 0;
    seal->name = (struct cw_slice){0};
    seal->ended = good && tag == crypto_secretstream_xchacha20poly1305_TAG_FINAL;
    return good;
}
