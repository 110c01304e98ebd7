/* databases.h - stores over PostgreSQL for tests: in the server that tools/with_postgres has
 * started. One fixture at a time. */
#ifndef CW_TEST_STORE_DATABASES_H
#define CW_TEST_STORE_DATABASES_H

#include "support.h"

/* Opens the fixture's store, which must go well. */
void database_open(struct fixture *f);
/* Its URL. */
const char *database_url(void);
/* From now on each INSERT and UPDATE finds the disk full, or no longer. */
void database_fill(struct fixture *f, bool full);
/* When the store is closed: the next one is new. */
void database_drop(struct fixture *f);
/* Statements on a connection beside the store; the first value of the last one's rows, or "". */
const char *database_ask(const char *sql);

#endif
