/* store_request.h - a request to a store, and its copy for another thread. */
#ifndef CW_STORE_STORE_REQUEST_H
#define CW_STORE_STORE_REQUEST_H

#include "base/pool.h"
#include "base/slice.h"
#include "store/conversation.h"
#include "store/profile.h"
#include "store/store_op.h"

struct cw_account;

/* A request. ops.def says above each operation which members it uses. All use two times (UTC;
 * base/clock.h says why there are two; the store reads no clock): time_ms is the present, the
 * timestamp of stored data. Ages are measured by date_ms (0: the same): no session expires, no
 * message becomes too old and no invitation is removed before the earlier of the two. Ids start at
 * 1; 0 is none. */
struct cw_store_request {
    /* All that a MESSAGE_APPEND has, down to `n`. Thousands of them are under way at a time: a copy
     * of one (cw_store_request_copy) has only these members. */
    enum cw_store_op op;
    uint32_t channels;
    uint32_t sample_rate;
    bool voice;
    bool call;                  /* a missed call; neither a voice nor a text */
    bool in_turn;               /* it must not overtake other requests (store_thread.h) */
    bool no_stranger;           /* refuse it if it is the first message to a stranger */
    uint8_t refusal;            /* enum cw_store_status: its status unless it is a retry */
    uint64_t cookie;            /* the asker's; comes back in the result */
    uint64_t conn;              /* the connection that it is done for, 0: none */
    uint64_t asker;             /* the session that it is done for, 0: none */
    uint64_t heard;             /* `at` of the last news (store_news.h) that the asker had then */
    struct cw_account *account; /* the submitter charged this account ... */
    size_t charged;             /* ... so many bytes, until the request is destroyed */
    uint64_t time_ms, date_ms;
    uint64_t user_id;
    uint64_t session_id;
    uint64_t mailbox;
    struct cw_slice body;
    struct cw_owned *body_owner; /* of the memory that `body` lies in: a copy of the request
                                    takes it from there instead of copying the body; it is
                                    the copy's own owner then. NULL: the body is copied */
    struct cw_slice blob;        /* the body is in this file instead, written and synced by
                                    cw_blob_write */
    uint64_t body_sum;           /* with a blob: cw_store_body_sum of the body */
    uint64_t reply_to;           /* a sequence number of the same conversation, 0: none */
    uint64_t part;               /* whose numbers: 0 is the session's own */
    uint64_t n;                  /* the part's number, 0: none */
    uint32_t duration_ms;        /* of a voice, as its waveform */
    struct cw_slice waveform;
    uint64_t file_id;         /* of the message, 0: none; or what the operation is about */
    struct cw_slice mentions; /* MESSAGE_APPEND, EDIT: keys of users, as rules_mention.h has them */
    bool calls_all;           /* the same: everybody in the group, too */

    /* Members of the other operations. */
    uint64_t other_id;
    uint64_t cursor; /* a message id: everything up to it has been received */
    struct cw_slice name;
    struct cw_slice key;
    struct cw_slice looks; /* of the name: cw_looks */
    struct cw_slice secret;
    struct cw_slice expected;
    struct cw_slice renewed; /* SESSION_CREATE: another hash of the same password, which replaces
                                `expected` if that is still stored */
    struct cw_slice code;    /* of the second factor, as it was typed; empty: none */
    bool linked;             /* SESSION_CREATE: confirmed by session_id of the user: no code */
    uint64_t device_id;      /* SESSION_CREATE: the device password by which it is made, 0: none */
    struct cw_slice client;
    struct cw_slice active; /* SESSION_CREATE: ids (uint64_t, packed) of sessions in
                               use right now: one is dropped when there is no other,
                               in this order */
    uint64_t since;         /* SESSION_CREATE: where the cursor starts instead */
    bool has_since;
    bool extended;
    bool own;   /* INBOX_READ: with messages that the user sent, too */
    bool lists; /* INBOX_READ, VOICE_READ: the asker cannot read Ogg Opus. The store ignores it; the
                   shell makes lists of the result */
    uint64_t features;
    uint64_t group_id;
    uint64_t conversation;
    uint64_t seq;
    uint64_t before, after;
    uint32_t limit; /* 1 to CW_LIST_MAX */
    enum cw_store_anchor anchor;
    enum cw_store_role role;
    bool by_invitation;
    bool discreet;               /* SETTINGS_SET */
    bool sets_level, sets_until; /* NOTIFY_SET: what is to change */
    enum cw_notify_level level;
    bool with_messages; /* ACCOUNT_DELETE: what the user sent goes, too */
    bool unlisted;      /* GROUP_ACCESS */
    bool on;            /* PROFILE_SET */
    bool with_text;     /* PUSH_SET: a push message has what was said */
    enum cw_profile_item item;
    unsigned has;     /* SEARCH: bits of text/query.h */
    uint64_t from_ms; /* SEARCH: not before that; until_ms: before that; 0: no limit */
    uint64_t until_ms;
    uint64_t expires_ms;
    uint64_t uses;
    struct cw_store_retention retain;
    bool setup;              /* USER_CREATE: the invitation must be a set-up link */
    bool admin;              /* ADMIN_SET */
    bool announcements;      /* GROUP_WRITERS */
    enum cw_store_here here; /* GROUP_HERE */
    bool newcomers;          /* GROUP_NEWCOMERS */
    uint64_t slow_s, version_days, place;
    uint64_t notice_id, invitation_id;
    uint64_t hook_id;
    uint64_t number; /* of a row of the audit log, or of a report */
    enum cw_audit_act act;
    struct cw_slice network; /* of bans: CW_NETWORK_N or 5 bytes; empty: of a user */
    struct cw_slice invitation;
    struct cw_slice address; /* of the peer, as text for people */
    uint64_t size, offset;   /* of a file, in bytes */
    uint64_t generation;     /* of an upload; SESSION_SAVE: as SESSION_FIND said it, 0: none */
    struct cw_slice type;    /* of a file */
    uint32_t width, height;  /* of a picture; 0: unknown */
    bool thumbnail;          /* it is about that of the file */
};

/* Does any of them change anything? */
bool cw_store_batch_writes(const struct cw_store_request *const requests[], size_t n);

/* A copy of the request with all its slices (but see `body_owner`), taken from the
 * pool, and how to give it back to the same one. NULL: no pool. */
struct cw_store_request *cw_store_request_copy(struct cw_pool *pool,
                                               const struct cw_store_request *request);
/* The memory of such a copy; and the most that its result may take: a page, and with recordings the
 * longest of them. */
size_t cw_store_request_size(const struct cw_store_request *request);
size_t cw_store_result_size(const struct cw_store_request *request);
void cw_store_request_destroy(struct cw_pool *pool, struct cw_store_request *request);

#endif
