/* internal.h - the nouns of the core and what its files offer each other.
 *
 * Private to src/core. One file a noun: conn.c, request.c, session.c, user.c,
 * group.c, call.c, seat.c, throttle.c, effect.c; one per family of messages: on_*.c;
 * core.c steps. Nothing here outlives what limits.h says. */
#ifndef CW_CORE_INTERNAL_H
#define CW_CORE_INTERNAL_H

#include <assert.h>

#include "base/buf.h"
#include "base/codes.h"
#include "base/limits.h"
#include "base/map.h"
#include "core/core.h"
#include "text/look.h"
#include "text/name.h"

struct request;
struct session;
struct group;

/* A doubly linked list through a link inside its members. */
struct link {
    struct link *prev, *next;
};
static inline void cw_list_init(struct link *list)
{
    list->prev = list->next = list;
}
static inline bool cw_list_empty(const struct link *list)
{
    return list->next == list;
}
static inline void cw_list_append(struct link *list, struct link *link)
{
    link->prev = list->prev;
    link->next = list;
    list->prev->next = link;
    list->prev = link;
}
/* Good for a link that is in no list, too, if it was initialised. */
static inline void cw_list_remove(struct link *link)
{
    link->prev->next = link->next;
    link->next->prev = link->prev;
    cw_list_init(link);
}
#define CW_LINK_OWNER(link, type, member) ((type *)(void *)((char *)(link)-offsetof(type, member)))

/* A token bucket: `level` requests may still be made, as of `at_ms`. */
struct bucket {
    uint64_t at_ms;
    double level;
};

/* What happened in the last second: `n` of it, in slots of CW_RECENT_SLOT_MS. */
struct recent {
    uint64_t slot; /* the newest */
    uint32_t n;
    uint16_t slots[CW_RECENT_SLOTS];
};

/* What a user sends, on all his connections; or a connection that is not logged in. */
struct rates {
    struct bucket requests;
    struct bucket texts;
    struct bucket idle; /* what came to nothing: refusals, updates that were dropped */
    struct bucket bytes;
    struct bucket typing;
    struct bucket firsts; /* messages to strangers */
};

/* Where connections come from. Kept for a while after the last of them. */
struct address {
    uint64_t id;
    unsigned connections;
    unsigned waiting_count;
    struct link waiting; /* connections without a session, longest first */
    struct link crowd;   /* in core->crowds while somebody waits */
    struct link idle;    /* in core->idle_addresses without a connection */
    uint64_t idle_since_ms;
    struct bucket registrations;
    struct bucket guesses;
};

/* A transport's connection. It belongs to a session or waits for one. */
struct conn {
    cw_conn_id id;
    struct cw_account *account; /* or NULL */
    struct session *session;    /* or NULL: not logged in */
    uint64_t part;              /* 0: it is the session's own connection */
    uint64_t part_features;
    struct link of_session; /* of a part: in session->parts */
    unsigned in_turn;       /* its messages on their way to the disk that overtake nothing */
    struct request *first;  /* requests without an answer, oldest first */
    struct request *last;
    struct request *waiting; /* the first that has not begun; all after it wait too */
    struct request *blocker; /* the one that the waiting ones wait for */
    unsigned request_count;
    unsigned long_count; /* of them, those over CW_MESSAGE_MAX */
    uint8_t malformed;   /* in a row */
    bool no_updates;
    bool loopback;
    bool paused;  /* reading has been stopped */
    bool closing; /* a close effect is out: deaf from now on */
    uint8_t address[16];
    uint8_t address_n;
    bool proving; /* a password of it is looked at: it is not turned away meanwhile */
    struct address *from;
    struct link unauthenticated; /* in core->unauthenticated while it waits for a login */
    struct link waiting_there;   /* ... and in its address's list */
    uint64_t unauthenticated_since_ms;
    struct rates rates;   /* without a session; else the user's */
    struct link pausing;  /* in core->paused until resume_ms */
    uint64_t resume_ms;   /* it is not read before */
    uint8_t pauses;       /* for what came to nothing, one after another */
    bool incorrigible;    /* ... too many: to be closed */
    struct recent frames; /* call_data */
    struct bucket audio;  /* its bytes */
    struct bucket played; /* ms of audio in its packets */
    struct group *call;   /* or NULL */
    size_t call_position;
    uint64_t displaced;   /* the extended session that moved away from it, or 0: only an
                             explicit attach brings that one back */
    bool echo;            /* in the call, it gets its own audio back, too */
    bool listed;          /* its packets have become lists: there is a decoder for it */
    bool heard;           /* somebody wants to know when it speaks, as of listened_ms */
    struct link speaking; /* in core->speakers while it does */
    uint64_t listened_ms;
    uint64_t spoke_ms;
    uint64_t named_ms;
};

enum delivery {
    DELIVERY_OFF,      /* a REQ peer takes no updates */
    DELIVERY_ATTACHED, /* begins when the request that attached it is answered */
    DELIVERY_READING,  /* catching up: a page has been asked for */
    DELIVERY_DRAINING, /* catching up: its queue must empty first */
    DELIVERY_LIVE      /* at the head: updates are fanned out to it */
};

struct membership {
    struct group *group;
    size_t position;         /* in group->sessions */
    uint64_t muted_until_ms; /* UTC; 0: not */
};

/* A login that is attached to a connection right now. What each delivery
 * touches comes first, close together. */
struct session {
    uint64_t id;
    cw_conn_id conn_id; /* its conn's, once more */
    bool extended;
    uint8_t delivery;
    bool away;            /* what its client says of whoever sits there */
    bool address_saved;   /* of the connection that it is on now */
    uint64_t sent;        /* every message up to this id has been sent or is not for it */
    uint64_t probe;       /* the number of the one that is out, or 0 */
    struct link unprobed; /* in core->probes or probes_now: sent > received, no probe out */
    struct user *user;
    struct conn *conn; /* NULL: only parts are here */
    uint8_t token[CW_TOKEN_LEN];
    uint64_t features;
    uint64_t received; /* ... and shown to have been received */
    uint64_t missed;   /* the last one that was not fanned out to it, catching up */
    uint64_t reading;  /* cookie of the page that is awaited; others are void */
    struct link parts; /* connections beside it */
    unsigned part_count;
    struct membership *memberships;
    size_t membership_count;
    struct link of_user; /* in user->sessions */
    uint64_t probe_sent; /* what had been sent before it */
    uint64_t probed_ms;
    struct link unsaved; /* in core->saves */
    struct link touched; /* in core->touches, by the time of the last save */
    struct link waiting; /* in core->page_waits: its page could not be read */
    uint64_t retry_ms;   /* when it is asked for again */
    uint64_t saved_ms;
    bool confirms;            /* only `received` shows that it has something */
    uint64_t answered;        /* what had been sent when its last `received` was answered */
    uint64_t asked_ms;        /* when something last came from it */
    struct receipt *receipts; /* oldest first; NULL until there is one */
    unsigned receipt_count;
    uint64_t audience; /* the last one that it was counted into (presence.c) */
    /* Notices (notice.c): the newest that waits at the store since it was attached; the
     * newest that was sent; of that, what the probe that is out will show; the cookie of
     * those that are awaited. 0: none. */
    uint64_t notice_newest, notice_told, notice_probed, notice_reading;
    uint64_t *said; /* own.c: messages that its connection sent, catching up; ascending */
    unsigned said_count, said_capacity;
};

/* A message whose sender is to hear when this session has all up to it. */
struct receipt {
    uint64_t sender_id;
    uint64_t message_id;
};

#define CW_ACQUAINTANCES 16

/* Somebody with an attached session, or remembered as a recipient. */
struct user {
    uint64_t id;
    struct link sessions;
    struct link cached;  /* in core->cached_users while nobody refers to it */
    unsigned references; /* sessions and requests */
    struct rates rates;
    uint32_t acquaintances[CW_ACQUAINTANCES]; /* the latest to whom he wrote: ids of users */
    uint8_t acquaintance_next;
    uint32_t *blocked;       /* ids of users, ascending */
    struct link seats;       /* held in calls (seat.c) */
    struct watch *watches;   /* his contacts, while a session of his wants presence */
    struct leaving *leaving; /* his last session has just gone, or NULL */
    uint32_t blocked_count;
    uint32_t watch_count;
    bool watching; /* `watches` are filled in */
    uint8_t state; /* enum presence, as others were told */
    uint16_t key_n;
    uint8_t name_n;
    uint8_t text[]; /* name, then key */
};

/* What others are told of a user. */
enum presence { PRESENCE_OFFLINE, PRESENCE_ONLINE, PRESENCE_AWAY };

/* A group with at least one attached session of a member. */
struct group {
    uint64_t id;
    struct session **sessions;
    size_t session_count, session_capacity;
    struct conn **call; /* the participants of its call */
    size_t call_count, call_capacity;
    struct bucket texts;
    struct link seats; /* held for who was in it a moment ago */
    size_t seat_count;
    uint16_t key_n;
    uint8_t name_n;
    uint8_t text[]; /* name, then key */
};

typedef void handler_fn(struct cw_core *core, struct request *request);
typedef void step_fn(struct cw_core *core, struct request *request, const struct cw_event *event);

/* A request from its arrival to its answer; also whatever else awaits a result. */
struct request {
    struct request *next; /* of the same connection, or in the free list */
    struct conn *conn;    /* NULL for a page of delivery, and once it is gone */
    uint64_t cookie;      /* of the store or hash request that it waits for */
    uint32_t index;       /* in core->requests */
    uint8_t action;
    bool envelope;
    bool head; /* the message itself follows: only a refusal is answered */
    bool done;
    bool in_flight; /* `resume` awaits the result with `cookie` */
    bool outlives;  /* its result counts even when the connection has gone */
    bool in_turn;   /* counted in its session's in_turn */
    bool stale;     /* its session has moved away from the connection since it came */
    bool orphan;    /* its session does not exist any more: nothing more is done for it */
    bool proves;    /* its connection is `proving` for it */
    bool hashed;    /* a password was looked at for it */
    uint8_t guess;  /* what it has taken as a guess: bits of throttle.c */
    uint8_t claim;  /* enum claim: of its `since`, once it was judged */
    step_fn *resume;
    handler_fn *found;        /* goes on when a user was looked up */
    const struct cw_msg *msg; /* of the event, or the copy below */
    struct cw_slice frame;    /* that msg's slices point into */
    struct cw_msg *copy;
    struct cw_account *account; /* charged for the request, or NULL */
    size_t charged;
    struct user *sender;
    uint64_t sender_session;
    uint64_t sender_part; /* 0: the session's own connection */
    bool extended;        /* the sender's session, with these features */
    uint64_t features;
    struct user *target;
    uint64_t target_group;
    uint64_t until_ms;       /* mute, invite: UTC */
    struct cw_buf expected;  /* the hash that the password was verified against */
    struct cw_name_key *key; /* of the name it is about: core->folded, or its own */
    /* The answer. */
    const struct cw_msg *answer; /* in the step's memory: more than the fields below */
    int code;
    const char *reason; /* of a refusal, for people; for whoever knows maps */
    bool reason_names;  /* `name` ends it */
    bool sent_map;      /* the request had one */
    bool had_map;       /* ... and so has the answer, for the sake of `reason` */
    uint64_t message_id;
    uint64_t message_time_ms;
    uint64_t message_seq;
    uint64_t common; /* of a claim: see enum claim */
    uint64_t begins; /* with a claim that was refused: where delivery begins instead */
    uint64_t n;      /* the request's own number, with has_n */
    bool has_n;
    bool first; /* a first message to a stranger was taken from the rate for it */
    bool gone;  /* it was stored before, and is no longer kept */
    uint8_t name_n;
    uint8_t token_n;
    /* Last, since they are not zeroed. */
    uint8_t name[CW_NAME_MAX]; /* of a user or group; of an unknown action */
    uint8_t token[CW_TOKEN_LEN];
};
_Static_assert(CW_ACTION_MAX <= CW_NAME_MAX, "an unknown action is kept as a name");

/* Failed logins of one user from one address, or from anywhere. */
struct tally;

struct cw_core {
    struct cw_core_config config;
    struct cw_slice server_name;
    struct cw_store_identity *identity; /* or NULL */
    uint64_t newest;                    /* the highest id of a message that was stored */
    uint64_t now_ms;
    uint64_t time_ms;
    struct cw_effects *effects; /* of the step under way */
    struct conn **conns;        /* by slot */
    size_t conn_capacity;
    size_t conn_count;
    struct link unauthenticated; /* longest first */
    size_t unauthenticated_count;
    struct cw_map addresses;
    struct link crowds;         /* addresses from which somebody waits */
    struct link idle_addresses; /* longest idle first */
    struct link paused;         /* connections that sent too much, by resume_ms */
    size_t idle_address_count;
    struct cw_map sessions; /* by id */
    struct cw_map users_by_id;
    struct cw_map users_by_key;
    struct link cached_users; /* oldest first */
    size_t cached_user_count;
    struct cw_map groups_by_id;
    struct cw_map groups_by_key;
    struct request **requests; /* by index */
    size_t request_capacity;
    struct request *free_requests;
    struct cw_name_key folded; /* of the request at hand */
    struct cw_map reserved;    /* looks of reserved names */
    struct cw_map kept_keys;   /* `u` or `g` before each */
    struct cw_arena names;     /* what those two point into */
    uint32_t last_cookie;
    uint64_t last_probe;
    struct link probes_now; /* within this step */
    struct link probes;     /* with the next round */
    uint64_t probed_ms;     /* when the last round went out */
    struct link saves;
    uint64_t saves_due_ms;
    struct link touches;    /* every session, longest unsaved first */
    struct link page_waits; /* sessions whose page could not be read, longest first */
    struct cw_map tallies;
    struct link tallies_by_age;
    size_t call_count;
    uint64_t dropped_call_data;
    struct link seats;     /* held in calls, longest first */
    struct link speakers;  /* connections that speak, longest silent first */
    struct user *asker;    /* whose request the result at hand is for, or NULL */
    struct cw_map watched; /* by id: users that somebody here watches */
    size_t watching_count; /* users who watch */
    struct link leavings;  /* users in grace, longest gone first */
    uint64_t last_audience;
};

/* --- effect.c: appending to the step's effects ------------------------------ */

struct cw_effect *cw_effect_add(struct cw_core *core, enum cw_effect_type type);
/* One message to one connection. */
void cw_effect_answer(struct cw_core *core, const struct cw_msg *msg, const struct conn *conn,
                      bool extended, bool envelope);
void cw_effect_close(struct cw_core *core, struct conn *conn, const char *reason);
/* The same without waiting for what it has not read: its place is needed. */
void cw_effect_drop(struct cw_core *core, struct conn *conn, const char *reason);

/* The set of connections of a message to be fanned out. */
struct audience {
    cw_conn_id *plain, *extended;
    size_t plain_count, extended_count;
};
/* An empty audience with room for `max` connections. */
void cw_audience_init(struct cw_core *core, struct audience *audience, size_t max);
void cw_audience_add(struct audience *audience, const struct session *session);
void cw_audience_add_conn(struct audience *audience, const struct conn *conn);
/* A packet of the speaker's, to those who get lists. */
void cw_effect_send_lists(struct cw_core *core, const struct cw_msg *msg,
                          const struct audience *audience, const struct conn *speaker);
/* Nothing happens for an empty audience. */
void cw_effect_send(struct cw_core *core, const struct cw_msg *msg, const struct audience *audience,
                    bool live);

/* --- conn.c -------------------------------------------------------------------- */

/* OPENED, or CONNECTED without it. */
void cw_conn_open(struct cw_core *core, const struct cw_event *event);
void cw_conn_connected(struct conn *conn, const struct cw_event *event);
/* The system has no room for one more: one that waits gives way. */
void cw_conn_make_room(struct cw_core *core);
/* A login or register of it is under way: it is not turned away meanwhile. Then, if
 * it has no session, it waits on; anew when a password was looked at (`hashed`). */
void cw_conn_prove(struct cw_core *core, struct conn *conn);
void cw_conn_proved(struct cw_core *core, struct conn *conn, bool hashed);
void cw_conn_closed(struct cw_core *core, struct conn *conn);
/* The peer's address as text for people, in the step's memory. */
struct cw_slice cw_conn_address(struct cw_core *core, const struct conn *conn);
/* NULL for one that is gone. */
struct conn *cw_conn_find(const struct cw_core *core, cw_conn_id id);
void cw_conn_message(struct cw_core *core, struct conn *conn, const struct cw_event *event);
/* Sends answers whose turn has come and begins requests that need not wait. */
void cw_conn_advance(struct cw_core *core, struct conn *conn);
/* Into or out of the list of those that must log in soon. */
void cw_conn_set_session(struct cw_core *core, struct conn *conn, struct session *session);
void cw_conn_expire(struct cw_core *core);
/* Stops reading from it, or goes on, as its requests and its pace want it. */
void cw_conn_balance(struct cw_core *core, struct conn *conn);

/* --- address.c: what is shared out by address ------------------------------------- */

/* Its bytes as the transport knows them. One more connection of it. */
struct address *cw_address_refer(struct cw_core *core, struct cw_slice bytes);
void cw_address_release(struct cw_core *core, struct address *address);
/* The connection waits for a login, or not any more. */
void cw_address_wait(struct cw_core *core, struct conn *conn);
void cw_address_wait_no_more(struct conn *conn);
/* The one that waits longest at this address, or at the one where most wait; NULL:
 * nobody waits. */
struct conn *cw_address_longest_waiting(const struct address *address);
struct conn *cw_address_most_waiting(const struct cw_core *core);
void cw_addresses_finish(struct cw_core *core);

/* --- pace.c: who sends more than his share ------------------------------------------ */

/* The shares of the connection's user, or its own. */
struct rates *cw_rates_of(struct conn *conn);
/* Something that came to nothing: a refusal, an update that was dropped. */
void cw_pace_idle(struct cw_core *core, struct conn *conn, unsigned weight);
/* So many bytes have come. */
void cw_pace_bytes(struct cw_core *core, struct conn *conn, size_t n);
void cw_pace_closed(struct conn *conn);
/* Goes on reading where the time has come. */
void cw_pace_sweep(struct cw_core *core);
uint64_t cw_pace_deadline(const struct cw_core *core);

/* --- request.c ------------------------------------------------------------------- */

/* conn and event may be NULL (a page of delivery). */
struct request *cw_request_create(struct cw_core *core, struct conn *conn,
                                  const struct cw_event *event);
void cw_request_destroy(struct cw_core *core, struct request *request);
/* Copies the message and the key, which must outlive the step. */
void cw_request_keep(struct cw_core *core, struct request *request);
/* Done: the answer goes out when its turn comes. */
void cw_request_answer(struct cw_core *core, struct request *request, int code);
/* Done, with an answer that says more than code and names: a list, samples. It
 * is sent in this step, and what it points to need not live longer: only for
 * handlers that begin alone (dispatch.c). */
void cw_request_answer_with(struct cw_core *core, struct request *request,
                            const struct cw_msg *answer);
/* The same with a list; `next`: where its next page begins, 0 for none. */
void cw_request_answer_list(struct cw_core *core, struct request *request,
                            const struct cw_entry *entries, size_t count, uint64_t next);
/* What the answer names: a user or group in its registered spelling. */
void cw_request_set_name(struct request *request, struct cw_slice name);
/* A store request with its cookie filled in, good until the next effect is
 * added; `resume` gets the result. The message is not kept. */
struct cw_store_request *cw_request_submit(struct cw_core *core, struct request *request,
                                           enum cw_store_op op, step_fn *resume);
/* The same, keeping message and key for what comes after the result. The key is
 * the store request's, too. */
struct cw_store_request *cw_request_ask_store(struct cw_core *core, struct request *request,
                                              enum cw_store_op op, step_fn *resume);
/* The same for a password, as it is hashed (text/password.h): a new one, or answers 1023
 * with the reason; and one to be verified. */
void cw_request_ask_new_hash(struct cw_core *core, struct request *request,
                             struct cw_slice password, step_fn *resume);
void cw_request_ask_verify(struct cw_core *core, struct request *request, struct cw_slice password,
                           struct cw_slice expected, bool renew, step_fn *resume);
struct cw_effect *cw_request_ask_hash(struct cw_core *core, struct request *request,
                                      enum cw_hash_op op, struct cw_slice text,
                                      struct cw_slice expected, step_fn *resume);
/* No hash came of it: answers 1029 or 1026 and returns true. */
bool cw_request_not_hashed(struct cw_core *core, struct request *request,
                           const struct cw_event *event);
/* The guess that was begun has been looked at: was it right? Else answers. */
bool cw_request_guessed(struct cw_core *core, struct request *request,
                        const struct cw_event *event);
/* Until it is answered its connection is not turned away. */
void cw_request_prove(struct cw_core *core, struct request *request);
/* Lets later requests of the connection begin although this one is not done. */
void cw_request_unblock(struct request *request);
/* The session has ended: no request of it that still looks something up does more. Those
 * whose effect is at the store already end as that says. */
void cw_requests_orphan(struct cw_core *core, uint64_t session_id);
/* The same for all of the user's sessions but this one. */
void cw_requests_orphan_others(struct cw_core *core, const struct user *user, uint64_t kept);
/* Hands a result to the request that waits for it, if there still is one. */
void cw_request_resume(struct cw_core *core, uint64_t cookie, const struct cw_event *event);
void cw_request_send_answer(struct cw_core *core, struct request *request);
/* Folds `name` and keeps the key with the request. False: answered 1028. */
bool cw_request_fold(struct cw_core *core, struct request *request, struct cw_slice name);
bool cw_request_fold_group(struct cw_core *core, struct request *request, struct cw_slice name);
/* Says why the answer will be a refusal: a phrase that stays where it is. */
void cw_request_explain(struct request *request, const char *reason);

/* --- refusal.c: why, for people ------------------------------------------------ */

/* Answers with the code and the phrase, which stays where it is; NULL: without one. */
void cw_request_refuse(struct cw_core *core, struct request *request, int code, const char *reason);
/* Answers 1023: a number beyond `most`, with which the phrase ends. */
void cw_request_refuse_above(struct cw_core *core, struct request *request, const char *reason,
                             uint64_t most);
/* Answers 1027 and says until when, if the sender is muted in the group. */
bool cw_refused_as_muted(struct cw_core *core, struct request *request);
/* Each says why the store has refused it so; NULL: the code says all that may be said. */
const char *cw_refusal_of_group(const struct request *request, enum cw_store_status status);
const char *cw_refusal_of_joining(const struct request *request, enum cw_store_status status);
const char *cw_refusal_of_number(const struct request *request);
const char *cw_refusal_of_change(const struct request *request);

/* --- request.c, again ------------------------------------------------------------ */
/* Answers 1029 and returns true when the store could not do it. */
bool cw_request_unavailable(struct cw_core *core, struct request *request,
                            const struct cw_store_result *result);

/* --- dispatch.c: which handler, and who may -------------------------------------- */

void cw_dispatch(struct cw_core *core, struct request *request);
/* Must all earlier requests of its connection be answered before this begins? */
bool cw_dispatch_alone(const struct request *request);

/* --- user.c ------------------------------------------------------------------------ */

struct user *cw_user_by_key(const struct cw_core *core, const struct cw_name_key *key);
/* The user whom the result names, with whom it has blocked: a result without its
 * blocked ones must not come here. Referred to once: the caller releases it. */
struct user *cw_user_take(struct cw_core *core, const struct cw_store_result *result);
void cw_user_refer(struct cw_core *core, struct user *user);
void cw_user_release(struct cw_core *core, struct user *user);
struct cw_slice cw_user_name(const struct user *user);
size_t cw_user_session_count(const struct user *user);
/* The name is one of the spellings of the user's. */
bool cw_user_is_called(const struct cw_core *core, const struct user *user, struct cw_slice name);
/* Frees every user. */
void cw_users_finish(struct cw_core *core);
/* Has he blocked this one? Good for every user that a result has just named, or
 * that is attached or referred to. */
bool cw_user_has_blocked(const struct user *user, uint64_t other_id);
/* The same for a user that is referred to already. */
void cw_user_set_blocked(struct user *user, const struct cw_store_result *result);
/* The store has blocked the other one for this user, or not any more. */
void cw_user_block(struct user *user, uint64_t other_id, bool block);
/* Looks for the user named request->key and goes on with `found`, at once or
 * after asking the store; request->target is set and referred to. Answers 514
 * when there is none. */
void cw_user_find(struct cw_core *core, struct request *request, handler_fn *found);

/* --- claim.c --------------------------------------------------------------------------- */

/* Whose ids a client's `since` is of. */
enum claim {
    CLAIM_UNJUDGED,
    CLAIM_NONE,   /* it says nothing */
    CLAIM_GOOD,   /* of these messages */
    CLAIM_FORKED, /* ... up to request->common; then of others: a backup was restored */
    CLAIM_LOST,   /* the same, but nobody knows up to where */
    CLAIM_FOREIGN /* of another database, or beyond what was ever given */
};
/* Judges the request's, once. */
enum claim cw_claim_judge(const struct cw_core *core, struct request *request);
/* Where delivery begins, so that nothing is left out; `received` is what the server
 * knows. */
uint64_t cw_claim_begin(const struct request *request, uint64_t received);
/* What an extended client is told of it in the answer to login or attach. */
void cw_claim_tell(const struct cw_core *core, const struct request *request,
                   struct cw_extras *extras);
void cw_claims_init(struct cw_core *core, const struct cw_core_config *config);
void cw_claims_finish(struct cw_core *core);

/* --- session.c ------------------------------------------------------------------------ */

/* Attaches what the store found or made to the connection; moves it there when
 * it is attached elsewhere. `request`: if it is a login or attach, else NULL. */
struct session *cw_session_attach(struct cw_core *core, struct conn *conn,
                                  const struct cw_store_result *result, struct cw_slice token,
                                  struct request *request);
/* The request that attached it has been answered: its messages may follow. */
void cw_session_begin_delivery(struct cw_core *core, struct session *session);
/* Its connection is gone. */
void cw_session_detach(struct cw_core *core, struct session *session);
/* The client says what form it wants and what it has received. */
void cw_session_take_extras(struct cw_core *core, struct session *session, struct request *request);
struct session *cw_session_find(const struct cw_core *core, uint64_t id);
/* The message with this id is about to be fanned out: is this session to be in
 * the audience? Notes it either way. An Ogg Opus file, for who cannot read it, it
 * is to find in a page, where it is a list. */
bool cw_session_offer(struct cw_core *core, struct session *session, uint64_t message_id, bool ogg);
/* The message is this session's own: if it has all before it, it has it too, and
 * need not look at it when it comes back. */
void cw_session_sent_itself(struct cw_core *core, struct session *session, uint64_t message_id);
/* May an update that is not stored, and needs this feature, go to it now? */
bool cw_session_takes(const struct session *session, uint64_t feature);
void cw_session_received(struct cw_core *core, struct session *session, uint64_t mark);
void cw_session_queue_full(struct session *session);
void cw_session_queue_empty(struct cw_core *core, struct session *session);
/* Sends the probes and cursors that are due. */
void cw_sessions_sweep(struct cw_core *core);
uint64_t cw_sessions_deadline(const struct cw_core *core);

/* What the store found or made, without a connection so far. */
struct session *cw_session_make(struct cw_core *core, const struct cw_store_result *result,
                                struct cw_slice token);
/* It does not exist any more: no seat is held for it, all its connections but the one that asked
 * for it are told `why` ("too_many", "revoked", "password", "logout") and closed. */
void cw_session_end(struct cw_core *core, struct session *session, const struct conn *asking,
                    const char *why);
/* Tells one of its connections, if it is an extended client's. */
void cw_session_tell_ended(struct cw_core *core, const struct conn *conn, const char *why);
/* Its client says that it has dealt with every message up to this id, which has been
 * sent to it; from now on, on this connection, nothing else shows it. Then saves that
 * for the request. */
void cw_session_confirm(struct cw_core *core, struct session *session, uint64_t message_id,
                        struct request *request, step_fn *resume);
/* The save did not succeed: once more, later. */
void cw_session_save_later(struct cw_core *core, struct session *session);
/* Nothing of it is connected any more. */
void cw_session_forget(struct cw_core *core, struct session *session);
/* It was seen, and its user with it unless it is only in parts. */
void cw_session_touch(struct cw_core *core, struct session *session, bool user_seen);

/* Something was sent that the peer is to show to have received. */
void cw_session_probe(struct cw_core *core, struct session *session);

/* --- notice.c: what was done to somebody who was not here ------------------------------- */

/* The session was attached: tells what the store keeps for its user. */
void cw_notices_begin(struct cw_core *core, struct session *session);
/* The user's sessions have just been told, by the group's event, of the notice. */
void cw_notice_told(struct cw_core *core, const struct user *user, uint64_t id);
/* The session has shown that it received what was sent before the probe. */
void cw_notices_received(struct cw_core *core, struct session *session);
/* What was sent may not have come. */
void cw_notices_left(struct session *session);

/* --- part.c: connections beside a session's own ------------------------------------------ */

/* Does what it is sent end with a map, and what can its client do? (With a session.) */
bool cw_conn_extended(const struct conn *conn);
uint64_t cw_conn_features(const struct conn *conn);
/* Is the request to make its connection a part? */
bool cw_part_wanted(const struct cw_extras *extras);
/* Attaches what the store found or made to the request's connection as a part. False:
 * answered 1026, there are too many. */
bool cw_part_attach(struct cw_core *core, struct request *request,
                    const struct cw_store_result *result, struct cw_slice token);
/* Does a part of it take part in a call? */
bool cw_part_in_call(const struct session *session);
void cw_part_leave(struct cw_core *core, struct conn *conn);
void cw_parts_end(struct cw_core *core, struct session *session, const struct conn *asking,
                  const char *why);
/* The session that is not told of what its request did: a part's is. */
static inline uint64_t cw_request_told(const struct request *request)
{
    return request->sender_part != 0 ? 0 : request->sender_session;
}

/* --- presence.c: who is here, and who is told ------------------------------------------- */

/* The session is attached, or wants other things than before; `result` names
 * the user's contacts. */
void cw_presence_attached(struct cw_core *core, struct session *session,
                          const struct cw_store_result *result);
/* The session has just left its user's list, and is still in its groups. */
void cw_presence_detached(struct cw_core *core, struct session *session);
/* A part of the session has joined or left a call: the user's state follows. */
void cw_presence_changed(struct cw_core *core, const struct session *session);
/* The session's client says whether somebody sits there. */
void cw_presence_set_away(struct cw_core *core, struct session *session, bool away);
/* Is this one to be told of others, and are his contacts not known yet? */
bool cw_presence_needs_contacts(const struct session *session);
/* The store has made the other one a contact of this user, or not any more. */
void cw_presence_watch(struct cw_core *core, struct user *user, uint64_t other_id, bool watch);
/* Sets state and seen of an entry for whoever the list at hand is for. `seen_ms`:
 * as the store knows it, 0 for never. */
void cw_presence_describe(struct cw_core *core, uint64_t user_id, uint64_t seen_ms,
                          struct cw_entry *entry);
/* Tells of those whose time of grace is over. */
void cw_presence_sweep(struct cw_core *core);
uint64_t cw_presence_deadline(const struct cw_core *core);
void cw_presence_finish(struct cw_core *core);

/* --- group.c ------------------------------------------------------------------------------ */

struct group *cw_group_by_key(const struct cw_core *core, const struct cw_name_key *key);
struct group *cw_group_by_id(const struct cw_core *core, uint64_t id);
struct cw_slice cw_group_name(const struct group *group);
/* The session's entry in the group, good until one of its memberships begins or
 * ends; NULL: not a member's. */
struct membership *cw_group_membership(const struct group *group, const struct session *session);
bool cw_group_muted(const struct cw_core *core, const struct membership *membership);
/* A group of the session's user, as the store described it. */
void cw_group_add(struct cw_core *core, const struct cw_store_group *stored,
                  struct session *session);
/* The user is no member any more: his sessions leave the group and its call, and those
 * in the call, but `asking`, are told the reason. An empty group is forgotten. */
void cw_group_remove(struct cw_core *core, struct group *group, struct user *user,
                     const char *reason, const struct conn *asking);
/* What the store has decided, for all the user's sessions. */
void cw_group_set_muted(struct cw_core *core, struct group *group, struct user *user,
                        uint64_t until_ms);
/* Takes the session out of all its groups; empty groups are forgotten. */
void cw_groups_leave(struct cw_core *core, struct session *session);
/* Answers what the store refused, and returns true; false: it has been done. */
bool cw_group_refused(struct cw_core *core, struct request *request,
                      const struct cw_store_result *result);
/* The group named request->key if the session is a member, else NULL and the
 * request is (or will be) answered 768 or 770. */
struct group *cw_group_of_member(struct cw_core *core, struct request *request);

/* --- group_event.c --------------------------------------------------------------------------- */

/* Tells the group's sessions with the feature of what `actor` did, but not the
 * session `asking` (0: none). `more`: keys of the map, or NULL. All of it is copied. */
void cw_group_event(struct cw_core *core, const struct group *group, const char *event,
                    const struct user *actor, uint64_t asking, const struct cw_extras *more);
/* The same about a request's sender and session. */
void cw_group_event_of(struct cw_core *core, const struct group *group, const char *event,
                       const struct request *request, const struct cw_extras *more);
/* The user of this connection, in the call by it, speaks or is silent. */
void cw_group_event_speaking(struct cw_core *core, const struct group *group, bool speaking,
                             const struct conn *conn);
struct cw_slice cw_role_name(enum cw_store_role role);

/* --- call.c ---------------------------------------------------------------------------------- */

void cw_call_leave(struct cw_core *core, struct conn *conn);
/* The user is not heard in it any more, though he takes part. */
void cw_call_hush(struct cw_core *core, const struct group *group, const struct user *user);
/* False: it is too much. What only comes too late (he was muted, the call is over) is
 * dropped as well, but true. */
bool cw_call_data(struct cw_core *core, struct conn *conn, const struct cw_msg *msg);
/* The connection is lost, or its session moves: the seat is held for a while. */
void cw_call_drop(struct cw_core *core, struct conn *conn);
/* Tells an extended client that it is not in the call any more, and why. */
void cw_call_tell_left(struct cw_core *core, const struct conn *conn, const struct group *group,
                       const char *reason);
/* The user takes part in it, by whatever device, or has a seat held there. */
bool cw_call_has(const struct group *group, const struct user *user);
/* Participants and held seats. */
size_t cw_call_size(const struct group *group);

/* --- seat.c: places in calls that outlive their connection ------------------------------ */

/* The connection has just been taken out of the group's call. */
void cw_seat_hold(struct cw_core *core, struct group *group, const struct conn *conn);
bool cw_seat_is_held(const struct group *group, const struct user *user);
/* The user is back: the seat, if there is one, is not held any more, and nobody is told. */
void cw_seat_take(struct cw_core *core, const struct group *group, const struct user *user);
/* The user has left: if a seat was held for him, the group is told. */
void cw_seat_leave(struct cw_core *core, const struct group *group, const struct user *user);
/* The same for those of one session. */
void cw_seats_leave_of_session(struct cw_core *core, const struct user *user, uint64_t session_id);
/* The group is forgotten: so are its seats. */
void cw_seats_forget(struct cw_core *core, struct group *group);
void cw_seats_sweep(struct cw_core *core);
uint64_t cw_seats_deadline(const struct cw_core *core);

/* --- speaking.c: who speaks in a call, told to members who want to know ----------------- */

/* A frame of this participant's has been forwarded. */
void cw_speaking_heard(struct cw_core *core, struct conn *conn, bool loud);
/* It has left the call of this group. */
void cw_speaking_left(struct cw_core *core, struct conn *conn, const struct group *group);
void cw_speaking_sweep(struct cw_core *core);
uint64_t cw_speaking_deadline(const struct cw_core *core);

/* --- throttle.c --------------------------------------------------------------------------------
 */

/* Takes `amount` from the bucket; false when it does not hold it. per_s == 0:
 * no limit. */
bool cw_bucket_take(struct bucket *bucket, uint64_t now_ms, double amount, double per_s,
                    unsigned burst);
/* Takes it whether it is there or not; returns how much is missing. */
double cw_bucket_owe(struct bucket *bucket, uint64_t now_ms, double amount, double per_s,
                     unsigned burst);
/* One more within any second, of `per_s` (0: no limit)? */
bool cw_recent_take(struct recent *recent, uint64_t now_ms, unsigned per_s);
/* Gives back what was taken for nothing. */
void cw_bucket_give(struct bucket *bucket, double amount, unsigned burst);
/* May a password of request->key's user be tried? Answers 1026 if not. It is asked
 * once more when the guess begins. */
bool cw_guess_allowed(struct cw_core *core, struct request *request);
/* A guess counts when it begins, as if it were wrong, so that many at once are no
 * more than one after another. `known`: the user has logged in from there before,
 * and is not held up by what others guess. False: answered 1026. */
bool cw_guess_begin(struct cw_core *core, struct request *request, bool known);
enum guess { GUESS_RIGHT, GUESS_WRONG, GUESS_NOT_MADE };
/* Only wrong ones go on counting. */
void cw_guess_end(struct cw_core *core, struct request *request, enum guess guess);
/* One new user of the connection's address; false: answered 1026. */
bool cw_registration_begin(struct cw_core *core, struct request *request);
void cw_registration_undo(struct cw_core *core, const struct request *request);
void cw_throttle_finish(struct cw_core *core);

/* --- conversation.c: naming a conversation, and finding it -------------------------------- */

/* The conversation called `name`, a username or '#' and a group's: goes on with
 * `found`, at once or after asking the store. Then either request->target or
 * request->target_group is set, and the sender may read it. Else answers 514,
 * 768, 770 or 1028. */
void cw_conversation_find(struct cw_core *core, struct request *request, struct cw_slice name,
                          handler_fn *found);
/* The number of what was found. */
uint64_t cw_conversation_id(const struct request *request);
/* What was found as the sender calls it, in the step's memory; empty for a
 * group that has gone. */
struct cw_slice cw_conversation_name(struct cw_core *core, const struct request *request);
/* '#' before a group's name, in the step's memory. */
struct cw_slice cw_group_conversation(struct cw_core *core, struct cw_slice group_name);
/* May the sender say something there? He is muted, or the recipient has blocked him,
 * if not. */
bool cw_conversation_is_open(const struct cw_core *core, const struct request *request);
/* The same; if not, answers 1027. */
bool cw_conversation_open(struct cw_core *core, struct request *request);
/* Answers what the store's refusal is called here, and returns true, unless all
 * went well. For requests about messages. */
bool cw_conversation_refused(struct cw_core *core, struct request *request,
                             const struct cw_store_result *result);

/* --- stranger.c: first messages to people whom one does not know --------------------- */

/* A message is about to be stored for request->target: may it be the first to a stranger?
 * What is taken from the sender's rate for that is given back when it was none. */
bool cw_stranger_allowed(struct cw_core *core, struct request *request);
void cw_stranger_stored(struct cw_core *core, struct request *request,
                        const struct cw_store_result *result);

/* --- on_text.c ------------------------------------------------------------------------------ */

/* The update that tells of a stored message. Slices are the message's, or the
 * step's. */
void cw_update_of(struct cw_core *core, const struct cw_store_message *message,
                  struct cw_msg *update);
/* Takes from the connection's rate of texts; false: answered 1026. */
bool cw_text_allowed(struct cw_core *core, struct request *request);
/* Takes from the rate of the group that the request is about, if it is about one: each of
 * its messages, edits and deletions goes to all its members. False: answered 1026. */
bool cw_text_allowed_there(struct cw_core *core, struct request *request);
/* Tells all whom it concerns of what request->target or target_group was sent,
 * but the session that sent it. */
void cw_text_fan_out(struct cw_core *core, const struct request *request,
                     struct cw_store_message *message);

/* --- own.c: what a user sent, for his other devices ------------------------------------- */

/* Does the session get what its user sent from elsewhere, in its place and marked? */
static inline bool cw_own_wanted(const struct session *session)
{
    return (session->features & CW_FEATURE_OWN) != 0;
}
/* Any session of the user's? */
bool cw_own_wanted_by(const struct user *user);
/* The session's connection has sent this message while the session is catching up: a
 * page is not to bring it back there. */
void cw_own_note(struct session *session, uint64_t message_id);
bool cw_own_is_noted(const struct session *session, uint64_t message_id);
/* No page will hold what comes up to this id any more. */
void cw_own_forget(struct session *session, uint64_t message_id);

/* --- on_read.c ------------------------------------------------------------------------------ */

/* A message is being sent to the session: its sender is to hear when it came. */
void cw_receipt_expect(struct session *session, uint64_t sender_id, uint64_t message_id);
/* Does anybody look out for receipts of what this user sends? */
bool cw_receipts_wanted(const struct user *sender);
/* The session has shown that it received all up to session->received. */
void cw_receipts_send(struct cw_core *core, struct session *session);
/* The user has received every message up to this id, `saved` being what is known
 * on disk. */
uint64_t cw_received_by(const struct cw_core *core, uint64_t user_id, uint64_t saved);
/* Who writes has read: moves the sender's marker behind what he just sent. */
void cw_read_follow(struct cw_core *core, const struct request *request, uint64_t seq);
/* False: dropped, since it is none, or too many. */
bool cw_typing(struct cw_core *core, struct conn *conn, const struct cw_msg *msg);

/* --- on_*.c: one handler a request ---------------------------------------------------------------
 */

handler_fn cw_on_register, cw_on_login, cw_on_logout, cw_on_attach, cw_on_whisper,
    cw_on_create_group, cw_on_join_group, cw_on_msg_group, cw_on_voice_msg, cw_on_join_call,
    cw_on_leave_call;
handler_fn cw_on_manage_member; /* set_role, kick, ban, unban, mute */
handler_fn cw_on_groups, cw_on_members, cw_on_leave_group, cw_on_set_topic, cw_on_set_access,
    cw_on_set_retention;
handler_fn cw_on_invite, cw_on_invite_user, cw_on_invitations, cw_on_withdraw_invitation;
handler_fn cw_on_conversations, cw_on_history, cw_on_search, cw_on_fetch_voice, cw_on_edit,
    cw_on_delete, cw_on_mark_read, cw_on_mark_played, cw_on_received;
handler_fn cw_on_manage_contact; /* add_contact, remove_contact, block, unblock */
handler_fn cw_on_contacts, cw_on_set_presence;
handler_fn cw_on_change_password, cw_on_sessions, cw_on_revoke_session;

/* --- names (names.c) ------------------------------------------------------------ */

void cw_names_init(struct cw_core *core, const struct cw_core_config *config);
void cw_names_finish(struct cw_core *core);
/* The key of a name, as cw_name_fold. */
enum cw_name_of { CW_NAME_OF_USER, CW_NAME_OF_GROUP };
bool cw_names_fold(const struct cw_core *core, enum cw_name_of of, struct cw_slice name,
                   struct cw_name_key *key);
/* Is it no good for a new user or group? Then that has been answered. */
bool cw_names_refused(struct cw_core *core, struct request *request, struct cw_slice name);
/* Its looks (cw_looks), for the store. */
struct cw_slice cw_names_looks(struct cw_core *core, struct cw_slice name);
/* Answers that it exists, or what it looks like. */
void cw_names_taken(struct cw_core *core, struct request *request,
                    const struct cw_store_result *result, int code);

#endif
