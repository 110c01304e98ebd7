/* log.h - checks the log of the database before SQLite reads it. */
#ifndef CW_STORE_SQLITE_LOG_H
#define CW_STORE_SQLITE_LOG_H

#include <stdbool.h>

struct cw_sqlite; /* state.h */

/* Before SQLite opens it: is the log damaged (log.c)? False: it is, and no copy of
 * it could be made. */
bool cw_sqlite_judge_log(struct cw_sqlite *s, const char *shown, char error[256]);

/* The same for --check; false: there is none. */
struct cw_wal_verdict;
bool cw_sqlite_read_log(struct cw_sqlite *s, struct cw_wal_verdict *verdict);

#endif
