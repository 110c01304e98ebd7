/* store_lease.h - leases of calls that several servers on one database share: which of them decides
 * (core/lease.h). They are asked for and renewed beside the batches, on a thread of the store's
 * own, and no batch waits for them. A store that is alone on its database has none, and is asked
 * for none. Carried out by postgres/leases.c. */
#ifndef CW_STORE_STORE_LEASE_H
#define CW_STORE_STORE_LEASE_H

#include <stdbool.h>
#include <stdint.h>

struct cw_store;

/* CLOCK_BOOTTIME, which also counts what a machine has slept. */
uint64_t cw_store_lease_clock_ms(void);

struct cw_store_lease {
    uint64_t call; /* 0: all that this server has were renewed */
    unsigned node; /* who has it; 0: nobody can tell, or this server has lost it */
    uint64_t epoch;
    uint64_t until_ms; /* this server may act on it until then; else it is 0 */
};

/* On a thread of the store's own. */
typedef void cw_store_lease_told(void *context, const struct cw_store_lease *lease);
/* The lease by which this server has its number: when its last renewal was asked for, by
 * cw_store_lease_clock_ms; 0: it has no lease, or has not renewed it yet. Any thread, while that of
 * the store runs. */
uint64_t cw_store_renewed_ms(const struct cw_store *store);

/* Before the thread of the store starts. */
void cw_store_set_leases(struct cw_store *store, cw_store_lease_told *told, void *context);
/* Take it, if nobody else has it (the answer is told), or give it up. On any thread; it does not
 * wait. */
void cw_store_lease(struct cw_store *store, uint64_t call, bool take);

#endif
