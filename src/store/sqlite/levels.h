/* levels.h - the levels of the index of words, of which SQLite's FTS5 makes ever more. */
#ifndef CW_STORE_SQLITE_LEVELS_H
#define CW_STORE_SQLITE_LEVELS_H

#include <stdbool.h>

struct cw_sqlite; /* state.h */

/* In a transaction that has not written words: leaves out those without a segment, when there are
 * many. True: FTS5 must read them again, after the commit. */
bool cw_sqlite_levels_lower(struct cw_sqlite *s);
/* Outside of a transaction. */
void cw_sqlite_levels_read_again(struct cw_sqlite *s);

#endif
