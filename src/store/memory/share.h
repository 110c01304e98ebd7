/* share.h - what belongs to a message in a page, in memory.
 *
 * Private to this folder. */
#ifndef CW_STORE_MEMORY_SHARE_H
#define CW_STORE_MEMORY_SHARE_H

#include "store/memory/memory.h"

/* Fills in quote, reactions and pin of a message in a page for this viewer. */
void cw_memory_show_share(struct cw_memory *m, uint64_t conversation, uint64_t viewer_id,
                          struct cw_store_message *message);

#endif
