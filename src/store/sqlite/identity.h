/* identity.h - the identity and the eras of the database. */
#ifndef CW_STORE_SQLITE_IDENTITY_H
#define CW_STORE_SQLITE_IDENTITY_H

#include <stdbool.h>

struct cw_sqlite; /* state.h */

/* Reads the present identity into store.identity. */
void cw_sqlite_identity_load(struct cw_sqlite *s);

/* Makes the change in one transaction, and reads the result into store.identity. False: a full
 * disk, or a page that cannot be read, has undone it; the store can continue. */
bool cw_sqlite_identity_write(struct cw_sqlite *s, void (*change)(struct cw_sqlite *s));

/* Such changes: a new era, from the next id on; another identity, with ids
 * above all that were given. */
void cw_sqlite_era_begin(struct cw_sqlite *s);
void cw_sqlite_identity_renew(struct cw_sqlite *s);

#endif
