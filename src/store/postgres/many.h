/* many.h - statements that are run many times in a batch, and wait for no answer (CW_MANY): what is
 * bound to them is gathered, and leaves as arrays in one statement. Called by sql.c and commit.c.
 */
#ifndef CW_STORE_POSTGRES_MANY_H
#define CW_STORE_POSTGRES_MANY_H

#include "store/postgres/link.h"

#define CW_POSTGRES_MANY_ROWS 1024 /* of a statement are sent at once, at the most */

/* Takes what is bound to the statement; true: there are so many rows of it that they must be sent
 * before the next one. */
bool cw_postgres_many_add(struct cw_postgres *pg, struct cw_postgres_statement *st);
/* The next one that has something, with that bound to it: it is to be sent before anything else is
 * done. NULL: none has. */
struct cw_postgres_statement *cw_postgres_many_next(struct cw_postgres *pg);
/* The transaction is undone. */
void cw_postgres_many_forget(struct cw_postgres *pg);
void cw_postgres_many_finish(struct cw_postgres *pg);

#endif
