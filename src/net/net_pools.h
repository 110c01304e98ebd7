/* net_pools.h - the memory of bodies and queues of one cw_net, and the ledger that is charged for
 * it. */
#ifndef CW_NET_NET_POOLS_H
#define CW_NET_NET_POOLS_H

#include "base/account.h"
#include "base/pool.h"

/* Bodies of short texts and answers are blocks of this size, kept for the next. */
#define CW_BODY_BLOCK 256

/* Ring buffers that empty lanes have given back, for use by other lanes of all queues. */
struct cw_out_rings {
    struct cw_pool small, large;
};

struct cw_net_pools {
    struct cw_pool bodies;
    struct cw_out_rings rings;
    struct cw_ledger *ledger; /* outlives the net */
    uint64_t late;            /* as in struct cw_net_stats */
};

#endif
