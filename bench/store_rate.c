/* store_rate.c - how many messages a second the store takes, by rows per commit.
 *
 * Usage: store_rate FOLDER [SECONDS]. Writes into FOLDER (which must be new) and
 * prints a table: the store itself with 1,000 mailboxes and 200-byte bodies,
 * beside bare SQLite with the same settings: the messages table alone, and with
 * its index. Not a test: figures belong to a machine and its disk. */
#include <inttypes.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "store/store.h"

#define MAILBOXES 1000
#define BODY      200
#define BATCH_MAX 1024

static const size_t batch_sizes[] = {1, 8, 64, 256, BATCH_MAX};
static uint8_t body[BODY];

static double now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* The mailboxes in no order that an index could like. */
static uint64_t next_mailbox(void)
{
    static uint32_t x = 1;
    x = x * 1664525u + 1013904223u;
    return cw_mailbox_of_user(1 + (x >> 8) % MAILBOXES);
}

static void fail(const char *what)
{
    fprintf(stderr, "store_rate: %s\n", what);
    exit(1);
}

/* One thing that takes rows. */
struct subject {
    const char *name;
    void (*commit)(void *context, size_t n);
    void (*idle)(void *context);
    void *context;
};

static double rate(const struct subject *subject, size_t batch, double seconds)
{
    double start = now_s(), end;
    size_t rows = 0;
    for (unsigned i = 1; (end = now_s()) - start < seconds; i++, rows += batch) {
        subject->commit(subject->context, batch);
        if (i % 64 == 0)
            subject->idle(subject->context);
    }
    return (double)rows / (end - start);
}

/* --- the store -------------------------------------------------------------------- */

static void store_commit(void *context, size_t n)
{
    static struct cw_store_request requests[BATCH_MAX];
    static struct cw_store_result results[BATCH_MAX];
    const struct cw_store_request *pointers[BATCH_MAX];
    struct cw_arena arena = {0};
    for (size_t i = 0; i < n; i++) {
        requests[i] = (struct cw_store_request){.op = CW_STORE_MESSAGE_APPEND,
                                                .time_ms = 1700000000000u,
                                                .user_id = 1 + i % MAILBOXES,
                                                .mailbox = next_mailbox(),
                                                .body = cw_slice_of(body, sizeof body)};
        pointers[i] = &requests[i];
    }
    cw_store_execute(context, pointers, n, results, &arena);
    if (results[0].status != CW_STORE_OK)
        fail("the store failed");
    cw_arena_finish(&arena);
}

static void store_idle(void *context)
{
    cw_store_idle(context);
}

/* --- bare SQLite -------------------------------------------------------------------- */

struct bare {
    sqlite3 *db;
    sqlite3_stmt *begin, *insert, *commit;
};

static void exec(sqlite3 *db, const char *sql)
{
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
        fail(sqlite3_errmsg(db));
}

static sqlite3_stmt *prepare(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *st;
    if (sqlite3_prepare_v2(db, sql, -1, &st, NULL) != SQLITE_OK)
        fail(sqlite3_errmsg(db));
    return st;
}

static void step(sqlite3_stmt *st)
{
    sqlite3_step(st);
    if (sqlite3_reset(st) != SQLITE_OK)
        fail("a statement failed");
}

static void bare_open(struct bare *bare, const char *folder, const char *name, bool indexed)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s.db", folder, name);
    if (sqlite3_open(path, &bare->db) != SQLITE_OK)
        fail("cannot open a database");
    exec(bare->db, "PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=WAL;"
                   "PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=0;"
                   "CREATE TABLE messages(id INTEGER PRIMARY KEY, mailbox INTEGER NOT NULL,"
                   " sender_id INTEGER NOT NULL, time_ms INTEGER NOT NULL, body BLOB) STRICT");
    if (indexed)
        exec(bare->db, "CREATE INDEX messages_mailbox ON messages(mailbox)");
    bare->begin = prepare(bare->db, "BEGIN IMMEDIATE");
    bare->commit = prepare(bare->db, "COMMIT");
    bare->insert = prepare(bare->db, "INSERT INTO messages(mailbox, sender_id, time_ms, body)"
                                     " VALUES(?1, ?2, 1700000000000, ?3)");
}

static void bare_commit(void *context, size_t n)
{
    struct bare *bare = context;
    step(bare->begin);
    for (size_t i = 0; i < n; i++) {
        sqlite3_bind_int64(bare->insert, 1, (sqlite3_int64)next_mailbox());
        sqlite3_bind_int64(bare->insert, 2, 1 + (sqlite3_int64)i % MAILBOXES);
        sqlite3_bind_blob(bare->insert, 3, body, sizeof body, SQLITE_STATIC);
        step(bare->insert);
    }
    step(bare->commit);
}

static void bare_idle(void *context)
{
    struct bare *bare = context;
    sqlite3_wal_checkpoint_v2(bare->db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
}

static void bare_close(struct bare *bare)
{
    sqlite3_finalize(bare->begin);
    sqlite3_finalize(bare->insert);
    sqlite3_finalize(bare->commit);
    sqlite3_close(bare->db);
}

/* ------------------------------------------------------------------------------------- */

static void print_table(const struct subject subjects[], size_t n, double seconds)
{
    printf("%-12s", "rows/commit");
    for (size_t i = 0; i < n; i++)
        printf("%16s", subjects[i].name);
    puts("   (rows/s)");
    for (size_t b = 0; b < sizeof batch_sizes / sizeof batch_sizes[0]; b++) {
        printf("%-12zu", batch_sizes[b]);
        for (size_t i = 0; i < n; i++) {
            printf("%16.0f", rate(&subjects[i], batch_sizes[b], seconds));
            fflush(stdout);
        }
        putchar('\n');
    }
}

int main(int argc, char **argv)
{
    struct cw_store_options options = {.session_idle_ms = 1, .sessions_per_user = 1};
    char error[256];
    if (argc < 2)
        fail("usage: store_rate FOLDER [SECONDS]");
    double seconds = argc > 2 ? strtod(argv[2], NULL) : 2;
    struct cw_store *store = cw_store_open_sqlite(argv[1], &options, error);
    if (store == NULL)
        fail(error);
    struct bare table, indexed;
    bare_open(&table, argv[1], "table", false);
    bare_open(&indexed, argv[1], "indexed", true);
    const struct subject subjects[] = {
        {"store", store_commit, store_idle, store},
        {"bare table", bare_commit, bare_idle, &table},
        {"bare + index", bare_commit, bare_idle, &indexed},
    };
    print_table(subjects, 3, seconds);
    cw_store_close(store);
    bare_close(&table);
    bare_close(&indexed);
    return 0;
}
