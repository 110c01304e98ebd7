/* auditor_book.h - the auditor's records: connections, logins, messages and unanswered requests,
 * and functions that find them. Private to auditor*.c; other files include auditor.h. */
#ifndef CW_FUZZ_AUDITOR_BOOK_H
#define CW_FUZZ_AUDITOR_BOOK_H

#include "auditor.h"
#include "auditor_rules.h"

#define CONNS_MAX    WORLD_CONNS
#define MESSAGES_MAX 1024
#define LOGINS_MAX   512
#define USERS_MAX    128
#define GROUPS_MAX   128
#define MEMBERS_MAX  1024
#define PROBES_MAX   256

/* The hash of a name's key or of a message's content; 0: none. */
typedef uint64_t print_of;

/* A request that awaits its answer. */
struct asked {
    uint8_t action;
    bool envelope;
    bool stored; /* its message was given to the store */
    bool to_group;
    bool has_since;
    print_of name; /* an unknown action's, a login's user's */
    uint64_t user; /* that the pair of name and token is of, or 0 */
    uint64_t session;
    print_of target;
    print_of content;
    uint64_t seq;
    uint64_t says;     /* `received`, and attach with `since`: its session has all up to here */
    bool says_latest;  /* `received` 0: ... up to what came before the last answer to one */
    bool has_map;      /* attach and login, but for a part: it says what its session wants, ... */
    uint64_t features; /* ... and that is this */
};

struct audited_conn {
    cw_conn_id id; /* 0: none */
    bool no_updates;
    bool closing;
    bool part;     /* an additional connection of its session, without delivery */
    uint8_t audio; /* CW_FX_AUDIO */
    uint64_t session, user;
    uint64_t last_id;
    bool confirms;     /* only `received` counts as a receipt: the feature was answered 0 */
    uint64_t answered; /* last_id at the last answer to `received` */
    struct asked asked[CW_REQUESTS_IN_FLIGHT_MAX];
    size_t asked_count;
    struct {
        uint64_t mark, session, last_id;
    } probes[PROBES_MAX];
    size_t probe_count;
    bool delivered[MESSAGES_MAX];
};

struct login {
    char token[CW_TOKEN_LEN];
    uint64_t user, session;
    uint64_t floor;     /* it has shown, or said, that it has all up to here */
    uint64_t said;      /* the highest that it said on connections that ended before the answer, or
                           moved, or where it could not be saved: it may have been taken */
    uint64_t past;      /* the highest of both, before an attach with `since` went back */
    bool confirms;      /* only `received` counts, by the feature */
    bool own;           /* so are told what it sends elsewhere, ... */
    uint64_t own_since; /* ... all after this */
};

struct message {
    bool committed;
    uint64_t mailbox, sender, sender_session;
    uint64_t conversation, seq;
    uint64_t of;        /* an edit or a deletion: the id of the changed message */
    uint64_t edited_by; /* the id of the last edit */
    bool deleted;
    enum cw_action action; /* of its update */
    print_of content;      /* the newest */
    print_of list;         /* of an Ogg Opus file: the samples in it; else 0 */
};

struct pending {
    uint64_t cookie;
    struct cw_store_request request; /* its slices are not kept */
    print_of key, content, list;
    print_of secret, invitation;
    uint64_t sender_session;
    char token[CW_TOKEN_LEN];
    uint8_t name_n;
    char name[CW_NAME_MAX];
};

struct auditor {
    struct world *world;
    struct rules *rules;
    struct audited_conn conns[CONNS_MAX];
    struct login logins[LOGINS_MAX];
    size_t login_count;
    struct message messages[MESSAGES_MAX]; /* by id */
    uint64_t head;
    struct {
        print_of key;
        uint8_t name_n;
        char name[CW_NAME_MAX];
    } users[USERS_MAX]; /* by id */
    print_of groups[GROUPS_MAX];
    struct {
        uint64_t user, group, since; /* since: the newest message when the user joined */
    } members[MEMBERS_MAX];
    size_t member_count;
    struct pending pending[WORLD_STORED_MAX];
    size_t pending_count;
};

print_of auditor_print(struct cw_slice bytes);
/* The hash of the name's key; 0: it is no valid name. */
print_of auditor_print_name(struct cw_slice name);

/* NULL: the connection was closed. */
struct audited_conn *auditor_conn(struct auditor *auditor, cw_conn_id id);
/* Finds a user by the hash of the name's key; 0: there is none. */
uint64_t auditor_user(const struct auditor *auditor, print_of key);
/* By the name that a message has; of one who has deleted the account, too. */
uint64_t auditor_user_named(const struct auditor *auditor, struct cw_slice name);
struct login *auditor_session(struct auditor *auditor, uint64_t session);
/* Keeps what the request said for its session, when no answer will tell if it was taken. */
void auditor_keep_said(struct auditor *auditor, const struct asked *asked);
/* Up to where the session has all, if everything was taken that it said so far. The requests that
 * wait are looked through: the answer to one of them says nothing of those behind it. */
uint64_t auditor_said(const struct auditor *auditor, const struct login *login);
/* True for a member; *since is the newest message when the user became one. */
bool auditor_is_member(const struct auditor *auditor, uint64_t user, uint64_t group,
                       uint64_t *since);

/* Must the message be delivered to this user, if it was not yet? Not the user's own messages, and
 * not changes of others' messages, which only extended clients understand. */
bool auditor_is_due(const struct auditor *auditor, uint64_t user, uint64_t id);
/* The same for messages that the login's user sent from other devices: they are delivered while
 * the login has the feature `own`. */
bool auditor_is_due_as_own(const struct auditor *auditor, const struct login *login, uint64_t id);

/* auditor_event.c, auditor_effect.c: record an event of the core, and check its effects. */
void auditor_on_event(struct auditor *auditor, const struct cw_event *event);
void auditor_on_effect(struct auditor *auditor, const struct cw_event *event,
                       const struct cw_effect *effect);

#endif
