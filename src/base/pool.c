/* pool.c - see pool.h. */
#include "base/pool.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

void *cw_pool_take(struct cw_pool *pool, size_t size)
{
    void *p = pool->first;
    if (size > pool->block_size)
        return cw_alloc(size);
    if (p == NULL)
        return cw_alloc(pool->block_size);
    memcpy(&pool->first, p, sizeof pool->first);
    pool->kept--;
    return p;
}

void cw_pool_give(struct cw_pool *pool, void *p, size_t size)
{
    if (size > pool->block_size || pool->kept == pool->kept_max) {
        free(p);
        return;
    }
    memcpy(p, &pool->first, sizeof pool->first);
    pool->first = p;
    pool->kept++;
}

void cw_pool_finish(struct cw_pool *pool)
{
    while (pool->first != NULL) {
        void *p = pool->first;
        memcpy(&pool->first, p, sizeof pool->first);
        free(p);
    }
    pool->kept = 0;
}
