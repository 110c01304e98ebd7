/* shrink.c - gives pages that nothing uses back to the disk while the store is open: a slice of
 * few pages in an idle moment, so that a message that comes meanwhile waits some milliseconds.
 * Pages from the end of the file take the place of free ones, and the file ends earlier with the
 * next checkpoint. A part of the free pages stays for what is stored next.
 *
 * Files of earlier versions do not say who refers to a page: they are written anew once
 * (compact.c). None goes while a copy is made: it would copy pages that move again. */
#include "store/sqlite/shrink.h"

#include "store/sqlite/checkpoint.h"
#include "store/sqlite/database.h"
#include "store/sqlite/operator.h"
#include "store/sqlite/sql.h"
#include "store/sqlite/state.h"
#include "store/sqlite/transaction.h"
#include "store/sqlite/trouble.h"

#define PAGE_SIZE   4096
#define INCREMENTAL 2 /* of PRAGMA auto_vacuum */

/* It begins above one share and ends below another, or each message that goes would be followed by
 * a slice of one page. */
static void count_unused(struct cw_sqlite *s)
{
    uint64_t all = cw_sql_query(s, CW_SQL_PAGE_COUNT, NULL);
    uint64_t unused = cw_sql_query(s, CW_SQL_FREE_PAGES, NULL);
    cw_sqlite_forget_loss(s);
    s->shrink.looked = s->wal_pages;
    s->store.free_bytes = unused * PAGE_SIZE;
    if (unused <= CW_SHRINK_KEEPS || unused * CW_SHRINK_ENDS <= all)
        s->shrink.goes = false;
    else if (unused * CW_SHRINK_BEGINS > all)
        s->shrink.goes = s->shrink.can;
    if (s->shrink.goes)
        s->shrink.slice = unused - CW_SHRINK_KEEPS < CW_SHRINK_PAGES
                              ? (unsigned)(unused - CW_SHRINK_KEEPS)
                              : CW_SHRINK_PAGES;
}

void cw_sqlite_shrink_begin(struct cw_sqlite *s)
{
    int mode = 0;
    s->shrink.can = cw_database_number(s->db, "PRAGMA auto_vacuum", &mode) == CW_DATABASE_GOOD &&
                    mode == INCREMENTAL;
    count_unused(s);
}

void cw_sqlite_shrink_tick(struct cw_sqlite *s)
{
    if (s->shrink.looked != s->wal_pages)
        count_unused(s);
    s->shrink.slices = s->shrink.goes ? CW_SHRINK_SLICES : 0;
}

/* After a commit. One that makes the log as long as it was at the last look, behind a checkpoint,
 * is seen with the next. */
bool cw_sqlite_shrink_tick_due(const struct cw_sqlite *s)
{
    return s->shrink.goes || s->shrink.looked != s->wal_pages;
}

bool cw_sqlite_shrink_due(const struct cw_sqlite *s)
{
    return s->shrink.goes && s->shrink.slices != 0 && s->copy == NULL;
}

/* A row for each page. */
static unsigned give_back(struct cw_sqlite *s)
{
    unsigned pages = 0;
    cw_sql_statement *st = cw_sql_of(s, CW_SQL_GIVE_BACK);
    while (pages < s->shrink.slice && cw_sql_row(s, st))
        pages++;
    cw_sql_end(st);
    return pages;
}

/* The pages that say who refers to a page, or the list of free ones, cannot be trusted: what is
 * stored is not affected. A page that cannot be read for the moment is tried again. */
static void give_up(struct cw_sqlite *s)
{
    if (s->lost_damaged) {
        s->shrink.can = s->shrink.goes = false;
        cw_sqlite_log(s, "unused pages of the database are not given back to the disk any more: "
                         "the list of them is damaged. Stop the server, and see --check and "
                         "--compact");
    }
    cw_sqlite_forget_loss(s);
}

bool cw_sqlite_shrink_step(struct cw_sqlite *s)
{
    cw_sqlite_begin(s, CW_SQL_BEGIN_WRITING);
    bool some = give_back(s) != 0;
    cw_sqlite_end(s);
    bool good = some && s->trouble == CW_STORE_OK;
    if (cw_sqlite_is_lost(s))
        give_up(s);
    if (s->trouble == CW_STORE_NO_ROOM) /* the disk is full: at another tick */
        s->trouble = CW_STORE_OK;
    s->shrink.slices = good ? s->shrink.slices - 1 : 0;
    if (s->trouble == CW_STORE_OK)
        count_unused(s);
    bool more = cw_sqlite_shrink_due(s);
    if (!more && s->trouble == CW_STORE_OK)
        cw_sqlite_checkpoint(s, CW_LOG_STAYS);
    return more;
}
