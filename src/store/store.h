/* store.h - persistent storage: requests and results as data. A back end executes batches. One
 * batch is one commit: its requests take effect in order, each sees the effects of those before it,
 * and all results come after the commit. The store gives the ids, in that order, and only for
 * committed rows, so a failed batch leaves no hole. Where two requests compete (for a name, a
 * membership), the store decides.
 *
 * Back ends: SQLite (sqlite/backend.c), PostgreSQL (postgres/backend.c), and for tests memory
 * (memory/open.h); one suite for all (test/store). store_thread.c runs one on a thread of its own.
 * The core uses only the request and result structs: it never calls a function here. */
#ifndef CW_STORE_STORE_H
#define CW_STORE_STORE_H

#include "base/alloc.h"
#include "store/identity.h"
#include "store/store_result.h"

/* Delivery rules that the store keeps (docs/protocol.md, "Delivery"):
 * - A page of INBOX_READ has at most CW_PAGE_ROWS_MAX messages and
 *   CW_PAGE_BYTES_MAX of bodies (but at least one message), reads no more than CW_PAGE_SCAN_MAX
 * rows, and contains the messages with ids above `cursor` in the user's own mailbox and in those of
 * their groups, in the order of ids, without their own group messages and without a group's
 * messages from before they joined. (A whisper to oneself is delivered.)
 * - SESSION_CREATE starts at the highest of: request.cursor, and every cursor that
 *   any session of the user was ever saved with; at request.since when has_since,
 *   unless that is beyond the newest message: then it belongs to other messages.
 * - A session not seen for session_idle_ms does not exist any more. The time when a user was last
 * seen never goes back, and is no earlier than the date.
 *
 * Age. From the oldest message on, messages older than `days` are deleted, up to the first one that
 * is not. A message with a time in the future, from a wrong clock, is skipped, and is deleted with
 * the first deleted one behind it in its conversation: so a conversation has no holes. A group with
 * a rule of its own is processed separately in the same way. */

/* - Edits and deletions are in a page, too, as entries of their kind (the core sends them to
 * clients that support them); a deleted message is not. An edited one has its newest text and
 * edited_ms. The text of an EDIT is stored once, with its message: the entry always has body, size
 * and deleted_ms of the message (none, when that is no longer kept), and is skipped when the
 * message is. The entry is in the mailbox of the other user of a pair, or of the group.
 *
 * Retries. A sender may number their messages within a part of a session, in any
 * order and with holes. A message with an n that the part has used is not stored
 * again: the result is that of the first time (`repeated`), `gone` without seq when the message is
 * no longer kept, CONFLICT when it had another recipient, kind, content or reply_to. A number that
 * is CW_RETRIES_MAX or more below the part's highest n is UNKNOWN. A refusal uses no number. Of
 * each session the store remembers the CW_PART_WINDOWS_MAX parts that stored a message last, and
 * part 0; any other part starts again. The use of a number is written with the message, in one
 * commit.
 *
 * Quota. Each message and each edit takes CW_STORED_ROW_BYTES of its sender's quota
 * (options.quota), a message also the size of its body. A deletion frees the body; a message that
 * is no longer kept frees all of it. A retry or a deletion is never refused because of the quota.
 *
 * Roles. The owner may do everything. A moderator may kick, ban, mute and unban members (but not
 * moderators or the owner), set the topic, invite, and delete messages. Users cannot do these to
 * themselves. In a group of announcements only they write, and slow mode is not for them. When the
 * owner leaves, the moderator who joined first becomes the owner, or else the member who joined
 * first.
 *
 * Blocks. A blocked user is not told of changes by the other user of the pair: edits and deletions
 * of that user are in none of their pages, its messages do not show that, or when, they were
 * changed, and their own do not show when that user played them. When a page of history is then
 * empty and there is more, it has the `seq` where it ended. A message always has its present text.
 *
 * Invitations end when their maker loses the right to invite: to a group, when the maker is no
 * longer a moderator of it, for any reason; to the server, by options.inviters. The server's own,
 * which are set-up links, end when it has an administrator.
 *
 * Versions. Where a group says so, the text that an edit replaces is kept for its moderators, at
 * most CW_VERSIONS_MAX of a message; they go in the commit that deletes the message, with it by age
 * or number, and each for itself after the group's days, by the date. They take no quota.
 *
 * Deleted accounts. The user's row remains, with a name that nobody can register
 * (cw_store_deleted_name), since messages, reactions, bans and the other's side of each pair refer
 * to it. Sessions, memberships (an owner has an heir, as by GROUP_LEAVE), contacts, blocks,
 * settings, what they are told of, notices, invitations, uploads, the second factor and device
 * passwords go in the same transaction, and the user's bots (as by BOT_DELETE); markers, mentions
 * of the user, and messages with_messages (as by MESSAGE_DELETE, but without an entry that says
 * so), in idle moments after it. The last administrator names another one first, unless all others
 * are bots or have deleted their accounts. Nobody can register the name, or one that looks like it,
 * for CW_NAME_RETIRED_DAYS; of the name itself only hashes are kept, with a key of the database. A
 * deleted user does nothing and is sent nothing; others may read what the user sent.
 *
 * Notices. A member who is kicked, banned or muted gets a notice. It is stored until NOTICE_DROP:
 * the newest one for each of the user's groups, and CW_NOTICES_MAX in all. Joining again, or the
 * end of the mute, removes it; after an unban the notice of the kick remains.
 *
 * Files. An upload is a row, and a file on the disk that grows at its end; its length is the offset
 * that is on the disk. It takes its whole size of its user's quota from the beginning. When it is
 * complete and its hash is right, it may be sent with one message, and goes with it. An upload that
 * is not sent within CW_UPLOAD_MS goes. Equal contents are on the disk once, after their last byte:
 * each owner uploads all of it and has all of it charged. A file may be read by who may read its
 * message, except by a user whom its sender has blocked.
 *
 * Search finds messages that were committed a second ago; it need not find those of its own
 * batch. */

/* The users that may invite to the server. */
enum cw_inviters { CW_INVITERS_ALL, CW_INVITERS_ADMINS, CW_INVITERS_NONE };

/* The options of a back end. */
struct cw_store_options {
    uint64_t session_idle_ms;
    unsigned sessions_per_user;
    uint64_t quota;   /* bytes of one user; 0: no limit */
    uint64_t uploads; /* bytes of all uploads; 0: no limit */
    enum cw_inviters inviters;
    unsigned node;       /* the number of this server among those on one PostgreSQL; 0: the first */
    bool first_is_admin; /* the first user becomes administrator without a set-up link */
    unsigned invitations_per_user; /* uses of all valid ones of a user to the server; 0: no limit */
    struct cw_store_retention
        retain; /* for all conversations; a group's own may only be stricter */
    void (*log)(
        const char *sentence); /* for the operator, on any thread; NULL: nothing is logged */
};

struct cw_store;           /* an open back end */
struct cw_store_news_list; /* store_news.h */

/* Lines for the operator's log, which say where damage was found. The store itself writes no
 * log. */
#define CW_STORE_NOTES_MAX 8
struct cw_store_notes {
    char lines[CW_STORE_NOTES_MAX][200];
    size_t count;
    size_t lost; /* how many more there were */
};
/* Moves the notes since the last call to *notes. On the thread of execute. */
void cw_store_take_notes(struct cw_store *store, struct cw_store_notes *notes);

/* Reads the whole data folder of a stopped server, and changes nothing: each page and index of the
 * database, its log, each message and recording with its checksum, the files that belong to no
 * message, names with their keys and looks, names that look alike. Reports a line for each finding;
 * damages are counted, the other lines are for information. False with a sentence: it cannot be
 * opened. */
struct cw_store_checking {
    void (*tell)(void *context, const char *line);
    void *context;
    uint64_t damages, messages, files; /* files: intact recordings and long texts */
    int other_schema; /* the version of a folder of another version, for which it returned false; or
                         0 */
};
bool cw_store_check_sqlite(const char *folder, struct cw_store_checking *checking, char error[256]);

/* Writes the database of a stopped server anew, without the pages that nothing uses, and puts it in
 * the place of the old one, which stays until the new one is on the disk: there must be room for
 * both. An older schema is migrated first. False with a sentence: the old one is as it was. */
struct cw_store_compacted {
    uint64_t before, after; /* bytes of the database */
};
bool cw_store_compact_sqlite(const char *folder, struct cw_store_compacted *compacted,
                             char error[256]);

/* Opens the SQLite back end on `folder` (created with mode 0700 when missing),
 * migrating an older schema. On failure returns NULL and writes a sentence for
 * the operator to *error (static or at most 256 bytes in `error`).
 * The file is locked for this process: a second server is refused. A missing or
 * empty database beside bodies in files is refused. Files that no row refers to are moved to
 * blobs/lost, and back when one does. */
struct cw_store *cw_store_open_sqlite(const char *folder, const struct cw_store_options *options,
                                      char error[256]);

/* The same with the rows in a PostgreSQL (docs/cluster.md); bodies over 64 KiB, recordings and
 * files are in `folder`. Several servers may share it, each with its own `options->node`. */
bool cw_store_is_postgres(const char *name); /* is it such a URL? */
/* False with a sentence: in the folder is a database of SQLite that has not moved. Only looks. */
bool cw_store_may_be_postgres(const char *folder, char error[256]);
/* All servers on it are of this version: what was left for those of the version before goes. False
 * with a sentence. Blocks; on any thread, while stores on it are open. */
bool cw_store_finish_upgrade(const char *url, char error[256]);
struct cw_store *cw_store_open_postgres(const char *url, const char *folder,
                                        const struct cw_store_options *options, char error[256]);

/* The version of the data that this program writes: it opens older ones, and refuses newer ones. */
int cw_store_sqlite_version(void);

/* Executes requests as one commit and fills results[0..n). When the disk is full, requests that
 * write get CW_STORE_NO_ROOM and nothing of them is stored; requests that only read are executed,
 * and those that help (cw_store_op_helps) as long as the reserve lasts. When a sync failed every
 * result is CW_STORE_FAILED. Messages and names are allocated in `arena`. One thread at a time. */
void cw_store_execute(struct cw_store *store, const struct cw_store_request *const requests[],
                      size_t n, struct cw_store_result results[], struct cw_arena *arena);

/* Removes the files of messages that were not stored, or not again: of requests that were answered
 * without cw_store_execute. On its thread. */
void cw_store_drop_files(struct cw_store *store, const struct cw_store_request *const requests[],
                         size_t n, const struct cw_store_result results[]);

/* What other servers on the same database have committed before the last batch, in the order of
 * their commits, or NULL. It is to be delivered before the results of that batch, and destroyed by
 * cw_store_news_destroy. On the thread of execute. */
struct cw_store_news_list *cw_store_take_news(struct cw_store *store);
/* Looks for some without a batch. */
void cw_store_look(struct cw_store *store);
/* From now on `rung(context)` is called, on a thread of its own, when there may be some. */
void cw_store_set_bell(struct cw_store *store, void (*rung)(void *context), void *context);

/* `rings(context)` is called on the thread of execute when others may have something to read: true,
 * and they are told by another way, so the bell need not be rung for them. Before the first batch.
 */
void cw_store_set_ringer(struct cw_store *store, bool (*rings)(void *context), void *context);
/* The epoch of this node among those on one database, which grows while it runs; 0: it is alone on
 * it. On any thread. */
uint64_t cw_store_epoch(const struct cw_store *store);

/* Other options from the next batch on: all but `first_is_admin` and `log`. On the thread of
 * execute. */
void cw_store_set_options(struct cw_store *store, const struct cw_store_options *options);

/* The date that was stored last, 0 for none. While the store is not executing. */
uint64_t cw_store_date(const struct cw_store *store);

/* Work for an idle moment: a slice of the search index, of the deletion of old messages (by the
 * times of the last request), of a checkpoint, of erasing deleted data from the disk, or of giving
 * unused pages back to it. *again:
 * there is more to do. Returns false after a failed sync, as CW_STORE_FAILED. */
bool cw_store_idle(struct cw_store *store, bool *again);

/* About a second has passed: work that is not done at each idle moment is due at the next one.
 * Returns whether there is such work. On the thread of execute. */
bool cw_store_tick(struct cw_store *store);

/* Would a tick have work to do? On the thread of execute. */
bool cw_store_tick_due(const struct cw_store *store);

/* So much of the database is used by nothing; as of the last tick, on any thread. */
uint64_t cw_store_free_bytes(const struct cw_store *store);

/* For how long it has waited for an answer of its database: for a standby, a lock of another
 * server, or because the database is away. 0: it does not wait. On any thread. */
uint64_t cw_store_waits_ms(const struct cw_store *store);

/* `refuse` answers requests that are not under way yet: the store calls it while it waits for long,
 * on the thread of execute. Before the first execute. */
void cw_store_set_refuser(struct cw_store *store, void (*refuse)(void *context), void *context);

/* May something have happened to the store's folder since cw_store_failure was called? If so, call
 * that. Does not wait; on any thread. */
bool cw_store_disturbed(struct cw_store *store);

/* Why the store cannot continue (its folder is not there any more), as a sentence for the operator,
 * or NULL. Checks the folder: call it at intervals, on the store's thread. */
const char *cw_store_failure(struct cw_store *store);

/* The keys of names that keep the punctuation at their ends, since another name has the key without
 * it: each has `u` (user) or `g` (group) before it and a zero byte behind it. The list does not
 * change while the store is open. */
struct cw_slice cw_store_kept_keys(const struct cw_store *store);

/* Lists the names that looked like an older name when they were last compared. That happens when
 * the rules for new names or Unicode's data have changed. `only_new`: only if that was when the
 * store was opened. At most `most`. */
void cw_store_list_twins(struct cw_store *store, bool only_new, size_t most,
                         void (*found)(void *context, bool group, struct cw_slice name,
                                       struct cw_slice older),
                         void *context);

/* A copy of the database in a new file, made in steps between batches: the store goes on meanwhile.
 * The copy is of the moment of the last step, without what is still in files; from the beginning to
 * cw_store_copy_end, which is also how it is given up, no file is removed, so that all that the
 * copy names are there. A step copies CW_COPY_PAGES pages. All on the thread of execute. False,
 * FAILED: with a sentence; the store itself has not suffered, and cw_store_copy_end is to be
 * called. */
enum cw_store_copying { CW_COPY_MORE, CW_COPY_DONE, CW_COPY_FAILED };
bool cw_store_copy_begin(struct cw_store *store, const char *path, char error[256]);
enum cw_store_copying cw_store_copy_step(struct cw_store *store, char error[256]);
void cw_store_copy_end(struct cw_store *store);

/* The version of the tables that this program writes; an older one it brings up to date. */
int cw_store_schema(void);

/* To be called once on data that were restored from a backup: ends what somebody may have seen
 * since it was made, that is sessions, links and invitations, unless `keep_sessions`; drops
 * uploads; and makes it another database (cw_store_renew_identity). False: it could not be written.
 */
struct cw_store_restored {
    uint64_t sessions, invitations; /* that were ended */
};
bool cw_store_restored(struct cw_store *store, bool keep_sessions, struct cw_store_restored *ended);

void cw_store_close(struct cw_store *store);

/* Writes `body` to a new file under the folder's blobs, syncs it and its
 * directory, and puts its name into `name`. Thread-safe. Returns a status: OK,
 * NO_ROOM or UNAVAILABLE (nothing is left behind) or FAILED (a failed sync).
 * `sum`: the checksum of the body, of a file that is OK; or NULL. */
#define CW_BLOB_NAME_MAX 40
enum cw_store_status cw_blob_write(const char *folder, struct cw_slice body,
                                   char name[CW_BLOB_NAME_MAX], uint64_t *sum);

/* The checksum of a body, for a request with a blob. Thread-safe. */
uint64_t cw_store_body_sum(struct cw_slice body);

#endif
