/* trouble.c - what SQLite's result codes mean for a batch: a full disk, a page that cannot
 * be read, or the end. */
#include <sqlite3.h>
#include <stdio.h>

#include "store/sqlite/places.h"
#include "store/sqlite/state.h"
#include "store/sqlite/statements.h"
#include "store/sqlite/trouble.h"

void cw_sqlite_note_of(struct cw_sqlite *s, cw_sql_statement *st, int rc)
{
    switch (rc & 0xff) {
    case SQLITE_OK:
    case SQLITE_ROW:
    case SQLITE_DONE:
        return;
    case SQLITE_FULL:
        if (s->trouble == CW_STORE_OK)
            s->trouble = CW_STORE_NO_ROOM;
        return;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        cw_sqlite_lose(s, st, true);
        return;
    case SQLITE_NOMEM:
    case SQLITE_CANTOPEN:
        cw_sqlite_lose(s, st, false);
        return;
    case SQLITE_IOERR:
        if (rc == SQLITE_IOERR_SHORT_READ || rc == SQLITE_IOERR_READ || rc == SQLITE_IOERR_NOMEM) {
            cw_sqlite_lose(s, st, rc == SQLITE_IOERR_SHORT_READ);
            return;
        } /* else: */
        s->trouble = CW_STORE_FAILED;
        return;
    default: /* a failed sync or write, or an error of ours */
        s->trouble = CW_STORE_FAILED;
    }
}

void cw_sqlite_note(struct cw_sqlite *s, int rc)
{
    cw_sqlite_note_of(s, NULL, rc);
}

static int number_of(const struct cw_sqlite *s, cw_sql_statement *st)
{
    int which = 0;
    while (which < CW_SQL_COUNT && s->statements[which] != st)
        which++;
    return which;
}

void cw_sqlite_lose(struct cw_sqlite *s, cw_sql_statement *st, bool damaged)
{
    if (s->trouble != CW_STORE_OK)
        return;
    s->trouble = CW_STORE_UNAVAILABLE;
    s->lost = true;
    s->lost_damaged = damaged;
    s->lost_by = st == NULL ? CW_SQL_COUNT : number_of(s, st);
}

bool cw_sqlite_is_lost(const struct cw_sqlite *s)
{
    return s->trouble == CW_STORE_UNAVAILABLE && s->lost;
}

void cw_sqlite_forget_loss(struct cw_sqlite *s)
{
    if (!cw_sqlite_is_lost(s))
        return;
    s->trouble = CW_STORE_OK;
    s->lost = false; /* what it was can still be told */
}

bool cw_sqlite_pass(struct cw_sqlite *s, enum cw_sql which)
{
    /* After an I/O error SQLite has undone the transaction: the batch begins again. After
     * damage it only refuses to write in this one. */
    if (!cw_sqlite_is_lost(s) || !s->lost_damaged || s->lost_by != (int)which)
        return false;
    cw_sqlite_forget_loss(s);
    s->passed = !sqlite3_get_autocommit(s->db);
    return true;
}

void cw_sqlite_explain(cw_database *db, int rc, const char *folder, char error[256])
{
    switch (rc & 0xff) {
    case SQLITE_BUSY:
        snprintf(error, 256,
                 "Another server uses the data folder %.120s: stop it, or choose another folder.",
                 folder);
        break;
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
        snprintf(error, 256,
                 "%.110s/" CW_SQLITE_FILE " is damaged or no database: restore a backup, "
                 "or move the whole folder away to start with a new one.",
                 folder);
        break;
    case SQLITE_FULL:
        snprintf(error, 256, "The disk of the data folder %.120s is full: make room on it.",
                 folder);
        break;
    default:
        snprintf(error, 256, "Cannot open %.120s/" CW_SQLITE_FILE ": %.80s.", folder,
                 db == NULL ? sqlite3_errstr(rc) : sqlite3_errmsg(db));
    }
}
