/* sql.h - a statement of the SQLite back end, and how it is run.
 *
 * Trouble is sticky: once a statement has failed, the others of its batch do
 * nothing, so an operation reads straight on and the batch is judged once. */
#ifndef CW_STORE_SQLITE_SQL_H
#define CW_STORE_SQLITE_SQL_H

#include <sqlite3.h>

#include "store/store_backend.h"

struct cw_sqlite; /* state.h */

enum cw_sql {
    CW_SQL_BEGIN,
    CW_SQL_BEGIN_WRITING,
    CW_SQL_COMMIT,
    CW_SQL_ROLLBACK,
    CW_SQL_USER_INSERT,
    CW_SQL_USER_BY_KEY,
    CW_SQL_USER_BY_ID,
    CW_SQL_USER_SEEN,
    CW_SQL_USER_PASSWORD,
    CW_SQL_USER_SET_PASSWORD,
    CW_SQL_USER_RENEW_PASSWORD,
    CW_SQL_SESSION_INSERT,
    CW_SQL_SESSION_HAS_TOKEN,
    CW_SQL_SESSION_BY_TOKEN,
    CW_SQL_SESSION_OF_USER,
    CW_SQL_SESSION_ANY,
    CW_SQL_SESSIONS_OF_USER,
    CW_SQL_SESSIONS_LIST,
    CW_SQL_SESSION_SAVE,
    CW_SQL_SESSION_TOUCH,
    CW_SQL_SESSION_DELETE,
    CW_SQL_SESSION_REVOKE,
    CW_SQL_SESSIONS_EXPIRE,
    CW_SQL_SESSIONS_DELETE_OTHERS,
    CW_SQL_SESSION_COUNTER,
    CW_SQL_WINDOW_FIND,
    CW_SQL_WINDOW_INSERT,
    CW_SQL_WINDOW_SET,
    CW_SQL_WINDOW_DELETE,
    CW_SQL_WINDOWS_OF_SESSION,
    CW_SQL_RETRY_KEY,
    CW_SQL_IDENTITY,
    CW_SQL_IDENTITY_RENEW,
    CW_SQL_ERAS,
    CW_SQL_ERA_INSERT,
    CW_SQL_ERAS_DELETE,
    CW_SQL_CONTACT_INSERT,
    CW_SQL_CONTACT_FIND,
    CW_SQL_CONTACT_DELETE,
    CW_SQL_CONTACTS,
    CW_SQL_CONTACTS_COUNT,
    CW_SQL_BLOCK_INSERT,
    CW_SQL_BLOCK_FIND,
    CW_SQL_BLOCK_DELETE,
    CW_SQL_BLOCKS,
    CW_SQL_BLOCKERS,
    CW_SQL_BLOCKS_COUNT,
    CW_SQL_INVITATION_INSERT,
    CW_SQL_INVITATION_FREE,
    CW_SQL_INVITATION_GOOD,
    CW_SQL_INVITATION_USE,
    CW_SQL_INVITATION_BY_ID,
    CW_SQL_INVITATION_DELETE,
    CW_SQL_INVITATIONS,
    CW_SQL_INVITATIONS_COUNT,
    CW_SQL_INVITATIONS_EXPIRE,
    CW_SQL_INVITATIONS_DELETE,
    CW_SQL_INVITATIONS_END,
    CW_SQL_INVITATIONS_TRIM,
    CW_SQL_GROUP_INSERT,
    CW_SQL_GROUP_BY_KEY,
    CW_SQL_GROUP_BY_ID,
    CW_SQL_GROUP_EXISTS,
    CW_SQL_GROUP_COUNT_MEMBERS,
    CW_SQL_GROUP_SET_TOPIC,
    CW_SQL_GROUP_SET_ACCESS,
    CW_SQL_GROUP_SET_RETENTION,
    CW_SQL_GROUP_LEFT,
    CW_SQL_GROUP_DELETE,
    CW_SQL_GROUP_RETENTION,
    CW_SQL_GROUP_LOOKED_AFTER,
    CW_SQL_GROUPS_OF_USER,
    CW_SQL_GROUP_OF_USER,
    CW_SQL_MEMBER_INSERT,
    CW_SQL_MEMBER_FIND,
    CW_SQL_MEMBER_MUTED,
    CW_SQL_MEMBER_DELETE,
    CW_SQL_MEMBER_SET_ROLE,
    CW_SQL_MEMBER_HEIR,
    CW_SQL_MEMBERSHIPS,
    CW_SQL_MEMBERSHIPS_COUNT,
    CW_SQL_MEMBERS,
    CW_SQL_BANS,
    CW_SQL_BAN_INSERT,
    CW_SQL_BAN_FIND,
    CW_SQL_BAN_DELETE,
    CW_SQL_BANS_DELETE,
    CW_SQL_MUTE_FIND,
    CW_SQL_MUTE_SET,
    CW_SQL_MUTE_DELETE,
    CW_SQL_MUTES_DELETE,
    CW_SQL_NOTICE_INSERT,
    CW_SQL_NOTICE_REMOVE,
    CW_SQL_NOTICE_UNBAN,
    CW_SQL_NOTICES_TRIM,
    CW_SQL_NOTICE_NEWEST,
    CW_SQL_NOTICES,
    CW_SQL_NOTICES_DROP,
    CW_SQL_MESSAGE_INSERT,
    CW_SQL_VOICE_INSERT,
    CW_SQL_MESSAGE_BY_ID,
    CW_SQL_MESSAGE_HEAD,
    CW_SQL_MESSAGE_TEXT,
    CW_SQL_MESSAGE_EXISTS,
    CW_SQL_MESSAGE_COUNTED,
    CW_SQL_MESSAGE_CHANGED,
    CW_SQL_MESSAGE_UNREAD,
    CW_SQL_MESSAGE_SHOWN,
    CW_SQL_MESSAGE_THERE,
    CW_SQL_MESSAGE_EDIT,
    CW_SQL_MESSAGE_BLANK,
    CW_SQL_MESSAGE_PLAYED,
    CW_SQL_MESSAGE_DELETE,
    CW_SQL_MESSAGE_NEXT,
    CW_SQL_MESSAGE_NEWEST,
    CW_SQL_MESSAGES_AFTER,
    CW_SQL_BLOB_FIND,
    CW_SQL_REMOVAL_FIND,
    CW_SQL_REMOVAL_NEXT,
    CW_SQL_REMOVAL_INSERT,
    CW_SQL_REMOVALS_DELETE,
    CW_SQL_INBOX_SEEK,
    CW_SQL_INBOX_INSERT,
    CW_SQL_INBOX_DELETE,
    CW_SQL_HISTORY_INSERT,
    CW_SQL_HISTORY_FIRST,
    CW_SQL_HISTORY_LAST,
    CW_SQL_HISTORY_DELETE,
    CW_SQL_MARK_INSERT,
    CW_SQL_MARK_SET,
    CW_SQL_MARK_FIND,
    CW_SQL_MARK_DELETE,
    CW_SQL_MARKS_OF_USER,
    CW_SQL_SEARCH,
    CW_SQL_SEARCH_INSERT,
    CW_SQL_SEARCH_DELETE,
    CW_SQL_SEARCH_PENDING,
    CW_SQL_SEARCH_MERGE,
    CW_SQL_WORDS_FORGET,
    CW_SQL_FREE_PAGES,
    CW_SQL_PAGE_COUNT,
    CW_SQL_ZEROS_INSERT,
    CW_SQL_ZEROS_DELETE,
    CW_SQL_LOOK_INSERT,
    CW_SQL_LOOK_FIND,
    CW_SQL_LOOK_DELETE,
    CW_SQL_LOOKS_DELETE,
    CW_SQL_TWINS,
    CW_SQL_NAMES_VERSION,
    CW_SQL_NAMES_SET_VERSION,
    CW_SQL_USER_NEXT_NAME,
    CW_SQL_USER_SET_KEY,
    CW_SQL_USER_KEEP_KEY,
    CW_SQL_USERS_KEPT,
    CW_SQL_GROUP_NEXT_NAME,
    CW_SQL_GROUP_SET_KEY,
    CW_SQL_GROUP_KEEP_KEY,
    CW_SQL_GROUPS_KEPT,
    CW_SQL_STORED_FIND,
    CW_SQL_STORED_SET,
    CW_SQL_STORED_CHANGE,
    CW_SQL_STORED_AFTER,
    CW_SQL_STORED_PROGRESS,
    CW_SQL_STORED_SET_PROGRESS,
    CW_SQL_PROGRESS,
    CW_SQL_INBOX_SET_PROGRESS,
    CW_SQL_SEARCH_SET_PROGRESS,
    CW_SQL_NEWEST_SET_PROGRESS,
    CW_SQL_UNCLEAN_SET_PROGRESS,
    CW_SQL_DATE_SET_PROGRESS,
    CW_SQL_COUNT
};

extern const char *const cw_sql_text[CW_SQL_COUNT];

/* Prepares all statements; false with sqlite3_errmsg when one is wrong. */
bool cw_sqlite_prepare(struct cw_sqlite *s);
void cw_sqlite_finalize(struct cw_sqlite *s);

void cw_sql_int(sqlite3_stmt *st, int parameter, uint64_t value);
void cw_sql_text_of(sqlite3_stmt *st, int parameter, struct cw_slice text);
void cw_sql_blob(sqlite3_stmt *st, int parameter, struct cw_slice bytes);

/* The next row, or false at the end and in trouble (the statement is reset). */
bool cw_sql_row(struct cw_sqlite *s, sqlite3_stmt *st);

/* Ends a statement before its last row. */
void cw_sql_end(sqlite3_stmt *st);

/* Runs a statement that has no rows; returns how many it changed. */
int cw_sql_run(struct cw_sqlite *s, enum cw_sql which);

/* The same for a statement whose parameters are all numbers. */
#define CW_NUMBERS(...) ((const uint64_t[]){__VA_ARGS__})
int cw_sql_run_with(struct cw_sqlite *s, enum cw_sql which, const uint64_t numbers[]);
/* The first column of its first row, 0 when there is none; is there a row? */
uint64_t cw_sql_query(struct cw_sqlite *s, enum cw_sql which, const uint64_t numbers[]);
bool cw_sql_finds(struct cw_sqlite *s, enum cw_sql which, const uint64_t numbers[]);

uint64_t cw_sql_column_int(sqlite3_stmt *st, int column);
struct cw_slice cw_sql_column_copy(sqlite3_stmt *st, int column, struct cw_arena *arena);

#endif
