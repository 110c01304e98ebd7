/* curve.h - the keys of CURVE (RFC 25/ZMTP-CURVE, RFC 26/CurveZMQ): those of a server that
 * listens, and of a client that connects. Not the handshake, which is private to the framer
 * (curve_handshake.h) that zmtp.h creates.
 *
 * Callers: src/server, src/client, which initialise libsodium first (sodium_init). */
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

/* What all connections of a server share. It outlives them. The keys may change while
 * connections exist: a handshake that began with a key that was replaced fails. */
struct cw_curve_server {
    struct cw_curve_key key;
    struct cw_curve_key old_key; /* the key that is being replaced */
    bool old_key_opens;          /* handshakes with old_key are accepted, too */
    cw_random random;
    /* Called for each well-formed HELLO, before anything is computed for it: a handshake takes
     * some 200 us of CPU. false: the connection is refused. */
    bool (*may_begin)(void *context);
    void *context; /* of may_begin */
};

/* What a client's connections to one server share; it outlives them. */
struct cw_curve_client {
    uint8_t server_key[CW_CURVE_KEY_N];
    struct cw_curve_key key; /* new for each process: it does not identify the user */
    cw_random random;
};

/* Makes a new pair. */
void cw_curve_key_make(struct cw_curve_key *key, cw_random random);

/* Computes the public key of key->secret_key, for a secret that was read from a file. */
void cw_curve_key_complete(struct cw_curve_key *key);

/* Overwrites the pair, so that no later read of this memory finds it. */
void cw_curve_key_wipe(struct cw_curve_key *key);

#endif
