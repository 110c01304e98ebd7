/* reactions.h - the reactions to messages. */
#ifndef CW_STORE_SQLITE_REACTIONS_H
#define CW_STORE_SQLITE_REACTIONS_H

#include "store/store_backend.h"

struct cw_sqlite; /* state.h */

/* Who looks at a conversation, and whose reactions they are not shown. */
struct cw_sqlite_viewer {
    uint64_t user_id;
    uint64_t *hidden; /* ids of users, ascending */
    size_t hidden_count;
};
void cw_sqlite_viewer_init(struct cw_sqlite *s, struct cw_sqlite_viewer *viewer,
                           uint64_t conversation, uint64_t user_id, struct cw_arena *arena);

/* A message's reactions while they are read: numbers[i] is that of reactions[i]. */
struct cw_sqlite_kinds {
    struct cw_store_reaction reactions[CW_REACTIONS_MAX];
    uint64_t numbers[CW_REACTIONS_MAX];
    size_t count;
    uint64_t total;
};

/* Those of the entries `first` to `last` of the conversation, by one query: kinds[i] of `first` +
 * i, NULL: it has none. */
void cw_sqlite_kinds_read(struct cw_sqlite *s, uint64_t conversation, uint64_t first, uint64_t last,
                          struct cw_sqlite_kinds *kinds[], struct cw_arena *arena);

/* Fills in the message's reactions, which stay in `kinds`, as the viewer sees them. */
void cw_sqlite_reactions_read(struct cw_sqlite *s, const struct cw_sqlite_viewer *viewer,
                              struct cw_sqlite_kinds *kinds, struct cw_store_message *message);

/* The message was deleted or has gone, in the transaction under way. */
void cw_sqlite_reactions_drop(struct cw_sqlite *s, const struct cw_store_message *message);

#endif
