/* commit.h - the end of a transaction, and what is known of it. Called by sql.c. */
#ifndef CW_STORE_POSTGRES_COMMIT_H
#define CW_STORE_POSTGRES_COMMIT_H

#include <stdbool.h>

struct cw_sqlite; /* ../sqlite/state.h */

/* COMMIT, in one pipeline with what was not sent yet and the number of the batch. With trouble
 * nothing was committed (NO_ROOM, UNAVAILABLE), or that is unknown (FAILED: the process ends
 * without an answer, as after a failed sync). */
void cw_postgres_commit(struct cw_sqlite *s);

/* ROLLBACK, of what is there to be undone; false: that failed. */
bool cw_postgres_roll_back(struct cw_sqlite *s);

#endif
