/* durable.c - rows a second, and CPU a row, by rows per commit: Chinwag's store over SQLite, and
 * over PostgreSQL where tools/with_postgres has started one; bare SQLite with the same settings,
 * and a file that is appended to and synced. */
#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench.h"
#include "store/store.h"

#define MAILBOXES          1000
#define ROWS_MAX           1024
#define LOG_ROW            128
#define CHECKPOINT_COMMITS 64

static const uint8_t body[TEXT_SIZE];

/* One thing that takes rows; `idle` is called now and then, outside of what is
 * timed for a commit. */
struct subject {
    const char *name;
    void (*commit)(void *context, unsigned rows);
    void (*idle)(void *context);
    void *context;
    pid_t server; /* whose children work for it; 0: nobody does */
};

static double cpu_s(const struct subject *subject)
{
    return self_cpu_s() + (subject->server == 0 ? 0 : children_cpu_s(subject->server));
}

static void measure(const struct subject *subject, unsigned rows, struct histogram *latency)
{
    uint64_t start_ns = now_ns(), end_ns = start_ns + (uint64_t)(run.seconds * SECOND_NS), now;
    uint64_t commits = 0;
    double cpu0_s = cpu_s(subject), self0_s = self_cpu_s();
    histogram_clear(latency);
    while ((now = now_ns()) < end_ns) {
        subject->commit(subject->context, rows);
        histogram_add(latency, now_ns() - now);
        if (++commits % CHECKPOINT_COMMITS == 0)
            subject->idle(subject->context);
    }
    double seconds = (double)(now - start_ns) / SECOND_NS, written = (double)(commits * rows);
    report_as(subject->name, "rows_per_s", written / seconds);
    report_as(subject->name, "cpu_us_per_row", (cpu_s(subject) - cpu0_s) / written * 1e6);
    report_as(subject->name, "own_cpu_us_per_row", (self_cpu_s() - self0_s) / written * 1e6);
    report_as(subject->name, "p50_us", histogram_us(latency, 0.50));
    report_as(subject->name, "p99_us", histogram_us(latency, 0.99));
}

/* The mailboxes in no order that an index could like. */
static uint64_t next_mailbox(void)
{
    static uint32_t x = 1;
    x = x * 1664525u + 1013904223u;
    return cw_mailbox_of_user(1 + (x >> 8) % MAILBOXES);
}

static const char *path_of(const char *name, char path[512])
{
    snprintf(path, 512, "%s/%s", run.folder, name);
    return path;
}

/* --- Chinwag's store ------------------------------------------------------------------ */

static void store_commit(void *context, unsigned rows)
{
    static struct cw_store_request requests[ROWS_MAX];
    static struct cw_store_result results[ROWS_MAX];
    const struct cw_store_request *pointers[ROWS_MAX];
    struct cw_arena arena = {0};
    for (unsigned i = 0; i < rows; i++) {
        uint64_t mailbox = next_mailbox(); /* always written to by the same one */
        requests[i] = (struct cw_store_request){.op = CW_STORE_MESSAGE_APPEND,
                                                .time_ms = 1700000000000u,
                                                .user_id = MAILBOXES + (mailbox >> 1),
                                                .mailbox = mailbox,
                                                .body = cw_slice_of(body, sizeof body)};
        pointers[i] = &requests[i];
    }
    cw_store_execute(context, pointers, rows, results, &arena);
    if (results[0].status != CW_STORE_OK)
        die("the store failed");
    cw_arena_finish(&arena);
}

static void store_idle(void *context)
{
    cw_store_idle(context, &(bool){false});
}

static const struct cw_store_options options = {.session_idle_ms = 86400000u,
                                                .sessions_per_user = 1};

static void measure_store(unsigned rows, struct histogram *latency)
{
    char error[256], path[512];
    struct cw_store *store = cw_store_open_sqlite(path_of("store", path), &options, error);
    if (store == NULL)
        die("%s", error);
    measure(&(struct subject){"store", store_commit, store_idle, store, 0}, rows, latency);
    cw_store_close(store);
}

pid_t durable_postmaster(void)
{
    const char *folder = getenv("POSTGRES_FOLDER");
    char path[512];
    int pid = 0;
    if (folder == NULL)
        return 0;
    snprintf(path, sizeof path, "%s/data/postmaster.pid", folder);
    FILE *file = fopen(path, "r");
    if (file == NULL || fscanf(file, "%d", &pid) != 1)
        die("no PostgreSQL runs in %s", folder);
    fclose(file);
    return pid;
}

struct cw_store *durable_postgres(unsigned node)
{
    char error[256], path[512], url[512];
    struct cw_store_options own = options;
    own.node = node;
    const char *database = getenv("POSTGRES_DATABASE");
    snprintf(url, sizeof url, "postgresql://postgres@/%s?host=%s",
             database == NULL ? "postgres" : database, getenv("POSTGRES_FOLDER"));
    struct cw_store *store = cw_store_open_postgres(url, path_of("postgres", path), &own, error);
    if (store == NULL)
        die("%s", error);
    return store;
}

static void measure_postgres(unsigned rows, struct histogram *latency)
{
    pid_t server = durable_postmaster();
    if (server == 0)
        return;
    struct cw_store *store = durable_postgres(1);
    measure(&(struct subject){"store-postgres", store_commit, store_idle, store, server}, rows,
            latency);
    cw_store_close(store);
}

/* --- bare SQLite ------------------------------------------------------------------------ */

struct sqlite {
    sqlite3 *db;
    sqlite3_stmt *begin, *insert, *commit;
};

static void execute(sqlite3 *db, const char *sql)
{
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
        die("SQLite: %s", sqlite3_errmsg(db));
}

static void step(sqlite3_stmt *statement)
{
    sqlite3_step(statement);
    if (sqlite3_reset(statement) != SQLITE_OK)
        die("SQLite: a statement failed");
}

static void sqlite_commit(void *context, unsigned rows)
{
    const struct sqlite *sqlite = context;
    step(sqlite->begin);
    for (unsigned i = 0; i < rows; i++) {
        sqlite3_bind_int64(sqlite->insert, 1, (sqlite3_int64)next_mailbox());
        sqlite3_bind_int64(sqlite->insert, 2, 1 + (sqlite3_int64)i % MAILBOXES);
        sqlite3_bind_blob(sqlite->insert, 3, body, sizeof body, SQLITE_STATIC);
        step(sqlite->insert);
    }
    step(sqlite->commit);
}

static void sqlite_idle(void *context)
{
    const struct sqlite *sqlite = context;
    sqlite3_wal_checkpoint_v2(sqlite->db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
}

static void sqlite_open(struct sqlite *sqlite, const char *name, bool indexed)
{
    char path[512], file[64];
    snprintf(file, sizeof file, "%s.db", name);
    if (sqlite3_open(path_of(file, path), &sqlite->db) != SQLITE_OK)
        die("SQLite: cannot open %s", path);
    execute(sqlite->db, "PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=WAL;"
                        "PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=0;"
                        "CREATE TABLE IF NOT EXISTS messages(id INTEGER PRIMARY KEY,"
                        " mailbox INTEGER NOT NULL, sender_id INTEGER NOT NULL,"
                        " time_ms INTEGER NOT NULL, body BLOB) STRICT");
    if (indexed)
        execute(sqlite->db, "CREATE INDEX IF NOT EXISTS by_mailbox ON messages(mailbox)");
    sqlite3_prepare_v2(sqlite->db, "BEGIN IMMEDIATE", -1, &sqlite->begin, NULL);
    sqlite3_prepare_v2(sqlite->db, "COMMIT", -1, &sqlite->commit, NULL);
    sqlite3_prepare_v2(sqlite->db,
                       "INSERT INTO messages(mailbox, sender_id, time_ms, body)"
                       " VALUES(?1, ?2, 1700000000000, ?3)",
                       -1, &sqlite->insert, NULL);
}

void durable_sqlite(const char *name, bool indexed, unsigned rows, struct histogram *latency)
{
    struct sqlite sqlite;
    sqlite_open(&sqlite, name, indexed);
    struct subject subject = {name, sqlite_commit, sqlite_idle, &sqlite, 0};
    measure(&subject, rows, latency);
    sqlite3_finalize(sqlite.begin);
    sqlite3_finalize(sqlite.insert);
    sqlite3_finalize(sqlite.commit);
    sqlite3_close(sqlite.db);
}

/* --- the disk ---------------------------------------------------------------------------- */

static void log_commit(void *context, unsigned rows)
{
    static const uint8_t bytes[ROWS_MAX * LOG_ROW];
    int fd = *(const int *)context;
    size_t n = (size_t)rows * LOG_ROW;
    if (write(fd, bytes, n) != (ssize_t)n || fdatasync(fd) != 0)
        die("the disk: %s", strerror(errno));
}

static void log_idle(void *context)
{
    (void)context;
}

void durable_log(const char *name, unsigned rows, struct histogram *latency)
{
    char path[512];
    int fd = open(path_of("log", path), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    struct subject subject = {name, log_commit, log_idle, &fd, 0};
    measure(&subject, rows, latency);
    close(fd);
}

void work_durable(unsigned unused)
{
    static const unsigned rows[] = {1, 8, 64, 256, 1024};
    static struct histogram latency;
    (void)unused;
    pin_to_core(SERVER_CORE);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        report_params("rows=%u", rows[i]);
        measure_store(rows[i], &latency);
        measure_postgres(rows[i], &latency);
        durable_sqlite("sqlite", true, rows[i], &latency);
        durable_sqlite("sqlite-no-index", false, rows[i], &latency);
        durable_log("fdatasync", rows[i], &latency);
    }
}
