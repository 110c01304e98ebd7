/* own.h - finds the messages that a user has sent. */
#ifndef CW_STORE_SQLITE_OWN_H
#define CW_STORE_SQLITE_OWN_H

#include "store/store_backend.h"

struct cw_sqlite; /* state.h */

/* A source of a page, which is a merge of sources: a mailbox, or the conversation of a pair. */
struct cw_sqlite_source {
    uint64_t mailbox;
    uint64_t next; /* its next message, 0: none */
    uint64_t seq;  /* of a conversation: where that stands; else 0 */
    struct cw_slice name;
};

/* The conversations of the user's pairs that have something above `after`, and room
 * behind them for `more` sources. */
struct cw_sqlite_source *cw_sqlite_own_sources(struct cw_sqlite *s, uint64_t user_id,
                                               uint64_t after, size_t more, size_t *count,
                                               struct cw_arena *arena);

#endif
