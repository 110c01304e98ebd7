/* store.h - what is kept: requests and results as data.
 *
 * A back end executes batches. One batch is one commit: its requests take
 * effect in their order, each sees what those before it did, and all results
 * come after the commit. Ids are given here, in that order, and only for what
 * was committed, so a failed batch leaves no hole. The store is the referee
 * wherever two requests compete (a name, a membership).
 *
 * Back ends: SQLite (sqlite/backend.c), and for tests memory (memory/open.h); one
 * suite for both (test/store). store_thread.c runs one on a thread of its own. The
 * core sees only the request and result structs: it never calls anything here. */
#ifndef CW_STORE_STORE_H
#define CW_STORE_STORE_H

#include "base/alloc.h"
#include "store/identity.h"
#include "store/store_result.h"

/* Delivery rules that the store keeps (docs/protocol.md, "Delivery"):
 * - A page of INBOX_READ has at most CW_PAGE_ROWS_MAX messages and
 *   CW_PAGE_BYTES_MAX of bodies (but at least one message), looks at no more
 *   than CW_PAGE_SCAN_MAX rows, and holds the messages with ids above `cursor` of the
 *   user's own mailbox and of their groups', in the order of ids, without their own
 *   group messages and without a group's from before they joined. (A
 *   whisper to oneself is delivered.)
 * - SESSION_CREATE starts at the highest of: request.cursor, and every cursor that
 *   any session of the user was ever saved with; at request.since when has_since,
 *   unless that is beyond the newest message: then the client means other messages.
 * - A session not seen for session_idle_ms does not exist any more. When somebody was
 *   seen last never goes back, and is no earlier than the date.
 *
 * Age. From the oldest message on, those go that are older than `days`; at the first
 * that is not it ends. A message from the future, which a wrong clock has stamped, is
 * passed over, and goes with the first one behind it in its conversation: so a
 * conversation has no holes. A group with a rule of its own is gone through in the
 * same way for itself. */

/* - Edits and deletions are in a page too, as entries of their kind, for whom the
 *   core finds to understand them; a deleted message is not. An edited one has
 *   its newest text and edited_ms. The text of an EDIT is kept once, with its
 *   message: everywhere the entry has body, size and deleted_ms of the message
 *   (nothing, when that is no longer kept), and is passed over as that is.
 *   The entry is in the mailbox of the other one of a pair, or the group's.
 *
 * Retries. A sender may number their messages within a part of a session, in any
 * order and with holes. A message with an n that the part has used is not stored
 * again: the result is that of the first time (`repeated`), `gone` without a place
 * when the message is no longer kept, CONFLICT when it had another recipient, kind,
 * content or reply_to. What lies CW_RETRIES_MAX or more below the part's highest n
 * is UNKNOWN. A refusal uses no number. Of each session the CW_PART_WINDOWS_MAX
 * parts that stored something last are known, and part 0; another one begins anew.
 * What was used is written with the message, in one commit.
 *
 * Quota. Each message and each edit takes CW_STORED_ROW_BYTES of what its sender may store
 * (options.quota), a message its body, too; what is deleted gives its body back, what is
 * no longer kept all of it. A retry and a deletion are never refused for it.
 *
 * Roles. The owner may do everything. A moderator may kick, ban, mute and unban
 * members (no moderator, no owner), set the topic, invite, and delete messages.
 * A user cannot do these to themselves. When the owner leaves, the moderator who joined
 * first owns the group, without moderators the member who joined first.
 *
 * Blocks. A blocked user is not told of changes by the other one of the pair:
 * its edits and deletions are in none of their pages, and of its messages they are not told
 * that, or when, they were changed; nor when it listened to their own. In history there is
 * then `seq` where an empty page ended, if there is more. What a message says now, it says.
 *
 * Invitations end with the right of their maker: when the maker is no moderator of the group
 * any more, however that came; for one to the server, by options.inviters; the server's own
 * when it has a user.
 *
 * Notices. A member that is kicked, banned or muted is told: that is
 * kept until NOTICE_DROP, one for each of their groups, the newest, and CW_NOTICES_MAX in
 * all. Joining again, and an end of the mute, removes it; of a ban that was taken back
 * the kick remains.
 *
 * Search finds messages that were committed a second ago; those of its own batch
 * it need not see. */

/* The users that may invite to the server. */
enum cw_inviters { CW_INVITERS_ALL, CW_INVITERS_FIRST, CW_INVITERS_NONE };

/* What a back end is opened with. */
struct cw_store_options {
    uint64_t session_idle_ms;
    unsigned sessions_per_user;
    uint64_t quota; /* bytes of one user; 0: no limit */
    enum cw_inviters inviters;
    unsigned invitations_per_user;     /* uses of their valid ones to the server, together; 0: no
                                          limit */
    struct cw_store_retention retain;  /* for all conversations; a group's own may be
                                          stricter, not laxer */
    void (*log)(const char *sentence); /* for the operator, on whatever thread; NULL:
                                          nothing is told */
};

struct cw_store; /* one back end, open */

/* What the operator should know: lines for a log, which say where damage was found.
 * The store has no log of its own. */
#define CW_STORE_NOTES_MAX 8
struct cw_store_notes {
    char lines[CW_STORE_NOTES_MAX][200];
    size_t count;
    size_t lost; /* how many more there were */
};
/* Moves the notes that were made since the last call. The thread of execute. */
void cw_store_take_notes(struct cw_store *store, struct cw_store_notes *notes);

/* Reads all that the folder of a server that does not run holds, and changes nothing:
 * each page and index of the database, its log, each message and recording against its
 * checksum, the files that belong to no message, names against their keys and looks, names
 * that look alike. Tells a line for each thing that it found; damages are counted, the other lines
 * are for information. False with a sentence: it cannot be opened. */
struct cw_store_checking {
    void (*tell)(void *context, const char *line);
    void *context;
    uint64_t damages, messages, files; /* files: recordings and long texts that are whole */
    int other_schema;                  /* why it returned false: another version's; or 0 */
};
bool cw_store_check_sqlite(const char *folder, struct cw_store_checking *checking, char error[256]);

/* Opens the SQLite back end on `folder` (created with mode 0700 when missing),
 * migrating an older schema. On failure returns NULL and writes a sentence for
 * the operator to *error (static or at most 256 bytes in `error`).
 * The file is locked for this process: a second server is refused. A missing or
 * empty database beside bodies in files is refused. Files that no row names are
 * moved to blobs/lost, and come back when one does. */
struct cw_store *cw_store_open_sqlite(const char *folder, const struct cw_store_options *options,
                                      char error[256]);

/* Executes requests as one commit and fills results[0..n). When the disk is full
 * requests that write get CW_STORE_NO_ROOM and nothing of them is stored, while those
 * that only read are answered all the same, and those that help (cw_store_op_helps) as
 * long as the reserve lasts. When a sync failed every result is CW_STORE_FAILED.
 * Messages and names are allocated in `arena`. One thread at a time. */
void cw_store_execute(struct cw_store *store, const struct cw_store_request *const requests[],
                      size_t n, struct cw_store_result results[], struct cw_arena *arena);

/* The date that was kept last, 0 when none was. While the store is not executing. */
uint64_t cw_store_date(const struct cw_store *store);

/* Work for an idle moment: a slice of the search index, of what is no longer to
 * be kept at the times of the last request, of a checkpoint, of what was deleted and is
 * still on the disk. *again: there is more to do. Returns false after a failed sync, as
 * CW_STORE_FAILED. */
bool cw_store_idle(struct cw_store *store, bool *again);

/* About a second has passed: what is not done at each idle moment is due at the next
 * one. Returns whether there is such work. The thread of execute. */
bool cw_store_tick(struct cw_store *store);

/* Why the store cannot go on, as a sentence for the operator, or NULL: its folder is
 * not there any more. Looks at it: call it now and then, on the store's thread. */
const char *cw_store_failure(struct cw_store *store);

/* The keys of names that keep the punctuation at their ends, since another name has
 * the key without it: each has `u` (a user's) or `g` (a group's) before it and a zero
 * byte behind it. They stay while the store is open; no new ones come. */
struct cw_slice cw_store_kept_keys(const struct cw_store *store);

/* Those whose names looked like older ones' when they were last compared, since the
 * rules for new names or Unicode's data have changed. `only_new`: nothing, unless that
 * was when the store was opened. At most `most`. */
void cw_store_list_twins(struct cw_store *store, bool only_new, size_t most,
                         void (*found)(void *context, bool group, struct cw_slice name,
                                       struct cw_slice older),
                         void *context);

void cw_store_close(struct cw_store *store);

/* Writes `body` to a new file under the folder's blobs, syncs it and its
 * directory, and puts its name into `name`. Thread-safe. Returns a status: OK,
 * NO_ROOM or UNAVAILABLE (nothing is left behind) or FAILED (a failed sync). */
#define CW_BLOB_NAME_MAX 40
enum cw_store_status cw_blob_write(const char *folder, struct cw_slice body,
                                   char name[CW_BLOB_NAME_MAX]);

/* The checksum of a body, for a request with a blob. Thread-safe. */
uint64_t cw_store_body_sum(struct cw_slice body);

#endif
