/* memory.h - what the files of the memory back end share.
 *
 * Private to this folder. */
#ifndef CW_STORE_MEMORY_MEMORY_H
#define CW_STORE_MEMORY_MEMORY_H

#include "base/map.h"
#include "store/memory/list.h"
#include "store/rules_departure.h"
#include "store/rules_factor.h"
#include "store/window.h"

struct cw_memory_session {
    struct cw_memory_session *next; /* of its user, newest first */
    struct cw_memory_user *user;
    uint64_t id, cursor, created_ms, seen_ms, features;
    uint64_t used; /* of its user's sessions the highest was used last */
    bool extended;
    uint64_t device_id; /* the device password by which it was made, 0: none */
    struct cw_slice token_hash, name, client, address;
    struct cw_memory_window *windows;
    struct cw_store_push push; /* of its browser; without an endpoint: none */
};

/* Which numbers a part has used. */
struct cw_memory_window {
    struct cw_memory_window *next;
    uint64_t part, last_id;
    struct cw_window window;
};

struct cw_memory_notice {
    uint64_t group_id;
    struct cw_store_notice shown;
};

struct cw_memory_user {
    uint64_t id;
    struct cw_slice name, key, looks, secret;
    struct cw_slice renewed_from; /* the hash that `secret` has replaced */
    uint64_t high_cursor, seen_ms;
    uint64_t stored;    /* bytes of their messages */
    uint64_t last_used; /* session: its number */
    bool discreet, bot;
    uint64_t owner_id; /* of a bot; 0: it was deleted */
    struct cw_slice quiet_hours;
    struct cw_memory_list notify; /* of struct cw_store_notify, ascending conversations */
    struct cw_store_profile profile;
    bool admin, reset_ends_factor;
    struct cw_memory_session *sessions;
    struct cw_memory_list contacts, blocked; /* users, ascending ids */
    struct cw_memory_list memberships;       /* ascending ids of groups */
    struct cw_memory_list notices;           /* struct cw_memory_notice, ascending ids */
    bool deleted, departing;                 /* the account; ... and its messages go, too */
    char deleted_name[CW_DELETED_NAME_MAX], renamed_key[1024];
    struct cw_store_factor factor;
    struct cw_memory_list devices; /* struct cw_memory_device, ascending ids */
    struct cw_slice reset;         /* hash of a link by which the password is set anew */
    uint64_t reset_expires_ms;     /* 0: there is none */
};

struct cw_memory_membership {
    struct cw_memory_user *user;
    struct cw_memory_group *group;
    uint64_t joined_message_id;
    enum cw_store_role role;
};

struct cw_memory_mute {
    uint64_t user_id, until_ms;
};

struct cw_memory_group {
    uint64_t id;
    struct cw_slice name, key, looks, topic;
    bool by_invitation, unlisted, announcements, newcomers;
    struct cw_store_retention retain;
    enum cw_store_here here;
    uint64_t slow_s, version_days, place;
    struct cw_memory_heading *heading; /* NULL: none */
    struct cw_memory_list written;     /* of struct cw_memory_mute: until_ms is when they wrote */
    struct cw_memory_list members;     /* memberships, as they came */
    struct cw_memory_list banned;      /* users, ascending ids */
    struct cw_memory_list banners;     /* who has banned each of them: users, in the same places */
    struct cw_memory_list mutes; /* of struct cw_memory_mute, also of users that are no members */
    struct cw_memory_list pins;  /* of struct cw_memory_pin, by seq */
};

struct cw_memory_invitation {
    struct cw_slice hash;
    uint64_t id, user_id, mailbox, created_ms, expires_ms, uses;
};

struct cw_memory_conversation {
    uint64_t id;
    struct cw_memory_list entries; /* of struct cw_memory_entry, by seq */
};

/* What is kept of a message, for which numbers within a conversation fit 32 bits.
 * There are many: it is as short as it can be. */
struct cw_memory_entry {
    struct {
        uint64_t message_id, time_ms, mailbox;
        struct cw_slice body; /* of an EDIT none: it is its message's */
        uint64_t edited_ms, deleted_ms;
        uint32_t sender_id, seq, reply_to, of, sample_rate;
        uint8_t channels, kind;
        bool voice, damaged;
    } message;
    bool gone; /* no longer kept */
    struct cw_memory_conversation *conversation;
    struct cw_memory_recording *recording; /* of a voice that is not deleted; else NULL */
    uint64_t sent;    /* the hash of what was sent with an n, until it is deleted */
    uint64_t changed; /* the newest event about it: sequence number */
};

struct cw_memory_recording {
    struct cw_slice waveform;
    uint64_t played_ms;
    uint32_t duration_ms;
};

struct cw_memory_mark {
    uint64_t key[2]; /* conversation, user */
    uint64_t seq;
};

struct cw_memory {
    struct cw_store store;     /* first */
    unsigned identities, eras; /* that it has had */
    struct cw_store_options options;
    struct cw_arena arena;         /* everything kept but sessions, lists and maps */
    struct cw_arena *out;          /* for the results of the batch that is being executed */
    struct cw_store_moment moment; /* of the latest request */
    /* By id; a session or group that is gone leaves a NULL. */
    struct cw_memory_list users, groups, sessions;
    struct cw_memory_list messages; /* by ascending ids, which may have a hole */
    uint64_t newest;                /* the highest id that was given to one */
    struct cw_memory_list conversations, invitations, hooks;
    struct cw_memory_list retired;   /* struct cw_memory_retired */
    struct cw_memory_list reactions; /* of struct cw_memory_reaction, as they came */
    struct cw_memory_list mentions;  /* of struct cw_memory_mention, by message and user */
    struct cw_memory_list headings;  /* of struct cw_memory_heading, as they came */
    struct cw_memory_list versions;  /* of struct cw_memory_version, as they came */
    struct cw_map user_keys, group_keys, tokens, conversation_ids, marks;
    struct cw_memory_conversation *last_conversation;            /* that was looked for, or NULL */
    struct cw_memory_list files;                                 /* of struct cw_memory_file */
    struct cw_memory_list audit, reports, barred, announcements; /* see audit.c, oversight.c ... */
    uint64_t last_notice_id, last_invitation_id, last_hook_id, last_file_id, last_device_id,
        last_barred_id, last_report_id, last_announcement_id;
    bool forgets; /* there are, or were, messages that expire */
    bool full, unreadable;
};

/* --- kept.c ------------------------------------------------------------------------------ */

/* Zeroed memory that stays until the store is closed. */
void *cw_memory_keep(struct cw_memory *m, size_t size);
/* A copy of the key at this place behind what is kept: where a map wants it. */
static inline struct cw_slice cw_memory_key_behind(void *place, struct cw_slice key)
{
    if (key.n != 0)
        memcpy(place, key.p, key.n);
    return cw_slice_of(place, key.n);
}
/* A copy for a result. */
struct cw_slice cw_memory_out(struct cw_memory *m, struct cw_slice s);
void *cw_memory_out_array(struct cw_memory *m, size_t count, size_t size);

/* Lists of users in the order of their ids. */
size_t cw_memory_place_of(const struct cw_memory_list *users, uint64_t user_id);
bool cw_memory_has_user(const struct cw_memory_list *users, uint64_t user_id);

/* --- facts.c --------------------------------------------------------------------------- */

/* Have the two names a look in common? */
bool cw_memory_look_alike(struct cw_slice looks, struct cw_slice others);
/* What is stored of the user's password; NULL: there is no such user. */
struct cw_store_password cw_memory_password_of(const struct cw_memory_user *user,
                                               const struct cw_store_request *request);
struct cw_memory_membership *cw_memory_membership_of(const struct cw_memory_user *user,
                                                     uint64_t group_id);
/* Until when the user is muted there; 0: not. */
uint64_t cw_memory_mute_of(const struct cw_memory_group *group, uint64_t user_id);
/* NULL: nothing was ever said in it. */
struct cw_memory_conversation *cw_memory_conversation(struct cw_memory *m, uint64_t id);
/* The number of its last entry, 0: there is none. */
uint64_t cw_memory_last_seq(const struct cw_memory_conversation *conversation);
/* Entry number seq, or NULL when there is none or it is no longer kept. */
struct cw_memory_entry *cw_memory_entry(const struct cw_memory_conversation *conversation,
                                        uint64_t seq);
/* NULL: there is none, or it is no longer kept. */
const struct cw_memory_entry *cw_memory_entry_with_id(const struct cw_memory *m, uint64_t id);
/* The place in m->messages of the first with an id above `after`. */
size_t cw_memory_place_above(const struct cw_memory *m, uint64_t after);
/* What the rules ask of it. */
struct cw_store_entry cw_memory_rules_entry(const struct cw_memory_entry *entry);

/* struct cw_store_facts. */
bool cw_memory_user_exists(struct cw_store *store, uint64_t user_id);
bool cw_memory_user_known(struct cw_store *store, uint64_t user_id);
bool cw_memory_group_exists(struct cw_store *store, uint64_t group_id);
bool cw_memory_session_exists(struct cw_store *store, uint64_t session_id, uint64_t user_id);
enum cw_store_role cw_memory_role_of(struct cw_store *store, uint64_t user_id, uint64_t group_id);
struct cw_store_standing cw_memory_standing(struct cw_store *store, uint64_t user_id,
                                            uint64_t group_id);
uint64_t cw_memory_muted_until(struct cw_store *store, uint64_t user_id, uint64_t group_id);
uint64_t cw_memory_first_member(struct cw_store *store, uint64_t group_id, enum cw_store_role role);
bool cw_memory_is_banned(struct cw_store *store, uint64_t user_id, uint64_t group_id);
uint64_t cw_memory_group_count(struct cw_store *store, uint64_t user_id);
bool cw_memory_has_contact(struct cw_store *store, uint64_t user_id, uint64_t other_id);
bool cw_memory_has_blocked(struct cw_store *store, uint64_t user_id, uint64_t other_id);
bool cw_memory_is_discreet(struct cw_store *store, uint64_t user_id);
uint64_t cw_memory_user_by_key(struct cw_store *store, struct cw_slice key);
bool cw_memory_entry_at(struct cw_store *store, uint64_t conversation, uint64_t seq,
                        struct cw_store_entry *entry);
uint64_t cw_memory_stored_of(struct cw_store *store, uint64_t user_id);

/* --- show.c ---------------------------------------------------------------------------- */

/* The ids of the user's blocked users and contacts. */
void cw_memory_list_blocked(struct cw_memory *m, const struct cw_memory_user *user,
                            struct cw_store_result *result);
void cw_memory_list_contacts(struct cw_memory *m, const struct cw_memory_user *user,
                             struct cw_store_result *result);
/* The group as this member sees it; `whole`: with what only lists have. */
struct cw_store_group cw_memory_show_group(struct cw_memory *m,
                                           const struct cw_memory_membership *membership,
                                           bool whole);
/* The entry whose text and deletion apply: for an edit those of the message that it is about. */
const struct cw_memory_entry *cw_memory_subject_of(const struct cw_memory_entry *entry);
/* The entry for a result; without `whole` a voice has no body. */
struct cw_store_message cw_memory_show(struct cw_memory *m, const struct cw_memory_entry *entry,
                                       bool whole);

/* --- invitations.c --------------------------------------------------------------------- */

/* struct cw_store_facts; and the valid invitation, or NULL. */
bool cw_memory_invitation_good(struct cw_store *store, uint64_t mailbox,
                               const struct cw_store_request *request);
struct cw_memory_invitation *cw_memory_invitation_find(struct cw_memory *m, uint64_t mailbox,
                                                       const struct cw_store_request *request);
/* Forgets the invitations to a group that is gone. */
void cw_memory_invitations_drop(struct cw_memory *m, uint64_t mailbox);
/* The user has lost the right to those to this mailbox. */
void cw_memory_invitations_end(struct cw_memory *m, uint64_t mailbox, uint64_t user_id);

/* --- sessions.c ------------------------------------------------------------------------ */

/* Drops all sessions of the user but this one. */
void cw_memory_sessions_drop(struct cw_memory *m, struct cw_memory_user *user, uint64_t kept_id);

/* --- window.c -------------------------------------------------------------------------- */

/* The part's window, or NULL: it has used no number. */
struct cw_memory_window *cw_memory_window_find(const struct cw_memory_session *session,
                                               uint64_t part);
/* Number n of the part was given to this message. */
void cw_memory_window_use(struct cw_memory_session *session, uint64_t part, uint64_t n,
                          uint64_t message_id);
void cw_memory_windows_drop(struct cw_memory_session *session);

/* --- notices.c: as in sqlite/notices.h ------------------------------------------------- */

void cw_memory_notice_add(struct cw_memory *m, const struct cw_store_request *request,
                          enum cw_store_notice_kind kind, struct cw_store_result *result);
void cw_memory_notice_remove(struct cw_memory_user *user, uint64_t group_id,
                             enum cw_store_notice_kind highest);
void cw_memory_notice_unbanned(struct cw_memory_user *user, uint64_t group_id);
uint64_t cw_memory_notice_newest(const struct cw_memory_user *user);

/* --- marks.c --------------------------------------------------------------------------- */

/* Where the user's marker stands, 0: before the first message. */
uint64_t cw_memory_read_seq(struct cw_memory *m, uint64_t conversation, uint64_t user_id);
/* It stands at the last of what was said: what is before a member's joining is not unread. */
void cw_memory_mark_last(struct cw_memory *m, uint64_t conversation, uint64_t user_id);
/* Forgets how far the user has read. */
void cw_memory_mark_drop(struct cw_memory *m, uint64_t conversation, uint64_t user_id);

/* --- stored.c -------------------------------------------------------------------------- */

/* What an entry counts for; an entry of this user's took `from` bytes and takes `to` now. */
uint64_t cw_memory_stored_size(const struct cw_memory_entry *entry);
void cw_memory_count_stored(struct cw_memory *m, uint64_t user_id, uint64_t from, uint64_t to);

/* --- retention.c ----------------------------------------------------------------------- */

/* Deletes messages that are too old or too many. */
void cw_memory_sweep(struct cw_memory *m);

/* --- operations: they fill the result, whose status is OK, as ops.def says ----------- */

typedef void cw_memory_operation(struct cw_memory *m, const struct cw_store_request *request,
                                 struct cw_store_result *result);

#define CW_STORE_OP(NAME, name, what) cw_memory_operation cw_memory_##name;
#include "store/ops.def"
#undef CW_STORE_OP
#endif
