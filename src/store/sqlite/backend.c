/* backend.c - the SQLite back end: opening and closing.
 *
 * The operations are in the other files, one a noun; batches of them in batch.c; the
 * tables in schema.c; the statements in sql.c. Durability rests on WAL with synchronous=FULL:
 * COMMIT returns after the sync of the log. */
#include <stdio.h>

#include "store/blob.h"
#include "store/sqlite/batch.h"
#include "store/sqlite/checkpoint.h"
#include "store/sqlite/common.h"
#include "store/sqlite/copy.h"
#include "store/sqlite/database.h"
#include "store/sqlite/files.h"
#include "store/sqlite/idle.h"
#include "store/sqlite/load.h"
#include "store/sqlite/lost.h"
#include "store/sqlite/open.h"
#include "store/sqlite/operator.h"
#include "store/sqlite/places.h"
#include "store/sqlite/reserve.h"
#include "store/sqlite/restored.h"
#include "store/sqlite/retention.h"
#include "store/sqlite/shrink.h"
#include "store/sqlite/sql.h"
#include "store/sqlite/state.h"
#include "store/sqlite/trouble.h"
#include "store/sqlite/watch.h"

/* --- opening and closing --------------------------------------------------------------- */

static void close_store(struct cw_store *store)
{
    struct cw_sqlite *s = (struct cw_sqlite *)store;
    if (s->copy != NULL || s->files_held)
        cw_sqlite_copy_end(store);
    cw_sqlite_sweep_tell(s, true);
    cw_sqlite_files_finish(s);
    cw_sqlite_close_database(s);
    cw_sqlite_destroy(s);
}

static const struct cw_store_backend backend = {CW_SQLITE_COMMON,
                                                .execute = cw_sqlite_execute,
                                                .idle = cw_sqlite_idle,
                                                .close = close_store,
                                                .tick = cw_sqlite_tick,
                                                .tick_due = cw_sqlite_tick_due,
                                                .disturbed = cw_sqlite_disturbed,
                                                .copy_begin = cw_sqlite_copy_begin,
                                                .copy_step = cw_sqlite_copy_step,
                                                .copy_end = cw_sqlite_copy_end,
                                                .restored = cw_sqlite_restored};

struct cw_store *cw_store_open_sqlite(const char *folder, const struct cw_store_options *options,
                                      char error[256])
{
    struct cw_sqlite *s = cw_sqlite_create(&backend, folder, options);
    bool made = cw_sqlite_places_make(s->folder, folder, error);
    if (made)
        cw_sqlite_reserve_open(s);
    if (!made || !cw_sqlite_open_database(s, folder, error)) {
        s->trouble = CW_STORE_FAILED; /* nothing of ours to put into the database */
        close_store(&s->store);
        return NULL;
    }
    cw_sqlite_count_log(s);
    cw_sqlite_checkpoint(s, CW_LOG_STAYS); /* what a crash may have left */
    cw_sqlite_load_all(s);
    if (s->trouble != CW_STORE_OK) { /* an open transaction goes with the connection */
        snprintf(error, 256, "Cannot read or write the data in %.120s: see that the disk has room.",
                 folder);
        s->trouble = CW_STORE_FAILED;
        close_store(&s->store);
        return NULL;
    }
    cw_sqlite_reserve_make(s);
    cw_sqlite_sweep_blobs(s, folder);
    if (cw_sqlite_is_lost(s)) { /* the next start sweeps again */
        cw_sqlite_note_loss(s);
        cw_sqlite_mend(s);
    }
    s->careful = false;
    cw_sqlite_log_notes(s);
    cw_sqlite_watch_begin(s);
    cw_sqlite_shrink_begin(s);
    /* What the start has used takes half a MiB, and little of it is used again. */
    cw_sqlite_forget_statements(s);
    cw_database_forget_pages(s->db);
    return &s->store;
}
