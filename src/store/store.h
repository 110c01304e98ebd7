/* store.h - what is kept: requests and results as data.
 *
 * A back end executes batches. One batch is one commit: its requests take
 * effect in their order, each sees what those before it did, and all results
 * come after the commit. Ids are given here, in that order, and only for what
 * was committed, so a failed batch leaves no hole. The store is the referee
 * wherever two requests compete (a name, a membership).
 *
 * Back ends: SQLite (store_sqlite.c) and memory (store_memory.c), one suite for
 * both (test/store). store_thread.c runs one on a thread of its own. The core
 * sees only the request and result structs: it never calls anything here. */
#ifndef CW_STORE_STORE_H
#define CW_STORE_STORE_H

#include "base/alloc.h"
#include "base/limits.h"
#include "base/pool.h"
#include "base/slice.h"

enum cw_store_op {
    CW_STORE_USER_CREATE,    /* name, key, secret (password hash) -> user_id */
    CW_STORE_USER_FIND,      /* key -> user_id, name, secret */
    CW_STORE_SESSION_CREATE, /* user_id, secret (token hash), client, extended,
                                features, since/has_since, active -> session_id,
                                cursor, groups, dropped_session_id */
    CW_STORE_SESSION_FIND,   /* key (user's), secret (token hash) -> user_id, name,
                                session_id, cursor, extended, features, groups */
    CW_STORE_SESSION_SAVE,   /* session_id, cursor, extended, features, client when
                                not empty; sets last seen. Missing session: OK */
    CW_STORE_SESSION_DROP,   /* session_id. Missing session: OK */
    CW_STORE_CONTACT_ADD,    /* user_id, other_id. Already there: OK */
    CW_STORE_GROUP_CREATE,   /* user_id, name, key -> group_id */
    CW_STORE_GROUP_FIND,     /* key -> group_id, name */
    CW_STORE_GROUP_JOIN,     /* user_id, key -> group_id, name */
    CW_STORE_MESSAGE_APPEND, /* mailbox, user_id (sender), body (or blob), voice,
                                channels, sample_rate -> message_id */
    CW_STORE_INBOX_READ,     /* user_id, cursor -> messages, scanned_to, more */
    CW_STORE_OP_COUNT
};

enum cw_store_status {
    CW_STORE_OK,
    CW_STORE_EXISTS,      /* name taken; member already */
    CW_STORE_NOT_FOUND,   /* no such user, group; SESSION_FIND: no such user, or
                             he has no session that has not expired */
    CW_STORE_MISMATCH,    /* SESSION_FIND: the user has sessions, none with this token */
    CW_STORE_FULL,        /* CW_GROUPS_PER_USER or CW_GROUP_MEMBERS_MAX reached */
    CW_STORE_UNAVAILABLE, /* nothing of the batch was stored; try later */
    CW_STORE_FAILED       /* nobody knows what is on disk: the process must end
                             without answering anything (failed sync, damage) */
};

/* Where a message is delivered: a user, or a group. */
static inline uint64_t cw_mailbox_of_user(uint64_t user_id)
{
    return user_id << 1;
}
static inline uint64_t cw_mailbox_of_group(uint64_t group_id)
{
    return group_id << 1 | 1;
}
static inline bool cw_mailbox_is_group(uint64_t mailbox)
{
    return (mailbox & 1) != 0;
}

/* A request. Which members count stands beside each operation above. `time_ms`
 * (UTC) counts in all of them: it is the present. Ids start at 1; 0 is none. */
struct cw_store_request {
    enum cw_store_op op;
    uint64_t cookie; /* the asker's; comes back in the result */
    uint64_t time_ms;
    uint64_t user_id;
    uint64_t other_id;
    uint64_t session_id;
    uint64_t cursor; /* a message id: everything up to it has been received */
    uint64_t mailbox;
    struct cw_slice name;
    struct cw_slice key;
    struct cw_slice secret;
    struct cw_slice client;
    struct cw_slice body;
    void *frame;            /* what `body` points into, or NULL. A copy of the request
                               then owns this and does not copy the body */
    struct cw_slice blob;   /* MESSAGE_APPEND: the body is in this file instead,
                               written and synced by cw_blob_write */
    struct cw_slice active; /* SESSION_CREATE: ids (uint64_t, packed) of sessions in
                               use right now, which are not dropped as idle */
    uint64_t since;         /* SESSION_CREATE: where the cursor starts instead */
    bool has_since;
    bool in_turn; /* MESSAGE_APPEND: overtakes nothing (store_thread.h) */
    bool extended;
    bool voice;
    uint32_t channels;
    uint32_t sample_rate;
    uint64_t features;
};

struct cw_store_group {
    uint64_t group_id;
    struct cw_slice name;
};

struct cw_store_message {
    uint64_t message_id;
    uint64_t time_ms;
    uint64_t mailbox;
    uint64_t sender_id;
    struct cw_slice sender;       /* registered spelling */
    struct cw_slice mailbox_name; /* registered spelling of the user or group */
    struct cw_slice body;         /* text, or the samples as they came */
    bool voice;
    uint32_t channels;
    uint32_t sample_rate;
};

/* A result. Slices and arrays live in the arena given to execute. */
struct cw_store_result {
    enum cw_store_op op;
    enum cw_store_status status;
    uint64_t cookie;
    uint64_t user_id;
    uint64_t group_id;
    uint64_t session_id;
    uint64_t dropped_session_id; /* SESSION_CREATE: the longest idle one, or 0 */
    uint64_t message_id;
    uint64_t cursor;
    struct cw_slice name;
    struct cw_slice secret;
    bool extended;
    uint64_t features;
    struct cw_store_group *groups;
    size_t group_count;
    struct cw_store_message *messages; /* ascending ids */
    size_t message_count;
    uint64_t scanned_to; /* INBOX_READ: everything up to this id is in this page or
                            is not for this user; at the end, the newest id */
    bool more;           /* INBOX_READ: there may be messages after scanned_to */
    /* MESSAGE_APPEND: the request, which whoever executed it keeps alive until
     * the result has been used: its body is what is fanned out. Else NULL. */
    const struct cw_store_request *request;
};

/* Delivery rules that the store keeps (docs/protocol.md, "Delivery"):
 * - A page of INBOX_READ has at most CW_PAGE_ROWS_MAX messages and
 *   CW_PAGE_BYTES_MAX of bodies (but at least one message), looks at no more
 *   than CW_PAGE_SCAN_MAX rows, and holds the messages with ids above `cursor` of the
 *   user's own mailbox and of his groups', in the order of ids, without his own
 *   group messages and without a group's from before he joined. (What he
 *   whispers to himself is delivered.)
 * - SESSION_CREATE starts at the highest of: request.cursor, and every cursor that
 *   any session of the user was ever saved with; at request.since (but never
 *   beyond the newest message) when has_since.
 * - A session not seen for session_idle_ms does not exist any more. */

/* What a back end is opened with. */
struct cw_store_options {
    uint64_t session_idle_ms;
    unsigned sessions_per_user;
};

struct cw_store; /* one back end, open */

/* Opens the SQLite back end on `folder` (created with mode 0700 when missing),
 * migrating an older schema. On failure returns NULL and writes a sentence for
 * the operator to *error (static or at most 256 bytes in `error`).
 * The file is locked for this process: a second server is refused.
 * Removes blob files that no row names. */
struct cw_store *cw_store_open_sqlite(const char *folder, const struct cw_store_options *options,
                                      char error[256]);

/* Opens the memory back end, which never fails. */
struct cw_store *cw_store_open_memory(const struct cw_store_options *options);

/* Executes requests as one commit and fills results[0..n). When the disk is full
 * every request that writes gets CW_STORE_UNAVAILABLE and nothing of the batch is
 * stored, while those that only read are answered all the same. When a sync
 * failed every result is CW_STORE_FAILED.
 * Messages and names are allocated in `arena`. One thread at a time. */
void cw_store_execute(struct cw_store *store, const struct cw_store_request *const requests[],
                      size_t n, struct cw_store_result results[], struct cw_arena *arena);

/* Work for an idle moment (a step of a checkpoint). Returns false after a
 * failed sync, as CW_STORE_FAILED. */
bool cw_store_idle(struct cw_store *store);

void cw_store_close(struct cw_store *store);

/* Writes `body` to a new file under the folder's blobs, syncs it and its
 * directory, and puts its name into `name`. Thread-safe. Returns a status: OK,
 * UNAVAILABLE (no space; nothing is left behind) or FAILED (a failed sync). */
#define CW_BLOB_NAME_MAX 40
enum cw_store_status cw_blob_write(const char *folder, struct cw_slice body,
                                   char name[CW_BLOB_NAME_MAX]);

/* A copy of the request with all its slices (but see `frame`), taken from the
 * pool, and how to give it back to the same one. NULL: no pool. */
struct cw_store_request *cw_store_request_copy(struct cw_pool *pool,
                                               const struct cw_store_request *request);
void cw_store_request_destroy(struct cw_pool *pool, struct cw_store_request *request);

#endif
