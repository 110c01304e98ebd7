/* backend.c - the PostgreSQL back end: opening and closing, and what a batch does when the
 * connection is lost.
 *
 * The operations are those of ../sqlite, compiled once more over sql.c: this folder is a module of
 * its own, which chinwagd loads when `store` names a PostgreSQL. Bodies, recordings and files are
 * in the data folder. */
#include <stdio.h>
#include <stdlib.h>

#include "store/postgres/folder.h"
#include "store/postgres/link.h"
#include "store/postgres/open.h"
#include "store/postgres/schema.h"
#include "store/sqlite/batch.h"
#include "store/sqlite/common.h"
#include "store/sqlite/files.h"
#include "store/sqlite/identity.h"
#include "store/sqlite/idle.h"
#include "store/sqlite/load.h"
#include "store/sqlite/operator.h"
#include "store/sqlite/places.h"
#include "store/sqlite/retention.h"
#include "store/sqlite/sql.h"
#include "store/sqlite/state.h"
#include "store/sqlite/window.h"

/* The module's side of cw_store_open_postgres. */
CW_POSTGRES_EXPORT extern const char cw_postgres_version[];
const char cw_postgres_version[] = CW_VERSION;
CW_POSTGRES_EXPORT struct cw_store *cw_postgres_open(const char *url, const char *folder,
                                                     const struct cw_store_options *options,
                                                     char error[256]);

/* What was not sent, or is known to be undone, does not end the server. */
static void forget_outage(struct cw_sqlite *s)
{
    if (s->trouble == CW_STORE_UNAVAILABLE)
        s->trouble = CW_STORE_OK;
}

static void execute(struct cw_store *store, const struct cw_store_request *const requests[],
                    size_t n, struct cw_store_result results[], struct cw_arena *arena)
{
    cw_sqlite_execute(store, requests, n, results, arena);
    forget_outage((struct cw_sqlite *)store);
}

static bool idle(struct cw_store *store, bool *again)
{
    struct cw_sqlite *s = (struct cw_sqlite *)store;
    bool good = cw_sqlite_idle(store, again);
    bool outage = s->trouble == CW_STORE_UNAVAILABLE;
    *again &= !outage; /* at the next occasion */
    forget_outage(s);
    return good || outage;
}

static bool tick_store(struct cw_store *store)
{
    bool due = cw_sqlite_tick(store);
    forget_outage((struct cw_sqlite *)store);
    return due;
}

static void close_store(struct cw_store *store)
{
    struct cw_sqlite *s = (struct cw_sqlite *)store;
    struct cw_postgres *pg = cw_postgres_of(s);
    cw_sqlite_sweep_tell(s, true);
    cw_sqlite_files_finish(s);
    cw_sqlite_finalize(s);
    cw_postgres_disconnect(pg);
    free(pg->url);
    free(pg);
    cw_sqlite_destroy(s);
}

static const struct cw_store_backend backend = {CW_SQLITE_COMMON,   .execute = execute,
                                                .idle = idle,       .close = close_store,
                                                .tick = tick_store, .tick_due = cw_sqlite_tick_due};

/* The tables are there, the folder is theirs, and this server is the one that writes. */
static bool get_ready(struct cw_sqlite *s, const char *folder, char error[256])
{
    struct cw_postgres *pg = cw_postgres_of(s);
    return cw_sqlite_folder_make(s->folder, folder, error) && cw_postgres_connect(pg, error) &&
           cw_postgres_adopt(pg, error) && cw_postgres_folder_judge(s, folder, error) &&
           cw_postgres_take_over(pg, &pg->batch, error) && PQenterPipelineMode(pg->conn) == 1 &&
           cw_sqlite_retry_key_load(s);
}

static void load(struct cw_sqlite *s)
{
    cw_sqlite_load_once(s);
    if (s->trouble == CW_STORE_OK)
        cw_sqlite_identity_write(s, cw_sqlite_era_begin);
    if (s->store.identity.era_count == 0 && s->trouble == CW_STORE_OK)
        s->trouble = CW_STORE_FAILED;
}

struct cw_store *cw_postgres_open(const char *url, const char *folder,
                                  const struct cw_store_options *options, char error[256])
{
    struct cw_sqlite *s = cw_sqlite_create(&backend, folder, options);
    struct cw_postgres *pg = cw_alloc_zero(sizeof *pg);
    s->db = (cw_database *)pg;
    pg->url = cw_alloc(strlen(url) + 1);
    memcpy(pg->url, url, strlen(url) + 1);
    cw_sqlite_prepare(s);
    error[0] = '\0';
    bool ready = get_ready(s, folder, error);
    if (ready) {
        load(s);
        cw_sqlite_sweep_blobs(s, folder);
    }
    if (error[0] == '\0' && (!ready || s->trouble != CW_STORE_OK))
        snprintf(error, 256, "%s",
                 s->failure[0] != '\0' ? s->failure
                                       : "PostgreSQL was lost at the start, or the database in "
                                         "`store` has not the rows of one server.");
    if (error[0] != '\0') {
        close_store(&s->store);
        return NULL;
    }
    cw_sqlite_log_notes(s);
    cw_sqlite_watch_begin(s);
    return &s->store;
}
