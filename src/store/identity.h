/* identity.h - the identity of the database, and the eras in which its ids were given. A client
 * stores its position as (db, era, id). Another database, a new data folder or an older backup has
 * other messages with the same ids: this is the data by which that is noticed. The core compares it
 * (core/claim.c).
 *
 * Each start of a server begins an era: a random number, and the first id that can be
 * given in it. A backup does not contain the eras that began after it was made, and its last era
 * ends where it was made; so an id that was given later is noticed, although the server gives the
 * same ids again after the backup was restored. */
#ifndef CW_STORE_IDENTITY_H
#define CW_STORE_IDENTITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/limits.h"

/* "IDENTITY.TIMELINE": 32 hexadecimal digits, and 0 here (it is for back ends that can
 * fork by themselves). */
#define CW_DB_ID_LEN 16
#define CW_DB_MAX    (2 * CW_DB_ID_LEN + sizeof ".0")

struct cw_store_era {
    uint64_t first_id;
    uint64_t era;
};

struct cw_store_identity {
    char db[CW_DB_MAX];
    size_t era_count;
    struct cw_store_era eras[CW_ERAS_MAX]; /* oldest first; the last is the present one */
};

struct cw_store;

/* The identity of the open store; only cw_store_renew_identity changes it. */
const struct cw_store_identity *cw_store_identity(const struct cw_store *store);
/* The private key by which push services know this server (push/vapid.h): CW_PUSH_SECRET_N bytes,
 * as long as the store. */
const uint8_t *cw_store_push_secret(const struct cw_store *store);
/* Has a browser subscribed to push messages? As of when the store was opened. */
bool cw_store_has_pushes(const struct cw_store *store);
/* The highest id that was ever given to a message. Not while another thread executes. */
uint64_t cw_store_newest(const struct cw_store *store);

/* Makes it another database: a new identity, one new era only, and ids that begin CW_ID_LEAP
 * higher, so that no id is used twice that was given after the present data was copied. For callers
 * that know that messages are missing. No batch may be under way. False: it could not be written,
 * and nothing has changed (or the store has failed). */
bool cw_store_renew_identity(struct cw_store *store);

#endif
