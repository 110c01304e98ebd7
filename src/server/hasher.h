/* hasher.h - passwords and tokens: hashed away from the loop, through
 * libsodium. At most CW_HASHES_RUNNING_MAX at a time, since each takes tens of
 * milliseconds and up to 64 MiB. */
#ifndef CW_SERVER_HASHER_H
#define CW_SERVER_HASHER_H

#include <uv.h>

#include "core/core.h"
#include "server/config.h"

struct cw_hasher;

/* `done` is called on the loop with the event (CW_EV_HASH) of each result. */
struct cw_hasher *cw_hasher_create(uv_loop_t *loop, enum cw_password_cost cost,
                                   void (*done)(void *context, struct cw_event *event),
                                   void *context);

/* The number that may wait for one address; 0 (at first): only the limit for all applies. */
void cw_hasher_set_share(struct cw_hasher *hasher, unsigned per_address);

/* Carries out a CW_FX_HASH of a password (the cheap ones are below). Its bytes are copied,
 * and wiped afterwards. Addresses take turns, and at one address its users do. A refusal is
 * reported later like a result, by `done`: CW_HASH_LIMITED, too many of this address wait;
 * CW_HASH_BUSY, it has waited CW_HASH_WAIT_MS, or CW_HASHES_QUEUED_MAX wait and its address has
 * the most of them. */
void cw_hasher_submit(struct cw_hasher *hasher, const struct cw_effect *effect);

/* The stored form of a token; cheap, at once. */
void cw_hash_token(struct cw_slice token, uint8_t hash[CW_TOKEN_HASH_LEN]);

/* A new invitation, a random UUID as tokens are, and its stored form; at once. */
void cw_hash_invite(char invitation[CW_TOKEN_LEN + 1], uint8_t hash[CW_TOKEN_HASH_LEN]);
/* The same for a set-up link: 256 random bits, as hexadecimal digits. */
void cw_hash_setup(char code[CW_SETUP_LEN + 1], uint8_t hash[CW_TOKEN_HASH_LEN]);

/* The same of a secret of 256 random bits, in base64 for URLs; it does not begin with `-`. */
void cw_hash_secret(char secret[CW_SECRET_LEN + 1], uint8_t hash[CW_TOKEN_HASH_LEN]);

/* Random bytes; at once. */
void cw_hash_random(uint8_t *bytes, size_t n);

/* The loop must have finished all work since the last submit. */
void cw_hasher_destroy(struct cw_hasher *hasher);

#endif
