/* request.h - a request from its arrival to its answer: what handlers (handlers.h) work with.
 * Refusals: refusal.h. */
#ifndef CW_CORE_REQUEST_H
#define CW_CORE_REQUEST_H

#include "core/core.h"

struct conn;
struct cw_name_key;
struct request;
struct user;

typedef void handler_fn(struct cw_core *core, struct request *request);
typedef void step_fn(struct cw_core *core, struct request *request, const struct cw_event *event);

/* A request from its arrival to its answer; also any other work of the core that awaits a
 * result. */
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
    bool foreign;   /* another server has carried it out (foreign.c) */
    bool orphan;    /* its session does not exist any more: the request is not continued */
    bool proves;    /* its connection is `proving` because of it */
    bool hashed;    /* a password was verified for it */
    bool factor;    /* the user whose password it was needs a code, too */
    uint8_t guess;  /* its shares of guesses: bits of throttle.c */
    uint8_t claim;  /* enum claim: of its `since`, once that was compared */
    step_fn *resume;
    handler_fn *found; /* continues when a user was looked up, or the password verified anew */
    const struct cw_msg *msg; /* of the event, or the copy below */
    struct cw_owned frame;    /* that msg's slices point into; owned once it is kept */
    struct cw_owned *lender;  /* of a long frame that is not kept: the event's, or NULL */
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
    uint64_t device_id;      /* login: the device password that it is by, 0: none */
    uint64_t until_ms;       /* mute, invite: UTC */
    struct cw_buf expected;  /* the hash that the password was verified against */
    struct cw_name_key *key; /* of the name it is about: core->folded, or its own */
    /* The answer. */
    const struct cw_msg *answer; /* in the step's memory: more than the fields below */
    int code;
    struct cw_fault fault;   /* the rule of a refusal; told to clients that read maps */
    uint64_t fault_until_ms; /* with CW_RULE_UNTIL; with _USER and _GROUP: `name` */
    bool sent_map;           /* the request had one */
    bool had_map;            /* ... so the answer may have one, with the rule */
    uint64_t message_id;
    uint64_t message_time_ms;
    uint64_t message_seq;
    uint64_t common;  /* of a claim: see enum claim */
    uint64_t begins;  /* with a claim that was refused: where delivery begins instead */
    uint64_t number;  /* by which the log knows it */
    uint64_t upload;  /* upload_chunk: that it belongs to */
    uint64_t reached; /* upload_chunk: bytes on the disk; fetch_file: of the file */
    uint64_t from_id; /* search: whose messages; 0: anybody's */
    uint64_t control; /* the number of the operator's call; it has no connection. 0: none */
    uint64_t n;       /* the request's own number, with has_n */
    uint64_t rank;    /* join_call: as it was let in by lease.c; 0: nobody was asked */
    uint64_t opened;  /* login_by_link: in far_link.c; confirm_link: link->waiting */
    bool has_n;
    bool cut;         /* the text has more names than are looked up */
    bool first;       /* it has taken a first message from the sender's rate (stranger.c) */
    bool gone;        /* it was stored before, and is no longer kept */
    const char *call; /* join_call of a call of two: "ringing" or "answered" */
    uint8_t name_n;
    uint8_t token_n;
    /* Last, since they are not zeroed. */
    uint8_t name[CW_NAME_MAX + 1]; /* of a user or group, also with '@'; of an unknown action */
    uint8_t token[CW_SECRET_LEN];  /* or a secret */
};

_Static_assert(CW_ACTION_MAX <= CW_NAME_MAX, "an unknown action is kept as a name");
/* conn and event may be NULL (a page of delivery). */
struct request *cw_request_create(struct cw_core *core, struct conn *conn,
                                  const struct cw_event *event);
void cw_request_destroy(struct cw_core *core, struct request *request);
/* Copies the message and the key, which must outlive the step; a long message's memory is
 * taken instead. */
void cw_request_keep(struct cw_core *core, struct request *request);
/* Bytes of the message as they may stand in an effect: the event's, or the step's copy. */
struct cw_slice cw_request_bytes(struct cw_core *core, const struct request *request,
                                 struct cw_slice bytes);
/* The owner of the frame, for an effect with a long body in it; NULL: its memory cannot be taken.
 * The message is not read in later steps. */
struct cw_owned *cw_request_give_frame(struct cw_core *core, struct request *request);
/* Done: the answer goes out when its turn comes. */
void cw_request_answer(struct cw_core *core, struct request *request, int code);
/* Done, with an answer that contains more than code and names: a list, samples. It is sent in this
 * step, and its data need not live longer: only for handlers that begin alone (dispatch.c). */
void cw_request_answer_with(struct cw_core *core, struct request *request,
                            const struct cw_msg *answer);
/* The same with a list; `next`: where its next page begins, 0 for none. */
void cw_request_answer_list(struct cw_core *core, struct request *request,
                            const struct cw_entry *entries, size_t count, uint64_t next);
/* `count` entries, all zero, in the step's memory. */
struct cw_entry *cw_request_make_entries(struct cw_core *core, size_t count);
/* Sets the name in the answer: a user or group in its registered spelling. */
void cw_request_set_name(struct request *request, struct cw_slice name);
/* A store request with its cookie filled in, good until the next effect is
 * added; `resume` gets the result. The message is not kept. */
struct cw_store_request *cw_request_submit(struct cw_core *core, struct request *request,
                                           enum cw_store_op op, step_fn *resume);
/* The same, keeping message and key for `resume`. The key is
 * the store request's, too. */
struct cw_store_request *cw_request_ask_store(struct cw_core *core, struct request *request,
                                              enum cw_store_op op, step_fn *resume);
/* For a page of a list: is `limit` good? (Else it is answered.) And a store request with user_id,
 * after and limit filled in. */
bool cw_request_page_good(struct cw_core *core, struct request *request);
struct cw_store_request *cw_request_ask_page(struct cw_core *core, struct request *request,
                                             enum cw_store_op op, step_fn *resume);
struct cw_effect *cw_request_ask_hash(struct cw_core *core, struct request *request,
                                      enum cw_hash_op op, struct cw_slice text,
                                      struct cw_slice expected, step_fn *resume);
/* Awaits nothing of store or hasher: cw_request_resume continues it. Returns its cookie. */
uint64_t cw_request_hold(struct cw_core *core, struct request *request, step_fn *resume);
/* The request that waits with this cookie; NULL: it has gone, or its connection has. */
struct request *cw_request_held(const struct cw_core *core, uint64_t cookie);
/* The connection is not turned away until the request is answered. */
void cw_request_prove(struct cw_core *core, struct request *request);
/* Lets later requests of the connection begin although this one is not done. */
void cw_request_unblock(struct request *request);
/* The session has ended: its requests that still look something up are not continued. Those that
 * the store is already executing end with the store's result. */
void cw_requests_orphan(struct cw_core *core, uint64_t session_id);
/* The same for all of the user's sessions but this one. */
void cw_requests_orphan_others(struct cw_core *core, const struct user *user, uint64_t kept);
/* Folds `name` and keeps the key with the request. False: answered 1028. */
bool cw_request_fold(struct cw_core *core, struct request *request, struct cw_slice name);
bool cw_request_fold_group(struct cw_core *core, struct request *request, struct cw_slice name);
/* Answers with the code of the rule, and tells the rule. */
void cw_request_refuse(struct cw_core *core, struct request *request, enum cw_rule rule);
/* The same of a rule with a limit, a time (UTC), or a name (which is copied). */
void cw_request_refuse_above(struct cw_core *core, struct request *request, enum cw_rule rule,
                             uint64_t limit);
void cw_request_refuse_until(struct cw_core *core, struct request *request, enum cw_rule rule,
                             uint64_t until_ms);
void cw_request_refuse_name(struct cw_core *core, struct request *request, enum cw_rule rule,
                            struct cw_slice name);
/* The same of a rule with a field of the message, or a key of its map; `limit` is 0 for a rule
 * without one. */
void cw_request_refuse_field(struct cw_core *core, struct request *request, enum cw_rule rule,
                             const char *field, uint64_t limit);
void cw_request_refuse_key(struct cw_core *core, struct request *request, enum cw_rule rule,
                           const char *key, uint64_t limit);
/* The same of what others have found. */
void cw_request_refuse_fault(struct cw_core *core, struct request *request, struct cw_fault fault);
/* The text is stored; the answer tells the rule by which it mentions fewer than it names. */
void cw_request_note_mentions(struct request *request, const struct cw_store_result *result);

/* The map and fields of a successful answer, empty so far, in the step's memory: for
 * cw_request_answer_with. */
struct cw_msg *cw_request_make_answer(struct cw_core *core);

/* Who asks, for the store: 0 is the operator. */
uint64_t cw_request_asker(const struct request *request);

/* The session that is not told of the effect of its own request; 0 for a part, whose session is
 * told. */
static inline uint64_t cw_request_told(const struct request *request)
{
    return request->sender_part != 0 ? 0 : request->sender_session;
}

#endif
