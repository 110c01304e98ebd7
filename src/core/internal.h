/* internal.h - the nouns of the core and what its files offer each other.
 *
 * Private to src/core. One file a noun: conn.c, request.c, session.c, user.c,
 * group.c, call.c, throttle.c, effect.c; one per family of messages: on_*.c;
 * core.c steps. Nothing here outlives what limits.h says. */
#ifndef CW_CORE_INTERNAL_H
#define CW_CORE_INTERNAL_H

#include <assert.h>

#include "base/codes.h"
#include "base/limits.h"
#include "base/map.h"
#include "core/core.h"
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

/* A transport's connection. It belongs to a session or waits for one. */
struct conn {
    cw_conn_id id;
    struct session *session; /* or NULL: not logged in */
    struct request *first;   /* requests without an answer, oldest first */
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
    struct link unauthenticated; /* in core->unauthenticated while session == NULL */
    uint64_t unauthenticated_since_ms;
    struct bucket requests;
    struct bucket texts;
    struct bucket audio; /* bytes of call_data */
    struct group *call;  /* or NULL */
    size_t call_position;
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
    size_t position; /* in group->sessions */
};

/* A login that is attached to a connection right now. What each delivery
 * touches comes first, close together. */
struct session {
    uint64_t id;
    cw_conn_id conn_id; /* its conn's, once more */
    bool extended;
    uint8_t delivery;
    uint64_t sent;        /* every message up to this id has been sent or is not for it */
    uint64_t probe;       /* the number of the one that is out, or 0 */
    struct link unprobed; /* in core->probes or probes_now: sent > received, no probe out */
    struct user *user;
    struct conn *conn;
    uint8_t token[CW_TOKEN_LEN];
    uint64_t features;
    uint64_t received; /* ... and shown to have been received */
    uint64_t missed;   /* the last one that was not fanned out to it, catching up */
    uint64_t since;    /* claimed as received by the client, taken over with the first page */
    bool since_claimed;
    uint64_t reading; /* cookie of the page that is awaited; others are void */
    unsigned in_turn; /* its messages on their way to the disk that overtake nothing */
    struct membership *memberships;
    size_t membership_count;
    struct link of_user; /* in user->sessions */
    uint64_t probe_sent; /* what had been sent before it */
    uint64_t probed_ms;
    struct link unsaved; /* in core->saves */
    struct link touched; /* in core->touches, by the time of the last save */
    uint64_t saved_ms;
};

/* Somebody with an attached session, or remembered as a recipient. */
struct user {
    uint64_t id;
    struct link sessions;
    struct link cached;  /* in core->cached_users while nobody refers to it */
    unsigned references; /* sessions and requests */
    uint16_t key_n;
    uint8_t name_n;
    uint8_t text[]; /* name, then key */
};

/* A group with at least one attached session of a member. */
struct group {
    uint64_t id;
    struct session **sessions;
    size_t session_count, session_capacity;
    struct conn **call; /* the participants of its call */
    size_t call_count, call_capacity;
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
    bool done;
    bool in_flight; /* `resume` awaits the result with `cookie` */
    bool outlives;  /* its result counts even when the connection has gone */
    bool in_turn;   /* counted in its session's in_turn */
    step_fn *resume;
    handler_fn *found;        /* goes on when a user was looked up */
    const struct cw_msg *msg; /* of the event, or the copy below */
    struct cw_slice frame;    /* that msg's slices point into */
    struct cw_msg *copy;
    struct user *sender;
    uint64_t sender_session;
    struct user *target;
    uint64_t target_group;
    struct cw_name_key *key; /* of the name it is about: core->folded, or its own */
    /* The answer. */
    int code;
    uint64_t message_id;
    uint64_t message_time_ms;
    uint8_t name_n;
    uint8_t token_n;
    uint8_t name[CW_NAME_MAX]; /* of a user or group; of an unknown action */
    uint8_t token[CW_TOKEN_LEN];
};
_Static_assert(CW_ACTION_MAX <= CW_NAME_MAX, "an unknown action is kept as a name");

/* Failed logins of one user from one address. */
struct failure;

struct cw_core {
    struct cw_core_config config;
    struct cw_slice server_name;
    uint64_t now_ms;
    uint64_t time_ms;
    struct cw_effects *effects; /* of the step under way */
    struct conn **conns;        /* by slot */
    size_t conn_capacity;
    size_t conn_count;
    struct link unauthenticated; /* longest first */
    size_t unauthenticated_count;
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
    uint32_t last_cookie;
    uint64_t last_probe;
    struct link probes_now; /* within this step */
    struct link probes;     /* with the next round */
    uint64_t probed_ms;     /* when the last round went out */
    struct link saves;
    uint64_t saves_due_ms;
    struct link touches; /* every session, longest unsaved first */
    struct cw_map failures;
    struct link failures_by_age;
    size_t call_count;
    uint64_t dropped_call_data;
};

/* --- effect.c: appending to the step's effects ------------------------------ */

struct cw_effect *cw_effect_add(struct cw_core *core, enum cw_effect_type type);
/* One message to one connection, in the form that its session asked for. */
void cw_effect_send_one(struct cw_core *core, const struct cw_msg *msg, const struct conn *conn,
                        bool envelope);
void cw_effect_close(struct cw_core *core, struct conn *conn, const char *reason);

/* The set of connections of a message to be fanned out. */
struct audience {
    cw_conn_id *plain, *extended;
    size_t plain_count, extended_count;
};
/* An empty audience with room for `max` connections. */
void cw_audience_init(struct cw_core *core, struct audience *audience, size_t max);
void cw_audience_add(struct audience *audience, const struct session *session);
/* Nothing happens for an empty audience. */
void cw_effect_send(struct cw_core *core, const struct cw_msg *msg, const struct audience *audience,
                    bool live);

/* --- conn.c -------------------------------------------------------------------- */

void cw_conn_open(struct cw_core *core, const struct cw_event *event);
void cw_conn_closed(struct cw_core *core, struct conn *conn);
/* NULL for one that is gone. */
struct conn *cw_conn_find(const struct cw_core *core, cw_conn_id id);
void cw_conn_message(struct cw_core *core, struct conn *conn, const struct cw_event *event);
/* Sends answers whose turn has come and begins requests that need not wait. */
void cw_conn_advance(struct cw_core *core, struct conn *conn);
/* Into or out of the list of those that must log in soon. */
void cw_conn_set_session(struct cw_core *core, struct conn *conn, struct session *session);
void cw_conn_expire(struct cw_core *core);

/* --- request.c ------------------------------------------------------------------- */

/* conn and event may be NULL (a page of delivery). */
struct request *cw_request_create(struct cw_core *core, struct conn *conn,
                                  const struct cw_event *event);
void cw_request_destroy(struct cw_core *core, struct request *request);
/* Copies the message and the key, which must outlive the step. */
void cw_request_keep(struct cw_core *core, struct request *request);
/* Done: the answer goes out when its turn comes. */
void cw_request_answer(struct cw_core *core, struct request *request, int code);
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
void cw_request_ask_hash(struct cw_core *core, struct request *request, enum cw_hash_op op,
                         struct cw_slice text, struct cw_slice expected, step_fn *resume);
/* Lets later requests of the connection begin although this one is not done. */
void cw_request_unblock(struct request *request);
/* Hands a result to the request that waits for it, if there still is one. */
void cw_request_resume(struct cw_core *core, uint64_t cookie, const struct cw_event *event);
void cw_request_send_answer(struct cw_core *core, struct request *request);
/* Folds `name` and keeps the key with the request. False: answered 1028. */
bool cw_request_fold(struct cw_core *core, struct request *request, struct cw_slice name);
/* Answers 1029 and returns true when the store could not do it. */
bool cw_request_unavailable(struct cw_core *core, struct request *request,
                            const struct cw_store_result *result);

/* --- dispatch.c: which handler, and who may -------------------------------------- */

void cw_dispatch(struct cw_core *core, struct request *request);

/* --- user.c ------------------------------------------------------------------------ */

struct user *cw_user_by_key(const struct cw_core *core, const struct cw_name_key *key);
/* The user with this id, made when not known yet; not referred to yet. */
struct user *cw_user_get(struct cw_core *core, uint64_t id, struct cw_slice name);
void cw_user_refer(struct cw_core *core, struct user *user);
void cw_user_release(struct cw_core *core, struct user *user);
struct cw_slice cw_user_name(const struct user *user);
/* The name is one of the spellings of the user's. */
bool cw_user_is_called(const struct user *user, struct cw_slice name);
/* Frees every user. */
void cw_users_finish(struct cw_core *core);
/* Looks for the user named request->key and goes on with `found`, at once or
 * after asking the store; request->target is set and referred to. Answers 514
 * when there is none. */
void cw_user_find(struct cw_core *core, struct request *request, handler_fn *found);

/* --- session.c ------------------------------------------------------------------------ */

/* Attaches what the store found or made to the connection; moves it there when
 * it is attached elsewhere. `extras`: of the login or attach request, or NULL. */
struct session *cw_session_attach(struct cw_core *core, struct conn *conn,
                                  const struct cw_store_result *result, struct cw_slice token,
                                  const struct cw_extras *extras);
/* The request that attached it has been answered: its messages may follow. */
void cw_session_begin_delivery(struct cw_core *core, struct session *session);
void cw_session_detach(struct cw_core *core, struct session *session);
/* The client says what form it wants and what it has received. */
void cw_session_take_extras(struct session *session, const struct cw_extras *extras);
struct session *cw_session_find(const struct cw_core *core, uint64_t id);
/* The message with this id is about to be fanned out: is this session to be in
 * the audience? Notes it either way. */
bool cw_session_offer(struct cw_core *core, struct session *session, uint64_t message_id);
/* The message is this session's own: if it has all before it, it has it too, and
 * need not look at it when it comes back. */
void cw_session_sent_itself(struct cw_core *core, struct session *session, uint64_t message_id);
void cw_session_received(struct cw_core *core, struct session *session, uint64_t mark);
void cw_session_queue_full(struct session *session);
void cw_session_queue_empty(struct cw_core *core, struct session *session);
/* Sends the probes and cursors that are due. */
void cw_sessions_sweep(struct cw_core *core);
uint64_t cw_sessions_deadline(const struct cw_core *core);

/* --- group.c ------------------------------------------------------------------------------ */

struct group *cw_group_by_key(const struct cw_core *core, const struct cw_name_key *key);
struct group *cw_group_by_id(const struct cw_core *core, uint64_t id);
struct cw_slice cw_group_name(const struct group *group);
bool cw_group_has(const struct group *group, const struct session *session);
void cw_group_add(struct cw_core *core, uint64_t id, struct cw_slice name, struct session *session);
/* Takes the session out of all its groups; empty groups are forgotten. */
void cw_groups_leave(struct cw_core *core, struct session *session);
/* The group named request->key if the session is a member, else NULL and the
 * request is (or will be) answered 768 or 770. */
struct group *cw_group_of_member(struct cw_core *core, struct request *request);

/* --- call.c ---------------------------------------------------------------------------------- */

void cw_call_leave(struct cw_core *core, struct conn *conn);
void cw_call_data(struct cw_core *core, struct conn *conn, const struct cw_msg *msg);

/* --- throttle.c --------------------------------------------------------------------------------
 */

/* Takes `amount` from the bucket; false when it does not hold it. per_s == 0:
 * no limit. */
bool cw_bucket_take(struct bucket *bucket, uint64_t now_ms, double amount, unsigned per_s,
                    unsigned burst);
bool cw_login_allowed(struct cw_core *core, const struct conn *conn, const struct cw_name_key *key);
void cw_login_failed(struct cw_core *core, const struct conn *conn, const struct cw_name_key *key);
void cw_login_succeeded(struct cw_core *core, const struct conn *conn,
                        const struct cw_name_key *key);
void cw_throttle_finish(struct cw_core *core);

/* --- on_text.c
 * ------------------------------------------------------------------------------------ */

/* The update that tells of a stored message. Slices are the message's. */
void cw_update_of(const struct cw_store_message *message, struct cw_msg *update);

/* --- on_*.c: one handler a request ---------------------------------------------------------------
 */

handler_fn cw_on_register, cw_on_login, cw_on_logout, cw_on_attach, cw_on_add_contact,
    cw_on_whisper, cw_on_create_group, cw_on_join_group, cw_on_msg_group, cw_on_voice_msg,
    cw_on_join_call, cw_on_leave_call;

#endif
