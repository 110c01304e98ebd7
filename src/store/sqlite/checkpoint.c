/* checkpoint.c - copies the log into the database when that is due. */
#include "store/sqlite/checkpoint.h"
#include "store/sqlite/database.h"
#include "store/sqlite/lost.h"
#include "store/sqlite/reserve.h"
#include "store/sqlite/state.h"
#include "store/sqlite/trouble.h"

#define PAGE_SIZE 4096
/* One more batch of the largest size, and the log is at its limit. */
#define WAL_PAGES_BEFORE_BATCH ((int)((CW_WAL_BYTES_MAX - CW_STORE_QUEUE_BYTES_MAX) / PAGE_SIZE))

void cw_sqlite_count_log(struct cw_sqlite *s)
{
    cw_database_count_log(s->db, &s->wal_pages);
}

bool cw_sqlite_checkpoint(struct cw_sqlite *s, enum cw_sqlite_log_end end)
{
    int pages = 0, done = 0;
    int rc = cw_database_checkpoint(s->db, end == CW_LOG_CUT, &pages, &done);
    if (cw_database_is_full(rc))
        return false;
    cw_sqlite_note(s, rc);
    if (cw_sqlite_is_lost(s)) { /* the log cannot be read now */
        cw_sqlite_note_loss(s);
        cw_sqlite_forget_loss(s);
    }
    if (rc != CW_DATABASE_GOOD || pages != done)
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
