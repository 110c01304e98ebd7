/* idle.c - the work for idle moments: updating indexes, deleting old messages, erasing deleted data
 * from the disk, giving room back to it. */
#include "store/sqlite/idle.h"
#include "store/sqlite/audit.h"
#include "store/sqlite/checkpoint.h"
#include "store/sqlite/clean.h"
#include "store/sqlite/departures.h"
#include "store/sqlite/file_rows.h"
#include "store/sqlite/files.h"
#include "store/sqlite/lost.h"
#include "store/sqlite/open.h"
#include "store/sqlite/reserve.h"
#include "store/sqlite/retention.h"
#include "store/sqlite/search.h"
#include "store/sqlite/shrink.h"
#include "store/sqlite/state.h"
#include "store/sqlite/stored.h"
#include "store/sqlite/transaction.h"
#include "store/sqlite/trouble.h"
#include "store/sqlite/versions.h"

/* Messages removed in one idle moment: some 2 ms. */
#define SWEEP_SLICE 32

/* A page that cannot be read puts it off. */
static void end_work(struct cw_sqlite *s)
{
    if (s->passed && s->trouble == CW_STORE_OK) {
        uint64_t day = s->sweep.day;
        cw_sqlite_undo(s);  /* SQLite would not commit it */
        s->sweep.day = day; /* the next step goes on behind the damage */
        return;
    }
    cw_sqlite_end(s);
    if (!cw_sqlite_is_lost(s))
        return;
    cw_sqlite_note_loss(s);
    if (!cw_sqlite_mend(s))
        cw_sqlite_work_rests(s);
}

/* One transaction; it writes nothing when there is nothing to do. */
static bool work(struct cw_sqlite *s)
{
    bool behind = s->newest - s->search_to >= s->search_slice && !s->disk_full;
    cw_sqlite_begin(s, CW_SQL_BEGIN_WRITING);
    if (behind)
        cw_sqlite_search_follow(s, s->search_slice);
    cw_sqlite_files_forget(s);
    cw_sqlite_stored_follow(s);
    bool expired = cw_sqlite_upload_expire(s);
    expired |= cw_sqlite_versions_expire(s);
    bool departs = !behind && cw_sqlite_departures_follow(s);
    bool more = (!behind && cw_sqlite_sweep(s, SWEEP_SLICE)) || expired || departs;
    end_work(s);
    more |= behind;
    if (!more && s->trouble == CW_STORE_OK)
        cw_sqlite_sweep_tell(s, false);
    if (s->trouble == CW_STORE_NO_ROOM) { /* the disk is full: later */
        s->trouble = CW_STORE_OK;
        more = false;
    }
    return more;
}

/* On a full disk only what is certain to give room back. */
static bool may_clean(struct cw_sqlite *s, enum cw_sqlite_cleaning what)
{
    return !s->disk_full || (what == CW_CLEAN_LOG && cw_sqlite_room_for_log(s));
}

/* One step of what clean.c says; true when there is more. */
static bool clean(struct cw_sqlite *s)
{
    enum cw_sqlite_cleaning what = cw_sqlite_clean_next(s);
    if (what == CW_CLEAN_NOTHING)
        return false;
    bool good = may_clean(s, what) && (what != CW_CLEAN_LOG || cw_sqlite_checkpoint(s, CW_LOG_CUT));
    if (good) {
        cw_sqlite_begin(s, CW_SQL_BEGIN_WRITING);
        if (what == CW_CLEAN_LOG)
            cw_sqlite_clean_log_done(s);
        else
            cw_sqlite_clean_step(s);
        cw_sqlite_end(s);
        cw_sqlite_clean_step_done(s);
        good = s->trouble == CW_STORE_OK;
    }
    if (cw_sqlite_is_lost(s)) {
        cw_sqlite_note_loss(s);
        cw_sqlite_mend(s);
    }
    if (s->trouble == CW_STORE_NO_ROOM)
        s->trouble = CW_STORE_OK;
    if (s->disk_full && what == CW_CLEAN_LOG && good)
        cw_sqlite_room_to_log(s);
    s->clean_due &= good; /* the disk is full: at another tick */
    return cw_sqlite_clean_next(s) != CW_CLEAN_NOTHING;
}

bool cw_sqlite_idle(struct cw_store *store, bool *again)
{
    struct cw_sqlite *s = (struct cw_sqlite *)store;
    if (s->trouble == CW_STORE_OK && s->wal_pages > CW_WAL_CHECKPOINT_PAGES)
        cw_sqlite_checkpoint(s, CW_LOG_STAYS);
    if (s->trouble == CW_STORE_OK)
        cw_sqlite_shorten_log(s);
    if (s->trouble == CW_STORE_OK && cw_sqlite_may_work(s) &&
        (s->newest - s->search_to >= s->search_slice || s->removals || cw_sqlite_may_remove(s) ||
         s->departures || cw_sqlite_stored_lags(s) || cw_sqlite_uploads_due(s) ||
         cw_sqlite_versions_due(s)))
        *again = work(s);
    *again |= cw_sqlite_files_shrink(s);
    if (s->trouble == CW_STORE_OK)
        *again |= clean(s);
    if (s->trouble == CW_STORE_OK && !*again && cw_sqlite_shrink_due(s))
        *again = cw_sqlite_shrink_step(s);
    return s->trouble == CW_STORE_OK;
}

bool cw_sqlite_tick(struct cw_store *store)
{
    struct cw_sqlite *s = (struct cw_sqlite *)store;
    if (s->disk_full)
        cw_sqlite_reserve_make(s);
    cw_sqlite_clean_tick(s);
    cw_sqlite_shrink_tick(s);
    cw_sqlite_audit_tell(s);
    return s->clean_due || cw_sqlite_shrink_due(s);
}

bool cw_sqlite_tick_due(const struct cw_store *store)
{
    const struct cw_sqlite *s = (const struct cw_sqlite *)store;
    return s->audit_told.grown || s->disk_full || s->unclean != 0 || s->clean_steps != 0 ||
           cw_sqlite_shrink_tick_due(s);
}
