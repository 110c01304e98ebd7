/* mentions.h - whom messages mention. */
#ifndef CW_STORE_SQLITE_MENTIONS_H
#define CW_STORE_SQLITE_MENTIONS_H

#include "store/store_backend.h"

struct cw_sqlite; /* state.h */

uint64_t cw_sqlite_user_by_key(struct cw_store *store, struct cw_slice key);

/* Stores whom the request's text mentions, which is this message's now: in the transaction under
 * way, and in the result. */
void cw_sqlite_mentions_add(struct cw_sqlite *s, const struct cw_store_request *request,
                            const struct cw_store_message *message, struct cw_store_result *result,
                            struct cw_arena *arena);
/* The message was deleted or has gone. */
void cw_sqlite_mentions_drop(struct cw_sqlite *s, uint64_t message_id);
/* The user has left the group, and what they were told of it is forgotten, too. */
void cw_sqlite_mentions_leave(struct cw_sqlite *s, uint64_t user_id, uint64_t conversation);

/* Fills in the mentions of the message, whose text is that of message `id`, as the user sees them.
 */
void cw_sqlite_mentions_read(struct cw_sqlite *s, uint64_t user_id, uint64_t id,
                             struct cw_store_message *message, struct cw_arena *arena);
/* How many behind the user's marker mention them. */
uint64_t cw_sqlite_mentions_unread(struct cw_sqlite *s, uint64_t user_id,
                                   const struct cw_store_conversation *line);

#endif
