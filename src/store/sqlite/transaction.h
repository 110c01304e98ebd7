/* transaction.h - a transaction, and the data in memory that must agree with it. */
#ifndef CW_STORE_SQLITE_TRANSACTION_H
#define CW_STORE_SQLITE_TRANSACTION_H

#include "store/sqlite/statements.h"

struct cw_sqlite; /* state.h */

/* Begins one; ends it: its outcome is in s->trouble. */
void cw_sqlite_begin(struct cw_sqlite *s, enum cw_sql how);
void cw_sqlite_end(struct cw_sqlite *s);

/* Undoes it: nothing of it is kept. */
void cw_sqlite_undo(struct cw_sqlite *s);

#endif
