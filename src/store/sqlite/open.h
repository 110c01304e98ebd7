/* open.h - opens the SQLite back end, and loads its data again after damage. */
#ifndef CW_STORE_SQLITE_OPEN_H
#define CW_STORE_SQLITE_OPEN_H

#include "store/sqlite/statements.h"

struct cw_sqlite; /* state.h */

/* Opens the database in s->folder, with all statements tried; false with a sentence, in
 * which the folder is called `shown`. */
bool cw_sqlite_open_database(struct cw_sqlite *s, const char *shown, char error[256]);

/* Closes it; nothing is changed any more when there is trouble. */
void cw_sqlite_close_database(struct cw_sqlite *s);

/* Reads what is kept in memory; s->trouble says whether that can be used. */
void cw_sqlite_load_all(struct cw_sqlite *s);

/* After a transaction that met an unreadable page: clears the error. True: the page's data was
 * rebuilt (open.c). */
bool cw_sqlite_mend(struct cw_sqlite *s);

#endif
