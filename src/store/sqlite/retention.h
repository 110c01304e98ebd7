/* retention.h - what is no longer to be kept. */
#ifndef CW_STORE_SQLITE_RETENTION_H
#define CW_STORE_SQLITE_RETENTION_H

#include "store/store_backend.h"

struct cw_sqlite; /* state.h */

/* How far what is too old has been removed: retention.c. */
#define CW_SQLITE_PASSED 64
struct cw_sqlite_sweep {
    uint64_t day;      /* on which the walks began */
    uint64_t to;       /* that over all messages is here: what is left before it is ahead */
    uint64_t group_id; /* the group that was looked at last */
    struct cw_sqlite_passed {
        uint64_t group_id, seq; /* the same within a group */
    } passed[CW_SQLITE_PASSED]; /* by the remainder of its id */
    size_t room;                /* in this slice */
    bool more;                  /* something else than old messages went */
    uint64_t removed;           /* old ones that the operator has not been told of, ... */
    uint64_t removed_begin;     /* ... before this slice */
    uint64_t told_ms;
};

/* At the start: are there groups to look after? */
void cw_sqlite_retention_load(struct cw_sqlite *s);

/* May messages go at all, with these settings? */
bool cw_sqlite_may_remove(const struct cw_sqlite *s);

/* The first place whose message is kept, or 0. */
uint64_t cw_sqlite_first_kept(struct cw_sqlite *s, uint64_t conversation);

/* A conversation has got a new `last` message: removes a few that are too many. */
void cw_sqlite_prune(struct cw_sqlite *s, uint64_t conversation, uint64_t last,
                     struct cw_arena *arena);

/* Removes what is not to be kept; looks at up to so many messages. False: that was all. */
bool cw_sqlite_sweep(struct cw_sqlite *s, size_t rows);

/* Its transaction was undone. */
void cw_sqlite_sweep_undo(struct cw_sqlite *s);

/* Tells the operator what went, once in a while; `now`: at once. */
void cw_sqlite_sweep_tell(struct cw_sqlite *s, bool now);

#endif
