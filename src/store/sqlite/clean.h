/* clean.h - erases deleted data from the disk. */
#ifndef CW_STORE_SQLITE_CLEAN_H
#define CW_STORE_SQLITE_CLEAN_H

#include <stdbool.h>

struct cw_sqlite; /* state.h */

/* The places that may still contain deleted data. */
enum {
    CW_UNCLEAN_LOG = 1,
    CW_UNCLEAN_WORDS = 2,
    CW_UNCLEAN_FREE = 4, /* pages that version 0.1.0 left: they are taken ... */
    CW_UNCLEAN_ZEROS = 8 /* ... and given back */
};

/* In the transaction that deletes. */
void cw_sqlite_unclean(struct cw_sqlite *s, unsigned what);

/* Once a second: what is unclean is due. */
void cw_sqlite_clean_tick(struct cw_sqlite *s);

/* The work that is due: a step, in a transaction; or the log must be truncated, and then
 * clean_log_done runs in a transaction. */
enum cw_sqlite_cleaning { CW_CLEAN_NOTHING, CW_CLEAN_STEP, CW_CLEAN_LOG };
enum cw_sqlite_cleaning cw_sqlite_clean_next(const struct cw_sqlite *s);
void cw_sqlite_clean_step(struct cw_sqlite *s);
/* After the transaction of a step, whether it was committed or not. */
void cw_sqlite_clean_step_done(struct cw_sqlite *s);
void cw_sqlite_clean_log_done(struct cw_sqlite *s);

#endif
