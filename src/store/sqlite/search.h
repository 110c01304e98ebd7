/* search.h - the search index. */
#ifndef CW_STORE_SQLITE_SEARCH_H
#define CW_STORE_SQLITE_SEARCH_H

#include "store/store_backend.h"

struct cw_sqlite; /* state.h */

/* A text whose row was indexed comes (again) or goes, with the body that it has now.
 * Others are left to cw_sqlite_search_follow. */
void cw_sqlite_search_add(struct cw_sqlite *s, const struct cw_store_message *message);
void cw_sqlite_search_remove(struct cw_sqlite *s, const struct cw_store_message *message);

/* Indexes the next so many messages, in the transaction under way. */
void cw_sqlite_search_follow(struct cw_sqlite *s, size_t rows);

/* Outside of a transaction, after it met messages that are damaged: it leaves them out from
 * now on. */
bool cw_sqlite_search_find_gap(struct cw_sqlite *s);

#endif
