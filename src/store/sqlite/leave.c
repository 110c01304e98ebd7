/* leave.c - the side of SQLite when a community moves to PostgreSQL: see store/move.h. It reads
 * rows for the other side, and its one write is the last one: the table `moved_to`, with which no
 * server starts (schema.c). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "store/sqlite/leave.h"
#include "store/sqlite/places.h"
#include "store/sqlite/schema.h"
#include "store/sqlite/sql.h"
#include "store/sqlite/trouble.h"

struct leaving {
    cw_database *db;
    const char *shown; /* the folder, as the caller called it */
    void (*tell)(const char *line);
};

static bool explain_leaving(const struct leaving *leaving, int rc, char error[256])
{
    if (rc != CW_DATABASE_GOOD)
        cw_sqlite_explain(leaving->db, rc, leaving->shown, error);
    return rc == CW_DATABASE_GOOD;
}

static char *path_of(const char *folder, const char *name)
{
    char *base = cw_sqlite_folder_of(folder);
    char *path = cw_sqlite_path(base, name);
    free(base);
    return path;
}

/* --- rows for the other side ------------------------------------------------------------------ */

static void take_values(cw_sql_statement *st, const char *kinds, struct cw_move_value *values)
{
    for (int i = 0; kinds[i] != '\0'; i++) {
        values[i] = (struct cw_move_value){.null = cw_sql_column_is_null(st, i)};
        if (!values[i].null && kinds[i] == 'n')
            values[i].number = cw_sql_column_int(st, i);
        else if (!values[i].null)
            values[i].bytes = cw_sql_column_slice(st, i);
    }
}

static void begin_rows(struct cw_sqlite_leaving_rows *rows, cw_database *db)
{
    rows->rc = cw_database_prepare(db, rows->sql, &rows->st);
    rows->values = cw_alloc_zero(strlen(rows->kinds) * sizeof rows->values[0]);
}

static void end_rows(struct cw_sqlite_leaving_rows *rows)
{
    if (rows->rc == CW_DATABASE_ROW || rows->rc == CW_DATABASE_DONE)
        rows->rc = CW_DATABASE_GOOD;
    cw_database_finalize(rows->st);
    free(rows->values);
}

bool cw_sqlite_leaving_read(struct cw_sqlite_leaving_rows *rows, cw_database *db, size_t most)
{
    if (rows->st == NULL)
        begin_rows(rows, db);
    bool more = rows->st != NULL && most != 0;
    for (; more && most > 0; most--) {
        rows->rc = cw_database_step(rows->st);
        if ((more = rows->rc == CW_DATABASE_ROW)) {
            take_values(rows->st, rows->kinds, rows->values);
            more = rows->row(rows->to, rows->values);
        }
    }
    if (!more)
        end_rows(rows);
    return more;
}

static bool read_moving_rows(void *context, const char *sql, const char *kinds,
                             bool (*row)(void *to, const struct cw_move_value *values), void *to,
                             char error[256])
{
    struct leaving *leaving = context;
    struct cw_sqlite_leaving_rows rows = {.sql = sql, .kinds = kinds, .row = row, .to = to};
    while (cw_sqlite_leaving_read(&rows, leaving->db, SIZE_MAX))
        continue;
    return explain_leaving(leaving, rows.rc, error);
}

int cw_sqlite_leaving_end(cw_database *db, const char *community)
{
    char sql[256];
    snprintf(sql, sizeof sql,
             "PRAGMA synchronous=FULL; BEGIN IMMEDIATE; CREATE TABLE moved_to(community TEXT NOT "
             "NULL) STRICT; INSERT INTO moved_to VALUES('%s'); PRAGMA user_version=%d; COMMIT",
             community, CW_SQLITE_LEFT_VERSION);
    return cw_database_exec(db, sql);
}

static bool leave(void *context, const char *community, char error[256])
{
    struct leaving *leaving = context;
    return explain_leaving(leaving, cw_sqlite_leaving_end(leaving->db, community), error);
}

static void tell_leaving(void *context, const char *line)
{
    ((struct leaving *)context)->tell(line);
}

/* --- its state ----------------------------------------------------------------------------------
 */

struct text {
    char *to;
    size_t capacity;
};

static bool take_first_text(void *to, const struct cw_move_value *values)
{
    const struct text *text = to;
    snprintf(text->to, text->capacity, "%.*s", (int)values[0].bytes.n,
             (const char *)values[0].bytes.p);
    return false;
}

static bool read_text(const struct cw_move_source *source, const char *sql, char *to,
                      size_t capacity, char error[256])
{
    struct text text = {to, capacity};
    to[0] = '\0';
    return source->read(source->context, sql, "b", take_first_text, &text, error);
}

static bool take_first_number(void *to, const struct cw_move_value *values)
{
    *(uint64_t *)to = values[0].number;
    return false;
}

bool cw_sqlite_leaving_state(struct cw_move_source *source, char error[256])
{
    uint64_t moved = 0;
    return source->read(source->context, CW_SQLITE_IS_LEFT, "n", take_first_number, &moved,
                        error) &&
           (moved == 0 || read_text(source, "SELECT community FROM moved_to", source->moved_to,
                                    sizeof source->moved_to, error)) &&
           read_text(source,
                     "SELECT hex(db) || coalesce((SELECT printf('%016x', era) FROM eras ORDER BY"
                     " number DESC LIMIT 1), '') FROM identity",
                     source->state, sizeof source->state, error);
}

/* A log that is not empty is of a server that was killed, whose next start judges it. */
static bool has_log(const char *folder)
{
    struct stat about;
    char *path = path_of(folder, CW_SQLITE_FILE "-wal");
    bool has = stat(path, &about) == 0 && about.st_size != 0;
    free(path);
    return has;
}

static bool refuse_leaving(const struct leaving *leaving, const char *whose, char error[256])
{
    snprintf(error, 256,
             "The data in %.100s are of %s: start this chinwagd on them once without `store`, and "
             "stop it by SIGTERM.",
             leaving->shown, whose);
    return false;
}

static bool judge_version(struct leaving *leaving, char error[256])
{
    int schema = 0;
    if (!explain_leaving(leaving, cw_database_number(leaving->db, "PRAGMA user_version", &schema),
                         error))
        return false;
    return cw_sqlite_version_is_known(schema) ||
           refuse_leaving(leaving, "another version of the server", error);
}

static int open_leaving(struct leaving *leaving, const char *folder)
{
    char *path = path_of(folder, CW_SQLITE_FILE);
    int rc = cw_database_open(&leaving->db, path);
    free(path);
    if (rc == CW_DATABASE_GOOD)
        rc = cw_database_exec(leaving->db, "PRAGMA locking_mode=EXCLUSIVE; BEGIN IMMEDIATE;"
                                           "SELECT count(*) FROM sqlite_schema; ROLLBACK");
    return rc;
}

bool cw_store_move(const char *url, const char *folder, void (*tell)(const char *line),
                   char error[256])
{
    struct leaving leaving = {.shown = folder, .tell = tell};
    struct cw_move_source source = {
        .context = &leaving, .tell = tell_leaving, .read = read_moving_rows, .leave = leave};
    bool log = has_log(folder);
    bool good = explain_leaving(&leaving, open_leaving(&leaving, folder), error) &&
                judge_version(&leaving, error) && cw_sqlite_leaving_state(&source, error) &&
                (!log || source.moved_to[0] != '\0' ||
                 refuse_leaving(&leaving, "a server that was killed", error)) &&
                cw_store_move_to_postgres(url, folder, &source, error);
    cw_database_close(leaving.db);
    if (good)
        tell("all is there: start chinwagd with `store` as it is set");
    return good;
}

bool cw_store_was_moved(const char *folder)
{
    struct leaving leaving = {.shown = folder};
    int moved = 0;
    int rc = open_leaving(&leaving, folder);
    if (rc == CW_DATABASE_GOOD)
        rc = cw_database_number(leaving.db, CW_SQLITE_IS_LEFT, &moved);
    cw_database_close(leaving.db);
    return rc == CW_DATABASE_GOOD && moved != 0;
}
