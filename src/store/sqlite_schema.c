/* sqlite_schema.c - the tables, how an older file becomes a newer one, and whose
 * file it is. Called once, at the start. */
#include <stdio.h>

#include "store/sqlite.h"

/* "Chnw", in the header of the file: file(1) and we know it by that. */
#define APPLICATION_ID 0x43686e77

/* Message i brings a file from version i to i + 1, in one transaction. What has
 * been released is never edited: a change is a new entry.
 *
 * - Messages are only ever added, so max(id) + 1 is never an old id.
 *   Sessions do go, while the server still remembers their ids: AUTOINCREMENT
 *   keeps a later session from getting the id of an earlier one.
 * - An index ends with the row id anyway, so messages_mailbox is in the order
 *   (mailbox, id).
 * - A group counts its members: to count 10,000 rows at each join takes 0.5 ms.
 * - The body stands last in its row: what is before it is read without it. */
static const char *const migrations[] = {
    "CREATE TABLE users("
    " id INTEGER PRIMARY KEY,"
    " name TEXT NOT NULL,"
    " key TEXT NOT NULL UNIQUE,"
    " password TEXT NOT NULL,"
    " high_cursor INTEGER NOT NULL DEFAULT 0) STRICT;"

    "CREATE TABLE sessions("
    " id INTEGER PRIMARY KEY AUTOINCREMENT,"
    " user_id INTEGER NOT NULL,"
    " token_hash BLOB NOT NULL UNIQUE,"
    " cursor INTEGER NOT NULL,"
    " extended INTEGER NOT NULL,"
    " features INTEGER NOT NULL,"
    " client TEXT NOT NULL,"
    " created_ms INTEGER NOT NULL,"
    " seen_ms INTEGER NOT NULL) STRICT;"
    "CREATE INDEX sessions_user ON sessions(user_id);"

    "CREATE TABLE contacts("
    " user_id INTEGER NOT NULL,"
    " contact_id INTEGER NOT NULL,"
    " PRIMARY KEY(user_id, contact_id)) STRICT, WITHOUT ROWID;"

    "CREATE TABLE groups("
    " id INTEGER PRIMARY KEY,"
    " name TEXT NOT NULL,"
    " key TEXT NOT NULL UNIQUE,"
    " owner_id INTEGER NOT NULL,"
    " created_ms INTEGER NOT NULL,"
    " member_count INTEGER NOT NULL DEFAULT 0) STRICT;"

    "CREATE TABLE members("
    " user_id INTEGER NOT NULL,"
    " group_id INTEGER NOT NULL,"
    " joined_message_id INTEGER NOT NULL,"
    " PRIMARY KEY(user_id, group_id)) STRICT, WITHOUT ROWID;"

    "CREATE TABLE messages("
    " id INTEGER PRIMARY KEY,"
    " mailbox INTEGER NOT NULL,"
    " sender_id INTEGER NOT NULL,"
    " time_ms INTEGER NOT NULL,"
    " voice INTEGER NOT NULL,"
    " channels INTEGER NOT NULL,"
    " sample_rate INTEGER NOT NULL,"
    " blob TEXT,"
    " body BLOB) STRICT;"
    /* Follows behind the messages: see inbox_index.h. */
    "CREATE TABLE inbox("
    " mailbox INTEGER NOT NULL,"
    " message_id INTEGER NOT NULL,"
    " PRIMARY KEY(mailbox, message_id)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE progress("
    " id INTEGER PRIMARY KEY CHECK(id = 1),"
    " inbox_to INTEGER NOT NULL) STRICT;"
    "INSERT INTO progress VALUES(1, 0);"
    "CREATE INDEX messages_blob ON messages(blob) WHERE blob IS NOT NULL;",
};
#define VERSION ((int)(sizeof migrations / sizeof migrations[0]))

void cw_sqlite_explain(sqlite3 *db, int rc, const char *folder, char error[256])
{
    switch (rc & 0xff) {
    case SQLITE_BUSY:
        snprintf(error, 256,
                 "Another server uses the data folder %.120s: stop it, or choose another folder.",
                 folder);
        break;
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
        snprintf(error, 256,
                 "%.120s/" CW_SQLITE_FILE " is damaged or no database: restore a backup, "
                 "or move it away to start anew.",
                 folder);
        break;
    case SQLITE_FULL:
        snprintf(error, 256, "The disk of the data folder %.120s is full: make room on it.",
                 folder);
        break;
    default:
        snprintf(error, 256, "Cannot open %.120s/" CW_SQLITE_FILE ": %.80s.", folder,
                 db == NULL ? sqlite3_errstr(rc) : sqlite3_errmsg(db));
    }
}

/* The number that is a query's one result. */
static int query_int(sqlite3 *db, const char *sql, int *value)
{
    sqlite3_stmt *st;
    int rc = sqlite3_prepare_v2(db, sql, -1, &st, NULL);
    if (rc != SQLITE_OK)
        return rc;
    if (sqlite3_step(st) == SQLITE_ROW)
        *value = sqlite3_column_int(st, 0);
    return sqlite3_finalize(st);
}

/* Whose file it is, before anything in it is changed. */
static int identify(sqlite3 *db, const char *folder, int *version, char error[256])
{
    int application = 0, tables = 0;
    int rc = query_int(db, "PRAGMA application_id", &application);
    if (rc == SQLITE_OK)
        rc = query_int(db, "PRAGMA user_version", version);
    if (rc == SQLITE_OK)
        rc = query_int(db, "SELECT count(*) FROM sqlite_schema", &tables);
    if (rc != SQLITE_OK) {
        cw_sqlite_explain(db, rc, folder, error);
    } else if (application != APPLICATION_ID && (application != 0 || tables != 0)) {
        snprintf(error, 256,
                 "%.120s/" CW_SQLITE_FILE " belongs to another program: choose another folder.",
                 folder);
        rc = SQLITE_MISMATCH;
    } else if (*version > VERSION) {
        snprintf(error, 256,
                 "The data in %.120s is from a newer version (schema %d, this server knows %d): "
                 "run that version, or restore a backup.",
                 folder, *version, VERSION);
        rc = SQLITE_MISMATCH;
    }
    return rc;
}

static int migrate(sqlite3 *db, int version)
{
    int rc = SQLITE_OK;
    for (; rc == SQLITE_OK && version < VERSION; version++) {
        char pragmas[96];
        snprintf(pragmas, sizeof pragmas,
                 "PRAGMA application_id=%d; PRAGMA user_version=%d; COMMIT", APPLICATION_ID,
                 version + 1);
        rc = sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL);
        if (rc == SQLITE_OK)
            rc = sqlite3_exec(db, migrations[version], NULL, NULL, NULL);
        if (rc == SQLITE_OK)
            rc = sqlite3_exec(db, pragmas, NULL, NULL, NULL);
    }
    return rc; /* an open transaction goes when the connection is closed */
}

bool cw_sqlite_adopt(sqlite3 *db, const char *folder, char error[256])
{
    /* Exclusive first: the index of the log is then in memory, and no other
     * process can write or checkpoint, now or later. */
    int version = 0;
    int rc = sqlite3_exec(db, "PRAGMA locking_mode=EXCLUSIVE", NULL, NULL, NULL);
    if (rc == SQLITE_OK && identify(db, folder, &version, error) != SQLITE_OK)
        return false;
    if (rc == SQLITE_OK)
        rc = sqlite3_exec(db, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL", NULL, NULL, NULL);
    if (rc == SQLITE_OK)
        rc = migrate(db, version);
    if (rc != SQLITE_OK)
        cw_sqlite_explain(db, rc, folder, error);
    return rc == SQLITE_OK;
}
