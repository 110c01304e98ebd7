/* retention.h - deletes messages that are too old or too many. */
#ifndef CW_STORE_SQLITE_RETENTION_H
#define CW_STORE_SQLITE_RETENTION_H

#include "store/store_backend.h"

struct cw_sqlite; /* state.h */

/* At the start: are there groups to look after? */
void cw_sqlite_retention_load(struct cw_sqlite *s);

/* May messages go at all, with these settings? */
bool cw_sqlite_may_remove(const struct cw_sqlite *s);

/* The first place whose message is kept, or 0. */
uint64_t cw_sqlite_first_kept(struct cw_sqlite *s, uint64_t conversation);

/* A conversation has got a new `last` message: removes a few that are too many. */
void cw_sqlite_prune(struct cw_sqlite *s, uint64_t conversation, uint64_t last,
                     struct cw_arena *arena);

/* Removes old messages; reads up to so many messages. False: that was all. */
bool cw_sqlite_sweep(struct cw_sqlite *s, size_t rows);

/* Its transaction was undone. */
void cw_sqlite_sweep_undo(struct cw_sqlite *s);

/* Tells the operator how many were deleted, at intervals; `now`: at once. */
void cw_sqlite_sweep_tell(struct cw_sqlite *s, bool now);

#endif
