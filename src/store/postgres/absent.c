/* absent.c - what only SQLite's files need: a reserve for a full disk, checkpoints of the log,
 * erasing what pages still hold, pages that cannot be read. PostgreSQL does these itself, or its
 * operator does: here each of them has nothing to do. */
#include "store/sqlite/checkpoint.h"
#include "store/sqlite/clean.h"
#include "store/sqlite/open.h"
#include "store/sqlite/reserve.h"
#include "store/sqlite/shrink.h"
#include "store/sqlite/trouble.h"

/* --- pages that cannot be read ------------------------------------------------------------ */

bool cw_sqlite_is_lost(const struct cw_sqlite *s)
{
    (void)s;
    return false;
}

void cw_sqlite_forget_loss(struct cw_sqlite *s)
{
    (void)s;
}

bool cw_sqlite_pass(struct cw_sqlite *s, enum cw_sql which)
{
    (void)s, (void)which;
    return false;
}

bool cw_sqlite_mend(struct cw_sqlite *s)
{
    (void)s;
    return false;
}

/* --- a full disk --------------------------------------------------------------------------- */

bool cw_sqlite_reserve_make(struct cw_sqlite *s)
{
    (void)s;
    return true;
}

void cw_sqlite_reserve_give_up(struct cw_sqlite *s)
{
    (void)s;
}

bool cw_sqlite_room_for_log(struct cw_sqlite *s)
{
    (void)s;
    return false;
}

void cw_sqlite_room_to_log(const struct cw_sqlite *s)
{
    (void)s;
}

/* --- the log ------------------------------------------------------------------------------- */

bool cw_sqlite_checkpoint(struct cw_sqlite *s, enum cw_sqlite_log_end end)
{
    (void)s, (void)end;
    return true;
}

void cw_sqlite_shorten_log(struct cw_sqlite *s)
{
    (void)s;
}

void cw_sqlite_bound_log(struct cw_sqlite *s)
{
    (void)s;
}

/* --- what is deleted goes when PostgreSQL vacuums ------------------------------------------- */

void cw_sqlite_shrink_tick(struct cw_sqlite *s)
{
    (void)s;
}

bool cw_sqlite_shrink_tick_due(const struct cw_sqlite *s)
{
    (void)s;
    return false;
}

bool cw_sqlite_shrink_due(const struct cw_sqlite *s)
{
    (void)s;
    return false;
}

bool cw_sqlite_shrink_step(struct cw_sqlite *s)
{
    (void)s;
    return false;
}

void cw_sqlite_unclean(struct cw_sqlite *s, unsigned what)
{
    (void)s, (void)what;
}

void cw_sqlite_clean_tick(struct cw_sqlite *s)
{
    (void)s;
}

enum cw_sqlite_cleaning cw_sqlite_clean_next(const struct cw_sqlite *s)
{
    (void)s;
    return CW_CLEAN_NOTHING;
}

void cw_sqlite_clean_step(struct cw_sqlite *s)
{
    (void)s;
}

void cw_sqlite_clean_step_done(struct cw_sqlite *s)
{
    (void)s;
}

void cw_sqlite_clean_log_done(struct cw_sqlite *s)
{
    (void)s;
}
