/* notify.h - what users are told of, in memory.
 *
 * Private to this folder. */
#ifndef CW_STORE_MEMORY_NOTIFY_H
#define CW_STORE_MEMORY_NOTIFY_H

#include "store/memory/memory.h"

/* All that the user has set. */
void cw_memory_notify_list(struct cw_memory *m, const struct cw_memory_user *user,
                           struct cw_store_result *result);
/* What was set about this conversation. */
void cw_memory_notify_forget(struct cw_memory_user *user, uint64_t conversation);

#endif
