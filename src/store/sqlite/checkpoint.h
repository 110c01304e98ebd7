/* checkpoint.h - copies the log into the database. */
#ifndef CW_STORE_SQLITE_CHECKPOINT_H
#define CW_STORE_SQLITE_CHECKPOINT_H

#include <stdbool.h>

struct cw_sqlite; /* state.h */

/* From now on s->wal_pages says how long the log is; nothing is copied without being asked. */
void cw_sqlite_count_log(struct cw_sqlite *s);

/* Copies the log into the database; true when all of it could be. A full disk only delays it. The
 * log is then overwritten from its beginning, or truncated. */
enum cw_sqlite_log_end { CW_LOG_STAYS, CW_LOG_CUT };
bool cw_sqlite_checkpoint(struct cw_sqlite *s, enum cw_sqlite_log_end end);

/* The less room there is, the shorter the log is kept; before a batch it has room for one
 * more, or trouble is NO_ROOM. */
void cw_sqlite_shorten_log(struct cw_sqlite *s);
void cw_sqlite_bound_log(struct cw_sqlite *s);

#endif
