/* trouble.h - errors in a batch, and which requests they affect. */
#ifndef CW_STORE_SQLITE_TROUBLE_H
#define CW_STORE_SQLITE_TROUBLE_H

#include <stdbool.h>
#include <stdint.h>

#include "store/sqlite/statements.h"

struct cw_sqlite; /* state.h */

/* Keeps the worst of what SQLite's result code (of a statement) means for the batch. */
void cw_sqlite_note(struct cw_sqlite *s, int rc);
void cw_sqlite_note_of(struct cw_sqlite *s, cw_sql_statement *st, int rc);

/* A statement (or NULL) met one. */
void cw_sqlite_lose(struct cw_sqlite *s, cw_sql_statement *st, bool damaged);

/* Is that all the trouble there is? */
bool cw_sqlite_is_lost(const struct cw_sqlite *s);
void cw_sqlite_forget_loss(struct cw_sqlite *s);

/* It is, and this statement met damage: the reader goes on without the row. */
bool cw_sqlite_pass(struct cw_sqlite *s, enum cw_sql which);

/* The sentence for a result code met while opening. */
void cw_sqlite_explain(cw_database *db, int rc, const char *folder, char error[256]);

#endif
