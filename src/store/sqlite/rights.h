/* rights.h - permission to send. */
#ifndef CW_STORE_SQLITE_RIGHTS_H
#define CW_STORE_SQLITE_RIGHTS_H

#include "store/store_backend.h"

struct cw_sqlite; /* state.h */

/* struct cw_store_facts. */
bool cw_sqlite_is_deleted(struct cw_store *store, uint64_t user_id);
/* False: the user has certainly blocked nobody. */
bool cw_sqlite_may_have_blocked(struct cw_sqlite *s, uint64_t user_id);
bool cw_sqlite_has_blocked(struct cw_store *store, uint64_t user_id, uint64_t other_id);
struct cw_store_right cw_sqlite_right_of(struct cw_store *store, uint64_t user_id,
                                         uint64_t conversation);

/* The first at the start (and after a rebuild), the second after each block. */
void cw_sqlite_rights_load(struct cw_sqlite *s);
void cw_sqlite_blocks_somebody(struct cw_sqlite *s, uint64_t user_id);
/* The user has deleted the account. */
void cw_sqlite_somebody_left(struct cw_sqlite *s, uint64_t user_id);

/* After each change of a fact that permissions depend on, and after a transaction that was
 * undone. */
void cw_sqlite_rights_changed(struct cw_sqlite *s);

#endif
