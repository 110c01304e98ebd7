/* rebuild.h - tables and indexes made anew. */
#ifndef CW_STORE_SQLITE_REBUILD_H
#define CW_STORE_SQLITE_REBUILD_H

#include <stdbool.h>
#include <stdint.h>

struct cw_sqlite; /* state.h */

/* Outside of a transaction: makes anew what is damaged of the tables in a statement (NULL:
 * of all). True: something was made, and what is in memory must be loaded again. */
bool cw_sqlite_rebuild(struct cw_sqlite *s, const char *sql);

/* The highest id that anybody was told of, as far as that can be read. */
uint64_t cw_sqlite_newest_told(struct cw_sqlite *s);

#endif
