/* clean.c - erases deleted data from the files of the database. secure_delete overwrites deleted
 * rows with zeros, but only in the database itself. Three other places may contain them:
 * - The log: older states of the pages. It is copied into the database and truncated.
 * - The index of words: FTS5 adds "not any more" to a word and keeps both until their
 *   segments are merged. So all segments are merged into one, some pages at a time.
 * - Once: pages that version 0.1.0 gave back without overwriting them. A table of zeros is made
 * that uses them all, and is dropped.
 *
 * progress.unclean has the work that is left, written with the deletion, so that it survives a
 * crash. The work begins at the next tick, in idle moments: all deletions of one second cost as
 * much as one. A merge for one deletion writes the whole index, so it takes at most 5 % of the
 * time. */
#include "store/sqlite/clean.h"
#include "store/sqlite/levels.h"
#include "store/sqlite/sql.h"
#include "store/sqlite/state.h"

#define PAGES_PER_STEP 16                      /* merged in one step: some 2 ms */
#define STEPS_PER_TICK (CW_STORE_TICK_MS / 40) /* 5 % of the time; more has to be waited for */
#define PAGE_SIZE      4096
#define ZEROS_PER_STEP 64 /* pages */

void cw_sqlite_unclean(struct cw_sqlite *s, unsigned what)
{
    if ((s->unclean & what) == what)
        return;
    s->unclean |= what;
    cw_sql_int(cw_sql_of(s, CW_SQL_UNCLEAN_SET_PROGRESS), 1, s->unclean);
    cw_sql_run(s, CW_SQL_UNCLEAN_SET_PROGRESS);
}

static void done(struct cw_sqlite *s, unsigned what, unsigned next)
{
    s->unclean = (s->unclean & ~what) | next;
    cw_sql_int(cw_sql_of(s, CW_SQL_UNCLEAN_SET_PROGRESS), 1, s->unclean);
    cw_sql_run(s, CW_SQL_UNCLEAN_SET_PROGRESS);
}

static void take_free_pages(struct cw_sqlite *s)
{
    uint64_t pages = cw_sql_query(s, CW_SQL_FREE_PAGES, NULL);
    if (pages == 0) {
        done(s, CW_UNCLEAN_FREE, CW_UNCLEAN_ZEROS);
        return;
    }
    cw_sql_int(cw_sql_of(s, CW_SQL_ZEROS_INSERT), 1,
               PAGE_SIZE * (pages < ZEROS_PER_STEP ? pages : ZEROS_PER_STEP));
    cw_sql_run(s, CW_SQL_ZEROS_INSERT);
}

static void give_back_zeros(struct cw_sqlite *s)
{
    if (cw_sql_run(s, CW_SQL_ZEROS_DELETE) == 0 && s->trouble == CW_STORE_OK)
        done(s, CW_UNCLEAN_ZEROS, CW_UNCLEAN_LOG);
}

/* FTS5's sign that there was nothing left to merge: less than two rows changed. A negative number
 * begins to merge all segments, and adds a level for them when there are new ones: FTS5 of SQLite
 * 3.40 takes an index of more than 2,000 levels for damaged (levels.c). So what was begun is ended
 * first. */
static void merge_words(struct cw_sqlite *s)
{
    uint64_t before = cw_sql_changes(s), pages = PAGES_PER_STEP;
    cw_sql_run_with(s, CW_SQL_SEARCH_MERGE, CW_NUMBERS(s->clean_begun ? pages : 0 - pages));
    s->clean_steps++;
    if (s->trouble != CW_STORE_OK)
        return;
    bool ended = cw_sql_changes(s) - before < 2;
    if (ended && !s->clean_begun) {
        done(s, CW_UNCLEAN_WORDS, CW_UNCLEAN_LOG);
        s->clean_lowered = cw_sqlite_levels_lower(s);
    }
    s->clean_begun = !ended;
}

void cw_sqlite_clean_tick(struct cw_sqlite *s)
{
    s->clean_due = s->unclean != 0;
    s->clean_waits = s->clean_steps > STEPS_PER_TICK && !s->clean_merging;
    s->clean_steps -= s->clean_steps < STEPS_PER_TICK ? s->clean_steps : STEPS_PER_TICK;
}

enum cw_sqlite_cleaning cw_sqlite_clean_next(const struct cw_sqlite *s)
{
    const unsigned pages = CW_UNCLEAN_FREE | CW_UNCLEAN_ZEROS;
    if (!s->clean_due)
        return CW_CLEAN_NOTHING;
    if ((s->unclean & pages) != 0 || ((s->unclean & CW_UNCLEAN_WORDS) != 0 && !s->clean_waits))
        return CW_CLEAN_STEP;
    return (s->unclean & CW_UNCLEAN_LOG) != 0 ? CW_CLEAN_LOG : CW_CLEAN_NOTHING;
}

void cw_sqlite_clean_step(struct cw_sqlite *s)
{
    if ((s->unclean & CW_UNCLEAN_FREE) != 0)
        take_free_pages(s);
    else if ((s->unclean & CW_UNCLEAN_ZEROS) != 0)
        give_back_zeros(s);
    else
        merge_words(s);
    s->clean_merging = (s->unclean & CW_UNCLEAN_WORDS) != 0;
}

void cw_sqlite_clean_step_done(struct cw_sqlite *s)
{
    if (s->clean_lowered)
        cw_sqlite_levels_read_again(s);
    s->clean_lowered = false;
}

void cw_sqlite_clean_log_done(struct cw_sqlite *s)
{
    done(s, CW_UNCLEAN_LOG, 0);
}
