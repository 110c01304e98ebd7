/* backend.c - the PostgreSQL back end: opening and closing, and what a batch does when the
 * connection is lost.
 *
 * The operations are those of ../sqlite, linked once more, with sql.c: this folder is a module of
 * its own, which chinwagd loads when `store` names a PostgreSQL. Bodies, recordings and files are
 * in the data folder. */
#include <stdio.h>
#include <stdlib.h>

#include "store/postgres/arrive_sql.h"
#include "store/postgres/bell.h"
#include "store/postgres/folder.h"
#include "store/postgres/leases.h"
#include "store/postgres/link.h"
#include "store/postgres/node.h"
#include "store/postgres/open.h"
#include "store/postgres/past.h"
#include "store/postgres/schema.h"
#include "store/postgres/tell.h"
#include "store/sqlite/batch.h"
#include "store/sqlite/common.h"
#include "store/sqlite/files.h"
#include "store/sqlite/identity.h"
#include "store/sqlite/idle.h"
#include "store/sqlite/inbox.h"
#include "store/sqlite/load.h"
#include "store/sqlite/operator.h"
#include "store/sqlite/places.h"
#include "store/sqlite/retention.h"
#include "store/sqlite/sql.h"
#include "store/sqlite/state.h"
#include "store/sqlite/transaction.h"
#include "store/sqlite/watch.h"
#include "store/sqlite/window.h"

/* The module's side of cw_store_open_postgres. */
extern const char cw_postgres_version[];
const char cw_postgres_version[] = CW_VERSION;
struct cw_store *cw_postgres_open(const char *url, const char *folder,
                                  const struct cw_store_options *options, char error[256]);

/* Messages of others whose rows of the indexes are moved in one idle moment, and rows of each. */
#define MOVED_AT_ONCE 256
#define MOVED_ROWS    5
/* Messages that are indexed in one idle moment: some 2 ms, in which no other server commits. */
#define SEARCH_SLICE 32

/* What was not sent, or is known to be undone, does not end the server. True: it was so. */
static bool forget_outage(struct cw_sqlite *s)
{
    bool outage = s->trouble == CW_STORE_UNAVAILABLE || s->trouble == CW_STORE_NO_ROOM;
    if (outage)
        s->trouble = CW_STORE_OK;
    return outage;
}

static void execute(struct cw_store *store, const struct cw_store_request *const requests[],
                    size_t n, struct cw_store_result results[], struct cw_arena *arena)
{
    cw_sqlite_execute(store, requests, n, results, arena);
    forget_outage((struct cw_sqlite *)store);
}

/* Messages of others fill the indexes in memory, too, which this server's own commits need not
 * empty; and old news go, and names of those who have gone. */
static void work_for_all(struct cw_sqlite *s)
{
    struct cw_postgres *pg = cw_postgres_of(s);
    bool move = pg->unmoved >= MOVED_AT_ONCE;
    bool names = cw_postgres_names_old(s);
    uint64_t from = pg->named_from, to = pg->named_to;
    if ((!move && !names && !cw_postgres_news_old(s)) || s->trouble != CW_STORE_OK)
        return;
    cw_sqlite_begin(s, CW_SQL_BEGIN_WRITING);
    if (move)
        cw_sqlite_inbox_move(s, (size_t)MOVED_ROWS * MOVED_AT_ONCE);
    cw_postgres_news_forget(s);
    cw_postgres_names_forget(s);
    cw_sqlite_end(s);
    if (s->trouble != CW_STORE_OK) {
        pg->forgotten = 0; /* as far as is known: again */
        if (names) {
            pg->named_ms = 1;
            pg->named_from = from;
            pg->named_to = to;
        }
    } else if (move)
        pg->unmoved -= MOVED_AT_ONCE;
}

static bool idle(struct cw_store *store, bool *again)
{
    struct cw_sqlite *s = (struct cw_sqlite *)store;
    bool good = cw_sqlite_idle(store, again);
    work_for_all(s);
    bool outage = forget_outage(s);
    *again &= !outage; /* at the next occasion */
    return good || outage;
}

static bool tick_store(struct cw_store *store)
{
    struct cw_sqlite *s = (struct cw_sqlite *)store;
    bool due = cw_sqlite_tick(store);
    forget_outage(s);
    return due || cw_postgres_names_old(s);
}

/* --- news --- */

/* A transaction that does nothing: its begin is all. Where nothing could be written it looks
 * whether it can be now: until then reads are refused, too. */
static void look_for_news(struct cw_store *store)
{
    struct cw_sqlite *s = (struct cw_sqlite *)store;
    if (s->trouble != CW_STORE_OK)
        return;
    cw_sqlite_begin(s, cw_postgres_of(s)->held_up ? CW_SQL_BEGIN_WRITING : CW_SQL_BEGIN);
    cw_sqlite_end(s);
    forget_outage(s);
}

static bool is_disturbed(struct cw_store *store)
{
    struct cw_postgres *pg = cw_postgres_of((struct cw_sqlite *)store);
    bool due = cw_postgres_clock_ms() - atomic_load(&pg->looked_ms) >= CW_POSTGRES_LOOK_MS / 2;
    return cw_sqlite_disturbed(store) || due;
}

static void set_bell(struct cw_store *store, void (*rung)(void *context), void *context)
{
    struct cw_postgres *pg = cw_postgres_of((struct cw_sqlite *)store);
    pg->bell = cw_postgres_bell_start(pg->url, &pg->node, pg->leases, rung, context);
}

/* --- leases of calls --- */

static void set_leases(struct cw_store *store, cw_store_lease_told *told, void *context)
{
    cw_postgres_leases_set(cw_postgres_of((struct cw_sqlite *)store)->leases, told, context);
}

/* The loop's thread: the bell is there from the beginning of the store's thread to its end. */
static void ask_lease(struct cw_store *store, uint64_t call, bool take)
{
    const struct cw_postgres *pg = cw_postgres_of((struct cw_sqlite *)store);
    cw_postgres_leases_ask(pg->leases, call, take);
    cw_postgres_bell_wake(pg->bell);
}

static uint64_t renewed_ms(const struct cw_store *store)
{
    return cw_postgres_bell_renewed_ms(cw_postgres_of((const struct cw_sqlite *)store)->bell);
}

static void close_store(struct cw_store *store)
{
    struct cw_sqlite *s = (struct cw_sqlite *)store;
    struct cw_postgres *pg = cw_postgres_of(s);
    cw_postgres_bell_stop(pg->bell);
    cw_postgres_leases_destroy(pg->leases);
    cw_store_news_destroy(store->news);
    cw_sqlite_sweep_tell(s, true);
    cw_sqlite_files_finish(s);
    cw_sqlite_finalize(s);
    cw_postgres_disconnect(pg);
    free(pg->url);
    free(pg);
    cw_sqlite_destroy(s);
}

static const struct cw_store_backend backend = {
    CW_SQLITE_COMMON,         .execute = execute,   .idle = idle,
    .close = close_store,     .tick = tick_store,   .tick_due = cw_sqlite_tick_due,
    .look = look_for_news,    .set_bell = set_bell, .disturbed = is_disturbed,
    .set_leases = set_leases, .lease = ask_lease,   .drop_files = cw_sqlite_drop_files,
    .renewed_ms = renewed_ms};

/* The tables are there, the folder is theirs, and nobody else writes as this server. */
static bool get_ready(struct cw_sqlite *s, const char *folder, char error[256])
{
    struct cw_postgres *pg = cw_postgres_of(s);
    if (!cw_postgres_arrival_is_over(pg->conn, error) || !cw_postgres_adopt(&pg->node, error))
        return false;
    pg->node.others = cw_postgres_node_others(&pg->node); /* there are tables to ask now */
    return cw_postgres_folder_judge(s, folder, error) &&
           cw_postgres_folder_is_shared(s, folder, error) &&
           cw_postgres_take(pg, &pg->batch, error) &&
           cw_postgres_folder_say_node(s, folder, error) && PQenterPipelineMode(pg->conn) == 1 &&
           cw_sqlite_retry_key_load(s);
}

/* One that was away may be back since. */
static void begin_era_alone(struct cw_sqlite *s)
{
    struct cw_postgres *pg = cw_postgres_of(s);
    char sql[128];
    snprintf(sql, sizeof sql, CW_POSTGRES_OTHER_LEASE, pg->node.number);
    PGresult *others = cw_postgres_send(pg, sql) ? cw_postgres_receive(s) : NULL;
    pg->node.others |= others != NULL && PQntuples(others) != 0;
    PQclear(others);
    if (!pg->node.others || s->store.identity.era_count == 0)
        cw_sqlite_era_begin(s);
}

/* All of one moment, behind which the news begin. Where others are at work this server belongs to
 * their era, and files that no row refers to may be theirs. */
static void load(struct cw_sqlite *s, const char *folder)
{
    struct cw_postgres *pg = cw_postgres_of(s);
    struct cw_postgres_position at;
    if (!cw_postgres_begin(s, false, &at))
        return;
    pg->news = at.news;
    pg->named_ms = 1; /* what the process before this one has left */
    pg->named_to = pg->named_last = at.news;
    cw_sqlite_load_once(s);
    cw_postgres_past_newest(s);
    cw_sql_run(s, CW_SQL_COMMIT);
    s->newest = at.newest;
    atomic_store(&s->store.epoch, pg->node.epoch);
    bool known = true; /* whether others are */
    if (s->trouble == CW_STORE_OK && (!pg->node.others || s->store.identity.era_count == 0))
        known = cw_sqlite_identity_write(s, begin_era_alone); /* the first start has no era */
    if (s->trouble == CW_STORE_OK && known && !pg->node.others)
        cw_sqlite_sweep_blobs(s, folder);
    if (s->store.identity.era_count == 0 && s->trouble == CW_STORE_OK)
        s->trouble = CW_STORE_FAILED;
}

struct cw_store *cw_postgres_open(const char *url, const char *folder,
                                  const struct cw_store_options *options, char error[256])
{
    struct cw_sqlite *s = cw_sqlite_create(&backend, folder, options);
    struct cw_postgres *pg = cw_alloc_zero(sizeof *pg);
    s->db = (cw_database *)pg;
    s->search_slice = SEARCH_SLICE;
    pg->url = cw_alloc(strlen(url) + 1);
    memcpy(pg->url, url, strlen(url) + 1);
    pg->node.url = pg->url;
    pg->node.wait = cw_postgres_wait;
    pg->node.wait_context = s;
    pg->node.number = options->node == 0 ? 1 : options->node;
    cw_postgres_node_begin(&pg->node);
    pg->leases = cw_postgres_leases_create(pg->node.number, pg->node.process);
    cw_sqlite_prepare(s);
    error[0] = '\0';
    struct cw_postgres_start *start = NULL;
    if (cw_sqlite_folder_make(s->folder, folder, error))
        start = cw_postgres_start_begin(&pg->node, error);
    bool ready = start != NULL && cw_postgres_connect(pg, error) &&
                 cw_postgres_node_ask_others(&pg->node, error) && get_ready(s, folder, error);
    if (ready)
        load(s, folder);
    cw_postgres_start_end(start);
    if (error[0] == '\0' && (!ready || s->trouble != CW_STORE_OK))
        snprintf(error, 256, "%s",
                 s->failure[0] != '\0' ? s->failure
                                       : "PostgreSQL was lost at the start, or the database in "
                                         "`store` has not the rows of one server.");
    if (error[0] != '\0') {
        close_store(&s->store);
        return NULL;
    }
    if (pg->node.unfinished)
        cw_sqlite_log(s,
                      "An upgrade of the servers on the database in `store` is not finished: call"
                      " chinwagctl finish-upgrade when all of them are of one version. Until"
                      " then a search may miss texts of before.");
    cw_sqlite_log_notes(s);
    cw_sqlite_watch_begin(s);
    return &s->store;
}
