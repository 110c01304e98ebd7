/* sqlite.h - what the files of the SQLite back end share.
 *
 * Private to this folder and its tests. One connection, kept
 * exclusively and used by one thread at a time, with every statement prepared
 * at the start.
 *
 * Trouble is sticky: once a statement has failed, the others of its batch do
 * nothing, so an operation reads straight on and the batch is judged once. */
#ifndef CW_STORE_SQLITE_SQLITE_H
#define CW_STORE_SQLITE_SQLITE_H

#include <sqlite3.h>
#include <sys/types.h>

#include "base/attributes.h"
#include "base/buf.h"
#include "store/inbox_index.h"
#include "store/rules.h"
#include "store/window.h"

#define CW_SQLITE_FILE "chinwag.db"

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

#define CW_SQLITE_NOTED    64
#define CW_SQLITE_LINE_MAX 200 /* of cw_store_notes */

/* What a path led to at the start: places.c. */
enum { CW_SQLITE_WATCHED = 4 };
struct cw_sqlite_watch {
    char *path;
    int fd;
    bool on;
    dev_t device;
    ino_t inode;
};

/* What was found out about somebody's right to say something: rights.c. */
#define CW_SQLITE_RIGHTS 256
struct cw_sqlite_right {
    uint64_t user_id, conversation;
    uint64_t version; /* of the rights, when it was found out */
    uint64_t muted_until_ms;
    enum cw_store_status status;
};

/* How much each user has stored: stored.c. */
#define CW_SQLITE_RECENT 1024
struct cw_sqlite_stored {
    bool known;  /* what is here counts all messages */
    uint64_t to; /* the table counts messages up to this id */
    struct cw_map by_id;
    struct cw_sqlite_owner *owners;
    struct cw_sqlite_owner *recent[CW_SQLITE_RECENT]; /* by the end of the id, or NULL */
    struct cw_sqlite_owner *ahead;                    /* of whom the table does not have all */
    size_t ahead_count;
};

/* How far what is too old has been removed: retention.c. */
#define CW_SQLITE_PASSED 64
struct cw_sqlite_sweep {
    uint64_t day;      /* on which the walks began */
    uint64_t to;       /* that over all messages is here: what is left before it is ahead */
    uint64_t group_id; /* the group that was looked at last */
    struct cw_sqlite_passed {
        uint64_t group_id, seq; /* the same within a group */
    } passed[CW_SQLITE_PASSED]; /* by the remainder of its id */
    size_t room;                /* in this slice */
    bool more;                  /* something else than old messages went */
    uint64_t removed;           /* old ones that the operator has not been told of, ... */
    uint64_t removed_begin;     /* ... before this slice */
    uint64_t told_ms;
};

struct cw_sqlite {
    struct cw_store store; /* first */
    struct cw_store_options options;
    char *folder;
    sqlite3 *db;
    sqlite3_stmt *statements[CW_SQL_COUNT];
    /* OK; NO_ROOM: this batch found the disk full; FAILED: for good. */
    enum cw_store_status trouble;
    /* UNAVAILABLE since a page could not be read: is it damaged, and the statement
     * (CW_SQL_COUNT: none of ours). lost.c */
    bool lost, lost_damaged;
    int lost_by;
    uint64_t looked_ms[CW_SQL_COUNT + 1], noted_ms[CW_SQL_COUNT + 1]; /* by statement */
    uint64_t work_lost_ms; /* when the work of an idle moment met one */
    bool passed;           /* the transaction under way did without a damaged page */
    bool alone;            /* ... and does nothing that can wait */
    struct {
        uint64_t at, to; /* search knows that what lies between cannot be read */
    } search_gap;
    bool careful;       /* at the start: what can be done without is passed by */
    bool log_damaged;   /* transactions were lost with the end of the log */
    bool newest_unsure; /* the newest messages may be among what was lost */
    char failure[256];  /* why FAILED, for the operator; empty: an error of the disk */
    struct cw_sqlite_watch watches[CW_SQLITE_WATCHED];
    bool removals;               /* the table `removals` may have rows */
    bool removal_stuck;          /* a file could not be removed */
    int wal_pages;               /* not yet known to be in the database */
    int room_pages;              /* of them, when it was looked how much room there is */
    bool room_scarce;            /* ... and there was little */
    bool disk_full, full_said;   /* reserve.c; the operator was told */
    uint64_t full_said_ms;       /* when he was told last */
    struct cw_inbox_index inbox; /* of the messages after inbox_to */
    uint64_t inbox_to;           /* the tables `inbox` and `history` have all up to this id */
    uint64_t search_to;          /* so does `search` */
    uint64_t newest;             /* the highest id that was ever given to a message */
    uint64_t search_to_begin, newest_begin; /* at the begin of the transaction under way */
    unsigned unclean, unclean_begin;        /* clean.c: what is to be done, the same ... */
    unsigned clean_steps;                   /* ... steps that no tick has paid for */
    bool clean_due, clean_waits, clean_merging;
    uint64_t search_ms;            /* when `search` followed last */
    uint64_t now_ms;               /* of the latest request */
    struct cw_store_moment moment; /* the same */
    bool groups_looked_after;      /* there may be some */
    struct {
        uint64_t id, at_ms;
    } noted[CW_SQLITE_NOTED]; /* damaged messages that the operator was told of */
    size_t noted_next;
    struct cw_sqlite_stored stored;
    struct cw_sqlite_sweep sweep;
    uint64_t retry_key[2];   /* for the hash of what was sent */
    struct cw_buf words;     /* of the text or query at hand */
    struct cw_buf kept_keys; /* cw_store_kept_keys */
    bool names_renewed;      /* at the start */
    uint64_t rights_version; /* grows with each change of them, from 1 */
    struct cw_sqlite_right rights[CW_SQLITE_RIGHTS];
    uint8_t blockers[8192]; /* bits: users who may have blocked somebody */
    /* Of the transaction under way: */
    struct cw_map window_keys;
    struct cw_sqlite_window *windows;               /* of parts: window.c */
    struct cw_sqlite_file *files;                   /* to be removed after it: retention.c */
    struct cw_store_message page[CW_PAGE_ROWS_MAX]; /* INBOX_READ, while it works */
};

/* --- a transaction (backend.c) ------------------------------------------------ */

/* Begins one; ends it: what became of it is in s->trouble. */
void cw_sqlite_begin(struct cw_sqlite *s, enum cw_sql how);
void cw_sqlite_end(struct cw_sqlite *s);

/* --- the start (open.c) ------------------------------------------------------- */

/* Opens the database in s->folder, with all statements ready; false with a sentence, in
 * which the folder is called `shown`. */
bool cw_sqlite_open_database(struct cw_sqlite *s, const char *shown, char error[256]);
/* Before SQLite opens it: is the log damaged (log.c)? False: it is, and no copy of
 * it could be made. */
bool cw_sqlite_judge_log(struct cw_sqlite *s, const char *shown, char error[256]);
/* The same for --check; false: there is none. */
struct cw_wal_verdict;
bool cw_sqlite_read_log(struct cw_sqlite *s, struct cw_wal_verdict *verdict);
/* Reads what is kept in memory; s->trouble says whether that can be used. */
void cw_sqlite_load_all(struct cw_sqlite *s);
/* Bodies in files: see blob_sweep.c. */
void cw_sqlite_sweep_blobs(struct cw_sqlite *s, const char *shown);
/* Logs what was noted before anybody takes notes. */
void cw_sqlite_log_notes(struct cw_sqlite *s);

/* Tells the operator, if options.log is there. */
CW_PRINTF_LIKE(2, 3)
void cw_sqlite_log(struct cw_sqlite *s, const char *format, ...);

/* --- the data folder (places.c) ------------------------------------------ */

/* The path of `name` in the folder, of the folder itself for ""; to be freed. */
char *cw_sqlite_path(const char *folder, const char *name);
/* Makes what is missing and looks at what is there; false with a sentence in which
 * the folder is called `shown`. */
bool cw_sqlite_places_make(const char *folder, const char *shown, char error[256]);
/* The sentence for a database that is not there, while what belongs to it is. */
void cw_sqlite_explain_missing(const char *shown, const char *what, char error[256]);
/* Remembers what the paths lead to. cw_sqlite_watch: do they still? Else trouble and
 * failure are set. */
void cw_sqlite_watch_begin(struct cw_sqlite *s);
bool cw_sqlite_watch(struct cw_sqlite *s);
void cw_sqlite_watch_end(struct cw_sqlite *s);

/* --- statements (statement.c) ----------------------------------------- */

/* Prepares all statements; false with sqlite3_errmsg when one is wrong. */
bool cw_sqlite_prepare(struct cw_sqlite *s);
void cw_sqlite_finalize(struct cw_sqlite *s);

/* Keeps the worst of what SQLite's result code (of a statement) means for the batch. */
void cw_sqlite_note(struct cw_sqlite *s, int rc);
void cw_sqlite_note_of(struct cw_sqlite *s, sqlite3_stmt *st, int rc);

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

/* --- the schema (schema.c) ---------------------------------------------- */

extern const int cw_sqlite_schema_version; /* what this program writes */
/* Locks the open database for this process and brings its schema up to date.
 * On failure writes a sentence to `error`. */
bool cw_sqlite_adopt(sqlite3 *db, const char *folder, char error[256]);
/* The way from one version to another, one transaction each. Returns a result code
 * of SQLite's. */
int cw_sqlite_migrate(sqlite3 *db, int version, int to);
/* Search begins anew when its words were made by other rules. Returns a result code. */
int cw_sqlite_words_renew(sqlite3 *db);
/* The sentence for a result code met while opening. */
void cw_sqlite_explain(sqlite3 *db, int rc, const char *folder, char error[256]);

/* --- the operations: one function each, as store.h describes them --------------- */

typedef void cw_sqlite_op(struct cw_sqlite *s, const struct cw_store_request *request,
                          struct cw_store_result *result, struct cw_arena *arena);

#define CW_STORE_OP(NAME, name, what) cw_sqlite_op cw_sqlite_##name;
#include "store/ops.def"
#undef CW_STORE_OP

/* Puts request->renewed in the place of the expected hash, if that is there. */
void cw_sqlite_password_renew(struct cw_sqlite *s, const struct cw_store_request *request);
/* The user with request->user_id exists, and its password hash is the expected one, or has
 * taken that one's place and is of the same password:
 * OK, NOT_FOUND or MISMATCH. */
enum cw_store_status cw_sqlite_password_expected(struct cw_sqlite *s,
                                                 const struct cw_store_request *request,
                                                 struct cw_arena *arena);
/* The same with less work for most people. */
bool cw_sqlite_is_blocked(struct cw_sqlite *s, uint64_t user_id, uint64_t by_id);
/* cw_store_hide, where the other one has blocked the user. */
bool cw_sqlite_hides(struct cw_sqlite *s, struct cw_store_message *message, uint64_t user_id);
/* Is the other one a contact of the user? */
bool cw_sqlite_has_contact(struct cw_sqlite *s, uint64_t user_id, uint64_t other_id);
bool cw_sqlite_has_blocked(struct cw_sqlite *s, uint64_t user_id, uint64_t other_id);

/* --- the indexes that follow (inbox.c): see inbox_index.h -------------------- */

/* Reads the progress, and makes the part in memory again. */
void cw_sqlite_inbox_load(struct cw_sqlite *s);
/* Adds the newest message. */
void cw_sqlite_inbox_add(struct cw_sqlite *s, uint64_t mailbox, uint64_t sender_id, uint64_t id,
                         uint64_t seq);
/* The lowest id above `after` in the mailbox, or 0. */
uint64_t cw_sqlite_inbox_seek(struct cw_sqlite *s, uint64_t mailbox, uint64_t after);
/* Moves about so many rows into the tables, in the transaction under way. */
void cw_sqlite_inbox_move(struct cw_sqlite *s, size_t rows);
/* The transaction under way was committed. */
void cw_sqlite_inbox_keep(struct cw_sqlite *s);

/* A place in a conversation and the id of the message there; 0, 0: none. */
struct cw_sqlite_place {
    uint64_t seq, id;
};
/* The last place, of a message that may no longer be kept. */
struct cw_sqlite_place cw_sqlite_last(struct cw_sqlite *s, uint64_t conversation);
/* The first place from `seq` on. */
struct cw_sqlite_place cw_sqlite_first(struct cw_sqlite *s, uint64_t conversation, uint64_t seq);
/* The message at this place, or 0. */
uint64_t cw_sqlite_id_at(struct cw_sqlite *s, uint64_t conversation, uint64_t seq);

/* --- messages (append.c, messages.c) ------------------------------------ */

/* A row to be; a body or a blob. */
struct cw_sqlite_new {
    uint64_t mailbox, sender_id, seq, time_ms;
    enum cw_store_kind kind;
    uint64_t channels, sample_rate, reply_to, about, session_id, n, previous, duration_ms;
    struct cw_slice waveform, blob, body;
    uint64_t body_sum; /* of a blob */
};
/* Stores it and puts id, seq and time into the result; returns the id, 0 in trouble. */
uint64_t cw_sqlite_message_add(struct cw_sqlite *s, const struct cw_sqlite_new *new,
                               struct cw_store_result *result);
/* --- the windows of parts (window.c) --------------------------------------------- */

struct cw_sqlite_window {
    struct cw_sqlite_window *next;
    uint64_t key[2]; /* session, part */
    struct cw_window window;
    uint64_t last_id; /* its newest message */
    bool has_session, is_stored, changed;
};
/* The part's window, for the length of the batch; NULL: there is no such session. */
struct cw_sqlite_window *cw_sqlite_window(struct cw_sqlite *s, uint64_t session_id, uint64_t part);
/* The windows of the batch: into the table before its commit; out of memory after. */
void cw_sqlite_windows_write(struct cw_sqlite *s);
void cw_sqlite_windows_forget(struct cw_sqlite *s);
/* At the start. */
bool cw_sqlite_retry_key_load(struct cw_sqlite *s);

/* --- a page of delivery (messages.c, own.c) -------------------------------- */

/* What a page is a merge of: a mailbox, or the conversation of a pair. */
struct cw_sqlite_source {
    uint64_t mailbox;
    uint64_t next; /* its next message, 0: none */
    uint64_t seq;  /* of a conversation: where that stands; else 0 */
    struct cw_slice name;
};
/* The conversations of the user's pairs that have something above `after`, and room
 * behind them for `more` sources. */
struct cw_sqlite_source *cw_sqlite_own_sources(struct cw_sqlite *s, uint64_t user_id,
                                               uint64_t after, size_t more, size_t *count,
                                               struct cw_arena *arena);

/* A row that is: the message without names, and without the body if that is in a file. */
struct cw_sqlite_message {
    struct cw_store_message m;
    uint64_t previous;
    char blob[CW_BLOB_NAME_MAX]; /* empty: the body is in the row */
    uint64_t stored;             /* what the row counts for (stored.c) */
    bool lost;                   /* its row cannot be read: nothing but its id is known */
    bool has_sum;                /* the body is here, or in a file, and can be checked */
    uint64_t sum;
};
enum cw_sqlite_want { CW_WANT_TEXT, CW_WANT_ALL };
/* False: there is none, or trouble. WANT_TEXT leaves the body of a voice out; the
 * body is left out, too, when user `not_of` sent it. */
#define CW_NOBODY UINT64_MAX
bool cw_sqlite_message_find(struct cw_sqlite *s, uint64_t id, enum cw_sqlite_want want,
                            uint64_t not_of, struct cw_sqlite_message *message,
                            struct cw_arena *arena);
bool cw_sqlite_message_exists(struct cw_sqlite *s, uint64_t id);
/* Reads the body from its file, if it is in one: OK (also when it is lost or damaged:
 * it is spoilt then), or UNAVAILABLE: it cannot be read now. */
enum cw_store_status cw_sqlite_message_load(struct cw_sqlite *s, struct cw_sqlite_message *message,
                                            struct cw_arena *arena);
/* Fills in the names; `names` are the last ones looked up, zeroed at first. */
struct cw_sqlite_name {
    uint64_t mailbox;
    struct cw_slice name;
};
void cw_sqlite_message_name(struct cw_sqlite *s, struct cw_store_message *message,
                            struct cw_sqlite_name names[2], struct cw_arena *arena);
/* The highest id that was ever given to a message, 0 when none was. */
uint64_t cw_sqlite_newest(struct cw_sqlite *s);

/* --- whose ids these are (identity.c) ---------------------------------------------- */

/* Reads what holds into store.identity. */
void cw_sqlite_identity_load(struct cw_sqlite *s);
/* In one transaction makes the change, and reads what holds into store.identity. False: a
 * full disk, or a page that cannot be read, has undone it; that is no trouble of the store. */
bool cw_sqlite_identity_write(struct cw_sqlite *s, void (*change)(struct cw_sqlite *s));
/* Such changes: a new era, from the next id on; another identity, with ids
 * above all that were given. */
void cw_sqlite_era_begin(struct cw_sqlite *s);
void cw_sqlite_identity_renew(struct cw_sqlite *s);

/* --- damage (damage.c) ----------------------------------------------------------- */

/* The checksum of a row. */
uint64_t cw_sqlite_sum(const struct cw_store_message *m, uint64_t body_sum);
/* Compares it, when the body is here; what is damaged is spoilt. */
void cw_sqlite_check(struct cw_sqlite *s, struct cw_sqlite_message *message);
/* Gives the message the body of a damaged one, and notes why. */
void cw_sqlite_spoil(struct cw_sqlite *s, struct cw_sqlite_message *message, const char *why);
/* For the operator; of the same message only once in a while. `id` 0: of none. */
void cw_sqlite_note_damage(struct cw_sqlite *s, uint64_t id, const char *blob, const char *why);

/* --- what users store (stored.c) --------------------------------------------------- */

/* What a row of this kind with this blob (or "") or with a body of so many bytes counts
 * for; and the same in SQL, which migrations use, so it does not change: the size of a body in a
 * file stands in hexadecimal at the head of its name. */
uint64_t cw_sqlite_stored_size(enum cw_store_kind kind, const char *blob, uint64_t body);
/* clang-format off */
#define CW_SQL_DIGIT(i, bits) "(instr('123456789abcdef', substr(blob, " #i ", 1)) << " #bits ")"
#define CW_SQL_STORED_BYTES                                                                        \
    "iif(kind = 3, 0, 128 + iif(blob IS NULL, ifnull(length(body), 0), "                           \
    CW_SQL_DIGIT(1, 28) " + " CW_SQL_DIGIT(2, 24) " + " CW_SQL_DIGIT(3, 20) " + "                  \
    CW_SQL_DIGIT(4, 16) " + " CW_SQL_DIGIT(5, 12) " + " CW_SQL_DIGIT(6, 8) " + "                   \
    CW_SQL_DIGIT(7, 4) " + " CW_SQL_DIGIT(8, 0) "))"
/* clang-format on */
_Static_assert(CW_KIND_DELETE == 3, "a migration has counted with this number");
_Static_assert(CW_STORED_ROW_BYTES == 128, "a migration has counted with this number");

/* Bytes of all messages of the user, those of the transaction under way included. */
uint64_t cw_sqlite_stored_of(struct cw_sqlite *s, uint64_t user_id);
/* The newest message is his, and takes so many. */
void cw_sqlite_stored_add(struct cw_sqlite *s, uint64_t user_id, uint64_t bytes);
/* This message of his took `from` bytes and takes `to` now. */
void cw_sqlite_stored_change(struct cw_sqlite *s, uint64_t user_id, uint64_t message_id,
                             uint64_t from, uint64_t to);
/* Before a commit: writes the table, if it is far behind. In an idle moment's
 * transaction: if it lags. */
void cw_sqlite_stored_write(struct cw_sqlite *s);
bool cw_sqlite_stored_lags(const struct cw_sqlite *s);
void cw_sqlite_stored_follow(struct cw_sqlite *s);
/* What is in memory does not hold any more: a transaction was undone. */
void cw_sqlite_stored_void(struct cw_sqlite *s);
/* Before a transaction: makes it again. */
void cw_sqlite_stored_ready(struct cw_sqlite *s);
void cw_sqlite_stored_finish(struct cw_sqlite *s);

/* --- pages that cannot be read (lost.c) --------------------------------------------- */

/* A statement (or NULL) met one. */
void cw_sqlite_lose(struct cw_sqlite *s, sqlite3_stmt *st, bool damaged);
/* Is that all the trouble there is? */
bool cw_sqlite_is_lost(const struct cw_sqlite *s);
void cw_sqlite_forget_loss(struct cw_sqlite *s);
/* It is, and this statement met damage: the reader goes on without the row. */
bool cw_sqlite_pass(struct cw_sqlite *s, enum cw_sql which);
/* Tells the operator; once in a while. */
void cw_sqlite_note_loss(struct cw_sqlite *s);
/* Is it time to look whether something can be made anew? Not again at once, when that was
 * in vain (look_again: it was not). */
bool cw_sqlite_look_now(struct cw_sqlite *s);
void cw_sqlite_look_again(struct cw_sqlite *s);
/* The work of idle moments rests for a while after it met one. */
void cw_sqlite_work_rests(struct cw_sqlite *s);
bool cw_sqlite_may_work(struct cw_sqlite *s);
/* Visits the rows (id, mailbox, sender_id, seq) of messages behind `after` that can be
 * read; true: that is all of them. */
bool cw_sqlite_walk(struct cw_sqlite *s, uint64_t after,
                    void (*visit)(struct cw_sqlite *s, sqlite3_stmt *row));
/* What follows the id cannot be read: moves *id behind it; false: nothing is there. */
bool cw_sqlite_pass_rows(struct cw_sqlite *s, uint64_t *id);

/* --- made anew (rebuild.c) ----------------------------------------------------------- */

/* Outside of a transaction: makes anew what is damaged of the tables in a statement (NULL:
 * of all). True: something was made, and what is in memory must be loaded again. */
bool cw_sqlite_rebuild(struct cw_sqlite *s, const char *sql);
/* After a transaction that met a page that cannot be read: forgets the trouble. True: what
 * it met has been made anew (open.c). */
bool cw_sqlite_mend(struct cw_sqlite *s);
/* The highest id that anybody was told of, as far as that can be read. */
uint64_t cw_sqlite_newest_told(struct cw_sqlite *s);

/* --- rights (rights.c) ------------------------------------------------------------ */

/* May the user say something there now? OK, FORBIDDEN (blocked by the other one of a
 * pair, muted) or NOT_MEMBER. */
enum cw_store_status cw_sqlite_may_say(struct cw_sqlite *s, uint64_t user_id, uint64_t conversation,
                                       uint64_t time_ms);
/* Once, at the start (and after a rebuild), and after each block. */
void cw_sqlite_rights_load(struct cw_sqlite *s);
void cw_sqlite_blocks_somebody(struct cw_sqlite *s, uint64_t user_id);
/* After whatever decides about it, and after a transaction that was undone. */
void cw_sqlite_rights_changed(struct cw_sqlite *s);

/* --- conversations (history.c) -------------------------------------------------- */

/* May the user read it? OK, NOT_FOUND (no such user or group) or NOT_MEMBER. */
enum cw_store_status cw_sqlite_may_read(struct cw_sqlite *s, uint64_t user_id,
                                        uint64_t conversation);
/* Where the user's marker stands, 0: before the first message. */
uint64_t cw_sqlite_read_seq(struct cw_sqlite *s, uint64_t user_id, uint64_t conversation);

/* --- the index of words (search.c) ----------------------------------------------- */

/* A text whose row was indexed comes (again) or goes, with the body that it has now.
 * Others are left to cw_sqlite_search_follow. */
void cw_sqlite_search_add(struct cw_sqlite *s, const struct cw_store_message *message);
void cw_sqlite_search_remove(struct cw_sqlite *s, const struct cw_store_message *message);
/* Indexes the next so many messages, in the transaction under way. */
void cw_sqlite_search_follow(struct cw_sqlite *s, size_t rows);
/* Outside of a transaction, after it met messages that are damaged: it leaves them out from
 * now on. */
bool cw_sqlite_search_find_gap(struct cw_sqlite *s);

/* --- room for a full disk (reserve.c) --------------------------------------------- */

/* Before the database is opened: gives the reserve up when the disk is full. */
void cw_sqlite_reserve_open(struct cw_sqlite *s);
/* Makes the reserve, unless it is there; sets disk_full. False: there is no room. */
bool cw_sqlite_reserve_make(struct cw_sqlite *s);
void cw_sqlite_reserve_give_up(struct cw_sqlite *s);
/* Is there little room, and is the log long enough to be copied into the database? */
bool cw_sqlite_room_scarce(struct cw_sqlite *s);
/* Is there room for all of the log in the database? */
bool cw_sqlite_room_for_log(struct cw_sqlite *s);
/* What was given up becomes the log's own. */
void cw_sqlite_room_to_log(const struct cw_sqlite *s);

/* --- what was deleted goes from the disk (clean.c) ---------------------------------- */

/* Where something deleted still is. */
enum {
    CW_UNCLEAN_LOG = 1,
    CW_UNCLEAN_WORDS = 2,
    CW_UNCLEAN_FREE = 4, /* pages that version 0.1.0 left: they are taken ... */
    CW_UNCLEAN_ZEROS = 8 /* ... and given back */
};
/* In the transaction that deletes. */
void cw_sqlite_unclean(struct cw_sqlite *s, unsigned what);
/* Once a second: what is unclean is due. */
void cw_sqlite_clean_tick(struct cw_sqlite *s);
/* What is to be done now: a step, in a transaction; or the log is to be cut off, and then
 * clean_log_done in a transaction. */
enum cw_sqlite_cleaning { CW_CLEAN_NOTHING, CW_CLEAN_STEP, CW_CLEAN_LOG };
enum cw_sqlite_cleaning cw_sqlite_clean_next(const struct cw_sqlite *s);
void cw_sqlite_clean_step(struct cw_sqlite *s);
void cw_sqlite_clean_log_done(struct cw_sqlite *s);

/* --- what is no longer to be kept (retention.c) ----------------------------------- */

/* At the start: are there groups to look after? */
void cw_sqlite_retention_load(struct cw_sqlite *s);
/* May messages go at all, with these settings? */
bool cw_sqlite_may_remove(const struct cw_sqlite *s);
/* The first place whose message is kept, or 0. */
uint64_t cw_sqlite_first_kept(struct cw_sqlite *s, uint64_t conversation);
/* A conversation has got a new `last` message: removes a few that are too many. */
void cw_sqlite_prune(struct cw_sqlite *s, uint64_t conversation, uint64_t last,
                     struct cw_arena *arena);
/* Removes what is not to be kept; looks at up to so many messages. False: that was all. */
bool cw_sqlite_sweep(struct cw_sqlite *s, size_t rows);
/* Its transaction was undone. */
void cw_sqlite_sweep_undo(struct cw_sqlite *s);
/* Tells the operator what went, once in a while; `now`: at once. */
void cw_sqlite_sweep_tell(struct cw_sqlite *s, bool now);
/* Notes a file to be removed when the transaction has been committed; and does it.
 * The table `removals` has its name until it is certain that the file has gone, so
 * that a crash between the two leaves nothing of what was deleted. */
void cw_sqlite_unlink_later(struct cw_sqlite *s, struct cw_slice name);
void cw_sqlite_files_end(struct cw_sqlite *s, bool committed);
/* In an idle moment's transaction: the files have gone, their names may go. */
void cw_sqlite_files_forget(struct cw_sqlite *s);

/* --- users, groups, members, invitations -------------------------------------------------- */

bool cw_sqlite_session_exists(struct cw_sqlite *s, uint64_t session_id, uint64_t user_id);
bool cw_sqlite_user_exists(struct cw_sqlite *s, uint64_t user_id);
/* The registered spelling, or an empty slice. */
struct cw_slice cw_sqlite_name_of(struct cw_sqlite *s, uint64_t mailbox, struct cw_arena *arena);
/* The user's groups, contacts and blocked ones in the order of their ids; `whole`:
 * groups with what only lists have. */
void cw_sqlite_list_groups(struct cw_sqlite *s, uint64_t user_id, bool whole,
                           struct cw_store_result *result, struct cw_arena *arena);
void cw_sqlite_list_blocked(struct cw_sqlite *s, uint64_t user_id, struct cw_store_result *result,
                            struct cw_arena *arena);
void cw_sqlite_list_contacts(struct cw_sqlite *s, uint64_t user_id, struct cw_store_result *result,
                             struct cw_arena *arena);
/* One of his groups; left as it is when he is no member. */
void cw_sqlite_group_of(struct cw_sqlite *s, uint64_t user_id, uint64_t group_id,
                        struct cw_store_group *group, struct cw_arena *arena);
bool cw_sqlite_group_exists(struct cw_sqlite *s, uint64_t group_id);
/* NONE: he is no member. */
enum cw_store_role cw_sqlite_role_of(struct cw_sqlite *s, uint64_t user_id, uint64_t group_id);
/* OK and his role; NOT_FOUND: no such group; NOT_MEMBER. */
enum cw_store_status cw_sqlite_find_asker(struct cw_sqlite *s, uint64_t user_id, uint64_t group_id,
                                          enum cw_store_role *role);
void cw_sqlite_member_remove(struct cw_sqlite *s, uint64_t user_id, uint64_t group_id);
void cw_sqlite_member_set_role(struct cw_sqlite *s, uint64_t user_id, uint64_t group_id,
                               enum cw_store_role role);
/* --- notices (notices.c) ------------------------------------------------------- */

/* What request->user_id did to other_id in group_id; sets result->notice_id. */
void cw_sqlite_notice_add(struct cw_sqlite *s, const struct cw_store_request *request,
                          enum cw_store_notice_kind kind, struct cw_store_result *result);
/* It need not be told any more, if it is no more than `highest`. */
void cw_sqlite_notice_remove(struct cw_sqlite *s, uint64_t user_id, uint64_t group_id,
                             enum cw_store_notice_kind highest);
/* He may come back: he was only kicked. */
void cw_sqlite_notice_unbanned(struct cw_sqlite *s, uint64_t user_id, uint64_t group_id);
/* The newest one's id, or 0. */
uint64_t cw_sqlite_notice_newest(struct cw_sqlite *s, uint64_t user_id);

/* Until when the user is muted there, member or not; 0: not. */
uint64_t cw_sqlite_muted_until(struct cw_sqlite *s, uint64_t user_id, uint64_t group_id);
bool cw_sqlite_is_banned(struct cw_sqlite *s, uint64_t user_id, uint64_t group_id);
/* Is request.invitation a good one to this mailbox (0: to the server)? Then use it. */
bool cw_sqlite_invitation_good(struct cw_sqlite *s, uint64_t mailbox,
                               const struct cw_store_request *request);
void cw_sqlite_invitation_use(struct cw_sqlite *s, const struct cw_store_request *request);
/* The user has lost the right to those to this mailbox. */
void cw_sqlite_invitations_end(struct cw_sqlite *s, uint64_t mailbox, uint64_t user_id);

/* --- what names look like (names.c) ------------------------------------------------ */

/* At the start: keys and looks anew when another version made them; the kept keys. */
void cw_sqlite_names_load(struct cw_sqlite *s);
/* Without the kept keys. */
void cw_sqlite_names_renew(struct cw_sqlite *s);
/* The looks of a new name (cw_looks); of a name that goes. */
void cw_sqlite_looks_add(struct cw_sqlite *s, bool group, uint64_t id, struct cw_slice looks);
void cw_sqlite_looks_remove(struct cw_sqlite *s, bool group, uint64_t id, struct cw_slice name);
/* The oldest name with one of these looks, or an empty slice. */
struct cw_slice cw_sqlite_twin(struct cw_sqlite *s, bool group, struct cw_slice looks,
                               struct cw_arena *arena);
/* See cw_store_list_twins. */
void cw_sqlite_list_twins(struct cw_store *store, bool only_new, size_t most,
                          void (*found)(void *context, bool group, struct cw_slice name,
                                        struct cw_slice older),
                          void *context);

#endif
