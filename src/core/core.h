/* core.h - Chinwag's rules as a state machine: events in, effects out.
 *
 * Pure: no I/O, no clock, no randomness. Time, passwords' hashes, tokens and
 * everything on disk reach it as data inside events, so the same configuration
 * and the same events give byte-identical effects. It may use base, text and the structs of wire
 * and store; it calls no function of wire and store.
 *
 * Caller: the shell (src/server/shell.c), tests and the simulator. One thread.
 *
 * It holds connections, attached sessions, their users and groups, calls, and a bounded cache of
 * other users. It requests all other data from the store. */
#ifndef CW_CORE_CORE_H
#define CW_CORE_CORE_H

#include "base/account.h"
#include "bus/kind.h"
#include "core/core_config.h"
#include "core/event_parts.h"
#include "store/store.h"
#include "store/store_news.h"
#include "wire/msg.h"

/* A connection, as the shell numbers them; never used twice in a run. The low
 * 32 bits are the shell's slot. */
typedef uint64_t cw_conn_id;

enum cw_event_type {
    CW_EV_OPENED,    /* accepted: it waits for a login from here on */
    CW_EV_CONNECTED, /* a transport's handshake is done; after OPENED, or without */
    CW_EV_ANSWERED,  /* between both: it asks for pages, and the transport has its deadline */
    CW_EV_CROWDED,   /* the system has no room for a further connection */
    CW_EV_NEXT_KEY,  /* the key that replaces the server's old one; when it changes, or ends */
    CW_EV_LIMITS,    /* other limits and rights, from now on */
    CW_EV_SAVE,      /* cursors that have moved are saved now: soon nothing can be stored */
    CW_EV_CALL,      /* a call that was going on in the process before this one (handover.c) */
    CW_EV_MESSAGE,
    CW_EV_CONTROL,    /* chinwagctl asks what administrators ask; `conn`: the number of the call */
    CW_EV_CLOSED,     /* the connection is gone; no more effects for it */
    CW_EV_TICK,       /* the deadline of cw_core_deadline has come */
    CW_EV_STORE,      /* the result of a CW_FX_STORE */
    CW_EV_NEWS,       /* what another server on the same database has stored */
    CW_EV_BUS,        /* what another such server says, or of the bus itself (src/bus/bus.h) */
    CW_EV_LEASE,      /* after CW_FX_LEASE, or leases were renewed, or lost */
    CW_EV_HASH,       /* the result of a CW_FX_HASH */
    CW_EV_SERVER,     /* the result of a CW_FX_SERVER */
    CW_EV_RECEIVED,   /* the peer has proved that it received all that was sent before a probe */
    CW_EV_QUEUE_FULL, /* CW_OUT_QUEUE_MAX bytes wait for this connection */
    CW_EV_PUSH_GONE,  /* a push service does not know a subscription any more */
    CW_EV_QUEUE_EMPTY /* ... and none any more; follows each QUEUE_FULL */
};

/* What the caller owns, and lives until the effects of its step are carried out. */
struct cw_event {
    enum cw_event_type type;
    uint64_t now_ms;  /* monotonic */
    uint64_t time_ms; /* UTC, for messages; may jump */
    cw_conn_id conn;
    union {
        struct {
            struct cw_slice address; /* of the peer: 4 bytes, or of IPv6 the first 8 */
            bool loopback;
            bool no_updates;            /* a ZMTP REQ peer: answers only; with CONNECTED */
            bool by_old_key;            /* sealed with a key that is being replaced: its client is
                                           told the next one; with CONNECTED */
            struct cw_account *account; /* memory that is held for it is charged there, or NULL */
        } connected;                    /* with OPENED, too */
        struct {
            const struct cw_msg *msg;
            int code;               /* of cw_msg_decode */
            struct cw_slice frame;  /* that msg's slices point into */
            struct cw_owned *owner; /* of a long message's frame: the core, or who carries out the
                                       effects, may take the memory from it. NULL: it may not */
            bool head;       /* only action, name and token of a long message from a stranger have
                                come: it follows if they attach a session */
            bool envelope;   /* the answer carries the transport's envelope (REQ) */
            uint64_t number; /* by which the log knows it: comes back with what it causes */
            bool proved; /* call_data by a datagram: its key proves the user and the call, which it
                            does not name */
        } message;
        const struct cw_store_result *store;
        const struct cw_store_news *news;
        struct cw_core_bus bus;
        struct cw_core_lease lease;
        struct {
            uint64_t cookie;
            enum cw_hash_status {
                CW_HASH_OK,
                CW_HASH_WRONG,
                CW_HASH_BUSY,   /* too many wait, or it waited too long */
                CW_HASH_LIMITED /* too many of its address wait */
            } status;
            bool tried;             /* VERIFY: `text` was wrong, `raw` may not have been verified */
            struct cw_slice secret; /* the result, see cw_hash_op */
            struct cw_slice token;  /* a new one, see cw_hash_op */
            struct cw_slice renewed; /* see `renew` below; empty: none */
        } hash;
        struct {
            uint64_t cookie;
            enum cw_server_status status;
            struct cw_slice why;
            const struct cw_server_fact *facts;
            size_t fact_count;
        } server;
        struct {
            uint64_t session_id;
            struct cw_slice endpoint;
        } push_gone;
        uint64_t received_mark;   /* of the probe that was answered */
        struct cw_slice next_key; /* as text, copied; empty: no key is being replaced */
        /* All of it but what is copied or read by cw_core_create: seed, slices, identity. */
        const struct cw_core_config *limits;
        const struct cw_core_call *call;
    };
};

enum cw_hash_op {
    CW_HASH_PASSWORD,        /* text: password -> secret: its Argon2id string */
    CW_HASH_PASSWORD_VERIFY, /* text, expected -> OK or WRONG; token, and in
                                secret the token's hash. `expected` empty: a
                                user who does not exist; takes as long, WRONG.
                                `raw`: tried when `text` is wrong, since older hashes
                                are of passwords as they were typed. `renew`: when it
                                is right, and the hash is of `raw` or cheaper than
                                hashes are now, `renewed` is one of `text` */
    CW_HASH_TOKEN,           /* text: token or invitation -> secret: its BLAKE2b-256 */
    CW_HASH_INVITE,          /* -> token: a new invitation, and in secret its hash */
    CW_HASH_SECRET,          /* the same with a secret of CW_SECRET_LEN characters */
    CW_HASH_RANDOM           /* -> secret: CW_RANDOM_LEN random bytes */
};

enum cw_effect_type {
    CW_FX_SEND,      /* one message to a set of connections */
    CW_FX_LISTS,     /* the same, of call_data with a packet of send.speaker: to receivers that get
                        lists instead */
    CW_FX_LISTS_END, /* ... no more lists for now, of the speaker close.conn */
    CW_FX_CLOSE,     /* after what has been sent */
    CW_FX_DROP,      /* at once: its place is needed (`close`) */
    CW_FX_STORE,
    CW_FX_HASH,
    CW_FX_SERVER,  /* ask whoever runs the core about the server, or its settings */
    CW_FX_PROBE,   /* report CW_EV_RECEIVED once all sent so far has arrived */
    CW_FX_CONTROL, /* the answer to CW_EV_CONTROL */
    CW_FX_NOTE,    /* for the log: a login, registration or password change, or a failed one */
    CW_FX_READ,    /* stop or continue reading from this connection */
    CW_FX_AUTHENTICATED, /* a session was attached or left: other limits apply */
    CW_FX_PUSH,          /* a message that a push service is to bring to a browser */
    CW_FX_BUS,           /* a message to another server on the same database, or to all others */
    CW_FX_LEASE,         /* take the lease of a call for this server, or give it up */
    CW_FX_AUDIO /* what the audio of a connection must be examined for has changed; at first:
                   nothing */
};

/* What the shell examines audio for before it passes it in CW_EV_MESSAGE (src/server/examine.h), as
 * bits: */
enum {
    CW_AUDIO_OPUS = 1 << 0,     /* it may send Opus: audio that was not examined is refused */
    CW_AUDIO_LOUDNESS = 1 << 1, /* a session wants to know whether it speaks */
    CW_AUDIO_COMPACT = 1 << 2   /* it gets packets of others as `p` */
};

struct cw_effect {
    enum cw_effect_type type;
    union {
        struct {
            /* Strings: the step's; content, samples, lists: the step's or the event's. Who wants
             * to keep long samples takes them from samples.owner, the event's. */
            struct cw_msg msg;
            const cw_conn_id *plain;
            size_t plain_count;
            const cw_conn_id *extended;
            size_t extended_count;
            bool envelope;
            bool live;          /* audio: useless after CW_LIVE_AUDIO_MAX_MS */
            cw_conn_id speaker; /* of a packet of a call */
            uint64_t request;   /* of an answer: the number of its request; else 0 */
        } send;
        struct {
            struct cw_msg msg; /* as in `send` */
            uint64_t call;
        } control;
        struct {
            cw_conn_id conn;
            const char *reason; /* for the log */
        } close;
        /* Slices: the step's or the event's; a long body's owner, too. */
        struct cw_store_request store;
        struct {
            uint64_t cookie;
            enum cw_hash_op op;
            uint64_t address, user; /* hashes take turns by these */
            struct cw_slice text;
            struct cw_slice expected;
            struct cw_slice raw; /* empty: as `text` */
            bool renew;
        } hash;
        struct {
            uint64_t cookie;
            enum cw_ask_op op;
            struct cw_slice name, value; /* the step's or the event's */
        } server;
        struct {
            cw_conn_id conn;
            int action;           /* CW_LOGIN, _LOGIN_BY_LINK, _REGISTER, or what needs the password
                                     anew */
            int code;             /* what it is answered */
            struct cw_slice name; /* as the peer wrote it */
            uint64_t request;     /* its number */
        } note;
        struct {
            cw_conn_id conn;
            uint64_t mark; /* its number: comes back in received_mark */
        } probe;
        struct {
            cw_conn_id conn;
            bool on;
            uint64_t user; /* authenticated: the session's user, or 0 */
        } read, authenticated;
        struct { /* slices: the step's or the event's */
            uint64_t user_id, session_id, conversation;
            struct cw_slice endpoint, keys; /* as struct cw_store_push */
            bool urgent;                    /* the user was addressed */
            /* Empty, unless the user wants the text in it: */
            struct cw_slice sender, group, text; /* group empty: from the sender alone */
            enum cw_store_kind kind;
        } push;
        struct {
            cw_conn_id conn;
            uint8_t looks; /* CW_AUDIO_* */
        } audio;
        struct cw_core_say bus;
        struct cw_core_want lease;
    };
};

/* Effects of one step, in the order in which they must be carried out. */
struct cw_effects {
    struct cw_effect *items;
    size_t count;
    size_t capacity;
    struct cw_arena arena;
};

struct cw_core;

struct cw_core *cw_core_create(const struct cw_core_config *config);
/* Once, before the first step: what stands before the secret in a hook's URL, such as
 * "https://chat.example.org/hook/". Copied. */
void cw_core_set_hook_url(struct cw_core *core, struct cw_slice url);
/* Before the first step: a page of SERVER_BAN_LIST. */
void cw_core_take_bans(struct cw_core *core, const struct cw_store_result *bans);
/* The same: the result of ANNOUNCE_LIST. */
void cw_core_take_announcements(struct cw_core *core, const struct cw_store_result *list);
void cw_core_destroy(struct cw_core *core);

/* A request was not answered yet, or waits for a result. It takes time in proportion to the most
 * requests that there were: for the end of a server. */
bool cw_core_has_requests(const struct cw_core *core);

/* Each call with its participants and held seats, for CW_EV_CALL of the next process: those that
 * were answered first. What `take` gets is good until it returns. */
void cw_core_list_calls(const struct cw_core *core,
                        void (*take)(void *context, const struct cw_core_call *call),
                        void *context);

/* Takes one event and replaces the contents of *effects by what is to be done.
 * They stay good until the next step with the same *effects, whatever becomes of the core,
 * as long as the event does. A zeroed struct is good for the first step. */
void cw_core_step(struct cw_core *core, const struct cw_event *event, struct cw_effects *effects);

/* When the next CW_EV_TICK is due (monotonic ms), UINT64_MAX for never. */
uint64_t cw_core_deadline(const struct cw_core *core);

/* The owner of the work that the messages of this connection cause, so that workers can serve
 * owners in turns: a number of its user or, before a login, of its address. It is a query, not an
 * effect: only long messages and recordings need it, the core has the numbers of addresses, and it
 * affects only the order of work. */
uint64_t cw_core_owner(const struct cw_core *core, cw_conn_id conn);
static inline uint64_t cw_core_owner_of_user(uint64_t user_id)
{
    return user_id << 1;
}

void cw_effects_finish(struct cw_effects *effects);

/* Checks the invariants of its tables, between two steps. Ends the process if one is broken. It
 * reads everything: for tests, and servers built with -Dcheck=true. */
void cw_core_check(const struct cw_core *core);

/* The name of the user who has logged in at the connection; empty: nobody has. Valid until the next
 * step. For the operator's questions. */
struct cw_slice cw_core_user(const struct cw_core *core, cw_conn_id conn);

/* Figures for operators and tests. */
struct cw_core_stats {
    size_t connections, sessions, users, groups, calls;
    uint64_t dropped_call_data; /* frames of users that may not speak there, and invalid ones */
};
struct cw_core_stats cw_core_stats(const struct cw_core *core);

#endif
