/* bell.h - how servers on one database wake each other: LISTEN and NOTIFY on a connection and a
 * thread of their own. It is a hint and nothing else: what is lost is found by looking, each
 * CW_POSTGRES_LOOK_MS at the latest (backend.c). The same thread renews the server's lease, and
 * carries out those of calls (leases.h). Called by commit.c, link.c and backend.c. */
#ifndef CW_STORE_POSTGRES_BELL_H
#define CW_STORE_POSTGRES_BELL_H

#include <stdint.h>

struct cw_postgres_bell;
struct cw_postgres_leases;
struct cw_postgres_node;

/* `rung` is called on the bell's thread when another server has rung. */
struct cw_postgres_bell *cw_postgres_bell_start(const char *url,
                                                const struct cw_postgres_node *node,
                                                struct cw_postgres_leases *leases,
                                                void (*rung)(void *context), void *context);
void cw_postgres_bell_stop(struct cw_postgres_bell *bell);
/* As cw_store_renewed_ms. `bell` may be NULL. Any thread. */
uint64_t cw_postgres_bell_renewed_ms(struct cw_postgres_bell *bell);
/* Something was committed. `bell` may be NULL. Does not wait. */
void cw_postgres_bell_ring(struct cw_postgres_bell *bell);
/* There is work for the leases. `bell` may be NULL. */
void cw_postgres_bell_wake(struct cw_postgres_bell *bell);

#endif
