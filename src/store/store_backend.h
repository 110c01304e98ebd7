/* store_backend.h - the interface between store.c and the back ends. Private to src/store: others
 * use store.h. */
#ifndef CW_STORE_STORE_BACKEND_H
#define CW_STORE_STORE_BACKEND_H

#include <stdatomic.h>

#include "store/store.h"
#include "store/store_lease.h"
#include "store/store_news.h"

/* What the rules ask of an entry of a conversation. */
struct cw_store_entry {
    uint64_t sender_id;
    enum cw_store_kind kind;
    bool deleted;
};

/* What a user's writing in a group depends on. */
struct cw_store_standing {
    enum cw_store_role role; /* NONE: no member, and the rest is 0 */
    uint64_t muted_until_ms; /* 0: not muted */
    bool announcements;
    enum cw_store_here here;
    uint64_t slow_s;
};

/* May the user write there? OK or NOT_MEMBER, or FORBIDDEN: blocked by the other user of a pair, or
 * muted. */
struct cw_store_right {
    enum cw_store_status status;
    uint64_t muted_until_ms;
    bool reads_only;  /* but may react */
    uint64_t slow_ms; /* between two messages */
};

/* The facts that the rules (rules.h) ask a back end for, in the transaction under way. */
struct cw_store_facts {
    bool (*user_exists)(struct cw_store *store, uint64_t user_id);
    /* Is the user a bot, and whose (0: it was deleted)? */
    bool (*is_bot)(struct cw_store *store, uint64_t user_id, uint64_t *owner_id);
    /* The same, or the user has deleted the account. */
    bool (*user_known)(struct cw_store *store, uint64_t user_id);
    bool (*is_deleted)(struct cw_store *store, uint64_t user_id);
    bool (*group_exists)(struct cw_store *store, uint64_t group_id);
    /* The session exists, and belongs to this user. */
    bool (*session_exists)(struct cw_store *store, uint64_t session_id, uint64_t user_id);
    /* NONE: the user is no member. */
    enum cw_store_role (*role_of)(struct cw_store *store, uint64_t user_id, uint64_t group_id);
    struct cw_store_standing (*standing)(struct cw_store *store, uint64_t user_id,
                                         uint64_t group_id);
    /* When the user wrote in the group last, while it was in slow mode; 0: did not. */
    uint64_t (*written_ms)(struct cw_store *store, uint64_t user_id, uint64_t group_id);
    /* Until when the user is muted there, member or not; 0: not. */
    uint64_t (*muted_until)(struct cw_store *store, uint64_t user_id, uint64_t group_id);
    /* Of the group's members with this role the one that joined first and is no bot; 0: there is
     * none. */
    uint64_t (*first_member)(struct cw_store *store, uint64_t group_id, enum cw_store_role role);
    bool (*is_banned)(struct cw_store *store, uint64_t user_id, uint64_t group_id);
    uint64_t (*group_count)(struct cw_store *store, uint64_t user_id); /* with this member */
    bool (*has_contact)(struct cw_store *store, uint64_t user_id, uint64_t other_id);
    bool (*has_blocked)(struct cw_store *store, uint64_t user_id, uint64_t other_id);
    /* Are others not told what the user has received, read or listened to? */
    bool (*is_discreet)(struct cw_store *store, uint64_t user_id);
    /* 0: there is none. */
    uint64_t (*user_by_key)(struct cw_store *store, struct cw_slice key);
    bool (*is_admin)(struct cw_store *store, uint64_t user_id);
    uint64_t (*admin_count)(struct cw_store *store);
    /* Is request.invitation a set-up link that is valid? */
    bool (*setup_good)(struct cw_store *store, const struct cw_store_request *request);
    /* Is request.invitation valid for this mailbox (0: the server)? */
    bool (*invitation_good)(struct cw_store *store, uint64_t mailbox,
                            const struct cw_store_request *request);
    /* Number seq of the conversation. False: it is not kept. */
    bool (*entry_at)(struct cw_store *store, uint64_t conversation, uint64_t seq,
                     struct cw_store_entry *entry);
    /* Bytes of all messages of the user. */
    uint64_t (*stored_of)(struct cw_store *store, uint64_t user_id);
    /* False: there is no such file or upload. */
    bool (*file_at)(struct cw_store *store, uint64_t file_id, struct cw_store_file *file);
    /* Who has sent the message, to where; false: it is not kept, or deleted. */
    bool (*message_at)(struct cw_store *store, uint64_t message_id, uint64_t *sender_id,
                       uint64_t *mailbox);
    /* cw_store_judge; the back end may cache the result. */
    struct cw_store_right (*right)(struct cw_store *store, uint64_t user_id, uint64_t conversation);
};

struct cw_store_backend {
    void (*execute)(struct cw_store *store, const struct cw_store_request *const requests[],
                    size_t n, struct cw_store_result results[], struct cw_arena *arena);
    void (*drop_files)(struct cw_store *store, const struct cw_store_request *const requests[],
                       size_t n,
                       const struct cw_store_result results[]); /* NULL: it refuses nobody */
    bool (*idle)(struct cw_store *store, bool *again);
    void (*list_twins)(struct cw_store *store, bool only_new, size_t most,
                       void (*found)(void *context, bool group, struct cw_slice name,
                                     struct cw_slice older),
                       void *context); /* NULL: there are none */
    void (*close)(struct cw_store *store);
    void (*set_options)(struct cw_store *store, const struct cw_store_options *options);
    const char *(*failure)(struct cw_store *store); /* NULL: it cannot fail */
    bool (*disturbed)(struct cw_store *store);      /* NULL: never */
    bool (*tick)(struct cw_store *store);           /* NULL: it has no such work, nor a tick_due */
    bool (*tick_due)(const struct cw_store *store);
    void (*look)(struct cw_store *store); /* NULL: nobody else writes; nor is there the next */
    void (*set_bell)(struct cw_store *store, void (*rung)(void *context), void *context);
    /* store_lease.h; NULL: no other server can share a call, nor is there the next. */
    void (*set_leases)(struct cw_store *store, cw_store_lease_told *told, void *context);
    void (*lease)(struct cw_store *store, uint64_t call, bool take);
    uint64_t (*renewed_ms)(const struct cw_store *store);
    uint64_t (*newest)(const struct cw_store *store);
    bool (*renew_identity)(struct cw_store *store);
    bool (*copy_begin)(struct cw_store *store, const char *path,
                       char error[256]); /* NULL: it cannot be copied, nor the next two */
    enum cw_store_copying (*copy_step)(struct cw_store *store, char error[256]);
    void (*copy_end)(struct cw_store *store);
    bool (*restored)(struct cw_store *store, bool keep_sessions,
                     struct cw_store_restored *ended); /* NULL as above */
    struct cw_store_facts facts;
};

/* The first member of every back end's own struct. */
struct cw_store {
    const struct cw_store_backend *backend;
    struct cw_store_notes notes;
    struct cw_slice kept_keys;
    struct cw_store_identity identity;
    uint8_t push_secret[CW_PUSH_SECRET_N];
    bool has_pushes; /* when it was opened */
    bool frozen;     /* it is on its way to another database (move.h): what writes is UNAVAILABLE */
    uint64_t date_ms;                /* as stored */
    struct cw_store_news_list *news; /* that were not taken yet, or NULL */
    bool (*rings)(void *context);    /* cw_store_set_ringer; or NULL */
    void *rings_context;
    atomic_uint_least64_t epoch; /* of this node; 0: it is alone */
    atomic_uint_least64_t free_bytes;
    /* Since when it waits for its database, by CLOCK_MONOTONIC; 0: it does not. */
    atomic_uint_least64_t waits_since_ms;
    /* To be called at intervals, on the thread of execute, while it waits for long: what has come
     * behind the batch under way is answered UNAVAILABLE. Or NULL. */
    void (*refuse_waiting)(void *context);
    void *refuse_context;
};

/* Is this user a bot, deleted or not? */
static inline bool cw_store_is_bot(struct cw_store *store, uint64_t user_id)
{
    uint64_t owner_id;
    return store->backend->facts.is_bot(store, user_id, &owner_id);
}

#endif
