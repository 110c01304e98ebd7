/* messages.h - the deletion of a message's content, in memory. */
#ifndef CW_STORE_MEMORY_MESSAGES_H
#define CW_STORE_MEMORY_MESSAGES_H

#include "store/memory/memory.h"

/* The message loses its content, and is deleted from now on. */
void cw_memory_message_blank(struct cw_memory *m, struct cw_memory_entry *entry, uint64_t time_ms);

#endif
