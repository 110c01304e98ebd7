/* query.h - what a search asks of the index of words. Called by search.c. */
#ifndef CW_STORE_SQLITE_QUERY_H
#define CW_STORE_SQLITE_QUERY_H

#include "base/alloc.h"
#include "store/store_request.h"

struct cw_sqlite; /* state.h */

/* For the terms in s->words (cw_words_query), in the places where this user may read. */
struct cw_slice cw_sqlite_query(struct cw_sqlite *s, const struct cw_store_request *request,
                                struct cw_arena *arena);

#endif
