/* posting.h - slow mode of groups, in memory. Private to this folder. */
#ifndef CW_STORE_MEMORY_POSTING_H
#define CW_STORE_MEMORY_POSTING_H

struct cw_memory;
struct cw_store_request;

/* The message was stored: in slow mode its time is kept. */
void cw_memory_written(struct cw_memory *m, const struct cw_store_request *request);

#endif
