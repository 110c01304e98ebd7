/* reactions.h - reactions to messages, and quotes of what they answer, in memory.
 *
 * Private to this folder. */
#ifndef CW_STORE_MEMORY_REACTIONS_H
#define CW_STORE_MEMORY_REACTIONS_H

#include "store/memory/memory.h"

/* One kind of reaction to a message, while somebody has put it. */
struct cw_memory_reaction {
    uint64_t message_id;
    struct cw_slice emoji;
    struct cw_memory_list users; /* ascending ids */
};

/* The quote of this entry, or NULL. */
const struct cw_store_quote *cw_memory_quote(struct cw_memory *m, uint64_t conversation,
                                             uint64_t seq);
/* Fills in the message's reactions as the viewer sees them. */
void cw_memory_show_reactions(struct cw_memory *m, uint64_t conversation, uint64_t viewer_id,
                              struct cw_store_message *message);
/* The message was deleted or has gone. */
void cw_memory_reactions_drop(struct cw_memory *m, uint64_t message_id);

#endif
