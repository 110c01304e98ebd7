/* leave.c - the side of SQLite when a community moves to PostgreSQL: see store/move.h. It reads
 * rows for the other side, and its one write is the last one: the table `moved_to`, with which no
 * server starts (schema.c). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "store/move.h"
#include "store/sqlite/database.h"
#include "store/sqlite/places.h"
#include "store/sqlite/schema.h"
#include "store/sqlite/sql.h"
#include "store/sqlite/trouble.h"

#define COLUMNS_MAX 24

struct leaving {
    cw_database *db;
    const char *shown; /* the folder, as the caller called it */
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

static bool read_moving_rows(void *context, const char *sql, const char *kinds,
                             bool (*row)(void *to, const struct cw_move_value *values), void *to,
                             char error[256])
{
    struct leaving *leaving = context;
    struct cw_move_value values[COLUMNS_MAX];
    if (strlen(kinds) > COLUMNS_MAX) {
        snprintf(error, 256, "A table has too many columns to be moved.");
        return false;
    }
    cw_sql_statement *st = NULL;
    int rc = cw_database_prepare(leaving->db, sql, &st);
    bool more = true;
    while (more && rc == CW_DATABASE_GOOD && (rc = cw_database_step(st)) == CW_DATABASE_ROW) {
        take_values(st, kinds, values);
        more = row(to, values);
        rc = CW_DATABASE_GOOD;
    }
    cw_database_finalize(st);
    return explain_leaving(leaving, rc == CW_DATABASE_DONE ? CW_DATABASE_GOOD : rc, error);
}

static bool leave(void *context, const char *community, char error[256])
{
    struct leaving *leaving = context;
    char sql[256];
    snprintf(sql, sizeof sql,
             "PRAGMA synchronous=FULL; BEGIN IMMEDIATE; CREATE TABLE moved_to(community TEXT NOT "
             "NULL) STRICT; INSERT INTO moved_to VALUES('%s'); PRAGMA user_version=%d; COMMIT",
             community, CW_SQLITE_LEFT_VERSION);
    return explain_leaving(leaving, cw_database_exec(leaving->db, sql), error);
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

static bool read_text(struct leaving *leaving, const char *sql, char *to, size_t capacity,
                      char error[256])
{
    struct text text = {to, capacity};
    to[0] = '\0';
    return read_moving_rows(leaving, sql, "b", take_first_text, &text, error);
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

static bool read_state(struct leaving *leaving, struct cw_move_source *source, char error[256])
{
    int moved = 0;
    return explain_leaving(leaving, cw_database_number(leaving->db, CW_SQLITE_IS_LEFT, &moved),
                           error) &&
           (moved == 0 || read_text(leaving, "SELECT community FROM moved_to", source->moved_to,
                                    sizeof source->moved_to, error)) &&
           read_text(leaving,
                     "SELECT hex(db) || coalesce((SELECT printf('%016x', era) FROM eras ORDER BY"
                     " number DESC LIMIT 1), '') FROM identity",
                     source->state, sizeof source->state, error);
}

bool cw_store_move(const char *url, const char *folder, void (*tell)(const char *line),
                   char error[256])
{
    struct leaving leaving = {.shown = folder};
    struct cw_move_source source = {
        .context = &leaving, .tell = tell, .read = read_moving_rows, .leave = leave};
    bool log = has_log(folder);
    bool good = explain_leaving(&leaving, open_leaving(&leaving, folder), error) &&
                judge_version(&leaving, error) && read_state(&leaving, &source, error) &&
                (!log || source.moved_to[0] != '\0' ||
                 refuse_leaving(&leaving, "a server that was killed", error)) &&
                cw_store_move_to_postgres(url, folder, &source, error);
    cw_database_close(leaving.db);
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
