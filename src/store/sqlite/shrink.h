/* shrink.h - gives pages that nothing uses back to the disk while the store is open. */
#ifndef CW_STORE_SQLITE_SHRINK_H
#define CW_STORE_SQLITE_SHRINK_H

#include <stdbool.h>

struct cw_sqlite; /* state.h */

/* After the database was opened: can this file be made smaller page by page? */
void cw_sqlite_shrink_begin(struct cw_sqlite *s);

/* Once a second: looks how much is free, and allows the next slices. Would it have work to do? */
void cw_sqlite_shrink_tick(struct cw_sqlite *s);
bool cw_sqlite_shrink_tick_due(const struct cw_sqlite *s);

/* Is a slice due? One of them, in a transaction of its own; true when another one is due. */
bool cw_sqlite_shrink_due(const struct cw_sqlite *s);
bool cw_sqlite_shrink_step(struct cw_sqlite *s);

#endif
