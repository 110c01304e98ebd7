/* ahead.h - queries that are asked before they are run: many of them in one round trip. Who runs
 * one with the same parameters then (sql.c) has its answer here, so that operations need not know.
 *
 * Only of one transaction, in which nothing is changed meanwhile; all parameters are numbers.
 * Called by news.c and sql.c. */
#ifndef CW_STORE_POSTGRES_AHEAD_H
#define CW_STORE_POSTGRES_AHEAD_H

#include "store/postgres/link.h"
#include "store/sqlite/statements.h"

/* Sends it, unless it was asked already; as many numbers as it has parameters. */
void cw_postgres_ahead_ask(struct cw_sqlite *s, enum cw_sql which, const uint64_t numbers[]);
/* Waits for the answers to what was asked since the last call. *rows: those of a query that was
 * sent before that by cw_postgres_send, to be cleared; or NULL: there was none. In trouble there
 * are no answers. */
void cw_postgres_ahead_receive(struct cw_sqlite *s, PGresult **rows);
/* The answer to this statement with what is bound to it, to be cleared; NULL: it was not asked. */
PGresult *cw_postgres_ahead_take(const struct cw_postgres *pg,
                                 const struct cw_postgres_statement *st);
/* Forgets all. */
void cw_postgres_ahead_end(struct cw_postgres *pg);

#endif
