/* transaction.c - a transaction, with the data in memory that must agree with it: begun, ended and
 * undone together. */
#include "store/sqlite/transaction.h"
#include "store/sqlite/files.h"
#include "store/sqlite/inbox.h"
#include "store/sqlite/news.h"
#include "store/sqlite/retention.h"
#include "store/sqlite/rights.h"
#include "store/sqlite/sql.h"
#include "store/sqlite/state.h"
#include "store/sqlite/statements.h"
#include "store/sqlite/stored.h"
#include "store/sqlite/window.h"

static void roll_back(struct cw_sqlite *s)
{
    cw_inbox_index_undo(&s->inbox);
    cw_sqlite_rights_changed(s);
    cw_sqlite_stored_void(s);
    s->newest = s->newest_begin;
    s->unclean = s->unclean_begin;
    s->search_to = s->search_to_begin;
    cw_sqlite_sweep_undo(s);
    s->departing.at = s->departing.at_begin;
    s->departures = true;
    if (!cw_sql_roll_back(s))
        s->trouble = CW_STORE_FAILED;
}

void cw_sqlite_begin(struct cw_sqlite *s, enum cw_sql how)
{
    cw_sqlite_catch_up(s, how);
    cw_sqlite_stored_ready(s);
    cw_inbox_index_begin(&s->inbox);
    s->passed = false;
    s->newest_begin = s->newest;
    s->unclean_begin = s->unclean;
    s->search_to_begin = s->search_to;
    s->departing.at_begin = s->departing.at;
    cw_sql_run(s, how);
}

void cw_sqlite_end(struct cw_sqlite *s)
{
    cw_sqlite_windows_write(s);
    cw_sqlite_stored_write(s);
    cw_sql_run(s, CW_SQL_COMMIT);
    bool committed = s->trouble == CW_STORE_OK;
    if (committed)
        cw_sqlite_inbox_keep(s);
    else
        roll_back(s);
    cw_sqlite_windows_forget(s);
    cw_sqlite_files_end(s, committed);
}

void cw_sqlite_undo(struct cw_sqlite *s)
{
    roll_back(s);
    cw_sqlite_windows_forget(s);
    cw_sqlite_files_end(s, false);
}
