/* body.c - see body.h. */
#include "net/body.h"

#include <assert.h>
#include <stdlib.h>

#include "net/net_pools.h"

/* Its memory, the block of its pool included. */
static size_t memory_of(const struct cw_body *body)
{
    size_t n = sizeof *body + (body->lent == NULL ? body->n : 0);
    return cw_account_size(n < CW_BODY_BLOCK ? CW_BODY_BLOCK : n) +
           cw_account_size(body->held.slice.n);
}

struct cw_body *cw_body_create(struct cw_net_pools *pools, size_t n)
{
    struct cw_body *body = cw_pool_take(&pools->bodies, sizeof *body + n);
    *body = (struct cw_body){.pools = pools, .n = n, .whole = (uint32_t)n, .references = 1};
    cw_ledger_charge(pools->ledger, memory_of(body));
    return body;
}

struct cw_body *cw_body_create_before(struct cw_net_pools *pools, size_t n,
                                      struct cw_body *const rest[2])
{
    struct cw_body *body = cw_body_create(pools, n);
    for (int i = 0; i < 2 && rest[i] != NULL; i++) {
        assert(rest[i]->references > 0 && rest[i]->pools == pools);
        body->rest[i] = rest[i];
        body->whole += rest[i]->whole;
    }
    return body;
}

struct cw_body *cw_body_lend(struct cw_net_pools *pools, struct cw_slice bytes,
                             struct cw_owned memory)
{
    assert(bytes.p != NULL);
    struct cw_body *body = cw_pool_take(&pools->bodies, sizeof *body);
    *body = (struct cw_body){.pools = pools,
                             .n = bytes.n,
                             .held = memory,
                             .lent = bytes.p,
                             .whole = (uint32_t)bytes.n,
                             .references = 1};
    cw_ledger_charge(pools->ledger, memory_of(body));
    return body;
}

void cw_body_release(struct cw_body *body)
{
    if (--body->references != 0)
        return;
    struct cw_net_pools *pools = body->pools;
    for (int i = 0; i < 2 && body->rest[i] != NULL; i++)
        cw_body_release(body->rest[i]);
    cw_ledger_give(pools->ledger, memory_of(body));
    cw_owned_free(&body->held);
    cw_pool_give(&pools->bodies, body, sizeof *body + (body->lent == NULL ? body->n : 0));
}
