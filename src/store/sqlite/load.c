/* load.c - what is read from the database when it has been opened, and the files of bodies compared
 * with its rows. Called by open.c, and by the start of other drivers. */
#include "store/sqlite/load.h"

#include "store/blob.h"
#include "store/file.h"
#include "store/sqlite/identity.h"
#include "store/sqlite/inbox.h"
#include "store/sqlite/lost.h"
#include "store/sqlite/names.h"
#include "store/sqlite/operator.h"
#include "store/sqlite/retention.h"
#include "store/sqlite/rights.h"
#include "store/sqlite/sql.h"
#include "store/sqlite/state.h"

void cw_sqlite_load_once(struct cw_sqlite *s)
{
    cw_sqlite_inbox_load(s);
    cw_sqlite_retention_load(s);
    cw_sqlite_rights_load(s);
    cw_sqlite_names_load(s);
    s->departures = true; /* there may be some of before */
    cw_sqlite_identity_load(s);
}

/* --- the files of bodies ---------------------------------------------------------------- */

bool cw_sqlite_names_blob(struct cw_sqlite *s, enum cw_sql which, const char *name)
{
    uint64_t file_id = which == CW_SQL_BLOB_FIND ? cw_file_id_of(name) : 0;
    if (file_id != 0)
        return cw_sql_finds(s, CW_SQL_FILE_CONTENT_FIND, CW_NUMBERS(file_id));
    cw_sql_statement *st = cw_sql_of(s, which);
    cw_sql_text_of(st, 1, cw_slice_str(name));
    bool found = cw_sql_row(s, st);
    cw_sql_end(st);
    return found;
}

static enum cw_blob_fate blob_fate(void *context, const char *name)
{
    struct cw_sqlite *s = context;
    bool named = cw_sqlite_names_blob(s, CW_SQL_BLOB_FIND, name);
    bool removed = !named && cw_sqlite_names_blob(s, CW_SQL_REMOVAL_FIND, name);
    if (s->trouble != CW_STORE_OK)
        return CW_BLOB_KEEP;
    return named ? CW_BLOB_NAMED : removed ? CW_BLOB_DELETED : CW_BLOB_UNKNOWN;
}

void cw_sqlite_sweep_blobs(struct cw_sqlite *s, const char *shown)
{
    struct cw_blob_swept swept = cw_blob_sweep(s->folder, blob_fate, s);
    if (swept.found != 0)
        cw_sqlite_log(s, "%zu recordings and long texts were found again in %s/" CW_BLOB_LOST,
                      swept.found, shown);
    if (swept.put_aside != 0)
        cw_sqlite_log(s,
                      "%zu files in %s/" CW_BLOB_FOLDER
                      " belong to no message of this database: moved to %s/" CW_BLOB_LOST,
                      swept.put_aside, shown, shown);
    if (swept.stuck != 0)
        cw_sqlite_log(s,
                      "%zu files that belong to no message could not be moved to %s/" CW_BLOB_LOST,
                      swept.stuck, shown);
    if (swept.lost != 0)
        cw_sqlite_log(s,
                      "%s/" CW_BLOB_LOST " has %zu files, %llu KiB: they come back with the "
                      "database that names them; if there is none, delete them",
                      shown, swept.lost, (unsigned long long)(swept.lost_bytes + 1023) / 1024);
    s->removals = true; /* there may be some of before */
}
