/* share.h - reactions to messages, quotes and pins, in memory.
 *
 * Private to this folder. */
#ifndef CW_STORE_MEMORY_SHARE_H
#define CW_STORE_MEMORY_SHARE_H

#include "store/memory/memory.h"
#include "store/rules_share.h"

struct cw_memory_pin {
    uint64_t seq, time_ms;
};

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
/* When the entry was pinned; 0: it is not. */
uint64_t cw_memory_pinned_ms(struct cw_memory *m, uint64_t conversation, uint64_t seq);
/* The pins of the group, by seq; NULL: there is no such group. */
struct cw_memory_list *cw_memory_pins_of(struct cw_memory *m, uint64_t group_id);
/* The place of the first pin with this number or a higher one. */
size_t cw_memory_place_of_pin(const struct cw_memory_list *pins, uint64_t seq);
/* The message was deleted or has gone. */
void cw_memory_reactions_drop(struct cw_memory *m, uint64_t message_id);
void cw_memory_pin_drop(struct cw_memory *m, uint64_t conversation, uint64_t seq);
/* All of these for a message in a page for this viewer. */
void cw_memory_show_share(struct cw_memory *m, uint64_t conversation, uint64_t viewer_id,
                          struct cw_store_message *message);

#endif
