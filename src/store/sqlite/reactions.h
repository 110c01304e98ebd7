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

/* Fills in the message's reactions as the viewer sees them. */
void cw_sqlite_reactions_read(struct cw_sqlite *s, const struct cw_sqlite_viewer *viewer,
                              struct cw_store_message *message, struct cw_arena *arena);

/* The message was deleted or has gone, in the transaction under way. */
void cw_sqlite_reactions_drop(struct cw_sqlite *s, uint64_t message_id);

#endif
