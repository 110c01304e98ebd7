/* seal.h - files of a backup that only the holder of a key can read.
 *
 * A sealed file is: CW_SEAL_MAGIC; a random key, sealed for the public key (crypto_box_seal); the
 * header of a secretstream under that key; its messages, each of CW_SEAL_STEP bytes of the content
 * but the last, which may have fewer, also none. The first message's additional data is the name of
 * the file, so that files of one backup cannot be exchanged.
 *
 * Pure but for libsodium's random bytes. Callers: the server's backup and restore. */
#ifndef CW_BACKUP_SEAL_H
#define CW_BACKUP_SEAL_H

#include <sodium.h>
#include <stdbool.h>

#include "base/slice.h"

#define CW_SEAL_MAGIC "chinwag sealed 1\n"
#define CW_SEAL_HEAD                                                                               \
    (sizeof CW_SEAL_MAGIC - 1 + crypto_box_SEALBYTES +                                             \
     crypto_secretstream_xchacha20poly1305_KEYBYTES +                                              \
     crypto_secretstream_xchacha20poly1305_HEADERBYTES)
#define CW_SEAL_STEP   ((size_t)64 * 1024)
#define CW_SEAL_SEALED (CW_SEAL_STEP + crypto_secretstream_xchacha20poly1305_ABYTES)

/* One key pair for all backups; the secret one is not on the server. */
struct cw_seal_key {
    uint8_t public_key[crypto_box_PUBLICKEYBYTES];
    uint8_t secret_key[crypto_box_SECRETKEYBYTES];
};

struct cw_seal {
    crypto_secretstream_xchacha20poly1305_state stream;
    struct cw_slice name; /* of the caller; empty after the first message */
    bool ended;
};

/* Begins a file: writes its head. */
void cw_seal_begin(struct cw_seal *seal, const uint8_t to[crypto_box_PUBLICKEYBYTES],
                   struct cw_slice name, uint8_t head[CW_SEAL_HEAD]);
/* Seals the next step, of CW_SEAL_STEP bytes unless it is the last; returns its bytes in `sealed`.
 */
size_t cw_seal_next(struct cw_seal *seal, struct cw_slice content, bool last,
                    uint8_t sealed[CW_SEAL_SEALED]);

/* Begins to open one. False: it is none, or for another key. */
bool cw_unseal_begin(struct cw_seal *seal, const struct cw_seal_key *key, struct cw_slice name,
                     const uint8_t head[CW_SEAL_HEAD]);
/* Opens the next; seal->ended: it was the last. False: it was changed, or is of another file. */
bool cw_unseal_next(struct cw_seal *seal, struct cw_slice sealed, uint8_t content[CW_SEAL_STEP],
                    size_t *n);

#endif
