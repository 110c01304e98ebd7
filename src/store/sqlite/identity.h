/* identity.h - whose ids these are. */
#ifndef CW_STORE_SQLITE_IDENTITY_H
#define CW_STORE_SQLITE_IDENTITY_H

#include <stdbool.h>

struct cw_sqlite; /* state.h */

/* Reads what holds into store.identity. */
void cw_sqlite_identity_load(struct cw_sqlite *s);

/* In one transaction makes the change, and reads what holds into store.identity. False: a
 * full disk, or a page that cannot be read, has undone it; that is no trouble of the store. */
bool cw_sqlite_identity_write(struct cw_sqlite *s, void (*change)(struct cw_sqlite *s));

/* Such changes: a new era, from the next id on; another identity, with ids
 * above all that were given. */
void cw_sqlite_era_begin(struct cw_sqlite *s);
void cw_sqlite_identity_renew(struct cw_sqlite *s);

#endif
