/* posting.h - slow mode of groups, in memory. Private to this folder. */
#ifndef CW_STORE_MEMORY_POSTING_H
#define CW_STORE_MEMORY_POSTING_H

#include "store/store_backend.h"

struct cw_memory;

/* struct cw_store_facts. */
uint64_t cw_memory_written_ms(struct cw_store *store, uint64_t user_id, uint64_t group_id);
/* The message was stored: in slow mode its time is kept. */
void cw_memory_written(struct cw_memory *m, const struct cw_store_request *request);

#endif
