/* user.h - users that are referred to, and the users that they block. Finding one for a
 * request: find_user.h. */
#ifndef CW_CORE_USER_H
#define CW_CORE_USER_H

#include "core/bucket.h"
#include "core/core.h"
#include "core/list.h"

struct cw_name_key;
struct leaving;
struct pair;
struct rung;
struct notify;
struct hook_rates;
struct seat;
struct shared;
struct watch;

#define CW_ACQUAINTANCES 16

/* The rates of what a user has sent lately, on all their connections. */
struct activity {
    struct pace pace;
    struct bucket texts;
    struct bucket typing;
    struct bucket firsts;                     /* messages to strangers */
    uint32_t acquaintances[CW_ACQUAINTANCES]; /* ids of the latest recipients */
    uint8_t acquaintance_next;
    struct rung *rung;        /* whom the user has called lately (ring_rate.c), or NULL */
    struct hook_rates *hooks; /* of a bot whose hooks have posted (hook_rate.c), or NULL */
};

/* A user with an attached session, or remembered as a recipient. */
struct user {
    uint64_t id;
    struct link sessions;
    struct link cached;  /* in core->cached_users while it is not referred to */
    unsigned references; /* sessions and requests */
    uint32_t blocked_count;
    struct activity *activity; /* NULL: none since it was loaded */
    uint32_t *blocked;         /* ids of users, ascending */
    struct seat *seats;        /* held in calls (seat.c) */
    struct pair *pair;         /* the call of two that the user is in, or is called to; or NULL */
    struct watch *watches;     /* the contacts, while a session of the user wants presence */
    struct leaving *leaving;   /* the last session has just gone, or NULL */
    struct shared *shared;     /* other nodes are told of the user (share.c), or NULL */
    uint32_t watch_count;
    bool watching; /* `watches` are filled in */
    bool discreet; /* others are not told what the user has received, read or listened to; known
                      while the user is attached */
    bool bot;
    bool deleted; /* the account: the user is forgotten with the last reference */
    bool hidden;  /* others are not told when the user is there, nor the user when they are; known
                     while the user is attached */
    struct notify *notify; /* of what the user is told, or NULL; known while they are attached */
    bool admin;            /* of the server; known while the user is attached */
    uint8_t state;         /* enum presence, the state that others were told */
    uint16_t key_n;
    uint8_t name_n;
    uint8_t text[]; /* name, then key */
};

/* NULL if the core does not have the user; by the key no deleted one is found. */
struct user *cw_user_by_id(const struct cw_core *core, uint64_t id);
struct user *cw_user_by_key(const struct cw_core *core, const struct cw_name_key *key);
/* The user that the result names, with the list of the users that they have blocked: the result
 * must contain that list. Takes a reference: the caller releases it. */
struct user *cw_user_take(struct cw_core *core, const struct cw_store_result *result);
void cw_user_refer(struct cw_core *core, struct user *user);
void cw_user_release(struct cw_core *core, struct user *user);
/* Made when it is first asked for. */
/* The user has deleted the account: nobody finds the name in the core any more. */
void cw_user_deleted(struct user *user);
struct activity *cw_user_activity(struct user *user);
struct cw_slice cw_user_name(const struct user *user);
size_t cw_user_session_count(const struct user *user);
/* The name is one of the spellings of the user's. */
bool cw_user_is_called(const struct cw_core *core, const struct user *user, struct cw_slice name);
/* Frees every user. */
void cw_users_finish(struct cw_core *core);
/* Has the user blocked this one? Valid for every user that a result has just named, or that is
 * attached or referred to. */
bool cw_user_has_blocked(const struct user *user, uint64_t other_id);
/* The same for a user that is referred to already. */
void cw_user_set_blocked(struct user *user, const struct cw_store_result *result);
/* The result of attaching a session of the user: the blocked users, and the settings. */
void cw_user_set_account(struct user *user, const struct cw_store_result *result);
/* The store has blocked the other user for this one, or has ended the block. */
void cw_user_block(struct user *user, uint64_t other_id, bool block);

#endif
