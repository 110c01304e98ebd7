/* schema.c - the tables, the migrations, and the check of the file. Called once, at the start. */
#include <stdio.h>

#include "store/blob.h"
#include "store/sqlite/database.h"
#include "store/sqlite/places.h"
#include "store/sqlite/schema.h"
#include "store/sqlite/statements.h"
#include "store/sqlite/trouble.h"
#include "text/words.h"

/* "Chnw", in the header of the file: file(1) and we know it by that. */
#define APPLICATION_ID 0x43686e77

/* *moved, with a sentence: what it had is in a PostgreSQL (leave.c). */
static int judge_move(cw_database *db, const char *folder, bool *moved, char error[256])
{
    int found = 0;
    int rc = cw_database_number(db, CW_SQLITE_IS_LEFT, &found);
    *moved = found != 0;
    if (*moved)
        snprintf(error, 256,
                 "The community of %.100s has moved to a PostgreSQL, and has gone on there: set "
                 "`store` to its URL (docs/cluster.md). Nothing was changed.",
                 folder);
    return rc;
}

/* Whose file it is, before anything in it is changed. */
static bool identify(cw_database *db, const char *folder, int *version, char error[256])
{
    int application = 0, tables = 0;
    bool moved = false;
    int rc = cw_database_number(db, "PRAGMA application_id", &application);
    if (rc == CW_DATABASE_GOOD)
        rc = cw_database_number(db, "PRAGMA user_version", version);
    if (rc == CW_DATABASE_GOOD)
        rc = cw_database_number(db, "SELECT count(*) FROM sqlite_schema", &tables);
    if (rc != CW_DATABASE_GOOD) {
        cw_sqlite_explain(db, rc, folder, error);
    } else if (application != APPLICATION_ID && (application != 0 || tables != 0)) {
        snprintf(error, 256,
                 "%.120s/" CW_SQLITE_FILE " belongs to another program: choose another folder.",
                 folder);
        return false;
    } else if (*version > cw_sqlite_schema_version && !cw_sqlite_version_is_known(*version)) {
        snprintf(error, 256,
                 "The data in %.60s are newer (schema %d) than this program, chinwagd " CW_VERSION
                 " (schema %d): start the version that wrote them, or restore a backup from before "
                 "it. Nothing was changed.",
                 folder, *version, cw_sqlite_schema_version);
        return false;
    }
    if (rc == CW_DATABASE_GOOD && tables != 0)
        rc = judge_move(db, folder, &moved, error);
    if (moved)
        return false;
    if (rc == CW_DATABASE_GOOD && *version == 0 && cw_blob_any(folder)) {
        cw_sqlite_explain_missing(folder, "empty", error);
        return false;
    }
    return rc == CW_DATABASE_GOOD;
}

int cw_store_sqlite_version(void)
{
    return cw_sqlite_schema_version;
}

int cw_sqlite_migrate(cw_database *db, int version, int to)
{
    int rc = CW_DATABASE_GOOD;
    for (; rc == CW_DATABASE_GOOD && version < to; version++) {
        char pragmas[96];
        snprintf(pragmas, sizeof pragmas,
                 "PRAGMA application_id=%d; PRAGMA user_version=%d; COMMIT", APPLICATION_ID,
                 version + 1);
        rc = cw_database_exec(db, "BEGIN IMMEDIATE");
        if (rc == CW_DATABASE_GOOD)
            rc = cw_database_exec(db, cw_sqlite_migrations[version]);
        if (rc == CW_DATABASE_GOOD)
            rc = cw_database_exec(db, pragmas);
    }
    return rc; /* an open transaction goes when the connection is closed */
}

/* Rebuilds the index of words, after the messages, if other rules made it. */
int cw_sqlite_words_renew(cw_database *db)
{
    char version[CW_WORDS_VERSION_MAX], sql[256];
    int current = 0;
    cw_words_version(version);
    snprintf(sql, sizeof sql, "SELECT words = '%s' FROM names", version);
    int rc = cw_database_number(db, sql, &current);
    if (rc != CW_DATABASE_GOOD || current)
        return rc;
    snprintf(sql, sizeof sql,
             "BEGIN IMMEDIATE; INSERT INTO search(search) VALUES('delete-all');"
             "UPDATE progress SET search_to = 0; UPDATE names SET words = '%s'; COMMIT",
             version);
    return cw_database_exec(db, sql);
}

bool cw_sqlite_adopt(cw_database *db, const char *folder, char error[256])
{
    /* Exclusive first: the index of the log is then in memory, and no other
     * process can write or checkpoint, now or later. */
    int version = 0;
    int rc = cw_database_exec(db, "PRAGMA locking_mode=EXCLUSIVE");
    if (rc == CW_DATABASE_GOOD && !identify(db, folder, &version, error))
        return false;
    if (rc == CW_DATABASE_GOOD && version == 0) /* no later: shrink.c needs it */
        rc = cw_database_exec(db, "PRAGMA auto_vacuum=INCREMENTAL");
    if (rc == CW_DATABASE_GOOD)
        rc = cw_database_exec(
            db, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON");
    if (rc == CW_DATABASE_GOOD)
        rc = cw_sqlite_migrate(db, version, cw_sqlite_schema_version);
    if (rc == CW_DATABASE_GOOD && version == 0) /* no older version has left anything in it */
        rc = cw_database_exec(db, "UPDATE progress SET unclean = 0");
    if (rc != CW_DATABASE_GOOD)
        cw_sqlite_explain(db, rc, folder, error);
    return rc == CW_DATABASE_GOOD;
}
