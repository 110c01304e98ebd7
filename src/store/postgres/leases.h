/* leases.h - leases of calls (store_lease.h) in the table call_leases, by the database's clock. The
 * bell's thread carries them out, on its connection: a batch that stands still delays no renewal.
 * Called by backend.c and bell.c. */
#ifndef CW_STORE_POSTGRES_LEASES_H
#define CW_STORE_POSTGRES_LEASES_H

#include "store/postgres/connection.h"
#include "store/store_lease.h"

struct cw_postgres_leases;

struct cw_postgres_leases *cw_postgres_leases_create(unsigned node, uint64_t process);
void cw_postgres_leases_destroy(struct cw_postgres_leases *leases);
void cw_postgres_leases_set(struct cw_postgres_leases *leases, cw_store_lease_told *told,
                            void *context);
/* Any thread; the bell is then to be woken. */
void cw_postgres_leases_ask(struct cw_postgres_leases *leases, uint64_t call, bool take);

/* What was asked for, and what is due. `conn` NULL: there is none, and nobody can tell. False: it
 * is lost. */
bool cw_postgres_leases_work(struct cw_postgres_leases *leases, PGconn *conn);
/* When that is due again at the latest, in ms from now, but no more than `most`. */
int cw_postgres_leases_wait(struct cw_postgres_leases *leases, int most);

#endif
