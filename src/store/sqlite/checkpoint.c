/* checkpoint.c - copies the log into the database when that is due. */
#include <sqlite3.h>

#include "store/sqlite/checkpoint.h"
#include "store/sqlite/lost.h"
#include "store/sqlite/reserve.h"
#include "store/sqlite/state.h"
#include "store/sqlite/trouble.h"

#define PAGE_SIZE 4096
/* One more batch of the largest size, and the log is at its limit. */
#define WAL_PAGES_BEFORE_BATCH ((int)((CW_WAL_BYTES_MAX - CW_STORE_QUEUE_BYTES_MAX) / PAGE_SIZE))

/* Called by SQLite after each commit; takes the place of automatic checkpoints. */
static int on_wal(void *context, sqlite3 *db, const char *schema, int pages)
{
    (void)db, (void)schema;
    ((struct cw_sqlite *)context)->wal_pages = pages;
    return SQLITE_OK;
}

void cw_sqlite_count_log(struct cw_sqlite *s)
{
    sqlite3_wal_hook(s->db, on_wal, s);
}

bool cw_sqlite_checkpoint(struct cw_sqlite *s, enum cw_sqlite_log_end end)
{
    int pages = 0, done = 0;
    int mode = end == CW_LOG_CUT ? SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_PASSIVE;
    int rc = sqlite3_wal_checkpoint_v2(s->db, NULL, mode, &pages, &done);
    if ((rc & 0xff) == SQLITE_FULL)
        return false;
    cw_sqlite_note(s, rc);
    if (cw_sqlite_is_lost(s)) { /* the log cannot be read now */
        cw_sqlite_note_loss(s);
        cw_sqlite_forget_loss(s);
    }
    if (rc != SQLITE_OK || pages != done)
        return false;
    s->wal_pages = 0;
    return true;
}

void cw_sqlite_shorten_log(struct cw_sqlite *s)
{
    if (cw_sqlite_room_scarce(s) && (!s->disk_full || cw_sqlite_room_for_log(s)))
        cw_sqlite_checkpoint(s, CW_LOG_STAYS);
}

/* A store that is never idle must not let the log grow without end. */
void cw_sqlite_bound_log(struct cw_sqlite *s)
{
    cw_sqlite_shorten_log(s);
    if (s->wal_pages > WAL_PAGES_BEFORE_BATCH && !cw_sqlite_checkpoint(s, CW_LOG_STAYS) &&
        s->trouble == CW_STORE_OK)
        s->trouble = CW_STORE_NO_ROOM;
}
