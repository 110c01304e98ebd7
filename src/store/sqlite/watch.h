/* watch.h - is the data folder still where it was? */
#ifndef CW_STORE_SQLITE_WATCH_H
#define CW_STORE_SQLITE_WATCH_H

#include <stdbool.h>

struct cw_sqlite; /* state.h */
struct cw_store;

/* Remembers the files that the paths lead to, and asks the kernel to report changes of them. */
void cw_sqlite_watch_begin(struct cw_sqlite *s);
void cw_sqlite_watch_end(struct cw_sqlite *s);

/* Do the paths still lead to these files? Otherwise sets trouble and failure. */
bool cw_sqlite_watch(struct cw_sqlite *s);

/* The same after a commit: looks at the paths only if something may have changed. */
bool cw_sqlite_watch_quickly(struct cw_sqlite *s);

/* cw_store_disturbed, on any thread. */
bool cw_sqlite_disturbed(struct cw_store *store);

#endif
