/* open.c - the start of the SQLite back end: it opens the database, and loads the data that
 * stays in memory. It also skips or builds again what is damaged, at the start and later. */
#include <stdio.h>
#include <stdlib.h>

#include "store/sqlite/checkpoint.h"
#include "store/sqlite/database.h"
#include "store/sqlite/identity.h"
#include "store/sqlite/inbox.h"
#include "store/sqlite/load.h"
#include "store/sqlite/log.h"
#include "store/sqlite/lost.h"
#include "store/sqlite/names.h"
#include "store/sqlite/open.h"
#include "store/sqlite/operator.h"
#include "store/sqlite/places.h"
#include "store/sqlite/rebuild.h"
#include "store/sqlite/schema.h"
#include "store/sqlite/search.h"
#include "store/sqlite/sql.h"
#include "store/sqlite/state.h"
#include "store/sqlite/statements.h"
#include "store/sqlite/stored.h"
#include "store/sqlite/transaction.h"
#include "store/sqlite/trouble.h"
#include "store/sqlite/window.h"

/* --- rebuilding ------------------------------------------------------------------------- */

/* Loads the data in memory again after a rebuild. */
static void load_again(struct cw_sqlite *s)
{
    uint64_t newest = s->newest;
    cw_sqlite_stored_void(s);
    cw_inbox_index_finish(&s->inbox);
    cw_inbox_index_init(&s->inbox);
    cw_sqlite_inbox_load(s);
    s->newest = newest > s->newest ? newest : s->newest;
    cw_sqlite_retry_key_load(s);
    cw_sqlite_names_renew(s);
    while (s->inbox.at != NULL && s->trouble == CW_STORE_OK) {
        cw_sqlite_begin(s, CW_SQL_BEGIN_WRITING);
        cw_sqlite_inbox_move(s, CW_INBOX_RUN);
        cw_sqlite_end(s);
    }
    if (cw_sqlite_is_lost(s)) {
        cw_sqlite_note_loss(s);
        cw_sqlite_forget_loss(s);
    }
}

/* After a transaction that met an unreadable page: clears the error. True: the page's data was
 * rebuilt. */
bool cw_sqlite_mend(struct cw_sqlite *s)
{
    bool look = !s->store.frozen && cw_sqlite_look_now(s);
    const char *sql = s->lost_by < CW_SQL_COUNT ? cw_sql_text[s->lost_by] : "COMMIT";
    cw_sqlite_forget_loss(s);
    if (look && s->lost_by == CW_SQL_SEARCH_PENDING)
        return cw_sqlite_search_find_gap(s);
    if (!look || !cw_sqlite_rebuild(s, sql))
        return false;
    cw_sqlite_look_again(s);
    if (s->trouble == CW_STORE_OK)
        load_again(s);
    return s->trouble == CW_STORE_OK;
}

/* --- the database ------------------------------------------------------------------------ */

/* Rebuilds data before the statements are prepared, which may need it. */
static bool mend_at_start(struct cw_sqlite *s)
{
    s->trouble = CW_STORE_OK;
    s->careful = true;
    return cw_sqlite_rebuild(s, NULL) && s->trouble == CW_STORE_OK;
}

static bool get_ready(struct cw_sqlite *s)
{
    cw_sqlite_finalize(s);
    int rc = cw_sqlite_words_renew(s->db);
    return rc == CW_DATABASE_GOOD && cw_sqlite_prepare(s) && cw_sqlite_retry_key_load(s);
}

bool cw_sqlite_open_database(struct cw_sqlite *s, const char *folder, char error[256])
{
    if (!cw_sqlite_judge_log(s, folder, error))
        return false;
    s->newest_unsure = s->log_damaged;
    char *path = cw_sqlite_path(s->folder, CW_SQLITE_FILE);
    int rc = cw_database_open(&s->db, path);
    free(path);
    if (rc == CW_DATABASE_GOOD && !cw_sqlite_adopt(s->db, folder, error))
        return false;
    if (rc != CW_DATABASE_GOOD || !(get_ready(s) || (mend_at_start(s) && get_ready(s)))) {
        cw_sqlite_explain(s->db, rc == CW_DATABASE_GOOD ? cw_database_error(s->db) : rc, folder,
                          error);
        return false;
    }
    return true;
}

void cw_sqlite_close_database(struct cw_sqlite *s)
{
    cw_sqlite_finalize(s);
    if (s->trouble == CW_STORE_OK)
        cw_sqlite_checkpoint(s, CW_LOG_CUT);
    /* After a failed sync the next start must find the log as it is on disk. */
    if (s->trouble != CW_STORE_OK && s->db != NULL)
        cw_database_leave_log(s->db);
    cw_database_close(s->db);
}

/* The newest messages may be lost: ids that clients may have are not given again. */
static void renew_lost_identity(struct cw_sqlite *s)
{
    uint64_t told = cw_sqlite_newest_told(s);
    s->newest = told > s->newest ? told : s->newest;
    if (!cw_sqlite_identity_write(s, cw_sqlite_identity_renew) && s->trouble == CW_STORE_OK)
        s->trouble = CW_STORE_FAILED;
}

/* Whose ids these are: on a full disk the last era goes on. */
static void begin_identity(struct cw_sqlite *s)
{
    if (s->newest_unsure)
        renew_lost_identity(s);
    else
        cw_sqlite_identity_write(s, cw_sqlite_era_begin);
    if (s->store.identity.era_count == 0 && s->trouble == CW_STORE_OK)
        s->trouble = CW_STORE_FAILED;
}

void cw_sqlite_load_all(struct cw_sqlite *s)
{
    cw_sqlite_load_once(s);
    if (cw_sqlite_is_lost(s) && s->lost_damaged) {
        cw_sqlite_note_loss(s);
        mend_at_start(s);
        cw_inbox_index_finish(&s->inbox);
        cw_inbox_index_init(&s->inbox);
        s->kept_keys.n = 0;
        cw_sqlite_load_once(s);
    }
    if (s->trouble == CW_STORE_OK)
        begin_identity(s);
}
