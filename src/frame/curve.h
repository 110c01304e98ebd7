/* curve.h - who one is in CURVE (RFC 25/ZMTP-CURVE, RFC 26/CurveZMQ): the keys of a server
 * that listens, and of a client that connects. Not the handshake itself: that is private
 * to the framer (curve_handshake.h), which zmtp.h creates.
 *
 * Callers: src/server, src/client. Their owner initialises libsodium (sodium_init). */
#ifndef CW_FRAME_CURVE_H
#define CW_FRAME_CURVE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/random.h"

#define CW_CURVE_KEY_N 32 /* bytes of a key, public or secret */

/* A long-term pair of Curve25519. */
struct cw_curve_key {
    uint8_t public_key[CW_CURVE_KEY_N];
    uint8_t secret_key[CW_CURVE_KEY_N];
};

/* What all connections of a server share. It outlives them; the keys may be changed while
 * they last: a handshake that has begun with a key that is gone fails. */
struct cw_curve_server {
    struct cw_curve_key key;
    struct cw_curve_key old_key; /* opens handshakes, too, while ... */
    bool old_key_opens;          /* ... a change of keys overlaps */
    cw_random random;
    /* Is asked with each HELLO of the right form, before anything is computed for it: a
     * handshake takes some 200 us of CPU. false: the connection is refused. */
    bool (*may_begin)(void *context);
    void *context; /* of may_begin */
};

/* What a client's connections to one server share; it outlives them. */
struct cw_curve_client {
    uint8_t server_key[CW_CURVE_KEY_N];
    struct cw_curve_key key; /* fresh for each process: it proves nothing about its user */
    cw_random random;
};

/* A fresh pair. */
void cw_curve_key_make(struct cw_curve_key *key, cw_random random);

/* The public key that belongs to key->secret_key, for a secret that was read from a file. */
void cw_curve_key_complete(struct cw_curve_key *key);

/* Overwrites the pair, so that no later read of this memory finds it. */
void cw_curve_key_wipe(struct cw_curve_key *key);

#endif
