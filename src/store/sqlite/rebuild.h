/* rebuild.h - builds damaged tables and indexes again. */
#ifndef CW_STORE_SQLITE_REBUILD_H
#define CW_STORE_SQLITE_REBUILD_H

#include <stdbool.h>
#include <stdint.h>

struct cw_sqlite; /* state.h */

/* Outside of a transaction: builds again the damaged parts of the tables in a statement (NULL: of
 * all). True: something was built, and the data in memory must be loaded again. */
bool cw_sqlite_rebuild(struct cw_sqlite *s, const char *sql);

/* The highest id that a client may have, as far as that can be read. */
uint64_t cw_sqlite_newest_told(struct cw_sqlite *s);

#endif
