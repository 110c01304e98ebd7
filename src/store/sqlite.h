/* sqlite.h - what the files of the SQLite back end share.
 *
 * Private to sqlite_*.c, store_sqlite.c and their test. One connection, kept
 * exclusively and used by one thread at a time, with every statement prepared
 * at the start.
 *
 * Trouble is sticky: once a statement has failed, the others of its batch do
 * nothing, so an operation reads straight on and the batch is judged once. */
#ifndef CW_STORE_SQLITE_H
#define CW_STORE_SQLITE_H

#include <sqlite3.h>

#include "store/inbox_index.h"
#include "store/store_backend.h"

#define CW_SQLITE_FILE "chinwag.db"

enum cw_sql {
    CW_SQL_BEGIN,
    CW_SQL_BEGIN_WRITING,
    CW_SQL_COMMIT,
    CW_SQL_ROLLBACK,
    CW_SQL_USER_INSERT,
    CW_SQL_USER_BY_KEY,
    CW_SQL_USER_BY_ID,
    CW_SQL_USER_RAISE_CURSOR,
    CW_SQL_SESSION_INSERT,
    CW_SQL_SESSION_BY_TOKEN,
    CW_SQL_SESSION_ANY,
    CW_SQL_SESSIONS_OF_USER,
    CW_SQL_SESSION_SAVE,
    CW_SQL_SESSION_DELETE,
    CW_SQL_SESSIONS_EXPIRE,
    CW_SQL_CONTACT_INSERT,
    CW_SQL_GROUP_INSERT,
    CW_SQL_GROUP_BY_KEY,
    CW_SQL_GROUP_BY_ID,
    CW_SQL_GROUP_COUNT_MEMBER,
    CW_SQL_GROUPS_OF_USER,
    CW_SQL_MEMBER_INSERT,
    CW_SQL_MEMBER_FIND,
    CW_SQL_MEMBERSHIPS,
    CW_SQL_MEMBERSHIPS_COUNT,
    CW_SQL_MESSAGE_INSERT,
    CW_SQL_MESSAGE_NEWEST,
    CW_SQL_MESSAGES_AFTER,
    CW_SQL_INBOX_SEEK,
    CW_SQL_INBOX_INSERT,
    CW_SQL_INBOX_PROGRESS,
    CW_SQL_INBOX_SET_PROGRESS,
    CW_SQL_MESSAGE_BY_ID,
    CW_SQL_BLOB_FIND,
    CW_SQL_COUNT
};

extern const char *const cw_sql_text[CW_SQL_COUNT];

struct cw_sqlite {
    struct cw_store store; /* first */
    struct cw_store_options options;
    char *folder;
    sqlite3 *db;
    sqlite3_stmt *statements[CW_SQL_COUNT];
    /* OK; UNAVAILABLE: this batch found the disk full; FAILED: for good. */
    enum cw_store_status trouble;
    int wal_pages;                                  /* not yet known to be in the database */
    struct cw_inbox_index inbox;                    /* of the messages after inbox_to */
    uint64_t inbox_to;                              /* the table `inbox` has all up to this id */
    struct cw_store_message page[CW_PAGE_ROWS_MAX]; /* INBOX_READ, while it works */
};

/* --- statements (sqlite_statement.c) ----------------------------------------- */

/* Prepares all statements; false with sqlite3_errmsg when one is wrong. */
bool cw_sqlite_prepare(struct cw_sqlite *s);
void cw_sqlite_finalize(struct cw_sqlite *s);

/* Keeps the worst of what SQLite's result code means for the batch. */
void cw_sqlite_note(struct cw_sqlite *s, int rc);

void cw_sql_int(sqlite3_stmt *st, int parameter, uint64_t value);
void cw_sql_text_of(sqlite3_stmt *st, int parameter, struct cw_slice text);
void cw_sql_blob(sqlite3_stmt *st, int parameter, struct cw_slice bytes);

/* The next row, or false at the end and in trouble (the statement is reset). */
bool cw_sql_row(struct cw_sqlite *s, sqlite3_stmt *st);
/* Ends a statement before its last row. */
void cw_sql_end(sqlite3_stmt *st);
/* Runs a statement that has no rows; returns how many it changed. */
int cw_sql_run(struct cw_sqlite *s, enum cw_sql which);

uint64_t cw_sql_column_int(sqlite3_stmt *st, int column);
struct cw_slice cw_sql_column_copy(sqlite3_stmt *st, int column, struct cw_arena *arena);

/* --- the schema (sqlite_schema.c) ---------------------------------------------- */

/* Locks the open database for this process and brings its schema up to date.
 * On failure writes a sentence to `error`. */
bool cw_sqlite_adopt(sqlite3 *db, const char *folder, char error[256]);
/* The sentence for a result code met while opening. */
void cw_sqlite_explain(sqlite3 *db, int rc, const char *folder, char error[256]);

/* --- the operations: one function each, as store.h describes them --------------- */

typedef void cw_sqlite_op(struct cw_sqlite *s, const struct cw_store_request *request,
                          struct cw_store_result *result, struct cw_arena *arena);

cw_sqlite_op cw_sqlite_user_create, cw_sqlite_user_find, cw_sqlite_contact_add;
cw_sqlite_op cw_sqlite_session_create, cw_sqlite_session_find, cw_sqlite_session_save,
    cw_sqlite_session_drop;
cw_sqlite_op cw_sqlite_group_create, cw_sqlite_group_find, cw_sqlite_group_join;
cw_sqlite_op cw_sqlite_message_append, cw_sqlite_inbox_read;

/* --- the index of mailboxes (sqlite_inbox.c): see inbox_index.h -------------------- */

/* Makes the part in memory again. */
void cw_sqlite_inbox_load(struct cw_sqlite *s);
/* The lowest id above `after` in the mailbox, or 0. */
uint64_t cw_sqlite_inbox_seek(struct cw_sqlite *s, uint64_t mailbox, uint64_t after);
/* Moves about so many rows into the table, in the transaction under way. */
void cw_sqlite_inbox_move(struct cw_sqlite *s, size_t rows);
/* The transaction under way was committed, or rolled back. */
void cw_sqlite_inbox_keep(struct cw_sqlite *s);

/* --- what they have in common --------------------------------------------------- */

bool cw_sqlite_user_exists(struct cw_sqlite *s, uint64_t user_id);
/* The registered spelling, or an empty slice. */
struct cw_slice cw_sqlite_name_of(struct cw_sqlite *s, uint64_t mailbox, struct cw_arena *arena);
/* The user's groups in the order of their ids. */
void cw_sqlite_list_groups(struct cw_sqlite *s, uint64_t user_id, struct cw_store_result *result,
                           struct cw_arena *arena);
/* The highest message id, 0 when there is none. */
uint64_t cw_sqlite_newest(struct cw_sqlite *s);

#endif
