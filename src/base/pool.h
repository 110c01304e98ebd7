/* pool.h - blocks of one size, kept for the next use: for memory that is allocated and freed with
 * each message. One thread. A zeroed struct with a block size is an empty pool. */
#ifndef CW_BASE_POOL_H
#define CW_BASE_POOL_H

#include <stddef.h>

struct cw_pool {
    size_t block_size; /* bytes; at least a pointer's */
    size_t kept_max;   /* blocks; more are given back to the system */
    size_t kept;
    void *first;
};

/* Memory of `size` bytes: a block when it fits into one. Never NULL. */
void *cw_pool_take(struct cw_pool *pool, size_t size);

/* Gives back what was taken with this size. */
void cw_pool_give(struct cw_pool *pool, void *p, size_t size);

/* Frees what is kept. */
void cw_pool_finish(struct cw_pool *pool);

#endif
