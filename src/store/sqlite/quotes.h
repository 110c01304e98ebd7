/* quotes.h - what a message answers. */
#ifndef CW_STORE_SQLITE_QUOTES_H
#define CW_STORE_SQLITE_QUOTES_H

#include "store/store_backend.h"

struct cw_sqlite; /* state.h */

/* The quote of number seq of the conversation as it is now; NULL: 0, or it was deleted, has gone or
 * cannot be read. */
const struct cw_store_quote *cw_sqlite_quote(struct cw_sqlite *s, uint64_t conversation,
                                             uint64_t seq, struct cw_arena *arena);

#endif
